/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rip/dispute.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "rip/doubt.h"
#include "rip/end.h"
#include "rip/member.h"
#include "rip/passes_private.h"

enum { MANY = 1024 };

/* Sectors of which readings are kept as files. */
enum { MOST_KEPT = 1024 };

/* Sectors that are told of one by one. */
enum { MOST_TOLD = 32 };

int disputes_add(struct disputes *disputes, uint32_t sector, const uint8_t *first, const uint8_t *second)
{
	struct dispute *dispute;

	if (disputes->n == disputes->n_allocated) {
		size_t n = disputes->n_allocated == 0 ? 16 : disputes->n_allocated * 2;
		struct dispute *all = reallocarray(disputes->all, n, sizeof(*all));

		if (all == NULL)
			return -ENOMEM;
		disputes->all = all;
		disputes->n_allocated = n;
	}
	dispute = &disputes->all[disputes->n];
	*dispute = (struct dispute){ .sector = sector, .n_readings = 2 };
	dispute->readings[0] = malloc(DISCERN_SECTOR_SIZE);
	dispute->readings[1] = malloc(DISCERN_SECTOR_SIZE);
	disputes->n++;
	if (dispute->readings[0] == NULL || dispute->readings[1] == NULL)
		return -ENOMEM;
	memcpy(dispute->readings[0], first, DISCERN_SECTOR_SIZE);
	memcpy(dispute->readings[1], second, DISCERN_SECTOR_SIZE);
	return 0;
}

bool disputes_are_many(const struct disputes *disputes)
{
	return disputes->n >= MANY;
}

static void empty(struct disputes *disputes)
{
	for (size_t i = 0; i < disputes->n; i++)
		for (unsigned k = 0; k < DISPUTE_READINGS; k++)
			free(disputes->all[i].readings[k]);
	disputes->n = 0;
}

void disputes_clear(struct disputes *disputes)
{
	empty(disputes);
	free(disputes->all);
	*disputes = (struct disputes){ 0 };
}

/* ---- the drive and the image ---- */

/* A clock of the drive that is ahead of ours counts. */
static void count_time(struct passes *passes, double start, double busy)
{
	double ours = observe_now() - start, drives = passes->source->busy_seconds - busy;

	if (drives > ours)
		passes->ahead_seconds += drives - ours;
}

int dispute_read(struct passes *passes, const struct map_range *piece, const char *reason, uint8_t *buffer,
		 struct discern_error *err)
{
	const char *before;
	double start = observe_now(), busy = passes->source->busy_seconds;
	int ret;

	member_claim(passes, piece);
	member_leave(passes);
	before = source_because(passes->source, reason);
	ret = rip_read(passes->source, passes->plan->first_lba + (int32_t)piece->start, piece->n_sectors, buffer, err);
	source_because(passes->source, before);
	member_enter(passes);
	count_time(passes, start, busy);
	return ret;
}

int dispute_forget(struct passes *passes, uint32_t start, uint32_t n_sectors, struct discern_error *err)
{
	double now = observe_now(), busy = passes->source->busy_seconds;
	int ret;

	member_leave(passes);
	ret = source_forget(passes->source, passes->plan->first_lba + (int32_t)start, n_sectors, err);
	member_enter(passes);
	count_time(passes, now, busy);
	if (passes->source->forget_words != passes->doubt->told_words)
		observe_message(&passes->meter->observer, DISCERN_LEVEL_DETAIL, "past the drive's cache: %s",
				passes->source->forget_words);
	passes->doubt->told_words = passes->source->forget_words;
	return ret;
}

int dispute_put(struct passes *passes, uint32_t sector, const uint8_t *data)
{
	uint8_t *room = pipeline_room(passes->pipeline, DISCERN_SECTOR_SIZE, (uint64_t)sector * DISCERN_SECTOR_SIZE);

	if (room == NULL)
		return pipeline_error(passes->pipeline);
	memcpy(room, data, DISCERN_SECTOR_SIZE);
	pipeline_put(passes->pipeline, DISCERN_SECTOR_SIZE);
	return 0;
}

/* ---- the verdict ---- */

/* The reading that two have, NULL if no two are equal. */
static const uint8_t *find_equal(const struct dispute *dispute)
{
	for (unsigned i = 0; i < dispute->n_readings; i++)
		for (unsigned k = i + 1; k < dispute->n_readings; k++)
			if (memcmp(dispute->readings[i], dispute->readings[k], DISCERN_SECTOR_SIZE) == 0)
				return dispute->readings[i];
	return NULL;
}

static int read_again(struct dispute *dispute, struct passes *passes, struct discern_error *err)
{
	const struct map_range one = { dispute->sector, 1, MAP_GOOD };
	uint8_t *reading = malloc(DISCERN_SECTOR_SIZE);
	int ret;

	if (reading == NULL)
		return discern_error_set(err, -ENOMEM, "out of memory");
	ret = dispute_read(passes, &one, "two readings differ: once more, until two are equal", reading, err);
	if (ret < 0) {
		free(reading);
		return rip_is_bad_sector(ret) ? 0 : ret;
	}
	dispute->readings[dispute->n_readings++] = reading;
	return 0;
}

static void keep(struct doubt *doubt, const struct dispute *dispute)
{
	if (doubt->options.keep == NULL || doubt->n_kept >= MOST_KEPT)
		return;
	doubt->n_kept++;
	for (unsigned i = 0; i < dispute->n_readings; i++)
		doubt->options.keep(dispute->sector, i + 1, dispute->readings[i], doubt->options.user);
}

static int decide(const struct dispute *dispute, struct passes *passes, struct discern_error *err)
{
	static const uint8_t zeros[DISCERN_SECTOR_SIZE];
	const uint8_t *right = find_equal(dispute);
	int32_t lba = passes->plan->first_lba + (int32_t)dispute->sector;
	int ret = 0;

	keep(passes->doubt, dispute);
	if (map_set(passes->doubt->doubtful, dispute->sector, 1, MAP_GOOD) < 0)
		return discern_error_set(err, -ENOMEM, "out of memory");
	observe_message(&passes->meter->observer,
			passes->doubt->n_told++ < MOST_TOLD ? DISCERN_LEVEL_DETAIL : DISCERN_LEVEL_DEBUG,
			"LBA %d: readings differ: %s", lba,
			right == NULL                   ? "no two of them are equal"
			: right == dispute->readings[0] ? "the first one was right"
							: "the first one was wrong");
	if (right != dispute->readings[0])
		ret = dispute_put(passes, dispute->sector, right != NULL ? right : zeros);
	if (ret == 0 && right == NULL)
		ret = passes_lose(passes, dispute->sector, MAP_BAD, err);
	return ret;
}

int disputes_settle(struct disputes *disputes, struct passes *passes, struct discern_error *err)
{
	int ret = 0;

	for (unsigned round = 2; ret == 0 && round < DISPUTE_READINGS; round++) {
		bool has_forgotten = false;

		for (size_t i = 0; ret == 0 && i < disputes->n; i++) {
			if (find_equal(&disputes->all[i]) != NULL)
				continue;
			if (!has_forgotten)
				ret = dispute_forget(passes, disputes->all[i].sector, (uint32_t)disputes->n, err);
			has_forgotten = true;
			if (ret == 0)
				ret = read_again(&disputes->all[i], passes, err);
		}
	}
	for (size_t i = 0; ret == 0 && i < disputes->n; i++)
		ret = decide(&disputes->all[i], passes, err);
	if (ret == 0)
		empty(disputes);
	return ret;
}
