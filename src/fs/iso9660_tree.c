/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fs/iso9660_tree.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/error.h"
#include "fs/charset.h"
#include "fs/iso9660.h"

enum {
	FIRST_DESCRIPTOR = 16,
	MAX_DESCRIPTORS = 64,
	/* Longer names are cut, which only concerns what is told. */
	NAME_MAX_BYTES = 1024,
	MAX_CONTINUATIONS = 16,
	/* One bit for each sector of the largest disc: 137 GB. */
	SEEN_BYTES = 8 << 20,
	/* Directory record (ECMA-119 9.1), and its flags (9.1.6). */
	RECORD_EXTENT = 2,
	RECORD_SIZE = 10,
	RECORD_FLAGS = 25,
	RECORD_NAME_LENGTH = 32,
	RECORD_NAME = 33,
	FLAG_FOLDER = 0x02,
	FLAG_MORE_EXTENTS = 0x80,
};

/* A folder that is still to be read. */
struct folder {
	uint32_t block, size;
	/** In the list. */
	uint32_t file;
};

struct tree {
	struct probe *probe;
	struct file_list *list;
	uint32_t block_size;
	bool has_joliet_names, has_rock_ridge;
	/** Bytes of CD-ROM XA before the system use entries, or as SP says (SUSP 5.3). */
	unsigned susp_skip;
	/** Folders to read, and one bit for each block where one was found to begin. */
	struct folder *folders;
	size_t n_folders, room_folders;
	uint8_t *seen;
	size_t seen_bytes;
	/** The file whose next extent the next record is. */
	bool has_open_file;
	uint32_t open_file;
};

/* What Rock Ridge says of a record. */
struct rock_ridge {
	char name[NAME_MAX_BYTES];
	size_t name_length;
	/** Another place has the folder (RRIP 4.1.5.1); this is the folder that was moved (4.1.5.3). */
	bool has_child, is_relocated;
	uint32_t child_block;
};

static uint32_t both32(const uint8_t *p)
{
	return get_le32(p) != 0 ? get_le32(p) : get_be32(p + 4);
}

static int read_at(const struct tree *tree, uint64_t byte, uint8_t *sector)
{
	return probe_read(tree->probe, (int64_t)(byte / DISCERN_SECTOR_SIZE), sector);
}

/* ---- Rock Ridge ---- */

static void add_name(struct rock_ridge *found, const uint8_t *entry, size_t length)
{
	enum { NAME_FLAGS = 4, NAME_TEXT = 5, CURRENT_OR_PARENT = 0x06 };
	size_t n = length > NAME_TEXT ? length - NAME_TEXT : 0;

	if (length < NAME_TEXT || entry[NAME_FLAGS] & CURRENT_OR_PARENT)
		return;
	if (n > sizeof(found->name) - 1 - found->name_length)
		n = sizeof(found->name) - 1 - found->name_length;
	memcpy(found->name + found->name_length, entry + NAME_TEXT, n);
	found->name_length += n;
	found->name[found->name_length] = '\0';
}

/* Goes through one area of entries (SUSP 4.1); true if another follows, at *ret_next with *ret_length. */
static bool scan_area(const uint8_t *area, size_t size, struct rock_ridge *found, uint64_t ret_next[3])
{
	bool continues = false;

	for (size_t at = 0; at + 4 <= size;) {
		const uint8_t *entry = area + at;
		size_t length = entry[2];

		if (length < 4 || length > size - at || memcmp(entry, "ST", 2) == 0)
			break;
		if (memcmp(entry, "NM", 2) == 0)
			add_name(found, entry, length);
		if (memcmp(entry, "CL", 2) == 0 && length >= 12) {
			found->has_child = true;
			found->child_block = both32(entry + 4);
		}
		if (memcmp(entry, "RE", 2) == 0)
			found->is_relocated = true;
		if (memcmp(entry, "CE", 2) == 0 && length >= 28) {
			ret_next[0] = both32(entry + 4);
			ret_next[1] = both32(entry + 12);
			ret_next[2] = both32(entry + 20);
			continues = true;
		}
		at += length;
	}
	return continues;
}

static int read_rock_ridge(const struct tree *tree, const uint8_t *record, struct rock_ridge *ret_found)
{
	size_t start = RECORD_NAME + (size_t)record[RECORD_NAME_LENGTH];
	uint8_t sector[DISCERN_SECTOR_SIZE];
	uint64_t next[3];
	bool continues = false;

	/* A name of even length is followed by a padding byte (9.1.12). */
	start += start % 2;
	start += tree->susp_skip;
	memset(ret_found, 0, sizeof(*ret_found));
	if (start < record[0])
		continues = scan_area(record + start, record[0] - start, ret_found, next);
	for (unsigned n = 0; continues && n < MAX_CONTINUATIONS; n++) {
		uint64_t byte = next[0] * tree->block_size + next[1];
		size_t at = (size_t)(byte % DISCERN_SECTOR_SIZE), room = sizeof(sector) - at;
		int ret = read_at(tree, byte, sector);

		if (ret != 0)
			return ret < 0 ? ret : 0;
		continues = scan_area(sector + at, next[2] < room ? (size_t)next[2] : room, ret_found, next);
	}
	return 0;
}

/* ---- names ---- */

/* "NAME.EXT;1" is "NAME.EXT", and "NAME.;1" is "NAME" (ECMA-119 7.5.1). */
static void cut_version(char *name)
{
	char *semicolon = strrchr(name, ';');
	size_t length;

	if (semicolon != NULL && semicolon != name)
		*semicolon = '\0';
	length = strlen(name);
	if (length > 1 && name[length - 1] == '.')
		name[length - 1] = '\0';
}

static void find_name(const struct tree *tree, const uint8_t *record, const struct rock_ridge *rock_ridge,
		      char name[NAME_MAX_BYTES])
{
	const uint8_t *field = record + RECORD_NAME;
	size_t size = record[RECORD_NAME_LENGTH];

	if (rock_ridge->name_length > 0) {
		memcpy(name, rock_ridge->name, rock_ridge->name_length + 1);
	} else if (tree->has_joliet_names) {
		charset_from_utf16(field, size, name, NAME_MAX_BYTES);
		cut_version(name);
	} else {
		charset_from_bytes(field, size, name, NAME_MAX_BYTES);
		cut_version(name);
	}
	for (char *at = name; *at != '\0'; at++)
		if (*at == '/')
			*at = '_';
}

/* ---- the tree ---- */

static int add_extent(struct tree *tree, uint32_t file, uint64_t block, uint64_t size_bytes)
{
	uint64_t begin = block * tree->block_size, end = begin + size_bytes;
	uint64_t first = begin / DISCERN_SECTOR_SIZE, last = (end + DISCERN_SECTOR_SIZE - 1) / DISCERN_SECTOR_SIZE;

	if (size_bytes == 0 || last > INT32_MAX)
		return 0;
	if (file != FILES_STRUCTURE)
		tree->list->files[file].size_bytes += size_bytes;
	return files_add_extent(tree->list, &(struct file_extent){ (uint32_t)first, (uint32_t)(last - first), file });
}

/* True the first time: a folder within itself would have no end. */
static bool is_new_folder(struct tree *tree, uint32_t block)
{
	uint8_t bit = (uint8_t)(1U << (block % 8));

	if (block / 8 >= tree->seen_bytes || tree->seen[block / 8] & bit)
		return false;
	tree->seen[block / 8] |= bit;
	return true;
}

static int add_folder(struct tree *tree, const struct folder *folder)
{
	struct folder *bigger;

	if (!is_new_folder(tree, folder->block))
		return 0;
	if (tree->n_folders == tree->room_folders) {
		tree->room_folders = tree->room_folders > 0 ? tree->room_folders * 2 : 64;
		bigger = realloc(tree->folders, tree->room_folders * sizeof(*bigger));
		if (bigger == NULL)
			return -ENOMEM;
		tree->folders = bigger;
	}
	tree->folders[tree->n_folders++] = *folder;
	return add_extent(tree, folder->file, folder->block, folder->size);
}

/* A moved folder's size is known from its own first record only. */
static int size_of_folder(const struct tree *tree, uint32_t block, uint32_t *ret_size)
{
	uint8_t sector[DISCERN_SECTOR_SIZE];
	uint64_t byte = (uint64_t)block * tree->block_size;
	int ret = read_at(tree, byte, sector);

	*ret_size = tree->block_size;
	if (ret == 0)
		*ret_size = both32(sector + byte % DISCERN_SECTOR_SIZE + RECORD_SIZE);
	return ret < 0 ? ret : 0;
}

static int add_record(struct tree *tree, const char *folder, const uint8_t *record)
{
	bool is_folder = record[RECORD_FLAGS] & FLAG_FOLDER;
	uint32_t block = both32(record + RECORD_EXTENT) + record[1], size = both32(record + RECORD_SIZE);
	struct rock_ridge rock_ridge = { .name_length = 0 };
	char name[NAME_MAX_BYTES];
	int64_t file = tree->open_file;
	int ret = 0;

	if (tree->has_rock_ridge)
		ret = read_rock_ridge(tree, record, &rock_ridge);
	if (ret == 0 && rock_ridge.has_child) {
		is_folder = true;
		block = rock_ridge.child_block;
		ret = size_of_folder(tree, block, &size);
	}
	if (ret < 0 || rock_ridge.is_relocated)
		return ret;
	if (!tree->has_open_file) {
		find_name(tree, record, &rock_ridge, name);
		file = files_add(tree->list, files_join(folder, name), is_folder);
		if (file < 0)
			return (int)file;
	}
	tree->has_open_file = !is_folder && record[RECORD_FLAGS] & FLAG_MORE_EXTENTS;
	tree->open_file = (uint32_t)file;
	if (is_folder)
		return add_folder(tree, &(struct folder){ block, size, (uint32_t)file });
	return add_extent(tree, (uint32_t)file, block, size);
}

/* Records of one sector; they do not go over its end (6.8.1.1). */
static int add_records(struct tree *tree, const char *folder, const uint8_t *sector, size_t size)
{
	for (size_t at = 0; at + RECORD_NAME < size;) {
		const uint8_t *record = sector + at;
		size_t length = record[0], name_length = record[RECORD_NAME_LENGTH];
		/* "." and ".." are one byte, 0 and 1 (9.1.11). */
		bool is_special = name_length == 1 && record[RECORD_NAME] <= 1;
		int ret;

		if (length < RECORD_NAME + name_length || length > size - at)
			return 0;
		ret = is_special || name_length == 0 ? 0 : add_record(tree, folder, record);
		if (ret < 0)
			return ret;
		at += length;
	}
	return 0;
}

static int read_folder(struct tree *tree, const struct folder *folder)
{
	uint8_t sector[DISCERN_SECTOR_SIZE];
	uint64_t byte = (uint64_t)folder->block * tree->block_size, end = byte + folder->size;
	bool is_unread = false;

	tree->has_open_file = false;
	while (byte < end) {
		size_t at = (size_t)(byte % DISCERN_SECTOR_SIZE), n = sizeof(sector) - at;
		int ret = read_at(tree, byte, sector);

		if (n > end - byte)
			n = (size_t)(end - byte);
		/* The list of files may move meanwhile, a path does not. */
		if (ret == 0)
			ret = add_records(tree, tree->list->files[folder->file].path, sector + at, n);
		else if (ret > 0)
			is_unread = true;
		if (ret < 0)
			return ret;
		byte += n;
	}
	tree->list->n_unread_folders += is_unread;
	return 0;
}

/* ---- the volume ---- */

/* SP in the first record of the root says how many bytes to skip (SUSP 5.3). */
static int find_susp_skip(struct tree *tree, const struct folder *root)
{
	uint8_t sector[DISCERN_SECTOR_SIZE];
	uint64_t byte = (uint64_t)root->block * tree->block_size;
	const uint8_t *record = sector + byte % DISCERN_SECTOR_SIZE;
	int ret = read_at(tree, byte, sector);

	for (size_t at = 34; ret == 0 && at <= 48 && at + 7 <= record[0]; at += 14)
		if (memcmp(record + at, "SP", 2) == 0 && record[at + 4] == 0xbe && record[at + 5] == 0xef)
			tree->susp_skip = record[at + 6];
	return ret < 0 ? ret : 0;
}

/* The descriptor whose tree has the best names; where its root is. */
static int find_root(struct tree *tree, const struct discern_volume *volume, struct folder *ret_root)
{
	uint8_t sector[DISCERN_SECTOR_SIZE];
	struct discern_volume ignored;
	struct iso9660_primary primary;
	char label[64];
	bool wants_joliet = volume->has_joliet && !volume->has_rock_ridge;
	int32_t first = tree->probe->start_lba + FIRST_DESCRIPTOR;

	*ret_root = (struct folder){ 0 };
	for (int32_t i = 0; i < MAX_DESCRIPTORS; i++) {
		int ret = probe_read(tree->probe, (int64_t)first + i, sector);
		int type = ret == 0 ? iso9660_descriptor_type(sector) : ISO9660_NONE;

		if (ret < 0)
			return ret;
		if (ret == 0 && (type == ISO9660_NONE || type == ISO9660_TERMINATOR))
			break;
		if (type == ISO9660_PRIMARY && tree->block_size == 0 &&
		    iso9660_parse_primary(sector, &ignored, &primary)) {
			tree->block_size = primary.block_size;
			*ret_root = (struct folder){ primary.root_block, both32(sector + 156 + RECORD_SIZE), 0 };
			/* Path tables: size, and where both are (8.4.13 to 8.4.16). */
			ret = add_extent(tree, FILES_STRUCTURE, get_le32(sector + 140), both32(sector + 132));
			if (ret == 0)
				ret = add_extent(tree, FILES_STRUCTURE, get_be32(sector + 148), both32(sector + 132));
		} else if (type == ISO9660_SUPPLEMENTARY && wants_joliet && tree->block_size > 0 &&
			   !tree->has_joliet_names && iso9660_parse_joliet(sector, label, sizeof(label))) {
			tree->has_joliet_names = true;
			ret_root->block = both32(sector + 156 + RECORD_EXTENT) + sector[156 + 1];
			ret_root->size = both32(sector + 156 + RECORD_SIZE);
		}
		if (ret < 0)
			return ret;
	}
	return files_add_extent(tree->list, &(struct file_extent){ (uint32_t)first, 4, FILES_STRUCTURE });
}

int iso9660_list_files(struct probe *probe, const struct discern_volume *volume, struct file_list *list)
{
	struct tree tree = { .probe = probe, .list = list, .has_rock_ridge = volume->has_rock_ridge };
	struct folder root;
	char *root_path;
	int64_t file;
	int ret = find_root(&tree, volume, &root);

	if (ret < 0 || tree.block_size == 0)
		return ret;
	/* Blocks of the largest disc that there is. */
	tree.seen_bytes = SEEN_BYTES * (DISCERN_SECTOR_SIZE / tree.block_size);
	tree.seen = calloc(tree.seen_bytes, 1);
	root_path = calloc(1, 1);
	file = files_add(list, root_path, true);
	ret = tree.seen == NULL ? -ENOMEM : file < 0 ? (int)file : 0;
	if (ret == 0 && tree.has_rock_ridge)
		ret = find_susp_skip(&tree, &root);
	if (ret == 0)
		ret = add_folder(&tree, &(struct folder){ root.block, root.size, (uint32_t)file });
	for (size_t i = 0; ret == 0 && i < tree.n_folders; i++) {
		struct folder folder = tree.folders[i];

		ret = read_folder(&tree, &folder);
	}
	free(tree.folders);
	free(tree.seen);
	return ret;
}
