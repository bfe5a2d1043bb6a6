/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The characters of CD-TEXT, and the pack types of its fields. */
#ifndef DISC_CD_TEXT_CHARSET_H
#define DISC_CD_TEXT_CHARSET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "disc/cd_text.h"

/** Pack types (MMC-3 table J.2), and where things are in a pack. */
enum {
	PACK_TITLE = 0x80,
	PACK_MESSAGE = 0x85,
	PACK_DISC_ID = 0x86,
	PACK_GENRE = 0x87,
	PACK_CODE = 0x8e,
	PACK_SIZE = 0x8f,
	PACK_TEXT_AT = 4,
	PACK_TEXT = 12,
	PACK_CRC_AT = 16,
};

/** The third byte's double byte flag. */
enum { PACK_DOUBLE_BYTE = 0x80 };

/** EBU Tech 3264 appendix 3. */
enum { LANGUAGE_JAPANESE = 0x69 };

/** First byte of the size information: what the texts of types 80h to 85h are in; 01h, ASCII, is part of 00h. */
enum { CHARSET_ISO_8859_1 = 0x00, CHARSET_ASCII = 0x01, CHARSET_MS_JIS = 0x80, CHARSET_KOREAN, CHARSET_CHINESE };

/** The field of a pack type or CD_TEXT_N_FIELDS, and the other way round. */
enum cd_text_field cd_text_field_of(uint8_t pack_type);
uint8_t cd_text_pack_type(enum cd_text_field field);

/** True for the fields whose characters the size information tells and that tracks have too; codes and genre are ASCII,
 *  codes are there for tracks as well. */
bool cd_text_field_has_charset(enum cd_text_field field);
bool cd_text_field_is_of_tracks(enum cd_text_field field);

/** A text that a disc holds, as UTF-8 of its own; what is no character becomes U+FFFD. NULL without memory, or with
 *  errno ENOTSUP where this character set is not known. */
char *cd_text_to_utf8(const uint8_t *bytes, size_t n_bytes, uint8_t charset, bool double_byte);

/** UTF-8 as bytes of a disc without the zero behind them, room for strlen(text) + 1 bytes at least for ISO 8859-1 and
 *  twice that for MS-JIS. 0, -EINVAL for what it cannot hold, -ENOTSUP. */
int cd_text_from_utf8(const char *text, uint8_t charset, uint8_t *ret_bytes, size_t *ret_n_bytes);

#endif
