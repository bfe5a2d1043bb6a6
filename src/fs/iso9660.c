/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fs/iso9660.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/bytes.h"
#include "base/text.h"
#include "fs/charset.h"

/* Hops from one continuation area to the next that are followed; a loop ends here. */
#define MAX_CONTINUATIONS 16

int iso9660_descriptor_type(const uint8_t *sector)
{
	return memcmp(sector + 1, "CD001", 5) == 0 ? sector[0] : ISO9660_NONE;
}

/* Number in both byte orders (7.3.3). Where a writer filled in only one of them, that one counts. */
static uint32_t get_both32(const uint8_t *p)
{
	uint32_t little = get_le32(p);

	return little != 0 ? little : get_be32(p + 4);
}

static uint32_t get_both16(const uint8_t *p)
{
	uint16_t little = get_le16(p);

	return little != 0 ? little : get_be16(p + 2);
}

/* n digits as a number, -1 if they are not digits. */
static int get_digits(const uint8_t *p, size_t n)
{
	int value = 0;

	for (size_t i = 0; i < n; i++) {
		if (p[i] < '0' || p[i] > '9')
			return -1;
		value = value * 10 + (p[i] - '0');
	}
	return value;
}

/* Date and time of 8.4.26.1, 16 digits and the offset from GMT in quarters of an hour, as UTC. */
static void parse_date(const uint8_t *field, char *ret, size_t ret_size)
{
	struct tm tm = {
		.tm_year = get_digits(field, 4) - 1900,
		.tm_mon = get_digits(field + 4, 2) - 1,
		.tm_mday = get_digits(field + 6, 2),
		.tm_hour = get_digits(field + 8, 2),
		.tm_min = get_digits(field + 10, 2),
		.tm_sec = get_digits(field + 12, 2),
	};
	int quarters = (int8_t)field[16];
	time_t when;

	ret[0] = '\0';
	if (tm.tm_year <= -1900 || tm.tm_mon < 0 || tm.tm_mon > 11 || tm.tm_mday < 1 || tm.tm_mday > 31 ||
	    tm.tm_hour < 0 || tm.tm_hour > 23 || tm.tm_min < 0 || tm.tm_min > 59 || tm.tm_sec < 0 || tm.tm_sec > 60)
		return;
	if (quarters < -48 || quarters > 52)
		quarters = 0;
	when = timegm(&tm) - (time_t)quarters * 15 * 60;
	if (gmtime_r(&when, &tm) != NULL)
		strftime(ret, ret_size, "%Y-%m-%d %H:%M:%S", &tm);
}

static uint32_t sector_of_block(uint32_t block, uint32_t block_size)
{
	return (uint32_t)((uint64_t)block * block_size / DISCERN_SECTOR_SIZE);
}

bool iso9660_parse_primary(const uint8_t *sector, struct discern_volume *volume, struct iso9660_primary *ret_primary)
{
	const uint8_t *root = sector + 156;
	uint32_t block_size = get_both16(sector + 128);
	uint64_t size = (uint64_t)get_both32(sector + 80) * block_size;
	uint64_t n_sectors = (size + DISCERN_SECTOR_SIZE - 1) / DISCERN_SECTOR_SIZE;

	if (sector[6] != 1 || (block_size != 512 && block_size != 1024 && block_size != DISCERN_SECTOR_SIZE))
		return false;
	volume->has_iso9660 = true;
	volume->iso_sectors = n_sectors > UINT32_MAX ? UINT32_MAX : (uint32_t)n_sectors;
	text_from_field(sector + 8, 32, volume->system_id);
	charset_from_bytes(sector + 40, 32, volume->label, sizeof(volume->label));
	text_from_field(sector + 318, 128, volume->publisher);
	text_from_field(sector + 574, 128, volume->application);
	parse_date(sector + 813, volume->created, sizeof(volume->created));
	ret_primary->block_size = block_size;
	/* The data begin after an extended attribute record, if there is one (9.1.2). */
	ret_primary->root_block = get_both32(root + 2) + root[1];
	volume->iso_root_lba = sector_of_block(ret_primary->root_block, block_size);
	volume->iso_path_table_lba = sector_of_block(get_le32(sector + 140), block_size);
	return true;
}

bool iso9660_parse_joliet(const uint8_t *sector, char *ret_label, size_t label_size)
{
	const uint8_t *escape = sector + 88;

	if (sector[6] != 1)
		return false;
	/* Joliet 3.2: UCS-2 level 1, 2 or 3. */
	for (size_t i = 0; i + 3 <= 32; i++) {
		if (escape[i] == '%' && escape[i + 1] == '/' && strchr("@CE", escape[i + 2]) != NULL &&
		    escape[i + 2] != '\0') {
			charset_from_utf16(sector + 40, 32, ret_label, label_size);
			return true;
		}
	}
	return false;
}

/* Where the entries of a record go on (SUSP 5.1). */
struct continuation {
	uint32_t block;
	uint32_t offset;
	uint32_t length;
};

enum susp_outcome { SUSP_ROCK_RIDGE, SUSP_CONTINUES, SUSP_ENDS };

static bool is_rock_ridge_extension(const uint8_t *entry, size_t length)
{
	static const char *const identifiers[] = { "RRIP_1991A", "IEEE_P1282", "IEEE_1282" };

	for (size_t i = 0; length >= 8 && i < sizeof(identifiers) / sizeof(identifiers[0]); i++) {
		size_t size = strlen(identifiers[i]);

		if (entry[4] == size && length >= 8 + size && memcmp(entry + 8, identifiers[i], size) == 0)
			return true;
	}
	return false;
}

/* Goes through the entries of one area: 2 bytes signature, length, version. */
static enum susp_outcome scan_entries(const uint8_t *area, size_t size, struct continuation *ret_next)
{
	enum susp_outcome outcome = SUSP_ENDS;

	for (size_t at = 0; at + 4 <= size;) {
		const uint8_t *entry = area + at;
		size_t length = entry[2];

		if (length < 4 || length > size - at || memcmp(entry, "ST", 2) == 0)
			break;
		if (memcmp(entry, "RR", 2) == 0 || memcmp(entry, "PX", 2) == 0)
			return SUSP_ROCK_RIDGE;
		if (memcmp(entry, "ER", 2) == 0 && is_rock_ridge_extension(entry, length))
			return SUSP_ROCK_RIDGE;
		if (memcmp(entry, "CE", 2) == 0 && length >= 28) {
			*ret_next = (struct continuation){ get_both32(entry + 4), get_both32(entry + 12),
							   get_both32(entry + 20) };
			outcome = SUSP_CONTINUES;
		}
		at += length;
	}
	return outcome;
}

/* The system use area of the directory's first record, "."; NULL if SUSP is not used in it. */
static const uint8_t *system_use_area(const uint8_t *record, size_t *ret_size)
{
	static const size_t starts[] = { 34, 34 + 14 };
	size_t length = record[0];

	/* It follows the name, which is one zero byte (9.1.11). CD-ROM XA has 14 bytes of its own first. */
	if (length < 34 || record[32] != 1 || record[33] != 0)
		return NULL;
	for (size_t i = 0; i < sizeof(starts) / sizeof(starts[0]); i++) {
		const uint8_t *entry = record + starts[i];

		if (length >= starts[i] + 7 && memcmp(entry, "SP", 2) == 0 && entry[2] == 7 && entry[4] == 0xbe &&
		    entry[5] == 0xef) {
			*ret_size = length - starts[i];
			return entry;
		}
	}
	return NULL;
}

/* Reads the sector that holds byte offset of a block; *ret_at is the place in it. As probe_read(). */
static int read_block(struct probe *probe, const struct iso9660_primary *primary, const struct continuation *place,
		      uint8_t *sector, size_t *ret_at)
{
	uint64_t byte = (uint64_t)place->block * primary->block_size + place->offset;

	*ret_at = (size_t)(byte % DISCERN_SECTOR_SIZE);
	return probe_read(probe, (int64_t)(byte / DISCERN_SECTOR_SIZE), sector);
}

int iso9660_find_rock_ridge(struct probe *probe, const struct iso9660_primary *primary, bool *ret_found)
{
	uint8_t sector[DISCERN_SECTOR_SIZE];
	struct continuation next = { .block = primary->root_block };
	enum susp_outcome outcome;
	const uint8_t *area;
	size_t at;
	size_t size;
	int ret;

	*ret_found = false;
	ret = read_block(probe, primary, &next, sector, &at);
	if (ret != 0)
		return ret < 0 ? ret : 0;
	/* A record never crosses the end of a sector (6.8.1.1). */
	if (sector[at] > sizeof(sector) - at)
		return 0;
	area = system_use_area(sector + at, &size);
	if (area == NULL)
		return 0;
	outcome = scan_entries(area, size, &next);
	for (unsigned n = 0; outcome == SUSP_CONTINUES && n < MAX_CONTINUATIONS; n++) {
		ret = read_block(probe, primary, &next, sector, &at);
		if (ret != 0)
			return ret < 0 ? ret : 0;
		size = next.length < sizeof(sector) - at ? next.length : sizeof(sector) - at;
		outcome = scan_entries(sector + at, size, &next);
	}
	*ret_found = outcome == SUSP_ROCK_RIDGE;
	return 0;
}
