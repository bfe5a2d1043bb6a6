/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A power loss in the midst of writing: what a drive had not yet put on the disc is not there. */
#include "vdrive/disc_state.h"

#include "base/file.h"

/* Sectors that were taken from the host but never came from the buffer to the disc are not recorded. */
static void lose_end(struct disc *disc, const struct disc_track *track, uint32_t n_lost)
{
	uint32_t begin, end = (uint32_t)track->start_lba + track->n_written;

	if (n_lost > track->n_written)
		n_lost = track->n_written;
	begin = end - n_lost;
	for (uint32_t at = begin; at < end; at++)
		disc->recorded[at / 8] &= (uint8_t) ~(1 << at % 8);
	if (n_lost > 0)
		file_write_at(disc->fd, disc->recorded + begin / 8, (end - 1) / 8 - begin / 8 + 1,
			      DISC_BITMAP_OFFSET + (off_t)(begin / 8));
}

void disc_lose_power(struct disc *disc, uint32_t n_lost)
{
	if (disc->is_pressed || disc->recorded == NULL || !disc->state.is_in_use)
		return;
	for (unsigned i = 0; disc->state.profile->writing == WRITING_SEQUENTIAL && i < disc->state.n_begun_tracks;
	     i++) {
		const struct disc_track *track = &disc->state.tracks[i];

		if (track->state == TRACK_OPEN || (track->state == TRACK_RESERVED && track->n_written > 0))
			lose_end(disc, track, n_lost);
	}
	disc_recover(disc);
	disc_commit(disc, true);
}
