/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fs/udf.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/bytes.h"
#include "fs/charset.h"
#include "fs/udf_descriptor.h"

/* A sequence has 16 sectors as a rule; longer ones are followed this far, with all their continuations. */
#define MAX_SEQUENCE_SECTORS 64
#define MAX_POINTERS 4

/* Different sequences that the anchors of a volume may name: two in an honest one. */
#define MAX_SEQUENCES 4

/* What is gathered while the descriptors are read. */
struct reading {
	struct probe *probe;
	struct udf_volume *volume;
	uint32_t partition_end;
	/* The farthest that was found. */
	uint32_t last_anchor;
	/* Numbers of the prevailing descriptors (3/8.4.3). */
	uint32_t primary_number;
	uint32_t logical_volume_number;
	bool has_primary;
	bool has_logical_volume;
	/* Something of the sequence that was read is missing; where the sequences read so far begin. */
	bool is_incomplete;
	uint32_t sequences[MAX_SEQUENCES];
	size_t n_sequences;
	struct udf_extent integrity;
};

static const char *identifier(const uint8_t *sector)
{
	return (const char *)sector + 1;
}

bool udf_is_announced(const uint8_t *sector)
{
	return memcmp(identifier(sector), "NSR02", 5) == 0 || memcmp(identifier(sector), "NSR03", 5) == 0;
}

bool udf_is_recognition_structure(const uint8_t *sector)
{
	static const char *const others[] = { "BEA01", "TEA01", "BOOT2", "CDW02" };

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (memcmp(identifier(sector), others[i], 5) == 0)
			return true;
	return udf_is_announced(sector);
}

/* An extent of ECMA-167 3/7.1, in whole sectors. */
static struct udf_extent get_extent(const uint8_t *p)
{
	uint32_t length = get_le32(p);

	return (struct udf_extent){ get_le32(p + 4),
				    length / DISCERN_SECTOR_SIZE + (length % DISCERN_SECTOR_SIZE != 0) };
}

/* Records that the volume reaches to the end of an extent. Extents beyond any disc are lies. */
static void reach(struct udf_volume *volume, uint32_t lba, uint32_t n_sectors)
{
	uint64_t end = (uint64_t)lba + n_sectors;

	if (end <= INT32_MAX && end > volume->n_sectors)
		volume->n_sectors = (uint32_t)end;
}

/* Sectors that the volume needs and no file holds, once each. */
static void add_structure(struct udf_volume *volume, uint32_t lba, uint32_t n_sectors)
{
	for (size_t i = 0; i < volume->n_structure; i++)
		if (volume->structure[i].lba == lba)
			return;
	if (volume->n_structure < UDF_MAX_STRUCTURE && n_sectors > 0 && (uint64_t)lba + n_sectors <= INT32_MAX)
		volume->structure[volume->n_structure++] = (struct udf_extent){ lba, n_sectors };
}

/* A revision in BCD as 0x0150; 0 for what no document has. */
static uint16_t plausible_revision(uint16_t revision)
{
	return revision >= 0x0100 && revision <= 0x0300 && (revision & 0xf) < 10 && (revision >> 4 & 0xf) < 10
		       ? revision
		       : 0;
}

/* Timestamp of ECMA-167 1/7.3, as UTC. */
static void parse_timestamp(const uint8_t *p, char *ret, size_t ret_size)
{
	uint16_t type_and_zone = get_le16(p);
	int minutes = type_and_zone & 0xfff;
	struct tm tm = { .tm_year = get_le16(p + 2) - 1900,
			 .tm_mon = p[4] - 1,
			 .tm_mday = p[5],
			 .tm_hour = p[6],
			 .tm_min = p[7],
			 .tm_sec = p[8] };
	time_t when;

	/* Twelve bits with sign; -2047 is "not specified". */
	minutes = minutes >= 0x800 ? minutes - 0x1000 : minutes;
	if (type_and_zone >> 12 != 1 || minutes < -1440 || minutes > 1440)
		minutes = 0;
	ret[0] = '\0';
	if (tm.tm_year <= -1900 || tm.tm_year > 8099 || p[4] < 1 || p[4] > 12 || p[5] < 1 || p[5] > 31 || p[6] > 23 ||
	    p[7] > 59 || p[8] > 60)
		return;
	when = timegm(&tm) - (time_t)minutes * 60;
	if (gmtime_r(&when, &tm) != NULL)
		strftime(ret, ret_size, "%Y-%m-%d %H:%M:%S", &tm);
}

static void take_primary(struct reading *reading, const uint8_t *sector)
{
	uint32_t number = get_le32(sector + 16);

	if (reading->has_primary && number < reading->primary_number)
		return;
	reading->has_primary = true;
	reading->primary_number = number;
	parse_timestamp(sector + 376, reading->volume->created, sizeof(reading->volume->created));
}

/* Short allocation descriptors of the partition header (4/14.3): unallocated and freed space, tables and bitmaps. */
static void take_partition_spaces(struct udf_partition *partition, const uint8_t *sector)
{
	static const unsigned fields[] = { 56, 64, 80, 88 };

	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		uint32_t size = get_le32(sector + fields[i]) & 0x3fffffff;

		partition->spaces[i] = (struct udf_extent){ get_le32(sector + fields[i] + 4),
							    (size + DISCERN_SECTOR_SIZE - 1) / DISCERN_SECTOR_SIZE };
	}
}

static void take_partition(struct reading *reading, const uint8_t *sector)
{
	struct udf_volume *volume = reading->volume;
	uint64_t end = (uint64_t)get_le32(sector + 188) + get_le32(sector + 192);
	struct udf_partition partition = { .sequence_number = get_le32(sector + 16),
					   .number = get_le16(sector + 22),
					   .start = get_le32(sector + 188),
					   .n_sectors = get_le32(sector + 192) };
	size_t i = 0;

	if (end <= INT32_MAX && end > reading->partition_end)
		reading->partition_end = (uint32_t)end;
	take_partition_spaces(&partition, sector);
	/* The one with the higher number prevails (3/8.4.3). */
	while (i < volume->n_partitions && volume->partitions[i].number != partition.number)
		i++;
	if (i == UDF_MAX_PARTITIONS ||
	    (i < volume->n_partitions && volume->partitions[i].sequence_number > partition.sequence_number))
		return;
	volume->partitions[i] = partition;
	volume->n_partitions += i == volume->n_partitions;
}

static void take_logical_volume(struct reading *reading, const uint8_t *sector)
{
	static const char domain[] = "*OSTA UDF Compliant";
	uint32_t number = get_le32(sector + 16);

	/* Optical discs have logical blocks of one sector (UDF 2.2.4.2). */
	if (get_le32(sector + 212) != DISCERN_SECTOR_SIZE ||
	    (reading->has_logical_volume && number < reading->logical_volume_number))
		return;
	reading->has_logical_volume = true;
	reading->logical_volume_number = number;
	charset_from_dstring(sector + 84, 128, reading->volume->label, sizeof(reading->volume->label));
	/* EntityID (1/7.4): flags, 23 bytes identifier, suffix that begins with the revision (UDF 2.1.5.3). */
	if (memcmp(sector + 217, domain, sizeof(domain) - 1) == 0)
		reading->volume->revision = plausible_revision(get_le16(sector + 240));
	reading->integrity = get_extent(sector + 432);
	memcpy(reading->volume->logical_volume, sector, DISCERN_SECTOR_SIZE);
	reading->volume->has_logical_volume = true;
}

static void take_descriptor(struct reading *reading, int tag, const uint8_t *sector)
{
	if (tag == UDF_TAG_PRIMARY)
		take_primary(reading, sector);
	else if (tag == UDF_TAG_PARTITION)
		take_partition(reading, sector);
	else if (tag == UDF_TAG_LOGICAL_VOLUME)
		take_logical_volume(reading, sector);
}

/* Reads a volume descriptor sequence (3/8.4.2) to its end. 0 or a trouble of the source. */
static int read_sequence(struct reading *reading, struct udf_extent extent)
{
	uint8_t sector[DISCERN_SECTOR_SIZE];
	unsigned n_left = MAX_SEQUENCE_SECTORS;
	unsigned n_pointers = 0;

	for (uint32_t i = 0; i < extent.n_sectors && n_left > 0; i++, n_left--) {
		uint32_t lba = extent.lba + i;
		int ret = probe_read(reading->probe, (int64_t)extent.lba + i, sector);
		int tag;

		if (ret < 0)
			return ret;
		/* Damaged: the next one may be sound, and there is the reserve sequence. */
		reading->is_incomplete = reading->is_incomplete || ret > 0;
		if (ret > 0)
			continue;
		tag = udf_tag_at(sector, lba);
		reading->is_incomplete = reading->is_incomplete || (tag == UDF_TAG_NONE && get_le16(sector) != 0);
		if (tag == UDF_TAG_TERMINATING || tag == UDF_TAG_NONE)
			break;
		take_descriptor(reading, tag, sector);
		if (tag == UDF_TAG_POINTER) {
			if (n_pointers++ == MAX_POINTERS)
				break;
			extent = get_extent(sector + 20);
			add_structure(reading->volume, extent.lba, extent.n_sectors);
			i = UINT32_MAX;
		}
	}
	return 0;
}

/* The revisions that an implementation needs to read and to write (UDF 2.2.6.4) are the last word. */
static int read_integrity(struct reading *reading)
{
	uint8_t sector[DISCERN_SECTOR_SIZE];
	uint64_t use;
	uint16_t revision;
	int ret;

	if (reading->integrity.n_sectors == 0)
		return 0;
	reach(reading->volume, reading->integrity.lba, reading->integrity.n_sectors);
	add_structure(reading->volume, reading->integrity.lba, reading->integrity.n_sectors);
	ret = probe_read(reading->probe, reading->integrity.lba, sector);
	if (ret != 0)
		return ret < 0 ? ret : 0;
	use = 80 + (uint64_t)get_le32(sector + 72) * 8;
	if (udf_tag_at(sector, reading->integrity.lba) != UDF_TAG_INTEGRITY || use + 46 > sizeof(sector) ||
	    get_le32(sector + 76) < 46)
		return 0;
	revision = plausible_revision(get_le16(sector + use + 40));
	if (plausible_revision(get_le16(sector + use + 42)) > revision)
		revision = get_le16(sector + use + 42);
	if (revision != 0)
		reading->volume->revision = revision;
	return 0;
}

/* Each is read once, whatever number of anchors name it. */
static bool is_new_sequence(struct reading *reading, uint32_t lba)
{
	for (size_t i = 0; i < reading->n_sequences; i++)
		if (reading->sequences[i] == lba)
			return false;
	if (reading->n_sequences == MAX_SEQUENCES)
		return false;
	reading->sequences[reading->n_sequences++] = lba;
	return true;
}

/* Takes the anchor at lba if there is one (3/8.4.2.1), and reads the descriptors unless that was done.
 * 0, 1 if the sector cannot be read, or a trouble of the source. */
static int try_anchor(struct reading *reading, uint32_t lba)
{
	uint8_t sector[DISCERN_SECTOR_SIZE];
	struct udf_extent extents[2];
	int ret = probe_read(reading->probe, lba, sector);

	if (ret != 0)
		return ret;
	if (udf_tag_at(sector, lba) != UDF_TAG_ANCHOR)
		return 0;
	reach(reading->volume, lba, 1);
	add_structure(reading->volume, lba, 1);
	if (lba > reading->last_anchor)
		reading->last_anchor = lba;
	extents[0] = get_extent(sector + 16);
	extents[1] = get_extent(sector + 24);
	for (size_t i = 0; i < 2; i++) {
		reach(reading->volume, extents[i].lba, extents[i].n_sectors);
		add_structure(reading->volume, extents[i].lba, extents[i].n_sectors);
		if (reading->has_logical_volume && reading->partition_end > 0 && !reading->is_incomplete)
			continue;
		ret = is_new_sequence(reading, extents[i].lba) ? read_sequence(reading, extents[i]) : 0;
		if (ret < 0)
			return ret;
	}
	return 0;
}

/* Anchors are at two of 256, N - 256 and N (UDF 2.2.3); at 512 on a disc that is not closed. N is the last
 * sector of the volume, which a disc that is longer (padding, run-out, rewritable) does not tell. */
static size_t list_anchors(const struct reading *reading, uint32_t hint_sectors, int64_t ret[12])
{
	int64_t start = reading->probe->start_lba;
	int64_t end = reading->probe->source->n_sectors;
	int64_t partition_end = reading->partition_end;
	size_t n = 0;

	ret[n++] = start + 256;
	ret[n++] = 256;
	ret[n++] = end - 1;
	ret[n++] = end - 257;
	ret[n++] = 512;
	/* The two run-out sectors of a CD written as track at once. */
	ret[n++] = end - 3;
	if (hint_sectors > 0) {
		ret[n++] = (int64_t)hint_sectors - 1;
		ret[n++] = (int64_t)hint_sectors - 257;
	}
	if (partition_end > 0) {
		ret[n++] = partition_end;
		ret[n++] = partition_end + 255;
	}
	return n;
}

static bool is_listed_before(const int64_t *lbas, size_t index)
{
	for (size_t i = 0; i < index; i++)
		if (lbas[i] == lbas[index])
			return true;
	return false;
}

/* Tries all places for anchors; *ret_hidden: one of them cannot be read. */
static int read_anchors(struct reading *reading, uint32_t hint_sectors, bool *ret_hidden)
{
	int64_t lbas[12];
	/* The places at the end depend on the partition, which the anchor at 256 as a rule has told by then. */
	size_t n = list_anchors(reading, hint_sectors, lbas);

	for (size_t i = 0; i < n; i++) {
		int ret;

		if (lbas[i] < 0 || is_listed_before(lbas, i))
			continue;
		if (lbas[i] >= (int64_t)reading->probe->source->n_sectors) {
			/* Even the first is cut off. */
			*ret_hidden = *ret_hidden || i == 0;
			continue;
		}
		ret = try_anchor(reading, (uint32_t)lbas[i]);
		if (ret < 0)
			return ret;
		*ret_hidden = *ret_hidden || ret > 0;
		n = list_anchors(reading, hint_sectors, lbas);
	}
	return 0;
}

/*
 * Behind the partition there may be a gap, up to a whole packet or unit, the integrity and the reserve sequence, and then
 * the anchors of N - 256 and N, of a volume that does not fill its medium: looked for there until they are found.
 */
static int search_last_anchor(struct reading *reading)
{
	enum { FARTHEST = 320, BETWEEN_ANCHORS = 256 };
	struct udf_volume *volume = reading->volume;
	int64_t at = volume->n_sectors > reading->partition_end ? volume->n_sectors : reading->partition_end;
	int64_t end = at + FARTHEST;

	if (reading->last_anchor >= reading->partition_end)
		return 0;
	for (; at < end && at < (int64_t)reading->probe->source->n_sectors; at++) {
		uint32_t before = reading->last_anchor;
		int ret = try_anchor(reading, (uint32_t)at);

		/* What cannot be read is damaged, or was never written. */
		if (ret != 0)
			return ret < 0 ? ret : 0;
		if (reading->last_anchor != before)
			end = at + 1 + BETWEEN_ANCHORS;
	}
	return 0;
}

int udf_probe(struct probe *probe, enum udf_recognition recognition, uint32_t hint_sectors,
	      struct udf_volume *ret_volume)
{
	struct reading reading = { .probe = probe, .volume = ret_volume };
	bool is_hidden = false;
	int ret;

	memset(ret_volume, 0, sizeof(*ret_volume));
	ret = read_anchors(&reading, hint_sectors, &is_hidden);
	if (ret == 0 && reading.has_logical_volume)
		ret = read_integrity(&reading);
	if (ret == 0 && reading.partition_end > 0)
		ret = search_last_anchor(&reading);
	if (ret < 0)
		return ret;
	reach(ret_volume, reading.partition_end, 0);
	/* Announced, but the anchors are damaged or cut off: a UDF volume all the same. */
	ret_volume->is_found = reading.has_logical_volume || (recognition == UDF_ANNOUNCED && is_hidden);
	if (!ret_volume->is_found)
		memset(ret_volume, 0, sizeof(*ret_volume));
	return 0;
}
