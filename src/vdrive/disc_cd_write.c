/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How a virtual CD is written, below the level of user data. */
#include "vdrive/disc_cd.h"
#include "vdrive/disc_state.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "disc/cd_text.h"

static bool can_change(const struct disc *disc)
{
	return disc_is_cd(disc) && disc_takes_tracks(disc);
}

bool disc_is_cd_session(const struct disc *disc)
{
	return disc->state.is_session_at_once && disc_is_cd(disc) && disc->state.n_begun_tracks > 0;
}

/* The first track of the open session; n_begun_tracks without one. */
static unsigned first_open(const struct disc_state *state)
{
	unsigned first = state->n_begun_tracks;

	while (first > 0 && state->tracks[first - 1].session > state->n_closed_sessions)
		first--;
	return first;
}

int32_t disc_session_begin(const struct disc_state *state)
{
	return state->tracks[first_open(state)].pregap_lba;
}

int32_t disc_usual_pregap(const struct disc_state *state, unsigned index)
{
	int32_t pause = state->tracks[index].start_lba - CD_PREGAP;
	int32_t end = index > 0 ? disc_track_end(&state->tracks[index - 1]) : -CD_PREGAP;

	return pause > end ? pause : end;
}

int disc_check_session_write(const struct disc *disc, int32_t lba, uint32_t n_sectors)
{
	const struct disc_state *state = &disc->state;
	int32_t end = disc_track_end(&state->tracks[state->n_begun_tracks - 1]);

	for (unsigned i = first_open(state); i < state->n_begun_tracks; i++)
		if (state->tracks[i].state != TRACK_RESERVED)
			return -ENXIO;
	if (lba != disc->session_next_lba || lba >= end)
		return -ENXIO;
	return n_sectors > (uint32_t)(end - lba) ? -ENOSPC : 0;
}

void disc_count_session_write(struct disc *disc, uint32_t n_sectors)
{
	struct disc_state *state = &disc->state;

	disc->session_next_lba += (int32_t)n_sectors;
	for (unsigned i = first_open(state); i < state->n_begun_tracks; i++) {
		struct disc_track *track = &state->tracks[i];
		int64_t n_written = (int64_t)disc->session_next_lba - track->start_lba;

		if (n_written > track->n_sectors)
			n_written = track->n_sectors;
		if (n_written > track->n_written)
			track->n_written = (uint32_t)n_written;
	}
}

int disc_check_session_mode(const struct disc *disc, int32_t lba, uint32_t n_sectors)
{
	const struct disc_state *state = &disc->state;
	int ret = disc_check_session_write(disc, lba, n_sectors);

	for (unsigned i = first_open(state); i < state->n_begun_tracks && ret == 0; i++) {
		const struct disc_track *track = &state->tracks[i];

		if (lba < disc_track_end(track) && (int64_t)lba + n_sectors > track->pregap_lba &&
		    track->mode != CD_MODE_1)
			ret = -EBADMSG;
	}
	return ret;
}

int disc_check_track_mode(const struct disc *disc, const struct disc_track *track)
{
	if (track == NULL)
		return 0;
	return (track->n_written > 0 ? track->mode : disc->next_track.mode) == CD_MODE_1 ? 0 : -EBADMSG;
}

void disc_begin_cd_track(struct disc *disc, struct disc_track *track)
{
	struct disc_q_track *q = &disc->state.q_tracks[track->number - 1];

	track->mode = disc->next_track.mode;
	track->control = disc->next_track.control;
	track->data_mode = disc_track_data_mode(track->mode);
	q->n_indexes = 0;
	memcpy(q->isrc, disc->next_track.isrc, sizeof(q->isrc));
	q->type = disc_usual_type(track->mode);
}

int32_t disc_session_next(const struct disc_state *state)
{
	const struct disc_track *track;
	unsigned i = first_open(state);

	while (i + 1 < state->n_begun_tracks && state->tracks[i].n_written == state->tracks[i].n_sectors)
		i++;
	track = &state->tracks[i];
	return track->start_lba + (int32_t)track->n_written;
}

/* Bit by bit what a drive makes of its user data, so that these are enough to keep. */
static bool is_usual_mode_1(const uint8_t sector[SECTOR_RAW], int32_t lba)
{
	uint8_t usual[SECTOR_RAW] = { 0 };

	if (sector_find_form(sector) != SECTOR_MODE_1)
		return false;
	memcpy(usual + SECTOR_USER_AT, sector + SECTOR_USER_AT, SECTOR_USER);
	sector_seal(usual, lba, SECTOR_MODE_1);
	return memcmp(usual, sector, SECTOR_RAW) == 0;
}

int disc_put_raw(struct disc *disc, int32_t lba, const struct disc_raw_sector *sector)
{
	struct disc_raw_sector parts = *sector;
	uint8_t keeping = sector->subchannel != NULL ? KEEP_SUBCHANNEL : 0;
	int ret = 0;

	if (lba >= 0 && is_usual_mode_1(sector->sector, lba)) {
		ret = disc_put_sectors(disc, lba, 1, sector->sector + SECTOR_USER_AT);
		parts.sector = NULL;
	} else {
		keeping |= KEEP_WHOLE;
	}
	if (lba < 0)
		keeping |= KEEP_RECORDED;
	if (ret == 0)
		ret = disc_put_whole(disc, lba, &parts);
	return ret == 0 && disc_set_keeping(disc, lba, 1, keeping) < 0 ? -EIO : ret;
}

int disc_write_raw(struct disc *disc, int32_t lba, const struct disc_raw_sector *sector)
{
	bool is_formatted = disc_is_packet_formatted(disc);
	int ret;

	if (!can_change(disc) && !is_formatted)
		return -EROFS;
	if (!disc->state.is_in_use && disc_commit(disc, true) < 0)
		return -EIO;
	if (is_formatted) {
		ret = disc_check_packet_write(disc, lba, 1);
		return ret == 0 ? disc_put_raw(disc, lba, sector) : ret;
	}
	ret = disc_begin_write(disc, lba, 1);
	if (ret == 0)
		ret = disc_put_raw(disc, lba, sector);
	return ret == 0 ? disc_end_write(disc, lba, 1) : ret;
}

int disc_write_user_raw(struct disc *disc, int32_t lba, const uint8_t user[SECTOR_USER])
{
	uint8_t sector[SECTOR_RAW] = { 0 };
	const struct disc_raw_sector raw = { .sector = sector };
	int ret = disc_is_cd_session(disc) ? disc_check_session_mode(disc, lba, 1) : -ENXIO;

	if (ret < 0)
		return ret;
	memcpy(sector + SECTOR_USER_AT, user, SECTOR_USER);
	sector_seal(sector, lba, SECTOR_MODE_1);
	return disc_write_raw(disc, lba, &raw);
}

bool disc_has_sound_indexes(const struct cd_track *track)
{
	int32_t last = track->start_lba;

	if (track->n_indexes > CD_MAX_INDEXES - 1)
		return false;
	for (unsigned i = 0; i < track->n_indexes; last = track->indexes[i++])
		if (track->indexes[i] <= last || track->indexes[i] >= track->end_lba)
			return false;
	return true;
}

/* Tracks follow each other without a gap from where the drive would have the next one; its pause may be left out,
 * which the drive then writes. */
static int check_session(const struct disc *disc, const struct cd_layout *session)
{
	const struct disc_track *track = disc_invisible_track(disc);
	int32_t at = session->tracks[0].pregap_lba;

	if (session->n_sessions > 0 && session->sessions[0].type != CD_TYPE_CDDA_OR_DATA &&
	    session->sessions[0].type != CD_TYPE_CDI && session->sessions[0].type != CD_TYPE_XA)
		return -EINVAL;
	if (session->n_tracks < 1 || session->n_tracks > CD_MAX_TRACKS - disc->state.n_begun_tracks)
		return -EINVAL;
	if (at != track->start_lba && at != track->start_lba - CD_PREGAP)
		return -EINVAL;
	for (unsigned i = 0; i < session->n_tracks; i++) {
		const struct cd_track *from = &session->tracks[i];

		if (from->pregap_lba != at || from->start_lba < at || from->end_lba <= from->start_lba ||
		    from->mode > CD_MODE_2_CDI || from->control > 15)
			return -EINVAL;
		if (from->isrc[0] != '\0' && !cd_isrc_is_sound(from->isrc))
			return -EINVAL;
		if (!disc_has_sound_indexes(from))
			return -EINVAL;
		at = from->end_lba;
	}
	if (session->tracks[0].start_lba < track->start_lba)
		return -EINVAL;
	return at > (int32_t)disc->state.n_sectors ? -ENOSPC : 0;
}

static void add_track(struct disc_state *state, const struct cd_track *from)
{
	unsigned index = state->n_begun_tracks++;
	struct disc_q_track *q = &state->q_tracks[index];

	state->tracks[index] = (struct disc_track){
		.number = index + 1,
		.session = state->n_closed_sessions + 1,
		.state = TRACK_RESERVED,
		.control = from->control,
		.data_mode = disc_track_data_mode(from->mode),
		.mode = from->mode,
		.pregap_lba = from->pregap_lba,
		.start_lba = from->start_lba,
		.n_sectors = (uint32_t)(from->end_lba - from->start_lba),
	};
	q->n_indexes = from->n_indexes;
	memcpy(q->indexes, from->indexes, sizeof(q->indexes));
	memcpy(q->isrc, from->isrc, sizeof(q->isrc));
	q->type = disc_usual_type(from->mode);
}

int disc_begin_cd_session(struct disc *disc, const struct cd_layout *session, bool multi_session)
{
	struct disc_state *state = &disc->state;
	int32_t begin;
	int ret;

	if (!can_change(disc) || disc_invisible_track(disc) == NULL || first_open(state) != state->n_begun_tracks)
		return -EROFS;
	ret = check_session(disc, session);
	if (ret < 0)
		return ret;
	if (session->mcn[0] != '\0' && !cd_mcn_is_sound(session->mcn))
		return -EINVAL;
	if (session->mcn[0] != '\0' && state->n_closed_sessions == 0)
		memcpy(state->mcn, session->mcn, sizeof(state->mcn));
	begin = disc_invisible_track(disc)->start_lba - CD_PREGAP;
	disc->session_next_lba = session->tracks[0].pregap_lba;
	/* A write that a power loss took back may have left its way of keeping sectors. */
	ret = disc_cd_erase_from(disc, begin);
	if (ret < 0)
		return -EIO;
	for (unsigned i = 0; i < session->n_tracks; i++) {
		add_track(state, &session->tracks[i]);
		if (session->n_sessions > 0)
			state->q_tracks[state->n_begun_tracks - 1].type = session->sessions[0].type;
	}
	state->tracks[first_open(state)].pregap_lba = begin;
	state->is_session_at_once = true;
	state->is_multi_session = multi_session;
	disc_state_rebuild(state);
	return disc_commit(disc, true);
}

int disc_set_next_track(struct disc *disc, enum cd_track_mode mode, uint8_t control, const char *isrc)
{
	struct disc_next_track *next = &disc->next_track;

	if (!can_change(disc))
		return -EROFS;
	if (isrc == NULL)
		isrc = "";
	if (mode > CD_MODE_2_CDI || control > 15 || (isrc[0] != '\0' && !cd_isrc_is_sound(isrc)))
		return -EINVAL;
	next->mode = mode;
	next->control = control;
	strcpy(next->isrc, isrc);
	return 0;
}

int disc_set_mcn(struct disc *disc, const char *mcn)
{
	if (!can_change(disc) || disc->state.n_closed_sessions > 0)
		return -EROFS;
	if (mcn[0] != '\0' && !cd_mcn_is_sound(mcn))
		return -EINVAL;
	if (strcmp(mcn, disc->state.mcn) == 0)
		return 0;
	strcpy(disc->state.mcn, mcn);
	return disc_commit(disc, true);
}

int disc_set_cd_text(struct disc *disc, const uint8_t *packs, size_t n_packs)
{
	struct disc_state *state = &disc->state;
	uint8_t *copy;
	int ret = 0;

	if (!can_change(disc))
		return -EROFS;
	if (n_packs > DISC_MAX_TEXT_PACKS)
		return -EINVAL;
	/* Only that of the first session is ever read. */
	if (state->n_text_packs > 0 && state->text_session <= state->n_closed_sessions)
		return 0;
	if (state->n_text_packs > 0) {
		state->n_text_packs = 0;
		ret = disc_commit(disc, true);
	}
	if (ret < 0 || n_packs == 0)
		return ret;
	copy = malloc(n_packs * CD_TEXT_PACK);
	if (copy == NULL)
		return -ENOMEM;
	memcpy(copy, packs, n_packs * CD_TEXT_PACK);
	free(disc->text_packs);
	disc->text_packs = copy;
	ret = disc_put_text_packs(disc, packs, n_packs);
	if (ret < 0)
		return ret;
	state->n_text_packs = (unsigned)n_packs;
	state->text_session = state->n_closed_sessions + 1;
	return disc_commit(disc, true);
}
