/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The list for SEND CUE SHEET (MMC-6 6.32): what a session will be that is written at once. */
#ifndef DRIVE_CD_CUE_SHEET_H
#define DRIVE_CD_CUE_SHEET_H

#include <discern/error.h>

#include "disc/cd_layout.h"

/** Bytes of the longest list: catalogue number, lead-in, 99 tracks of 99 places and an ISRC, lead-out. */
#define CD_CUE_SHEET_MAX (8 * (2 + 1 + 99 * 101 + 1))

/** What is sent of each sector of a track. */
struct cd_cue_form {
	/** Data form (MMC-6 tables 593 to 598), sub-channel bits included. */
	uint8_t code;
	/** Bytes of a sector, and where in the whole sector its main data begin. */
	uint16_t main_bytes, main_at;
	/** 96 bytes of R to W come behind them. */
	bool has_subchannel;
};

/** Audio comes whole; of Mode 1 the user data, of Mode 2 all behind the header: the drive makes the rest. */
struct cd_cue_form cd_cue_form_of(enum cd_track_mode mode, bool has_subchannel);

struct cd_cue_options {
	/** Counted from 1. */
	unsigned session;
	/** CD-TEXT is sent for the lead-in. */
	bool has_text;
	/** R to W is sent for all sectors. */
	bool has_subchannel;
};

/** Where the session begins, its first pause included. */
int32_t cd_cue_begin_lba(const struct cd_layout *layout, unsigned session);

/** 0, or -EINVAL with words for a session that cannot be written at once: its tracks do not adjoin, its first one does
 *  not begin with a pause of 150 sectors, or one is shorter than four seconds (MMC-6 6.32.3.6). */
int cd_cue_check(const struct cd_layout *layout, unsigned session, struct discern_error *err);

/** The list for a session that cd_cue_check() likes; how many bytes of ret_list it has. */
size_t cd_cue_make(const struct cd_layout *layout, const struct cd_cue_options *options,
		   uint8_t ret_list[CD_CUE_SHEET_MAX]);

#endif
