/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A list of sector ranges that grows with the damage, but not without bound. */
#ifndef VERIFY_RANGES_H
#define VERIFY_RANGES_H

#include <discern/verify.h>

struct range_list {
	struct discern_range *items;
	size_t n;
	size_t capacity;
	/** All sectors added, those included for whose range there was no room. */
	uint32_t n_sectors;
};

/** Adds a range behind all others, joining neighbours. From DISCERN_MAX_RANGES on it is only counted. 0, -ENOMEM. */
int range_list_add(struct range_list *list, int32_t lba, uint32_t n_sectors);

/** Releases the ranges. */
void range_list_clear(struct range_list *list);

#endif
