/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fs/udf_maps.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "fs/udf_descriptor.h"
#include "fs/udf_node.h"

enum {
	/* In the logical volume descriptor (ECMA-167 3/10.6). */
	MAPS_LENGTH = 264,
	MAPS_NUMBER = 268,
	MAPS = 440,
	MAP_TYPE_1 = 1,
	MAP_TYPE_1_LENGTH = 6,
	MAP_TYPE_2 = 2,
	MAP_TYPE_2_LENGTH = 64,
	/* A sparing table of more would be for a disc that is spare only. */
	MAX_SPARING_BYTES = 1 << 20,
	MAX_SPARING_TABLES = 4,
	SPARING_HEADER = 56,
	/* The VAT's ICB is in the last sector that is written (UDF 2.2.11). Run-out and what fills up the last unit, or
	 *  an image, may follow. */
	VAT_SEARCH_SECTORS = 512,
	VAT_MAX_BYTES = 64 << 20,
	VAT_150_TAIL = 36,
	VAT_200_HEADER = 152,
};

int udf_add_extents(const struct udf_space *space, const struct udf_runs *runs, uint32_t file, struct file_list *list)
{
	for (size_t i = 0; i < runs->n; i++) {
		const struct udf_run *run = &runs->items[i];
		struct udf_place place;

		for (uint32_t done = 0; !run->is_hole && done < run->n_blocks; done += place.n_sectors) {
			struct udf_address at = { run->at.block + done, run->at.map };
			int ret;

			if (!udf_space_find(space, at, run->n_blocks - done, &place))
				break;
			ret = files_add_extent(list,
					       &(struct file_extent){ (uint32_t)place.lba, place.n_sectors, file });
			if (ret < 0)
				return ret;
		}
	}
	return 0;
}

static bool is_entity(const uint8_t *identifier, const char *name)
{
	return memcmp(identifier, name, strlen(name)) == 0;
}

/* ---- sparing tables ---- */

static int compare_packets(const void *a, const void *b)
{
	const uint32_t *x = a, *y = b;

	return x[0] < y[0] ? -1 : x[0] > y[0];
}

/* Takes the entries of a sound table that say where a packet was moved to (UDF 2.2.12). */
static int take_sparing_table(struct udf_map *map, const uint8_t *table, size_t size)
{
	size_t n = get_le16(table + 48);

	if (n > (size - SPARING_HEADER) / 8)
		n = (size - SPARING_HEADER) / 8;
	map->table = calloc(n > 0 ? n : 1, 2 * sizeof(*map->table));
	if (map->table == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++) {
		uint32_t original = get_le32(table + SPARING_HEADER + i * 8);

		/* From FFFFFFF0h on: free, or bad itself. */
		if (original >= 0xfffffff0)
			continue;
		map->table[map->n_table++] = original;
		map->table[map->n_table++] = get_le32(table + SPARING_HEADER + i * 8 + 4);
	}
	qsort(map->table, map->n_table / 2, 2 * sizeof(*map->table), compare_packets);
	return 0;
}

/* 0, 1 if it is no sound table, or a negative errno. */
static int read_sparing_table(struct probe *probe, struct udf_map *map, uint32_t lba, size_t n_sectors)
{
	uint8_t *table = malloc(n_sectors * DISCERN_SECTOR_SIZE);
	size_t size = n_sectors * DISCERN_SECTOR_SIZE;
	int ret = table == NULL ? -ENOMEM : 0;

	for (size_t i = 0; ret == 0 && i < n_sectors; i++)
		ret = probe_read(probe, (int64_t)lba + (int64_t)i, table + i * DISCERN_SECTOR_SIZE);
	if (ret == 0 && (udf_sound_tag(table, size) != UDF_TAG_SPARING || get_le32(table + 12) != lba ||
			 !is_entity(table + 17, "*UDF Sparing Table")))
		ret = 1;
	if (ret == 0)
		ret = take_sparing_table(map, table, size);
	free(table);
	return ret;
}

static int open_sparable(struct probe *probe, struct udf_map *map, const uint8_t *entry, struct file_list *list)
{
	size_t size = get_le32(entry + 44), n_tables = entry[42];
	size_t n_sectors = (size + DISCERN_SECTOR_SIZE - 1) / DISCERN_SECTOR_SIZE;

	map->kind = UDF_MAP_SPARABLE;
	map->packet_blocks = get_le16(entry + 40);
	if (size < SPARING_HEADER || size > MAX_SPARING_BYTES)
		return 0;
	for (size_t i = 0; i < n_tables && i < MAX_SPARING_TABLES; i++) {
		uint32_t lba = get_le32(entry + 48 + i * 4);
		int ret = 0;

		if ((uint64_t)lba + n_sectors > INT32_MAX)
			continue;
		ret = files_add_extent(list, &(struct file_extent){ lba, (uint32_t)n_sectors, FILES_STRUCTURE });
		if (ret == 0 && map->table == NULL)
			ret = read_sparing_table(probe, map, lba, n_sectors);
		if (ret < 0)
			return ret;
	}
	return 0;
}

/* ---- the virtual allocation table ---- */

/* Both kinds: the list behind the header of UDF 2.00 (2.2.11), and the one before the tail of UDF 1.50. */
static int take_vat(struct udf_map *map, const struct udf_node *node, const struct udf_content *content)
{
	size_t begin = 0, end = content->size;

	if (node->type == UDF_FILE_VAT) {
		if (content->size < VAT_200_HEADER || get_le16(content->bytes) < VAT_200_HEADER ||
		    get_le16(content->bytes) > content->size)
			return 1;
		begin = get_le16(content->bytes);
	} else {
		if (content->size < VAT_150_TAIL ||
		    !is_entity(content->bytes + content->size - VAT_150_TAIL + 1, "*UDF Virtual Alloc Tbl"))
			return 1;
		end -= VAT_150_TAIL;
	}
	map->table = calloc((end - begin) / 4 + 1, sizeof(*map->table));
	if (map->table == NULL)
		return -ENOMEM;
	for (; begin + 4 <= end; begin += 4)
		map->table[map->n_table++] = get_le32(content->bytes + begin);
	return 0;
}

/* 0 if a VAT is at at, 1 if not, or a negative errno. */
static int try_vat(struct udf_space *space, struct udf_map *map, struct udf_address at, struct file_list *list)
{
	struct udf_content content = { 0 };
	struct udf_node node;
	int ret = udf_node_read(space, at, &node);

	if (ret == 0 && node.type != UDF_FILE_VAT && node.type != UDF_FILE_UNSPECIFIED)
		ret = 1;
	if (ret == 0)
		ret = udf_node_content(space, &node, VAT_MAX_BYTES, &content);
	/* With a part of it missing blocks would be looked for in wrong places. */
	if (ret == 0)
		ret = content.n_missing > 0 ? 1 : take_vat(map, &node, &content);
	if (ret == 0)
		ret = udf_add_extents(space, &node.icb, FILES_STRUCTURE, list);
	if (ret == 0)
		ret = udf_add_extents(space, &node.data, FILES_STRUCTURE, list);
	udf_content_clear(&content);
	udf_node_clear(&node);
	return ret;
}

static int open_virtual(struct udf_space *space, struct udf_map *map, struct file_list *list)
{
	const struct udf_map *base = &space->maps[map->base];
	int64_t last = (int64_t)space->probe->source->n_sectors - 1;
	uint8_t sector[DISCERN_SECTOR_SIZE];

	for (int64_t lba = last; lba > last - VAT_SEARCH_SECTORS && lba >= base->start; lba--) {
		struct udf_address at = { (uint32_t)(lba - base->start), map->base };
		int ret = probe_read(space->probe, lba, sector), tag;

		if (ret < 0)
			return ret;
		tag = ret == 0 ? udf_tag_at(sector, at.block) : UDF_TAG_NONE;
		if (tag != UDF_TAG_FILE && tag != UDF_TAG_EXTENDED_FILE)
			continue;
		ret = try_vat(space, map, at, list);
		if (ret <= 0)
			return ret;
	}
	return 0;
}

/* ---- the metadata partition ---- */

/* Takes where a metadata file's blocks are; nothing if it cannot be read. */
static int open_metadata_file(struct udf_space *space, struct udf_address icb, struct udf_runs *ret_runs,
			      struct file_list *list)
{
	struct udf_node node;
	int ret = udf_node_read(space, icb, &node);

	if (ret < 0)
		goto out;
	if (ret == 0 && !node.is_embedded && node.type >= UDF_FILE_METADATA && node.type <= UDF_FILE_METADATA_BITMAP) {
		ret = udf_add_extents(space, &node.data, FILES_STRUCTURE, list);
		*ret_runs = node.data;
		memset(&node.data, 0, sizeof(node.data));
	}
	if (ret >= 0)
		ret = udf_add_extents(space, &node.icb, FILES_STRUCTURE, list);
out:
	udf_node_clear(&node);
	return ret;
}

static int open_metadata(struct udf_space *space, struct udf_map *map, const uint8_t *entry, struct file_list *list)
{
	struct udf_address at = { get_le32(entry + 40), map->base };
	struct udf_runs bitmap = { 0 };
	int ret = open_metadata_file(space, at, &map->metadata, list);

	at.block = get_le32(entry + 44);
	if (ret == 0 && at.block != UINT32_MAX)
		ret = open_metadata_file(space, at, &map->mirror, list);
	at.block = get_le32(entry + 48);
	if (ret == 0 && at.block != UINT32_MAX)
		ret = open_metadata_file(space, at, &bitmap, list);
	udf_runs_clear(&bitmap);
	/* Without the main file the mirror's place is what there is. */
	if (ret == 0 && map->metadata.n == 0) {
		map->metadata = map->mirror;
		memset(&map->mirror, 0, sizeof(map->mirror));
	}
	return ret;
}

/* ---- all of them ---- */

static enum udf_map_kind kind_of(const uint8_t *entry, size_t length)
{
	if (entry[0] == MAP_TYPE_1 && length == MAP_TYPE_1_LENGTH)
		return UDF_MAP_PHYSICAL;
	if (entry[0] != MAP_TYPE_2 || length != MAP_TYPE_2_LENGTH)
		return UDF_MAP_UNKNOWN;
	if (is_entity(entry + 5, "*UDF Virtual Partition"))
		return UDF_MAP_VIRTUAL;
	if (is_entity(entry + 5, "*UDF Sparable Partition"))
		return UDF_MAP_SPARABLE;
	return is_entity(entry + 5, "*UDF Metadata Partition") ? UDF_MAP_METADATA : UDF_MAP_UNKNOWN;
}

static bool find_partition(const struct udf_volume *volume, struct udf_map *map)
{
	for (size_t i = 0; i < volume->n_partitions; i++)
		if (volume->partitions[i].number == map->partition_number) {
			map->start = volume->partitions[i].start;
			map->n_blocks = volume->partitions[i].n_sectors;
			return true;
		}
	return false;
}

/* Finds the entries of the table; those that lie on another one are only opened when all are there. */
static void parse_maps(const struct udf_volume *volume, struct udf_space *space, const uint8_t *entries[UDF_MAX_MAPS])
{
	const uint8_t *table = volume->logical_volume + MAPS;
	size_t size = get_le32(volume->logical_volume + MAPS_LENGTH),
	       n = get_le32(volume->logical_volume + MAPS_NUMBER);

	if (size > DISCERN_SECTOR_SIZE - MAPS)
		size = DISCERN_SECTOR_SIZE - MAPS;
	for (size_t at = 0; space->n_maps < n && space->n_maps < UDF_MAX_MAPS && at + 2 <= size;) {
		const uint8_t *entry = table + at;
		size_t length = entry[1];
		struct udf_map *map = &space->maps[space->n_maps];

		if (length < 2 || length > size - at)
			return;
		map->kind = kind_of(entry, length);
		if (map->kind != UDF_MAP_UNKNOWN)
			map->partition_number = get_le16(entry + (map->kind == UDF_MAP_PHYSICAL ? 4 : 38));
		if (!find_partition(volume, map))
			map->kind = UDF_MAP_UNKNOWN;
		entries[space->n_maps++] = entry;
		at += length;
	}
}

static bool lies_on_disc(enum udf_map_kind kind)
{
	return kind == UDF_MAP_PHYSICAL || kind == UDF_MAP_SPARABLE;
}

static void find_bases(struct udf_space *space)
{
	for (size_t i = 0; i < space->n_maps; i++) {
		struct udf_map *map = &space->maps[i];
		size_t base = 0;

		if (map->kind != UDF_MAP_VIRTUAL && map->kind != UDF_MAP_METADATA)
			continue;
		while (base < space->n_maps && (!lies_on_disc(space->maps[base].kind) ||
						space->maps[base].partition_number != map->partition_number))
			base++;
		map->base = (uint16_t)base;
		if (base == space->n_maps)
			map->kind = UDF_MAP_UNKNOWN;
	}
}

int udf_maps_open(struct probe *probe, const struct udf_volume *volume, struct udf_space *ret_space,
		  struct file_list *list)
{
	const uint8_t *entries[UDF_MAX_MAPS] = { NULL };
	int ret = 0;

	memset(ret_space, 0, sizeof(*ret_space));
	ret_space->probe = probe;
	parse_maps(volume, ret_space, entries);
	find_bases(ret_space);
	for (size_t i = 0; ret == 0 && i < ret_space->n_maps; i++)
		if (ret_space->maps[i].kind == UDF_MAP_SPARABLE)
			ret = open_sparable(probe, &ret_space->maps[i], entries[i], list);
	for (size_t i = 0; ret == 0 && i < ret_space->n_maps; i++) {
		struct udf_map *map = &ret_space->maps[i];

		if (map->kind == UDF_MAP_VIRTUAL)
			ret = open_virtual(ret_space, map, list);
		if (map->kind == UDF_MAP_METADATA)
			ret = open_metadata(ret_space, map, entries[i], list);
	}
	return ret;
}
