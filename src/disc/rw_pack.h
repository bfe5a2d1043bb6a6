/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Packs of the channels R to W: 24 symbols of six bits, four a sector, interleaved over eight (IEC 60908 17.7). */
#ifndef DISC_RW_PACK_H
#define DISC_RW_PACK_H

#include <stdint.h>

/** Symbols of a pack, packs of a sector, and sectors that those of one sector were in before they were interleaved. */
enum { RW_PACK_SYMBOLS = 24, RW_SECTOR_PACKS = 4, RW_WINDOW_SECTORS = 3 };

/** Parity Q of the instruction and P of the whole pack, where all six symbols of them are zeros. */
void rw_pack_add_parity(uint8_t symbols[RW_PACK_SYMBOLS]);

/** The symbols of a sector as they lie on the disc, from its packs and those of the two sectors before, which come
 *  first. */
void rw_pack_interleave(uint8_t ret_symbols[96], const uint8_t packs[RW_WINDOW_SECTORS * 96]);

#endif
