/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "verify/ranges.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int range_list_add(struct range_list *list, int32_t lba, uint32_t n_sectors)
{
	struct discern_range *last = list->n > 0 ? &list->items[list->n - 1] : NULL;

	if (n_sectors == 0)
		return 0;
	list->n_sectors += n_sectors;
	if (last != NULL && (int64_t)last->lba + last->n_sectors == lba) {
		last->n_sectors += n_sectors;
		return 0;
	}
	if (list->n == DISCERN_MAX_RANGES)
		return 0;
	if (list->n == list->capacity) {
		size_t capacity = list->capacity == 0 ? 16 : list->capacity * 2;
		struct discern_range *items = realloc(list->items, capacity * sizeof(*items));

		if (items == NULL)
			return -ENOMEM;
		list->items = items;
		list->capacity = capacity;
	}
	list->items[list->n++] = (struct discern_range){ .lba = lba, .n_sectors = n_sectors };
	return 0;
}

void range_list_clear(struct range_list *list)
{
	free(list->items);
	memset(list, 0, sizeof(*list));
}
