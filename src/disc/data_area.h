/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which part of a medium an image of it holds: rip makes it, verify compares it. Pure. */
#ifndef DISC_DATA_AREA_H
#define DISC_DATA_AREA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <discern/medium.h>

#define DATA_AREA_MAX_GAPS 100

/** The disc up to the end of the longest row of data tracks. Sectors of gaps and sessions are counted from first_lba. */
struct data_area {
	/** medium->tracks[first_track … behind_track - 1]; both 0 on a medium of which no track is known. */
	size_t first_track;
	size_t behind_track;
	/** 0, unless it is of one session. */
	int32_t first_lba;
	/** Sectors from first_lba to the end of what is recorded; 0 if not known. */
	uint32_t n_sectors;
	/** Between sessions, where nothing is recorded for the user, and what is before the first data track (audio); and
	 *  where the session before each one begins. */
	size_t n_gaps;
	struct discern_range gaps[DATA_AREA_MAX_GAPS];
	uint32_t session_starts[DATA_AREA_MAX_GAPS];
	/** Behind it there are other tracks: audio. */
	bool has_more;
};

/** False if there are tracks, but none with data. */
bool data_area_find(const struct discern_medium *medium, struct data_area *ret_area);

/** Is the sector, counted from first_lba, in a gap? */
bool data_area_is_gap(const struct data_area *area, uint32_t sector);

/** The first sector of data: 0, unless the first gap, of audio, comes before. */
uint32_t data_area_begin(const struct data_area *area);

/** One more than the last LBA that is written in a track; its start if nothing is. An open track is reported with
 *  all the room that it still has. */
int64_t data_area_written_end(const struct discern_track *track);

#endif
