/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <discern/image.h>

#include <string.h>

#include "base/error.h"
#include "disc/file_source.h"
#include "fs/volume.h"

/* Where a volume has its first descriptor (ECMA-119 6.2.1). */
#define FIRST_DESCRIPTOR 16

static bool reaches_beyond(const struct discern_volume *volume, uint64_t size_bytes)
{
	uint32_t n_sectors = volume->iso_sectors > volume->udf_sectors ? volume->iso_sectors : volume->udf_sectors;

	return (uint64_t)n_sectors * DISCERN_SECTOR_SIZE > size_bytes;
}

int volume_inspect(struct discern_source *source, uint64_t size_bytes, struct discern_image_info *ret_info,
		   struct discern_error *err)
{
	uint8_t sector[DISCERN_SECTOR_SIZE];
	int ret;

	memset(ret_info, 0, sizeof(*ret_info));
	ret_info->size_bytes = size_bytes;
	ret = volume_probe(source, 0, &ret_info->volume, &ret_info->has_volume, err);
	/* A disc may have bad sectors; a file that cannot be read where a volume begins is an error. */
	if (ret == 0 && !ret_info->has_volume && source->n_sectors > FIRST_DESCRIPTOR)
		ret = source_read(source, FIRST_DESCRIPTOR, 1, sector, err);
	if (ret == 0)
		ret_info->is_truncated = ret_info->has_volume && reaches_beyond(&ret_info->volume, size_bytes);
	return ret;
}

int discern_image_inspect(const char *path, struct discern_image_info *ret_info, struct discern_error *err)
{
	struct discern_source *source;
	int ret;

	memset(ret_info, 0, sizeof(*ret_info));
	ret = file_source_open(path, &source, err);
	if (ret < 0)
		return ret;
	ret = volume_inspect(source, file_source_size_bytes(source), ret_info, err);
	source_close(source);
	return ret;
}
