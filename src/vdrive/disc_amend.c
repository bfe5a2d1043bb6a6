/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is only known of CD sectors, and of a session at once, when more sectors have come. */
#include "vdrive/disc_cd.h"
#include "vdrive/disc_state.h"

#include <errno.h>
#include <string.h>

/* The same track as it was laid out, but for what may be learned later. */
static bool is_same_track(const struct disc_track *track, const struct cd_track *from)
{
	return track->start_lba == from->start_lba && from->pregap_lba <= from->start_lba &&
	       from->end_lba > from->start_lba && from->end_lba <= disc_track_end(track) &&
	       from->mode <= CD_MODE_2_CDI && from->n_indexes <= CD_MAX_INDEXES - 1 &&
	       (from->isrc[0] == '\0' || cd_isrc_is_sound(from->isrc));
}

static void amend_track(struct disc_state *state, unsigned index, const struct cd_track *from)
{
	struct disc_track *track = &state->tracks[index];
	struct disc_q_track *q = &state->q_tracks[index];

	track->mode = from->mode;
	track->data_mode = disc_track_data_mode(from->mode);
	track->pregap_lba = from->pregap_lba;
	track->n_sectors = (uint32_t)(from->end_lba - from->start_lba);
	if (track->n_written > track->n_sectors)
		track->n_written = track->n_sectors;
	q->n_indexes = from->n_indexes;
	memcpy(q->indexes, from->indexes, from->n_indexes * sizeof(q->indexes[0]));
	memcpy(q->isrc, from->isrc, sizeof(q->isrc));
}

int disc_amend_audio(struct disc *disc, int32_t lba, size_t at, const uint8_t *data, size_t size)
{
	uint8_t sector[SECTOR_RAW];
	const struct disc_raw_sector whole = { .sector = sector };
	int ret;

	if (!disc_takes_tracks(disc) || !(disc_keeping(disc, lba) & KEEP_WHOLE) || at > SECTOR_RAW ||
	    size > SECTOR_RAW - at)
		return -EROFS;
	ret = disc_get_whole(disc, lba, sector, NULL);
	if (ret < 0)
		return ret;
	memcpy(sector + at, data, size);
	return disc_put_whole(disc, lba, &whole);
}

int disc_amend_cd_session(struct disc *disc, const struct cd_layout *session)
{
	struct disc_state *state = &disc->state;
	unsigned first;

	if (!disc_is_cd_session(disc) || session->n_tracks > state->n_begun_tracks)
		return -EROFS;
	first = state->n_begun_tracks - session->n_tracks;
	for (unsigned i = 0; i < session->n_tracks; i++) {
		int32_t next = i + 1 < session->n_tracks ? session->tracks[i + 1].pregap_lba
							 : disc_track_end(&state->tracks[first + i]);

		if (state->tracks[first + i].session <= state->n_closed_sessions ||
		    !is_same_track(&state->tracks[first + i], &session->tracks[i]) ||
		    session->tracks[i].end_lba != next)
			return -EINVAL;
	}
	if (session->mcn[0] != '\0' && !cd_mcn_is_sound(session->mcn))
		return -EINVAL;
	for (unsigned i = 0; i < session->n_tracks; i++)
		amend_track(state, first + i, &session->tracks[i]);
	if (session->mcn[0] != '\0' && state->n_closed_sessions == 0)
		memcpy(state->mcn, session->mcn, sizeof(state->mcn));
	disc_state_rebuild(state);
	return disc_commit(disc, true);
}
