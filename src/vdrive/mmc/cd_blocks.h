/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The sizes and forms in which a host sends the sectors of a CD, and what the drive makes of them: the data forms of a
 * cue sheet (MMC-6 6.32) and the data block types of the write parameters page (7.5.4.16). */
#ifndef VDRIVE_MMC_CD_BLOCKS_H
#define VDRIVE_MMC_CD_BLOCKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "disc/cd_layout.h"
#include "disc/sector.h"
#include "disc/subchannel.h"

/** Sub-channel data that come behind the main data of each block. */
enum cd_sub {
	CD_SUB_NONE,
	CD_SUB_PQ,     /**< 16 bytes: Q as it lies on the disc, and P in the last one */
	CD_SUB_PACKED, /**< 96 bytes: P and Q as in raw ones; R to W as packs, which the drive interleaves */
	CD_SUB_RAW,    /**< 96 bytes as they lie on the disc */
};

/** Data block types (MMC-6 table 651). */
enum cd_block_type {
	CD_BLOCK_RAW = 0,
	CD_BLOCK_RAW_PQ = 1,
	CD_BLOCK_RAW_PACKED = 2,
	CD_BLOCK_RAW_PW = 3,
	CD_BLOCK_MODE_1 = 8,
	CD_BLOCK_MODE_2 = 9,
	CD_BLOCK_FORM_1 = 10,
	CD_BLOCK_FORM_1_SUBHEADER = 11,
	CD_BLOCK_FORM_2 = 12,
	CD_BLOCK_MIXED = 13,
};

struct cd_blocks {
	/** Of the sectors; with has_subheader each subheader tells which form of Mode 2 it is. */
	enum sector_form form;
	bool has_subheader;
	/** Main data of the host and where in the sector they go. */
	uint16_t main_bytes, main_at;
	/** What they are does not matter: the sector holds zeros. */
	bool is_ignored;
	/** The drive makes sync, header, EDC, ECC, whatever the host sends for them. */
	bool is_sealed;
	enum cd_sub sub;
};

/** A data form of a cue sheet, sub-channel bits included. False if it is none. */
bool cd_blocks_by_form(uint8_t data_form, struct cd_blocks *ret_blocks);

/** A data block type. False for a reserved one. */
bool cd_blocks_by_type(enum cd_block_type type, struct cd_blocks *ret_blocks);

/** Bytes of one block, of its sub-channel part alone. */
size_t cd_blocks_bytes(const struct cd_blocks *blocks);
size_t cd_blocks_sub_bytes(const struct cd_blocks *blocks);

/** True if a block is the user data of a Mode 1 sector, and nothing else. */
bool cd_blocks_are_plain(const struct cd_blocks *blocks);

/** The mode of a track of such sectors. */
enum cd_track_mode cd_blocks_mode(const struct cd_blocks *blocks);

/** The whole sector at lba. subheader are the four bytes of the write parameters page, for forms that come without. */
void cd_blocks_make(const struct cd_blocks *blocks, const uint8_t *host, int32_t lba, const uint8_t subheader[4],
		    uint8_t ret_sector[SECTOR_RAW]);

/** Undoes the scrambling of a data sector as it lies on the disc (ECMA-130 annex B), or does it; a sector without
 *  sync stays as it is. */
void cd_blocks_unscramble(uint8_t sector[SECTOR_RAW]);

#endif
