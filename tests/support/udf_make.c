/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "support/udf_make.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "support/volume_make.h"

#define SECTOR 2048

uint16_t udf_make_map;

static void put_le16(uint8_t *p, unsigned value)
{
	p[0] = (uint8_t)value;
	p[1] = (uint8_t)(value >> 8);
}

size_t udf_make_descriptor(uint8_t *p, unsigned kind, uint32_t length, uint32_t block, uint16_t map)
{
	uint8_t *address = p + (kind == UDF_MAKE_EXTENDED ? 12 : 4);
	size_t size = kind == UDF_MAKE_SHORT ? 8 : kind == UDF_MAKE_LONG ? 16 : 20;

	memset(p, 0, size);
	put_le32(p, length);
	if (kind == UDF_MAKE_EXTENDED) {
		put_le32(p + 4, length & 0x3fffffff);
		put_le32(p + 8, length & 0x3fffffff);
	}
	put_le32(address, block);
	if (kind != UDF_MAKE_SHORT)
		put_le16(address + 4, map);
	return size;
}

void udf_make_entry(uint8_t *image, const struct udf_make_entry *entry)
{
	uint8_t *sector = volume_sector(image, entry->lba);
	size_t start = entry->is_extended ? 216 : 176;

	memset(sector, 0, SECTOR);
	put_le16(sector + 20, entry->strategy > 0 ? entry->strategy : 4);
	put_le16(sector + 24, 1);
	sector[27] = entry->type;
	put_le16(sector + 34, entry->kind);
	put_le16(sector + 48, 1);
	put_le32(sector + 56, (uint32_t)entry->size_bytes);
	put_le32(sector + 60, (uint32_t)(entry->size_bytes >> 32));
	put_le32(sector + start - 4, (uint32_t)entry->n_bytes);
	memcpy(sector + start, entry->bytes, entry->n_bytes);
	volume_seal(sector, entry->is_extended ? 266 : 261, entry->block, start + entry->n_bytes);
}

size_t udf_make_identifier(uint8_t *p, const char *name, unsigned characteristics, uint32_t icb_block,
			   uint32_t location)
{
	size_t length = strlen(name), name_size = 0, size;
	uint8_t *field = p + 38;

	memset(p, 0, 38 + 2 * length + 8);
	put_le16(p + 16, 1);
	p[18] = (uint8_t)characteristics;
	udf_make_descriptor(p + 20, UDF_MAKE_LONG, SECTOR, icb_block, udf_make_map);
	if (length > 0)
		field[name_size++] = characteristics & UDF_MAKE_WIDE ? 16 : 8;
	for (size_t i = 0; i < length; i++) {
		if (characteristics & UDF_MAKE_WIDE)
			field[name_size++] = 0;
		field[name_size++] = (uint8_t)name[i];
	}
	p[19] = (uint8_t)name_size;
	size = (38 + name_size + 3) / 4 * 4;
	volume_seal(p, 257, location, size);
	return size;
}

void udf_make_allocation_extent(uint8_t *image, uint32_t lba, uint32_t block, const uint8_t *bytes, size_t n)
{
	uint8_t *sector = volume_sector(image, lba);

	memset(sector, 0, SECTOR);
	put_le32(sector + 20, (uint32_t)n);
	memcpy(sector + 24, bytes, n);
	volume_seal(sector, 258, block, 24 + n);
}

void udf_make_indirect(uint8_t *image, uint32_t lba, uint32_t block, uint32_t next)
{
	uint8_t *sector = volume_sector(image, lba);

	memset(sector, 0, SECTOR);
	put_le16(sector + 20, 4096);
	sector[27] = 3;
	udf_make_descriptor(sector + 36, UDF_MAKE_LONG, 2 * SECTOR, next, 0);
	volume_seal(sector, 259, block, 52);
}

void udf_make_file_set(uint8_t *image, uint32_t lba, uint32_t block, uint32_t root, uint16_t map)
{
	uint8_t *sector = volume_sector(image, lba);

	memset(sector, 0, SECTOR);
	udf_make_descriptor(sector + 400, UDF_MAKE_LONG, SECTOR, root, map);
	volume_seal(sector, 256, block, 512);
}

/* Both descriptors of the logical volume, in the main and the reserve sequence. */
static uint8_t *logical_volume(uint8_t *image, unsigned index)
{
	return volume_sector(image, (index == 0 ? VOLUME_SEQUENCE : VOLUME_RESERVE) + 2);
}

static void seal_logical_volumes(uint8_t *image)
{
	volume_seal(logical_volume(image, 0), 6, VOLUME_SEQUENCE + 2, 1024);
	volume_seal(logical_volume(image, 1), 6, VOLUME_RESERVE + 2, 1024);
}

void udf_make_maps(uint8_t *image, uint32_t file_set, uint16_t map)
{
	for (unsigned i = 0; i < 2; i++) {
		uint8_t *sector = logical_volume(image, i);

		udf_make_descriptor(sector + 248, UDF_MAKE_LONG, 2 * SECTOR, file_set, map);
		put_le32(sector + 264, 6);
		put_le32(sector + 268, 1);
		memcpy(sector + 440, "\x01\x06\x01\x00\x00\x00", 6);
	}
	seal_logical_volumes(image);
}

/* A map of type 2 at offset of the table, the number-th. */
static uint8_t *put_map(uint8_t *sector, size_t offset, uint32_t number, const char *name)
{
	uint8_t *entry = sector + 440 + offset;

	memset(entry, 0, 64);
	entry[0] = 2;
	entry[1] = 64;
	memcpy(entry + 5, name, strlen(name));
	put_le16(entry + 36, 1);
	put_le32(sector + 264, (uint32_t)offset + 64);
	put_le32(sector + 268, number);
	return entry;
}

void udf_make_map_virtual(uint8_t *image)
{
	for (unsigned i = 0; i < 2; i++)
		/* The revision tells readers of which kind the table is. */
		put_le16(put_map(logical_volume(image, i), 6, 2, "*UDF Virtual Partition") + 28, 0x0201);
	seal_logical_volumes(image);
}

void udf_make_map_metadata(uint8_t *image, uint32_t main_icb, uint32_t mirror_icb)
{
	for (unsigned i = 0; i < 2; i++) {
		uint8_t *entry = put_map(logical_volume(image, i), 6, 2, "*UDF Metadata Partition");

		put_le32(entry + 40, main_icb);
		put_le32(entry + 44, mirror_icb);
		put_le32(entry + 48, UINT32_MAX);
		put_le32(entry + 52, 1);
		put_le16(entry + 56, 1);
		entry[58] = 1;
	}
	seal_logical_volumes(image);
}

void udf_make_map_sparable(uint8_t *image, uint16_t packet, uint32_t table_lba)
{
	for (unsigned i = 0; i < 2; i++) {
		uint8_t *entry = put_map(logical_volume(image, i), 0, 1, "*UDF Sparable Partition");

		put_le16(entry + 40, packet);
		entry[42] = 1;
		put_le32(entry + 44, SECTOR);
		put_le32(entry + 48, table_lba);
	}
	seal_logical_volumes(image);
}

void udf_make_sparing_table(uint8_t *image, uint32_t lba, uint32_t packet, uint32_t moved_lba)
{
	uint8_t *sector = volume_sector(image, lba);

	memset(sector, 0, SECTOR);
	memcpy(sector + 17, "*UDF Sparing Table", 18);
	put_le16(sector + 48, 2);
	put_le32(sector + 56, packet);
	put_le32(sector + 60, moved_lba);
	put_le32(sector + 64, UINT32_MAX);
	put_le32(sector + 68, moved_lba + 16);
	volume_seal(sector, 0, lba, 72);
}

void udf_make_vat_200(uint8_t *image, uint32_t lba, uint32_t block, const uint32_t *entries, size_t n)
{
	uint8_t bytes[1024] = { 152 };

	put_le32(bytes + 132, UINT32_MAX);
	for (size_t i = 0; i < n; i++)
		put_le32(bytes + 152 + i * 4, entries[i]);
	udf_make_entry(image, &(struct udf_make_entry){ .lba = lba,
							.block = block,
							.is_extended = true,
							.type = UDF_MAKE_VAT,
							.kind = UDF_MAKE_EMBEDDED,
							.size_bytes = 152 + n * 4,
							.bytes = bytes,
							.n_bytes = 152 + n * 4 });
}

void udf_make_vat_150(uint8_t *image, uint32_t lba, uint32_t block, const uint32_t *entries, size_t n)
{
	uint8_t bytes[1024] = { 0 };

	for (size_t i = 0; i < n; i++)
		put_le32(bytes + i * 4, entries[i]);
	memcpy(bytes + n * 4 + 1, "*UDF Virtual Alloc Tbl", 22);
	put_le32(bytes + n * 4 + 32, UINT32_MAX);
	udf_make_entry(image, &(struct udf_make_entry){ .lba = lba,
							.block = block,
							.kind = UDF_MAKE_EMBEDDED,
							.size_bytes = 36 + n * 4,
							.bytes = bytes,
							.n_bytes = 36 + n * 4 });
}

/* ---- whole volumes ---- */

enum {
	/* Blocks of the partition where the metadata file and its mirror have their ICBs and data. */
	METADATA_ICB = 10,
	METADATA_DATA = 12,
	MIRROR_ICB = 30,
	MIRROR_DATA = 32,
	METADATA_BLOCKS = 16,
	/* The main file lies in two pieces. */
	METADATA_FIRST_BLOCKS = 4,
	METADATA_REST = 112,
	/* Of a sparable partition, where the packet from 0 on was moved to, and the table. */
	PACKET = 16,
	MOVED_LBA = 100,
	SPARING_LBA = 96,
	/* Virtual blocks lie backwards from here. */
	VIRTUAL_LAST = 40,
	VIRTUAL_BLOCKS = 10,
};

uint32_t udf_make_lba(enum udf_make_kind kind, uint32_t block)
{
	switch (kind) {
	case UDF_MAKE_SPARABLE:
		return MOVED_LBA + block;
	case UDF_MAKE_VIRTUAL:
		return VOLUME_PARTITION + VIRTUAL_LAST - block;
	case UDF_MAKE_METADATA_MAP:
		return VOLUME_PARTITION + (block < METADATA_FIRST_BLOCKS
						   ? METADATA_DATA + block
						   : METADATA_REST + block - METADATA_FIRST_BLOCKS);
	case UDF_MAKE_PLAIN:
	case UDF_MAKE_N_KINDS:
		break;
	}
	return VOLUME_PARTITION + block;
}

static void put_entry(uint8_t *image, enum udf_make_kind kind, struct udf_make_entry entry)
{
	entry.lba = udf_make_lba(kind, entry.block);
	entry.is_extended = kind == UDF_MAKE_METADATA_MAP;
	udf_make_entry(image, &entry);
}

static void put_folders(uint8_t *image, enum udf_make_kind kind)
{
	uint8_t bytes[SECTOR] = { 0 }, descriptor[16];
	uint16_t map = udf_make_map;
	size_t n = 0, size;

	n += udf_make_identifier(bytes + n, "", UDF_MAKE_PARENT | UDF_MAKE_IS_FOLDER, 2, 3);
	n += udf_make_identifier(bytes + n, "file", 0, 4, 3);
	n += udf_make_identifier(bytes + n, "gone", UDF_MAKE_DELETED, 4, 3);
	n += udf_make_identifier(bytes + n, "link", 0, 4, 3);
	n += udf_make_identifier(bytes + n, "folder", UDF_MAKE_IS_FOLDER, 5, 3);
	n += udf_make_identifier(bytes + n, "embedded", 0, 8, 3);
	memcpy(volume_sector(image, udf_make_lba(kind, 3)), bytes, n);
	size = udf_make_descriptor(descriptor, UDF_MAKE_LONG, (uint32_t)n, 3, map);
	put_entry(image, kind,
		  (struct udf_make_entry){ .block = 2,
					   .type = UDF_MAKE_FOLDER,
					   .kind = UDF_MAKE_LONG,
					   .size_bytes = n,
					   .bytes = descriptor,
					   .n_bytes = size });
	n = udf_make_identifier(bytes, "", UDF_MAKE_PARENT | UDF_MAKE_IS_FOLDER, 2, 6);
	n += udf_make_identifier(bytes + n,
				 "Gr\xf6\xdf"
				 "e",
				 UDF_MAKE_WIDE, 7, 6);
	memcpy(volume_sector(image, udf_make_lba(kind, 6)), bytes, n);
	size = udf_make_descriptor(descriptor, UDF_MAKE_SHORT, (uint32_t)n, 6, 0);
	put_entry(image, kind,
		  (struct udf_make_entry){ .block = 5,
					   .type = UDF_MAKE_FOLDER,
					   .kind = UDF_MAKE_SHORT,
					   .size_bytes = n,
					   .bytes = descriptor,
					   .n_bytes = size });
}

static void put_files(uint8_t *image, enum udf_make_kind kind)
{
	uint8_t descriptors[40];
	size_t n = udf_make_descriptor(descriptors, UDF_MAKE_LONG, 3 * SECTOR, 60, 0);

	n += udf_make_descriptor(descriptors + n, UDF_MAKE_LONG, 9000 - 3 * SECTOR, 70, 0);
	put_entry(image, kind,
		  (struct udf_make_entry){ .block = 4,
					   .type = UDF_MAKE_FILE,
					   .kind = UDF_MAKE_LONG,
					   .size_bytes = 9000,
					   .bytes = descriptors,
					   .n_bytes = n });
	n = udf_make_descriptor(descriptors, UDF_MAKE_EXTENDED, 1234, 80, 0);
	put_entry(image, kind,
		  (struct udf_make_entry){ .block = 7,
					   .type = UDF_MAKE_FILE,
					   .kind = UDF_MAKE_EXTENDED,
					   .size_bytes = 1234,
					   .bytes = descriptors,
					   .n_bytes = n });
	put_entry(image, kind,
		  (struct udf_make_entry){ .block = 8,
					   .type = UDF_MAKE_FILE,
					   .kind = UDF_MAKE_EMBEDDED,
					   .size_bytes = 5,
					   .bytes = (const uint8_t *)"words",
					   .n_bytes = 5 });
}

static void put_metadata(uint8_t *image)
{
	uint8_t descriptors[16];
	size_t n = udf_make_descriptor(descriptors, UDF_MAKE_SHORT, METADATA_FIRST_BLOCKS * SECTOR, METADATA_DATA, 0);
	struct udf_make_entry entry = { .lba = VOLUME_PARTITION + METADATA_ICB,
					.block = METADATA_ICB,
					.is_extended = true,
					.type = UDF_MAKE_METADATA,
					.kind = UDF_MAKE_SHORT,
					.size_bytes = METADATA_BLOCKS * SECTOR,
					.bytes = descriptors };

	udf_make_map_metadata(image, METADATA_ICB, MIRROR_ICB);
	n += udf_make_descriptor(descriptors + n, UDF_MAKE_SHORT, (METADATA_BLOCKS - METADATA_FIRST_BLOCKS) * SECTOR,
				 METADATA_REST, 0);
	entry.n_bytes = n;
	udf_make_entry(image, &entry);
	entry.lba = VOLUME_PARTITION + MIRROR_ICB;
	entry.block = MIRROR_ICB;
	entry.type = UDF_MAKE_MIRROR;
	entry.n_bytes = udf_make_descriptor(descriptors, UDF_MAKE_SHORT, METADATA_BLOCKS * SECTOR, MIRROR_DATA, 0);
	udf_make_entry(image, &entry);
	for (uint32_t i = 0; i < METADATA_BLOCKS; i++)
		memcpy(volume_sector(image, VOLUME_PARTITION + MIRROR_DATA + i),
		       volume_sector(image, udf_make_lba(UDF_MAKE_METADATA_MAP, i)), SECTOR);
}

static void put_vat(uint8_t *image)
{
	uint32_t entries[VIRTUAL_BLOCKS];

	for (uint32_t i = 0; i < VIRTUAL_BLOCKS; i++)
		entries[i] = VIRTUAL_LAST - i;
	udf_make_map_virtual(image);
	/* The last sector that is written; some padding follows. */
	udf_make_vat_200(image, VOLUME_PARTITION + 120, 120, entries, VIRTUAL_BLOCKS);
}

uint8_t *udf_make_volume(enum udf_make_kind kind)
{
	bool has_second_map = kind == UDF_MAKE_VIRTUAL || kind == UDF_MAKE_METADATA_MAP;
	uint8_t *image = volume_blank();

	if (image == NULL)
		return NULL;
	volume_add_udf(image, 16, "FILES IN UDF");
	udf_make_map = has_second_map;
	udf_make_maps(image, 0, udf_make_map);
	udf_make_file_set(image, udf_make_lba(kind, 0), 0, 2, udf_make_map);
	put_folders(image, kind);
	put_files(image, kind);
	if (kind == UDF_MAKE_SPARABLE) {
		udf_make_map_sparable(image, PACKET, SPARING_LBA);
		udf_make_sparing_table(image, SPARING_LBA, 0, MOVED_LBA);
	}
	if (kind == UDF_MAKE_METADATA_MAP)
		put_metadata(image);
	if (kind == UDF_MAKE_VIRTUAL)
		put_vat(image);
	udf_make_map = 0;
	return image;
}
