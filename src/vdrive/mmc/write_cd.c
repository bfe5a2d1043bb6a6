/* SPDX-License-Identifier: GPL-3.0-or-later */
/* CDs: which way a write goes, and the two ways in which the host announces nothing: track at once and packets. */
#include "vdrive/mmc/cd_recording.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "vdrive/mmc/msf.h"
#include "vdrive/mmc/test_write.h"
#include "vdrive/mmc/write_offset.h"
#include "vdrive/mmc/write_page.h"

/* R to W of a sub-channel byte. */
enum { R_TO_W = 0x3f };

/* A lead-in is a minute long (Orange Book); the first one lies before 00:00:00, at an address near 97 minutes. */
enum { LEAD_IN_SECTORS = 4500, LEAD_IN_WRAP = 100 * 60 * 75 + CD_PREGAP };

void cd_recording_forget(struct vdrive *drive)
{
	if (drive->recording == NULL)
		return;
	cd_forget_raw(drive->recording->raw);
	free(drive->recording->sheet);
	free(drive->recording);
	drive->recording = NULL;
}

int32_t cd_lead_in_lba(const struct disc *disc)
{
	const struct disc_session *session = disc_session(disc, (unsigned)disc_n_sessions(disc));
	const struct disc_track *first = session != NULL ? disc_track(disc, session->first_track) : NULL;

	if (disc_n_sessions(disc) <= 1 || first == NULL)
		return (LEAD_IN_MINUTE * 60 + LEAD_IN_SECOND) * 75 - LEAD_IN_WRAP;
	return first->start_lba - CD_PREGAP - LEAD_IN_SECTORS;
}

/* True while nothing is written in the last session. */
static bool session_is_empty(const struct disc *disc)
{
	const struct disc_session *session = disc_session(disc, (unsigned)disc_n_sessions(disc));

	return session != NULL && session->status == DISC_SESSION_EMPTY && disc_invisible_track(disc) != NULL;
}

bool cd_recording_next_lba(const struct vdrive *drive, int32_t *ret_lba)
{
	enum write_type type = write_page_type(drive);

	if (!disc_is_cd(drive->disc) || disc_is_pressed(drive->disc))
		return false;
	if (drive->recording != NULL) {
		*ret_lba = drive->recording->next_lba;
		return true;
	}
	if ((type != WRITE_SESSION_AT_ONCE && type != WRITE_RAW) || !session_is_empty(drive->disc))
		return false;
	*ret_lba = type == WRITE_RAW ? cd_lead_in_lba(drive->disc)
				     : disc_invisible_track(drive->disc)->start_lba - CD_PREGAP;
	return true;
}

void cd_interleave_packs(struct cd_recording *recording, int32_t lba, uint8_t sub[SUBCHANNEL_BYTES])
{
	uint8_t *packs = recording->packs, *last = packs + sizeof(recording->packs) - SUBCHANNEL_BYTES;
	uint8_t rw[SUBCHANNEL_BYTES];

	if (lba != recording->packs_next_lba)
		memset(packs, 0, sizeof(recording->packs));
	recording->packs_next_lba = lba + 1;
	memmove(packs, packs + SUBCHANNEL_BYTES, sizeof(recording->packs) - SUBCHANNEL_BYTES);
	for (size_t i = 0; i < SUBCHANNEL_BYTES; i++)
		last[i] = sub[i] & R_TO_W;
	for (size_t i = 0; i < SUBCHANNEL_BYTES; i += RW_PACK_SYMBOLS)
		rw_pack_add_parity(last + i);
	rw_pack_interleave(rw, packs);
	for (size_t i = 0; i < SUBCHANNEL_BYTES; i++)
		sub[i] = (uint8_t)((sub[i] & ~R_TO_W) | rw[i]);
}

/* P and Q are the drive's, R to W the host's. */
static void make_sub(const struct vdrive *drive, int32_t lba, const uint8_t *host, uint8_t ret_sub[SUBCHANNEL_BYTES])
{
	subchannel_make(ret_sub, disc_cd_layout(drive->disc), lba);
	for (size_t i = 0; i < SUBCHANNEL_BYTES; i++)
		ret_sub[i] = (uint8_t)((ret_sub[i] & ~R_TO_W) | (host[i] & R_TO_W));
}

static int write_one(struct vdrive *drive, const struct cd_blocks *blocks, int32_t lba, const uint8_t *data)
{
	uint8_t sector[SECTOR_RAW], sub[SUBCHANNEL_BYTES];
	struct disc_raw_sector raw = { .sector = sector };

	cd_blocks_make(blocks, data, lba, write_page_subheader(drive), sector);
	/* With P and Q alone the host gives nothing that the drive would take. */
	if (blocks->sub == CD_SUB_PACKED || blocks->sub == CD_SUB_RAW) {
		make_sub(drive, lba, data + blocks->main_bytes, sub);
		/* A track at once has no packs (write_page.c). */
		if (blocks->sub == CD_SUB_PACKED && drive->recording != NULL)
			cd_interleave_packs(drive->recording, lba, sub);
		raw.subchannel = sub;
	}
	return write_offset_put(drive, lba, &raw, blocks->form == SECTOR_AUDIO);
}

int cd_write_run(struct vdrive *drive, const struct cd_run *run, int32_t *ret_lba)
{
	size_t block_bytes = cd_blocks_bytes(run->blocks);
	const uint8_t *data = run->data;
	int ret = 0;

	*ret_lba = run->lba;
	/* Before LBA 0 nothing is kept as user data. */
	if (run->lba >= 0 && cd_blocks_are_plain(run->blocks))
		return disc_write(drive->disc, run->lba, run->n_sectors, data);
	for (uint32_t i = 0; i < run->n_sectors && ret == 0; i++) {
		*ret_lba = run->lba + (int32_t)i;
		ret = write_one(drive, run->blocks, *ret_lba, data);
		if (block_bytes > 0)
			data += block_bytes;
	}
	return ret;
}

static int check_address(struct vdrive_call *call, int32_t lba, uint32_t n_sectors)
{
	const struct vdrive_sense out_of_range = { .key = 5, .asc = 0x21, .has_lba = true, .lba = lba };
	uint32_t capacity = disc_capacity(call->drive->disc);

	if (lba < 0 || n_sectors > capacity || (uint32_t)lba > capacity - n_sectors)
		return vdrive_report_sense(call, &out_of_range);
	return 0;
}

enum cd_track_mode cd_page_mode(const struct vdrive *drive)
{
	struct cd_blocks blocks;
	enum cd_track_mode mode;

	write_page_blocks(drive, &blocks);
	mode = cd_blocks_mode(&blocks);
	return mode == CD_MODE_2_XA && write_page_disc_type(drive) == CD_TYPE_CDI ? CD_MODE_2_CDI : mode;
}

/* The track that begins with this write is what the write parameters page says. */
static int announce_track(struct vdrive *drive, const struct disc_track *track, enum cd_track_mode mode)
{
	char isrc[CD_ISRC_LENGTH + 1], mcn[CD_MCN_LENGTH + 1];
	int ret;

	write_page_isrc(drive, isrc);
	write_page_mcn(drive, mcn);
	ret = disc_set_next_track(drive->disc, mode, write_page_control(drive), isrc);
	/* The catalogue number of a disc is in the first session's sub-channels or nowhere. */
	if (ret == 0 && mcn[0] != '\0' && track->session == 1)
		ret = disc_set_mcn(drive->disc, mcn);
	if (ret == 0)
		disc_set_track_run_out(drive->disc, track->number);
	if (ret == 0)
		disc_set_track_packets(drive->disc, track->number, write_page_type(drive) == WRITE_PACKETS,
				       write_page_packet_sectors(drive));
	return ret;
}

static int write_track(struct vdrive_call *call, int32_t lba, uint32_t n_sectors)
{
	struct vdrive *drive = call->drive;
	const struct disc_track *track = disc_invisible_track(drive->disc);
	struct cd_blocks blocks;
	struct cd_run run = { .blocks = &blocks, .lba = lba, .n_sectors = n_sectors, .data = call->command->data };
	enum cd_track_mode mode;
	int32_t failed_lba = lba;
	int ret = check_address(call, lba, n_sectors);

	if (ret < 0)
		return ret;
	write_page_blocks(drive, &blocks);
	mode = cd_page_mode(drive);
	/* 5/64/00 illegal mode for this track. */
	if (track == NULL && disc_incomplete_track(drive->disc) != NULL &&
	    disc_incomplete_track(drive->disc)->mode != mode)
		return vdrive_check_condition(call, 5, 0x64, 0);
	ret = vdrive_take(call, n_sectors * cd_blocks_bytes(&blocks));
	if (ret < 0)
		return ret;
	if (track != NULL && lba == track->start_lba)
		ret = announce_track(drive, track, mode);
	if (ret == 0)
		ret = cd_write_run(drive, &run, &failed_lba);
	return ret < 0 ? vdrive_write_failed(call, ret, failed_lba) : 0;
}

/* Whole packets of a disc that is formatted, in its mode (MMC-6 4.2.3.4.2). */
static int overwrite_packets(struct vdrive_call *call, int32_t lba, uint32_t n_sectors)
{
	struct vdrive *drive = call->drive;
	const struct disc_track *track = disc_track(drive->disc, 1);
	struct cd_blocks blocks;
	struct cd_run run = { .blocks = &blocks, .lba = lba, .n_sectors = n_sectors, .data = call->command->data };
	int32_t failed_lba = lba;
	int ret = check_address(call, lba, n_sectors);

	if (ret < 0)
		return ret;
	/* 5/64/00 illegal mode for this track. */
	if (write_page_type(drive) != WRITE_PACKETS || write_page_packet_sectors(drive) != track->packet_sectors ||
	    cd_page_mode(drive) != track->mode)
		return vdrive_check_condition(call, 5, 0x64, 0);
	if ((uint32_t)lba % track->packet_sectors != 0 || n_sectors % track->packet_sectors != 0)
		return vdrive_write_failed(call, -ENXIO, lba);
	write_page_blocks(drive, &blocks);
	ret = vdrive_take(call, n_sectors * cd_blocks_bytes(&blocks));
	if (ret < 0)
		return ret;
	ret = cd_write_run(drive, &run, &failed_lba);
	return ret < 0 ? vdrive_write_failed(call, ret, failed_lba) : 0;
}

int cd_write(struct vdrive_call *call, int32_t lba, uint32_t n_sectors)
{
	const struct cd_recording *recording = call->drive->recording;
	enum write_type type = write_page_type(call->drive);

	if (disc_is_packet_formatted(call->drive->disc))
		return overwrite_packets(call, lba, n_sectors);
	/* What has begun is gone on with; an announcement alone is forgotten for another way of writing. */
	if (recording != NULL && recording->has_begun)
		type = recording->raw != NULL ? WRITE_RAW : WRITE_SESSION_AT_ONCE;
	if (type == WRITE_SESSION_AT_ONCE)
		return cd_write_announced(call, lba, n_sectors);
	if (type == WRITE_RAW)
		return cd_write_raw(call, lba, n_sectors);
	return write_track(call, lba, n_sectors);
}

int cd_finish(struct vdrive *drive)
{
	struct cd_recording *recording = drive->recording;
	const struct disc_track *track;

	if (recording != NULL && recording->raw != NULL)
		return cd_finish_raw(drive);
	if (recording != NULL) {
		if (!recording->has_begun || recording->next_lba < recording->sheet->end_lba)
			return 0;
		cd_recording_forget(drive);
		return vdrive_end_session(drive);
	}
	/* A track at once cannot be interrupted: when the buffer is empty its run-out follows (MMC-6 4.2.3.4). */
	track = disc_incomplete_track(drive->disc);
	if (track != NULL && track->has_packets)
		return disc_end_packet(drive->disc);
	return track != NULL && track->state == TRACK_OPEN ? disc_close_track(drive->disc, track->number) : 0;
}
