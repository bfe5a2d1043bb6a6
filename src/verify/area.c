/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "verify/area.h"

#include <string.h>

#include "disc/profile.h"

/* One more than the last sector written in a track; its start if nothing is. */
static int64_t written_end(const struct discern_track *track)
{
	int64_t end = (int64_t)track->start_lba + track->n_sectors;

	if (track->is_blank)
		return track->start_lba;
	if (track->has_next_writable && track->next_writable_lba >= track->start_lba && track->next_writable_lba < end)
		end = track->next_writable_lba;
	return end <= INT32_MAX ? end : INT32_MAX;
}

static bool holds_data(const struct discern_track *track)
{
	return track->is_data && track->start_lba >= 0 && written_end(track) > track->start_lba;
}

/* Finds the longest row of data tracks, [*ret_first, *ret_behind). */
static bool find_row(const struct discern_medium *medium, size_t *ret_first, size_t *ret_behind)
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
		length = written_end(&medium->tracks[behind - 1]) - medium->tracks[first].start_lba;
		if (length > longest) {
			longest = length;
			*ret_first = first;
			*ret_behind = behind;
		}
	}
	return longest > 0;
}

static void add_gap(struct area *area, const struct discern_track *track, const struct discern_track *next)
{
	int64_t end = (int64_t)track->start_lba + track->n_sectors;

	if (track->session == next->session || end < area->first_lba || end >= next->start_lba ||
	    area->n_gaps == AREA_MAX_GAPS)
		return;
	area->gaps[area->n_gaps++] = (struct discern_range){
		.lba = (int32_t)(end - area->first_lba),
		.n_sectors = (uint32_t)(next->start_lba - end),
	};
}

bool area_find(const struct discern_medium *medium, struct area *ret_area)
{
	size_t first = 0;
	size_t behind = 0;
	int64_t end;

	memset(ret_area, 0, sizeof(*ret_area));
	ret_area->n_sectors = medium->read_capacity_sectors;
	if (!find_row(medium, &first, &behind))
		return medium->n_tracks == 0;
	ret_area->first_lba = medium->tracks[first].start_lba;
	for (size_t i = first; i + 1 < behind; i++)
		add_gap(ret_area, &medium->tracks[i], &medium->tracks[i + 1]);
	for (size_t i = behind; i < medium->n_tracks; i++)
		ret_area->has_more =
			ret_area->has_more || written_end(&medium->tracks[i]) > medium->tracks[i].start_lba;
	/* READ CAPACITY counts all of the disc. */
	end = written_end(&medium->tracks[behind - 1]);
	if (medium->read_capacity_sectors > (uint32_t)ret_area->first_lba && !ret_area->has_more)
		end = medium->read_capacity_sectors;
	ret_area->n_sectors = (uint32_t)(end - ret_area->first_lba);
	return true;
}

bool area_is_gap(const struct area *area, uint32_t sector)
{
	for (size_t i = 0; i < area->n_gaps; i++)
		if (sector >= (uint32_t)area->gaps[i].lba &&
		    sector - (uint32_t)area->gaps[i].lba < area->gaps[i].n_sectors)
			return true;
	return false;
}
