/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The lead-in of a CD, which drives that overread give sector by sector. */
#ifndef VDRIVE_MMC_LEAD_IN_H
#define VDRIVE_MMC_LEAD_IN_H

#include "vdrive/mmc/cd_reader.h"

/** Its sectors before LBA -150: one minute (Orange Book part II). */
#define LEAD_IN_SECTORS 4500

/** A sector from LBA -4650 to -151: the table of contents in Q, CD-TEXT in R to W. -ENXIO elsewhere, and while the
 *  first session is open. */
int lead_in_read(const struct disc *disc, int32_t lba, struct cd_sector *ret_sector);

#endif
