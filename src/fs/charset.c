/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fs/charset.h"

#include <stdbool.h>
#include <string.h>

#include "base/bytes.h"

struct output {
	char *text;
	size_t size;
	size_t used;
	bool is_full;
};

static bool is_unprintable(uint32_t c)
{
	bool is_control = c < 0x20 || (c >= 0x7f && c < 0xa0);
	/* Characters that turn the direction of the text or break the line. */
	bool is_direction = c == 0x200e || c == 0x200f || (c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
	bool is_surrogate = c >= 0xd800 && c < 0xe000;

	return is_control || is_direction || is_surrogate || c == 0xfeff || c > 0x10ffff;
}

static void put(struct output *output, uint32_t c)
{
	char bytes[4];
	size_t n = 0;

	if (is_unprintable(c))
		c = '?';
	if (c < 0x80) {
		bytes[n++] = (char)c;
	} else if (c < 0x800) {
		bytes[n++] = (char)(0xc0 | c >> 6);
	} else if (c < 0x10000) {
		bytes[n++] = (char)(0xe0 | c >> 12);
		bytes[n++] = (char)(0x80 | (c >> 6 & 0x3f));
	} else {
		bytes[n++] = (char)(0xf0 | c >> 18);
		bytes[n++] = (char)(0x80 | (c >> 12 & 0x3f));
		bytes[n++] = (char)(0x80 | (c >> 6 & 0x3f));
	}
	if (c >= 0x80)
		bytes[n++] = (char)(0x80 | (c & 0x3f));
	if (output->is_full || output->used + n + 1 > output->size) {
		output->is_full = true;
		return;
	}
	memcpy(output->text + output->used, bytes, n);
	output->used += n;
}

static void finish(struct output *output)
{
	while (output->used > 0 && output->text[output->used - 1] == ' ')
		output->used--;
	output->text[output->used] = '\0';
}

/* Length of the UTF-8 sequence at p, its character in *ret; 0 if it is none. */
static size_t decode_utf8(const uint8_t *p, size_t size, uint32_t *ret)
{
	static const uint32_t smallest[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t n = p[0] < 0x80 ? 1 : p[0] >> 5 == 6 ? 2 : p[0] >> 4 == 14 ? 3 : p[0] >> 3 == 30 ? 4 : 0;
	uint32_t c;

	if (n == 0 || n > size)
		return 0;
	c = n == 1 ? p[0] : p[0] & (0x7fU >> n);
	for (size_t i = 1; i < n; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (p[i] & 0x3f);
	}
	*ret = c;
	return c >= smallest[n] ? n : 0;
}

void charset_from_bytes(const uint8_t *field, size_t size, char *ret, size_t ret_size)
{
	struct output output = { .text = ret, .size = ret_size };

	while (size > 0 && (field[size - 1] == ' ' || field[size - 1] == '\0'))
		size--;
	for (size_t i = 0; i < size;) {
		uint32_t c = '?';
		size_t n = decode_utf8(field + i, size - i, &c);

		put(&output, n > 0 ? c : '?');
		i += n > 0 ? n : 1;
	}
	finish(&output);
}

void charset_from_utf16(const uint8_t *field, size_t size, char *ret, size_t ret_size)
{
	struct output output = { .text = ret, .size = ret_size };

	size -= size % 2;
	while (size > 0 && (get_be16(field + size - 2) == ' ' || get_be16(field + size - 2) == 0))
		size -= 2;
	for (size_t i = 0; i < size; i += 2) {
		uint32_t c = get_be16(field + i);
		uint32_t low = i + 4 <= size ? get_be16(field + i + 2) : 0;

		if (c >= 0xd800 && c < 0xdc00 && low >= 0xdc00 && low < 0xe000) {
			c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
			i += 2;
		}
		put(&output, c);
	}
	finish(&output);
}

void charset_from_osta(const uint8_t *field, size_t size, char *ret, size_t ret_size)
{
	struct output output = { .text = ret, .size = ret_size };

	ret[0] = '\0';
	if (size < 2)
		return;
	if (field[0] == 16 || field[0] == 255) {
		charset_from_utf16(field + 1, size - 1, ret, ret_size);
		return;
	}
	if (field[0] != 8 && field[0] != 254)
		return;
	while (size > 1 && field[size - 1] == 0)
		size--;
	for (size_t i = 1; i < size; i++)
		put(&output, field[i]);
	finish(&output);
}

void charset_from_dstring(const uint8_t *field, size_t size, char *ret, size_t ret_size)
{
	size_t used = size > 0 ? field[size - 1] : 0;

	ret[0] = '\0';
	/* The last byte tells how many are used, the compression ID included. */
	if (size > 0 && used <= size - 1)
		charset_from_osta(field, used, ret, ret_size);
}
