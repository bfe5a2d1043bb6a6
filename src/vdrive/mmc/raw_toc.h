/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The layout of a session that is written raw, as the host's own Q sub-channel tells it: tracks and lead-out in the
 * lead-in (MMC-6 4.2.3.5.1), pauses, indexes, ISRC and catalogue number beside the data. */
#ifndef VDRIVE_MMC_RAW_TOC_H
#define VDRIVE_MMC_RAW_TOC_H

#include "disc/cd_layout.h"
#include "disc/subchannel.h"

struct raw_toc {
	/** By track number: is there, control, address of index 1. */
	bool has_track[CD_MAX_TRACKS + 1];
	uint8_t control[CD_MAX_TRACKS + 1];
	int32_t start_lba[CD_MAX_TRACKS + 1];
	/** Points A0h to A2h; 0 while they have not come. */
	unsigned first_track, last_track;
	int32_t lead_out_lba;
	enum cd_disc_type type;
	/** Point B0h: another session follows. */
	bool has_next_session;
};

/** What stands in Q of one sector of a lead-in; what is not sound counts for nothing. */
void raw_toc_take(struct raw_toc *toc, const uint8_t q[SUBCHANNEL_ONE]);

/** The session from its first pause on, without what only comes beside the data. -EINVAL if it cannot be one that
 *  begins with this track at this place. */
int raw_toc_layout(const struct raw_toc *toc, unsigned first_track, int32_t begin_lba, struct cd_layout *ret_layout);

/** Adds what Q beside the data tells of the sector at lba. */
void raw_toc_add(struct cd_layout *layout, int32_t lba, const uint8_t q[SUBCHANNEL_ONE]);

#endif
