/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Addresses as minutes, seconds and frames of 1/75 second (MMC-6 4.2.3, LBA to MSF translation). */
#ifndef VDRIVE_MMC_MSF_H
#define VDRIVE_MMC_MSF_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"

/** Where the lead-in of a blank CD-R begins, which also names its maker: nobody has 97:12:00. */
enum { LEAD_IN_MINUTE = 97, LEAD_IN_SECOND = 12 };

/** Three bytes. Addresses below 00:00:00 are those of the lead-in, which end at 99:59:74; an address that three
 *  bytes cannot hold becomes the highest, FF:3B:4A. */
static inline void put_msf(uint8_t *p, int32_t lba)
{
	int64_t frames = (int64_t)lba + 150;

	if (frames < 0)
		frames += 100 * 60 * 75;
	if (frames < 0 || frames / (60 * 75) > 255)
		frames = 256 * 60 * 75 - 1;
	p[0] = (uint8_t)(frames / (60 * 75));
	p[1] = (uint8_t)(frames / 75 % 60);
	p[2] = (uint8_t)(frames % 75);
}

/** The four bytes that READ TOC and its kind have for an address. */
static inline void put_address(uint8_t *p, int32_t lba, bool as_msf)
{
	put_be32(p, (uint32_t)lba);
	if (as_msf) {
		p[0] = 0;
		put_msf(p + 1, lba);
	}
}

#endif
