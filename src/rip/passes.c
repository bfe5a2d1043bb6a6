/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rip/passes.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "rip/end.h"
#include "rip/gap_map.h"
#include "rip/member.h"
#include "rip/passes_private.h"
#include "rip/protection.h"

static int out_of_memory(struct discern_error *err)
{
	return discern_error_set(err, -ENOMEM, "out of memory");
}

static bool has_failed(enum map_status status)
{
	return status != MAP_GOOD && status != MAP_UNTRIED;
}

uint32_t passes_n_bad(const struct map *map, const struct rip_plan *plan)
{
	uint32_t n_bad = map_n_sectors(map) - map_count(map, MAP_GOOD) - map_count(map, MAP_UNTRIED);

	for (size_t i = 0; i < plan->n_gaps; i++) {
		const struct plan_range *gap = &plan->gaps[i];
		struct map_range range;
		uint32_t end = gap->start + gap->n_sectors;

		if (end > map_n_sectors(map))
			end = map_n_sectors(map);
		for (uint32_t at = gap->start; at < end; at = range.start + range.n_sectors) {
			range = map_range_of(map, at);
			if (range.start + range.n_sectors > end)
				range.n_sectors = end - range.start;
			if (has_failed(range.status))
				n_bad -= range.start + range.n_sectors - at;
		}
	}
	return n_bad;
}

int passes_set(struct passes *passes, uint32_t start, uint32_t n_sectors, enum map_status status,
	       struct discern_error *err)
{
	if (status == MAP_FAILED)
		record_failed(passes->record, start, n_sectors);
	if (passes->member != NULL && status != MAP_GOOD)
		return member_fail(passes, &(struct map_range){ start, n_sectors, status }, status, err);
	return map_set(passes->map, start, n_sectors, status) < 0 ? out_of_memory(err) : 0;
}

int passes_lose(struct passes *passes, uint32_t sector, enum map_status status, struct discern_error *err)
{
	return map_set(passes->map, sector, 1, MAP_FAILED) < 0 ? out_of_memory(err)
							       : passes_set(passes, sector, 1, status, err);
}

int passes_give_up_gap(struct passes *passes, const struct plan_range *gap, struct discern_error *err)
{
	static const enum map_status open[] = { MAP_UNTRIED, MAP_FAILED, MAP_UNSCRAPED };
	struct map_range range;
	uint32_t end = gap->start + gap->n_sectors;

	for (size_t i = 0; i < sizeof(open) / sizeof(open[0]); i++) {
		while (map_next(passes->map, gap->start, open[i], &range) && range.start < end) {
			if (range.n_sectors > end - range.start)
				range.n_sectors = end - range.start;
			if (map_set(passes->map, range.start, range.n_sectors, MAP_BAD) < 0)
				return out_of_memory(err);
		}
	}
	return 0;
}

/* ---- error-correction units and gaps ---- */

static uint32_t ecc_sectors(const struct passes *passes)
{
	return passes->source->ecc_sectors > 0 ? passes->source->ecc_sectors : 1;
}

uint32_t passes_unit_start(const struct passes *passes, uint32_t sector)
{
	uint32_t first = (uint32_t)((int64_t)passes->plan->first_lba % ecc_sectors(passes));
	uint32_t within = (sector + first) % ecc_sectors(passes);

	return within < sector ? sector - within : 0;
}

uint32_t passes_unit_end(const struct passes *passes, uint32_t sector)
{
	uint32_t first = (uint32_t)((int64_t)passes->plan->first_lba % ecc_sectors(passes));
	uint32_t end = sector + (ecc_sectors(passes) - (sector + first) % ecc_sectors(passes));

	return end < map_n_sectors(passes->map) ? end : map_n_sectors(passes->map);
}

void passes_cut_at_gaps(const struct passes *passes, bool backward, struct map_range *range)
{
	uint32_t end = range->start + range->n_sectors;

	for (size_t i = 0; i < passes->plan->n_gaps; i++) {
		uint32_t borders[2] = { passes->plan->gaps[i].start,
					passes->plan->gaps[i].start + passes->plan->gaps[i].n_sectors };

		for (size_t k = 0; k < 2; k++) {
			if (borders[k] <= range->start || borders[k] >= end)
				continue;
			if (backward)
				range->start = borders[k];
			else
				end = borders[k];
		}
	}
	range->n_sectors = end - range->start;
}

/* ---- one read ---- */

/* The job's clock: ours, or a drive's that says that its commands took longer. */
double passes_now(const struct passes *passes)
{
	return observe_now() + passes->ahead_seconds;
}

static void note_good(struct passes *passes, uint32_t size, double seconds)
{
	passes->last_good = passes_now(passes);
	member_note_good(passes);
	passes->window_bytes += size;
	passes->window_seconds += seconds;
	/* Long enough for a clock of milliseconds, and for what a cache held. */
	if (passes->window_bytes < (8U << 20) || passes->window_seconds < 0.25)
		return;
	if ((double)passes->window_bytes / 1000.0 / passes->window_seconds > passes->peak_kbps)
		passes->peak_kbps = (uint32_t)((double)passes->window_bytes / 1000.0 / passes->window_seconds);
	passes->window_bytes = 0;
	passes->window_seconds = 0;
}

static void note_read(struct passes *passes, const struct map_range *piece, const struct reading *reading)
{
	const struct record_read read = { piece->start, piece->n_sectors, reading->is_good, reading->bad_sector,
					  reading->seconds };

	record_read(passes->record, passes_now(passes), &read);
}

static const char *reason_of(const char *pass)
{
	static const struct {
		const char *pass, *reason;
	} reasons[] = {
		{ "sweep", "never read so far" },
		{ "backwards", "left out by the sweep: backwards into it" },
		{ "again", "still not read: forwards over all of it" },
		{ "copies", "could not be read by other drives" },
		{ "divide", "failed with others of its unit, of which some may be good" },
		{ "retry", "failed before" },
		{ "scrape", "failed in every way: each sector by itself" },
		{ "in order", "next in order" },
	};

	for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
		if (strcmp(reasons[i].pass, pass) == 0)
			return reasons[i].reason;
	return pass;
}

void passes_because(struct passes *passes, const char *reason)
{
	source_because(passes->source, reason != NULL ? reason : passes->reason);
}

void passes_enter(struct passes *passes, const char *name, const char *words, const char *where)
{
	readings_tell(passes->source->readings);
	snprintf(passes->reason, sizeof(passes->reason), "%s%s%s%s%s", reason_of(name), words != NULL ? ", " : "",
		 words != NULL ? words : "", where != NULL ? ", where lie " : "", where != NULL ? where : "");
	passes_because(passes, NULL);
	passes->pass_name = name;
	record_pass(passes->record, passes_now(passes), &(struct record_pass){ name, words, where });
}

/* A drive that names the first sector of a piece may merely have named none. */
static int note_refusal(struct passes *passes, const struct map_range *piece, struct reading *reading,
			struct discern_error *err)
{
	reading->is_refused = true;
	reading->is_located = piece->n_sectors == 1 || reading->bad_sector != piece->start;
	if (!reading->is_located)
		return 0;
	if (map_set(passes->refused, reading->bad_sector, 1, MAP_BAD) < 0)
		return out_of_memory(err);
	return passes_set(passes, reading->bad_sector, 1, MAP_BAD, err);
}

/* A drive of which nothing is asked may stop its disc, or turn it slowly. */
#define IDLE_SECONDS 4.0

/* The read itself, and what it took. */
static int read_timed(struct passes *passes, const struct map_range *piece, uint8_t *room, struct reading *ret_reading,
		      struct discern_error *err)
{
	double start = observe_now(), busy = passes->source->busy_seconds;
	int ret;

	member_leave(passes);
	ret = rip_read(passes->source, passes->plan->first_lba + (int32_t)piece->start, piece->n_sectors, room, err);
	*ret_reading = (struct reading){ .is_good = ret == 0, .bad_sector = piece->start };
	ret_reading->seconds = observe_now() - start;
	member_enter(passes);
	ret_reading->has_started =
		start - passes->read_ended > IDLE_SECONDS || passes->source->n_starts != passes->n_starts;
	passes->read_ended = start + ret_reading->seconds;
	passes->n_starts = passes->source->n_starts;
	busy = passes->source->busy_seconds - busy;
	if (busy > ret_reading->seconds)
		passes->ahead_seconds += busy - ret_reading->seconds;
	/* What the drive says is without what this program and the system took. */
	if (passes->source->busy_seconds > 0)
		ret_reading->seconds = busy;
	return ret;
}

int passes_look(struct passes *passes, uint32_t sector, double *ret_seconds, struct discern_error *err)
{
	uint8_t room[DISCERN_SECTOR_SIZE];
	struct reading reading;
	int ret;

	passes_because(passes, "whether the drive or the disc is to blame: a sector that came before");
	ret = read_timed(passes, &(struct map_range){ sector, 1, MAP_GOOD }, room, &reading, err);

	*ret_seconds = reading.seconds;
	passes_because(passes, NULL);
	return ret;
}

static int put_into_image(struct passes *passes, const struct map_range *piece, struct discern_error *err)
{
	if (passes->member != NULL)
		return member_put(passes, piece, err);
	pipeline_put(passes->pipeline, piece->n_sectors * DISCERN_SECTOR_SIZE);
	return 0;
}

int passes_read(struct passes *passes, const struct map_range *piece, struct reading *ret_reading,
		struct discern_error *err)
{
	uint32_t size = piece->n_sectors * DISCERN_SECTOR_SIZE;
	int32_t lba = passes->plan->first_lba + (int32_t)piece->start;
	uint32_t n_recovered = passes->source->n_recovered;
	uint8_t *room;
	int ret;

	member_claim(passes, piece);
	room = passes->member != NULL
		       ? member_room(passes)
		       : pipeline_room(passes->pipeline, size, (uint64_t)piece->start * DISCERN_SECTOR_SIZE);
	if (room == NULL)
		return pipeline_error(passes->pipeline);
	ret = read_timed(passes, piece, room, ret_reading, err);
	meter_read(passes->meter, ret == 0, size, ret_reading->seconds);
	if (ret == -ETIMEDOUT)
		return rest_revive(passes, err);
	if (ret < 0 && !rip_is_bad_sector(ret))
		return ret;
	rest_note(passes, piece->start, piece->n_sectors, ret == 0);
	if (ret < 0 && err != NULL && err->lba > lba && err->lba < lba + (int32_t)piece->n_sectors)
		ret_reading->bad_sector = piece->start + (uint32_t)(err->lba - lba);
	note_read(passes, piece, ret_reading);
	if (ret < 0)
		return passes->refused != NULL && protection_is_refusal(err)
			       ? note_refusal(passes, piece, ret_reading, err)
			       : 0;
	note_good(passes, size, ret_reading->seconds);
	ret = put_into_image(passes, piece, err);
	if (ret < 0)
		return ret;
	if (doubt_note(passes, &(struct doubt_read){ *piece, ret_reading->seconds,
						     passes->source->n_recovered != n_recovered,
						     ret_reading->has_started }) < 0)
		return out_of_memory(err);
	return passes_set(passes, piece->start, piece->n_sectors, MAP_GOOD, err);
}

int passes_read_because(struct passes *passes, const char *reason, const struct map_range *piece,
			struct reading *ret_reading, struct discern_error *err)
{
	int ret;

	passes_because(passes, reason);
	ret = passes_read(passes, piece, ret_reading, err);
	passes_because(passes, NULL);
	return ret;
}

void passes_update_meter(struct passes *passes)
{
	const struct map *map = passes->map;
	struct meter *meter = passes->meter;
	uint64_t n_failed = passes_n_bad(map, passes->plan);

	meter->untried_bytes = (uint64_t)map_count(map, MAP_UNTRIED) * DISCERN_SECTOR_SIZE;
	if (passes->doubt != NULL && passes->doubt->options.is_paranoid)
		meter->second_bytes = meter->untried_bytes +
				      (uint64_t)map_count(passes->doubt->pending, MAP_GOOD) * DISCERN_SECTOR_SIZE;
	/* Each failed unit is tried a few times more, in one way or another. */
	meter->n_bad_reads_left =
		(uint64_t)(map_count(map, MAP_FAILED) / ecc_sectors(passes)) * (passes->n_ways_left + 1);
	meter->progress.bad_bytes = n_failed * DISCERN_SECTOR_SIZE;
	if (meter->progress.phase == DISCERN_PHASE_READ)
		meter->progress.done_bytes = meter->progress.total_bytes - meter->untried_bytes;
	else if (meter->progress.phase == DISCERN_PHASE_RETRY && passes->n_retry_sectors >= n_failed)
		meter->progress.done_bytes = (passes->n_retry_sectors - n_failed) * DISCERN_SECTOR_SIZE;
}

static int save_now_and_then(struct passes *passes, struct discern_error *err)
{
	double now = observe_now();
	size_t size = 0;
	char *text;

	if (now < passes->next_checkpoint)
		return 0;
	passes->checkpoint_interval *= 2;
	if (passes->checkpoint_interval > passes->checkpoint_seconds)
		passes->checkpoint_interval = passes->checkpoint_seconds;
	passes->next_checkpoint = now + passes->checkpoint_interval;
	text = gap_map_format(passes->map, passes->plan, &passes->header, &size);
	if (text == NULL)
		return out_of_memory(err);
	pipeline_checkpoint(passes->pipeline, text, size);
	return 0;
}

static int check_limits(const struct passes *passes, struct discern_error *err)
{
	const struct passes_limits *limits = &passes->limits;
	double now = passes_now(passes);
	char duration[TEXT_SIZE];

	if (limits->max_seconds > 0 && now - passes->started >= limits->max_seconds)
		return discern_error_set(err, -ETIME, "stopped after %s, as asked",
					 text_duration((uint64_t)limits->max_seconds, duration));
	if (limits->no_progress_seconds > 0 && now - passes->last_good >= limits->no_progress_seconds)
		return discern_error_set(err, -ETIME, "stopped after %s in which nothing more could be read, as asked",
					 text_duration((uint64_t)limits->no_progress_seconds, duration));
	return 0;
}

int passes_after_read(struct passes *passes, enum map_status working_on, const struct map_range *piece,
		      struct discern_error *err)
{
	int ret;

	if (passes->member != NULL)
		return member_after_read(passes, err);
	ret = rest_if_due(passes, err);
	if (ret < 0)
		return ret;
	passes->header.current_sector = piece->start;
	passes->header.current_status = working_on;
	passes_update_meter(passes);
	ret = doubt_after_read(passes, observe_now() >= passes->next_checkpoint, err);
	if (ret == 0)
		ret = save_now_and_then(passes, err);
	if (ret == 0 && !meter_tick(passes->meter))
		ret = discern_error_set(err, -ECANCELED, "stopped");
	return ret == 0 ? check_limits(passes, err) : ret;
}

bool passes_set_effort(struct passes *passes, const struct source_effort *effort)
{
	struct source_effort wanted = *effort;

	if (wanted.speed_kbps == 0 || (passes->speed_kbps > 0 && wanted.speed_kbps > passes->speed_kbps))
		wanted.speed_kbps = passes->speed_kbps;
	if (wanted.speed_kbps == passes->effort.speed_kbps && wanted.gives_up_soon == passes->effort.gives_up_soon)
		return !passes->is_effort_refused;
	member_leave(passes);
	passes->is_effort_refused = source_set_effort(passes->source, &wanted) < 0;
	member_enter(passes);
	passes->effort = wanted;
	return !passes->is_effort_refused;
}

/* ---- the order of things ---- */

/* What another program, or an earlier call, found bad is tried again: but not what lies between sessions. Where it may
 * have been refused, all of it is swept once more. */
static int reopen_bad(struct passes *passes, enum map_status status, struct discern_error *err)
{
	enum map_status open = passes->refused != NULL ? MAP_UNTRIED : MAP_FAILED;
	struct map_range range;

	for (uint32_t at = 0; map_next(passes->map, at, status, &range); at = range.start + range.n_sectors) {
		int ret = 0;

		passes_cut_at_gaps(passes, false, &range);
		if (rip_plan_find_gap(passes->plan, range.start) == NULL)
			ret = passes_set(passes, range.start, range.n_sectors, open, err);
		if (ret < 0)
			return ret;
	}
	return 0;
}

void passes_begin_phase(struct passes *passes, enum discern_phase phase)
{
	passes->n_retry_sectors = passes_n_bad(passes->map, passes->plan);
	meter_phase(passes->meter, phase,
		    phase == DISCERN_PHASE_READ ? (uint64_t)map_n_sectors(passes->map) * DISCERN_SECTOR_SIZE
						: (uint64_t)passes->n_retry_sectors * DISCERN_SECTOR_SIZE);
	passes_update_meter(passes);
}

int passes_reopen(struct passes *passes, struct discern_error *err)
{
	int ret = reopen_bad(passes, MAP_UNSCRAPED, err);

	return ret == 0 ? reopen_bad(passes, MAP_BAD, err) : ret;
}

void passes_start(struct passes *passes)
{
	passes->checkpoint_interval = passes->first_checkpoint_seconds;
	passes->next_checkpoint = observe_now() + passes->checkpoint_interval;
	passes->started = passes->last_good = passes_now(passes);
	rest_begin(passes);
	passes->effort.speed_kbps = passes->speed_kbps;
	record_start(passes->record, passes->started);
}

int passes_run(struct passes *passes, struct discern_error *err)
{
	const struct source_effort usual = { 0 };
	int ret;

	passes_start(passes);
	ret = passes_reopen(passes, err);
	passes_begin_phase(passes, DISCERN_PHASE_READ);
	if (ret == 0)
		ret = sweep_run(passes, err);
	if (ret == 0 && passes->doubt != NULL && passes->doubt->options.is_paranoid)
		ret = doubt_settle(passes, MAP_FAILED, err);
	if (ret == 0 && map_count(passes->map, MAP_FAILED) > 0) {
		meter_report(passes->meter);
		passes_begin_phase(passes, DISCERN_PHASE_RETRY);
		ret = sweep_divide(passes, err);
		if (ret == 0)
			ret = retry_run(passes, err);
		if (ret == 0)
			ret = retry_scrape(passes, err);
	}
	passes_set_effort(passes, &usual);
	readings_tell(passes->source->readings);
	ret = doubt_end(passes, ret, err);
	passes_update_meter(passes);
	meter_report(passes->meter);
	return ret;
}
