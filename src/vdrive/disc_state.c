/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "vdrive/disc_state.h"

#include <string.h>

/* Gaps between sessions in sectors: CD lead-out, lead-in and pregap (MMC-6 4.2.3.4.3: 1:30 after the first session,
 * 0:30 after a later one, 1:00 lead-in, 0:02 pregap); DVD+R closure and intro zones (ECMA-349 clause 17). */
enum {
	CD_GAP_FIRST = 11400,
	CD_GAP_LATER = 6900,
	CD_PAUSE = 150,
	DVD_PLUS_R_GAP = 2048,
	CD_MAX_TRACKS = 99,
};

static const struct disc_media media[] = {
	{ "cd-r", DISCERN_PROFILE_CD_R, 512, DISC_CD_MAX },
	{ "dvd+r", DISCERN_PROFILE_DVD_PLUS_R, 16, 2295104 },
	{ "dvd+rw", DISCERN_PROFILE_DVD_PLUS_RW, 16, 2295104 },
	{ "bd-r", DISCERN_PROFILE_BD_R, 32, 12219392 },
};

const struct disc_media *disc_media_by_name(const char *name)
{
	for (size_t i = 0; i < sizeof(media) / sizeof(media[0]); i++)
		if (strcmp(media[i].name, name) == 0)
			return &media[i];
	return NULL;
}

const struct disc_media *disc_media_by_profile(enum discern_profile profile)
{
	for (size_t i = 0; i < sizeof(media) / sizeof(media[0]); i++)
		if (media[i].profile == profile)
			return &media[i];
	return NULL;
}

void disc_state_blank(struct disc_state *state, const struct disc_media *kind, uint32_t n_sectors)
{
	const uint64_t page = 65536;

	memset(state, 0, sizeof(*state));
	state->profile = profile_find(kind->profile);
	state->n_sectors = n_sectors;
	state->data_offset = DISC_BITMAP_OFFSET + disc_bitmap_bytes(state);
	state->data_offset = (state->data_offset + page - 1) / page * page;
	disc_state_rebuild(state);
}

size_t disc_bitmap_bytes(const struct disc_state *state)
{
	return ((size_t)state->n_sectors + 7) / 8;
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
	else if (state->profile->number == DISCERN_PROFILE_DVD_PLUS_R)
		gap = DVD_PLUS_R_GAP;
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
		.start_lba = start,
		.n_sectors = state->n_sectors - (uint32_t)start,
	};
	state->n_tracks = state->n_begun_tracks + 1;
}

/* Random-writable: one track over the whole disc, one session. */
static void rebuild_random(struct disc_state *state)
{
	bool is_blank = state->background == DISC_BACKGROUND_NONE;
	struct disc_session *session = &state->sessions[0];

	memset(session, 0, sizeof(*session));
	state->n_tracks = 1;
	state->tracks[0] = (struct disc_track){
		.number = 1,
		.session = 1,
		.state = is_blank ? TRACK_INVISIBLE : TRACK_CLOSED,
		.control = 4,
		.data_mode = 1,
		.n_sectors = state->n_sectors,
		.n_written = is_blank ? 0 : state->n_sectors,
	};
	state->n_sessions = 1;
	session->first_track = 1;
	if (is_blank)
		return;
	session->status =
		state->background == DISC_BACKGROUND_RUNNING ? DISC_SESSION_INCOMPLETE : DISC_SESSION_COMPLETE;
	session->last_track = 1;
	session->lead_out_lba = (int32_t)state->n_sectors;
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

void disc_state_rebuild(struct disc_state *state)
{
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
