/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fs/udf_node.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "fs/udf_descriptor.h"

enum {
	/* Indirect entries followed: each is a version of a file on a disc that is written once. */
	MAX_INDIRECT = 4096,
	/* Sectors of allocation descriptors of one file; each has some hundred. */
	MAX_ALLOCATION_EXTENTS = 65536,
	/* Flags of the ICB tag (4/14.6.8). */
	FLAGS_DESCRIPTORS = 0x7,
	DESCRIPTORS_SHORT = 0,
	DESCRIPTORS_LONG = 1,
	DESCRIPTORS_EXTENDED = 2,
	DESCRIPTORS_EMBEDDED = 3,
	STRATEGY_4096 = 4096,
	/* The two highest bits of an extent's length (4/14.14.1.1). */
	EXTENT_RECORDED = 0,
	EXTENT_MORE_DESCRIPTORS = 3,
};

/* Allocation descriptors while they are read: a stretch of bytes, which may be followed by others. */
struct descriptors {
	const struct udf_space *space;
	struct udf_node *node;
	unsigned kind;
	/* Where short ones count from. */
	uint16_t map;
	uint64_t bytes_left;
	/* The next stretch, if there is one. */
	bool has_next;
	struct udf_address next;
};

static uint32_t blocks_of(uint64_t size_bytes)
{
	return (uint32_t)((size_bytes + DISCERN_SECTOR_SIZE - 1) / DISCERN_SECTOR_SIZE);
}

static int add_icb_sector(struct udf_node *node, struct udf_address at)
{
	return udf_runs_add(&node->icb, &(struct udf_run){ .at = at, .n_blocks = 1 });
}

/* ---- information control blocks ---- */

/* Does the sector hold a file entry whose lengths are possible? */
static bool parse_entry(struct udf_node *node, int tag)
{
	const uint8_t *sector = node->sector;
	/* Length of extended attributes, then that of allocation descriptors (4/14.9, 4/14.17). */
	size_t fields = tag == UDF_TAG_FILE ? 168 : 208, start = fields + 8;
	size_t attributes = get_le32(sector + fields), size = get_le32(sector + fields + 4);

	if (attributes > DISCERN_SECTOR_SIZE - start || size > DISCERN_SECTOR_SIZE - start - attributes)
		return false;
	node->type = sector[27];
	node->size_bytes = get_le64(sector + 56);
	node->is_embedded = (get_le16(sector + 34) & FLAGS_DESCRIPTORS) == DESCRIPTORS_EMBEDDED;
	node->embedded_at = start + attributes;
	node->embedded_size = size;
	return true;
}

/* Reads the entry at at into node. 0 it is one; 1 it is none; 2 an indirect entry, with *ret_next. */
static int read_entry(const struct udf_space *space, struct udf_address at, struct udf_node *node,
		      struct udf_address *ret_next)
{
	uint8_t sector[DISCERN_SECTOR_SIZE];
	int ret = udf_space_read(space, at, sector), tag;

	if (ret != 0)
		return ret;
	tag = udf_tag_at(sector, at.block);
	if (tag == UDF_TAG_INDIRECT) {
		*ret_next = (struct udf_address){ get_le32(sector + 40), get_le16(sector + 44) };
		return get_le32(sector + 36) > 0 ? 2 : 1;
	}
	if (tag != UDF_TAG_FILE && tag != UDF_TAG_EXTENDED_FILE)
		return 1;
	memcpy(node->sector, sector, sizeof(sector));
	node->address = at;
	return parse_entry(node, tag) ? 0 : 1;
}

/* Follows the ICB hierarchy (4/8.10) to the entry that counts: the last one. */
static int find_entry(const struct udf_space *space, struct udf_address icb, struct udf_node *node)
{
	struct udf_address at = icb, next = icb;
	bool has_entry = false;

	for (unsigned i = 0; i < MAX_INDIRECT; i++) {
		int ret = read_entry(space, at, node, &next), added;

		/* Behind the last entry nothing needs to be recorded. */
		if (ret < 0 || (ret == 1 && has_entry))
			return ret < 0 ? ret : 0;
		added = add_icb_sector(node, at);
		if (added < 0 || ret == 1)
			return added < 0 ? added : 1;
		has_entry = has_entry || ret == 0;
		/* Strategy 4 has one entry; in 4096 the block behind it may tell of a newer one (UDF 2.3.5.1). */
		if (ret == 0 && get_le16(node->sector + 20) != STRATEGY_4096)
			return 0;
		if (ret == 0 && at.block == UINT32_MAX)
			return 0;
		at = ret == 0 ? (struct udf_address){ at.block + 1, at.map } : next;
	}
	return 1;
}

/* ---- allocation descriptors ---- */

static size_t descriptor_size(unsigned kind)
{
	return kind == DESCRIPTORS_SHORT ? 8 : kind == DESCRIPTORS_LONG ? 16 : 20;
}

static int add_run(struct descriptors *descriptors, struct udf_address at, unsigned type, uint32_t length)
{
	uint32_t n_bytes = length < descriptors->bytes_left ? length : (uint32_t)descriptors->bytes_left;
	struct udf_run run = { .at = at, .n_blocks = blocks_of(n_bytes), .is_hole = type != EXTENT_RECORDED };

	descriptors->bytes_left -= n_bytes;
	return udf_runs_add(&descriptors->node->data, &run);
}

/* One stretch; those behind the end of the file hold nothing. */
static int take_descriptors(struct descriptors *descriptors, const uint8_t *bytes, size_t size)
{
	size_t step = descriptor_size(descriptors->kind);

	for (size_t at = 0; at + step <= size && descriptors->bytes_left > 0; at += step) {
		const uint8_t *descriptor = bytes + at;
		uint32_t length = get_le32(descriptor) & 0x3fffffff;
		unsigned type = get_le32(descriptor) >> 30;
		struct udf_address place = { get_le32(descriptor + 4), descriptors->map };
		int ret;

		if (descriptors->kind == DESCRIPTORS_LONG)
			place.map = get_le16(descriptor + 8);
		if (descriptors->kind == DESCRIPTORS_EXTENDED)
			place = (struct udf_address){ get_le32(descriptor + 12), get_le16(descriptor + 16) };
		/* The first of no length ends them (4/12). */
		if (length == 0)
			return 0;
		if (type == EXTENT_MORE_DESCRIPTORS) {
			descriptors->has_next = true;
			descriptors->next = place;
			return 0;
		}
		ret = add_run(descriptors, place, type, length);
		if (ret < 0)
			return ret;
	}
	return 0;
}

/* The descriptors in an allocation extent (4/14.5). Without data in it there is no next: that ends loops. */
static int take_next(struct descriptors *descriptors)
{
	uint8_t sector[DISCERN_SECTOR_SIZE];
	struct udf_address at = descriptors->next;
	uint64_t before = descriptors->bytes_left;
	int ret = add_icb_sector(descriptors->node, at);
	size_t size;

	descriptors->has_next = false;
	if (ret == 0)
		ret = udf_space_read(descriptors->space, at, sector);
	if (ret != 0)
		return ret < 0 ? ret : 0;
	size = get_le32(sector + 20);
	if (udf_tag_at(sector, at.block) != UDF_TAG_ALLOCATION_EXTENT || size > sizeof(sector) - 24)
		return 0;
	ret = take_descriptors(descriptors, sector + 24, size);
	if (before == descriptors->bytes_left)
		descriptors->has_next = false;
	return ret;
}

static int read_descriptors(const struct udf_space *space, struct udf_node *node)
{
	uint64_t disc_bytes = (uint64_t)space->probe->source->n_sectors * DISCERN_SECTOR_SIZE;
	struct descriptors descriptors = {
		.space = space,
		.node = node,
		.kind = get_le16(node->sector + 34) & FLAGS_DESCRIPTORS,
		.map = node->address.map,
		/* Holes may make a file longer than a disc, but then little of it is recorded. */
		.bytes_left = node->size_bytes < disc_bytes * 4096 ? node->size_bytes : disc_bytes * 4096,
	};
	int ret;

	if (descriptors.kind > DESCRIPTORS_EXTENDED)
		return 0;
	ret = take_descriptors(&descriptors, node->sector + node->embedded_at, node->embedded_size);
	for (unsigned i = 0; ret == 0 && descriptors.has_next && i < MAX_ALLOCATION_EXTENTS; i++)
		ret = take_next(&descriptors);
	return ret;
}

int udf_node_read(const struct udf_space *space, struct udf_address icb, struct udf_node *ret_node)
{
	int ret;

	memset(ret_node, 0, sizeof(*ret_node));
	ret = find_entry(space, icb, ret_node);
	if (ret != 0)
		return ret;
	if (!ret_node->is_embedded)
		return read_descriptors(space, ret_node);
	if (ret_node->size_bytes > ret_node->embedded_size)
		ret_node->size_bytes = ret_node->embedded_size;
	return 0;
}

void udf_node_clear(struct udf_node *node)
{
	udf_runs_clear(&node->icb);
	udf_runs_clear(&node->data);
}

/* ---- content ---- */

static int allocate(struct udf_content *content, size_t size)
{
	content->size = size;
	content->n_blocks = blocks_of(size);
	content->bytes = calloc(content->n_blocks + 1, DISCERN_SECTOR_SIZE);
	content->blocks = calloc(content->n_blocks + 1, sizeof(*content->blocks));
	content->is_missing = calloc(content->n_blocks + 1, sizeof(*content->is_missing));
	return content->bytes == NULL || content->blocks == NULL || content->is_missing == NULL ? -ENOMEM : 0;
}

static int read_run(const struct udf_space *space, const struct udf_run *run, struct udf_content *content,
		    size_t *block)
{
	for (uint32_t i = 0; i < run->n_blocks && *block < content->n_blocks; i++, ++*block) {
		struct udf_address at = { run->at.block + i, run->at.map };
		uint8_t *bytes = content->bytes + *block * DISCERN_SECTOR_SIZE;
		int ret = run->is_hole ? 0 : udf_space_read(space, at, bytes);

		if (ret < 0)
			return ret;
		content->blocks[*block] = at.block;
		content->is_missing[*block] = ret > 0;
		content->n_missing += ret > 0;
		if (ret > 0)
			memset(bytes, 0, DISCERN_SECTOR_SIZE);
	}
	return 0;
}

int udf_node_content(const struct udf_space *space, const struct udf_node *node, size_t max_bytes,
		     struct udf_content *ret_content)
{
	size_t block = 0;
	int ret;

	memset(ret_content, 0, sizeof(*ret_content));
	if (node->size_bytes > max_bytes)
		return 1;
	ret = allocate(ret_content, (size_t)node->size_bytes);
	if (ret < 0)
		return ret;
	if (node->is_embedded) {
		memcpy(ret_content->bytes, node->sector + node->embedded_at, ret_content->size);
		ret_content->blocks[0] = node->address.block;
		return 0;
	}
	for (size_t i = 0; ret == 0 && i < node->data.n; i++)
		ret = read_run(space, &node->data.items[i], ret_content, &block);
	for (; block < ret_content->n_blocks; block++) {
		ret_content->is_missing[block] = true;
		ret_content->n_missing++;
	}
	return ret;
}

void udf_content_clear(struct udf_content *content)
{
	free(content->bytes);
	free(content->blocks);
	free(content->is_missing);
	memset(content, 0, sizeof(*content));
}
