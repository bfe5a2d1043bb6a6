/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "disc/data_area.h"

#include <string.h>

#include "disc/profile.h"

/* Lead-out, lead-in and pregap after the first and after a later session of a CD (6750 or 2250 + 4500 + 150). */
enum { CD_FIRST_GAP = 11400, CD_LATER_GAP = 6900 };

static int64_t track_end(const struct discern_track *track)
{
	return (int64_t)track->start_lba + track->n_sectors;
}

int64_t data_area_written_end(const struct discern_track *track)
{
	int64_t end = track_end(track);

	if (track->is_blank)
		return track->start_lba;
	if (track->has_last_recorded && track->last_recorded_lba >= track->start_lba && track->last_recorded_lba < end)
		end = (int64_t)track->last_recorded_lba + 1;
	else if (track->has_next_writable && track->next_writable_lba >= track->start_lba &&
		 track->next_writable_lba < end)
		end = track->next_writable_lba;
	return end <= INT32_MAX ? end : INT32_MAX;
}

static bool holds_data(const struct discern_track *track)
{
	return track->is_data && track->start_lba >= 0 && data_area_written_end(track) > track->start_lba;
}

static bool find_row(const struct discern_medium *medium, struct data_area *area)
{
	int64_t longest = 0;
	size_t behind;

	for (size_t first = 0; first < medium->n_tracks; first = behind) {
		int64_t length;

		behind = first + 1;
		if (!holds_data(&medium->tracks[first]))
			continue;
		while (behind < medium->n_tracks && holds_data(&medium->tracks[behind]))
			behind++;
		length = data_area_written_end(&medium->tracks[behind - 1]) - medium->tracks[first].start_lba;
		if (length > longest) {
			longest = length;
			area->first_track = first;
			area->behind_track = behind;
		}
	}
	return longest > 0;
}

static void find_gaps(const struct discern_medium *medium, struct data_area *area)
{
	bool is_cd = profile_find((unsigned)medium->profile)->family == FAMILY_CD;
	int32_t session_start = medium->tracks[area->first_track].start_lba;

	/* File systems count their sectors from the disc's first one, and so does the image. */
	if (session_start > 0)
		area->gaps[area->n_gaps++] = (struct discern_range){ 0, (uint32_t)session_start };

	for (size_t i = area->first_track; i + 1 < area->behind_track && area->n_gaps < DATA_AREA_MAX_GAPS; i++) {
		const struct discern_track *track = &medium->tracks[i];
		const struct discern_track *next = track + 1;
		int64_t end = track_end(track);

		if (next->session == track->session)
			continue;
		/* A table of contents alone gives no end of session: then the track seems to reach the next. */
		if (is_cd && next->start_lba - end < CD_LATER_GAP)
			end = next->start_lba - (track->session == 1 ? CD_FIRST_GAP : CD_LATER_GAP);
		if (end > session_start && end < next->start_lba) {
			area->session_starts[area->n_gaps] = (uint32_t)session_start;
			area->gaps[area->n_gaps].lba = (int32_t)end;
			area->gaps[area->n_gaps].n_sectors = (uint32_t)(next->start_lba - end);
			area->n_gaps++;
		}
		session_start = next->start_lba;
	}
}

bool data_area_find(const struct discern_medium *medium, struct data_area *ret_area)
{
	int64_t end;

	memset(ret_area, 0, sizeof(*ret_area));
	ret_area->n_sectors = medium->read_capacity_sectors;
	if (!find_row(medium, ret_area))
		return medium->n_tracks == 0;
	find_gaps(medium, ret_area);
	for (size_t i = ret_area->behind_track; i < medium->n_tracks; i++)
		ret_area->has_more =
			ret_area->has_more || data_area_written_end(&medium->tracks[i]) > medium->tracks[i].start_lba;
	/* READ CAPACITY counts all of the disc. */
	end = data_area_written_end(&medium->tracks[ret_area->behind_track - 1]);
	if (medium->read_capacity_sectors > data_area_begin(ret_area) && !ret_area->has_more)
		end = medium->read_capacity_sectors;
	ret_area->n_sectors = (uint32_t)end;
	return true;
}

uint32_t data_area_begin(const struct data_area *area)
{
	return area->n_gaps > 0 && area->gaps[0].lba == 0 ? area->gaps[0].n_sectors : 0;
}

bool data_area_is_gap(const struct data_area *area, uint32_t sector)
{
	for (size_t i = 0; i < area->n_gaps; i++)
		if (sector >= (uint32_t)area->gaps[i].lba &&
		    sector - (uint32_t)area->gaps[i].lba < area->gaps[i].n_sectors)
			return true;
	return false;
}
