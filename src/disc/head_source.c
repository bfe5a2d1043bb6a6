/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "disc/head_source.h"

#include <errno.h>
#include <string.h>

#include "base/error.h"

static int head_read(struct discern_source *source, int32_t lba, uint32_t n_sectors, uint8_t *buffer,
		     struct discern_error *err)
{
	const struct head_source *head = (const struct head_source *)source;
	size_t wanted = (size_t)n_sectors * DISCERN_SECTOR_SIZE;
	uint64_t offset = (uint64_t)(lba < 0 ? 0 : lba) * DISCERN_SECTOR_SIZE;
	size_t present;

	if (lba < 0 || (uint64_t)lba + n_sectors > source->n_sectors)
		return discern_error_set(err, -ENXIO, "sector %d is outside of the image", (int)lba);
	present = offset < head->n_bytes ? head->n_bytes - (size_t)offset : 0;
	/* Only the image's own last sector is filled up. */
	if (present < wanted && (uint64_t)lba + n_sectors < source->n_sectors)
		return discern_error_set(err, -EIO, "sector %d is not at hand", (int)lba);
	if (present == 0 || present + DISCERN_SECTOR_SIZE <= wanted)
		return discern_error_set(err, -EIO, "sector %d is not at hand", (int)lba);
	present = present < wanted ? present : wanted;
	memcpy(buffer, head->bytes + offset, present);
	memset(buffer + present, 0, wanted - present);
	return 0;
}

static void head_close(struct discern_source *source)
{
	(void)source;
}

void head_source_init(struct head_source *head, const uint8_t *bytes, size_t n_bytes, uint64_t image_bytes)
{
	static const struct discern_source_ops ops = { .read = head_read, .close = head_close };
	uint64_t n_sectors = (image_bytes + DISCERN_SECTOR_SIZE - 1) / DISCERN_SECTOR_SIZE;

	*head = (struct head_source){
		.source = { .ops = &ops, .preferred_sectors = 1, .ecc_sectors = 1 },
		.bytes = bytes,
		.n_bytes = n_bytes,
	};
	head->source.n_sectors = n_sectors > INT32_MAX ? INT32_MAX : (uint32_t)n_sectors;
}
