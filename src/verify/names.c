/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "verify/names.h"

#include <errno.h>
#include <string.h>

#include "base/error.h"
#include "fs/damage.h"
#include "fs/volume.h"

/* ---- the image where it lies on the disc ---- */

struct shifted_source {
	struct discern_source base;
	struct discern_source *image;
	int32_t first_lba;
};

static int read_shifted(struct discern_source *base, int32_t lba, uint32_t n_sectors, uint8_t *buffer,
			struct discern_error *err)
{
	struct shifted_source *shifted = (struct shifted_source *)base;

	if (lba < shifted->first_lba)
		return discern_error_set(err, -ENXIO, "not in the image");
	return source_read(shifted->image, lba - shifted->first_lba, n_sectors, buffer, err);
}

static void keep(struct discern_source *base)
{
	(void)base;
}

/* ---- what is wrong ---- */

struct finding {
	const struct discern_verify_result *result;
	/** Sectors from here on are missing on the disc. */
	int64_t end_lba;
};

static uint32_t overlap(int64_t start, int64_t end, int64_t other_start, int64_t other_end)
{
	int64_t from = start > other_start ? start : other_start, to = end < other_end ? end : other_end;

	return to > from ? (uint32_t)(to - from) : 0;
}

/* Sectors from start to end that are in the ranges, which are sorted. */
static uint32_t count_in(const struct discern_range *ranges, size_t n, int64_t start, int64_t end)
{
	size_t low = 0, high = n;
	uint32_t n_sectors = 0;

	/* The first that ends behind start. */
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if ((int64_t)ranges[middle].lba + ranges[middle].n_sectors <= start)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < n && ranges[low].lba < end; low++)
		n_sectors += overlap(start, end, ranges[low].lba, (int64_t)ranges[low].lba + ranges[low].n_sectors);
	return n_sectors;
}

static void count_damage(void *user, uint32_t lba, uint32_t n_sectors, struct damage_count *count)
{
	const struct finding *finding = user;
	const struct discern_verify_result *result = finding->result;
	int64_t start = lba, end = start + n_sectors;

	count->n_different += count_in(result->different, result->n_different_ranges, start, end);
	count->n_bad += count_in(result->unreadable, result->n_unreadable_ranges, start, end);
	count->n_bad += overlap(start, end, finding->end_lba, INT64_MAX);
}

int verify_name_files(struct discern_source *image, int32_t first_lba, const struct discern_medium *medium,
		      struct discern_verify_result *result)
{
	static const struct discern_source_ops ops = { .read = read_shifted, .close = keep };
	struct shifted_source shifted = {
		.base = { .ops = &ops, .preferred_sectors = 1, .ecc_sectors = 1 },
		.image = image,
		.first_lba = first_lba,
	};
	struct finding finding = { result, INT64_MAX };
	struct discern_volume volume;
	struct file_list list = { 0 };
	struct damage damage = { 0 };
	bool is_found = false;
	int32_t session_lba;
	int ret = 0;

	shifted.base.n_sectors = (uint32_t)first_lba + image->n_sectors;
	if (result->tail == DISCERN_TAIL_SHORT)
		finding.end_lba = (int64_t)first_lba + image->n_sectors - result->n_tail_sectors;
	/* The image may be one of the first session only. */
	if (verify_find_session(medium, &session_lba))
		ret = volume_probe(&shifted.base, session_lba, &volume, &is_found, NULL);
	if (ret == 0 && !is_found) {
		session_lba = first_lba;
		ret = volume_probe(&shifted.base, session_lba, &volume, &is_found, NULL);
	}
	if (ret == 0 && is_found)
		ret = files_list(&shifted.base, session_lba, &volume, &list, NULL);
	if (ret == 0 && (list.n_files > 0 || list.n_unread_folders > 0)) {
		ret = damage_find(&list, count_damage, &finding, &damage);
		result->n_files = damage.n_files;
		result->n_unread_folders = (uint32_t)list.n_unread_folders;
		result->n_damaged_files = damage.n_damaged_files;
		result->damaged_files = damage.damaged_files;
	}
	files_clear(&list);
	return ret == -ENOMEM ? ret : 0;
}
