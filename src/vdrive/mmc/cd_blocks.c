/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "vdrive/mmc/cd_blocks.h"

#include <string.h>

/* Data form: sub-channel in bits 6 and 7, main data below (MMC-6 tables 593 to 597). */
enum { SUB_SHIFT = 6, MAIN_MASK = 0x3f };

/* Third byte of a subheader: the sector is one of Form 2. */
enum { SUBMODE_AT = 2, SUBMODE_FORM_2 = 0x20 };

enum { SYNC_BYTES = 12, PQ_BYTES = 16, SUBHEADER_BYTES = 8 };

/* What comes from the host. Form 1 and 2 with a subheader in front of them (XA and CD-I) are one kind of track. */
enum source { HOST_GIVES, HOST_GIVES_FOR_NOTHING, DRIVE_MAKES };

struct main_form {
	uint8_t code;
	enum sector_form form;
	bool has_subheader;
	uint16_t main_bytes, main_at;
	enum source source;
};

static const struct main_form main_forms[] = {
	{ 0x00, SECTOR_AUDIO, false, SECTOR_RAW, 0, HOST_GIVES },
	{ 0x01, SECTOR_AUDIO, false, 0, 0, DRIVE_MAKES },
	{ 0x10, SECTOR_MODE_1, false, SECTOR_USER, SECTOR_USER_AT, HOST_GIVES },
	{ 0x11, SECTOR_MODE_1, false, SECTOR_RAW, 0, HOST_GIVES },
	{ 0x12, SECTOR_MODE_1, false, SECTOR_USER, SECTOR_USER_AT, HOST_GIVES_FOR_NOTHING },
	{ 0x13, SECTOR_MODE_1, false, SECTOR_RAW, 0, HOST_GIVES_FOR_NOTHING },
	{ 0x14, SECTOR_MODE_1, false, 0, 0, DRIVE_MAKES },
	{ 0x20, SECTOR_MODE_2_FORM_1, true, SECTOR_MODE_2_USER, SECTOR_SUBHEADER_AT, HOST_GIVES },
	{ 0x21, SECTOR_MODE_2_FORM_1, true, SECTOR_RAW, 0, HOST_GIVES },
	{ 0x22, SECTOR_MODE_2_FORM_1, true, SECTOR_MODE_2_USER, SECTOR_SUBHEADER_AT, HOST_GIVES_FOR_NOTHING },
	{ 0x23, SECTOR_MODE_2_FORM_1, true, SECTOR_RAW, 0, HOST_GIVES_FOR_NOTHING },
	{ 0x24, SECTOR_MODE_2_FORM_2, false, 0, 0, DRIVE_MAKES },
	{ 0x30, SECTOR_MODE_2, false, SECTOR_MODE_2_USER, SECTOR_SUBHEADER_AT, HOST_GIVES },
	{ 0x31, SECTOR_MODE_2, false, SECTOR_RAW, 0, HOST_GIVES },
	{ 0x32, SECTOR_MODE_2, false, SECTOR_MODE_2_USER, SECTOR_SUBHEADER_AT, HOST_GIVES_FOR_NOTHING },
	{ 0x33, SECTOR_MODE_2, false, SECTOR_RAW, 0, HOST_GIVES_FOR_NOTHING },
	{ 0x34, SECTOR_MODE_2, false, 0, 0, DRIVE_MAKES },
};

static const struct {
	enum cd_block_type type;
	struct cd_blocks blocks;
} block_types[] = {
	{ CD_BLOCK_RAW, { SECTOR_AUDIO, false, SECTOR_RAW, 0, false, false, CD_SUB_NONE } },
	{ CD_BLOCK_RAW_PQ, { SECTOR_AUDIO, false, SECTOR_RAW, 0, false, false, CD_SUB_PQ } },
	{ CD_BLOCK_RAW_PACKED, { SECTOR_AUDIO, false, SECTOR_RAW, 0, false, false, CD_SUB_PACKED } },
	{ CD_BLOCK_RAW_PW, { SECTOR_AUDIO, false, SECTOR_RAW, 0, false, false, CD_SUB_RAW } },
	{ CD_BLOCK_MODE_1, { SECTOR_MODE_1, false, SECTOR_USER, SECTOR_USER_AT, false, true, CD_SUB_NONE } },
	{ CD_BLOCK_MODE_2,
	  { SECTOR_MODE_2, false, SECTOR_MODE_2_USER, SECTOR_SUBHEADER_AT, false, true, CD_SUB_NONE } },
	{ CD_BLOCK_FORM_1, { SECTOR_MODE_2_FORM_1, false, SECTOR_USER, SECTOR_XA_USER_AT, false, true, CD_SUB_NONE } },
	{ CD_BLOCK_FORM_1_SUBHEADER,
	  { SECTOR_MODE_2_FORM_1, true, SUBHEADER_BYTES + SECTOR_USER, SECTOR_SUBHEADER_AT, false, true,
	    CD_SUB_NONE } },
	{ CD_BLOCK_FORM_2,
	  { SECTOR_MODE_2_FORM_2, false, SECTOR_FORM_2_USER, SECTOR_XA_USER_AT, false, true, CD_SUB_NONE } },
	{ CD_BLOCK_MIXED,
	  { SECTOR_MODE_2_FORM_1, true, SUBHEADER_BYTES + SECTOR_FORM_2_USER, SECTOR_SUBHEADER_AT, false, true,
	    CD_SUB_NONE } },
};

/* Sub-channel part of a data form: none, raw, reserved, packed (MMC-6 table 598). */
static bool sub_by_form(uint8_t data_form, enum cd_sub *ret_sub)
{
	static const enum cd_sub subs[] = { CD_SUB_NONE, CD_SUB_RAW, CD_SUB_NONE, CD_SUB_PACKED };
	enum { FORM_RESERVED = 2 };

	*ret_sub = subs[data_form >> SUB_SHIFT];
	return data_form >> SUB_SHIFT != FORM_RESERVED;
}

bool cd_blocks_by_form(uint8_t data_form, struct cd_blocks *ret_blocks)
{
	enum cd_sub sub;

	if (!sub_by_form(data_form, &sub))
		return false;
	for (size_t i = 0; i < sizeof(main_forms) / sizeof(main_forms[0]); i++) {
		const struct main_form *main_form = &main_forms[i];

		if (main_form->code != (data_form & MAIN_MASK))
			continue;
		*ret_blocks = (struct cd_blocks){
			.form = main_form->form,
			.has_subheader = main_form->has_subheader,
			.main_bytes = main_form->main_bytes,
			.main_at = main_form->main_at,
			.is_ignored = main_form->source != HOST_GIVES,
			.is_sealed = main_form->form != SECTOR_AUDIO,
			.sub = sub,
		};
		return true;
	}
	return false;
}

bool cd_blocks_by_type(enum cd_block_type type, struct cd_blocks *ret_blocks)
{
	for (size_t i = 0; i < sizeof(block_types) / sizeof(block_types[0]); i++) {
		if (block_types[i].type != type)
			continue;
		*ret_blocks = block_types[i].blocks;
		return true;
	}
	return false;
}

size_t cd_blocks_sub_bytes(const struct cd_blocks *blocks)
{
	if (blocks->sub == CD_SUB_NONE)
		return 0;
	return blocks->sub == CD_SUB_PQ ? PQ_BYTES : SUBCHANNEL_BYTES;
}

size_t cd_blocks_bytes(const struct cd_blocks *blocks)
{
	return blocks->main_bytes + cd_blocks_sub_bytes(blocks);
}

bool cd_blocks_are_plain(const struct cd_blocks *blocks)
{
	return blocks->form == SECTOR_MODE_1 && blocks->main_bytes == SECTOR_USER && !blocks->is_ignored &&
	       blocks->sub == CD_SUB_NONE;
}

enum cd_track_mode cd_blocks_mode(const struct cd_blocks *blocks)
{
	switch (blocks->form) {
	case SECTOR_AUDIO:
		return CD_AUDIO;
	case SECTOR_MODE_2:
		return CD_MODE_2;
	case SECTOR_MODE_2_FORM_1:
	case SECTOR_MODE_2_FORM_2:
		return CD_MODE_2_XA;
	case SECTOR_MODE_0:
	case SECTOR_MODE_1:
		break;
	}
	return CD_MODE_1;
}

/* Both halves of a subheader are the same; that of a sector which the host gives without one is set beforehand. */
static void put_subheader(const struct cd_blocks *blocks, const uint8_t subheader[4], uint8_t *sector)
{
	uint8_t *at = sector + SECTOR_SUBHEADER_AT;

	memcpy(at, subheader, 4);
	if (blocks->form == SECTOR_MODE_2_FORM_2)
		at[SUBMODE_AT] |= SUBMODE_FORM_2;
	else
		at[SUBMODE_AT] &= (uint8_t)~SUBMODE_FORM_2;
	memcpy(at + 4, at, 4);
}

static enum sector_form form_of(const struct cd_blocks *blocks, const uint8_t *sector)
{
	if (!blocks->has_subheader)
		return blocks->form;
	return sector[SECTOR_SUBHEADER_AT + SUBMODE_AT] & SUBMODE_FORM_2 ? SECTOR_MODE_2_FORM_2 : SECTOR_MODE_2_FORM_1;
}

void cd_blocks_make(const struct cd_blocks *blocks, const uint8_t *host, int32_t lba, const uint8_t subheader[4],
		    uint8_t ret_sector[SECTOR_RAW])
{
	memset(ret_sector, 0, SECTOR_RAW);
	if (blocks->form == SECTOR_MODE_2_FORM_1 || blocks->form == SECTOR_MODE_2_FORM_2)
		put_subheader(blocks, subheader, ret_sector);
	if (blocks->main_bytes > 0 && (!blocks->is_ignored || blocks->has_subheader))
		memcpy(ret_sector + blocks->main_at, host, blocks->main_bytes);
	/* Of data that do not matter the subheader does. */
	if (blocks->is_ignored && blocks->has_subheader)
		memset(ret_sector + SECTOR_XA_USER_AT, 0, SECTOR_RAW - SECTOR_XA_USER_AT);
	if (blocks->is_sealed)
		sector_seal(ret_sector, lba, form_of(blocks, ret_sector));
}

void cd_blocks_unscramble(uint8_t sector[SECTOR_RAW])
{
	static const uint8_t sync[SYNC_BYTES] = { 0, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 0 };
	unsigned shift_register = 1;

	if (memcmp(sector, sync, sizeof(sync)) != 0)
		return;
	/* x^15 + x + 1, preset to 1, lowest bit first. */
	for (size_t i = SYNC_BYTES; i < SECTOR_RAW; i++) {
		for (unsigned bit = 0; bit < 8; bit++) {
			sector[i] ^= (uint8_t)((shift_register & 1) << bit);
			shift_register |= ((shift_register ^ shift_register >> 1) & 1) << 15;
			shift_register >>= 1;
		}
	}
}
