/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is undone on CD-RW and DVD-RW: the whole disc, its last session, or only that session's end. */
#include "vdrive/disc_state.h"

#include <errno.h>
#include <unistd.h>

static bool can_be_blanked(const struct disc *disc)
{
	enum discern_profile number = disc->state.media != NULL ? disc->state.media->profile : DISCERN_PROFILE_NONE;

	return !disc->is_pressed && (number == DISCERN_PROFILE_CD_RW || number == DISCERN_PROFILE_DVD_RW);
}

static int commit(struct disc *disc)
{
	disc_state_rebuild(&disc->state);
	return disc_commit(disc, true);
}

int disc_erase_from(struct disc *disc, int32_t lba)
{
	uint32_t n_all = disc_state_all_sectors(&disc->state), at = (uint32_t)lba;
	off_t begin = (off_t)(disc->state.data_offset + (uint64_t)at * DISC_SECTOR);
	off_t end = (off_t)(disc->state.data_offset + (uint64_t)n_all * DISC_SECTOR);

	if (disc->keeping != NULL)
		return disc_cd_erase_from(disc, lba);
	if (at >= n_all)
		return 0;
	/* Gives the blocks of the sparse file back; the mapping is not touched in between. */
	if (ftruncate(disc->fd, begin) < 0 || ftruncate(disc->fd, end) < 0)
		return -errno;
	return disc_forget_recorded(disc, lba);
}

/* What the lead-in of the open session said, and of the disc if it is the first one. */
static void forget_lead_in(struct disc_state *state)
{
	if (state->text_session > state->n_closed_sessions)
		state->n_text_packs = state->text_session = 0;
	if (state->n_closed_sessions == 0)
		state->mcn[0] = '\0';
}

int disc_blank(struct disc *disc, bool is_minimal)
{
	struct disc_state *state = &disc->state;
	int ret;

	if (!can_be_blanked(disc))
		return -EROFS;
	ret = disc_erase_from(disc, disc->keeping != NULL ? -CD_PREGAP : 0);
	if (ret < 0)
		return ret;
	state->n_begun_tracks = state->n_closed_sessions = 0;
	forget_lead_in(state);
	state->n_formatted = 0;
	state->is_final = state->is_session_at_once = false;
	state->background = DISC_BACKGROUND_NONE;
	/* Without its lead-in and RMA erased thoroughly a DVD-RW cannot link (MMC-6 6.2.2.2). */
	disc_state_set_recording(state, is_minimal && state->profile->family == FAMILY_DVD ? RECORDING_AT_ONCE
											   : RECORDING_USUAL);
	return commit(disc);
}

/* The session that was closed last, whose border or lead-out goes. */
static bool open_last_session(struct disc *disc)
{
	struct disc_state *state = &disc->state;

	if (!can_be_blanked(disc) || state->profile->writing != WRITING_SEQUENTIAL || state->n_begun_tracks == 0)
		return false;
	if (state->tracks[state->n_begun_tracks - 1].session <= state->n_closed_sessions)
		state->n_closed_sessions--;
	state->is_final = state->is_session_at_once = false;
	return true;
}

int disc_unclose_session(struct disc *disc)
{
	return open_last_session(disc) ? commit(disc) : -EROFS;
}

int disc_blank_session(struct disc *disc)
{
	struct disc_state *state = &disc->state;
	int32_t first_lba = 0;
	int ret;

	if (!open_last_session(disc))
		return -EROFS;
	while (state->n_begun_tracks > 0 &&
	       state->tracks[state->n_begun_tracks - 1].session > state->n_closed_sessions) {
		state->n_begun_tracks--;
		first_lba = state->tracks[state->n_begun_tracks].pregap_lba;
	}
	forget_lead_in(state);
	ret = disc_erase_from(disc, first_lba);
	return ret < 0 ? ret : commit(disc);
}
