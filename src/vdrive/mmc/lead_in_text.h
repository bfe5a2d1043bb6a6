/* SPDX-License-Identifier: GPL-3.0-or-later */
/* CD-TEXT as a host writes it: over and over in the sub-channels R to W of a lead-in. */
#ifndef VDRIVE_MMC_LEAD_IN_TEXT_H
#define VDRIVE_MMC_LEAD_IN_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "disc/cd_text.h"

enum { LEAD_IN_MAX_PACKS = CD_TEXT_MAX_BLOCKS * (CD_TEXT_MAX_PACKS + 1) };

struct lead_in_text {
	size_t n_packs;
	/** The first pack came again: there is nothing new behind it. */
	bool is_whole;
	uint8_t packs[LEAD_IN_MAX_PACKS * CD_TEXT_PACK];
};

/** The sub-channels of one sector: R to W in the low six bits of each of 96 bytes. */
void lead_in_text_take(struct lead_in_text *text, const uint8_t sub[96]);

#endif
