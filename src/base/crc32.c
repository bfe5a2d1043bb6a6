/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/crc32.h"

#include "base/bytes.h"

#define POLYNOMIAL 0xedb88320U

void crc32_init(struct crc32 *crc)
{
	crc->value = 0;
	for (uint32_t i = 0; i < 256; i++) {
		uint32_t value = i;

		for (int bit = 0; bit < 8; bit++)
			value = (value >> 1) ^ ((value & 1) != 0 ? POLYNOMIAL : 0);
		crc->tables[0][i] = value;
	}
	for (uint32_t i = 0; i < 256; i++)
		for (int k = 1; k < 8; k++)
			crc->tables[k][i] = (crc->tables[k - 1][i] >> 8) ^ crc->tables[0][crc->tables[k - 1][i] & 0xff];
}

void crc32_update(struct crc32 *crc, const void *data, size_t size)
{
	const uint32_t(*tables)[256] = (const uint32_t(*)[256])crc->tables;
	uint32_t value = ~crc->value;
	const uint8_t *bytes = data;

	for (; size >= 8; size -= 8, bytes += 8) {
		uint32_t low = value ^ get_le32(bytes), high = get_le32(bytes + 4);

		value = tables[7][low & 0xff] ^ tables[6][(low >> 8) & 0xff] ^ tables[5][(low >> 16) & 0xff] ^
			tables[4][low >> 24] ^ tables[3][high & 0xff] ^ tables[2][(high >> 8) & 0xff] ^
			tables[1][(high >> 16) & 0xff] ^ tables[0][high >> 24];
	}
	for (; size > 0; size--, bytes++)
		value = (value >> 8) ^ tables[0][(value ^ *bytes) & 0xff];
	crc->value = ~value;
}
