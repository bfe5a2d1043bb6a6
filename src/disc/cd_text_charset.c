/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "disc/cd_text_charset.h"

#include <errno.h>
#include <iconv.h>
#include <stdlib.h>
#include <string.h>

/* What stands for bytes that are no character. */
static const char replacement[] = "\xef\xbf\xbd";

/* The longest that a byte of any of these sets becomes as UTF-8. */
enum { UTF8_MAX = 4 };

enum cd_text_field cd_text_field_of(uint8_t pack_type)
{
	if (pack_type >= PACK_TITLE && pack_type <= PACK_GENRE)
		return (enum cd_text_field)(CD_TEXT_TITLE + pack_type - PACK_TITLE);
	return pack_type == PACK_CODE ? CD_TEXT_CODE : CD_TEXT_N_FIELDS;
}

uint8_t cd_text_pack_type(enum cd_text_field field)
{
	return field == CD_TEXT_CODE ? PACK_CODE : (uint8_t)(PACK_TITLE + field);
}

bool cd_text_field_has_charset(enum cd_text_field field)
{
	return field <= CD_TEXT_MESSAGE;
}

bool cd_text_field_is_of_tracks(enum cd_text_field field)
{
	return field <= CD_TEXT_MESSAGE || field == CD_TEXT_CODE;
}

static const char *iconv_name(uint8_t charset)
{
	switch (charset) {
	case CHARSET_MS_JIS:
		return "CP932";
	case CHARSET_KOREAN:
		return "CP949";
	case CHARSET_CHINESE:
		return "GBK";
	default:
		return NULL;
	}
}

static char *latin_1_to_utf8(const uint8_t *bytes, size_t n_bytes)
{
	char *text = malloc(2 * n_bytes + 1), *end = text;

	if (text == NULL)
		return NULL;
	for (size_t i = 0; i < n_bytes; i++) {
		if (bytes[i] >= 0x80)
			*end++ = (char)(0xc0 | bytes[i] >> 6);
		*end++ = (char)(bytes[i] < 0x80 ? bytes[i] : 0x80 | (bytes[i] & 0x3f));
	}
	*end = '\0';
	return text;
}

/* Goes on behind what is no character; half of one at the end iconv may keep for itself. */
static void convert(iconv_t converter, char *in, size_t n_in, char *out, size_t n_out)
{
	while (n_in > 0 && iconv(converter, &in, &n_in, &out, &n_out) == (size_t)-1) {
		if (errno == E2BIG || n_out < sizeof(replacement))
			break;
		memcpy(out, replacement, strlen(replacement));
		out += strlen(replacement);
		n_out -= strlen(replacement);
		if (n_in > 0) {
			in++;
			n_in--;
		}
	}
	*out = '\0';
}

static char *multibyte_to_utf8(const uint8_t *bytes, size_t n_bytes, const char *name)
{
	size_t n_out = UTF8_MAX * (n_bytes + 1);
	char *text = malloc(n_out + 1), *copy = malloc(n_bytes + 1);
	iconv_t converter = iconv_open("UTF-8", name);

	if (text == NULL || copy == NULL || converter == (iconv_t)-1) {
		int error = converter == (iconv_t)-1 ? ENOTSUP : ENOMEM;

		free(text);
		text = NULL;
		if (converter != (iconv_t)-1)
			iconv_close(converter);
		free(copy);
		errno = error;
		return NULL;
	}
	if (n_bytes > 0)
		memcpy(copy, bytes, n_bytes);
	convert(converter, copy, n_bytes, text, n_out);
	iconv_close(converter);
	free(copy);
	return text;
}

char *cd_text_to_utf8(const uint8_t *bytes, size_t n_bytes, uint8_t charset, bool double_byte)
{
	if (!double_byte && charset <= CHARSET_ASCII)
		return latin_1_to_utf8(bytes, n_bytes);
	/* Only MS-JIS has characters of two bytes by MMC-3; a disc without size information may have them too. */
	if (charset <= CHARSET_ASCII)
		charset = CHARSET_MS_JIS;
	if (iconv_name(charset) == NULL) {
		errno = ENOTSUP;
		return NULL;
	}
	return multibyte_to_utf8(bytes, n_bytes, iconv_name(charset));
}

/* The next character of UTF-8, or -1 if it is none (RFC 3629); moves *text on. */
static int32_t next_character(const char **text)
{
	const uint8_t *bytes = (const uint8_t *)*text;
	static const int32_t least[] = { 0, 0x80, 0x800, 0x10000 };
	unsigned n_more = bytes[0] < 0x80 ? 0 : bytes[0] < 0xe0 ? 1 : bytes[0] < 0xf0 ? 2 : 3;
	int32_t character = n_more == 0 ? bytes[0] : bytes[0] & (0x3f >> n_more);

	if ((bytes[0] >= 0x80 && bytes[0] < 0xc2) || bytes[0] > 0xf4)
		return -1;
	for (unsigned i = 1; i <= n_more; i++) {
		if ((bytes[i] & 0xc0) != 0x80)
			return -1;
		character = character << 6 | (bytes[i] & 0x3f);
	}
	*text += n_more + 1;
	if (character < least[n_more] || character > 0x10ffff || (character >= 0xd800 && character < 0xe000))
		return -1;
	return character;
}

static int latin_1_from_utf8(const char *text, uint8_t *ret_bytes, size_t *ret_n_bytes)
{
	size_t n = 0;

	while (*text != '\0') {
		int32_t character = next_character(&text);

		if (character < 0 || character > 0xff)
			return -EINVAL;
		ret_bytes[n++] = (uint8_t)character;
	}
	*ret_n_bytes = n;
	return 0;
}

/* One character as UTF-8, whose fullwidth form stands for an ASCII one (Unicode FF01 to FF5E, and 3000 for a blank). */
static size_t put_fullwidth(const char *from, size_t size, char ret[UTF8_MAX])
{
	unsigned wide = 0xff01 + (unsigned)(uint8_t)from[0] - '!';

	if (size > 1 || from[0] < ' ' || from[0] > '~') {
		memcpy(ret, from, size);
		return size;
	}
	if (from[0] == ' ')
		wide = 0x3000;
	ret[0] = (char)(0xe0 | wide >> 12);
	ret[1] = (char)(0x80 | (wide >> 6 & 0x3f));
	ret[2] = (char)(0x80 | (wide & 0x3f));
	return 3;
}

static int ms_jis_from_utf8(const char *text, uint8_t *ret_bytes, size_t *ret_n_bytes)
{
	iconv_t converter = iconv_open("CP932", "UTF-8");
	size_t n = 0;
	int error = 0;

	if (converter == (iconv_t)-1)
		return -ENOTSUP;
	while (*text != '\0' && error == 0) {
		char character[UTF8_MAX], *in = character, *out = (char *)ret_bytes + n;
		const char *from = text;
		size_t n_in, n_out = 2;

		if (next_character(&text) < 0) {
			error = -EINVAL;
			break;
		}
		n_in = put_fullwidth(from, (size_t)(text - from), character);
		/* All of them have two bytes, or none could be found in a pack. */
		if (iconv(converter, &in, &n_in, &out, &n_out) != 0 || n_out != 0)
			error = -EINVAL;
		n += 2;
	}
	iconv_close(converter);
	*ret_n_bytes = n;
	return error;
}

int cd_text_from_utf8(const char *text, uint8_t charset, uint8_t *ret_bytes, size_t *ret_n_bytes)
{
	if (charset == CHARSET_MS_JIS)
		return ms_jis_from_utf8(text, ret_bytes, ret_n_bytes);
	return latin_1_from_utf8(text, ret_bytes, ret_n_bytes);
}
