/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is done to a virtual disc beside writing sectors: tracks and sessions begin and end. */
#include "vdrive/disc_state.h"

#include <errno.h>

bool disc_takes_tracks(const struct disc *disc)
{
	return !disc->is_pressed && disc->state.profile->writing == WRITING_SEQUENTIAL && !disc->state.is_final;
}

static bool is_cd(const struct disc *disc)
{
	return disc->state.profile->family == FAMILY_CD;
}

static struct disc_track *begun_track(struct disc *disc, unsigned number)
{
	if (number < 1 || number > disc->state.n_begun_tracks)
		return NULL;
	return &disc->state.tracks[number - 1];
}

static struct disc_track *last_begun_track(struct disc *disc)
{
	return begun_track(disc, disc->state.n_begun_tracks);
}

/* With the last track of a session goes what its lead-in would have said. */
static void drop_last_track(struct disc *disc)
{
	struct disc_state *state = &disc->state;
	const struct disc_track *last;

	state->n_begun_tracks--;
	last = last_begun_track(disc);
	if (last != NULL && last->session > state->n_closed_sessions)
		return;
	state->is_session_at_once = false;
	if (state->text_session > state->n_closed_sessions)
		state->n_text_packs = 0;
	if (state->n_closed_sessions == 0)
		state->mcn[0] = '\0';
}

/* Of a session at once the tracks that the laser never came to. */
static void drop_unwritten_tracks(struct disc *disc)
{
	const struct disc_track *last = last_begun_track(disc);

	while (disc->state.is_session_at_once && last != NULL && last->n_written == 0) {
		drop_last_track(disc);
		last = last_begun_track(disc);
	}
}

static void damage_track(struct disc *disc, struct disc_track *track)
{
	uint32_t room = disc->state.n_sectors - (uint32_t)track->start_lba;
	uint32_t rounded = disc_round_up(&disc->state, track->n_written);

	/* A reservation keeps its size; of an open track only what was written is known. */
	if (track->state == TRACK_OPEN || is_cd(disc))
		track->n_sectors = rounded < room ? rounded : room;
	track->state = TRACK_DAMAGED;
}

/* All tracks were announced; the one that the power went away in, or before which it did, is damaged. */
static void recover_session_at_once(struct disc *disc)
{
	struct disc_state *state = &disc->state;
	struct disc_track *track;
	bool is_whole = true;

	for (unsigned i = 0; i < state->n_begun_tracks; i++) {
		track = &state->tracks[i];
		if (track->state != TRACK_RESERVED)
			continue;
		track->n_written = is_whole ? disc_recorded_from(disc, track->start_lba, track->n_sectors) : 0;
		is_whole = track->n_written == track->n_sectors;
	}
	if (is_whole)
		return;
	drop_unwritten_tracks(disc);
	track = last_begun_track(disc);
	if (track == NULL || track->state != TRACK_RESERVED)
		return;
	damage_track(disc, track);
	while (track > state->tracks && (--track)->state == TRACK_RESERVED)
		track->state = TRACK_CLOSED;
}

void disc_recover(struct disc *disc)
{
	struct disc_state *state = &disc->state;
	struct disc_track *track;

	if (state->is_session_at_once) {
		recover_session_at_once(disc);
		disc_state_rebuild(state);
		return;
	}
	if (state->background == DISC_BACKGROUND_RUNNING && !disc_state_is_intermediate(state))
		state->background = DISC_BACKGROUND_STOPPED;
	for (unsigned i = 0; i < state->n_begun_tracks; i++) {
		track = &state->tracks[i];
		if (track->state != TRACK_OPEN && track->state != TRACK_RESERVED)
			continue;
		track->n_written = disc_find_written(disc, track);
		if (track->n_written > 0 && (track->state == TRACK_OPEN || track->n_written < track->n_sectors))
			damage_track(disc, track);
	}
	track = last_begun_track(disc);
	/* Announced, but the laser never touched the disc. */
	if (track != NULL && track->n_written == 0 && track->state == TRACK_OPEN)
		drop_last_track(disc);
	disc_state_rebuild(state);
}

int disc_reserve_track(struct disc *disc, uint32_t n_sectors)
{
	struct disc_state *state = &disc->state;
	struct disc_track *track = &state->tracks[state->n_begun_tracks];

	if (!disc_takes_tracks(disc) || disc_invisible_track(disc) == NULL)
		return -EROFS;
	if (n_sectors == 0 || n_sectors > track->n_sectors)
		return -ENOSPC;
	track->state = TRACK_RESERVED;
	track->n_sectors = disc_round_up(state, n_sectors);
	state->n_begun_tracks++;
	disc_state_rebuild(state);
	return disc_commit(disc, true);
}

/* A DVD is written at once only from its begin (MMC-6 4.3.4.2). */
static bool has_sessions_at_once(const struct disc *disc)
{
	return is_cd(disc) || (disc_is_dvd_minus(disc) && disc->state.n_begun_tracks == 0);
}

int disc_begin_session_at_once(struct disc *disc, uint32_t n_sectors, bool multi_session)
{
	const struct disc_track *track = disc_invisible_track(disc);

	if (!disc_takes_tracks(disc) || !has_sessions_at_once(disc) || track == NULL)
		return -EROFS;
	if (disc->state.n_begun_tracks > 0 && last_begun_track(disc)->session > disc->state.n_closed_sessions)
		return -EROFS;
	if (n_sectors == 0 || n_sectors > track->n_sectors)
		return -ENOSPC;
	disc->state.is_session_at_once = true;
	disc->state.is_multi_session = multi_session;
	disc->session_next_lba = track->start_lba;
	return disc_reserve_track(disc, n_sectors);
}

void disc_set_track_run_out(struct disc *disc, unsigned number)
{
	if (number >= 1 && number <= disc->state.n_tracks && is_cd(disc) &&
	    disc->state.tracks[number - 1].state != TRACK_CLOSED)
		disc->state.tracks[number - 1].has_run_out = true;
}

/* What the drive itself adds at the end of a track so that it has a proper size. */
static uint32_t final_data_sectors(const struct disc *disc, const struct disc_track *track)
{
	uint32_t room = disc->state.n_sectors - (uint32_t)track->start_lba;
	uint32_t size = disc_round_up(&disc->state, track->n_written);

	if (is_cd(disc)) {
		if (track->has_run_out && size < DISC_CD_MIN_TRACK)
			size = DISC_CD_MIN_TRACK;
	} else if (track->state != TRACK_OPEN) {
		size = track->n_sectors;
	}
	return size < room ? size : room;
}

/* Closes without committing: tracks of a session are closed together with it. */
static int finish_track(struct disc *disc, struct disc_track *track)
{
	uint32_t n_data;
	int ret = 0;

	disc_strip_link(disc, track);
	n_data = final_data_sectors(disc, track);

	/* The file is sparse: sectors that were never written are zeros. */
	if (is_cd(disc) && track->mode != CD_MODE_1)
		ret = disc_set_keeping(disc, track->start_lba + (int32_t)track->n_written, n_data - track->n_written,
				       KEEP_EMPTY);
	if (ret == 0)
		ret = disc_mark_recorded(disc, track->start_lba + (int32_t)track->n_written, n_data - track->n_written);
	if (ret < 0)
		return ret;
	track->n_written = n_data;
	track->n_sectors = n_data + (track->has_run_out ? DISC_RUN_OUT : 0);
	track->state = TRACK_CLOSED;
	return 0;
}

int disc_fill_unit(struct disc *disc)
{
	struct disc_state *state = &disc->state;

	if (disc->is_pressed || state->profile->writing != WRITING_SEQUENTIAL)
		return 0;
	for (unsigned i = 0; i < state->n_begun_tracks; i++) {
		struct disc_track *track = &state->tracks[i];
		uint32_t n_whole = disc_round_up(state, track->n_written);
		int ret;

		if ((track->state != TRACK_OPEN && track->state != TRACK_RESERVED) || n_whole > track->n_sectors)
			continue;
		/* The file is sparse: sectors that were never written are zeros. */
		ret = disc_mark_recorded(disc, track->start_lba + (int32_t)track->n_written,
					 n_whole - track->n_written);
		if (ret < 0)
			return ret;
		track->n_written = n_whole;
	}
	return 0;
}

int disc_close_track(struct disc *disc, unsigned number)
{
	struct disc_track *track = begun_track(disc, number);
	int ret;

	if (!disc_takes_tracks(disc) || track == NULL)
		return -EROFS;
	if (track->state == TRACK_CLOSED)
		return 0;
	ret = finish_track(disc, track);
	if (ret < 0)
		return ret;
	disc_state_rebuild(&disc->state);
	return disc_commit(disc, true);
}

int disc_close_session(struct disc *disc, bool final)
{
	struct disc_state *state = &disc->state;
	struct disc_track *last;
	bool has_tracks;

	if (!disc_takes_tracks(disc))
		return -EROFS;
	drop_unwritten_tracks(disc);
	if (state->is_session_at_once && !state->is_multi_session)
		final = true;
	for (unsigned i = 0; i < state->n_begun_tracks; i++) {
		int ret = state->tracks[i].state == TRACK_CLOSED ? 0 : finish_track(disc, &state->tracks[i]);

		if (ret < 0)
			return ret;
	}
	last = last_begun_track(disc);
	has_tracks = last != NULL && last->session > state->n_closed_sessions;
	/* A blank disc has nothing that could be closed. */
	if (last == NULL || (!has_tracks && !final))
		return 0;
	if (has_tracks)
		state->n_closed_sessions++;
	state->is_final = final;
	state->is_session_at_once = false;
	disc_state_rebuild(state);
	return disc_commit(disc, true);
}
