/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Session at once: a cue sheet lays a CD session out, then the host writes all of it in order, from the lead-in if it
 * gives the text in there, else from the pause before the first track. */
#include "vdrive/mmc/cd_recording.h"

#include <errno.h>
#include <stdlib.h>

#include "base/bytes.h"
#include "vdrive/mmc/write_page.h"

/* A block of the lead-in: sub-channels alone. */
static const struct cd_blocks lead_in_blocks = { .form = SECTOR_AUDIO, .sub = CD_SUB_RAW };

static const struct cd_blocks *blocks_at(const struct cue_sheet *sheet, int32_t lba, uint32_t *ret_n_sectors)
{
	if (lba >= sheet->begin_lba)
		return cue_sheet_blocks(sheet, lba, ret_n_sectors);
	*ret_n_sectors = (uint32_t)(sheet->begin_lba - lba);
	return &lead_in_blocks;
}

/* Sectors for which the host sends nothing the drive makes by itself: 0 or as disc_write(). */
static int write_made(struct vdrive *drive, int32_t *ret_lba)
{
	struct cd_recording *recording = drive->recording;
	int ret = 0;

	while (recording->next_lba < recording->sheet->end_lba && ret == 0) {
		struct cd_run run = { .lba = recording->next_lba };

		run.blocks = blocks_at(recording->sheet, run.lba, &run.n_sectors);
		if (cd_blocks_bytes(run.blocks) > 0)
			break;
		ret = cd_write_run(drive, &run, ret_lba);
		recording->next_lba += (int32_t)run.n_sectors;
	}
	return ret;
}

static int begin_session(struct vdrive *drive, int32_t *ret_lba)
{
	struct cd_recording *recording = drive->recording;
	int ret = disc_begin_cd_session(drive->disc, &recording->sheet->layout, write_page_is_multi_session(drive));

	if (ret < 0)
		return ret;
	recording->has_begun = true;
	/* Made ones come before what the host writes first. */
	if (recording->next_lba > recording->sheet->begin_lba) {
		recording->next_lba = recording->sheet->begin_lba;
		return write_made(drive, ret_lba);
	}
	return 0;
}

/* The text goes into the lead-in before the first pause. */
static int end_lead_in(struct vdrive *drive)
{
	const struct cd_recording *recording = drive->recording;

	if (!recording->sheet->has_lead_in_text || recording->text.n_packs == 0)
		return 0;
	return disc_set_cd_text(drive->disc, recording->text.packs, recording->text.n_packs);
}

/* Sectors of one form, which the session has; data goes on behind them. */
static int write_part(struct vdrive *drive, struct cd_run *run, int32_t *ret_lba)
{
	struct cd_recording *recording = drive->recording;
	int ret = 0;

	if (run->lba < recording->sheet->begin_lba)
		for (uint32_t i = 0; i < run->n_sectors; i++)
			lead_in_text_take(&recording->text, run->data + (size_t)i * SUBCHANNEL_BYTES);
	else
		ret = cd_write_run(drive, run, ret_lba);
	if (ret < 0)
		return ret;
	recording->next_lba = run->lba + (int32_t)run->n_sectors;
	if (recording->next_lba == recording->sheet->begin_lba)
		ret = end_lead_in(drive);
	return ret == 0 ? write_made(drive, ret_lba) : ret;
}

/* All blocks of one command have the same size; where it changes a host has to begin another. */
static int check_blocks(struct vdrive_call *call, int32_t lba, uint32_t n_sectors, size_t *ret_bytes)
{
	const struct cue_sheet *sheet = call->drive->recording->sheet;
	uint32_t n_same;

	*ret_bytes = cd_blocks_bytes(blocks_at(sheet, lba, &n_same));
	for (uint32_t n = n_same; n < n_sectors; n += n_same) {
		const struct cd_blocks *blocks = blocks_at(sheet, lba + (int32_t)n, &n_same);

		/* 5/64/00 illegal mode for this track. */
		if (cd_blocks_bytes(blocks) != *ret_bytes)
			return vdrive_check_condition(call, 5, 0x64, 0);
	}
	return 0;
}

int cd_write_announced(struct vdrive_call *call, int32_t lba, uint32_t n_sectors)
{
	struct vdrive *drive = call->drive;
	struct cd_recording *recording = drive->recording;
	struct cd_run run = { .lba = lba, .data = call->command->data };
	size_t block_bytes;
	int ret;

	/* 5/2C/00 command sequence error: where the session ends is not announced. */
	if (recording == NULL || recording->sheet == NULL)
		return vdrive_check_condition(call, 5, 0x2c, 0);
	if (lba != recording->next_lba || lba == recording->sheet->end_lba)
		return vdrive_write_failed(call, -ENXIO, lba);
	if ((int64_t)lba + n_sectors > recording->sheet->end_lba)
		return vdrive_write_failed(call, -ENOSPC, lba);
	ret = check_blocks(call, lba, n_sectors, &block_bytes);
	if (ret == 0)
		ret = vdrive_take(call, n_sectors * block_bytes);
	if (ret < 0)
		return ret;
	ret = recording->has_begun ? 0 : begin_session(drive, &run.lba);
	for (uint32_t n_left = n_sectors; n_left > 0 && ret == 0; n_left -= run.n_sectors) {
		run.blocks = blocks_at(recording->sheet, run.lba, &run.n_sectors);
		if (run.n_sectors > n_left)
			run.n_sectors = n_left;
		ret = write_part(drive, &run, &lba);
		if (ret < 0)
			break;
		run.lba += (int32_t)run.n_sectors;
		run.data += run.n_sectors * block_bytes;
	}
	return ret < 0 ? vdrive_write_failed(call, ret, lba) : 0;
}

/* Where the host writes first: behind what the drive makes. */
static int32_t first_lba(const struct vdrive *drive, const struct cue_sheet *sheet)
{
	int32_t lba = sheet->begin_lba;
	uint32_t n_sectors;

	if (sheet->has_lead_in_text)
		return cd_lead_in_lba(drive->disc);
	while (lba < sheet->end_lba && cd_blocks_bytes(cue_sheet_blocks(sheet, lba, &n_sectors)) == 0)
		lba += (int32_t)n_sectors;
	return lba;
}

static int take_sheet(struct vdrive_call *call, const struct cue_sheet_place *place, size_t size)
{
	struct vdrive *drive = call->drive;
	struct cd_recording *recording = calloc(1, sizeof(*recording));
	struct cue_sheet *sheet = calloc(1, sizeof(*sheet));
	size_t byte;
	int ret = 0;

	/* 4/44/00 internal target failure. */
	if (recording == NULL || sheet == NULL)
		ret = vdrive_check_condition(call, 4, 0x44, 0);
	else if (cue_sheet_parse(call->command->data, size, place, sheet, &byte) < 0)
		ret = vdrive_invalid_parameter_at(call, byte);
	else if ((uint32_t)sheet->end_lba > disc_capacity(drive->disc))
		ret = vdrive_invalid_parameter_at(call, size - 3);
	if (ret < 0) {
		free(recording);
		free(sheet);
		return ret;
	}
	recording->sheet = sheet;
	recording->next_lba = first_lba(drive, sheet);
	cd_recording_forget(drive);
	drive->recording = recording;
	return 0;
}

int cd_send_cue_sheet(struct vdrive_call *call)
{
	struct vdrive *drive = call->drive;
	uint32_t size = get_be24(call->cdb + 6);
	struct cue_sheet_place place = { .type = write_page_disc_type(drive) };
	const struct disc_session *session;
	const struct disc_track *next;
	int ret = vdrive_need_medium(call);

	if (ret < 0)
		return ret;
	/* 5/30/05 cannot write medium, incompatible format. */
	if (disc_is_pressed(drive->disc) || !disc_is_cd(drive->disc))
		return vdrive_check_condition(call, 5, 0x30, 5);
	next = disc_invisible_track(drive->disc);
	session = next != NULL ? disc_session(drive->disc, next->session) : NULL;
	/* 5/2C/00 command sequence error: also if the open session has tracks already. */
	if (write_page_type(drive) != WRITE_SESSION_AT_ONCE || session == NULL || session->status != DISC_SESSION_EMPTY)
		return vdrive_check_condition(call, 5, 0x2c, 0);
	if (size == 0)
		return vdrive_invalid_field(call, 6);
	ret = vdrive_take(call, size);
	if (ret < 0)
		return ret;
	place.first_track = next->number;
	place.start_lba = next->start_lba;
	return take_sheet(call, &place, size);
}
