/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Virtual discs that are formatted: DVD+RW, DVD-RAM and BD-RE, DVD-RW with restricted overwrite, BD-R with spares. */
#include "vdrive/disc_state.h"

#include <errno.h>

#include "vdrive/disc_defects.h"

static bool is_random(const struct disc *disc)
{
	return !disc->is_pressed && disc->state.profile->writing == WRITING_RANDOM;
}

static bool is_unit_of(const struct disc *disc, uint32_t n_sectors)
{
	return n_sectors % disc->state.profile->ecc_sectors == 0;
}

static int commit(struct disc *disc)
{
	disc_state_rebuild(&disc->state);
	return disc_commit(disc, true);
}

bool disc_is_intermediate(const struct disc *disc)
{
	return disc_state_is_intermediate(&disc->state);
}

/* MMC-6 4.3.6.2: whole ECC blocks; while the format is not ended, also right behind what is formatted, which grows. */
static int check_overwrite(struct disc *disc, int32_t lba, uint32_t n_sectors)
{
	struct disc_state *state = &disc->state;
	uint32_t begin = (uint32_t)lba, end = begin + n_sectors;

	if (!is_unit_of(disc, begin) || !is_unit_of(disc, n_sectors))
		return -ENXIO;
	if (end <= state->n_formatted)
		return 0;
	if (!disc_state_is_intermediate(state) || begin > state->n_formatted)
		return -ENXIO;
	state->n_formatted = end;
	disc_state_rebuild(state);
	return 0;
}

int disc_check_random_write(struct disc *disc, int32_t lba, uint32_t n_sectors)
{
	uint32_t capacity = disc_capacity(disc);

	if (disc->state.background == DISC_BACKGROUND_NONE)
		return -EROFS;
	if (lba < 0 || n_sectors > capacity || (uint32_t)lba > capacity - n_sectors)
		return -ENXIO;
	return disc->state.recording == RECORDING_OVERWRITE ? check_overwrite(disc, lba, n_sectors) : 0;
}

int disc_format(struct disc *disc)
{
	struct disc_state *state = &disc->state;
	int ret = 0;

	if (!is_random(disc))
		return -EROFS;
	if (state->background == DISC_BACKGROUND_DONE)
		ret = disc_erase_from(disc, 0);
	if (ret < 0)
		return ret;
	state->background = DISC_BACKGROUND_RUNNING;
	return commit(disc);
}

int disc_format_stop(struct disc *disc)
{
	if (!is_random(disc))
		return -EROFS;
	if (disc->state.background != DISC_BACKGROUND_RUNNING)
		return 0;
	disc->state.background = DISC_BACKGROUND_DONE;
	return commit(disc);
}

static bool is_user_area(const struct disc *disc, uint32_t n_sectors)
{
	return n_sectors > 0 && n_sectors <= disc_state_all_sectors(&disc->state) && is_unit_of(disc, n_sectors);
}

static void divide(struct disc_state *state, uint32_t n_sectors)
{
	state->n_spares = disc_state_all_sectors(state) - n_sectors;
	state->n_sectors = n_sectors;
}

int disc_format_with_spares(struct disc *disc, uint32_t n_sectors, bool pseudo_overwrite)
{
	struct disc_state *state = &disc->state;

	if (state->profile->number != DISCERN_PROFILE_BD_R || state->n_begun_tracks > 0 || state->n_spares > 0 ||
	    state->is_final)
		return -EROFS;
	if (!is_user_area(disc, n_sectors) || n_sectors == state->n_sectors)
		return -EINVAL;
	divide(state, n_sectors);
	disc_state_set_recording(state, pseudo_overwrite ? RECORDING_PSEUDO_OVERWRITE : RECORDING_USUAL);
	return commit(disc);
}

int disc_format_user_area(struct disc *disc, uint32_t n_sectors)
{
	int ret;

	if (!is_random(disc) || disc->state.media->spare_sectors == 0)
		return -EROFS;
	if (!is_user_area(disc, n_sectors))
		return -EINVAL;
	ret = disc_erase_from(disc, 0);
	if (ret < 0)
		return ret;
	disc_forget_replaced(disc);
	divide(&disc->state, n_sectors);
	disc->state.background = DISC_BACKGROUND_DONE;
	return commit(disc);
}

int disc_format_overwrite(struct disc *disc, uint32_t n_sectors, bool is_quick)
{
	struct disc_state *state = &disc->state;
	int ret;

	if (disc->is_pressed || state->media->profile != DISCERN_PROFILE_DVD_RW)
		return -EROFS;
	if (!is_unit_of(disc, n_sectors))
		return -EINVAL;
	ret = disc_erase_from(disc, 0);
	if (ret < 0)
		return ret;
	state->n_begun_tracks = state->n_closed_sessions = 0;
	state->is_final = state->is_session_at_once = false;
	disc_state_set_recording(state, RECORDING_OVERWRITE);
	if (n_sectors > disc_state_capacity(state))
		n_sectors = disc_state_capacity(state);
	state->n_formatted = n_sectors;
	state->background = is_quick ? DISC_BACKGROUND_RUNNING : DISC_BACKGROUND_DONE;
	return commit(disc);
}

int disc_format_grow(struct disc *disc, uint32_t n_sectors)
{
	struct disc_state *state = &disc->state;

	if (disc->is_pressed || state->recording != RECORDING_OVERWRITE || disc_state_is_intermediate(state))
		return -EROFS;
	if (!is_unit_of(disc, n_sectors) || n_sectors > disc_state_capacity(state) - state->n_formatted)
		return -EINVAL;
	state->n_formatted += n_sectors;
	state->background = DISC_BACKGROUND_RUNNING;
	return commit(disc);
}

/* The number of the track whose free sectors take what replaces others; 0 without one. */
static unsigned replacing_track(const struct disc *disc)
{
	const struct disc_state *state = &disc->state;
	const struct disc_track *track = disc_track(disc, state->n_tracks);

	if (track == NULL || state->is_final || state->recording != RECORDING_PSEUDO_OVERWRITE)
		return 0;
	return track->state == TRACK_INVISIBLE || track->state == TRACK_OPEN ? state->n_tracks : 0;
}

uint32_t disc_pseudo_overwrite_units(const struct disc *disc)
{
	const struct disc_track *track = disc_track(disc, replacing_track(disc));

	return track != NULL ? (track->n_sectors - track->n_written) / disc->state.profile->ecc_sectors : 0;
}

int disc_pseudo_overwrite(struct disc *disc, int32_t lba, uint32_t n_sectors, const uint8_t *data)
{
	uint32_t unit = disc->state.profile->ecc_sectors;
	unsigned number = replacing_track(disc);
	struct disc_track *track = &disc->state.tracks[number > 0 ? number - 1 : 0];
	uint32_t n_units, n_taken;
	int ret;

	if (number == 0 || n_sectors == 0 || !disc_all_recorded(disc, lba, n_sectors))
		return -ENXIO;
	n_units = ((uint32_t)lba + n_sectors - 1) / unit - (uint32_t)lba / unit + 1;
	n_taken = disc_round_up(&disc->state, track->n_written) - track->n_written + n_units * unit;
	if (n_taken > track->n_sectors - track->n_written)
		return -ENOSPC;
	if (track->state == TRACK_INVISIBLE) {
		track->state = TRACK_OPEN;
		disc->state.n_begun_tracks++;
	}
	/* What is read at lba stands where the track ended, so its place is taken, as zeros. */
	ret = disc_mark_recorded(disc, track->start_lba + (int32_t)track->n_written, n_taken);
	if (ret < 0)
		return ret;
	track->n_written += n_taken;
	disc_state_rebuild(&disc->state);
	ret = disc_commit(disc, true);
	return ret < 0 ? ret : disc_put_sectors(disc, lba, n_sectors, data);
}
