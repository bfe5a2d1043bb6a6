/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fs/files.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "fs/iso9660_tree.h"
#include "fs/probe.h"
#include "fs/udf_tree.h"

/* Extents of one file: many where it lies in pieces, as on packet-written discs. */
#define EXTENTS_MAX ((size_t)16 << 20)

/* A whole path: longer ones are cut, which only concerns what is told. And all of them together. */
#define PATH_MAX_BYTES 8192
#define PATHS_MAX_BYTES ((size_t)1 << 30)

/* Sectors of folders that are read at most: 4 GiB of them. */
#define FOLDER_SECTORS_MAX (2U << 20)

static int make_room(void **items, size_t *room, size_t n, size_t item_size)
{
	size_t more = *room > 0 ? *room * 2 : 256;
	void *bigger;

	if (n < *room)
		return 0;
	bigger = realloc(*items, more * item_size);
	if (bigger == NULL)
		return -ENOMEM;
	*items = bigger;
	*room = more;
	return 0;
}

char *files_join(const char *folder, const char *name)
{
	size_t folder_length = strlen(folder), length = strlen(name);
	char *path;

	if (folder_length + 2 >= PATH_MAX_BYTES)
		return strdup(folder);
	if (folder_length + length + 2 > PATH_MAX_BYTES)
		length = PATH_MAX_BYTES - folder_length - 2;
	path = malloc(folder_length + length + 2);
	if (path == NULL)
		return NULL;
	memcpy(path, folder, folder_length);
	path[folder_length] = '/';
	memcpy(path + folder_length + 1, name, length);
	path[folder_length + 1 + length] = '\0';
	return path;
}

int64_t files_add(struct file_list *list, char *path, bool is_folder)
{
	size_t n_bytes = path != NULL ? strlen(path) + 1 : 0;
	bool is_full = list->n_files >= FILES_MAX || list->path_bytes + n_bytes > PATHS_MAX_BYTES;

	if (is_full || path == NULL ||
	    make_room((void **)&list->files, &list->room_files, list->n_files, sizeof(*list->files)) < 0) {
		free(path);
		return is_full ? -E2BIG : -ENOMEM;
	}
	list->path_bytes += n_bytes;
	list->files[list->n_files] = (struct file_entry){ .path = path, .is_folder = is_folder };
	return (int64_t)list->n_files++;
}

int files_add_extent(struct file_list *list, const struct file_extent *extent)
{
	if (extent->n_sectors == 0)
		return 0;
	if (list->n_extents >= EXTENTS_MAX)
		return -E2BIG;
	if (make_room((void **)&list->extents, &list->room_extents, list->n_extents, sizeof(*list->extents)) < 0)
		return -ENOMEM;
	list->extents[list->n_extents++] = *extent;
	return 0;
}

static int compare_extents(const void *a, const void *b)
{
	const struct file_extent *x = a, *y = b;

	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	return x->file < y->file ? -1 : x->file > y->file;
}

void files_sort(struct file_list *list)
{
	if (list->n_extents > 1)
		qsort(list->extents, list->n_extents, sizeof(*list->extents), compare_extents);
}

void files_clear(struct file_list *list)
{
	for (size_t i = 0; i < list->n_files; i++)
		free(list->files[i].path);
	free(list->files);
	free(list->extents);
	memset(list, 0, sizeof(*list));
}

/* Lists the tree with the best names. One that has nothing at all gives way to the next. */
static int list_best(struct probe *probe, const struct discern_volume *volume, struct file_list *list)
{
	int ret = 0;

	if (volume->has_udf && !(volume->has_iso9660 && volume->has_rock_ridge)) {
		ret = udf_list_files(probe, volume, list);
		if (ret < 0 || list->n_files > 1 || !volume->has_iso9660)
			return ret;
		files_clear(list);
	}
	return volume->has_iso9660 ? iso9660_list_files(probe, volume, list) : 0;
}

int files_list(struct discern_source *source, int32_t start_lba, const struct discern_volume *volume,
	       struct file_list *ret_list, struct discern_error *err)
{
	struct probe probe = {
		.source = source, .start_lba = start_lba, .n_reads_left = FOLDER_SECTORS_MAX, .err = err
	};
	int ret;

	memset(ret_list, 0, sizeof(*ret_list));
	ret = list_best(&probe, volume, ret_list);
	files_sort(ret_list);
	if (ret == -ENOMEM)
		return discern_error_set(err, ret, "out of memory");
	if (ret == -E2BIG)
		return discern_error_set(err, ret, "the volume claims to have more files than a disc can hold");
	return ret;
}
