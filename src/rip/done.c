/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rip/done.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "disc/file_source.h"
#include "rip/end.h"

/* All over the image; and those with the descriptors of ISO 9660 and UDF, of which every disc has its own times and
 * names (ECMA-119 6.2.1, ECMA-167 3/8.4.2). */
enum { N_SPREAD = 32, FIRST_DESCRIPTORS = 16, SECOND_DESCRIPTORS = 256, N_DESCRIPTORS = 24 };
enum { N_SECTORS = 2 * N_DESCRIPTORS + N_SPREAD };

static int ascending(const void *a, const void *b)
{
	uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;

	return left < right ? -1 : left > right;
}

/* 1 equal, or not readable on this disc; 0 different. */
static int compare_sector(struct discern_source *source, struct discern_source *image, int32_t first_lba,
			  uint32_t sector, struct discern_error *err)
{
	uint8_t on_disc[DISCERN_SECTOR_SIZE];
	uint8_t in_image[DISCERN_SECTOR_SIZE];
	int ret = rip_read(source, first_lba + (int32_t)sector, 1, on_disc, err);

	if (ret < 0)
		return rip_is_bad_sector(ret) ? 1 : ret;
	if (source_read(image, (int32_t)sector, 1, in_image, NULL) < 0)
		return 0;
	return memcmp(on_disc, in_image, sizeof(on_disc)) == 0;
}

/* The image's sectors that are compared, in ascending order, as compressed images are read in order only. */
static size_t choose_sectors(const struct rip_plan *plan, uint32_t ret_sectors[N_SECTORS])
{
	uint32_t n = plan->n_sectors, start = rip_plan_data_start(plan), last = n - 1 - start;
	size_t n_chosen = 0;

	for (uint32_t i = 0; i < N_DESCRIPTORS; i++)
		ret_sectors[n_chosen++] = start + FIRST_DESCRIPTORS + i;
	for (uint32_t i = 0; i < N_DESCRIPTORS; i++)
		ret_sectors[n_chosen++] = start + SECOND_DESCRIPTORS + i;
	for (uint32_t i = 0; i < N_SPREAD; i++)
		ret_sectors[n_chosen++] = start + (uint32_t)((uint64_t)last * i / (N_SPREAD - 1));
	qsort(ret_sectors, n_chosen, sizeof(ret_sectors[0]), ascending);
	while (n_chosen > 0 && ret_sectors[n_chosen - 1] >= n)
		n_chosen--;
	return n_chosen;
}

/* 0, or -EINVAL for what is no image of this size. */
static int open_image(const char *path, uint64_t size_bytes, struct meter *meter, struct discern_source **ret_image)
{
	struct discern_source *image = NULL;
	int ret = file_source_open(path, &image, NULL);

	if (ret == 0 && file_source_size_bytes(image) != size_bytes) {
		source_close(image);
		ret = file_source_open_unpacked(path, size_bytes, &image, NULL);
		if (ret == 0)
			observe_message(&meter->observer, DISCERN_LEVEL_NOTE,
					"%s seems to be of this disc; it is unpacked to be compared", path);
	}
	if (ret == 0 && file_source_size_bytes(image) != size_bytes) {
		source_close(image);
		ret = -EINVAL;
	}
	*ret_image = image;
	return ret;
}

int done_compare(struct discern_source *source, const struct rip_plan *plan, const char *path, struct meter *meter,
		 struct discern_error *err)
{
	struct discern_source *image;
	uint32_t sectors[N_SECTORS];
	size_t n;
	int ret = 1;

	if (plan->n_sectors <= rip_plan_data_start(plan) ||
	    open_image(path, (uint64_t)plan->n_sectors * DISCERN_SECTOR_SIZE, meter, &image) < 0)
		return 0;
	n = choose_sectors(plan, sectors);
	for (size_t i = 0; ret == 1 && i < n; i++) {
		if (i > 0 && sectors[i] == sectors[i - 1])
			continue;
		if (!meter_tick(meter))
			ret = discern_error_set(err, -ECANCELED, "stopped");
		else
			ret = compare_sector(source, image, plan->first_lba, sectors[i], err);
	}
	source_close(image);
	return ret;
}
