/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rip/name.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

/** Length of the well-formed UTF-8 character at p (RFC 3629), 0 if there is none; *ret_code is its number. */
static size_t utf8_character(const unsigned char *p, uint32_t *ret_code)
{
	static const uint32_t smallest[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t length = p[0] < 0x80 ? 1 : p[0] >= 0xf0 ? 4 : p[0] >= 0xe0 ? 3 : 2;
	uint32_t code = p[0];

	if (length == 1) {
		*ret_code = code;
		return 1;
	}
	if (p[0] < 0xc2 || p[0] > 0xf4)
		return 0;
	code &= 0xffu >> (length + 1);
	for (size_t i = 1; i < length; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		code = code << 6 | (p[i] & 0x3fu);
	}
	if (code < smallest[length] || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
		return 0;
	*ret_code = code;
	return length;
}

/** C0 and C1 control characters, and those that reorder or hide text, so that a name is what it looks like. */
static int is_hidden(uint32_t code)
{
	return code < 0x20 || (code >= 0x7f && code < 0xa0) || (code >= 0x200b && code <= 0x200f) ||
	       (code >= 0x2028 && code <= 0x202e) || (code >= 0x2060 && code <= 0x206f) || code == 0xfeff;
}

size_t name_make_safe(const char *label, char *ret, size_t size)
{
	const unsigned char *p = (const unsigned char *)label;
	size_t length = 0;

	while (*p != '\0') {
		uint32_t code = 0;
		size_t n = utf8_character(p, &code);

		if (n == 0 || code == '/' || code == '\\') {
			ret[length++] = '_';
		} else if (!is_hidden(code) && !(length == 0 && (code == '.' || code == '-' || code == ' '))) {
			memcpy(ret + length, p, n);
			length += n;
		}
		p += n == 0 ? 1 : n;
		if (length + 4 >= size)
			break;
	}
	while (length > 0 && ret[length - 1] == ' ')
		length--;
	ret[length] = '\0';
	return length;
}

const char *name_from_label(const char *label, unsigned number, char ret_name[NAME_SIZE])
{
	char base[NAME_SIZE - 24];

	if (name_make_safe(label, base, sizeof(base)) == 0)
		snprintf(base, sizeof(base), "disc");
	if (number > 1)
		snprintf(ret_name, NAME_SIZE, "%s-%u.iso", base, number);
	else
		snprintf(ret_name, NAME_SIZE, "%s.iso", base);
	return ret_name;
}
