/* SPDX-License-Identifier: GPL-3.0-or-later */
/* FORMAT UNIT (MMC-6 6.5) and BLANK (6.2). Both are done when the answer comes, with or without Immed. */
#include "base/bytes.h"
#include "vdrive/drive.h"
#include "vdrive/mmc/defaults.h"

/* FORMAT UNIT byte 1: parameter list present, and the only format code of MMC. */
enum { FORMAT_FMTDATA = 0x10, FORMAT_CMPLST = 0x08, FORMAT_CODE = 1 };

/* Parameter list: 4 bytes header, 8 bytes descriptor. */
enum { LIST_SIZE = 12, DESCRIPTOR_SIZE = 8 };

/* Format types: of DVD+RW (MMC-6 6.5.4.2.14), of BD-R (6.5.4.2.17), and for both. Byte 11 of the list for DVD+RW:
 * restart a stopped format. Sub-types of BD-R: sequential recording with or without pseudo overwrite; a drive
 * without feature 0038h has none of that to give, so both are the same. */
enum { TYPE_FULL = 0x00, TYPE_DVD_PLUS_RW = 0x26, TYPE_BD_R = 0x32 };
enum { RESTART = 0x01, QUICK_START = 0x02, SUB_TYPE_SRM = 1 };

uint32_t vdrive_formatted_sectors(const struct disc *disc)
{
	/* As on a disc of 25 GB, where 12288 of 381856 clusters are spares by default. */
	uint64_t n_spares = (uint64_t)disc_capacity(disc) * 12288 / 381856 / 32 * 32;

	return disc_capacity(disc) - (n_spares > 32 ? (uint32_t)n_spares : 32);
}

/* Byte 1: FOV, Immed and the options of certification, which these media have not; VS and the rest must be 0. */
static bool is_list(const uint8_t *list)
{
	return list[0] == 0 && !(list[1] & 0x01) && get_be16(list + 2) == DESCRIPTOR_SIZE;
}

static bool is_dvd_plus_rw_format(const struct disc *disc, const uint8_t *list)
{
	uint32_t n_blocks = get_be32(list + 4), capacity = disc_capacity(disc);
	uint8_t type = list[8] >> 2, sub_type = list[8] & 3;

	if (type == TYPE_FULL)
		return sub_type == 0 && n_blocks == capacity;
	return type == TYPE_DVD_PLUS_RW && sub_type == 0 && (n_blocks == UINT32_MAX || n_blocks <= capacity) &&
	       list[9] == 0 && list[10] == 0 && !(list[11] & ~(RESTART | QUICK_START));
}

static bool is_bd_r_format(const struct disc *disc, const uint8_t *list)
{
	uint8_t type = list[8] >> 2, sub_type = list[8] & 3;

	return (type == TYPE_FULL || type == TYPE_BD_R) && sub_type <= SUB_TYPE_SRM &&
	       get_be32(list + 4) == vdrive_formatted_sectors(disc);
}

/* 3/31/00 medium format corrupted. */
static int format_result(struct vdrive_call *call, int ret)
{
	return ret < 0 ? vdrive_check_condition(call, 3, 0x31, 0) : 0;
}

static int format_dvd_plus_rw(struct vdrive_call *call)
{
	struct disc *disc = call->drive->disc;
	const uint8_t *list = call->command->data;
	bool restart = list[8] >> 2 == TYPE_DVD_PLUS_RW && list[11] & RESTART;
	enum disc_background background = disc_background(disc);

	if (!is_dvd_plus_rw_format(disc, list))
		return vdrive_invalid_parameter(call);
	if (background == DISC_BACKGROUND_RUNNING)
		return 0;
	/* Nothing is left to be formatted. */
	if (restart && background == DISC_BACKGROUND_DONE)
		return 0;
	return format_result(call, disc_format(disc));
}

static int format_bd_r(struct vdrive_call *call)
{
	struct disc *disc = call->drive->disc;

	if (!is_bd_r_format(disc, call->command->data))
		return vdrive_invalid_parameter(call);
	return format_result(call, disc_format_with_spares(disc, vdrive_formatted_sectors(disc)));
}

static int format_unit(struct vdrive_call *call)
{
	const struct disc *disc = call->drive->disc;
	bool is_bd_r;
	int ret = vdrive_need_medium(call);

	if (ret < 0)
		return ret;
	if ((call->cdb[1] & ~FORMAT_CMPLST) != (FORMAT_FMTDATA | FORMAT_CODE))
		return vdrive_invalid_field(call, 1);
	is_bd_r = disc_profile(disc)->number == DISCERN_PROFILE_BD_R;
	/* 5/30/06 cannot format medium, incompatible medium. */
	if (disc_is_pressed(disc) || (disc_profile(disc)->writing != WRITING_RANDOM && !is_bd_r))
		return vdrive_check_condition(call, 5, 0x30, 6);
	/* A BD-R that was formatted or written before stays what it is. */
	if (is_bd_r && disc_status(disc) != DISC_BLANK)
		return vdrive_check_condition(call, 5, 0x30, 6);
	ret = vdrive_take(call, LIST_SIZE);
	if (ret < 0)
		return ret;
	if (!is_list(call->command->data))
		return vdrive_invalid_parameter(call);
	return is_bd_r ? format_bd_r(call) : format_dvd_plus_rw(call);
}

static int blank(struct vdrive_call *call)
{
	enum { IMMED = 0x10, TYPES = 0x07 };
	int ret = vdrive_need_medium(call);

	if (ret == 0 && call->cdb[1] & ~(IMMED | TYPES))
		ret = vdrive_invalid_field(call, 1);
	/* 5/30/05 cannot write medium, incompatible format: none of these media can be made blank again. */
	return ret == 0 ? vdrive_check_condition(call, 5, 0x30, 5) : ret;
}

const struct vdrive_opcode vdrive_opcodes_format[] = {
	{ 0x04, 6, "FORMAT UNIT", format_unit, false },
	{ 0xa1, 12, "BLANK", blank, false },
	{ 0, 0, NULL, NULL, false },
};
