/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "support/volume_make.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"

#define SECTOR 2048

static void put_le16(uint8_t *p, uint16_t value)
{
	p[0] = (uint8_t)value;
	p[1] = (uint8_t)(value >> 8);
}

static void put_both32(uint8_t *p, uint32_t value)
{
	put_le32(p, value);
	put_be32(p + 4, value);
}

static void put_both16(uint8_t *p, uint16_t value)
{
	put_le16(p, value);
	put_be16(p + 2, value);
}

uint8_t *volume_blank(void)
{
	return calloc(VOLUME_SECTORS, SECTOR);
}

uint8_t *volume_sector(uint8_t *image, uint32_t lba)
{
	return image + (size_t)lba * SECTOR;
}

void volume_put_text(uint8_t *field, size_t size, const char *text)
{
	size_t length = strlen(text);

	memset(field, ' ', size);
	memcpy(field, text, length < size ? length : size);
}

static uint8_t *put_descriptor(uint8_t *image, uint32_t lba, uint8_t type)
{
	uint8_t *sector = volume_sector(image, lba);

	memset(sector, 0, SECTOR);
	sector[0] = type;
	memcpy(sector + 1, "CD001", 5);
	sector[6] = 1;
	return sector;
}

/* The record of a directory's "." (ECMA-119 9.1) with room for system_use bytes. */
static void put_record(uint8_t *record, uint32_t extent, uint8_t system_use)
{
	memset(record, 0, 34U + system_use);
	record[0] = (uint8_t)(34 + system_use);
	put_both32(record + 2, extent);
	put_both32(record + 10, SECTOR);
	record[25] = 2;
	put_both16(record + 28, 1);
	record[32] = 1;
}

void volume_add_iso9660(uint8_t *image, const char *label)
{
	uint8_t *sector = put_descriptor(image, 16, 1);

	volume_put_text(sector + 8, 32, "LINUX");
	volume_put_text(sector + 40, 32, label);
	put_both32(sector + 80, VOLUME_SECTORS);
	put_both16(sector + 128, SECTOR);
	put_record(sector + 156, VOLUME_ROOT, 0);
	volume_put_text(sector + 318, 128, "A PUBLISHER");
	volume_put_text(sector + 574, 128, "AN APPLICATION");
	memcpy(sector + 813, "2026112210134300", 16);
	/* One hour east of Greenwich. */
	sector[829] = 4;
	put_record(volume_sector(image, VOLUME_ROOT), VOLUME_ROOT, 0);
	put_descriptor(image, 17, 255);
	put_descriptor(image, 18, 255);
	put_descriptor(image, 19, 255);
}

void volume_add_joliet(uint8_t *image, const uint16_t *label, size_t n)
{
	uint8_t *sector = volume_sector(image, 18);

	memcpy(sector, volume_sector(image, 16), SECTOR);
	sector[0] = 2;
	memcpy(sector + 88, "%/E", 3);
	for (size_t i = 0; i < 16; i++)
		put_be16(sector + 40 + i * 2, i < n ? label[i] : ' ');
	/* The set must not end before it. */
	if (volume_sector(image, 17)[0] == 255)
		memcpy(volume_sector(image, 17), sector, SECTOR);
}

void volume_add_rock_ridge(uint8_t *image)
{
	uint8_t *record = volume_sector(image, VOLUME_ROOT);
	uint8_t *entry = record + 34;
	uint8_t *er = volume_sector(image, VOLUME_CONTINUATION) + 100;

	put_record(record, VOLUME_ROOT, 7 + 28);
	memcpy(entry, "SP\x07\x01\xbe\xef\x00", 7);
	memcpy(entry + 7, "CE\x1c\x01", 4);
	put_both32(entry + 11, VOLUME_CONTINUATION);
	put_both32(entry + 19, 100);
	put_both32(entry + 27, 18);
	memcpy(er, "ER\x12\x01\x0a\x00\x00\x01RRIP_1991A", 18);
}

void volume_add_el_torito(uint8_t *image)
{
	uint8_t *record = put_descriptor(image, 17, 0);
	uint8_t *catalogue = volume_sector(image, VOLUME_CATALOGUE);
	uint16_t sum = 0;

	memcpy(record + 7, "EL TORITO SPECIFICATION", 23);
	put_le32(record + 71, VOLUME_CATALOGUE);
	memset(catalogue, 0, SECTOR);
	catalogue[0] = 1;
	catalogue[30] = 0x55;
	catalogue[31] = 0xaa;
	for (size_t i = 0; i < 32; i += 2)
		sum = (uint16_t)(sum + get_le16(catalogue + i));
	put_le16(catalogue + 28, (uint16_t)-sum);
	catalogue[32] = 0x88;
	put_le32(catalogue + 40, 40);
	catalogue[64] = 0x91;
	catalogue[65] = 0xef;
	put_le16(catalogue + 66, 1);
	catalogue[96] = 0x88;
	put_le32(catalogue + 104, 41);
}

void volume_add_partition_table(uint8_t *image)
{
	uint8_t *entry = image + 446;

	entry[0] = 0x80;
	entry[4] = 0x17;
	put_le32(entry + 8, 0);
	put_le32(entry + 12, VOLUME_SECTORS * 4);
	image[510] = 0x55;
	image[511] = 0xaa;
}

/* CRC of ECMA-167 3/7.2.6 by way of polynomial division over 16 additional zero bits. */
static uint16_t divide(const uint8_t *data, size_t size)
{
	uint32_t rest = 0;

	for (size_t bit = 0; bit < (size + 2) * 8; bit++) {
		unsigned next = bit < size * 8 ? data[bit / 8] >> (7 - bit % 8) & 1U : 0;

		rest = rest << 1 | next;
		if ((rest & 0x10000) != 0)
			rest ^= 0x11021;
	}
	return (uint16_t)rest;
}

void volume_seal(uint8_t *descriptor, uint16_t tag, uint32_t location, size_t size)
{
	uint8_t sum = 0;

	put_le16(descriptor, tag);
	put_le16(descriptor + 2, 2);
	put_le16(descriptor + 10, (uint16_t)(size - 16));
	put_le16(descriptor + 8, divide(descriptor + 16, size - 16));
	put_le32(descriptor + 12, location);
	descriptor[4] = 0;
	for (size_t i = 0; i < 16; i++)
		sum = (uint8_t)(sum + descriptor[i]);
	descriptor[4] = sum;
}

void volume_seal_descriptor(uint8_t *image, uint32_t lba, uint16_t tag)
{
	volume_seal(volume_sector(image, lba), tag, lba, 512);
}

static void put_extent(uint8_t *p, uint32_t n_sectors, uint32_t lba)
{
	put_le32(p, n_sectors * SECTOR);
	put_le32(p + 4, lba);
}

static void put_anchor(uint8_t *image, uint32_t lba)
{
	uint8_t *sector = volume_sector(image, lba);

	memset(sector, 0, SECTOR);
	put_extent(sector + 16, 16, VOLUME_SEQUENCE);
	put_extent(sector + 24, 16, VOLUME_RESERVE);
	volume_seal_descriptor(image, lba, 2);
}

/* Primary, partition, logical volume, terminating descriptor. */
static void put_sequence(uint8_t *image, uint32_t lba, const char *label)
{
	uint8_t *primary = volume_sector(image, lba);
	uint8_t *partition = volume_sector(image, lba + 1);
	uint8_t *logical = volume_sector(image, lba + 2);
	size_t length = strlen(label);

	/* 2026-11-22 10:13:43, one hour east. */
	put_le16(primary + 376, (uint16_t)(1 << 12 | 60));
	put_le16(primary + 378, 2026);
	memcpy(primary + 380, "\x0b\x16\x0a\x0d\x2b", 5);
	volume_seal_descriptor(image, lba, 1);
	put_le32(partition + 188, VOLUME_PARTITION);
	put_le32(partition + 192, VOLUME_PARTITION_SECTORS);
	volume_seal_descriptor(image, lba + 1, 5);
	logical[84] = 8;
	memcpy(logical + 85, label, length);
	logical[84 + 127] = (uint8_t)(length + 1);
	put_le32(logical + 212, SECTOR);
	memcpy(logical + 217, "*OSTA UDF Compliant", 19);
	put_le16(logical + 240, 0x0201);
	put_extent(logical + 432, 1, VOLUME_INTEGRITY);
	volume_seal_descriptor(image, lba + 2, 6);
	volume_seal_descriptor(image, lba + 3, 8);
}

void volume_add_udf(uint8_t *image, uint32_t recognition_lba, const char *label)
{
	static const char *const structures[] = { "BEA01", "NSR03", "TEA01" };
	uint8_t *integrity = volume_sector(image, VOLUME_INTEGRITY);

	for (uint32_t i = 0; i < 3; i++) {
		uint8_t *sector = volume_sector(image, recognition_lba + i);

		memset(sector, 0, SECTOR);
		memcpy(sector + 1, structures[i], 5);
		sector[6] = 1;
	}
	put_sequence(image, VOLUME_SEQUENCE, label);
	put_sequence(image, VOLUME_RESERVE, label);
	put_le32(integrity + 72, 1);
	put_le32(integrity + 76, 46);
	put_le16(integrity + 88 + 40, 0x0250);
	put_le16(integrity + 88 + 42, 0x0260);
	volume_seal_descriptor(image, VOLUME_INTEGRITY, 9);
	put_anchor(image, 256);
	put_anchor(image, VOLUME_SECTORS - 1);
}
