/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fs/iso9660_find.h"

#include <string.h>
#include <strings.h>

#include "base/bytes.h"
#include "fs/iso9660.h"
#include "fs/probe.h"

/* Primary volume descriptor (ECMA-119 8.4) and directory record (9.1). */
enum { PRIMARY_LBA = 16, ROOT_RECORD = 156, EXTENT = 2, SIZE = 10, NAME_LENGTH = 32, NAME = 33 };

static void take_place(const uint8_t *record, struct iso9660_place *ret_place)
{
	ret_place->lba = get_le32(record + EXTENT);
	ret_place->size_bytes = get_le32(record + SIZE);
}

/* "VTS_01_1.VOB;1" is VTS_01_1.VOB, and "AACS" or "AACS.;1" are AACS. */
static bool is_name(const uint8_t *record, const char *name, size_t length)
{
	size_t n = record[NAME_LENGTH];

	if (n < length || (size_t)NAME + n > record[0] || strncasecmp((const char *)record + NAME, name, length) != 0)
		return false;
	return n == length || record[NAME + length] == ';' ||
	       (record[NAME + length] == '.' && (n == length + 1 || record[NAME + length + 1] == ';'));
}

/* Looks for a name in one sector of a folder. */
static bool find_in_sector(const uint8_t *sector, const char *name, size_t length, struct iso9660_place *ret_place)
{
	for (size_t at = 0; at + NAME < DISCERN_SECTOR_SIZE && sector[at] > NAME; at += sector[at]) {
		if (at + sector[at] > DISCERN_SECTOR_SIZE)
			return false;
		if (is_name(sector + at, name, length)) {
			take_place(sector + at, ret_place);
			return true;
		}
	}
	return false;
}

/* In the folder at *place, which becomes that of the name. */
static int enter(struct probe *probe, const char *name, size_t length, struct iso9660_place *place)
{
	uint32_t n_sectors = place->size_bytes / DISCERN_SECTOR_SIZE + (place->size_bytes % DISCERN_SECTOR_SIZE != 0);
	uint32_t first = place->lba;
	uint8_t sector[DISCERN_SECTOR_SIZE];

	for (uint32_t i = 0; i < n_sectors; i++) {
		int ret = probe_read(probe, (int64_t)first + i, sector);

		if (ret < 0)
			return ret;
		if (ret == 0 && find_in_sector(sector, name, length, place))
			return 1;
		if (probe->n_reads_left == 0)
			break;
	}
	return 0;
}

int iso9660_find(struct discern_source *source, int32_t start_lba, const char *path, struct iso9660_place *ret_place,
		 struct discern_error *err)
{
	enum { MAX_READS = 64 };
	struct probe probe = { .source = source, .start_lba = start_lba, .n_reads_left = MAX_READS, .err = err };
	uint8_t sector[DISCERN_SECTOR_SIZE];
	int ret = probe_read(&probe, (int64_t)start_lba + PRIMARY_LBA, sector);

	if (ret != 0 || iso9660_descriptor_type(sector) != ISO9660_PRIMARY)
		return ret < 0 ? ret : 0;
	take_place(sector + ROOT_RECORD, ret_place);
	for (ret = 1; ret == 1 && *path != '\0'; path += *path == '/') {
		size_t length = strcspn(path, "/");

		ret = enter(&probe, path, length, ret_place);
		path += length;
	}
	return ret;
}
