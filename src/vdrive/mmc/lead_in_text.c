/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "vdrive/mmc/lead_in_text.h"

#include <string.h>

enum { SYMBOLS = 96, SYMBOL_MASK = 0x3f, PACKS_OF_SECTOR = 4 };

/* Pack types are 80h to 8Fh; which pack it is, its first four bytes tell (IEC 61866, MMC-3 annex J). */
enum { TYPE_MASK = 0xf0, TYPE_TEXT = 0x80, ID_BYTES = 4 };

static void take_pack(struct lead_in_text *text, const uint8_t pack[CD_TEXT_PACK])
{
	/* A sector may be filled up with nothing. */
	if ((pack[0] & TYPE_MASK) != TYPE_TEXT || text->is_whole)
		return;
	if (text->n_packs == LEAD_IN_MAX_PACKS || (text->n_packs > 0 && memcmp(pack, text->packs, ID_BYTES) == 0)) {
		text->is_whole = true;
		return;
	}
	memcpy(text->packs + text->n_packs * CD_TEXT_PACK, pack, CD_TEXT_PACK);
	text->n_packs++;
}

void lead_in_text_take(struct lead_in_text *text, const uint8_t sub[SYMBOLS])
{
	uint8_t symbols[SYMBOLS], packs[PACKS_OF_SECTOR * CD_TEXT_PACK];

	for (size_t i = 0; i < SYMBOLS; i++)
		symbols[i] = sub[i] & SYMBOL_MASK;
	cd_text_from_symbols(packs, symbols);
	for (size_t i = 0; i < PACKS_OF_SECTOR; i++)
		take_pack(text, packs + i * CD_TEXT_PACK);
}
