/* SPDX-License-Identifier: GPL-3.0-or-later */
/* All files of a volume and the sectors that they lie in, so that damage can be told by the names of files. */
#ifndef FS_FILES_H
#define FS_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <discern/error.h>
#include <discern/image.h>

#include "disc/source.h"

/** Most files and folders that are listed: no disc has more, only a hostile one. */
#define FILES_MAX ((size_t)4 << 20)

struct file_entry {
	/** UTF-8, from the root on, as "/boot/grub/efi.img"; control characters are left as they are. */
	char *path;
	uint64_t size_bytes;
	bool is_folder;
};

/** Sectors of a file, or of what the volume needs itself. */
struct file_extent {
	/** LBA on the disc. */
	uint32_t start;
	uint32_t n_sectors;
	/** Index of the file; FILES_STRUCTURE for the volume's own. */
	uint32_t file;
};

#define FILES_STRUCTURE UINT32_MAX

struct file_list {
	size_t n_files, n_extents;
	struct file_entry *files;
	/** By their start. Extents of several files may overlap: hard links, and images with shared data. */
	struct file_extent *extents;
	/** Folders that could not be read, so that files in them are missing here. */
	size_t n_unread_folders;

	/** The list's own. */
	size_t room_files, room_extents, path_bytes;
};

/**
 * Lists the volume that volume_probe() found in the session at start_lba: the tree with the best names, Rock Ridge,
 * then UDF, Joliet, ISO 9660. What cannot be read is left out and counted.
 * @return 0 (also for a volume without readable folders), -ENOMEM, -E2BIG (more than FILES_MAX), or the source's own
 *         trouble. Release with files_clear() in every case.
 */
int files_list(struct discern_source *source, int32_t start_lba, const struct discern_volume *volume,
	       struct file_list *ret_list, struct discern_error *err);

void files_clear(struct file_list *list);

/** "folder/name"; too long ones are cut. NULL without memory. */
char *files_join(const char *folder, const char *name);

/** Adds a file; its index, or a negative errno. path is taken over. */
int64_t files_add(struct file_list *list, char *path, bool is_folder);

/** Adds sectors to a file: they add to nothing else. 0, -ENOMEM, -E2BIG. */
int files_add_extent(struct file_list *list, const struct file_extent *extent);

/** Sorts the extents, when all are there. */
void files_sort(struct file_list *list);

#endif
