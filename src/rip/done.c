/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rip/done.h"

#include <stdbool.h>
#include <string.h>

#include "base/error.h"
#include "disc/file_source.h"
#include "rip/end.h"

/* All over the image; and those with the descriptors of ISO 9660 and UDF, of which every disc has its own times and
 * names (ECMA-119 6.2.1, ECMA-167 3/8.4.2). */
enum { N_SPREAD = 32, FIRST_DESCRIPTORS = 16, SECOND_DESCRIPTORS = 256, N_DESCRIPTORS = 24 };

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

int done_compare(struct discern_source *source, const struct rip_plan *plan, const char *path, struct discern_error *err)
{
	struct discern_source *image = NULL;
	uint32_t n = plan->n_sectors;
	int ret = 1;

	if (n == 0 || file_source_open(path, &image, NULL) < 0)
		return 0;
	if (file_source_size_bytes(image) != (uint64_t)n * DISCERN_SECTOR_SIZE)
		ret = 0;
	for (uint32_t i = 0; ret == 1 && i < N_DESCRIPTORS && FIRST_DESCRIPTORS + i < n; i++)
		ret = compare_sector(source, image, plan->first_lba, FIRST_DESCRIPTORS + i, err);
	for (uint32_t i = 0; ret == 1 && i < N_DESCRIPTORS && SECOND_DESCRIPTORS + i < n; i++)
		ret = compare_sector(source, image, plan->first_lba, SECOND_DESCRIPTORS + i, err);
	for (uint32_t i = 0; ret == 1 && i < N_SPREAD; i++)
		ret = compare_sector(source, image, plan->first_lba, (uint32_t)((uint64_t)(n - 1) * i / (N_SPREAD - 1)),
				     err);
	source_close(image);
	return ret;
}
