/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A power loss in the midst of writing: what a drive had not yet put on the disc is not there. */
#include "vdrive/disc_state.h"

#include "base/file.h"

/* Sectors that were taken from the host but never came from the buffer to the disc are not recorded. */
static void lose(struct disc *disc, int32_t first, int32_t last_end)
{
	uint32_t begin, end = (uint32_t)last_end;

	for (; first < 0 && first < last_end; first++)
		disc_set_keeping(disc, first, 1, 0);
	if (first >= last_end)
		return;
	begin = (uint32_t)first;
	for (uint32_t at = begin; at < end; at++)
		disc->recorded[at / 8] &= (uint8_t) ~(1 << at % 8);
	disc_store(disc, disc->recorded + begin / 8, (end - 1) / 8 - begin / 8 + 1,
		      DISC_BITMAP_OFFSET + (off_t)(begin / 8));
}

/* The last n_lost sectors of what was written from begin on. */
static void lose_end(struct disc *disc, int32_t begin, int32_t end, uint32_t n_lost)
{
	uint32_t n_written = end > begin ? (uint32_t)(end - begin) : 0;

	lose(disc, end - (int32_t)(n_lost < n_written ? n_lost : n_written), end);
}

void disc_lose_power(struct disc *disc, uint32_t n_lost)
{
	bool is_session = disc_is_cd_session(disc);

	/* Of a test there is nothing to lose. */
	if (disc->backup != NULL) {
		disc_end_test(disc);
		return;
	}
	if (disc->is_pressed || disc->recorded == NULL || !disc->state.is_in_use)
		return;
	if (is_session)
		lose_end(disc, disc_session_begin(&disc->state), disc->session_next_lba, n_lost);
	for (unsigned i = 0; disc->state.profile->writing == WRITING_SEQUENTIAL && i < disc->state.n_begun_tracks;
	     i++) {
		const struct disc_track *track = &disc->state.tracks[i];

		if (!is_session &&
		    (track->state == TRACK_OPEN || (track->state == TRACK_RESERVED && track->n_written > 0)))
			lose_end(disc, track->start_lba, track->start_lba + (int32_t)track->n_written, n_lost);
	}
	disc_recover(disc);
	disc_commit(disc, true);
}
