/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * SEND CUE SHEET (MMC-6 6.32): the layout of a CD session that is written at once. This drive takes one data track
 * of Mode 1 sectors with 2048 bytes from the host; anything else is refused in the parameter list.
 */
#include <errno.h>

#include "base/bytes.h"
#include "vdrive/mmc/cue_sheet.h"

/* One entry: control and ADR, track, index, data form, SCMS, then minute, second and frame. */
enum { ENTRY_SIZE = 8, PAUSE = 150, LEAD_OUT = 0xaa, WRITE_TYPE_SESSION_AT_ONCE = 2 };

/* ADR: 1 is a place, 2 the catalogue number, 3 an ISRC; the latter two take two entries. */
enum { ADR_PLACE = 1, ADR_CATALOGUE = 2, ADR_ISRC = 3 };

/* Data form, without the bit for sub-channel data: Mode 1 with 2048 bytes; generated Mode 1 (MMC-6 table 597). */
enum { FORM_MODE_1 = 0x10, FORM_GENERATED = 0x14 };

/* What the next entry has to be. */
enum expected { EXPECT_LEAD_IN, EXPECT_PAUSE, EXPECT_START, EXPECT_LEAD_OUT, EXPECT_END };

struct cue_sheet {
	enum expected expected;
	unsigned track;
	int32_t pause_lba, start_lba, end_lba;
};

static int32_t entry_lba(const uint8_t *entry)
{
	if (entry[5] > 99 || entry[6] > 59 || entry[7] > 74)
		return INT32_MIN;
	return (entry[5] * 60 + entry[6]) * 75 + entry[7] - PAUSE;
}

static bool is_data_track(const struct cue_sheet *sheet, const uint8_t *entry)
{
	return entry[1] == sheet->track && entry[0] >> 4 == 4 && entry[3] == FORM_MODE_1 && entry[4] == 0;
}

/* Takes one entry with ADR 1. */
static bool take_place(struct cue_sheet *sheet, const uint8_t *entry)
{
	int32_t lba = entry_lba(entry);

	switch (sheet->expected) {
	case EXPECT_LEAD_IN:
		if (entry[1] != 0 || entry[2] != 0 || (entry[3] != FORM_GENERATED && entry[3] != FORM_MODE_1))
			return false;
		sheet->expected = EXPECT_PAUSE;
		return true;
	case EXPECT_PAUSE:
		if (!is_data_track(sheet, entry) || entry[2] != 0 || lba != sheet->pause_lba)
			return false;
		sheet->expected = EXPECT_START;
		return true;
	case EXPECT_START:
		if (!is_data_track(sheet, entry) || entry[2] != 1 || lba != sheet->start_lba)
			return false;
		sheet->end_lba = lba;
		sheet->expected = EXPECT_LEAD_OUT;
		return true;
	case EXPECT_LEAD_OUT:
		/* Further indexes of the track are kept nowhere, but must lie in order. */
		if (lba <= sheet->end_lba)
			return false;
		sheet->end_lba = lba;
		if (entry[1] == LEAD_OUT && entry[2] == 1)
			sheet->expected = EXPECT_END;
		return entry[1] == LEAD_OUT || (is_data_track(sheet, entry) && entry[2] > 1 && entry[2] < 100);
	case EXPECT_END:
		return false;
	}
	return false;
}

static bool parse_sheet(struct cue_sheet *sheet, const uint8_t *data, size_t size)
{
	for (size_t at = 0; at + ENTRY_SIZE <= size; at += ENTRY_SIZE) {
		const uint8_t *entry = data + at;
		uint8_t adr = entry[0] & 0x0f;

		if (adr == ADR_CATALOGUE || adr == ADR_ISRC) {
			/* The second half of the text follows under the same ADR. */
			at += ENTRY_SIZE;
			if (at + ENTRY_SIZE > size || (data[at] & 0x0f) != adr)
				return false;
		} else if (adr != ADR_PLACE || !take_place(sheet, entry)) {
			return false;
		}
	}
	return size % ENTRY_SIZE == 0 && sheet->expected == EXPECT_END;
}

static int begin_session(struct vdrive_call *call, const struct cue_sheet *sheet)
{
	struct vdrive *drive = call->drive;
	uint32_t n_sectors = (uint32_t)(sheet->end_lba - sheet->start_lba);
	bool multi_session = drive->write_page.bytes[3] >> 6 == 3;

	switch (disc_begin_session_at_once(drive->disc, n_sectors, multi_session)) {
	case 0:
		drive->cue_sheet_received = true;
		drive->cue_sheet_sectors = n_sectors;
		drive->cue_sheet_next_lba = sheet->pause_lba;
		return 0;
	case -ENOSPC:
		return vdrive_invalid_parameter(call);
	case -EROFS: /* command sequence error: the open session has tracks already */
		return vdrive_check_condition(call, 5, 0x2c, 0);
	default:
		return vdrive_check_condition(call, 3, 0x0c, 0);
	}
}

int vdrive_send_cue_sheet(struct vdrive_call *call)
{
	struct vdrive *drive = call->drive;
	uint32_t size = get_be24(call->cdb + 6);
	const struct disc_track *invisible;
	struct cue_sheet sheet = { .expected = EXPECT_LEAD_IN };
	int ret = vdrive_need_medium(call);

	if (ret < 0)
		return ret;
	if (disc_is_pressed(drive->disc) || disc_profile(drive->disc)->family != FAMILY_CD)
		return vdrive_check_condition(call, 5, 0x30, 5);
	invisible = disc_invisible_track(drive->disc);
	if ((drive->write_page.bytes[2] & 0x0f) != WRITE_TYPE_SESSION_AT_ONCE || invisible == NULL)
		return vdrive_check_condition(call, 5, 0x2c, 0);
	if (size == 0)
		return vdrive_invalid_field(call, 6);
	ret = vdrive_take(call, size);
	if (ret < 0)
		return ret;
	sheet.track = invisible->number;
	sheet.start_lba = invisible->start_lba;
	sheet.pause_lba = invisible->start_lba - PAUSE;
	if (!parse_sheet(&sheet, call->command->data, size))
		return vdrive_invalid_parameter(call);
	return begin_session(call, &sheet);
}
