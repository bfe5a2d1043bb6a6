/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What lies on a virtual CD and how it is read, below the level of user data. */
#include "vdrive/disc_cd.h"
#include "vdrive/disc_state.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "disc/cd_text.h"

/* Lead-outs: 1:30 behind the first session, 0:30 behind later ones (MMC-6 4.2.3.4.3). */
enum { LEAD_OUT_FIRST = 6750, LEAD_OUT_LATER = 2250 };

bool disc_is_cd(const struct disc *disc)
{
	return disc->state.profile->family == FAMILY_CD;
}

enum cd_track_mode disc_track_mode(uint8_t control, uint8_t data_mode)
{
	if (!(control & CD_CONTROL_DATA))
		return CD_AUDIO;
	return data_mode == 2 ? CD_MODE_2_XA : CD_MODE_1;
}

uint8_t disc_track_data_mode(enum cd_track_mode mode)
{
	if (mode == CD_AUDIO)
		return 15;
	return mode == CD_MODE_1 ? 1 : 2;
}

int disc_state_take_layout(struct disc_state *state, const struct cd_layout *layout)
{
	/* Tracks are found by their numbers, from 1 on. */
	if (!cd_layout_is_sound(layout) || layout->tracks[0].number != 1)
		return -EINVAL;
	state->is_final = true;
	state->n_closed_sessions = layout->n_sessions;
	state->n_begun_tracks = layout->n_tracks;
	for (unsigned i = 0; i < layout->n_tracks; i++) {
		const struct cd_track *from = &layout->tracks[i];
		uint32_t n_sectors = (uint32_t)(from->end_lba - from->start_lba);

		state->tracks[i] = (struct disc_track){
			.number = from->number,
			.session = from->session,
			.state = TRACK_CLOSED,
			.control = from->control,
			.data_mode = disc_track_data_mode(from->mode),
			.mode = from->mode,
			.pregap_lba = from->pregap_lba,
			.start_lba = from->start_lba,
			.n_sectors = n_sectors,
			.n_written = n_sectors,
		};
	}
	state->n_sectors = (uint32_t)layout->tracks[layout->n_tracks - 1].end_lba;
	disc_state_rebuild(state);
	for (unsigned i = 0; i < layout->n_sessions; i++)
		state->sessions[i].lead_out_lba = layout->sessions[i].lead_out_lba;
	return 0;
}

bool disc_in_tracks(const struct disc *disc, int32_t lba, uint32_t n_sectors)
{
	int64_t at = lba, end = at + n_sectors;

	for (unsigned i = 0; i < disc->state.n_begun_tracks && at < end; i++) {
		const struct disc_track *track = &disc->state.tracks[i];

		if (at >= track->pregap_lba && at < disc_track_end(track))
			at = disc_track_end(track);
	}
	return at >= end;
}

/* Sectors that the track has in the layout: announced, final, or as far as they are there. */
static uint32_t n_laid_out(const struct disc_track *track)
{
	return track->state == TRACK_OPEN ? track->n_written : track->n_sectors;
}

static void lay_out_track(struct cd_layout *layout, const struct disc_track *from, const struct disc_q_track *q)
{
	struct cd_track *track = &layout->tracks[layout->n_tracks++];

	track->number = from->number;
	track->session = from->session;
	track->mode = from->mode;
	track->control = from->control;
	track->pregap_lba = from->pregap_lba;
	track->start_lba = from->start_lba;
	track->end_lba = from->start_lba + (int32_t)n_laid_out(from);
	while (track->n_indexes < q->n_indexes && q->indexes[track->n_indexes] < track->end_lba)
		track->n_indexes++;
	memcpy(track->indexes, q->indexes, track->n_indexes * sizeof(q->indexes[0]));
	memcpy(track->isrc, q->isrc, sizeof(track->isrc));
}

/* The session of the track that was laid out last gets it as its last one. */
static void lay_out_session(struct cd_layout *layout)
{
	const struct cd_track *track = &layout->tracks[layout->n_tracks - 1];
	struct cd_session *session = &layout->sessions[track->session - 1];

	if (track->session > layout->n_sessions) {
		layout->n_sessions = track->session;
		session->first_track = track->number;
	}
	session->last_track = track->number;
	session->lead_out_lba = track->end_lba;
	if (track->mode == CD_MODE_2_CDI)
		session->type = CD_TYPE_CDI;
	else if ((track->mode == CD_MODE_2_XA || track->mode == CD_MODE_2) && session->type != CD_TYPE_CDI)
		session->type = CD_TYPE_XA;
}

const struct cd_layout *disc_cd_layout(const struct disc *disc)
{
	const struct disc_state *state = &disc->state;
	struct cd_layout *layout;

	if (disc->image != NULL)
		return cd_image_layout(disc->image);
	if (disc->layout == NULL)
		return NULL;
	layout = &disc->layout->layout;
	if (disc->layout->is_current)
		return layout;
	memset(layout, 0, sizeof(*layout));
	memcpy(layout->mcn, state->mcn, sizeof(layout->mcn));
	for (unsigned i = 0; i < state->n_begun_tracks && i < CD_MAX_TRACKS; i++) {
		if (n_laid_out(&state->tracks[i]) == 0)
			continue;
		lay_out_track(layout, &state->tracks[i], &state->q_tracks[i]);
		lay_out_session(layout);
	}
	disc->layout->is_current = true;
	return layout;
}

/* What stands at an address. */
enum content {
	CONTENT_NONE,
	CONTENT_RECORDED, /**< as it was written */
	CONTENT_MADE,     /**< written by the recorder: pauses, lead-outs, what it fills tracks with */
};

static bool is_recorded(const struct disc *disc, int32_t lba)
{
	if (disc->image != NULL)
		return disc_in_tracks(disc, lba, 1);
	return lba < 0 ? disc_keeping(disc, lba) & KEEP_RECORDED : disc_all_recorded(disc, lba, 1);
}

/* The track whose lead-out, of a closed session, lba lies in. */
static const struct disc_track *track_before_lead_out(const struct disc *disc, int32_t lba)
{
	for (unsigned number = 1; number <= disc->state.n_closed_sessions; number++) {
		const struct disc_session *session = &disc->state.sessions[number - 1];
		int32_t length = number == 1 ? LEAD_OUT_FIRST : LEAD_OUT_LATER;

		if (lba >= session->lead_out_lba && lba < session->lead_out_lba + length)
			return disc_track(disc, session->last_track);
	}
	return NULL;
}

/* A pause is there once its track is. */
static const struct disc_track *track_after_pause(const struct disc *disc, int32_t lba)
{
	for (unsigned i = 0; i < disc->state.n_begun_tracks; i++) {
		const struct disc_track *track = &disc->state.tracks[i];

		if (lba >= track->pregap_lba && lba < track->start_lba)
			return track->n_written > 0 || track->state == TRACK_CLOSED ? track : NULL;
	}
	return NULL;
}

/* Also the track whose mode a made sector has. */
static enum content find_content(const struct disc *disc, int32_t lba, const struct disc_track **ret_track)
{
	const struct disc_track *track;

	if (is_recorded(disc, lba)) {
		if (!(disc_keeping(disc, lba) & KEEP_EMPTY))
			return CONTENT_RECORDED;
		track = disc_track_at(disc, lba);
		*ret_track = track != NULL ? track : track_after_pause(disc, lba);
		return *ret_track != NULL ? CONTENT_MADE : CONTENT_NONE;
	}
	track = track_after_pause(disc, lba);
	if (track == NULL)
		track = track_before_lead_out(disc, lba);
	*ret_track = track;
	return track != NULL ? CONTENT_MADE : CONTENT_NONE;
}

/* Silence or no user data. */
static void make_empty(uint8_t ret_sector[SECTOR_RAW], enum cd_track_mode mode, int32_t lba)
{
	static const enum sector_form forms[] = {
		[CD_AUDIO] = SECTOR_AUDIO,
		[CD_MODE_1] = SECTOR_MODE_1,
		[CD_MODE_2] = SECTOR_MODE_2,
		[CD_MODE_2_XA] = SECTOR_MODE_2_FORM_1,
		[CD_MODE_2_CDI] = SECTOR_MODE_2_FORM_1,
	};

	memset(ret_sector, 0, SECTOR_RAW);
	sector_seal(ret_sector, lba, forms[mode]);
}

static int read_user(struct disc *disc, int32_t lba, uint8_t ret_sector[SECTOR_RAW])
{
	int ret = disc_read(disc, lba, 1, ret_sector + SECTOR_USER_AT);

	if (ret == 0)
		sector_seal(ret_sector, lba, SECTOR_MODE_1);
	return ret;
}

int disc_read_raw(struct disc *disc, int32_t lba, uint8_t ret_sector[SECTOR_RAW], uint8_t *ret_subchannel)
{
	const struct cd_layout *layout = disc_cd_layout(disc);
	const struct disc_track *track = NULL;
	enum content content;
	uint8_t keeping = disc_keeping(disc, lba);
	int ret = 0;

	if (layout == NULL)
		return -ENXIO;
	content = find_content(disc, lba, &track);
	if (content == CONTENT_NONE)
		return -ENXIO;
	if (content == CONTENT_RECORDED && disc->image != NULL)
		return cd_image_read(disc->image, lba, ret_sector, ret_subchannel);
	memset(ret_sector, 0, SECTOR_RAW);
	if (content == CONTENT_MADE)
		make_empty(ret_sector, track->mode, lba);
	else if (keeping & KEEP_WHOLE)
		ret = disc_get_whole(disc, lba, ret_sector, NULL);
	else
		ret = read_user(disc, lba, ret_sector);
	if (ret < 0 || ret_subchannel == NULL)
		return ret;
	if (content == CONTENT_RECORDED && keeping & KEEP_SUBCHANNEL)
		return disc_get_whole(disc, lba, NULL, ret_subchannel);
	subchannel_make(ret_subchannel, layout, lba);
	return 0;
}

uint32_t disc_plain_run(const struct disc *disc, int32_t lba, uint32_t n_sectors)
{
	uint32_t n = 0;

	if (disc->image != NULL)
		return 0;
	if (disc->keeping == NULL)
		return n_sectors;
	while (n < n_sectors && !(disc_keeping(disc, lba + (int32_t)n) & (KEEP_WHOLE | KEEP_EMPTY)))
		n++;
	return n;
}

bool disc_is_plain(const struct disc *disc, int32_t lba, uint32_t n_sectors)
{
	if (!disc_all_recorded(disc, lba, n_sectors))
		return false;
	return disc_plain_run(disc, lba, n_sectors) == n_sectors;
}

int disc_read_kept_user(struct disc *disc, int32_t lba, uint8_t ret_user[SECTOR_USER])
{
	uint8_t sector[SECTOR_RAW];
	enum sector_form form;
	int ret = disc_read_raw(disc, lba, sector, NULL);

	if (ret < 0)
		return ret;
	form = sector_find_form(sector);
	if (form != SECTOR_MODE_1 && form != SECTOR_MODE_2_FORM_1)
		return -EBADMSG;
	memcpy(ret_user, sector + sector_user_at(form), SECTOR_USER);
	return 0;
}

const uint8_t *disc_cd_text(const struct disc *disc, size_t *ret_n_packs)
{
	if (disc->image != NULL)
		return cd_image_text(disc->image, ret_n_packs);
	*ret_n_packs = disc->text_packs != NULL && disc->state.text_session <= disc->state.n_closed_sessions
			       ? disc->state.n_text_packs
			       : 0;
	return *ret_n_packs > 0 ? disc->text_packs : NULL;
}
