/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "disc/cd_text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "disc/cd_text_charset.h"
#include "disc/crc16.h"

uint16_t cd_text_crc(const uint8_t pack[CD_TEXT_PACK])
{
	return crc16_inverted(pack, PACK_CRC_AT);
}

int cd_text_set(struct cd_text_block *block, enum cd_text_field field, unsigned track, const char *text)
{
	char *copy = NULL;

	if (field >= CD_TEXT_N_FIELDS || track > CD_MAX_TRACKS)
		return -EINVAL;
	if (text != NULL) {
		copy = strdup(text);
		if (copy == NULL)
			return -ENOMEM;
	}
	free(block->texts[field][track]);
	block->texts[field][track] = copy;
	return 0;
}

void cd_text_clear(struct cd_text *text)
{
	for (unsigned block = 0; block < CD_TEXT_MAX_BLOCKS; block++)
		for (unsigned field = 0; field < CD_TEXT_N_FIELDS; field++)
			for (unsigned track = 0; track <= CD_MAX_TRACKS; track++)
				free(text->blocks[block].texts[field][track]);
	memset(text, 0, sizeof(*text));
}

/* Three bytes are four symbols, the highest bits first. */
void cd_text_to_symbols(uint8_t ret_symbols[96], const uint8_t packs[4 * CD_TEXT_PACK])
{
	for (unsigned i = 0; i < 96; i++)
		ret_symbols[i] = get_be24(packs + i / 4 * 3) >> (18 - i % 4 * 6) & 0x3f;
}

void cd_text_from_symbols(uint8_t ret_packs[4 * CD_TEXT_PACK], const uint8_t symbols[96])
{
	for (unsigned i = 0; i < 24; i++) {
		uint32_t bits = 0;

		for (unsigned j = 0; j < 4; j++)
			bits = bits << 6 | (symbols[4 * i + j] & 0x3f);
		put_be24(ret_packs + 3 * i, bits);
	}
}
