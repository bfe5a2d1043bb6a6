/* SPDX-License-Identifier: GPL-3.0-or-later */
/* PLAY AUDIO, PAUSE/RESUME, STOP PLAY/SCAN and SCAN (MMC-3 6.11 to 6.13, 6.24, 6.38; MMC-6 annex E). */
#include "vdrive/mmc/audio.h"

#include "base/bytes.h"
#include "vdrive/disc_cd.h"
#include "vdrive/mmc/cd_reader.h"
#include "vdrive/mmc/read.h"
#include "vdrive/timing.h"

/* READ SUB-CHANNEL byte 1 (table 492). */
enum { PLAYING = 0x11, PAUSED = 0x12, COMPLETED = 0x13, FAILED = 0x14, NO_STATUS = 0x15 };

/* Page 0Eh byte 2: the play ends with its track. */
enum { SOTC = 0x02 };

enum { SECTORS_PER_SECOND = 75, SCAN_SPEED = 8, US_PER_SECOND = 1000000 };

void vdrive_forget_player(struct vdrive *drive)
{
	drive->player = (struct vdrive_player){ .status = NO_STATUS };
	drive->position_lba = 0;
}

/* Where the sound is by now, if no end came before. */
static int64_t reached_lba(const struct vdrive *drive)
{
	const struct vdrive_player *player = &drive->player;
	int64_t elapsed_us = timing_now_us(drive->timing) - player->since_us;

	/* So many seconds are longer than any disc. */
	if (elapsed_us > INT64_C(100) * 60 * US_PER_SECOND)
		elapsed_us = INT64_C(100) * 60 * US_PER_SECOND;
	return player->start_lba + elapsed_us * SECTORS_PER_SECOND * player->speed / US_PER_SECOND;
}

/* Takes note of a play that has ended meanwhile. */
static void update(struct vdrive *drive)
{
	struct vdrive_player *player = &drive->player;
	int64_t lba;

	if (player->status != PLAYING)
		return;
	lba = reached_lba(drive);
	if (lba < player->end_lba && lba >= 0)
		return;
	player->status = player->end_status;
	drive->position_lba = lba < 0 ? 0 : player->end_lba - 1;
}

int32_t vdrive_position(const struct vdrive *drive)
{
	const struct vdrive_player *player = &drive->player;
	int64_t lba;

	if (player->status == PAUSED)
		return player->start_lba;
	if (player->status != PLAYING)
		return drive->position_lba;
	lba = reached_lba(drive);
	if (lba < 0)
		return 0;
	return lba < player->end_lba ? (int32_t)lba : player->end_lba - 1;
}

void vdrive_stop_player(struct vdrive *drive)
{
	update(drive);
	drive->position_lba = vdrive_position(drive);
	drive->player.status = NO_STATUS;
}

uint8_t vdrive_take_audio_status(struct vdrive *drive)
{
	uint8_t status;

	update(drive);
	status = drive->player.status;
	if (status == COMPLETED || status == FAILED)
		drive->player.status = NO_STATUS;
	return status == 0 ? NO_STATUS : status;
}

static bool is_sound(const struct vdrive *drive, int32_t lba)
{
	const struct cd_track *track = cd_layout_track_at(disc_cd_layout(drive->disc), lba);

	return track != NULL && track->mode == CD_AUDIO;
}

/* Where sound that begins at lba is over: at the first track of data or the end of a session; or, if the drive is
 * told to stop there, of its track. */
static int32_t end_of_sound(const struct vdrive *drive, int32_t lba)
{
	const struct cd_track *track = cd_layout_track_at(disc_cd_layout(drive->disc), lba);

	if (drive->audio_page[2] & SOTC)
		return track->end_lba;
	while (is_sound(drive, track->end_lba))
		track = cd_layout_track_at(disc_cd_layout(drive->disc), track->end_lba);
	return track->end_lba;
}

static int need_sound_at(struct vdrive_call *call, int32_t lba)
{
	const struct vdrive_sense wrong_mode = { .key = 5, .asc = 0x64 };
	const struct vdrive_sense out_of_range = { .key = 5, .asc = 0x21 };

	if (lba < -CD_PREGAP || (lba >= 0 && (uint32_t)lba >= vdrive_addressable_sectors(call->drive->disc)))
		return vdrive_fail_at(call, out_of_range, lba);
	return is_sound(call->drive, lba) ? 0 : vdrive_fail_at(call, wrong_mode, lba);
}

static int need_cd(struct vdrive_call *call)
{
	int ret = vdrive_need_medium(call);

	if (ret == 0 && !disc_is_cd(call->drive->disc))
		ret = vdrive_check_condition(call, 5, 0x30, 2);
	return ret;
}

/* Plays [lba, end). Where the sound is over before that is an error that the audio status tells. */
static int play(struct vdrive_call *call, int32_t lba, int64_t end)
{
	struct vdrive *drive = call->drive;
	int32_t end_of_all;
	int ret = need_sound_at(call, lba);

	if (ret < 0)
		return ret;
	end_of_all = end_of_sound(drive, lba);
	drive->player = (struct vdrive_player){
		.status = PLAYING,
		.end_status = end > end_of_all && !(drive->audio_page[2] & SOTC) ? FAILED : COMPLETED,
		.speed = 1,
		.start_lba = lba,
		.end_lba = end < end_of_all ? (int32_t)end : end_of_all,
		.since_us = timing_now_us(drive->timing),
	};
	return 0;
}

/* All ones stand for where the pick-up is. */
static int play_lba(struct vdrive_call *call, uint32_t n_sectors)
{
	uint32_t address = get_be32(call->cdb + 2);
	int ret = need_cd(call);
	int32_t lba;

	if (ret < 0)
		return ret;
	lba = address == UINT32_MAX ? vdrive_position(call->drive) : (int32_t)address;
	/* Nothing is to be played, which is no error. */
	if (n_sectors == 0)
		return 0;
	return play(call, lba, (int64_t)lba + n_sectors);
}

static int play_audio_10(struct vdrive_call *call)
{
	return play_lba(call, get_be16(call->cdb + 7));
}

static int play_audio_12(struct vdrive_call *call)
{
	return play_lba(call, get_be32(call->cdb + 6));
}

static bool get_msf(const uint8_t *msf, int32_t *ret_lba)
{
	*ret_lba = (msf[0] * 60 + msf[1]) * SECTORS_PER_SECOND + msf[2] - CD_PREGAP;
	return msf[1] < 60 && msf[2] < SECTORS_PER_SECOND;
}

static int play_audio_msf(struct vdrive_call *call)
{
	const uint8_t *cdb = call->cdb;
	int32_t lba, end;
	int ret = need_cd(call);

	if (ret < 0)
		return ret;
	if (get_be24(cdb + 3) == 0xffffff)
		lba = vdrive_position(call->drive);
	else if (!get_msf(cdb + 3, &lba))
		return vdrive_invalid_field(call, 3);
	if (!get_msf(cdb + 6, &end) || end < lba)
		return vdrive_invalid_field(call, 6);
	return lba == end ? 0 : play(call, lba, end);
}

static int pause_resume(struct vdrive_call *call)
{
	struct vdrive_player *player = &call->drive->player;
	int ret = need_cd(call);

	if (ret < 0)
		return ret;
	update(call->drive);
	if (player->status != PLAYING && player->status != PAUSED)
		return vdrive_check_condition(call, 5, 0x2c, 0);
	player->start_lba = vdrive_position(call->drive);
	player->since_us = timing_now_us(call->drive->timing);
	/* Byte 8: resume. What was scanned goes on at its speed of old. */
	if (call->cdb[8] & 1)
		player->speed = 1;
	player->status = call->cdb[8] & 1 ? PLAYING : PAUSED;
	return 0;
}

static int stop_play_scan(struct vdrive_call *call)
{
	int ret = need_cd(call);

	if (ret == 0)
		vdrive_stop_player(call->drive);
	return ret;
}

/* SCAN: from an LBA, MSF or track to the end or, with DIRECT, the begin of the sound. */
static int scan(struct vdrive_call *call)
{
	enum { DIRECT = 0x10, BY_LBA = 0, BY_MSF = 1, BY_TRACK = 2 };
	const struct cd_track *track;
	const uint8_t *cdb = call->cdb;
	int32_t lba = (int32_t)get_be32(cdb + 2);
	unsigned type = cdb[9] >> 6;
	int ret = need_cd(call);

	if (ret < 0)
		return ret;
	if (type > BY_TRACK)
		return vdrive_invalid_field(call, 9);
	if (type == BY_MSF && !get_msf(cdb + 3, &lba))
		return vdrive_invalid_field(call, 3);
	if (type == BY_TRACK) {
		track = cd_layout_track(disc_cd_layout(call->drive->disc), cdb[5]);
		if (track == NULL)
			return vdrive_invalid_field(call, 5);
		lba = track->start_lba;
	}
	ret = play(call, lba, INT32_MAX);
	if (ret < 0)
		return ret;
	call->drive->player.end_status = COMPLETED;
	call->drive->player.speed = cdb[1] & DIRECT ? -SCAN_SPEED : SCAN_SPEED;
	return 0;
}

const struct vdrive_opcode vdrive_opcodes_audio[] = {
	{ 0x45, 10, "PLAY AUDIO(10)", play_audio_10, false },
	{ 0x47, 10, "PLAY AUDIO MSF", play_audio_msf, false },
	{ 0x4b, 10, "PAUSE/RESUME", pause_resume, false },
	{ 0x4e, 10, "STOP PLAY/SCAN", stop_play_scan, false },
	{ 0xa5, 12, "PLAY AUDIO(12)", play_audio_12, false },
	{ 0xba, 12, "SCAN", scan, false },
	{ 0, 0, NULL, NULL, false },
};
