/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading user data: READ(10), READ(12), VERIFY(10), SEEK(10) (MMC-6 6.15, 6.16, 6.45, 6.34). */
#include "vdrive/mmc/read.h"

#include <errno.h>
#include <string.h>

#include "base/bytes.h"
#include "vdrive/disc_cd.h"
#include "vdrive/mmc/audio.h"
#include "vdrive/mmc/cd_reader.h"

/* Byte 1 of READ, WRITE and VERIFY: DPO and FUA, which change nothing where every write goes to the medium. */
enum { CDB_DPO = 0x10, CDB_FUA = 0x08 };

enum { FIRST_TRANSFER = 1 };

static const struct vdrive_sense out_of_range = { .key = 5, .asc = 0x21 };
static const struct vdrive_sense wrong_mode = { .key = 5, .asc = 0x64 };

int vdrive_fail_at(struct vdrive_call *call, struct vdrive_sense sense, int64_t lba)
{
	sense.has_lba = lba >= INT32_MIN && lba <= INT32_MAX;
	sense.lba = sense.has_lba ? (int32_t)lba : 0;
	return vdrive_report_sense(call, &sense);
}

uint32_t vdrive_addressable_sectors(const struct disc *disc)
{
	return disc_status(disc) == DISC_COMPLETE ? disc_recorded_end(disc) : disc_capacity(disc);
}

int vdrive_fail_read(struct vdrive_call *call, int64_t lba, int ret)
{
	const struct vdrive_sense unreadable = { .key = 3, .asc = 0x11 };
	struct disc *disc = call->drive->disc;

	if (ret == -EIO)
		return vdrive_fail_at(call, unreadable, lba);
	if (lba >= vdrive_addressable_sectors(disc) || (lba < 0 && (!disc_is_cd(disc) || lba < -CD_PREGAP)))
		return vdrive_fail_at(call, out_of_range, lba);
	return vdrive_fail_at(call, wrong_mode, lba);
}

int vdrive_check_direction(struct vdrive_call *call, uint32_t n_sectors)
{
	if (n_sectors == 0 || call->command->direction == VDRIVE_TO_HOST)
		return 0;
	return vdrive_give(call, "", FIRST_TRANSFER, FIRST_TRANSFER);
}

void vdrive_put_to_host(struct vdrive_call *call, const uint8_t *data, size_t size)
{
	size_t room = call->command->data_length - call->answer->transferred;

	if (size > room)
		size = room;
	if (size > 0)
		memcpy(call->command->data + call->answer->transferred, data, size);
	call->answer->transferred += size;
}

/* Whole sectors at once, and of one that the host has too little room for, the part. */
int vdrive_send_user_data(struct vdrive_call *call, int32_t lba, uint32_t n_sectors)
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
		return vdrive_fail_read(call, lba, -EIO);
	if (size % DISC_SECTOR != 0) {
		if (disc_read(call->drive->disc, lba + (int32_t)n_whole, 1, sector) < 0)
			return vdrive_fail_read(call, lba + (int64_t)n_whole, -EIO);
		memcpy(command->data + (size_t)n_whole * DISC_SECTOR, sector, size % DISC_SECTOR);
	}
	call->answer->transferred = size;
	return 0;
}

/* One sector of a CD that need not be Mode 1: 2048 bytes of user data, or why there are none (MMC-6 6.15.3). */
static int read_cd_user_data(struct vdrive_call *call, struct cd_reader *reader, int32_t lba, struct cd_sector *sector)
{
	const struct vdrive_sense uncorrectable = { .key = 3, .asc = 0x11, .ascq = 5 };

	cd_reader_read(reader, lba, sector);
	if (sector->ret < 0)
		return vdrive_fail_read(call, lba, sector->ret);
	if (sector->is_uncorrectable)
		return vdrive_fail_at(call, uncorrectable, lba);
	if (sector->form != SECTOR_MODE_1 && sector->form != SECTOR_MODE_2_FORM_1)
		return vdrive_fail_at(call, wrong_mode, lba);
	return 0;
}

/* Sectors of a CD one by one; to the host, or only looked at. */
static int walk_cd(struct vdrive_call *call, int32_t lba, uint32_t n_sectors, bool gives)
{
	struct cd_reader reader = { .drive = call->drive, .ignores_damage = true };
	struct cd_sector sector;
	int ret = 0;

	for (uint32_t i = 0; i < n_sectors && ret == 0; i++) {
		if (gives && call->answer->transferred == call->command->data_length)
			return 0;
		ret = read_cd_user_data(call, &reader, lba + (int32_t)i, &sector);
		if (ret == 0 && gives)
			vdrive_put_to_host(call, sector.data + sector_user_at(sector.form), DISC_SECTOR);
	}
	return ret;
}

/* The sectors before the first one that cannot be read, which the host gets before it is told of that (6.15.3). */
static uint32_t readable_run(struct disc *disc, int64_t lba, uint32_t n_sectors)
{
	int64_t end = vdrive_addressable_sectors(disc);

	if (lba >= end)
		return 0;
	if (n_sectors > end - lba)
		n_sectors = (uint32_t)(end - lba);
	return disc_recorded_run(disc, (int32_t)lba, n_sectors);
}

static int read_sectors(struct vdrive_call *call, uint32_t lba, uint32_t n_sectors)
{
	struct disc *disc = call->drive->disc;
	uint32_t n_readable;
	int ret;

	vdrive_stop_player(call->drive);
	if (disc_is_cd(disc) && !disc_is_plain(disc, (int32_t)lba, n_sectors))
		return lba <= INT32_MAX - n_sectors ? walk_cd(call, (int32_t)lba, n_sectors, true)
						    : vdrive_fail_read(call, lba, -ENXIO);
	n_readable = readable_run(disc, lba, n_sectors);
	ret = n_readable > 0 ? vdrive_send_user_data(call, (int32_t)lba, n_readable) : 0;
	if (ret == 0 && n_readable < n_sectors)
		ret = vdrive_fail_read(call, (int64_t)lba + n_readable, -ENXIO);
	if (ret == 0)
		call->drive->position_lba = (int32_t)(lba + n_sectors - 1);
	return ret;
}

static int read_user_data(struct vdrive_call *call, uint32_t lba, uint32_t n_sectors)
{
	int ret = vdrive_need_medium(call);

	if (ret == 0 && call->cdb[1] & ~(CDB_DPO | CDB_FUA))
		ret = vdrive_invalid_field(call, 1);
	/* A transfer of nothing is right at every address that there is (SBC-3 5.8). */
	if (ret == 0 && lba > vdrive_addressable_sectors(call->drive->disc))
		ret = vdrive_fail_at(call, out_of_range, lba);
	if (ret == 0)
		ret = vdrive_check_direction(call, n_sectors);
	return ret == 0 && n_sectors > 0 ? read_sectors(call, lba, n_sectors) : ret;
}

static int read_10(struct vdrive_call *call)
{
	return read_user_data(call, get_be32(call->cdb + 2), get_be16(call->cdb + 7));
}

static int read_12(struct vdrive_call *call)
{
	/* Byte 10: streaming, which only asks for speed (MMC-6 6.16.2.4). */
	if (call->cdb[10] & 0x7f)
		return vdrive_invalid_field(call, 10);
	return read_user_data(call, get_be32(call->cdb + 2), get_be32(call->cdb + 6));
}

static int verify_sectors(struct vdrive_call *call, uint32_t lba, uint32_t n_sectors)
{
	struct disc *disc = call->drive->disc;
	uint32_t n_readable;

	vdrive_stop_player(call->drive);
	if (lba > vdrive_addressable_sectors(disc))
		return vdrive_fail_at(call, out_of_range, lba);
	if (n_sectors > 0 && disc_is_cd(disc) && !disc_is_plain(disc, (int32_t)lba, n_sectors))
		return walk_cd(call, (int32_t)lba, n_sectors, false);
	n_readable = readable_run(disc, lba, n_sectors);
	return n_readable < n_sectors ? vdrive_fail_read(call, (int64_t)lba + n_readable, -ENXIO) : 0;
}

static int verify_10(struct vdrive_call *call)
{
	int ret = vdrive_need_medium(call);

	/* BYTCHK would have the host's data compared, which no MMC drive does (MMC-6 6.45.2). */
	if (ret == 0 && call->cdb[1] & ~CDB_DPO)
		ret = vdrive_invalid_field(call, 1);
	return ret == 0 ? verify_sectors(call, get_be32(call->cdb + 2), get_be16(call->cdb + 7)) : ret;
}

static int seek_10(struct vdrive_call *call)
{
	uint32_t lba = get_be32(call->cdb + 2);
	int ret = vdrive_need_medium(call);

	if (ret != 0)
		return ret;
	if (lba >= vdrive_addressable_sectors(call->drive->disc))
		return vdrive_fail_at(call, out_of_range, lba);
	vdrive_stop_player(call->drive);
	call->drive->position_lba = (int32_t)lba;
	return 0;
}

const struct vdrive_opcode vdrive_opcodes_read[] = {
	{ 0x28, 10, "READ(10)", read_10, false },
	{ 0xa8, 12, "READ(12)", read_12, false },
	{ 0x2f, 10, "VERIFY(10)", verify_10, false },
	{ 0x2b, 10, "SEEK(10)", seek_10, false },
	{ 0, 0, NULL, NULL, false },
};
