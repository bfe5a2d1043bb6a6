/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rip/gap_map.h"

#include <errno.h>

/* Within gaps, what has the one status gets the other. */
static int replace(struct map *map, const struct rip_plan *plan, enum map_status from, enum map_status to)
{
	for (size_t i = 0; i < plan->n_gaps; i++) {
		uint32_t end = plan->gaps[i].start + plan->gaps[i].n_sectors;
		struct map_range range;

		for (uint32_t at = plan->gaps[i].start; map_next(map, at, from, &range) && range.start < end;
		     at = range.start + range.n_sectors) {
			if (range.n_sectors > end - range.start)
				range.n_sectors = end - range.start;
			if (map_set(map, range.start, range.n_sectors, to) < 0)
				return -ENOMEM;
		}
	}
	return 0;
}

char *gap_map_format(const struct map *map, const struct rip_plan *plan, const struct map_header *header,
		     size_t *ret_size)
{
	struct map *copy;
	char *text = NULL;
	int ret = 0;

	if (plan->n_gaps == 0)
		return map_format(map, header, ret_size);
	copy = map_new(map_n_sectors(map));
	for (size_t i = 0; copy != NULL && ret == 0 && i < map_n_ranges(map); i++) {
		struct map_range range = map_range_at(map, i);

		ret = map_set(copy, range.start, range.n_sectors, range.status);
	}
	if (copy != NULL && ret == 0 && replace(copy, plan, MAP_BAD, MAP_GOOD) == 0)
		text = map_format(copy, header, ret_size);
	map_free(copy);
	return text;
}

int gap_map_take(struct map *map, const struct rip_plan *plan)
{
	return replace(map, plan, MAP_GOOD, MAP_BAD);
}
