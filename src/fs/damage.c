/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fs/damage.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int compare_paths(const void *a, const void *b)
{
	return strcmp(((const struct discern_damaged_file *)a)->path, ((const struct discern_damaged_file *)b)->path);
}

static bool is_damaged(const struct damage_count *count)
{
	return count->n_bad > 0 || count->n_different > 0;
}

/* counts has one for each file. */
static int list_damaged(const struct file_list *list, const struct damage_count *counts, struct damage *damage)
{
	size_t n = 0;

	for (size_t i = 0; i < list->n_files; i++)
		n += is_damaged(&counts[i]);
	damage->damaged_files = calloc(n > 0 ? n : 1, sizeof(*damage->damaged_files));
	if (damage->damaged_files == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < list->n_files; i++) {
		const struct file_entry *file = &list->files[i];
		struct discern_damaged_file *entry = &damage->damaged_files[damage->n_damaged_files];

		if (!is_damaged(&counts[i]))
			continue;
		entry->path = strdup(file->path[0] != '\0' ? file->path : "/");
		if (entry->path == NULL)
			return -ENOMEM;
		entry->size_bytes = file->size_bytes;
		entry->n_bad_sectors = counts[i].n_bad;
		entry->n_different_sectors = counts[i].n_different;
		entry->is_folder = file->is_folder;
		damage->n_damaged_files++;
	}
	qsort(damage->damaged_files, n, sizeof(*damage->damaged_files), compare_paths);
	return 0;
}

int damage_find(const struct file_list *list, damage_counter *counter, void *user, struct damage *ret_damage)
{
	struct damage_count *counts = calloc(list->n_files > 0 ? list->n_files : 1, sizeof(*counts));
	int ret;

	memset(ret_damage, 0, sizeof(*ret_damage));
	if (counts == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < list->n_files; i++)
		ret_damage->n_files += !list->files[i].is_folder;
	for (size_t i = 0; i < list->n_extents; i++) {
		const struct file_extent *extent = &list->extents[i];

		if (extent->file != FILES_STRUCTURE)
			counter(user, extent->start, extent->n_sectors, &counts[extent->file]);
	}
	ret = list_damaged(list, counts, ret_damage);
	free(counts);
	return ret;
}

void damage_free_files(struct discern_damaged_file *files, size_t n)
{
	for (size_t i = 0; files != NULL && i < n; i++)
		free(files[i].path);
	free(files);
}
