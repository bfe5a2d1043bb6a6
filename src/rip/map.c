/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "rip/map.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct map {
	uint32_t n_sectors;
	size_t n_ranges;
	size_t n_allocated;
	/** Ascending, one behind the other; neighbours differ in status. The first n_before lie at the begin, the others at the
	 *  end of what is allocated: where the last change was, so that the next one, which is near it, moves few. */
	struct map_range *ranges;
	size_t n_before;
	uint32_t counts[128];
};

struct map *map_new(uint32_t n_sectors)
{
	struct map *map = calloc(1, sizeof(*map));

	if (map == NULL)
		return NULL;
	map->n_allocated = 64;
	map->ranges = calloc(map->n_allocated, sizeof(*map->ranges));
	if (map->ranges == NULL)
		return map_free(map);
	map->n_sectors = n_sectors;
	map->n_ranges = map->n_before = 1;
	map->ranges[0] = (struct map_range){ 0, n_sectors, MAP_UNTRIED };
	map->counts[MAP_UNTRIED] = n_sectors;
	return map;
}

struct map *map_free(struct map *map)
{
	if (map != NULL)
		free(map->ranges);
	free(map);
	return NULL;
}

static struct map_range *range_at(const struct map *map, size_t index)
{
	return &map->ranges[index < map->n_before ? index : index + (map->n_allocated - map->n_ranges)];
}

uint32_t map_n_sectors(const struct map *map)
{
	return map->n_sectors;
}

size_t map_n_ranges(const struct map *map)
{
	return map->n_ranges;
}

struct map_range map_range_at(const struct map *map, size_t index)
{
	return *range_at(map, index);
}

uint32_t map_count(const struct map *map, enum map_status status)
{
	return map->counts[status];
}

/** Index of the range that holds sector. */
static size_t find(const struct map *map, uint32_t sector)
{
	size_t low = 0;
	size_t high = map->n_ranges - 1;

	while (low < high) {
		size_t middle = low + (high - low + 1) / 2;

		if (range_at(map, middle)->start <= sector)
			low = middle;
		else
			high = middle - 1;
	}
	return low;
}

struct map_range map_range_of(const struct map *map, uint32_t sector)
{
	return *range_at(map, find(map, sector));
}

static uint32_t range_end(const struct map_range *range)
{
	return range->start + range->n_sectors;
}

/** Moves what is free of the memory behind so many ranges. */
static void move_room(struct map *map, size_t n_before)
{
	size_t n_free = map->n_allocated - map->n_ranges;

	if (n_before < map->n_before)
		memmove(map->ranges + n_before + n_free, map->ranges + n_before,
			(map->n_before - n_before) * sizeof(*map->ranges));
	else
		memmove(map->ranges + map->n_before, map->ranges + map->n_before + n_free,
			(n_before - map->n_before) * sizeof(*map->ranges));
	map->n_before = n_before;
}

static int reserve(struct map *map, size_t n)
{
	struct map_range *ranges;

	if (n <= map->n_allocated)
		return 0;
	ranges = reallocarray(map->ranges, map->n_allocated * 2, sizeof(*ranges));
	if (ranges == NULL)
		return -ENOMEM;
	map->ranges = ranges;
	move_room(map, map->n_ranges);
	map->n_allocated *= 2;
	return 0;
}

/** Replaces the ranges first .. last by the n (1 to 3) new ones. */
static void replace(struct map *map, size_t first, size_t last, const struct map_range *new_ranges, size_t n)
{
	move_room(map, last + 1);
	memcpy(map->ranges + first, new_ranges, n * sizeof(*map->ranges));
	map->n_before = first + n;
	map->n_ranges += n - (last + 1 - first);
}

static void count_change(struct map *map, size_t first, size_t last, const struct map_range *change)
{
	for (size_t i = first; i <= last; i++) {
		const struct map_range *range = range_at(map, i);
		uint32_t start = range->start > change->start ? range->start : change->start;
		uint32_t end = range_end(range) < range_end(change) ? range_end(range) : range_end(change);

		map->counts[range->status] -= end - start;
	}
	map->counts[change->status] += change->n_sectors;
}

int map_set(struct map *map, uint32_t start, uint32_t n_sectors, enum map_status status)
{
	struct map_range pieces[3];
	struct map_range change = { start, n_sectors, status };
	size_t first;
	size_t last;
	size_t n = 0;

	if (start >= map->n_sectors || n_sectors == 0)
		return 0;
	if (n_sectors > map->n_sectors - start)
		change.n_sectors = map->n_sectors - start;
	if (reserve(map, map->n_ranges + 2) < 0)
		return -ENOMEM;
	first = find(map, change.start);
	last = find(map, range_end(&change) - 1);
	count_change(map, first, last, &change);

	/* Neighbours of the same status grow into the new range; others keep what lies outside of it. */
	if (range_at(map, first)->start == change.start && first > 0 && range_at(map, first - 1)->status == status)
		first--;
	if (range_end(range_at(map, last)) == range_end(&change) && last + 1 < map->n_ranges &&
	    range_at(map, last + 1)->status == status)
		last++;
	if (range_at(map, first)->start < change.start && range_at(map, first)->status == status) {
		change.n_sectors += change.start - range_at(map, first)->start;
		change.start = range_at(map, first)->start;
	} else if (range_at(map, first)->start < change.start) {
		pieces[n] = *range_at(map, first);
		pieces[n].n_sectors = change.start - pieces[n].start;
		n++;
	}
	if (range_end(range_at(map, last)) > range_end(&change) && range_at(map, last)->status == status)
		change.n_sectors = range_end(range_at(map, last)) - change.start;
	pieces[n++] = change;
	if (range_end(range_at(map, last)) > range_end(&change)) {
		pieces[n].start = range_end(&change);
		pieces[n].n_sectors = range_end(range_at(map, last)) - range_end(&change);
		pieces[n].status = range_at(map, last)->status;
		n++;
	}
	replace(map, first, last, pieces, n);
	return 0;
}

bool map_next(const struct map *map, uint32_t from, enum map_status status, struct map_range *ret_range)
{
	if (from >= map->n_sectors || map->counts[status] == 0)
		return false;
	for (size_t i = find(map, from); i < map->n_ranges; i++) {
		struct map_range range = *range_at(map, i);

		if (range.status != status)
			continue;
		if (range.start < from) {
			range.n_sectors -= from - range.start;
			range.start = from;
		}
		*ret_range = range;
		return true;
	}
	return false;
}

bool map_previous(const struct map *map, uint32_t before, enum map_status status, struct map_range *ret_range)
{
	if (before > map->n_sectors)
		before = map->n_sectors;
	if (before == 0 || map->counts[status] == 0)
		return false;
	for (size_t i = find(map, before - 1) + 1; i-- > 0;) {
		struct map_range range = *range_at(map, i);

		if (range.status != status)
			continue;
		if (range_end(&range) > before)
			range.n_sectors = before - range.start;
		*ret_range = range;
		return true;
	}
	return false;
}

int map_resize(struct map *map, uint32_t n_sectors)
{
	struct map_range *last;
	uint32_t added;

	move_room(map, map->n_ranges);
	if (n_sectors > map->n_sectors) {
		added = n_sectors - map->n_sectors;
		if (reserve(map, map->n_ranges + 1) < 0)
			return -ENOMEM;
		last = range_at(map, map->n_ranges - 1);
		if (last->status == MAP_UNTRIED)
			last->n_sectors += added;
		else
			map->ranges[map->n_before++] = (struct map_range){ map->n_sectors, added, MAP_UNTRIED };
		map->n_ranges = map->n_before;
		map->counts[MAP_UNTRIED] += added;
		map->n_sectors = n_sectors;
		return 0;
	}
	while (map->n_sectors > n_sectors) {
		last = range_at(map, map->n_ranges - 1);
		added = last->start >= n_sectors ? last->n_sectors : map->n_sectors - n_sectors;
		map->counts[last->status] -= added;
		map->n_sectors -= added;
		last->n_sectors -= added;
		if (last->n_sectors == 0)
			map->n_before = --map->n_ranges;
	}
	return 0;
}

int map_distrust(struct map *map, uint32_t first)
{
	struct map_range range;

	while (map_next(map, first, MAP_GOOD, &range))
		if (map_set(map, range.start, range.n_sectors, MAP_UNTRIED) < 0)
			return -ENOMEM;
	return 0;
}
