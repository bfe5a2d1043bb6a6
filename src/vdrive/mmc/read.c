/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading: READ(10), READ(12), READ CD, READ CD MSF, VERIFY(10), SEEK(10) (MMC-6 6.15 to 6.18, 6.45, 6.34). */
#include <errno.h>
#include <string.h>

#include "base/bytes.h"
#include "disc/sector.h"
#include "vdrive/drive.h"

/* Byte 1 of READ, WRITE and VERIFY: DPO and FUA, which change nothing where every write goes to the medium. */
enum { CDB_DPO = 0x10, CDB_FUA = 0x08 };

enum { FIRST_TRANSFER = 1 };

/* A check condition that names the first sector concerned. */
static int fail_at(struct vdrive_call *call, struct vdrive_sense sense, int64_t lba)
{
	sense.has_lba = lba >= INT32_MIN && lba <= INT32_MAX;
	sense.lba = sense.has_lba ? (int32_t)lba : 0;
	return vdrive_report_sense(call, &sense);
}

/* What of the disc has addresses: behind a complete disc's end there is nothing, behind that of an appendable one
 * blank medium. */
static uint32_t addressable_sectors(const struct disc *disc)
{
	return disc_status(disc) == DISC_COMPLETE ? disc_recorded_end(disc) : disc_capacity(disc);
}

static int check_range(struct vdrive_call *call, int64_t lba, uint32_t n_sectors)
{
	const struct vdrive_sense out_of_range = { .key = 5, .asc = 0x21 };
	const struct vdrive_sense blank = { .key = 5, .asc = 0x64 };
	struct disc *disc = call->drive->disc;
	int64_t end = addressable_sectors(disc);
	uint32_t n_recorded;

	if (lba < 0 || lba > end)
		return fail_at(call, out_of_range, lba);
	if (n_sectors > end - lba)
		return fail_at(call, out_of_range, end);
	n_recorded = disc_recorded_run(disc, (int32_t)lba, n_sectors);
	if (n_recorded < n_sectors)
		return fail_at(call, blank, lba + n_recorded);
	return 0;
}

/* 0 when the host takes data; of a command without data it need not. */
static int check_direction(struct vdrive_call *call, uint32_t n_sectors)
{
	if (n_sectors == 0 || call->command->direction == VDRIVE_TO_HOST)
		return 0;
	return vdrive_give(call, "", FIRST_TRANSFER, FIRST_TRANSFER);
}

static int read_error(struct vdrive_call *call, int64_t lba)
{
	/* 3/11/00: the file behind the medium failed. */
	return fail_at(call, (struct vdrive_sense){ .key = 3, .asc = 0x11 }, lba);
}

/* Reads into the host's memory: whole sectors at once, and of one that the host has too little room for, the part. */
static int send_sectors(struct vdrive_call *call, int32_t lba, uint32_t n_sectors)
{
	const struct vdrive_command *command = call->command;
	uint8_t sector[DISC_SECTOR];
	size_t size = (size_t)n_sectors * DISC_SECTOR;
	uint32_t n_whole = n_sectors;

	if (size > command->data_length) {
		size = command->data_length;
		n_whole = (uint32_t)(size / DISC_SECTOR);
	}
	if (n_whole > 0 && disc_read(call->drive->disc, lba, n_whole, command->data) < 0)
		return read_error(call, lba);
	if (size % DISC_SECTOR != 0) {
		if (disc_read(call->drive->disc, lba + (int32_t)n_whole, 1, sector) < 0)
			return read_error(call, lba + (int64_t)n_whole);
		memcpy(command->data + (size_t)n_whole * DISC_SECTOR, sector, size % DISC_SECTOR);
	}
	call->answer->transferred = size;
	return 0;
}

static int read_sectors(struct vdrive_call *call, uint32_t lba, uint32_t n_sectors)
{
	int ret = vdrive_need_medium(call);

	if (ret == 0 && call->cdb[1] & ~(CDB_DPO | CDB_FUA))
		ret = vdrive_invalid_field(call, 1);
	if (ret == 0)
		ret = check_range(call, lba, n_sectors);
	if (ret == 0)
		ret = check_direction(call, n_sectors);
	if (ret == 0 && n_sectors > 0)
		ret = send_sectors(call, (int32_t)lba, n_sectors);
	return ret;
}

static int read_10(struct vdrive_call *call)
{
	return read_sectors(call, get_be32(call->cdb + 2), get_be16(call->cdb + 7));
}

static int read_12(struct vdrive_call *call)
{
	/* Byte 10: streaming, which only asks for speed (MMC-6 6.16.2.4). */
	if (call->cdb[10] & 0x7f)
		return vdrive_invalid_field(call, 10);
	return read_sectors(call, get_be32(call->cdb + 2), get_be32(call->cdb + 6));
}

static int verify_10(struct vdrive_call *call)
{
	uint32_t lba = get_be32(call->cdb + 2);
	int ret = vdrive_need_medium(call);

	/* BYTCHK would have the host's data compared, which no MMC drive does (MMC-6 6.45.2). */
	if (ret == 0 && call->cdb[1] & ~CDB_DPO)
		ret = vdrive_invalid_field(call, 1);
	return ret == 0 ? check_range(call, lba, get_be16(call->cdb + 7)) : ret;
}

static int seek_10(struct vdrive_call *call)
{
	uint32_t lba = get_be32(call->cdb + 2);
	int ret = vdrive_need_medium(call);

	if (ret == 0 && lba >= addressable_sectors(call->drive->disc))
		ret = fail_at(call, (struct vdrive_sense){ .key = 5, .asc = 0x21 }, lba);
	return ret;
}

/* READ CD byte 9 (MMC-6 6.17.2.7). */
enum {
	MAIN_SYNC = 0x80,
	MAIN_SUBHEADER = 0x40,
	MAIN_HEADER = 0x20,
	MAIN_USER = 0x10,
	MAIN_EDC = 0x08,
	MAIN_C2 = 0x06,
};

/* Which part of a raw sector the host wants, and how many bytes of C2 pointers behind it. */
struct selection {
	size_t begin, end;
	size_t c2_bytes;
};

static bool select_parts(uint8_t byte_9, struct selection *ret)
{
	static const struct {
		uint8_t flag;
		size_t begin, end;
	} parts[] = {
		{ MAIN_SYNC, 0, SECTOR_HEADER_AT },
		{ MAIN_HEADER, SECTOR_HEADER_AT, SECTOR_USER_AT },
		{ MAIN_USER, SECTOR_USER_AT, SECTOR_EDC_AT },
		{ MAIN_EDC, SECTOR_EDC_AT, SECTOR_RAW },
	};
	static const size_t c2_bytes[] = { 0, 294, 296 };
	unsigned c2 = (byte_9 & MAIN_C2) >> 1;

	*ret = (struct selection){ 0 };
	if (byte_9 & 1 || c2 == 3)
		return false;
	ret->c2_bytes = c2_bytes[c2];
	/* Mode 1 has no subheader, so MAIN_SUBHEADER adds nothing; the other parts must adjoin (table 351). */
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		if (!(byte_9 & parts[i].flag))
			continue;
		if (ret->end != 0 && ret->end != parts[i].begin)
			return false;
		if (ret->end == 0)
			ret->begin = parts[i].begin;
		ret->end = parts[i].end;
	}
	return true;
}

/* Copies what the host has room for. */
static void put_to_host(struct vdrive_call *call, const uint8_t *data, size_t size)
{
	size_t room = call->command->data_length - call->answer->transferred;

	if (size > room)
		size = room;
	memcpy(call->command->data + call->answer->transferred, data, size);
	call->answer->transferred += size;
}

static int send_raw_sectors(struct vdrive_call *call, int32_t lba, uint32_t n_sectors, const struct selection *wanted)
{
	static const uint8_t no_errors[296];
	uint8_t user[DISC_SECTOR], raw[SECTOR_RAW];

	for (uint32_t i = 0; i < n_sectors && call->answer->transferred < call->command->data_length; i++) {
		if (disc_read(call->drive->disc, lba + (int32_t)i, 1, user) < 0)
			return read_error(call, (int64_t)lba + i);
		sector_make_mode1(raw, lba + (int32_t)i, user);
		put_to_host(call, raw + wanted->begin, wanted->end - wanted->begin);
		put_to_host(call, no_errors, wanted->c2_bytes);
	}
	return 0;
}

static int read_cd_sectors(struct vdrive_call *call, int32_t lba, uint32_t n_sectors)
{
	const uint8_t *cdb = call->cdb;
	unsigned expected_type = cdb[1] >> 2 & 7;
	struct selection wanted;
	int ret;

	/* Byte 1: RelAdr is obsolete; DAP, bit 1, concerns audio. Byte 10: no sub-channel is kept on this disc. */
	if (cdb[1] & 0xe1 || expected_type > 5)
		return vdrive_invalid_field(call, 1);
	if (!select_parts(cdb[9], &wanted))
		return vdrive_invalid_field(call, 9);
	if (cdb[10] != 0)
		return vdrive_invalid_field(call, 10);
	if (disc_profile(call->drive->disc)->family != FAMILY_CD)
		return vdrive_check_condition(call, 5, 0x30, 2);
	ret = check_range(call, lba, n_sectors);
	/* Types: 0 any, 2 Mode 1; all tracks of this disc are Mode 1. */
	if (ret == 0 && n_sectors > 0 && expected_type != 0 && expected_type != 2)
		ret = fail_at(call, (struct vdrive_sense){ .key = 5, .asc = 0x64 }, lba);
	if (wanted.end - wanted.begin + wanted.c2_bytes == 0)
		n_sectors = 0;
	if (ret == 0)
		ret = check_direction(call, n_sectors);
	if (ret < 0 || n_sectors == 0)
		return ret;
	if (wanted.begin == SECTOR_USER_AT && wanted.end == SECTOR_EDC_AT && wanted.c2_bytes == 0)
		return send_sectors(call, lba, n_sectors);
	return send_raw_sectors(call, lba, n_sectors, &wanted);
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

const struct vdrive_opcode vdrive_opcodes_read[] = {
	{ 0x28, 10, "READ(10)", read_10, false },
	{ 0xa8, 12, "READ(12)", read_12, false },
	{ 0xbe, 12, "READ CD", read_cd, false },
	{ 0xb9, 12, "READ CD MSF", read_cd_msf, false },
	{ 0x2f, 10, "VERIFY(10)", verify_10, false },
	{ 0x2b, 10, "SEEK(10)", seek_10, false },
	{ 0, 0, NULL, NULL, false },
};
