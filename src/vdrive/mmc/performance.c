/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How fast: GET PERFORMANCE, SET STREAMING, SET CD SPEED. */
#include <string.h>

#include "base/bytes.h"
#include "vdrive/disc_defects.h"
#include "vdrive/drive.h"
#include "vdrive/mmc/defaults.h"
#include "vdrive/timing_model.h"

enum { HEADER = 8, DESCRIPTOR = 16 };

static uint32_t last_lba(const struct vdrive *drive)
{
	uint32_t n_sectors = disc_capacity(drive->disc);

	return n_sectors > 0 ? n_sectors - 1 : 0;
}

/** Sets the length to that of all n descriptors, and gives as many as the CDB asks for. */
static int give_descriptors(struct vdrive_call *call, uint8_t *data, size_t n)
{
	size_t asked = get_be16(call->cdb + 8);

	put_be32(data, (uint32_t)(HEADER - 4 + DESCRIPTOR * n));
	return vdrive_give(call, data, HEADER + DESCRIPTOR * n, HEADER + DESCRIPTOR * asked);
}

/** Type 0, exceptions: at the first sector of a replaced unit, and behind its last, the pick-up has to move (MMC-6
 *  6.8.3.2.3). Only of reading, as writes do not wait for it. */
static int exceptions(struct vdrive_call *call, uint8_t flags)
{
	enum { EXCEPTION = 6, MOST = 256 };
	const struct disc *disc = call->drive->disc;
	uint32_t unit = disc_profile(disc)->ecc_sectors, n_all = 2 * disc_n_replaced(disc), n = 0;
	uint8_t data[HEADER + EXCEPTION * MOST] = { 0 };
	size_t asked = get_be16(call->cdb + 8);
	int64_t lba = (int64_t)get_be32(call->cdb + 2) - 1;

	while (!(flags & 2) && n + 2 <= MOST && (lba = disc_next_replaced(disc, lba + 1)) >= 0)
		for (uint32_t i = 0; i < 2; i++, n++) {
			uint8_t *exception = data + HEADER + (size_t)EXCEPTION * n;

			put_be32(exception, (uint32_t)lba + i * unit);
			/* Tenths of milliseconds. */
			put_be16(exception + 4, MODEL_SEEK_FULL_US / 100);
		}
	put_be32(data, (uint32_t)(HEADER - 4 + EXCEPTION * (flags & 2 ? 0 : n < MOST ? n : n_all)));
	data[4] = (uint8_t)(flags | 1);
	return vdrive_give(call, data, HEADER + (size_t)EXCEPTION * n, HEADER + EXCEPTION * asked);
}

/** Type 0, performance: the same speed from the first sector to the last. */
static int nominal_performance(struct vdrive_call *call)
{
	enum { TOLERANCE_NONE = 0, TOLERANCE_10 = 2, EXCEPTIONS_ONLY = 2 };
	uint8_t tolerance = call->cdb[1] >> 3 & 3;
	const struct vdrive *drive = call->drive;
	bool is_write = call->cdb[1] & 4;
	uint8_t except = call->cdb[1] & 3;
	uint8_t data[HEADER + DESCRIPTOR] = { 0 };
	uint8_t *descriptor = data + HEADER;
	uint32_t kbps = is_write ? drive->write_kbps : drive->read_kbps;

	/* Only 10 % is defined; most drives answer hosts that ask for none, as dvd+rw-tools do. */
	if ((tolerance != TOLERANCE_10 && tolerance != TOLERANCE_NONE) || except > EXCEPTIONS_ONLY)
		return vdrive_invalid_field(call, 1);
	data[4] = is_write ? 2 : 0;
	if (except != 0)
		return exceptions(call, data[4]);
	if (is_write && !vdrive_is_writable(drive))
		return give_descriptors(call, data, 0);
	put_be32(descriptor + 4, kbps);
	put_be32(descriptor + 8, last_lba(drive));
	put_be32(descriptor + 12, kbps);
	return give_descriptors(call, data, 1);
}

/** Type 3: the write speeds that this medium takes. */
static int write_speeds(struct vdrive_call *call)
{
	const struct vdrive *drive = call->drive;
	uint8_t data[HEADER + DESCRIPTOR * VDRIVE_MAX_SPEEDS] = { 0 };
	size_t n;
	const uint32_t *speeds = vdrive_write_speeds(drive, &n);

	for (size_t i = 0; i < n; i++) {
		uint8_t *descriptor = data + HEADER + DESCRIPTOR * i;

		/* Exact: over the whole medium. */
		descriptor[0] = 2;
		put_be32(descriptor + 4, last_lba(drive));
		put_be32(descriptor + 8, vdrive_max_read_kbps(drive));
		put_be32(descriptor + 12, speeds[i]);
	}
	return give_descriptors(call, data, n);
}

/** Type 1, unusable areas of a DVD-RAM: none are listed as bad since its making (PDL), others are what spare units stand
 *  for (SDL). Where zones end, this drive does not tell. */
static int unusable_areas(struct vdrive_call *call)
{
	enum { AREA = 8, MOST = 256, PRIMARY_LIST = 1, SECONDARY_LIST = 2 };
	const struct disc *disc = call->drive->disc;
	uint8_t data[HEADER + AREA * MOST] = { 0 }, list = call->cdb[1] & 0x1f;
	uint32_t n_all = list == SECONDARY_LIST ? disc_n_replaced(disc) : 0, n = 0;
	int64_t lba = (int64_t)get_be32(call->cdb + 2) - 1;

	if (disc_profile(disc)->number != DISCERN_PROFILE_DVD_RAM)
		return vdrive_invalid_field(call, 10);
	if (list != PRIMARY_LIST && list != SECONDARY_LIST)
		return vdrive_invalid_field(call, 1);
	for (; n_all > 0 && n < MOST && (lba = disc_next_replaced(disc, lba + 1)) >= 0; n++) {
		put_be32(data + HEADER + (size_t)AREA * n, (uint32_t)lba);
		put_be32(data + HEADER + (size_t)AREA * n + 4, disc_profile(disc)->ecc_sectors);
	}
	put_be32(data, (uint32_t)(HEADER - 4 + AREA * (n < MOST ? n : n_all)));
	return vdrive_give(call, data, HEADER + (size_t)AREA * n, HEADER + AREA * (size_t)get_be16(call->cdb + 8));
}

static int get_performance(struct vdrive_call *call)
{
	int ret = vdrive_need_medium(call);

	if (ret != 0)
		return ret;
	switch (call->cdb[10]) {
	case 0x00:
		return nominal_performance(call);
	case 0x01:
		return unusable_areas(call);
	case 0x03:
		return call->cdb[1] & 0x1f ? vdrive_invalid_field(call, 1) : write_speeds(call);
	/* Type 2 tells how a DVD-RW was certified, which this drive does not do; types 4 and 5 belong to software that
	 * manages defects, feature 0029h, which it has not. */
	default:
		return vdrive_invalid_field(call, 10);
	}
}

/** kB/s from a size in kB and a time in ms; false for what is no speed. */
static bool get_rate(const uint8_t *size_and_time, uint32_t *ret_kbps)
{
	uint64_t kbps;
	uint32_t time_ms = get_be32(size_and_time + 4);

	if (time_ms == 0)
		return false;
	kbps = (uint64_t)get_be32(size_and_time) * 1000 / time_ms;
	*ret_kbps = kbps < UINT32_MAX ? (uint32_t)kbps : UINT32_MAX;
	return true;
}

static int set_streaming(struct vdrive_call *call)
{
	enum { LIST_LENGTH = 28, RESTORE_DEFAULTS = 4 };
	const uint8_t *list = call->command->data;
	uint32_t read_kbps, write_kbps, end;
	int ret = vdrive_need_medium(call);

	if (ret != 0)
		return ret;
	/* Type 0, performance descriptor, is the only one (no defective block cache). */
	if (call->cdb[8] != 0)
		return vdrive_invalid_field(call, 8);
	if (get_be16(call->cdb + 9) != LIST_LENGTH)
		return vdrive_check_condition(call, 5, 0x1a, 0);
	ret = vdrive_take(call, LIST_LENGTH);
	if (ret != 0)
		return ret;
	if (list[0] & RESTORE_DEFAULTS) {
		vdrive_reset_speeds(call->drive);
		return 0;
	}
	end = get_be32(list + 8);
	if (get_be32(list + 4) > end || !get_rate(list + 12, &read_kbps) || !get_rate(list + 20, &write_kbps))
		return vdrive_invalid_parameter(call);
	vdrive_select_read_speed(call->drive, read_kbps);
	vdrive_select_write_speed(call->drive, write_kbps);
	return 0;
}

static int set_cd_speed(struct vdrive_call *call)
{
	enum { MAXIMUM = 0xffff };
	uint32_t read_kbps = get_be16(call->cdb + 2), write_kbps = get_be16(call->cdb + 4);

	/* Rotation: the default or constant angular velocity. */
	if ((call->cdb[1] & 3) > 1)
		return vdrive_invalid_field(call, 1);
	vdrive_select_read_speed(call->drive, read_kbps == MAXIMUM ? UINT32_MAX : read_kbps);
	vdrive_select_write_speed(call->drive, write_kbps == MAXIMUM ? UINT32_MAX : write_kbps);
	return 0;
}

/* SET READ AHEAD (MMC-6 6.37): where to go on reading after an address. This drive's cache goes on by itself, so it is a
 * hint like others, but both addresses must be the medium's. */
static int set_read_ahead(struct vdrive_call *call)
{
	int ret = vdrive_need_medium(call);

	for (size_t at = 2; ret == 0 && at <= 6; at += 4) {
		const struct vdrive_sense out_of_range = {
			.key = 5, .asc = 0x21, .has_lba = true, .lba = (int32_t)get_be32(call->cdb + at)
		};

		if (get_be32(call->cdb + at) >= disc_capacity(call->drive->disc))
			ret = vdrive_report_sense(call, &out_of_range);
	}
	return ret;
}

const struct vdrive_opcode vdrive_opcodes_performance[] = {
	{ 0xa7, 12, "SET READ AHEAD", set_read_ahead, false },
	{ 0xac, 12, "GET PERFORMANCE", get_performance, false },
	{ 0xb6, 12, "SET STREAMING", set_streaming, false },
	{ 0xbb, 12, "SET CD SPEED", set_cd_speed, false },
	{ 0 },
};
