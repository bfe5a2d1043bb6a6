/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The bitmap of recorded sectors, which only media that are written in sequence need. */
#include "vdrive/disc_state.h"

#include <errno.h>
#include <string.h>

#include "base/file.h"

bool disc_all_recorded(const struct disc *disc, int32_t lba, uint32_t n_sectors)
{
	uint32_t at = (uint32_t)lba, end = at + n_sectors;

	if (lba < 0 || n_sectors > disc->state.n_sectors || at > disc->state.n_sectors - n_sectors)
		return false;
	/* Between the sessions of a pressed CD there is nothing. */
	if (disc->image != NULL)
		return disc_in_tracks(disc, lba, n_sectors);
	if (disc->recorded == NULL)
		return true;
	/* Formatted sectors are recorded all, with zeros if with nothing else. */
	if (disc->state.profile->writing == WRITING_RANDOM)
		return end <= disc_state_formatted(&disc->state);
	if (disc_is_packet_formatted(disc))
		return end <= disc->state.tracks[0].n_sectors;
	while (at < end) {
		if (at % 8 == 0 && end - at >= 8 && disc->recorded[at / 8] == 0xff)
			at += 8;
		else if (disc->recorded[at / 8] >> at % 8 & 1)
			at++;
		else
			return false;
	}
	return true;
}

bool disc_any_recorded(const struct disc *disc, int32_t lba, uint32_t n_sectors)
{
	for (uint32_t at = (uint32_t)lba; at < (uint32_t)lba + n_sectors; at++)
		if (disc->recorded[at / 8] >> at % 8 & 1)
			return true;
	return false;
}

int disc_mark_recorded(struct disc *disc, int32_t lba, uint32_t n_sectors)
{
	uint32_t at = (uint32_t)lba, end;

	if (at >= disc->state.n_sectors || n_sectors == 0)
		return 0;
	if (n_sectors > disc->state.n_sectors - at)
		n_sectors = disc->state.n_sectors - at;
	end = at + n_sectors;
	while (at < end) {
		if (at % 8 == 0 && end - at >= 8) {
			disc->recorded[at / 8] = 0xff;
			at += 8;
		} else {
			disc->recorded[at / 8] |= (uint8_t)(1 << at % 8);
			at++;
		}
	}
	at = (uint32_t)lba / 8;
	return disc_store(disc, disc->recorded + at, (end - 1) / 8 - at + 1, DISC_BITMAP_OFFSET + (off_t)at);
}

uint32_t disc_recorded_from(const struct disc *disc, int32_t lba, uint32_t n_sectors)
{
	uint32_t n = 0;
	const uint32_t step = 4096;

	while (n + step <= n_sectors && disc_all_recorded(disc, lba + (int32_t)n, step))
		n += step;
	while (n < n_sectors && disc_all_recorded(disc, lba + (int32_t)n, 1))
		n++;
	return n;
}

int disc_forget_recorded(struct disc *disc, int32_t lba)
{
	size_t n_bytes = disc_bitmap_bytes(&disc->state), first = (size_t)lba / 8;

	if (disc->recorded == NULL || first >= n_bytes)
		return 0;
	disc->recorded[first] &= (uint8_t)((1u << lba % 8) - 1);
	memset(disc->recorded + first + 1, 0, n_bytes - first - 1);
	return disc_store(disc, disc->recorded + first, n_bytes - first, DISC_BITMAP_OFFSET + (off_t)first);
}
