/* SPDX-License-Identifier: GPL-3.0-or-later */
/* CD-TEXT: names and titles in the sub-channels R to W of a lead-in (IEC 61866, MMC-3 annex J). */
#ifndef DISC_CD_TEXT_H
#define DISC_CD_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <discern/error.h>

#include "disc/cd_layout.h"

/** Bytes of a pack with its CRC; packs of one language block; blocks. */
enum { CD_TEXT_PACK = 18, CD_TEXT_MAX_PACKS = 255, CD_TEXT_MAX_BLOCKS = 8 };

/** Kinds of text, in the order of pack types 80h to 86h and 8Eh (the disc's UPC/EAN, a track's ISRC). */
enum cd_text_field {
	CD_TEXT_TITLE,
	CD_TEXT_PERFORMER,
	CD_TEXT_SONGWRITER,
	CD_TEXT_COMPOSER,
	CD_TEXT_ARRANGER,
	CD_TEXT_MESSAGE,
	CD_TEXT_DISC_ID,
	CD_TEXT_GENRE,
	CD_TEXT_CODE,
	CD_TEXT_N_FIELDS,
};

/** One language: texts in UTF-8 by field, of the disc (0) and of tracks 1 to 99; NULL where there is none. */
struct cd_text_block {
	/** EBU Tech 3264 appendix 3: 09h English, 08h German, 0Fh French, 69h Japanese. */
	uint8_t language;
	/** Genre code of pack type 87h, 0 for none. */
	uint16_t genre_code;
	/** Fourth byte of the size information: 3 if the texts are protected, 0 if not. */
	uint8_t copyright;
	char *texts[CD_TEXT_N_FIELDS][CD_MAX_TRACKS + 1];
};

struct cd_text {
	unsigned n_blocks;
	struct cd_text_block blocks[CD_TEXT_MAX_BLOCKS];
};

/** CRC of the first 16 bytes, as the last two hold it. */
uint16_t cd_text_crc(const uint8_t pack[CD_TEXT_PACK]);

/** Packs with a wrong CRC are left out, and counted, unless all CRCs are zero, which is none; what they leave of a text
 *  is its beginning, and texts are cut at nothing else. Of characters that iconv does not know here, there are no
 *  texts. Blocks keep their numbers. -EINVAL if nothing is sound. Release with cd_text_clear(). */
int cd_text_decode(const uint8_t *packs, size_t n_packs, struct cd_text *ret_text, size_t *ret_n_bad,
		   struct discern_error *err);

/** Packs for the tracks first to last, with size information (8Fh) at each block's end. *ret_packs is the caller's,
 *  free(), and NULL without any text. -EINVAL for a text that ISO 8859-1 cannot hold (MS-JIS, all of it in characters
 *  of two bytes, with Japanese), -E2BIG for too much of it, -ENOTSUP without an MS-JIS in iconv. */
int cd_text_encode(const struct cd_text *text, unsigned first_track, unsigned last_track, uint8_t **ret_packs,
		   size_t *ret_n_packs, struct discern_error *err);

/** Sets one text, a copy; NULL removes it. -ENOMEM. */
int cd_text_set(struct cd_text_block *block, enum cd_text_field field, unsigned track, const char *text);

void cd_text_clear(struct cd_text *text);

/** Between 18-byte packs and the sub-channels R to W: four packs are 96 symbols of six bits, those of a sector. */
void cd_text_to_symbols(uint8_t ret_symbols[96], const uint8_t packs[4 * CD_TEXT_PACK]);
void cd_text_from_symbols(uint8_t ret_packs[4 * CD_TEXT_PACK], const uint8_t symbols[96]);

#endif
