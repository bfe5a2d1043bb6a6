/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "support/memory_source.h"

#include <errno.h>
#include <string.h>

#include "base/error.h"

static int memory_read(struct discern_source *source, int32_t lba, uint32_t n_sectors, uint8_t *buffer,
		       struct discern_error *err)
{
	struct memory_source *memory = (struct memory_source *)source;

	memory->n_reads++;
	/* What a failed read leaves behind must never count. */
	memset(buffer, 0xee, (size_t)n_sectors * DISCERN_SECTOR_SIZE);
	for (size_t i = 0; i < memory->n_damage; i++) {
		struct memory_damage *damage = &memory->damage[i];

		if (damage->code == 0 || lba >= damage->lba + (int32_t)damage->n_sectors ||
		    lba + (int32_t)n_sectors <= damage->lba)
			continue;
		if (damage->n_failures > 0 && --damage->n_failures == 0) {
			damage->code = 0;
			return discern_error_set(err, -EIO, "LBA %d: failed for the last time", lba);
		}
		return discern_error_set(err, damage->code, "LBA %d: damaged", lba);
	}
	if (lba < 0 || (uint64_t)lba + n_sectors > memory->n_recorded)
		return discern_error_set(err, -ENXIO, "LBA %d: not recorded", lba);
	memcpy(buffer, memory->data + (size_t)lba * DISCERN_SECTOR_SIZE, (size_t)n_sectors * DISCERN_SECTOR_SIZE);
	return 0;
}

static void memory_close(struct discern_source *source)
{
	(void)source;
}

static const struct discern_source_ops memory_ops = { .read = memory_read, .close = memory_close };

void memory_source_init(struct memory_source *memory, uint8_t *data, uint32_t n_sectors)
{
	*memory = (struct memory_source){
		.source = { .ops = &memory_ops, .n_sectors = n_sectors, .preferred_sectors = 32, .ecc_sectors = 1 },
		.data = data,
		.n_recorded = n_sectors,
	};
}

void memory_source_damage(struct memory_source *memory, int32_t lba, uint32_t n_sectors, int code)
{
	memory->damage[memory->n_damage++] = (struct memory_damage){ lba, n_sectors, code, 0 };
}
