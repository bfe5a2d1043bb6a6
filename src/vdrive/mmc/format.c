/* SPDX-License-Identifier: GPL-3.0-or-later */
/* FORMAT UNIT (MMC-6 6.5) and BLANK (6.2). Both are done when the answer comes, with or without Immed. */
#include "base/bytes.h"
#include "vdrive/drive.h"

/* FORMAT UNIT byte 1: parameter list present, and the only format code of MMC. */
enum { FORMAT_FMTDATA = 0x10, FORMAT_CMPLST = 0x08, FORMAT_CODE = 1 };

/* Parameter list: 4 bytes header, 8 bytes descriptor. */
enum { LIST_SIZE = 12, DESCRIPTOR_SIZE = 8 };

/* Format types that DVD+RW has (MMC-6 6.5.4.2.14), and byte 11 of the list: restart a stopped format. */
enum { TYPE_FULL = 0x00, TYPE_DVD_PLUS_RW = 0x26, RESTART = 0x01, QUICK_START = 0x02 };

static int check_list(struct vdrive_call *call)
{
	const uint8_t *list = call->command->data;
	uint32_t n_blocks = get_be32(list + 4), capacity = disc_capacity(call->drive->disc);
	uint8_t type = list[8] >> 2;

	/* Byte 1: FOV, Immed and the options of certification, which DVD+RW has not; VS and the rest must be 0. */
	if (list[0] != 0 || list[1] & 0x01 || get_be16(list + 2) != DESCRIPTOR_SIZE || list[8] & 3)
		return vdrive_invalid_parameter(call);
	if (type != TYPE_FULL && type != TYPE_DVD_PLUS_RW)
		return vdrive_invalid_parameter(call);
	if (type == TYPE_DVD_PLUS_RW && n_blocks != UINT32_MAX && n_blocks > capacity)
		return vdrive_invalid_parameter(call);
	if (type == TYPE_FULL && n_blocks != capacity)
		return vdrive_invalid_parameter(call);
	if (type == TYPE_DVD_PLUS_RW && (list[9] != 0 || list[10] != 0 || list[11] & ~(RESTART | QUICK_START)))
		return vdrive_invalid_parameter(call);
	return 0;
}

static int begin_format(struct vdrive_call *call)
{
	struct disc *disc = call->drive->disc;
	const uint8_t *list = call->command->data;
	bool restart = list[8] >> 2 == TYPE_DVD_PLUS_RW && list[11] & RESTART;
	enum disc_background background = disc_background(disc);

	if (background == DISC_BACKGROUND_RUNNING)
		return 0;
	/* Nothing is left to be formatted. */
	if (restart && background == DISC_BACKGROUND_DONE)
		return 0;
	/* 3/31/00 medium format corrupted. */
	return disc_format(disc) < 0 ? vdrive_check_condition(call, 3, 0x31, 0) : 0;
}

static int format_unit(struct vdrive_call *call)
{
	int ret = vdrive_need_medium(call);

	if (ret < 0)
		return ret;
	if ((call->cdb[1] & ~FORMAT_CMPLST) != (FORMAT_FMTDATA | FORMAT_CODE))
		return vdrive_invalid_field(call, 1);
	/* 5/30/06 cannot format medium, incompatible medium. */
	if (disc_is_pressed(call->drive->disc) || disc_profile(call->drive->disc)->writing != WRITING_RANDOM)
		return vdrive_check_condition(call, 5, 0x30, 6);
	ret = vdrive_take(call, LIST_SIZE);
	if (ret == 0)
		ret = check_list(call);
	return ret == 0 ? begin_format(call) : ret;
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
