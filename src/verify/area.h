/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which part of a medium an image of it holds: what discern_verify() compares. Pure. */
#ifndef VERIFY_AREA_H
#define VERIFY_AREA_H

#include <stdbool.h>
#include <stdint.h>

#include <discern/medium.h>

#define AREA_MAX_GAPS 99

/** The longest row of data tracks, from the first sector of the first to the end of the last. */
struct area {
	/** Not 0 if audio comes first. */
	int32_t first_lba;
	/** Sectors from first_lba to the end of what is recorded; 0 if not known. */
	uint32_t n_sectors;
	/** Between sessions, where nothing is recorded for the user; counted from first_lba. */
	size_t n_gaps;
	struct discern_range gaps[AREA_MAX_GAPS];
	/** Behind it there are other tracks: audio. */
	bool has_more;
};

/** False if there are tracks, but none with data. */
bool area_find(const struct discern_medium *medium, struct area *ret_area);

/** Is the sector, counted from first_lba, in a gap? */
bool area_is_gap(const struct area *area, uint32_t sector);

#endif
