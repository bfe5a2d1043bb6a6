/* SPDX-License-Identifier: GPL-3.0-or-later */
/* FORMAT UNIT (MMC-6 6.5) and BLANK (6.2). Both are done when the answer comes, with or without Immed. */
#include <errno.h>
#include <stdlib.h>

#include "base/bytes.h"
#include "vdrive/disc_defects.h"
#include "vdrive/drive.h"
#include "vdrive/drive_defects.h"
#include "vdrive/mmc/cd_recording.h"
#include "vdrive/mmc/test_write.h"
#include "vdrive/mmc/formats.h"
#include "vdrive/mmc/write_page.h"

/* FORMAT UNIT byte 1: parameter list present, the format code of MMC-6, and the one that CD-RW had before. */
enum { FORMAT_FMTDATA = 0x10, FORMAT_CMPLST = 0x08, FORMAT_CODE = 1, FORMAT_CODE_CD_RW = 7 };

/* Parameter list: 4 bytes header, 8 bytes descriptor. */
enum { LIST_SIZE = 12, DESCRIPTOR_SIZE = 8 };

/* Byte 11 of the list for DVD+RW: restart a stopped format. */
enum { RESTART = 0x01, QUICK_START = 0x02 };

/* Sub-types of BD-R: sequential recording with pseudo overwrite and without. */
enum { SUB_TYPE_POW = 0, SUB_TYPE_SRM = 1 };

/* A format descriptor as the host sends it. */
struct wish {
	uint8_t type, sub_type;
	uint32_t n_sectors;
};

/* Byte 1: FOV, Immed and the options of certification, which these media have not; VS and the rest must be 0. */
static bool is_list(const uint8_t *list)
{
	return list[0] == 0 && !(list[1] & 0x01) && get_be16(list + 2) == DESCRIPTOR_SIZE;
}

/* 5/26/00 for a size that the medium has not, 3/32/00 no defect spare location available, 3/31/00 medium format
 * corrupted. */
static int format_result(struct vdrive_call *call, int ret)
{
	if (ret == -ENOSPC)
		return vdrive_check_condition(call, 3, 0x32, 0);
	if (ret == -EINVAL)
		return vdrive_invalid_parameter(call);
	return ret < 0 ? vdrive_check_condition(call, 3, 0x31, 0) : 0;
}

static bool is_dvd_plus_rw_format(const struct disc *disc, const struct wish *wish, const uint8_t *list)
{
	uint32_t capacity = disc_capacity(disc);

	if (wish->sub_type != 0)
		return false;
	if (wish->type == FORMAT_FULL)
		return wish->n_sectors == capacity;
	return wish->type == FORMAT_DVD_PLUS_RW && (wish->n_sectors == UINT32_MAX || wish->n_sectors <= capacity) &&
	       list[9] == 0 && list[10] == 0 && !(list[11] & ~(RESTART | QUICK_START));
}

static int format_dvd_plus_rw(struct vdrive_call *call, const struct wish *wish)
{
	struct disc *disc = call->drive->disc;
	const uint8_t *list = call->command->data;
	bool restart = wish->type == FORMAT_DVD_PLUS_RW && list[11] & RESTART;
	enum disc_background background = disc_background(disc);

	if (!is_dvd_plus_rw_format(disc, wish, list))
		return vdrive_invalid_parameter(call);
	if (background == DISC_BACKGROUND_RUNNING)
		return 0;
	/* Nothing is left to be formatted. */
	if (restart && background == DISC_BACKGROUND_DONE)
		return 0;
	return format_result(call, disc_format(disc));
}

/* With spares of a size between the smallest and the largest that the medium can have. */
static bool is_spare_size(const struct disc *disc, uint32_t n_sectors)
{
	uint32_t all = disc_all_sectors(disc), least, most;

	vdrive_spare_limits(disc, &least, &most);
	return n_sectors >= all - most && n_sectors <= all - least;
}

/* As read before, from a list that may be older than the last format. */
static bool is_offered(const struct disc *disc, const struct wish *wish)
{
	struct vdrive_format formats[VDRIVE_MAX_FORMATS];
	size_t n = vdrive_formats(disc, formats);

	for (size_t i = 0; i < n; i++)
		if (formats[i].type == wish->type && formats[i].n_sectors == wish->n_sectors)
			return true;
	return false;
}

static int format_bd_r(struct vdrive_call *call, const struct wish *wish)
{
	struct disc *disc = call->drive->disc;

	if (wish->sub_type > SUB_TYPE_SRM ||
	    !(wish->type == FORMAT_BD_R ? is_spare_size(disc, wish->n_sectors) : is_offered(disc, wish)))
		return vdrive_invalid_parameter(call);
	return format_result(call, disc_format_with_spares(disc, wish->n_sectors, wish->sub_type == SUB_TYPE_POW));
}

enum certification { CERTIFY_NOTHING, CERTIFY_KNOWN, CERTIFY_ALL };

/* Which units the host wants to be tried: of DVD-RAM all, unless byte 1 says not (DCRT, with FOV); of BD-RE as the
 * sub-type says (MMC-6 6.5.4.2.15: 10b full, 11b quick certification). */
static enum certification wanted_certification(const struct disc *disc, const struct wish *wish, const uint8_t *list)
{
	enum { FOV = 0x80, DCRT = 0x20, FULL = 2, QUICK = 3 };

	if (disc_profile(disc)->number == DISCERN_PROFILE_DVD_RAM)
		return list[1] & FOV && list[1] & DCRT ? CERTIFY_NOTHING : CERTIFY_ALL;
	if (wish->sub_type == FULL)
		return CERTIFY_ALL;
	return wish->sub_type == QUICK ? CERTIFY_KNOWN : CERTIFY_NOTHING;
}

/* The units that are known to be bad, before a format forgets them. */
static int64_t *list_known(const struct disc *disc, size_t *ret_n)
{
	int64_t *known = malloc((disc_n_replaced(disc) + (size_t)1) * sizeof(*known)), at = -1;
	size_t n = 0;

	while (known != NULL && (at = disc_next_replaced(disc, at + 1)) >= 0)
		known[n++] = at;
	*ret_n = n;
	return known;
}

static int format_and_certify(struct vdrive_call *call, const struct wish *wish)
{
	struct vdrive *drive = call->drive;
	enum certification certification = wanted_certification(drive->disc, wish, call->command->data);
	size_t n_known;
	int64_t *known = list_known(drive->disc, &n_known);
	int ret = known != NULL ? disc_format_user_area(drive->disc, wish->n_sectors) : -ENOMEM;

	if (ret == 0 && certification != CERTIFY_NOTHING && disc_manages_defects(drive->disc))
		ret = vdrive_certify(drive, certification == CERTIFY_KNOWN ? known : NULL, n_known);
	free(known);
	return ret;
}

/* DVD-RAM and BD-RE. */
static int format_random(struct vdrive_call *call, const struct wish *wish)
{
	struct disc *disc = call->drive->disc;

	if (wish->sub_type != 0 && disc_profile(disc)->number != DISCERN_PROFILE_BD_RE)
		return vdrive_invalid_parameter(call);
	if (!(wish->type == FORMAT_BD_RE_SPARES ? is_spare_size(disc, wish->n_sectors) : is_offered(disc, wish)))
		return vdrive_invalid_parameter(call);
	return format_result(call, format_and_certify(call, wish));
}

static int format_dvd_rw(struct vdrive_call *call, const struct wish *wish)
{
	struct disc *disc = call->drive->disc;
	bool is_quick = wish->type == FORMAT_DVD_RW_QUICK;

	if (wish->sub_type != 0)
		return vdrive_invalid_parameter(call);
	if (wish->type == FORMAT_DVD_RW_QUICK_GROW)
		return format_result(call, disc_format_grow(disc, wish->n_sectors));
	if (wish->n_sectors > vdrive_overwrite_sectors(disc) || (wish->n_sectors == 0 && !is_quick))
		return vdrive_invalid_parameter(call);
	return format_result(call, disc_format_overwrite(disc, wish->n_sectors, is_quick));
}

/* The mode is that of the write parameters page; FFFFFFFFh is the whole disc. */
static int format_cd_rw(struct vdrive_call *call, uint8_t type, uint32_t n_sectors)
{
	struct vdrive *drive = call->drive;
	enum cd_track_mode mode = cd_page_mode(drive);

	if (type == FORMAT_CD_RW_GROW)
		return format_result(call, disc_grow_packets(drive->disc, n_sectors));
	/* 5/64/00 illegal mode for this track: there are packets of data only. */
	if (mode == CD_AUDIO || mode == CD_MODE_2)
		return vdrive_check_condition(call, 5, 0x64, 0);
	if (n_sectors == UINT32_MAX)
		n_sectors = disc_packet_sectors(drive->disc);
	cd_recording_forget(drive);
	return format_result(call, disc_format_packets(drive->disc, n_sectors, mode, write_page_disc_type(drive)));
}

/* Types 00h, 10h and 11h, behind which the block length or the packet size stands. */
static int format_cd_rw_by_type(struct vdrive_call *call, const struct wish *wish)
{
	uint32_t parameter = get_be24((const uint8_t *)call->command->data + 9);

	if (wish->sub_type != 0 || (wish->type != FORMAT_FULL && parameter != DISC_PACKET_SECTORS))
		return vdrive_invalid_parameter(call);
	return format_cd_rw(call, wish->type, wish->n_sectors);
}

/* The list of format code 7, which is of CD-RW alone (MMC-2 6.1.4.2): a header, four bytes of initialization pattern,
 * then whether a session is added or grows, and by how much. */
static int format_cd_rw_by_session(struct vdrive_call *call)
{
	enum { LIST = 16, SESSION = 0x80, GROW = 0x40 };
	const uint8_t *list = call->command->data;
	int ret = vdrive_take(call, LIST);

	if (ret < 0)
		return ret;
	/* No session is added to a disc that is formatted. */
	if (!is_list(list) || list[8] & SESSION)
		return vdrive_invalid_parameter(call);
	return format_cd_rw(call, list[8] & GROW ? FORMAT_CD_RW_GROW : FORMAT_FULL, get_be32(list + 12));
}

static int format_by_medium(struct vdrive_call *call)
{
	const uint8_t *list = call->command->data;
	const struct disc *disc = call->drive->disc;
	const struct wish wish = { list[8] >> 2, list[8] & 3, get_be32(list + 4) };

	if (!is_list(list))
		return vdrive_invalid_parameter(call);
	if (disc_profile(disc)->number == DISCERN_PROFILE_DVD_PLUS_RW)
		return format_dvd_plus_rw(call, &wish);
	if (!vdrive_has_format(disc, wish.type))
		return vdrive_invalid_parameter(call);
	if (disc_media(disc)->profile == DISCERN_PROFILE_CD_RW)
		return format_cd_rw_by_type(call, &wish);
	if (disc_media(disc)->profile == DISCERN_PROFILE_BD_R)
		return format_bd_r(call, &wish);
	if (disc_media(disc)->profile == DISCERN_PROFILE_DVD_RW)
		return format_dvd_rw(call, &wish);
	return format_random(call, &wish);
}

static int format_unit(struct vdrive_call *call)
{
	struct vdrive_format formats[VDRIVE_MAX_FORMATS];
	uint8_t code = call->cdb[1] & ~FORMAT_CMPLST;
	bool is_by_session;
	int ret = vdrive_need_medium(call);

	if (ret < 0)
		return ret;
	vdrive_end_test(call->drive);
	is_by_session = code == (FORMAT_FMTDATA | FORMAT_CODE_CD_RW) &&
			disc_media(call->drive->disc)->profile == DISCERN_PROFILE_CD_RW;
	if (code != (FORMAT_FMTDATA | FORMAT_CODE) && !is_by_session)
		return vdrive_invalid_field(call, 1);
	/* 5/30/06 cannot format medium, incompatible medium: none of its kind, or a BD-R that is no longer blank. */
	if (vdrive_formats(call->drive->disc, formats) == 0)
		return vdrive_check_condition(call, 5, 0x30, 6);
	if (is_by_session)
		return format_cd_rw_by_session(call);
	ret = vdrive_take(call, LIST_SIZE);
	return ret < 0 ? ret : format_by_medium(call);
}

/* MMC-6 6.2.2.2, blanking type. */
enum blanking_type {
	BLANK_DISC = 0,
	BLANK_MINIMALLY = 1,
	BLANK_UNCLOSE_SESSION = 5,
	BLANK_SESSION = 6,
};

static int blank_by_type(struct vdrive_call *call, uint8_t type)
{
	struct disc *disc = call->drive->disc;

	switch (type) {
	case BLANK_DISC:
	case BLANK_MINIMALLY:
		return disc_blank(disc, type == BLANK_MINIMALLY);
	case BLANK_UNCLOSE_SESSION:
		return disc_unclose_session(disc);
	default:
		return disc_blank_session(disc);
	}
}

static int blank(struct vdrive_call *call)
{
	enum { IMMED = 0x10, TYPES = 0x07 };
	uint8_t type = call->cdb[1] & TYPES;
	const struct disc *disc = call->drive->disc;
	int ret = vdrive_need_medium(call);

	if (ret == 0 && call->cdb[1] & ~(IMMED | TYPES))
		ret = vdrive_invalid_field(call, 1);
	if (ret < 0)
		return ret;
	/* 5/30/05 cannot write medium, incompatible format: it cannot be made blank again. */
	if (disc_is_pressed(disc) ||
	    (disc_media(disc)->profile != DISCERN_PROFILE_CD_RW && disc_media(disc)->profile != DISCERN_PROFILE_DVD_RW))
		return vdrive_check_condition(call, 5, 0x30, 5);
	/* No tracks are blanked by themselves, nor reservations undone. */
	if (type != BLANK_DISC && type != BLANK_MINIMALLY && type != BLANK_UNCLOSE_SESSION && type != BLANK_SESSION)
		return vdrive_invalid_field(call, 1);
	vdrive_end_test(call->drive);
	cd_recording_forget(call->drive);
	ret = blank_by_type(call, type);
	if (ret == -EROFS) /* 5/64/00 illegal mode for this track: there is no session to be opened */
		return vdrive_check_condition(call, 5, 0x64, 0);
	return ret < 0 ? vdrive_check_condition(call, 3, 0x0c, 0) : 0;
}

const struct vdrive_opcode vdrive_opcodes_format[] = {
	{ 0x04, 6, "FORMAT UNIT", format_unit, false },
	{ 0xa1, 12, "BLANK", blank, false },
	{ 0, 0, NULL, NULL, false },
};
