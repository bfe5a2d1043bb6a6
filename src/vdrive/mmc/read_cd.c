/* SPDX-License-Identifier: GPL-3.0-or-later */
/* READ CD and READ CD MSF (MMC-6 6.17, 6.18): sectors of a CD in all their parts. */
#include <errno.h>
#include <string.h>

#include "base/bytes.h"
#include "vdrive/mmc/audio.h"
#include "vdrive/mmc/cd_reader.h"
#include "vdrive/mmc/read.h"
#include "vdrive/mmc/subchannel.h"

/* Byte 1: digital audio play, by which wrong samples are concealed (6.17.2.2). */
enum { DAP = 0x02 };

/* Expected sector type (table 348). */
enum { TYPE_ANY = 0, TYPE_AUDIO, TYPE_MODE_1, TYPE_MODE_2, TYPE_MODE_2_FORM_1, TYPE_MODE_2_FORM_2, TYPE_HIGHEST = 5 };

/* Byte 9 (6.17.2.7). */
enum { MAIN_SYNC = 0x80, MAIN_SUBHEADER = 0x40, MAIN_HEADER = 0x20, MAIN_USER = 0x10, MAIN_EDC = 0x08, MAIN_C2 = 0x06 };
enum { MAIN_ALL = MAIN_SYNC | MAIN_SUBHEADER | MAIN_HEADER | MAIN_USER | MAIN_EDC };

/* C2 error information: pointers, or before them a byte that is all of them or-ed together, and a zero (table 355). */
enum { C2_NONE = 0, C2_POINTERS = 1, C2_AND_BLOCK = 2, C2_RESERVED = 3 };

/* Byte 10 (table 356). */
enum { SUB_NONE = 0, SUB_RAW = 1, SUB_Q = 2, SUB_R_TO_W = 4 };

/* Mode page 01h byte 2 (7.3.4): read continuous, transfer block, disable correction. */
enum { RECOVERY_RC = 0x10, RECOVERY_TB = 0x20, RECOVERY_DCR = 0x01 };

struct request {
	unsigned type, parts, c2, subchannel;
	bool conceals;
};

/* Where the parts of a sector are: sync, header, subheader, user data, EDC and ECC. Equal begin and end: none. */
struct shape {
	enum sector_form form;
	size_t ends[5];
};

/* Form 2 counts its EDC to the user data, and formless Mode 2 has nothing else (table 351). */
static const struct shape shapes[] = {
	{ SECTOR_MODE_0, { 12, 16, 16, 2352, 2352 } },        { SECTOR_MODE_1, { 12, 16, 16, 2064, 2352 } },
	{ SECTOR_MODE_2, { 12, 16, 16, 2352, 2352 } },        { SECTOR_MODE_2_FORM_1, { 12, 16, 24, 2072, 2352 } },
	{ SECTOR_MODE_2_FORM_2, { 12, 16, 24, 2352, 2352 } },
};

static const struct shape *find_shape(enum sector_form form)
{
	for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++)
		if (shapes[i].form == form)
			return &shapes[i];
	return &shapes[0];
}

/* The bytes that are wanted of a sector; false where they do not adjoin, which table 351 calls illegal. */
static bool select_parts(unsigned parts, enum sector_form form, size_t *ret_begin, size_t *ret_end)
{
	static const unsigned flags[] = { MAIN_SYNC, MAIN_HEADER, MAIN_SUBHEADER, MAIN_USER, MAIN_EDC };
	const struct shape *shape = find_shape(form);
	size_t begin = 0;

	*ret_begin = *ret_end = 0;
	/* Of sound there is only all. */
	if (form == SECTOR_AUDIO) {
		*ret_end = (parts & MAIN_ALL) != 0 ? SECTOR_RAW : 0;
		return true;
	}
	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); begin = shape->ends[i++]) {
		if (!(parts & flags[i]) || begin == shape->ends[i])
			continue;
		if (*ret_end != 0 && *ret_end != begin)
			return false;
		if (*ret_end == 0)
			*ret_begin = begin;
		*ret_end = shape->ends[i];
	}
	return true;
}

static bool is_expected(unsigned type, enum sector_form form)
{
	static const enum sector_form forms[] = { [TYPE_AUDIO] = SECTOR_AUDIO,
						  [TYPE_MODE_1] = SECTOR_MODE_1,
						  [TYPE_MODE_2] = SECTOR_MODE_2,
						  [TYPE_MODE_2_FORM_1] = SECTOR_MODE_2_FORM_1,
						  [TYPE_MODE_2_FORM_2] = SECTOR_MODE_2_FORM_2 };

	return type == TYPE_ANY || form == forms[type];
}

static void put_c2(struct vdrive_call *call, unsigned c2, const uint8_t pointers[SECTOR_C2])
{
	uint8_t head[2] = { 0 };

	for (size_t i = 0; i < SECTOR_C2; i++)
		head[0] |= pointers[i];
	if (c2 == C2_AND_BLOCK)
		vdrive_put_to_host(call, head, sizeof(head));
	if (c2 != C2_NONE)
		vdrive_put_to_host(call, pointers, SECTOR_C2);
}

static void put_subchannel(struct vdrive_call *call, unsigned selection, const struct cd_sector *sector)
{
	uint8_t bytes[SUBCHANNEL_BYTES];

	if (selection == SUB_RAW) {
		vdrive_put_to_host(call, sector->subchannel, SUBCHANNEL_BYTES);
	} else if (selection == SUB_Q) {
		subchannel_format_q(bytes, sector->subchannel);
		vdrive_put_to_host(call, bytes, SUBCHANNEL_FORMATTED_Q);
	} else if (selection == SUB_R_TO_W) {
		subchannel_read_packs(call->drive, sector->lba, bytes);
		vdrive_put_to_host(call, bytes, SUBCHANNEL_BYTES);
	}
}

/* Gives what is wanted of one sector. */
static int put_sector(struct vdrive_call *call, const struct request *request, const struct cd_sector *sector)
{
	size_t begin, end;

	if (!select_parts(request->parts, sector->form, &begin, &end))
		return vdrive_invalid_field(call, 9);
	vdrive_put_to_host(call, sector->data + begin, end - begin);
	put_c2(call, request->c2, sector->c2);
	put_subchannel(call, request->subchannel, sector);
	return 0;
}

/* A data sector that is wrong is given nevertheless where the host does without correction and asks which bytes are
 * wrong, or wants its data whatever it is (7.3.4, table 624). */
static bool gives_uncorrected(const struct vdrive *drive, const struct request *request)
{
	uint8_t recovery = drive->recovery_page[2];

	return recovery & RECOVERY_RC || (recovery & RECOVERY_DCR && request->c2 != C2_NONE);
}

static int send_sector(struct vdrive_call *call, const struct request *request, const struct cd_sector *sector)
{
	const struct vdrive_sense uncorrectable = { .key = 3, .asc = 0x11, .ascq = 5 };
	const struct vdrive_sense wrong_mode = { .key = 5, .asc = 0x64 };
	int ret;

	if (sector->ret < 0)
		return vdrive_fail_read(call, sector->lba, sector->ret);
	if (!is_expected(request->type, sector->form))
		return vdrive_fail_at(call, wrong_mode, sector->lba);
	if (!sector->is_uncorrectable || gives_uncorrected(call->drive, request))
		return put_sector(call, request, sector);
	ret = call->drive->recovery_page[2] & RECOVERY_TB ? put_sector(call, request, sector) : 0;
	return ret < 0 ? ret : vdrive_fail_at(call, uncorrectable, sector->lba);
}

static int send_sectors(struct vdrive_call *call, const struct request *request, int32_t lba, uint32_t n_sectors)
{
	const struct vdrive_sense wrong_mode = { .key = 5, .asc = 0x64 };
	struct cd_reader reader = { .drive = call->drive,
				    .needs_subchannel = request->subchannel != SUB_NONE,
				    .conceals = request->conceals };
	struct cd_sector sector;
	bool was_audio = false;
	int ret = 0;

	for (uint32_t i = 0; i < n_sectors && ret == 0; i++) {
		size_t before = call->answer->transferred;

		if (i > 0 && before == call->command->data_length)
			break;
		cd_reader_read(&reader, (int32_t)(lba + (int64_t)i), &sector);
		/* Where sound ends or begins, so does the transfer (table 348). */
		if (i > 0 && sector.ret == 0 && sector.is_audio != was_audio)
			return vdrive_fail_at(call, wrong_mode, sector.lba);
		was_audio = sector.ret == 0 && sector.is_audio;
		ret = send_sector(call, request, &sector);
		if (ret == 0)
			call->drive->position_lba = sector.lba;
		/* Nothing is wanted of any sector: one tells whether they are there. */
		if (before == call->answer->transferred)
			break;
	}
	return ret;
}

/* User data of plain Mode 1, on an undamaged disc: they need not be made into whole sectors first. */
static bool is_plain_read(const struct vdrive *drive, const struct request *request, int32_t lba, uint32_t n_sectors)
{
	return request->parts == MAIN_USER && request->c2 == C2_NONE && request->subchannel == SUB_NONE &&
	       (request->type == TYPE_ANY || request->type == TYPE_MODE_1) && drive->damage == NULL &&
	       drive->reading.n_wrong_bytes == 0 && lba >= 0 && disc_is_plain(drive->disc, lba, n_sectors);
}

/* What the block asks for; 0, or the value of a CHECK CONDITION. */
static int parse_request(struct vdrive_call *call, struct request *ret)
{
	const uint8_t *cdb = call->cdb;

	ret->type = cdb[1] >> 2 & 7;
	ret->conceals = cdb[1] & DAP;
	ret->parts = cdb[9] & MAIN_ALL;
	ret->c2 = (cdb[9] & MAIN_C2) >> 1;
	ret->subchannel = cdb[10] & 7;
	if (cdb[1] & 0xe1 || ret->type > TYPE_HIGHEST)
		return vdrive_invalid_field(call, 1);
	if (cdb[9] & 1 || ret->c2 == C2_RESERVED || (ret->c2 != C2_NONE && !call->drive->has_c2))
		return vdrive_invalid_field(call, 9);
	if (cdb[10] & 0xf8 || (ret->subchannel != SUB_NONE && ret->subchannel != SUB_RAW && ret->subchannel != SUB_Q &&
			       ret->subchannel != SUB_R_TO_W))
		return vdrive_invalid_field(call, 10);
	return 0;
}

static int read_cd_sectors(struct vdrive_call *call, int32_t lba, uint32_t n_sectors)
{
	struct request request;
	int ret = parse_request(call, &request);

	if (ret < 0)
		return ret;
	if (disc_profile(call->drive->disc)->family != FAMILY_CD)
		return vdrive_check_condition(call, 5, 0x30, 2);
	if (request.parts != 0 || request.c2 != C2_NONE || request.subchannel != SUB_NONE)
		ret = vdrive_check_direction(call, n_sectors);
	if (ret < 0 || n_sectors == 0)
		return ret;
	vdrive_stop_player(call->drive);
	if (!is_plain_read(call->drive, &request, lba, n_sectors))
		return send_sectors(call, &request, lba, n_sectors);
	call->drive->position_lba = (int32_t)(lba + (int64_t)n_sectors - 1);
	return vdrive_send_user_data(call, lba, n_sectors);
}

static int read_cd(struct vdrive_call *call)
{
	int ret = vdrive_need_medium(call);

	return ret == 0 ? read_cd_sectors(call, (int32_t)get_be32(call->cdb + 2), get_be24(call->cdb + 6)) : ret;
}

static bool msf_to_lba(const uint8_t *msf, int32_t *ret_lba)
{
	*ret_lba = (msf[0] * 60 + msf[1]) * 75 + msf[2] - 150;
	return msf[1] < 60 && msf[2] < 75;
}

static int read_cd_msf(struct vdrive_call *call)
{
	int32_t begin, end;
	int ret = vdrive_need_medium(call);

	if (ret < 0)
		return ret;
	if (!msf_to_lba(call->cdb + 3, &begin))
		return vdrive_invalid_field(call, 3);
	if (!msf_to_lba(call->cdb + 6, &end) || end < begin)
		return vdrive_invalid_field(call, 6);
	return read_cd_sectors(call, begin, (uint32_t)(end - begin));
}

const struct vdrive_opcode vdrive_opcodes_read_cd[] = {
	{ 0xbe, 12, "READ CD", read_cd, false },
	{ 0xb9, 12, "READ CD MSF", read_cd_msf, false },
	{ 0, 0, NULL, NULL, false },
};
