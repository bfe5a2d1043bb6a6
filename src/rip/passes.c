/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rip/passes.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "rip/end.h"

enum direction { FORWARD, BACKWARD };

/** How a pass goes over the sectors of one status. */
struct pass {
	/** What it works on. */
	enum map_status status;
	enum direction direction;
	/** Largest piece read at once. */
	uint32_t n_step;
	/** After several failures in a row it leaves some sectors to a later pass. */
	bool may_skip;
};

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

/** Everything in a gap that was not read is bad from now on: nothing will be found there. */
static int give_up_gap(struct map *map, const struct plan_range *gap)
{
	static const enum map_status open[] = { MAP_UNTRIED, MAP_FAILED, MAP_UNSCRAPED };
	struct map_range range;
	uint32_t end = gap->start + gap->n_sectors;

	for (size_t i = 0; i < sizeof(open) / sizeof(open[0]); i++) {
		while (map_next(map, gap->start, open[i], &range) && range.start < end) {
			if (range.n_sectors > end - range.start)
				range.n_sectors = end - range.start;
			if (map_set(map, range.start, range.n_sectors, MAP_BAD) < 0)
				return -ENOMEM;
		}
	}
	return 0;
}

static int note_failure(struct passes *passes, const struct map_range *piece)
{
	const struct plan_range *gap = rip_plan_find_gap(passes->plan, piece->start);
	enum map_status status = MAP_FAILED;

	if (gap != NULL)
		return give_up_gap(passes->map, gap);
	if (piece->n_sectors == 1)
		status = MAP_BAD;
	else if (piece->status != MAP_UNTRIED)
		status = MAP_UNSCRAPED;
	return map_set(passes->map, piece->start, piece->n_sectors, status);
}

/** Reads one piece into the pipeline: 0 it is good, 1 it is not, or the job cannot go on. */
static int read_piece(struct passes *passes, const struct map_range *piece, struct discern_error *err)
{
	uint32_t size = piece->n_sectors * DISCERN_SECTOR_SIZE;
	uint8_t *room = pipeline_room(passes->pipeline, size, (uint64_t)piece->start * DISCERN_SECTOR_SIZE);
	int32_t lba = passes->plan->first_lba + (int32_t)piece->start;
	double start = observe_now();
	int ret;

	if (room == NULL)
		return pipeline_error(passes->pipeline);
	ret = rip_read(passes->source, lba, piece->n_sectors, room, err);
	meter_read(passes->meter, ret == 0, size, observe_now() - start);
	if (ret < 0 && !rip_is_bad_sector(ret))
		return ret;
	if (ret < 0) {
		observe_message(&passes->meter->observer, DISCERN_LEVEL_DEBUG, "LBA %d, %u sector%s: %s", lba,
				piece->n_sectors, piece->n_sectors == 1 ? "" : "s", err->text);
		return note_failure(passes, piece) < 0 ? out_of_memory(err) : 1;
	}
	pipeline_put(passes->pipeline, size);
	return map_set(passes->map, piece->start, piece->n_sectors, MAP_GOOD) < 0 ? out_of_memory(err) : 0;
}

static uint32_t ecc_sectors(const struct passes *passes)
{
	return passes->source->ecc_sectors > 0 ? passes->source->ecc_sectors : 1;
}

static void update_meter(struct passes *passes)
{
	const struct map *map = passes->map;
	struct meter *meter = passes->meter;
	uint64_t n_units = map_count(map, MAP_FAILED) / ecc_sectors(passes);
	uint64_t n_failed = passes_n_bad(map, passes->plan);
	uint64_t n_rounds = (uint64_t)(passes->n_rounds_left > 0 ? passes->n_rounds_left : 0);

	meter->untried_bytes = (uint64_t)map_count(map, MAP_UNTRIED) * DISCERN_SECTOR_SIZE;
	/* Most of what is near a bad sector turns out to be good, so that rounds are counted for sectors proven bad. */
	meter->n_bad_reads_left = n_units + map_count(map, MAP_UNSCRAPED) + n_rounds * map_count(map, MAP_BAD);
	meter->progress.bad_bytes = n_failed * DISCERN_SECTOR_SIZE;
	if (meter->progress.phase == DISCERN_PHASE_READ)
		meter->progress.done_bytes = meter->progress.total_bytes - meter->untried_bytes;
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
	text = map_format(passes->map, &passes->header, &size);
	if (text == NULL)
		return out_of_memory(err);
	pipeline_checkpoint(passes->pipeline, text, size);
	return 0;
}

/** After each read: tells, saves, and finds out whether to stop. */
static int after_read(struct passes *passes, const struct pass *pass, const struct map_range *piece,
		      struct discern_error *err)
{
	int ret;

	passes->header.current_sector = piece->start;
	passes->header.current_status = pass->status;
	if (passes->meter->progress.phase == DISCERN_PHASE_RETRY)
		passes->meter->progress.done_bytes += (uint64_t)piece->n_sectors * DISCERN_SECTOR_SIZE;
	update_meter(passes);
	ret = save_now_and_then(passes, err);
	if (ret == 0 && !meter_tick(passes->meter))
		ret = discern_error_set(err, -ECANCELED, "stopped");
	return ret;
}

/** Cuts a range to one piece at its near end, which neither crosses a multiple of n_step on the disc nor a border
 *  of a gap between sessions. */
static void cut_piece(const struct passes *passes, const struct pass *pass, struct map_range *range)
{
	uint32_t first = (uint32_t)((int64_t)passes->plan->first_lba % pass->n_step);
	uint32_t end = range->start + range->n_sectors;
	uint32_t border;

	if (pass->direction == FORWARD) {
		border = range->start + (pass->n_step - (range->start + first) % pass->n_step);
		end = border < end ? border : end;
	} else {
		border = (end - 1 + first) / pass->n_step * pass->n_step;
		border = border > first ? border - first : 0;
		if (border > range->start)
			range->start = border;
	}
	for (size_t i = 0; i < passes->plan->n_gaps; i++) {
		uint32_t borders[2] = { passes->plan->gaps[i].start,
					passes->plan->gaps[i].start + passes->plan->gaps[i].n_sectors };

		for (size_t k = 0; k < 2; k++) {
			if (borders[k] <= range->start || borders[k] >= end)
				continue;
			if (pass->direction == FORWARD)
				end = borders[k];
			else
				range->start = borders[k];
		}
	}
	range->n_sectors = end - range->start;
}

static bool find_piece(const struct passes *passes, const struct pass *pass, uint32_t position, struct map_range *piece)
{
	bool found = pass->direction == FORWARD ? map_next(passes->map, position, pass->status, piece)
						: map_previous(passes->map, position, pass->status, piece);

	if (found)
		cut_piece(passes, pass, piece);
	return found;
}

static uint32_t move_on(const struct passes *passes, const struct pass *pass, const struct map_range *piece,
			uint32_t n_skip)
{
	uint32_t end = piece->start + piece->n_sectors;

	if (pass->direction == FORWARD)
		return n_skip < map_n_sectors(passes->map) - end ? end + n_skip : map_n_sectors(passes->map);
	return n_skip < piece->start ? piece->start - n_skip : 0;
}

/** Sectors to leave out after so many failures in a row: more each time, at most a hundredth of the disc. */
static uint32_t skip_size(const struct passes *passes, const struct pass *pass, unsigned n_failures)
{
	uint32_t n_max = map_n_sectors(passes->map) / 100;
	unsigned shift = n_failures > 20 ? 18 : n_failures - 2;
	uint64_t n_skip;

	/* One place alone is no reason: what follows may be good. */
	if (!pass->may_skip || n_failures < 2)
		return 0;
	n_skip = (uint64_t)pass->n_step << shift;
	return n_skip < n_max ? (uint32_t)n_skip : n_max;
}

static int run_pass(struct passes *passes, const struct pass *pass, struct discern_error *err)
{
	uint32_t position = pass->direction == FORWARD ? 0 : map_n_sectors(passes->map);
	unsigned n_failures = 0;
	struct map_range piece;

	while (find_piece(passes, pass, position, &piece)) {
		const struct plan_range *gap = rip_plan_find_gap(passes->plan, piece.start);
		int ret = 0;

		/* What is bad in a gap was found to be nothing. */
		if (gap == NULL || pass->status != MAP_BAD) {
			ret = read_piece(passes, &piece, err);
			if (ret < 0)
				return ret;
		}
		n_failures = ret == 0 || gap != NULL ? 0 : n_failures + 1;
		position = move_on(passes, pass, &piece, skip_size(passes, pass, n_failures));
		ret = after_read(passes, pass, &piece, err);
		if (ret < 0)
			return ret;
	}
	return 0;
}

static int run_rounds(struct passes *passes, struct discern_error *err)
{
	struct pass pass = { MAP_BAD, BACKWARD, 1, false };

	for (int i = 0; i < passes->n_rounds && passes_n_bad(passes->map, passes->plan) > 0; i++) {
		int ret;

		passes->n_rounds_left = passes->n_rounds - i - 1;
		meter_phase(passes->meter, DISCERN_PHASE_RETRY,
			    (uint64_t)map_count(passes->map, MAP_BAD) * DISCERN_SECTOR_SIZE);
		ret = run_pass(passes, &pass, err);
		if (ret < 0)
			return ret;
		meter_report(passes->meter);
		pass.direction = pass.direction == FORWARD ? BACKWARD : FORWARD;
	}
	return 0;
}

int passes_run(struct passes *passes, struct discern_error *err)
{
	uint32_t n_ecc = ecc_sectors(passes);
	uint32_t n_max = PIPELINE_BLOCK_BYTES / DISCERN_SECTOR_SIZE;
	uint32_t n_step = passes->source->preferred_sectors;
	int ret = 0;

	if (n_step == 0 || n_step > n_max)
		n_step = n_step == 0 ? 1 : n_max;
	const struct pass reading[] = {
		{ MAP_UNTRIED, FORWARD, n_step, true },
		{ MAP_UNTRIED, BACKWARD, n_step, true },
		{ MAP_UNTRIED, FORWARD, n_step, false },
	};
	const struct pass dividing[] = {
		{ MAP_FAILED, FORWARD, n_ecc, false },
		{ MAP_UNSCRAPED, FORWARD, 1, false },
	};

	passes->checkpoint_interval = passes->first_checkpoint_seconds;
	passes->next_checkpoint = observe_now() + passes->checkpoint_interval;
	passes->n_rounds_left = passes->n_rounds;
	meter_phase(passes->meter, DISCERN_PHASE_READ, (uint64_t)map_n_sectors(passes->map) * DISCERN_SECTOR_SIZE);
	for (size_t i = 0; ret == 0 && i < sizeof(reading) / sizeof(reading[0]); i++)
		ret = run_pass(passes, &reading[i], err);
	if (ret == 0) {
		update_meter(passes);
		meter_report(passes->meter);
		if (map_count(passes->map, MAP_FAILED) + map_count(passes->map, MAP_UNSCRAPED) > 0)
			meter_phase(passes->meter, DISCERN_PHASE_RETRY,
				    ((uint64_t)map_count(passes->map, MAP_FAILED) * (n_ecc > 1 ? 2 : 1) +
				     map_count(passes->map, MAP_UNSCRAPED)) *
					    DISCERN_SECTOR_SIZE);
	}
	for (size_t i = 0; ret == 0 && i < sizeof(dividing) / sizeof(dividing[0]); i++)
		ret = run_pass(passes, &dividing[i], err);
	return ret == 0 ? run_rounds(passes, err) : ret;
}
