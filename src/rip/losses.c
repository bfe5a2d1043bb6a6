/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rip/losses.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "disc/source.h"

/* ---- the image so far, as a source ---- */

struct view_source {
	struct discern_source base;
	const struct losses_view *view;
};

static int read_view(struct discern_source *base, int32_t lba, uint32_t n_sectors, uint8_t *buffer,
		     struct discern_error *err)
{
	const struct losses_view *view = ((struct view_source *)base)->view;
	int64_t first = (int64_t)lba - view->plan->first_lba;
	uint32_t n_all = map_n_sectors(view->map);
	size_t size = (size_t)n_sectors * DISCERN_SECTOR_SIZE;
	struct map_range range;
	ssize_t got;

	if (first < 0 || first + n_sectors > n_all)
		return discern_error_set(err, -ENXIO, "not in the image");
	range = map_range_of(view->map, (uint32_t)first);
	if (range.status != MAP_GOOD || range.start + range.n_sectors < (uint32_t)first + n_sectors)
		return discern_error_set(err, -EIO, "not read");
	got = file_read_at(view->fd, buffer, size, (off_t)first * DISCERN_SECTOR_SIZE);
	return got == (ssize_t)size ? 0 : discern_error_set(err, -EIO, "not in the file");
}

static void keep(struct discern_source *base)
{
	(void)base;
}

int losses_list(const struct losses_view *view, struct file_list *ret_list, struct discern_error *err)
{
	static const struct discern_source_ops ops = { .read = read_view, .close = keep };
	struct view_source source = {
		.base = { .ops = &ops, .n_sectors = map_n_sectors(view->map), .preferred_sectors = 1, .ecc_sectors = 1 },
		.view = view,
	};

	return files_list(&source.base, view->session_lba, view->volume, ret_list, err);
}

/* ---- zones ---- */

/* The part of an extent that the image has; false for none. */
static bool clip(const struct rip_plan *plan, const struct file_extent *extent, struct plan_range *ret_range)
{
	int64_t first = (int64_t)extent->start - plan->first_lba, end = first + extent->n_sectors;

	if (first < 0)
		first = 0;
	if (end > plan->n_sectors)
		end = plan->n_sectors;
	if (first >= end)
		return false;
	*ret_range = (struct plan_range){ (uint32_t)first, (uint32_t)(end - first) };
	return true;
}

int losses_find_zones(const struct file_list *list, const struct rip_plan *plan, enum losses_worth worth,
		      struct losses_zones *ret_zones)
{
	struct plan_range *ranges = calloc(list->n_extents > 0 ? list->n_extents : 1, sizeof(*ranges));
	size_t n = 0;

	*ret_zones = (struct losses_zones){ 0 };
	if (ranges == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < list->n_extents; i++) {
		const struct file_extent *extent = &list->extents[i];
		bool is_folder = extent->file == FILES_STRUCTURE || list->files[extent->file].is_folder;
		struct plan_range range;

		if ((worth == LOSSES_FOLDERS && !is_folder) || !clip(plan, extent, &range))
			continue;
		/* They come sorted; those that touch or overlap become one. */
		if (n > 0 && range.start <= ranges[n - 1].start + ranges[n - 1].n_sectors) {
			uint32_t end = range.start + range.n_sectors;

			if (end > ranges[n - 1].start + ranges[n - 1].n_sectors)
				ranges[n - 1].n_sectors = end - ranges[n - 1].start;
			continue;
		}
		ranges[n++] = range;
	}
	*ret_zones = (struct losses_zones){ n, ranges };
	return 0;
}

/* ---- the end ---- */

static uint32_t count_missing(const struct losses_view *view, const struct plan_range *range)
{
	uint32_t end = range->start + range->n_sectors, n_missing = 0;

	for (uint32_t at = range->start; at < end;) {
		struct map_range piece = map_range_of(view->map, at);
		uint32_t piece_end = piece.start + piece.n_sectors;

		if (piece_end > end)
			piece_end = end;
		if (piece.status != MAP_GOOD)
			n_missing += piece_end - at;
		at = piece_end;
	}
	return n_missing;
}

static int compare_paths(const void *a, const void *b)
{
	return strcmp(((const struct discern_damaged_file *)a)->path, ((const struct discern_damaged_file *)b)->path);
}

/* n_missing has a number for each file. */
static int add_damaged(const struct file_list *list, const uint32_t *n_missing, struct discern_rip_result *result)
{
	for (size_t i = 0; i < list->n_files; i++) {
		const struct file_entry *file = &list->files[i];
		struct discern_damaged_file *entry = &result->damaged_files[result->n_damaged_files];

		if (n_missing[i] == 0)
			continue;
		entry->path = strdup(file->path[0] != '\0' ? file->path : "/");
		if (entry->path == NULL)
			return -ENOMEM;
		entry->size_bytes = file->size_bytes;
		entry->n_bad_sectors = n_missing[i];
		entry->is_folder = file->is_folder;
		result->n_damaged_files++;
	}
	qsort(result->damaged_files, result->n_damaged_files, sizeof(*result->damaged_files), compare_paths);
	return 0;
}

int losses_tell(const struct file_list *list, const struct losses_view *view, struct discern_rip_result *result)
{
	uint32_t *n_missing = calloc(list->n_files > 0 ? list->n_files : 1, sizeof(*n_missing));
	size_t n_damaged = 0;
	int ret = 0;

	if (n_missing == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < list->n_files; i++)
		result->n_files += !list->files[i].is_folder;
	for (size_t i = 0; i < list->n_extents; i++) {
		struct plan_range range;
		uint32_t file = list->extents[i].file;

		if (file == FILES_STRUCTURE || !clip(view->plan, &list->extents[i], &range))
			continue;
		n_damaged += n_missing[file] == 0;
		n_missing[file] += count_missing(view, &range);
	}
	result->n_unread_folders = (uint32_t)list->n_unread_folders;
	result->damaged_files = calloc(n_damaged > 0 ? n_damaged : 1, sizeof(*result->damaged_files));
	ret = result->damaged_files == NULL ? -ENOMEM : add_damaged(list, n_missing, result);
	free(n_missing);
	return ret;
}
