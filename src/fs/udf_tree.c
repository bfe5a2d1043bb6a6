/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fs/udf_tree.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "fs/charset.h"
#include "fs/udf.h"
#include "fs/udf_descriptor.h"
#include "fs/udf_maps.h"
#include "fs/udf_node.h"
#include "fs/udf_space.h"

enum {
	/* The recognition sequence, and what ISO 9660 has before it. */
	RECOGNITION_LBA = 16,
	RECOGNITION_SECTORS = 16,
	/* Longest name: 254 bytes of which each may become three of UTF-8. */
	NAME_MAX_BYTES = 1024,
	/* A folder with a million files. */
	FOLDER_MAX_BYTES = 64 << 20,
	/* One bit for each sector of the largest disc: 137 GB. */
	SEEN_BYTES = 8 << 20,
	MAX_FILE_SET_SECTORS = 64,
	MAX_FILE_SET_EXTENTS = 8,
	/* File set descriptor (4/14.1). */
	FILE_SET_NUMBER = 44,
	FILE_SET_ROOT = 400,
	FILE_SET_NEXT = 448,
	/* File identifier descriptor (4/14.4), and its characteristics (4/14.4.3). */
	IDENTIFIER_CHARACTERISTICS = 18,
	IDENTIFIER_NAME_LENGTH = 19,
	IDENTIFIER_ICB = 20,
	IDENTIFIER_USE_LENGTH = 36,
	IDENTIFIER_USE = 38,
	IS_HIDDEN = 0x01,
	IS_FOLDER = 0x02,
	IS_DELETED = 0x04,
	IS_PARENT = 0x08,
	IS_METADATA = 0x10,
};

/* A folder that is still to be read. */
struct folder {
	struct udf_address icb;
	/** In the list. */
	uint32_t file;
};

struct tree {
	struct udf_space space;
	struct file_list *list;
	/** Folders to read, and one bit for each sector where the ICB of one was found. */
	struct folder *folders;
	size_t n_folders, room_folders;
	uint8_t *seen;
};

/* ---- folders ---- */

/* True the first time: a folder within itself would have no end. */
static bool is_new_folder(struct tree *tree, struct udf_address icb)
{
	struct udf_place place;
	uint8_t bit;

	if (!udf_space_find(&tree->space, icb, 1, &place) || place.lba < 0 || place.lba / 8 >= SEEN_BYTES)
		return false;
	bit = (uint8_t)(1U << (place.lba % 8));
	if (tree->seen[place.lba / 8] & bit)
		return false;
	tree->seen[place.lba / 8] |= bit;
	return true;
}

static int push_folder(struct tree *tree, const struct folder *folder)
{
	if (tree->n_folders == tree->room_folders) {
		size_t room = tree->room_folders > 0 ? tree->room_folders * 2 : 64;
		struct folder *bigger = realloc(tree->folders, room * sizeof(*bigger));

		if (bigger == NULL)
			return -ENOMEM;
		tree->folders = bigger;
		tree->room_folders = room;
	}
	tree->folders[tree->n_folders++] = *folder;
	return 0;
}

/* Adds what the ICB at icb describes. path is taken over. */
static int add_node(struct tree *tree, struct udf_address icb, char *path, bool is_folder)
{
	struct udf_node node;
	int ret = udf_node_read(&tree->space, icb, &node);
	bool is_readable;
	int64_t file;

	if (ret < 0) {
		free(path);
		goto out;
	}
	/* Listed all the same if it cannot be read, as its name is known. */
	is_readable = ret == 0;
	if (is_readable)
		is_folder = node.type == UDF_FILE_FOLDER;
	else
		tree->list->n_unread_folders += is_folder;
	file = files_add(tree->list, path, is_folder);
	ret = file < 0 ? (int)file : 0;
	if (ret < 0)
		goto out;
	tree->list->files[file].size_bytes = node.size_bytes;
	ret = udf_add_extents(&tree->space, &node.icb, (uint32_t)file, tree->list);
	if (ret == 0 && !is_folder)
		ret = udf_add_extents(&tree->space, &node.icb, FILES_STRUCTURE, tree->list);
	if (ret == 0)
		ret = udf_add_extents(&tree->space, &node.data, (uint32_t)file, tree->list);
	if (ret == 0 && is_readable && is_folder && is_new_folder(tree, icb))
		ret = push_folder(tree, &(struct folder){ icb, (uint32_t)file });
out:
	udf_node_clear(&node);
	return ret;
}

static int add_identifier(struct tree *tree, uint32_t folder, const uint8_t *identifier)
{
	unsigned characteristics = identifier[IDENTIFIER_CHARACTERISTICS];
	const uint8_t *long_ad = identifier + IDENTIFIER_ICB;
	size_t name_at = IDENTIFIER_USE + (size_t)get_le16(identifier + IDENTIFIER_USE_LENGTH);
	char name[NAME_MAX_BYTES];

	if (characteristics & (IS_DELETED | IS_PARENT | IS_METADATA) || (get_le32(long_ad) & 0x3fffffff) == 0)
		return 0;
	charset_from_osta(identifier + name_at, identifier[IDENTIFIER_NAME_LENGTH], name, sizeof(name));
	/* The root's list of what is no room for files (UDF 2.3.7.2 of revision 1.50): nobody's data. */
	if (characteristics & IS_HIDDEN && tree->list->files[folder].path[0] == '\0' &&
	    strcmp(name, "Non-Allocatable Space") == 0)
		return 0;
	for (char *at = name; *at != '\0'; at++)
		if (*at == '/')
			*at = '_';
	return add_node(tree, (struct udf_address){ get_le32(long_ad + 4), get_le16(long_ad + 8) },
			files_join(tree->list->files[folder].path, name[0] != '\0' ? name : "?"),
			characteristics & IS_FOLDER);
}

/* The size of the sound identifier at identifier, of which size bytes follow; 0 if there is none. */
static size_t identifier_size(const uint8_t *identifier, size_t size)
{
	size_t needed;

	if (size < IDENTIFIER_USE || get_le16(identifier) != UDF_TAG_FILE_IDENTIFIER)
		return 0;
	needed = IDENTIFIER_USE + (size_t)get_le16(identifier + IDENTIFIER_USE_LENGTH) +
		 identifier[IDENTIFIER_NAME_LENGTH];
	needed = (needed + 3) / 4 * 4;
	return needed <= size && udf_sound_tag(identifier, needed) == UDF_TAG_FILE_IDENTIFIER ? needed : 0;
}

/* Goes through all identifiers. Behind damage, the next sound one that lies where it says goes on. */
static int add_identifiers(struct tree *tree, uint32_t folder, const struct udf_content *content, bool *ret_damaged)
{
	bool is_lost = false;

	for (size_t at = 0; at + IDENTIFIER_USE <= content->size;) {
		const uint8_t *identifier = content->bytes + at;
		size_t size = identifier_size(identifier, content->size - at);
		int ret;

		if (size > 0 && is_lost && get_le32(identifier + 12) != content->blocks[at / DISCERN_SECTOR_SIZE])
			size = 0;
		is_lost = size == 0;
		*ret_damaged = *ret_damaged || is_lost;
		ret = size > 0 ? add_identifier(tree, folder, identifier) : 0;
		if (ret < 0)
			return ret;
		at += size > 0 ? size : 4;
	}
	return 0;
}

static int read_folder(struct tree *tree, const struct folder *folder)
{
	struct udf_content content = { 0 };
	bool is_damaged = false;
	struct udf_node node;
	int ret = udf_node_read(&tree->space, folder->icb, &node);

	if (ret == 0)
		ret = udf_node_content(&tree->space, &node, FOLDER_MAX_BYTES, &content);
	is_damaged = ret > 0 || content.n_missing > 0;
	if (ret == 0)
		ret = add_identifiers(tree, folder->file, &content, &is_damaged);
	tree->list->n_unread_folders += is_damaged;
	udf_content_clear(&content);
	udf_node_clear(&node);
	return ret < 0 ? ret : 0;
}

/* ---- the file set ---- */

struct file_set {
	bool is_found;
	uint32_t number;
	struct udf_address root;
};

/* Reads the descriptors of one extent; of several the one with the highest number counts (4/8.3.1). *ret_next is where
 * they go on, with n_blocks 0 if they do not. */
static int read_file_sets(struct tree *tree, const struct udf_run *extent, struct file_set *found,
			  struct udf_run *ret_next)
{
	uint8_t sector[DISCERN_SECTOR_SIZE];

	*ret_next = (struct udf_run){ .n_blocks = 0 };
	for (uint32_t i = 0; i < extent->n_blocks && i < MAX_FILE_SET_SECTORS; i++) {
		struct udf_address at = { extent->at.block + i, extent->at.map };
		int ret = udf_space_read(&tree->space, at, sector);

		if (ret < 0)
			return ret;
		if (ret > 0)
			continue;
		if (udf_tag_at(sector, at.block) != UDF_TAG_FILE_SET)
			break;
		if (found->is_found && get_le32(sector + FILE_SET_NUMBER) < found->number)
			continue;
		found->is_found = true;
		found->number = get_le32(sector + FILE_SET_NUMBER);
		found->root = (struct udf_address){ get_le32(sector + FILE_SET_ROOT + 4),
						    get_le16(sector + FILE_SET_ROOT + 8) };
		ret_next->at = (struct udf_address){ get_le32(sector + FILE_SET_NEXT + 4),
						     get_le16(sector + FILE_SET_NEXT + 8) };
		ret_next->n_blocks = (get_le32(sector + FILE_SET_NEXT) & 0x3fffffff) / DISCERN_SECTOR_SIZE;
	}
	return 0;
}

static int find_root(struct tree *tree, const struct udf_volume *volume, struct file_set *ret_found)
{
	/* Logical volume contents use (UDF 2.2.4.4). */
	const uint8_t *contents = volume->logical_volume + 248;
	uint32_t size = get_le32(contents) & 0x3fffffff;
	struct udf_run extent = {
		.at = { get_le32(contents + 4), get_le16(contents + 8) },
		.n_blocks = (size + DISCERN_SECTOR_SIZE - 1) / DISCERN_SECTOR_SIZE,
	};

	for (unsigned i = 0; extent.n_blocks > 0 && i < MAX_FILE_SET_EXTENTS; i++) {
		struct udf_runs runs = { &extent, 1, 1 };
		struct udf_run next;
		int ret = udf_add_extents(&tree->space, &runs, FILES_STRUCTURE, tree->list);

		if (ret == 0)
			ret = read_file_sets(tree, &extent, ret_found, &next);
		if (ret < 0)
			return ret;
		extent = next;
	}
	return 0;
}

/* ---- the volume ---- */

static int add_sectors(struct tree *tree, uint64_t lba, uint32_t n_sectors)
{
	if (lba + n_sectors > INT32_MAX)
		return 0;
	return files_add_extent(tree->list, &(struct file_extent){ (uint32_t)lba, n_sectors, FILES_STRUCTURE });
}

static int add_structure(struct tree *tree, const struct udf_volume *volume)
{
	int ret = add_sectors(tree, (uint64_t)tree->space.probe->start_lba + RECOGNITION_LBA, RECOGNITION_SECTORS);

	for (size_t i = 0; ret == 0 && i < volume->n_structure; i++)
		ret = add_sectors(tree, volume->structure[i].lba, volume->structure[i].n_sectors);
	for (size_t i = 0; ret == 0 && i < volume->n_partitions; i++) {
		const struct udf_partition *partition = &volume->partitions[i];

		for (size_t k = 0; ret == 0 && k < sizeof(partition->spaces) / sizeof(partition->spaces[0]); k++)
			ret = add_sectors(tree, (uint64_t)partition->start + partition->spaces[k].lba,
					  partition->spaces[k].n_sectors);
	}
	return ret;
}

static int list_tree(struct tree *tree, const struct udf_volume *volume)
{
	struct file_set file_set = { .is_found = false };
	int ret = add_structure(tree, volume);

	if (ret == 0)
		ret = find_root(tree, volume, &file_set);
	if (ret < 0)
		return ret;
	if (!file_set.is_found) {
		tree->list->n_unread_folders++;
		return 0;
	}
	tree->seen = calloc(SEEN_BYTES, 1);
	if (tree->seen == NULL)
		return -ENOMEM;
	ret = add_node(tree, file_set.root, calloc(1, 1), true);
	for (size_t i = 0; ret == 0 && i < tree->n_folders; i++) {
		struct folder folder = tree->folders[i];

		ret = read_folder(tree, &folder);
	}
	free(tree->folders);
	free(tree->seen);
	return ret;
}

int udf_list_files(struct probe *probe, const struct discern_volume *volume, struct file_list *list)
{
	struct tree tree = { .list = list };
	struct udf_volume udf;
	int ret = udf_probe(probe, UDF_ANNOUNCED, volume->iso_sectors, &udf);

	if (ret < 0 || !udf.has_logical_volume)
		return ret;
	ret = udf_maps_open(probe, &udf, &tree.space, list);
	if (ret == 0)
		ret = list_tree(&tree, &udf);
	udf_space_clear(&tree.space);
	return ret;
}
