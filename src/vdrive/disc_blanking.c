/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is undone on CD-RW and DVD-RW: the whole disc, its last session, or only that session's end. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/file.h"
#include "vdrive/disc_state.h"

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

static bool has_bytes(const uint8_t *buffer, ssize_t size)
{
	for (ssize_t i = 0; i < size; i++)
		if (buffer[i] != 0)
			return true;
	return false;
}

/* For file systems without holes: what is zeros already stays as it is. */
static int overwrite(int fd, uint64_t begin, uint64_t end)
{
	static const uint8_t zeros[16384];
	uint8_t buffer[sizeof(zeros)];

	while (begin < end) {
		size_t size = end - begin < sizeof(zeros) ? (size_t)(end - begin) : sizeof(zeros);
		ssize_t got = file_read_at(fd, buffer, size, (off_t)begin);
		int ret = got < 0 ? (int)got : 0;

		if (has_bytes(buffer, got))
			ret = file_write_at(fd, zeros, size, (off_t)begin);
		if (ret < 0)
			return ret;
		begin += size;
	}
	return 0;
}

int disc_clear_file(struct disc *disc, uint64_t begin, uint64_t end)
{
	off_t file_end = lseek(disc->fd, 0, SEEK_END);

	/* Of a test nothing comes into the file. */
	if (disc->backup != NULL)
		return 0;
	if (file_end < 0)
		return -errno;
	if (end > (uint64_t)file_end)
		end = (uint64_t)file_end;
	if (begin >= end)
		return 0;
	/* Gives the blocks of the sparse file back, and leaves it as long as it is at any moment. */
	if (fallocate(disc->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, (off_t)begin, (off_t)(end - begin)) == 0)
		return 0;
	if (errno != EOPNOTSUPP && errno != ENOSYS)
		return -errno;
	return overwrite(disc->fd, begin, end);
}

int disc_erase_from(struct disc *disc, int32_t lba)
{
	uint32_t n_all = disc_state_all_sectors(&disc->state), at = (uint32_t)lba;
	int ret;

	if (disc->keeping != NULL)
		return disc_cd_erase_from(disc, lba);
	if (at >= n_all)
		return 0;
	/* What says that something is there goes before it does; so does a table of spare units behind the sectors. */
	ret = disc_forget_recorded(disc, lba);
	return ret < 0 ? ret
		       : disc_clear_file(disc, disc->state.data_offset + (uint64_t)at * DISC_SECTOR, UINT64_MAX);
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

	if (!can_be_blanked(disc) || disc_can_be_overwritten(disc) || state->n_begun_tracks == 0)
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
