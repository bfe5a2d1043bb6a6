/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "verify/nothing_source.h"

#include <string.h>

static int read_zeros(struct discern_source *source, int32_t lba, uint32_t n_sectors, uint8_t *buffer,
		      struct discern_error *err)
{
	(void)source;
	(void)lba;
	(void)err;
	memset(buffer, 0, (size_t)n_sectors * DISCERN_SECTOR_SIZE);
	return 0;
}

static void keep(struct discern_source *source)
{
	(void)source;
}

void nothing_source_init(struct discern_source *source, uint64_t size_bytes)
{
	static const struct discern_source_ops ops = { .read = read_zeros, .close = keep };
	uint64_t n_sectors = (size_bytes + DISCERN_SECTOR_SIZE - 1) / DISCERN_SECTOR_SIZE;

	*source = (struct discern_source){
		.ops = &ops,
		.n_sectors = n_sectors < UINT32_MAX ? (uint32_t)n_sectors : UINT32_MAX,
		.preferred_sectors = 64,
		.ecc_sectors = 1,
	};
}
