/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What SEND CUE SHEET (MMC-6 6.32) announces: the layout of a session that is written at once, and the form in which
 * the host sends its sectors, which changes from track to track. */
#ifndef VDRIVE_MMC_CUE_SHEET_H
#define VDRIVE_MMC_CUE_SHEET_H

#include "disc/cd_layout.h"
#include "vdrive/mmc/cd_blocks.h"

/** Bytes of the longest sheet that the drive takes (feature 002Eh): 99 tracks, each with 98 places and an ISRC, and
 *  the entries of lead-in, lead-out and catalogue number. */
#define CUE_SHEET_MAX_BYTES (8 * (99 * 100 + 4))

/** From this address on sectors come in this form. */
struct cue_extent {
	int32_t lba;
	struct cd_blocks blocks;
};

struct cue_sheet {
	/** Of the session alone; its tracks have their numbers on the disc. */
	struct cd_layout layout;
	/** Where its first pause begins, and its lead-out. */
	int32_t begin_lba, end_lba;
	/** In order. */
	size_t n_extents;
	struct cue_extent extents[99 * 100];
	/** The host writes sub-channels R to W of the lead-in, in front of the first pause. */
	bool has_lead_in_text;
};

/** What a sheet is held against: where and with which number the session's first track begins. */
struct cue_sheet_place {
	unsigned first_track;
	int32_t start_lba;
	enum cd_disc_type type;
};

/** 0, or -EINVAL with the byte that is wrong. */
int cue_sheet_parse(const uint8_t *data, size_t size, const struct cue_sheet_place *place, struct cue_sheet *ret_sheet,
		    size_t *ret_byte);

/** The form of the sector at lba, which lies in the session, and how many sectors on it stays the same. */
const struct cd_blocks *cue_sheet_blocks(const struct cue_sheet *sheet, int32_t lba, uint32_t *ret_n_sectors);

#endif
