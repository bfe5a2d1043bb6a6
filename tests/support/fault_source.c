/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "support/fault_source.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#include "base/bytes.h"
#include "base/error.h"

static const struct discern_sense unreadable = { 3, 0x11, 0x05 };
static const struct discern_sense not_data = { 5, 0x64, 0x00 };

void fault_source_fill(const struct fault_source *source, int32_t lba, uint8_t *sector)
{
	uint32_t value = (uint32_t)lba * 2654435761u + source->seed;

	for (size_t i = 0; i < DISCERN_SECTOR_SIZE; i += 4) {
		value = value * 1664525u + 1013904223u;
		put_be32(sector + i, value);
	}
	if (source->overlay != NULL)
		source->overlay(lba, sector, source->user);
}

static void wait_ms(unsigned ms)
{
	struct timespec time = { ms / 1000, (long)(ms % 1000) * 1000000 };

	if (ms > 0)
		nanosleep(&time, NULL);
}

static bool is_too_fast(const struct fault_source *source, const struct fault *fault)
{
	return source->full_kbps == 0 || fault->max_kbps == 0 || source->speed_kbps == 0 ||
	       source->speed_kbps > fault->max_kbps;
}

static void count_time(struct fault_source *source, uint32_t n_sectors, bool is_good)
{
	uint32_t kbps = source->speed_kbps == 0 || source->speed_kbps > source->full_kbps ? source->full_kbps
											  : source->speed_kbps;

	if (source->full_kbps == 0)
		return;
	source->base.busy_seconds +=
		is_good ? (double)n_sectors * DISCERN_SECTOR_SIZE / 1000.0 / kbps : source->failure_seconds;
	if (is_good && kbps == source->full_kbps)
		source->n_fast += n_sectors;
	else if (is_good)
		source->n_slow += n_sectors;
}

static int set_effort(struct discern_source *base, const struct source_effort *effort)
{
	((struct fault_source *)base)->speed_kbps = effort->speed_kbps;
	return 0;
}

static int set_spinning(struct discern_source *base, bool is_spinning, struct discern_error *err)
{
	struct fault_source *source = (struct fault_source *)base;

	(void)err;
	if (!is_spinning && ++source->n_stops == source->n_stops_help)
		source->trouble_at_read = 0;
	return 0;
}

static struct fault *find_fault(struct fault_source *source, int32_t lba, uint32_t n_sectors)
{
	for (size_t i = 0; i < source->n_faults; i++) {
		struct fault *fault = &source->faults[i];

		if (fault->n_sectors > 0 && is_too_fast(source, fault) && lba < fault->lba + (int32_t)fault->n_sectors &&
		    fault->lba < lba + (int32_t)n_sectors)
			return fault;
	}
	return NULL;
}

static int fail(struct fault *fault, int32_t lba, struct discern_error *err)
{
	wait_ms(fault->delay_ms);
	if (fault->n_times > 0 && --fault->n_times == 0)
		fault->n_sectors = 0;
	if (fault->code == 0)
		return 0;
	discern_error_set(err, fault->code, "cannot read LBA %d", lba);
	err->lba = lba;
	err->sense = fault->sense;
	return fault->code;
}

static int read_sectors(struct discern_source *base, int32_t lba, uint32_t n_sectors, uint8_t *buffer,
			struct discern_error *err)
{
	struct fault_source *source = (struct fault_source *)base;
	struct fault *fault = find_fault(source, lba, n_sectors);
	int ret = 0;

	source->n_reads++;
	if (n_sectors > source->largest_read)
		source->largest_read = n_sectors;
	for (uint32_t i = 0; i < n_sectors; i++)
		if (lba >= 0 && (size_t)lba + i < sizeof(source->n_asked) / sizeof(source->n_asked[0]))
			source->n_asked[(size_t)lba + i]++;
	if (source->trouble_at_read > 0 && source->n_reads >= source->trouble_at_read) {
		count_time(source, n_sectors, false);
		return discern_error_set(err, source->trouble_code, "trouble with the drive");
	}
	/* What is in the buffer after a failure must not count. */
	memset(buffer, 0xee, (size_t)n_sectors * DISCERN_SECTOR_SIZE);
	if (lba < 0 || (int64_t)lba + n_sectors > base->n_sectors) {
		discern_error_set(err, -ENXIO, "LBA %d is out of range", lba);
		err->sense = (struct discern_sense){ 5, 0x21, 0x00 };
		return -ENXIO;
	}
	if (fault != NULL)
		ret = fail(fault, lba, err);
	count_time(source, n_sectors, ret == 0);
	if (fault != NULL && (fault->is_slow || fault->is_start))
		base->busy_seconds += source->failure_seconds;
	if (fault != NULL)
		base->n_starts += fault->is_start;
	for (uint32_t i = 0; ret == 0 && i < n_sectors; i++)
		fault_source_fill(source, lba + (int32_t)i, buffer + (size_t)i * DISCERN_SECTOR_SIZE);
	return ret;
}

static void keep(struct discern_source *base)
{
	(void)base;
}

void fault_source_init(struct fault_source *source, uint32_t n_sectors, uint32_t preferred_sectors,
		       uint32_t ecc_sectors)
{
	static const struct discern_source_ops ops = { .read = read_sectors,
						       .set_effort = set_effort,
						       .set_spinning = set_spinning,
						       .close = keep };

	memset(source, 0, sizeof(*source));
	source->base.ops = &ops;
	source->base.n_sectors = n_sectors;
	source->base.preferred_sectors = preferred_sectors;
	source->base.ecc_sectors = ecc_sectors;
}

void fault_source_add(struct fault_source *source, int32_t lba, uint32_t n_sectors, unsigned n_times, int code)
{
	struct fault *fault = &source->faults[source->n_faults++];

	*fault = (struct fault){ .lba = lba,
				 .n_sectors = n_sectors,
				 .n_times = n_times,
				 .code = code,
				 .sense = code == -ENXIO ? not_data : unreadable };
}

void fault_source_repair(struct fault_source *source)
{
	source->n_faults = 0;
}
