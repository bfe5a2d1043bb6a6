/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rip/doubt.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "rip/dispute.h"
#include "rip/end.h"
#include "rip/passes_private.h"

/* 32 MiB: more than any cache, and little enough to be lost by a stop. */
enum { ZONE_SECTORS = 16384 };

/* As long as this there may be something in a cache. */
enum { CACHE_SECTORS = 4096 };

/* Slow is what takes so many times what it usually takes, and so much at least: by the drive's own clock, or by ours,
 * which also counts what the system does. Usual is known after some reads, which must not be too short. */
#define SLOW_FACTOR 4
#define SLOW_LEAST_SECONDS 0.06
#define SLOW_LEAST_BY_OUR_CLOCK 0.5
enum { USUAL_READS = 16, USUAL_SECTORS = 8 };

int doubt_init(struct doubt *doubt, const struct doubt_options *options, uint32_t n_sectors)
{
	*doubt = (struct doubt){ .options = *options, .next_sector = UINT32_MAX };
	doubt->pending = map_new(n_sectors);
	doubt->reread = map_new(n_sectors);
	doubt->doubtful = map_new(n_sectors);
	doubt->mended = map_new(n_sectors);
	if (doubt->pending != NULL && doubt->reread != NULL && doubt->doubtful != NULL && doubt->mended != NULL)
		return 0;
	doubt_clear(doubt);
	return -ENOMEM;
}

void doubt_clear(struct doubt *doubt)
{
	doubt->pending = map_free(doubt->pending);
	doubt->reread = map_free(doubt->reread);
	doubt->doubtful = map_free(doubt->doubtful);
	doubt->mended = map_free(doubt->mended);
}

void doubt_note_mended(struct doubt *doubt, uint32_t sector)
{
	/* Without memory for it there is one place less to tell. */
	if (doubt->mended != NULL && sector < map_n_sectors(doubt->mended))
		map_set(doubt->mended, sector, 1, MAP_GOOD);
}

static bool is_pending(const struct doubt *doubt)
{
	return map_count(doubt->pending, MAP_GOOD) > 0;
}

/* Only reads that follow each other are compared: the pick-up's way to another place takes its time as well. */
static bool is_slow(const struct passes *passes, const struct doubt_read *read)
{
	struct doubt *doubt = passes->doubt;
	double least = passes->source->busy_seconds > 0 ? SLOW_LEAST_SECONDS : SLOW_LEAST_BY_OUR_CLOCK;
	double each = read->seconds / read->piece.n_sectors;

	if (read->has_started || read->piece.start != doubt->next_sector || read->piece.n_sectors < USUAL_SECTORS ||
	    passes->effort.speed_kbps != passes->speed_kbps)
		return false;
	if (doubt->n_usual >= USUAL_READS && each > SLOW_FACTOR * doubt->usual_seconds && read->seconds > least)
		return true;
	doubt->usual_seconds = doubt->n_usual == 0 || each < doubt->usual_seconds / SLOW_FACTOR
				       ? each
				       : doubt->usual_seconds + (each - doubt->usual_seconds) / USUAL_READS;
	doubt->n_usual++;
	return false;
}

int doubt_note(struct passes *passes, const struct doubt_read *read)
{
	const struct map_range *piece = &read->piece;
	struct doubt *doubt = passes->doubt;
	bool slow;

	if (doubt == NULL)
		return 0;
	slow = is_slow(passes, read);
	if (slow || read->is_recovered)
		observe_message(&passes->meter->observer, DISCERN_LEVEL_DETAIL,
				"LBA %d, %" PRIu32 " sectors: %s, to be read again",
				passes->plan->first_lba + (int32_t)piece->start, piece->n_sectors,
				read->is_recovered ? "the drive had trouble" : "slow");
	if (is_pending(doubt) && piece->start != doubt->next_sector)
		doubt->is_unordered = true;
	doubt->next_sector = piece->start + piece->n_sectors;
	if (!slow && !read->is_recovered && !doubt->options.is_paranoid)
		return 0;
	return map_set(doubt->pending, piece->start, piece->n_sectors, MAP_GOOD);
}

int doubt_after_read(struct passes *passes, bool saves_now, struct discern_error *err)
{
	const struct doubt *doubt = passes->doubt;

	if (doubt == NULL || !doubt->options.is_paranoid || !is_pending(doubt) ||
	    (!saves_now && map_count(doubt->pending, MAP_GOOD) < ZONE_SECTORS))
		return 0;
	/* While it is tried again, what was read only once is no gain that would have it tried for ever. */
	return doubt_settle(passes, passes->n_retry_sectors > 0 ? MAP_BAD : MAP_FAILED, err);
}

/* ---- the second reading ---- */

struct second {
	struct passes *passes;
	enum map_status on_failure;
	struct disputes disputes;
	uint32_t n_lost;
	uint8_t *read, *kept;
	uint32_t n_room;
};

static const char *reason_of(const struct second *second)
{
	return second->passes->doubt->options.is_paranoid
		       ? "a second time, past the drive's cache, to be compared, as --paranoid asks"
		       : "a second time, past the drive's cache, to be compared, as it was slow or gave trouble";
}

/* It was read once, and cannot be read again. */
static int lose(struct second *second, uint32_t sector, struct discern_error *err)
{
	static const uint8_t zeros[DISCERN_SECTOR_SIZE];
	struct passes *passes = second->passes;
	struct doubt *doubt = passes->doubt;
	int ret;

	second->n_lost++;
	if (map_set(doubt->doubtful, sector, 1, MAP_GOOD) < 0)
		return discern_error_set(err, -ENOMEM, "out of memory");
	if (!doubt->options.is_paranoid)
		return 0;
	ret = dispute_put(passes, sector, zeros);
	return ret < 0 ? ret : passes_lose(passes, sector, second->on_failure, err);
}

static int compare(struct second *second, const struct map_range *piece, struct discern_error *err)
{
	struct passes *passes = second->passes;
	struct doubt *doubt = passes->doubt;
	int ret = doubt->options.read_back(piece->start, piece->n_sectors, second->kept, doubt->options.user);

	if (ret < 0)
		return discern_error_set(err, ret, "cannot read the image again: %s", strerror(-ret));
	for (uint32_t i = 0; ret == 0 && i < piece->n_sectors; i++) {
		const uint8_t *first = second->kept + (size_t)i * DISCERN_SECTOR_SIZE;
		const uint8_t *again = second->read + (size_t)i * DISCERN_SECTOR_SIZE;

		if (memcmp(first, again, DISCERN_SECTOR_SIZE) != 0)
			ret = disputes_add(&second->disputes, piece->start + i, first, again);
	}
	if (ret == 0 && map_set(doubt->reread, piece->start, piece->n_sectors, MAP_GOOD) < 0)
		ret = -ENOMEM;
	return ret == -ENOMEM ? discern_error_set(err, ret, "out of memory") : ret;
}

/* A piece of which something cannot be read now, sector by sector. */
static int read_singly(struct second *second, const struct map_range *piece, struct discern_error *err)
{
	enum { N_TRIES = 3 };
	int ret = 0;

	for (uint32_t i = 0; ret == 0 && i < piece->n_sectors; i++) {
		struct map_range one = { piece->start + i, 1, piece->status };

		for (unsigned n = 0; n < N_TRIES; n++) {
			ret = dispute_read(second->passes, &one, reason_of(second), second->read, err);
			if (!rip_is_bad_sector(ret))
				break;
		}
		if (rip_is_bad_sector(ret))
			ret = lose(second, one.start, err);
		else if (ret == 0)
			ret = compare(second, &one, err);
	}
	return ret;
}

static int read_range(struct second *second, const struct map_range *range, struct discern_error *err)
{
	struct passes *passes = second->passes;
	struct doubt *doubt = passes->doubt;
	uint32_t end = range->start + range->n_sectors;
	int ret = 0;

	for (uint32_t at = range->start; ret == 0 && at < end;) {
		struct map_range piece = { at, end - at < second->n_room ? end - at : second->n_room, MAP_GOOD };

		ret = dispute_read(passes, &piece, reason_of(second), second->read, err);
		if (ret == 0)
			ret = compare(second, &piece, err);
		else if (rip_is_bad_sector(ret))
			ret = read_singly(second, &piece, err);
		if (ret == 0 && disputes_are_many(&second->disputes))
			ret = disputes_settle(&second->disputes, passes, err);
		/* What is compared stays so when the job ends here; what is in dispute does not. */
		if (ret == 0 && second->disputes.n == 0 &&
		    map_set(doubt->pending, range->start, at + piece.n_sectors - range->start, MAP_UNTRIED) < 0)
			ret = discern_error_set(err, -ENOMEM, "out of memory");
		if (ret == 0 && !meter_tick(passes->meter))
			ret = discern_error_set(err, -ECANCELED, "stopped");
		at += piece.n_sectors;
	}
	return ret;
}

static int read_pending(struct second *second, struct discern_error *err)
{
	struct passes *passes = second->passes;
	struct doubt *doubt = passes->doubt;
	uint32_t n_all = map_count(doubt->pending, MAP_GOOD);
	struct map_range range;
	int ret = 0;

	if (doubt->is_unordered && n_all > CACHE_SECTORS)
		n_all = CACHE_SECTORS;
	if (map_next(doubt->pending, 0, MAP_GOOD, &range))
		ret = dispute_forget(passes, range.start, n_all, err);
	for (uint32_t at = 0; ret == 0 && map_next(doubt->pending, at, MAP_GOOD, &range);
	     at = range.start + range.n_sectors)
		ret = read_range(second, &range, err);
	if (ret == 0)
		ret = disputes_settle(&second->disputes, passes, err);
	if (ret == 0 && map_set(doubt->pending, 0, map_n_sectors(doubt->pending), MAP_UNTRIED) < 0)
		ret = discern_error_set(err, -ENOMEM, "out of memory");
	return ret;
}

int doubt_settle(struct passes *passes, enum map_status on_failure, struct discern_error *err)
{
	struct second second = { .passes = passes, .on_failure = on_failure };
	struct doubt *doubt = passes->doubt;
	uint32_t n_max = PIPELINE_BLOCK_BYTES / DISCERN_SECTOR_SIZE;
	AUTO_FREE uint8_t *read = NULL;
	AUTO_FREE uint8_t *kept = NULL;
	int ret;

	if (doubt == NULL || !is_pending(doubt))
		return 0;
	ret = pipeline_drain(passes->pipeline);
	if (ret < 0)
		return ret;
	second.n_room = passes->source->preferred_sectors < n_max ? passes->source->preferred_sectors : n_max;
	second.n_room = second.n_room > 0 ? second.n_room : 1;
	second.read = read = buffer_new((size_t)second.n_room * DISCERN_SECTOR_SIZE);
	second.kept = kept = buffer_new((size_t)second.n_room * DISCERN_SECTOR_SIZE);
	if (read == NULL || kept == NULL)
		return discern_error_set(err, -ENOMEM, "out of memory");
	ret = read_pending(&second, err);
	disputes_clear(&second.disputes);
	doubt->is_unordered = false;
	doubt->next_sector = UINT32_MAX;
	if (second.n_lost > 0)
		observe_message(&passes->meter->observer, DISCERN_LEVEL_DETAIL,
				"%" PRIu32 " sectors were read once and could not be read again", second.n_lost);
	return ret;
}

/* ---- the end ---- */

/* What was read once, and should have been twice, was not read as far as the map is concerned. */
static void give_back(struct passes *passes)
{
	struct doubt *doubt = passes->doubt;
	struct map_range range;

	for (uint32_t at = 0; map_next(doubt->pending, at, MAP_GOOD, &range); at = range.start + range.n_sectors) {
		struct map_range good;

		for (uint32_t from = range.start;
		     map_next(passes->map, from, MAP_GOOD, &good) && good.start < range.start + range.n_sectors;
		     from = good.start + good.n_sectors) {
			uint32_t end = good.start + good.n_sectors, range_end = range.start + range.n_sectors;

			good.n_sectors = (end < range_end ? end : range_end) - good.start;
			map_set(passes->map, good.start, good.n_sectors, MAP_UNTRIED);
		}
	}
}

int doubt_end(struct passes *passes, int ret, struct discern_error *err)
{
	struct doubt *doubt = passes->doubt;
	uint32_t n;

	if (doubt == NULL)
		return ret;
	n = map_count(doubt->pending, MAP_GOOD);
	if (ret == 0 && n > 0 && !doubt->options.is_paranoid)
		observe_message(&passes->meter->observer, DISCERN_LEVEL_DETAIL,
				"reading %" PRIu32 " sectors again that were slow, or that the drive had trouble with",
				n);
	if (ret == 0)
		ret = doubt_settle(passes, MAP_BAD, err);
	if (ret < 0 && doubt->options.is_paranoid)
		give_back(passes);
	return ret;
}

static void list(const struct map *map, int32_t first_lba, struct discern_range *ranges, size_t *ret_n)
{
	struct map_range range;

	*ret_n = 0;
	for (uint32_t at = 0; *ret_n < DISCERN_RIP_MAX_RANGES && map_next(map, at, MAP_GOOD, &range);
	     at = range.start + range.n_sectors)
		ranges[(*ret_n)++] =
			(struct discern_range){ .lba = first_lba + (int32_t)range.start, .n_sectors = range.n_sectors };
}

void doubt_tell(const struct doubt *doubt, int32_t first_lba, struct discern_rip_result *result)
{
	if (doubt->pending == NULL)
		return;
	result->n_mended_sectors = map_count(doubt->mended, MAP_GOOD);
	result->n_reread_sectors = map_count(doubt->reread, MAP_GOOD);
	result->n_doubtful_sectors = map_count(doubt->doubtful, MAP_GOOD);
	list(doubt->mended, first_lba, result->mended_ranges, &result->n_mended_ranges);
	list(doubt->reread, first_lba, result->reread_ranges, &result->n_reread_ranges);
	list(doubt->doubtful, first_lba, result->doubtful_ranges, &result->n_doubtful_ranges);
}
