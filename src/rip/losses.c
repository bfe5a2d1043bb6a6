/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rip/losses.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "disc/source.h"
#include "fs/damage.h"

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
		.base = { .ops = &ops, .preferred_sectors = 1, .ecc_sectors = 1 },
		.view = view,
	};

	/* The end is where UDF has its last anchor and a VAT. */
	source.base.n_sectors = (uint32_t)view->plan->first_lba + map_n_sectors(view->map);
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

static void count_missing(void *user, uint32_t lba, uint32_t n_sectors, struct damage_count *count)
{
	const struct losses_view *view = user;
	struct plan_range range;
	uint32_t end;

	if (!clip(view->plan, &(struct file_extent){ lba, n_sectors, 0 }, &range))
		return;
	end = range.start + range.n_sectors;
	for (uint32_t at = range.start; at < end;) {
		struct map_range piece = map_range_of(view->map, at);
		uint32_t piece_end = piece.start + piece.n_sectors;

		if (piece_end > end)
			piece_end = end;
		if (piece.status != MAP_GOOD)
			count->n_bad += piece_end - at;
		at = piece_end;
	}
}

int losses_tell(const struct file_list *list, const struct losses_view *view, struct discern_rip_result *result)
{
	struct losses_view counted = *view;
	struct damage damage;
	int ret = damage_find(list, count_missing, &counted, &damage);

	result->n_files = damage.n_files;
	result->n_unread_folders = (uint32_t)list->n_unread_folders;
	result->n_damaged_files = damage.n_damaged_files;
	result->damaged_files = damage.damaged_files;
	return ret;
}
