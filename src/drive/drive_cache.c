/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading past the cache of a drive. */
#include <errno.h>
#include <stdlib.h>

#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "drive/drive_source_private.h"

/* From so many sectors on, reading them in order has overwritten what the cache had of them before it is asked for. */
enum { LONG_ENOUGH = 2 * MORE_THAN_CACHES };

/* 32 MiB, more than any cache. */
enum { MOST_AWAY = 4 * MORE_THAN_CACHES };

/* Where FUA is refused or ignored, reading more than a cache holds does it, at the other end of the disc. */
static void flush(const struct far_reader *reader, int32_t lba)
{
	struct drive_source *source = reader->source;
	uint32_t n_wanted = source->n_away_sectors > 0 ? source->n_away_sectors : MORE_THAN_CACHES;
	uint32_t n_half = reader->n_sectors / 2, n_left = n_half < n_wanted ? n_half : n_wanted;
	bool is_behind = lba >= 0 && (uint32_t)lba >= n_half;
	int32_t at = is_behind ? 0 : (int32_t)(reader->n_sectors - n_left);
	const char *before =
		source_because(&source->base, "elsewhere, so that the drive's cache holds nothing of before");

	while (n_left > 0) {
		uint32_t n = n_left < reader->n_at_once ? n_left : reader->n_at_once;
		struct discern_error ignored;

		/* The first unreadable sector has cost enough time, and moved the head. */
		if (reader->read(reader, at, n, &ignored) < 0)
			break;
		at += (int32_t)n;
		n_left -= n;
	}
	source_because(&source->base, before);
}

static int read_plainly(const struct far_reader *reader, int32_t lba, uint32_t n_sectors, struct discern_error *err)
{
	return drive_source_read_once(reader->source, lba, n_sectors, reader->buffer, err);
}

static struct far_reader plain_reader(struct drive_source *source, uint8_t *buffer)
{
	return (struct far_reader){ read_plainly, source, buffer, source->max_sectors, source->capacity_sectors };
}

void drive_source_flush(struct drive_source *source, int32_t lba)
{
	AUTO_FREE uint8_t *buffer = buffer_new((size_t)source->max_sectors * DISCERN_SECTOR_SIZE);
	const struct far_reader reader = plain_reader(source, buffer);

	if (buffer != NULL)
		flush(&reader, lba);
}

/* What some reads of one sector take. Below 0 if it cannot be read so. */
static int time_reads(struct drive_source *source, int32_t lba, bool with_fua, double *ret_seconds,
		      struct discern_error *err)
{
	enum { N_READS = 8 };
	uint8_t buffer[DISCERN_SECTOR_SIZE];
	double before = source->base.busy_seconds;

	for (unsigned i = 0; i < N_READS; i++) {
		int ret;

		source->n_fua_sectors = with_fua ? 1 : 0;
		ret = drive_source_read_once(source, lba, 1, buffer, err);
		source->n_fua_sectors = 0;
		if (ret < 0)
			return ret;
		/* The first one brings it into the cache. */
		if (i == 0)
			before = source->base.busy_seconds;
	}
	*ret_seconds = source->base.busy_seconds - before;
	return 0;
}

/* A sector that was just read comes from the cache at once, and from the medium when it has come round again: a CD turns
 * at most 200 times a second. Where the times do not differ, nothing is proven. */
static int prove_fua(struct drive_source *source, int32_t lba, struct discern_error *err)
{
	const double least_seconds = 0.016;
	const char *before =
		source_because(&source->base, "whether FUA gets past the drive's cache, by the time it takes");
	double cached = 0, forced = 0;
	int ret = time_reads(source, lba, false, &cached, err);

	if (ret == 0)
		ret = time_reads(source, lba, true, &forced, err);
	source_because(&source->base, before);
	if (ret == -EOPNOTSUPP)
		source->fua = FUA_IGNORED;
	else if (ret == 0)
		source->fua = forced >= least_seconds && forced > 3 * cached ? FUA_HONOURED : FUA_IGNORED;
	/* An unreadable sector tells nothing; trouble of the drive is told by what comes next. */
	return ret == -EOPNOTSUPP || ret == -EIO || ret == -ENXIO ? 0 : ret;
}

/* A pick-up that comes back from the other end of the disc takes longer than an answer from a cache. As long as there is one, more
 * is read; it is tried for one sector, which is read from the medium by that. */
static int prove_away(const struct far_reader *reader, int32_t lba, struct discern_error *err)
{
	const double least_seconds = 0.010;
	struct drive_source *source = reader->source;

	for (uint32_t n = MORE_THAN_CACHES; n <= MOST_AWAY; n *= 2) {
		const char *reason;
		double before;
		int ret;

		source->n_away_sectors = n;
		flush(reader, lba);
		before = source->base.busy_seconds;
		reason = source_because(&source->base, "whether it comes from the disc again, by the time it takes");
		ret = reader->read(reader, lba, 1, err);
		source_because(&source->base, reason);
		source->is_away_proven = ret == 0 && source->base.busy_seconds - before >= least_seconds;
		if (source->is_away_proven)
			return 0;
		/* An unreadable sector tells nothing; another one is tried the next time. */
		if (ret < 0) {
			source->n_away_sectors = 0;
			return ret == -EIO || ret == -ENXIO || ret == -EOPNOTSUPP ? 0 : ret;
		}
		if (n >= reader->n_sectors / 2)
			break;
	}
	source->n_away_sectors = MORE_THAN_CACHES;
	return 0;
}

int drive_source_read_away(const struct far_reader *reader, int32_t lba, struct discern_error *err)
{
	if (reader->source->n_away_sectors == 0)
		return prove_away(reader, lba, err);
	flush(reader, lba);
	return 0;
}

static int read_away_plainly(struct drive_source *source, int32_t lba, struct discern_error *err)
{
	AUTO_FREE uint8_t *buffer = buffer_new((size_t)source->max_sectors * DISCERN_SECTOR_SIZE);
	const struct far_reader reader = plain_reader(source, buffer);

	return buffer != NULL ? drive_source_read_away(&reader, lba, err)
			      : discern_error_set(err, -ENOMEM, "out of memory");
}

static const char *away_words(const struct drive_source *source)
{
	if (!source->is_away_proven)
		return "by reading 8 MiB elsewhere; the drive's times prove neither that nor FUA";
	return source->n_away_sectors == MORE_THAN_CACHES ? "by reading 8 MiB elsewhere, after which reading takes the "
							    "way back; FUA does not prove to be heeded"
	       : source->n_away_sectors == 2 * MORE_THAN_CACHES
		       ? "by reading 16 MiB elsewhere, after which reading takes the way back; after less it came from "
			 "the cache"
		       : "by reading 32 MiB elsewhere, after which reading takes the way back; after less it came from "
			 "the cache";
}

int drive_source_forget(struct discern_source *base, int32_t lba, uint32_t n_sectors, struct discern_error *err)
{
	struct drive_source *source = (struct drive_source *)base;
	struct discern_error own;
	int ret = 0;

	if (n_sectors >= LONG_ENOUGH) {
		base->forget_words = "by reading more than it holds before coming back";
		return 0;
	}
	if (source->fua == FUA_UNKNOWN)
		ret = prove_fua(source, lba, err != NULL ? err : &own);
	if (ret < 0)
		return ret;
	if (source->fua == FUA_HONOURED) {
		source->n_fua_sectors = n_sectors;
		base->forget_words = "by FUA, which the drive heeds";
		return 0;
	}
	ret = read_away_plainly(source, lba, err != NULL ? err : &own);
	base->forget_words = away_words(source);
	return ret;
}
