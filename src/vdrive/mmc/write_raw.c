/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Raw recording of a CD (write type 3): the host makes all of the session, lead-in, sub-channels and lead-out
 * included, and scrambles its data sectors. Where the tracks lie, the drive finds in the Q that it is given.
 */
#include "vdrive/mmc/cd_recording.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "vdrive/mmc/raw_toc.h"
#include "vdrive/mmc/test_write.h"
#include "vdrive/mmc/write_offset.h"
#include "vdrive/mmc/write_page.h"

/* Data block type 1: twelve bytes of Q, three reserved ones, and P in the highest bit of the last. */
enum { PQ_P_AT = 15, PQ_P = 0x80, Q_CRC_AT = 10 };

struct raw_session {
	unsigned first_track;
	/** Where the lead-in ends. */
	int32_t begin_lba;
	struct raw_toc toc;
	/** Once the lead-in is written. */
	struct cd_layout layout;
	/** Track whose mode its first sector has told. */
	unsigned track_with_mode;
};

void cd_forget_raw(struct raw_session *raw)
{
	free(raw);
}

static void sub_from_pq(const uint8_t pq[16], uint8_t ret_sub[SUBCHANNEL_BYTES])
{
	uint8_t channels[SUBCHANNEL_BYTES] = { 0 };
	uint8_t *q = channels + SUBCHANNEL_Q * SUBCHANNEL_ONE;

	if (pq[PQ_P_AT] & PQ_P)
		memset(channels + SUBCHANNEL_P * SUBCHANNEL_ONE, 0xff, SUBCHANNEL_ONE);
	memcpy(q, pq, SUBCHANNEL_ONE);
	/* The CRC is the drive's here; some hosts send it without the inversion. */
	q[Q_CRC_AT] = (uint8_t)(q_crc(q) >> 8);
	q[Q_CRC_AT + 1] = (uint8_t)q_crc(q);
	subchannel_interleave(ret_sub, channels);
}

static void get_sub(const struct cd_blocks *blocks, const uint8_t *block, uint8_t ret_sub[SUBCHANNEL_BYTES])
{
	if (blocks->sub == CD_SUB_PQ)
		sub_from_pq(block + blocks->main_bytes, ret_sub);
	else
		memcpy(ret_sub, block + blocks->main_bytes, SUBCHANNEL_BYTES);
}

static void get_q(const uint8_t sub[SUBCHANNEL_BYTES], uint8_t ret_q[SUBCHANNEL_ONE])
{
	uint8_t channels[SUBCHANNEL_BYTES];

	subchannel_deinterleave(channels, sub);
	memcpy(ret_q, channels + SUBCHANNEL_Q * SUBCHANNEL_ONE, SUBCHANNEL_ONE);
}

/* The first data sector of a track tells which mode it is. */
static void find_mode(struct raw_session *raw, int32_t lba, const uint8_t *sector)
{
	const struct cd_track *at = cd_layout_track_at(&raw->layout, lba);
	struct cd_track *track;
	enum sector_form form;

	if (at == NULL || at->mode == CD_AUDIO || lba < at->start_lba || raw->track_with_mode == at->number)
		return;
	track = &raw->layout.tracks[at - raw->layout.tracks];
	raw->track_with_mode = track->number;
	form = sector_find_form(sector);
	if (form == SECTOR_MODE_1)
		track->mode = CD_MODE_1;
	else if (form == SECTOR_MODE_2)
		track->mode = CD_MODE_2;
	else if (form == SECTOR_MODE_2_FORM_1 || form == SECTOR_MODE_2_FORM_2)
		track->mode = raw->toc.type == CD_TYPE_CDI ? CD_MODE_2_CDI : CD_MODE_2_XA;
}

/* A drive unscrambles what Q calls data when it reads, so here it is undone before it is kept. */
static int write_program(struct vdrive *drive, int32_t lba, const uint8_t *block, const uint8_t *sub)
{
	struct raw_session *raw = drive->recording->raw;
	const struct cd_track *track = cd_layout_track_at(&raw->layout, lba);
	struct disc_raw_sector parts = { .subchannel = sub };
	uint8_t sector[SECTOR_RAW], q[SUBCHANNEL_ONE];
	uint8_t control = track != NULL ? track->control : 0;

	get_q(sub, q);
	if (q_is_sound(q))
		control = q[0] >> 4;
	memcpy(sector, block, SECTOR_RAW);
	if (control & CD_CONTROL_DATA)
		cd_blocks_unscramble(sector);
	raw_toc_add(&raw->layout, lba, q);
	find_mode(raw, lba, sector);
	parts.sector = sector;
	return write_offset_put(drive, lba, &parts, !(control & CD_CONTROL_DATA));
}

/* The lead-in is whole: what it says is laid out. -EINVAL if that is no session. */
static int end_lead_in(struct vdrive *drive)
{
	struct cd_recording *recording = drive->recording;
	struct raw_session *raw = recording->raw;
	bool is_multi = write_page_is_multi_session(drive) || raw->toc.has_next_session;
	int ret = raw_toc_layout(&raw->toc, raw->first_track, raw->begin_lba, &raw->layout);

	if (ret == 0)
		ret = disc_begin_cd_session(drive->disc, &raw->layout, is_multi);
	if (ret < 0)
		return ret;
	recording->has_begun = true;
	return recording->text.n_packs > 0
		       ? disc_set_cd_text(drive->disc, recording->text.packs, recording->text.n_packs)
		       : 0;
}

static int write_block(struct vdrive *drive, const struct cd_blocks *blocks, const uint8_t *block)
{
	struct cd_recording *recording = drive->recording;
	struct raw_session *raw = recording->raw;
	uint8_t sub[SUBCHANNEL_BYTES], q[SUBCHANNEL_ONE];
	int32_t lba = recording->next_lba;
	int ret = 0;

	get_sub(blocks, block, sub);
	/* The lead-in's packs are text, which is not interleaved. */
	if (blocks->sub == CD_SUB_PACKED && lba >= raw->begin_lba)
		cd_interleave_packs(recording, lba, sub);
	if (lba < raw->begin_lba) {
		get_q(sub, q);
		raw_toc_take(&raw->toc, q);
		lead_in_text_take(&recording->text, sub);
	} else {
		if (!recording->has_begun)
			ret = end_lead_in(drive);
		/* A lead-out is nothing but what the layout says. */
		if (ret == 0 && lba < raw->toc.lead_out_lba)
			ret = write_program(drive, lba, block, sub);
	}
	if (ret == 0)
		recording->next_lba++;
	return ret;
}

/* The first block begins the session, at the start of its lead-in. */
static int begin(struct vdrive_call *call, int32_t lba)
{
	struct vdrive *drive = call->drive;
	const struct disc_track *next = disc_invisible_track(drive->disc);
	struct cd_recording *recording;
	struct raw_session *raw;
	int32_t lead_in_lba;

	/* 5/2C/00 command sequence error: the session has tracks already. */
	if (next == NULL || !cd_recording_next_lba(drive, &lead_in_lba))
		return vdrive_check_condition(call, 5, 0x2c, 0);
	if (lba != lead_in_lba)
		return vdrive_write_failed(call, -ENXIO, lba);
	recording = calloc(1, sizeof(*recording));
	raw = calloc(1, sizeof(*raw));
	if (recording == NULL || raw == NULL) {
		free(recording);
		free(raw);
		return vdrive_check_condition(call, 4, 0x44, 0);
	}
	raw->first_track = next->number;
	raw->begin_lba = next->start_lba - CD_PREGAP;
	recording->raw = raw;
	recording->next_lba = lba;
	drive->recording = recording;
	return 0;
}

int cd_write_raw(struct vdrive_call *call, int32_t lba, uint32_t n_sectors)
{
	struct vdrive *drive = call->drive;
	const uint8_t *data = call->command->data;
	struct cd_blocks blocks;
	int ret = 0;

	if (drive->recording != NULL && drive->recording->raw == NULL)
		cd_recording_forget(drive);
	write_page_blocks(drive, &blocks);
	if (cd_blocks_sub_bytes(&blocks) == 0)
		return vdrive_check_condition(call, 5, 0x64, 0);
	if (drive->recording == NULL)
		ret = begin(call, lba);
	else if (lba != drive->recording->next_lba)
		ret = vdrive_write_failed(call, -ENXIO, lba);
	if (ret == 0)
		ret = vdrive_take(call, n_sectors * cd_blocks_bytes(&blocks));
	if (ret < 0)
		return ret;
	for (uint32_t i = 0; i < n_sectors && ret == 0; i++) {
		ret = write_block(drive, &blocks, data);
		data += cd_blocks_bytes(&blocks);
	}
	/* 5/2C/00: a lead-in that tells of no session. */
	if (ret == -EINVAL)
		return vdrive_check_condition(call, 5, 0x2c, 0);
	return ret < 0 ? vdrive_write_failed(call, ret, drive->recording->next_lba) : 0;
}

int cd_finish_raw(struct vdrive *drive)
{
	const struct cd_recording *recording = drive->recording;
	int ret;

	if (!recording->has_begun || recording->next_lba < recording->raw->toc.lead_out_lba)
		return 0;
	ret = disc_amend_cd_session(drive->disc, &recording->raw->layout);
	cd_recording_forget(drive);
	return ret == 0 ? vdrive_end_session(drive) : ret;
}
