/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sub-channels as READ CD gives them (MMC-6 6.17.2.8). */
#ifndef VDRIVE_MMC_SUBCHANNEL_H
#define VDRIVE_MMC_SUBCHANNEL_H

#include <stdint.h>

#include "disc/subchannel.h"
#include "vdrive/drive.h"

#define SUBCHANNEL_FORMATTED_Q 16

/** Formatted Q: its twelve bytes, three of padding, and P in the last one's highest bit. */
void subchannel_format_q(uint8_t ret_q[SUBCHANNEL_FORMATTED_Q], const uint8_t raw[SUBCHANNEL_BYTES]);

/** The four packs of R to W that begin in a sector: they lie interleaved over this and the two that follow. Zeros
 *  where those cannot be read. */
void subchannel_read_packs(struct vdrive *drive, int32_t lba, uint8_t ret_packs[SUBCHANNEL_BYTES]);

#endif
