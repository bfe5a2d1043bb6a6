/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rip/stream.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "rip/compress.h"
#include "rip/digest.h"
#include "rip/effort.h"
#include "rip/passes_private.h"
#include "rip/sink.h"

/* Of one place: no longer than this, beyond the try that is under way; nor at length after so many places in a row where
 * that brought nothing, but for each so-many-th, as what reads the pipe waits. */
enum { PLACE_SECONDS = 60, MAX_IN_VAIN = 16 };

/* A failure that takes less costs little (sweep.c). */
#define SHORT_FAILURE_SECONDS 0.4

struct run {
	struct stream *stream;
	struct passes passes;
	struct sink sink;
	struct compress *compress;
	struct effort effort;
	bool has_ways;
	unsigned n_in_vain, n_places;
	uint32_t position, n_step, n_largest;
};

static const struct source_effort soon = { .gives_up_soon = true };

/* ---- what cannot be read ---- */

static int put_zeros(struct run *run, uint32_t start, uint32_t n_sectors, struct discern_error *err)
{
	const uint32_t n_most = PIPELINE_BLOCK_BYTES / DISCERN_SECTOR_SIZE;
	int ret = passes_set(&run->passes, start, n_sectors, MAP_BAD, err);

	while (ret == 0 && n_sectors > 0) {
		uint32_t n = n_sectors < n_most ? n_sectors : n_most;
		uint32_t size = n * DISCERN_SECTOR_SIZE;
		uint8_t *room = pipeline_room(run->passes.pipeline, size, (uint64_t)start * DISCERN_SECTOR_SIZE);

		if (room == NULL)
			return pipeline_error(run->passes.pipeline);
		memset(room, 0, size);
		pipeline_put(run->passes.pipeline, size);
		start += n;
		n_sectors -= n;
	}
	return ret;
}

static void find_ways(struct run *run)
{
	uint32_t speed_1x = run->passes.speed_1x_kbps, peak = run->passes.peak_kbps;
	uint32_t highest = speed_1x * (speed_1x < 1000 ? 52 : 16);

	if (run->has_ways)
		return;
	effort_init(&run->effort, peak > 0 && peak < highest ? peak : highest, speed_1x, run->passes.speed_kbps);
	run->has_ways = true;
}

/* Of the ways not taken at this place yet (bits), the one that has brought most in its time so far. */
static struct effort_way *best_way(struct run *run, unsigned taken)
{
	struct effort_way *best = NULL;
	double best_rate = -1;

	for (size_t i = 0; i < run->effort.n_ways; i++) {
		struct effort_way *way = &run->effort.ways[i];
		double rate = (way->n_gained + 1) / (way->seconds + 1);

		if (way->is_refused || (taken & 1u << i) || rate <= best_rate)
			continue;
		best = way;
		best_rate = rate;
	}
	return best;
}

/* One round over the ways; *is_good once the whole place was read. */
static int try_ways(struct run *run, const struct map_range *piece, double *seconds, bool *is_good,
		    struct discern_error *err)
{
	struct effort_way *way;
	unsigned taken = 0;
	int ret = 0;

	while (ret == 0 && !*is_good && *seconds < PLACE_SECONDS && (way = best_way(run, taken)) != NULL) {
		double before = *seconds;
		char words[READINGS_REASON_SIZE];

		snprintf(words, sizeof(words), "failed just now, %s", way->words);
		taken |= 1u << (way - run->effort.ways);
		passes_set_effort(&run->passes, &way->effort);
		for (unsigned i = 0; ret == 0 && !*is_good && i < way->n_in_row && *seconds < PLACE_SECONDS; i++) {
			struct reading reading;

			ret = passes_read_because(&run->passes, words, piece, &reading, err);
			if (ret < 0)
				return ret;
			*is_good = reading.is_good;
			*seconds += reading.seconds;
			ret = passes_after_read(&run->passes, MAP_FAILED, piece, err);
		}
		effort_note(way, *is_good ? piece->n_sectors : 0, *seconds - before);
	}
	return ret;
}

/* Each sector of a unit by itself. */
static int take_apart(struct run *run, const struct map_range *piece, struct discern_error *err)
{
	int ret = 0;

	passes_set_effort(&run->passes, &soon);
	for (uint32_t i = 0; ret == 0 && i < piece->n_sectors; i++) {
		struct map_range one = { piece->start + i, 1, piece->status };
		struct reading reading;

		ret = passes_read_because(&run->passes, "failed with its unit: each sector by itself", &one, &reading,
					  err);
		if (ret == 0 && !reading.is_good)
			ret = put_zeros(run, one.start, 1, err);
		if (ret == 0)
			ret = passes_after_read(&run->passes, MAP_UNSCRAPED, &one, err);
	}
	return ret;
}

/* A place of at most one unit has failed, in failure_seconds: it is read or filled with zeros. */
static int rescue(struct run *run, const struct map_range *piece, double failure_seconds, struct discern_error *err)
{
	int n_rounds = run->stream->options->retries < 0 ? 1 : run->stream->options->retries;
	bool is_worth = run->n_in_vain < MAX_IN_VAIN || run->n_places % MAX_IN_VAIN == 0;
	double seconds = 0;
	bool is_good = false;
	int ret = 0;

	find_ways(run);
	run->n_places++;
	for (int i = 0; ret == 0 && is_worth && !is_good && i < n_rounds && seconds < PLACE_SECONDS; i++)
		ret = try_ways(run, piece, &seconds, &is_good, err);
	passes_set_effort(&run->passes, &soon);
	if (ret < 0)
		return ret;
	run->n_in_vain = is_good ? 0 : run->n_in_vain + 1;
	if (is_good)
		return 0;
	if (piece->n_sectors > 1 && (is_worth || failure_seconds < SHORT_FAILURE_SECONDS))
		return take_apart(run, piece, err);
	return put_zeros(run, piece->start, piece->n_sectors, err);
}

/* ---- in order ---- */

static struct map_range next_piece(const struct run *run)
{
	const struct passes *passes = &run->passes;
	uint32_t first = (uint32_t)((int64_t)passes->plan->first_lba % run->n_step);
	uint32_t end = run->position + (run->n_step - (run->position + first) % run->n_step);
	struct map_range piece = { run->position, 0, MAP_UNTRIED };

	if (end > map_n_sectors(passes->map))
		end = map_n_sectors(passes->map);
	piece.n_sectors = end - piece.start;
	passes_cut_at_gaps(passes, false, &piece);
	return piece;
}

/* A sector that the drive keeps back; those before it were read already. */
static int pass_refused(struct run *run, const struct reading *reading, struct discern_error *err)
{
	if (!reading->is_located) {
		run->n_step = 1;
		return 0;
	}
	run->position++;
	return put_zeros(run, reading->bad_sector, 1, err);
}

/* A piece failed: the sectors before the one that is named, as far as they can be read, and then its unit. */
static int fail(struct run *run, const struct map_range *piece, const struct reading *reading,
		struct discern_error *err)
{
	struct passes *passes = &run->passes;
	const struct plan_range *gap = rip_plan_find_gap(passes->plan, piece->start);
	struct map_range front = { piece->start, reading->bad_sector - piece->start, piece->status }, unit = *piece;
	struct reading again = { .is_good = false };
	uint32_t end, n_all = piece->start + piece->n_sectors;
	int ret = 0;

	if (gap != NULL) {
		run->position = gap->start + gap->n_sectors < n_all ? gap->start + gap->n_sectors : n_all;
		return put_zeros(run, piece->start, run->position - piece->start, err);
	}
	if (front.n_sectors > 0)
		ret = passes_read_because(passes, "before the sector that failed, as that is what the drive named",
					  &front, &again, err);
	if (ret < 0)
		return ret;
	if (again.is_good)
		run->position = unit.start = reading->bad_sector;
	if (reading->is_refused && (again.is_good || front.n_sectors == 0))
		return pass_refused(run, reading, err);
	end = passes_unit_end(passes, unit.start);
	unit.n_sectors = (end < n_all ? end : n_all) - unit.start;
	run->position = unit.start + unit.n_sectors;
	run->n_step = passes->source->ecc_sectors > 0 ? passes->source->ecc_sectors : 1;
	return rescue(run, &unit, reading->seconds, err);
}

static int read_all(struct run *run, struct discern_error *err)
{
	struct passes *passes = &run->passes;
	uint32_t n_max = PIPELINE_BLOCK_BYTES / DISCERN_SECTOR_SIZE, n = passes->source->preferred_sectors;
	int ret = 0;

	run->n_largest = n == 0 ? 1 : n < n_max ? n : n_max;
	run->n_step = run->n_largest;
	passes_enter(passes, "in order", NULL, NULL);
	passes_set_effort(passes, &soon);
	while (ret == 0 && run->position < map_n_sectors(passes->map)) {
		struct map_range piece = next_piece(run);
		struct reading reading;

		ret = passes_read(passes, &piece, &reading, err);
		if (ret < 0)
			return ret;
		if (reading.is_good) {
			run->position += piece.n_sectors;
			run->n_step = run->n_step * 2 < run->n_largest ? run->n_step * 2 : run->n_largest;
		} else {
			ret = fail(run, &piece, &reading, err);
		}
		if (ret == 0)
			ret = passes_after_read(passes, MAP_UNTRIED, &piece, err);
	}
	return ret;
}

/* ---- writing ---- */

static int write_sink(const void *data, size_t size, void *user)
{
	return sink_write(user, data, size);
}

static int write_block(const uint8_t *data, uint32_t size, uint64_t offset, void *user)
{
	struct run *run = user;

	(void)offset;
	return run->compress != NULL ? compress_write(run->compress, data, size) : sink_write(&run->sink, data, size);
}

static int no_checkpoint(char *text, size_t size, void *user)
{
	(void)size;
	(void)user;
	free(text);
	return 0;
}

static void idle(void *user)
{
	struct run *run = user;

	/* While nobody reads, too. */
	if (!meter_tick(run->stream->meter))
		atomic_store(&run->sink.is_stopped, true);
}

static int explain(const struct run *run, int code, struct discern_error *err)
{
	const struct map *map = run->stream->map;
	char size[TEXT_SIZE], all[TEXT_SIZE];

	text_size((uint64_t)map_count(map, MAP_GOOD) * DISCERN_SECTOR_SIZE, size);
	text_size((uint64_t)map_n_sectors(map) * DISCERN_SECTOR_SIZE, all);
	if (code == -EPIPE)
		return discern_error_set(err, code, "whoever reads the image has gone away, after %s of %s", size, all);
	if (code == -ECANCELED)
		return discern_error_set(err, code, "stopped with %s of %s read", size, all);
	discern_error_set(err, code, "cannot write the image to standard output: %s", strerror(-code));
	return code;
}

/* What was read goes out, then the end of a compressed stream. A reader that has gone explains what came after it. */
static int finish(struct run *run, int code, struct discern_error *err)
{
	struct stream *stream = run->stream;
	struct pipeline_digests digests;
	int ret;

	if (code < 0)
		atomic_store(&run->sink.is_stopped, true);
	ret = pipeline_drain(run->passes.pipeline);
	if (ret == 0 && code == 0 && run->compress != NULL)
		ret = compress_finish(run->compress, &stream->result->compressed_bytes);
	if (code == -ECANCELED || (ret < 0 && (code == 0 || ret != -ECANCELED)))
		return explain(run, code == -ECANCELED ? code : ret, err);
	if (code == 0 && map_count(stream->map, MAP_BAD) == 0 &&
	    pipeline_digests(run->passes.pipeline, (uint64_t)stream->plan->n_sectors * DISCERN_SECTOR_SIZE, &digests))
		rip_take_digests(stream->result, &digests);
	return code;
}

static int prepare(struct run *run, struct discern_error *err)
{
	const struct pipeline_ops ops = { write_block, no_checkpoint, idle, run };
	const struct compress_sink out = { write_sink, &run->sink };
	struct stream *stream = run->stream;
	const struct discern_rip_options *options = stream->options;
	int ret = 0;

	run->passes = (struct passes){
		.source = stream->source,
		.plan = stream->plan,
		.map = stream->map,
		.refused = stream->refused,
		.meter = stream->meter,
		.speed_1x_kbps = stream->meter->progress.speed_1x_kbps,
		.speed_kbps = options->speed_kbps,
		.effort.speed_kbps = options->speed_kbps,
		.rest.seconds = rip_cool_down_seconds(options),
		.limits = { options->max_seconds, options->no_progress_seconds },
		.next_checkpoint = HUGE_VAL,
	};
	run->passes.started = run->passes.last_good = observe_now();
	rest_begin(&run->passes);
	if (options->compression != DISCERN_COMPRESSION_NONE)
		ret = compress_new(options->compression, &out, &run->compress, err);
	if (ret == 0)
		ret = pipeline_new(&ops, rip_wanted_sums(options), &run->passes.pipeline, err);
	return ret;
}

int stream_run(struct stream *stream, struct discern_error *err)
{
	const struct source_effort usual = { 0 };
	struct run run = { .stream = stream };
	int ret;

	sink_open(&run.sink, stream->options->stream_fd);
	ret = prepare(&run, err);
	if (ret == 0) {
		meter_phase(stream->meter, DISCERN_PHASE_READ,
			    (uint64_t)map_n_sectors(stream->map) * DISCERN_SECTOR_SIZE);
		ret = read_all(&run, err);
		ret = finish(&run, ret, err);
		passes_set_effort(&run.passes, &usual);
		meter_report(stream->meter);
		snprintf(stream->result->image_path, sizeof(stream->result->image_path), "-");
		stream->result->speed_kbps = (uint32_t)((double)stream->meter->good_bytes / 1000.0 /
							(observe_now() - run.passes.started + 1e-9));
	}
	atomic_store(&run.sink.is_stopped, true);
	pipeline_free(run.passes.pipeline);
	compress_free(run.compress);
	sink_close(&run.sink);
	return ret;
}
