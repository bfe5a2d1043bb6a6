/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fs/udf_descriptor.h"

#include <discern/medium.h>

#include "base/bytes.h"

uint16_t udf_crc16(const uint8_t *data, size_t size)
{
	/* What four bits make of the rest. */
	static const uint16_t table[16] = { 0x0000, 0x1021, 0x2042, 0x3063, 0x4084, 0x50a5, 0x60c6, 0x70e7,
					    0x8108, 0x9129, 0xa14a, 0xb16b, 0xc18c, 0xd1ad, 0xe1ce, 0xf1ef };
	uint16_t crc = 0;

	for (size_t i = 0; i < size; i++) {
		crc = (uint16_t)(crc << 4 ^ table[crc >> 12 ^ data[i] >> 4]);
		crc = (uint16_t)(crc << 4 ^ table[crc >> 12 ^ (data[i] & 0xf)]);
	}
	return crc;
}

int udf_sound_tag(const uint8_t *data, size_t size)
{
	uint8_t sum = 0;
	size_t crc_size;

	if (size < UDF_TAG_SIZE)
		return UDF_TAG_NONE;
	crc_size = get_le16(data + 10);
	for (size_t i = 0; i < UDF_TAG_SIZE; i++)
		sum = (uint8_t)(sum + (i == 4 ? 0 : data[i]));
	if (sum != data[4] || crc_size > size - UDF_TAG_SIZE)
		return UDF_TAG_NONE;
	/* A sector of zeros has a right sum, and is no descriptor; versions are 2 and 3 (3/7.2.2). */
	if (get_le16(data + 2) < 2 || get_le16(data + 2) > 3)
		return UDF_TAG_NONE;
	return udf_crc16(data + UDF_TAG_SIZE, crc_size) == get_le16(data + 8) ? get_le16(data) : UDF_TAG_NONE;
}

int udf_tag_at(const uint8_t *sector, uint32_t block)
{
	return get_le32(sector + 12) == block ? udf_sound_tag(sector, DISCERN_SECTOR_SIZE) : UDF_TAG_NONE;
}
