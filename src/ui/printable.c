/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/printable.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* RFC 3629 section 3: the least code point that a sequence of so many bytes may stand for. */
static const uint32_t least_code_point[] = { 0, 0, 0x80, 0x800, 0x10000 };

static size_t sequence_length(unsigned char first)
{
	if (first < 0x80)
		return 1;
	if (first >= 0xc2 && first < 0xe0)
		return 2;
	if (first >= 0xe0 && first < 0xf0)
		return 3;
	if (first >= 0xf0 && first < 0xf5)
		return 4;
	return 0;
}

/* Decodes one character; returns its bytes, or 0 if they are no UTF-8. */
static size_t decode(const char *text, uint32_t *ret_code_point)
{
	unsigned char first = (unsigned char)text[0];
	size_t length = sequence_length(first);
	uint32_t code_point;

	if (length <= 1) {
		*ret_code_point = first;
		return length;
	}
	code_point = first & (0x7fu >> length);
	for (size_t i = 1; i < length; i++) {
		unsigned char next = (unsigned char)text[i];

		if ((next & 0xc0) != 0x80)
			return 0;
		code_point = code_point << 6 | (next & 0x3f);
	}
	if (code_point < least_code_point[length] || code_point > 0x10ffff ||
	    (code_point >= 0xd800 && code_point < 0xe000))
		return 0;
	*ret_code_point = code_point;
	return length;
}

static bool is_control(uint32_t code_point)
{
	return code_point < 0x20 || (code_point >= 0x7f && code_point < 0xa0);
}

/* replacement stands for bytes that are no UTF-8, and for control characters if they are to go. */
static char *copy(const char *text, const char *replacement, bool without_controls)
{
	size_t replacement_length = strlen(replacement);
	char *clean = malloc(strlen(text) * replacement_length + 1);
	char *end = clean;

	if (clean == NULL)
		return NULL;
	while (*text != '\0') {
		uint32_t code_point = 0;
		size_t length = decode(text, &code_point);

		if (length == 0 || (without_controls && is_control(code_point))) {
			memcpy(end, replacement, replacement_length);
			end += replacement_length;
			text += length == 0 ? 1 : length;
		} else {
			memcpy(end, text, length);
			end += length;
			text += length;
		}
	}
	*end = '\0';
	return clean;
}

char *printable_text(const char *text)
{
	return copy(text, "?", true);
}

char *printable_utf8(const char *text)
{
	return copy(text, "\xef\xbf\xbd", false);
}

size_t printable_columns(const char *text)
{
	size_t columns = 0;

	for (; *text != '\0'; text++)
		columns += ((unsigned char)*text & 0xc0) != 0x80;
	return columns;
}
