/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "vdrive/disc_cd.h"
#include "vdrive/disc_state.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "vdrive/disc_defects.h"

const struct profile *disc_profile(const struct disc *disc)
{
	return disc->state.profile;
}

bool disc_is_pressed(const struct disc *disc)
{
	return disc->is_pressed;
}

uint32_t disc_capacity(const struct disc *disc)
{
	return disc_state_capacity(&disc->state);
}

const struct disc_media *disc_media(const struct disc *disc)
{
	return disc->state.media;
}

enum disc_recording disc_recording(const struct disc *disc)
{
	return disc->state.recording;
}

bool disc_is_dvd_minus(const struct disc *disc)
{
	enum discern_profile number = disc->state.profile->number;

	return number == DISCERN_PROFILE_DVD_R || number == DISCERN_PROFILE_DVD_R_DL ||
	       number == DISCERN_PROFILE_DVD_RW;
}

bool disc_is_session_at_once(const struct disc *disc)
{
	return disc->state.is_session_at_once;
}

/* Of a pressed disc its size tells: no layer of a DVD or BD holds more than this. */
unsigned disc_n_layers(const struct disc *disc)
{
	uint32_t most = disc->state.profile->family == FAMILY_BD ? 12219392 : 2298496;
	uint32_t by_size = disc->is_pressed && disc->state.profile->family != FAMILY_CD
				   ? (disc->state.n_sectors + most - 1) / most
				   : 1;

	return by_size > disc->state.media->n_layers ? by_size : disc->state.media->n_layers;
}

uint32_t disc_all_sectors(const struct disc *disc)
{
	return disc_state_all_sectors(&disc->state);
}

uint32_t disc_usual_spares(const struct disc *disc)
{
	return disc_state_usual_spares(&disc->state);
}

uint32_t disc_layer_break(const struct disc *disc)
{
	return disc->state.layer_break;
}

int disc_set_layer_break(struct disc *disc, uint32_t n_sectors)
{
	struct disc_state *state = &disc->state;

	if (disc->is_pressed || state->media->n_layers < 2 || state->n_begun_tracks > 0 || state->layer_break != 0)
		return -EROFS;
	/* Layer 1 runs back from where layer 0 ends, so it cannot be the longer one. */
	if (n_sectors == 0 || n_sectors > (state->n_sectors + 1) / 2 || n_sectors % state->profile->ecc_sectors != 0)
		return -EINVAL;
	state->layer_break = n_sectors;
	return disc_commit(disc, true);
}

uint32_t disc_identifier(const struct disc *disc)
{
	return disc->state.identifier;
}

enum disc_status disc_status(const struct disc *disc)
{
	const struct disc_state *state = &disc->state;

	if (state->profile->writing == WRITING_RANDOM) {
		if (state->background == DISC_BACKGROUND_NONE)
			return DISC_BLANK;
		return state->background == DISC_BACKGROUND_RUNNING ? DISC_APPENDABLE : DISC_COMPLETE;
	}
	if (state->is_final)
		return DISC_COMPLETE;
	return state->n_begun_tracks == 0 && state->n_spares == 0 ? DISC_BLANK : DISC_APPENDABLE;
}

uint32_t disc_spares(const struct disc *disc)
{
	return disc->state.n_spares;
}

enum disc_background disc_background(const struct disc *disc)
{
	return disc->state.profile->number == DISCERN_PROFILE_DVD_PLUS_RW ? disc->state.background
									  : DISC_BACKGROUND_NONE;
}

size_t disc_n_sessions(const struct disc *disc)
{
	return disc->state.n_sessions;
}

const struct disc_session *disc_session(const struct disc *disc, unsigned number)
{
	return number >= 1 && number <= disc->state.n_sessions ? &disc->state.sessions[number - 1] : NULL;
}

size_t disc_n_tracks(const struct disc *disc)
{
	return disc->state.n_tracks;
}

const struct disc_track *disc_track(const struct disc *disc, unsigned number)
{
	return number >= 1 && number <= disc->state.n_tracks ? &disc->state.tracks[number - 1] : NULL;
}

const struct disc_track *disc_track_at(const struct disc *disc, int32_t lba)
{
	for (unsigned i = 0; i < disc->state.n_tracks; i++) {
		const struct disc_track *track = &disc->state.tracks[i];

		if (lba >= track->start_lba && lba < disc_track_end(track))
			return track;
	}
	return NULL;
}

const struct disc_track *disc_invisible_track(const struct disc *disc)
{
	const struct disc_state *state = &disc->state;

	if (state->profile->writing == WRITING_RANDOM || state->n_tracks == state->n_begun_tracks)
		return NULL;
	return &state->tracks[state->n_tracks - 1];
}

const struct disc_track *disc_incomplete_track(const struct disc *disc)
{
	for (unsigned i = 0; i < disc->state.n_tracks; i++) {
		const struct disc_track *track = &disc->state.tracks[i];

		if (track->state == TRACK_OPEN || track->state == TRACK_DAMAGED)
			return track;
	}
	return NULL;
}

uint32_t disc_recorded_end(const struct disc *disc)
{
	const struct disc_state *state = &disc->state;

	for (unsigned i = state->n_tracks; i > 0; i--)
		if (state->tracks[i - 1].state == TRACK_CLOSED)
			return (uint32_t)disc_track_end(&state->tracks[i - 1]);
	return 0;
}

static int read_from_file(struct disc *disc, int32_t lba, uint32_t n_sectors, uint8_t *buffer)
{
	size_t size = (size_t)n_sectors * DISC_SECTOR, expected = size;
	uint64_t begin = (uint64_t)lba * DISC_SECTOR;
	ssize_t got;

	/* A plain image may end within its last sector. */
	if (disc->is_pressed && begin + size > disc->image_bytes)
		expected = (size_t)(disc->image_bytes - begin);
	got = file_read_at(disc->fd, buffer, expected, (off_t)(disc->state.data_offset + begin));
	if (got < 0)
		return (int)got;
	if ((size_t)got < expected)
		return -EIO;
	memset(buffer + expected, 0, size - expected);
	return 0;
}

int disc_read(struct disc *disc, int32_t lba, uint32_t n_sectors, uint8_t *buffer)
{
	uint32_t n = 0, n_plain;
	int ret = 0;

	if (!disc_all_recorded(disc, lba, n_sectors))
		return -ENXIO;
	while (ret == 0 && n < n_sectors) {
		int32_t at = lba + (int32_t)n;

		n_plain = disc_plain_run(disc, at, n_sectors - n);
		if (n_plain > 0)
			ret = read_from_file(disc, at, n_plain, buffer + (size_t)n * DISC_SECTOR);
		else
			ret = disc_read_kept_user(disc, at, buffer + (size_t)n * DISC_SECTOR);
		n += n_plain > 0 ? n_plain : 1;
	}
	return ret;
}

uint32_t disc_user_run(struct disc *disc, int32_t lba, uint32_t n_sectors)
{
	uint8_t user[DISC_SECTOR];
	uint32_t n = 0, n_plain;

	n_sectors = disc_recorded_run(disc, lba, n_sectors);
	while (n < n_sectors) {
		n_plain = disc_plain_run(disc, lba + (int32_t)n, n_sectors - n);
		if (n_plain == 0 && disc_read_kept_user(disc, lba + (int32_t)n, user) == -EBADMSG)
			break;
		n += n_plain > 0 ? n_plain : 1;
	}
	return n;
}

uint32_t disc_recorded_run(const struct disc *disc, int32_t lba, uint32_t n_sectors)
{
	uint32_t n = 0;

	if (disc_all_recorded(disc, lba, n_sectors))
		return n_sectors;
	while (n < n_sectors && disc_all_recorded(disc, lba + (int32_t)n, 1))
		n++;
	return n;
}

const uint8_t *disc_peek(struct disc *disc, int32_t lba, uint32_t n_sectors)
{
	struct stat status;

	if (disc->map == NULL || !disc_all_recorded(disc, lba, n_sectors) ||
	    disc_plain_run(disc, lba, n_sectors) < n_sectors)
		return NULL;
	/* A file that somebody cut while it is in the drive would end the server with SIGBUS. */
	if (fstat(disc->fd, &status) < 0 || status.st_size < disc->file_bytes)
		return NULL;
	/* Behind the end of a plain image the last page is zeros, as its last sector is to be. */
	return disc->map + (size_t)lba * DISC_SECTOR;
}

int disc_put_sectors(struct disc *disc, int32_t lba, uint32_t n_sectors, const uint8_t *data)
{
	off_t offset = (off_t)(disc->state.data_offset + (uint64_t)lba * DISC_SECTOR);

	/* A full or failing file system is a failing medium, not the end of the virtual disc. */
	return disc_store(disc, data, (size_t)n_sectors * DISC_SECTOR, offset) < 0 ? -EIO : 0;
}

static int write_anywhere(struct disc *disc, int32_t lba, uint32_t n_sectors, const uint8_t *data)
{
	int ret = disc_check_random_write(disc, lba, n_sectors);

	return ret < 0 ? ret : disc_put_sectors(disc, lba, n_sectors, data);
}

/* The track whose next writable address this is. */
static struct disc_track *writable_track(struct disc *disc, int32_t lba)
{
	for (unsigned i = 0; i < disc->state.n_tracks; i++) {
		struct disc_track *track = &disc->state.tracks[i];

		if (track->state != TRACK_CLOSED && track->state != TRACK_DAMAGED &&
		    track->n_written < track->n_sectors && lba == track->start_lba + (int32_t)track->n_written)
			return track;
	}
	return NULL;
}

int disc_begin_write(struct disc *disc, int32_t lba, uint32_t n_sectors)
{
	struct disc_track *track;

	if (disc_is_cd_session(disc))
		return disc_check_session_write(disc, lba, n_sectors);
	track = writable_track(disc, lba);
	if (track == NULL)
		return -ENXIO;
	if (n_sectors > track->n_sectors - track->n_written)
		return -ENOSPC;
	if (disc_any_recorded(disc, lba, n_sectors))
		return -EROFS;
	if (track->n_written > 0)
		return 0;
	if (disc_is_cd(disc))
		disc_begin_cd_track(disc, track);
	else if (track->state != TRACK_INVISIBLE)
		return 0;
	if (track->state == TRACK_INVISIBLE) {
		track->state = TRACK_OPEN;
		disc->state.n_begun_tracks++;
		disc_state_rebuild(&disc->state);
	}
	return disc_commit(disc, true) < 0 ? -EIO : 0;
}

int disc_end_write(struct disc *disc, int32_t lba, uint32_t n_sectors)
{
	struct disc_track *track;

	if (lba >= 0 && disc_mark_recorded(disc, lba, n_sectors) < 0)
		return -EIO;
	if (disc_is_cd_session(disc)) {
		disc_count_session_write(disc, n_sectors);
		return 0;
	}
	track = writable_track(disc, lba);
	if (track == NULL)
		return -EIO;
	track->n_written += n_sectors;
	if (disc->layout != NULL)
		disc->layout->is_current = false;
	return 0;
}

static int write_in_sequence(struct disc *disc, int32_t lba, uint32_t n_sectors, const uint8_t *data)
{
	int ret = 0;

	if (disc_is_cd_session(disc))
		ret = disc_check_session_mode(disc, lba, n_sectors);
	else if (disc_is_cd(disc))
		ret = disc_check_track_mode(disc, writable_track(disc, lba));
	if (ret == 0)
		ret = disc_begin_write(disc, lba, n_sectors);
	/* Data first: what the bitmap calls recorded is there, whenever the server is killed. */
	if (ret == 0)
		ret = disc_put_sectors(disc, lba, n_sectors, data);
	if (ret == 0)
		ret = disc_set_keeping(disc, lba, n_sectors, 0) < 0 ? -EIO : 0;
	return ret == 0 ? disc_end_write(disc, lba, n_sectors) : ret;
}

int disc_write(struct disc *disc, int32_t lba, uint32_t n_sectors, const uint8_t *data)
{
	int ret = 0;

	if (disc->is_pressed || (disc->state.is_final && !disc_is_packet_formatted(disc)))
		return -EROFS;
	if (n_sectors == 0)
		return 0;
	if (!disc->state.is_in_use && disc_commit(disc, true) < 0)
		return -EIO;
	if (disc->state.profile->writing == WRITING_RANDOM)
		return write_anywhere(disc, lba, n_sectors, data);
	if (disc_is_packet_formatted(disc))
		return disc_overwrite_packets(disc, lba, n_sectors, data);
	if (disc->state.recording == RECORDING_PSEUDO_OVERWRITE && disc_all_recorded(disc, lba, n_sectors))
		return disc_pseudo_overwrite(disc, lba, n_sectors, data);
	/* The file has user data from LBA 0 on. */
	for (; lba < 0 && n_sectors > 0 && ret == 0; lba++, n_sectors--, data += DISC_SECTOR)
		ret = disc_write_user_raw(disc, lba, data);
	return ret == 0 && n_sectors > 0 ? write_in_sequence(disc, lba, n_sectors, data) : ret;
}

int disc_sync(struct disc *disc)
{
	int ret;

	if (disc->is_pressed)
		return 0;
	/* How far it has grown is known nowhere else. */
	ret = disc->state.is_in_use && disc_state_is_intermediate(&disc->state) ? disc_commit(disc, true) : 0;
	if (ret < 0)
		return ret;
	return fdatasync(disc->fd) < 0 ? -errno : 0;
}

/* What a drive does with a disc before it lets go of it. */
static void settle(struct disc *disc)
{
	struct disc_state *state = &disc->state;

	if (state->is_session_at_once) {
		const struct disc_track *track = &state->tracks[state->n_begun_tracks - 1];

		if (track->n_written == track->n_sectors)
			disc_close_session(disc, false);
		else
			disc_recover(disc);
	}
	if (state->background == DISC_BACKGROUND_RUNNING && !disc_state_is_intermediate(state))
		state->background = DISC_BACKGROUND_STOPPED;
	disc_commit(disc, false);
}

void disc_close(struct disc *disc)
{
	if (disc == NULL)
		return;
	disc_end_test(disc);
	/* Not after a refused opening, which has no bitmap: then nothing of the state is to be believed. */
	if (disc->recorded != NULL && disc->state.is_in_use) {
		settle(disc);
		disc_sync(disc);
	}
	if (disc->map != NULL)
		munmap(disc->map, disc->map_size);
	disc_forget_replaced(disc);
	cd_image_close(disc->image);
	free(disc->recorded);
	free(disc->keeping);
	free(disc->layout);
	free(disc->text_packs);
	if (disc->fd >= 0)
		close(disc->fd);
	free(disc);
}
