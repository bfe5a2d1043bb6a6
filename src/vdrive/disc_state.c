/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "vdrive/disc_state.h"

#include <string.h>

/* Gaps between sessions in sectors: CD lead-out, lead-in and pregap (MMC-6 4.2.3.4.3: 1:30 after the first session,
 * 0:30 after a later one, 1:00 lead-in, 0:02 pregap); DVD+R closure and intro zones (ECMA-349 clause 17); DVD-R and
 * DVD-RW border-out and border-in, whose length a recorder chooses and of which the first is longer. */
enum {
	CD_GAP_FIRST = 11400,
	CD_GAP_LATER = 6900,
	CD_PAUSE = 150,
	DVD_PLUS_R_GAP = 2048,
	DVD_MINUS_GAP_FIRST = 12288,
	DVD_MINUS_GAP_LATER = 4096,
};

void disc_state_blank(struct disc_state *state, const struct disc_media *kind, uint32_t n_sectors)
{
	const uint64_t page = 65536;

	memset(state, 0, sizeof(*state));
	state->media = kind;
	disc_state_set_recording(state, kind->recording);
	state->n_sectors = n_sectors;
	if (kind->is_formatted)
		disc_state_format(state);
	state->data_offset = DISC_BITMAP_OFFSET + disc_bitmap_bytes(state);
	state->data_offset = (state->data_offset + page - 1) / page * page;
	disc_state_rebuild(state);
}

void disc_state_set_recording(struct disc_state *state, enum disc_recording recording)
{
	bool is_overwritten = recording == RECORDING_OVERWRITE;

	state->recording = recording;
	state->profile = profile_find(is_overwritten ? DISCERN_PROFILE_DVD_RW_OVERWRITE : state->media->profile);
}

uint32_t disc_state_usual_spares(const struct disc_state *state)
{
	const struct disc_media *media = state->media;
	uint32_t unit = state->profile->ecc_sectors;
	uint64_t n_spares;

	if (media->spare_sectors == 0)
		return 0;
	n_spares = (uint64_t)disc_state_all_sectors(state) * media->spare_sectors / media->usual_sectors;
	n_spares -= n_spares % unit;
	return n_spares > unit ? (uint32_t)n_spares : unit;
}

void disc_state_format(struct disc_state *state)
{
	uint32_t n_spares = disc_state_usual_spares(state);

	state->n_sectors = disc_state_all_sectors(state) - n_spares;
	state->n_spares = n_spares;
	state->n_formatted = state->recording == RECORDING_OVERWRITE ? disc_state_capacity(state) : 0;
	state->background = DISC_BACKGROUND_DONE;
}

uint32_t disc_state_capacity(const struct disc_state *state)
{
	/* Of a DVD-RW, restricted overwrite leaves 38 ECC blocks for its lead-out. */
	const uint32_t most = profile_find(DISCERN_PROFILE_DVD_RW_OVERWRITE)->usual_sectors;

	if (state->recording == RECORDING_OVERWRITE && state->n_sectors > most)
		return most;
	return state->n_sectors;
}

uint32_t disc_state_formatted(const struct disc_state *state)
{
	if (state->background == DISC_BACKGROUND_NONE)
		return 0;
	return state->recording == RECORDING_OVERWRITE ? state->n_formatted : state->n_sectors;
}

bool disc_state_is_intermediate(const struct disc_state *state)
{
	return state->recording == RECORDING_OVERWRITE && state->background == DISC_BACKGROUND_RUNNING;
}

uint32_t disc_state_all_sectors(const struct disc_state *state)
{
	return state->n_sectors + state->n_spares;
}

size_t disc_bitmap_bytes(const struct disc_state *state)
{
	return ((size_t)disc_state_all_sectors(state) + 7) / 8;
}

uint32_t disc_round_up(const struct disc_state *state, uint32_t n_sectors)
{
	uint32_t unit = state->profile->ecc_sectors;

	return (n_sectors + unit - 1) / unit * unit;
}

int32_t disc_track_end(const struct disc_track *track)
{
	return track->start_lba + (int32_t)track->n_sectors;
}

/* Where the next track of an appendable disc begins. */
static int32_t next_start(const struct disc_state *state)
{
	const struct disc_track *last;
	bool is_cd = state->profile->family == FAMILY_CD;
	int32_t gap = 0;

	if (state->n_begun_tracks == 0)
		return 0;
	last = &state->tracks[state->n_begun_tracks - 1];
	if (last->session > state->n_closed_sessions)
		gap = is_cd ? CD_PAUSE : 0;
	else if (is_cd)
		gap = state->n_closed_sessions == 1 ? CD_GAP_FIRST : CD_GAP_LATER;
	else if (state->profile->number == DISCERN_PROFILE_DVD_PLUS_R ||
		 state->profile->number == DISCERN_PROFILE_DVD_PLUS_R_DL)
		gap = DVD_PLUS_R_GAP;
	else if (state->profile->family == FAMILY_DVD)
		gap = state->n_closed_sessions == 1 ? DVD_MINUS_GAP_FIRST : DVD_MINUS_GAP_LATER;
	return disc_track_end(last) + gap;
}

static bool takes_another_track(const struct disc_state *state)
{
	unsigned max = state->profile->family == FAMILY_CD ? CD_MAX_TRACKS : DISC_MAX_TRACKS;

	if (state->is_final || state->is_session_at_once || state->n_begun_tracks >= max)
		return false;
	for (unsigned i = 0; i < state->n_begun_tracks; i++) {
		enum disc_track_state track = state->tracks[i].state;

		/* After an open or damaged track, where the next one begins is only known once that is closed. */
		if (track == TRACK_OPEN || track == TRACK_DAMAGED)
			return false;
	}
	return true;
}

static void add_invisible_track(struct disc_state *state)
{
	struct disc_track *track = &state->tracks[state->n_begun_tracks];
	int32_t start = next_start(state);

	if (start > (int32_t)state->n_sectors)
		start = (int32_t)state->n_sectors;
	*track = (struct disc_track){
		.number = state->n_begun_tracks + 1,
		.session = state->n_closed_sessions + 1,
		.state = TRACK_INVISIBLE,
		.control = 4,
		.data_mode = 1,
		.mode = CD_MODE_1,
		.pregap_lba = start - (state->profile->family == FAMILY_CD ? CD_PAUSE : 0),
		.start_lba = start,
		.n_sectors = state->n_sectors - (uint32_t)start,
	};
	state->n_tracks = state->n_begun_tracks + 1;
}

/* Random-writable: one track over the whole disc, one session. */
static void rebuild_random(struct disc_state *state)
{
	bool is_blank = state->background == DISC_BACKGROUND_NONE;
	uint32_t n_sectors = is_blank ? state->n_sectors : disc_state_formatted(state);
	struct disc_session *session = &state->sessions[0];

	memset(session, 0, sizeof(*session));
	state->n_tracks = 1;
	state->tracks[0] = (struct disc_track){
		.number = 1,
		.session = 1,
		.state = is_blank ? TRACK_INVISIBLE : TRACK_CLOSED,
		.control = 4,
		.data_mode = 1,
		.n_sectors = n_sectors,
		.n_written = is_blank ? 0 : n_sectors,
	};
	state->n_sessions = 1;
	session->first_track = 1;
	if (is_blank)
		return;
	session->status =
		state->background == DISC_BACKGROUND_RUNNING ? DISC_SESSION_INCOMPLETE : DISC_SESSION_COMPLETE;
	session->last_track = 1;
	session->lead_out_lba = (int32_t)n_sectors;
}

static void rebuild_session(struct disc_state *state, unsigned number)
{
	struct disc_session *session = &state->sessions[number - 1];

	memset(session, 0, sizeof(*session));
	for (unsigned i = 0; i < state->n_begun_tracks; i++) {
		const struct disc_track *track = &state->tracks[i];

		if (track->session != number)
			continue;
		if (session->first_track == 0)
			session->first_track = track->number;
		session->last_track = track->number;
		session->lead_out_lba = disc_track_end(track);
	}
	if (number <= state->n_closed_sessions)
		session->status = DISC_SESSION_COMPLETE;
	else
		session->status = session->last_track != 0 ? DISC_SESSION_INCOMPLETE : DISC_SESSION_EMPTY;
	if (session->first_track == 0)
		session->first_track = state->n_begun_tracks + 1;
}

/* An index that a track was cut before is none, and of tracks that are gone nothing is left. */
static void cut_indexes(struct disc_state *state)
{
	for (unsigned i = 0; i < CD_MAX_TRACKS; i++) {
		struct disc_q_track *q = &state->q_tracks[i];

		if (i >= state->n_begun_tracks)
			memset(q, 0, sizeof(*q));
		while (q->n_indexes > 0 && q->indexes[q->n_indexes - 1] >= disc_track_end(&state->tracks[i]))
			q->n_indexes--;
	}
}

void disc_state_rebuild(struct disc_state *state)
{
	cut_indexes(state);
	if (state->profile->writing == WRITING_RANDOM) {
		rebuild_random(state);
		return;
	}
	state->n_tracks = state->n_begun_tracks;
	if (takes_another_track(state))
		add_invisible_track(state);
	state->n_sessions = state->n_closed_sessions + (state->is_final ? 0 : 1);
	for (unsigned number = 1; number <= state->n_sessions; number++)
		rebuild_session(state, number);
}
