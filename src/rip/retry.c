/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What failed is tried again, unit by unit, in the ways that pay; then the rest sector by sector. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "rip/effort.h"
#include "rip/member.h"
#include "rip/passes_private.h"

/* Places that one way is tried on before another may be better: setting the drive costs time too. */
enum { BATCH = 16 };

/* Unreadable by design: at least so many runs, of so many sectors at most on average; and so many places tried again
 * on which nothing helped. */
enum { DESIGN_MIN_RUNS = 24, DESIGN_MAX_RUN = 128, DESIGN_MIN_TRIED = 24 };

struct retry {
	struct passes *passes;
	struct effort effort;
	/** Where each way is, and which way it goes: every round turns it round. */
	uint32_t positions[EFFORT_MAX];
	bool is_backward[EFFORT_MAX];
	unsigned n_tried;
	uint32_t n_gained;
	/** Only these sectors, while there are any, and what lies there. */
	struct losses_zones zones;
	const char *where;
};

/* Cuts a failed range to its first part in a zone, or its last one; where to look next if it lies in none. */
static bool cut_to_zones(const struct retry *retry, bool backward, struct map_range *range, uint32_t *position)
{
	const struct losses_zones *zones = &retry->zones;
	uint32_t end = range->start + range->n_sectors, low, high;
	size_t first = 0, last = zones->n;

	if (zones->n == 0)
		return true;
	/* The first zone that ends behind the start of the range. */
	while (first < last) {
		size_t middle = first + (last - first) / 2;

		if (zones->ranges[middle].start + zones->ranges[middle].n_sectors > range->start)
			last = middle;
		else
			first = middle + 1;
	}
	*position = backward ? range->start : end;
	if (first == zones->n || zones->ranges[first].start >= end)
		return false;
	while (backward && first + 1 < zones->n && zones->ranges[first + 1].start < end)
		first++;
	/* Units are lost or saved as a whole. */
	low = passes_unit_start(retry->passes, zones->ranges[first].start);
	high = passes_unit_end(retry->passes, zones->ranges[first].start + zones->ranges[first].n_sectors - 1);
	if (low > range->start)
		range->start = low;
	range->n_sectors = (high < end ? high : end) - range->start;
	return true;
}

static bool find_place(const struct retry *retry, size_t way, struct map_range *piece)
{
	const struct passes *passes = retry->passes;
	bool backward = retry->is_backward[way];
	uint32_t position = retry->positions[way], start, end;

	do {
		if (backward ? !map_previous(passes->map, position, MAP_FAILED, piece)
			     : !map_next(passes->map, position, MAP_FAILED, piece))
			return false;
	} while (!cut_to_zones(retry, backward, piece, &position) ||
		 !member_cut_to_open(passes, backward, piece, &position));
	end = piece->start + piece->n_sectors;
	if (backward) {
		start = passes_unit_start(passes, end - 1);
		piece->start = start > piece->start ? start : piece->start;
	} else {
		start = passes_unit_end(passes, piece->start);
		end = start < end ? start : end;
	}
	piece->n_sectors = end - piece->start;
	passes_cut_at_gaps(passes, backward, piece);
	return true;
}

/* One try; sectors before the one that fails now are kept. */
static int try_once(struct retry *retry, const struct map_range *piece, uint32_t *ret_n_gained, double *seconds,
		    struct discern_error *err)
{
	struct passes *passes = retry->passes;
	struct reading reading, front = { .is_good = false };
	uint32_t n_front;
	int ret = passes_read(passes, piece, &reading, err);

	if (ret < 0)
		return ret;
	n_front = reading.bad_sector - piece->start;
	if (!reading.is_good && n_front > 0)
		ret = passes_read_because(passes, "before the sector that failed now, in a unit that failed before",
					  &(struct map_range){ piece->start, n_front, piece->status }, &front, err);
	if (ret < 0)
		return ret;
	*ret_n_gained = reading.is_good ? piece->n_sectors : front.is_good ? n_front : 0;
	*seconds += reading.seconds + front.seconds;
	return passes_after_read(passes, MAP_FAILED, piece, err);
}

/* One place in one way: several times in a row, until something comes of it. */
static int try_place(struct retry *retry, struct effort_way *way, const struct map_range *piece,
		     struct discern_error *err)
{
	uint32_t n_gained = 0;
	double seconds = 0;
	int ret = 0;

	for (unsigned i = 0; ret == 0 && n_gained == 0 && i < way->n_in_row; i++)
		ret = try_once(retry, piece, &n_gained, &seconds, err);
	retry->n_tried++;
	retry->n_gained += n_gained;
	effort_note(way, n_gained, seconds);
	return ret;
}

static void end_round(struct retry *retry, struct effort_way *way)
{
	struct passes *passes = retry->passes;
	size_t index = (size_t)(way - retry->effort.ways);

	effort_end_round(way);
	record_round(passes->record);
	readings_tell(passes->source->readings);
	retry->is_backward[index] = !retry->is_backward[index];
	retry->positions[index] = retry->is_backward[index] ? map_n_sectors(passes->map) : 0;
	observe_message(&passes->meter->observer, DISCERN_LEVEL_DETAIL,
			"round %u over all failed places %s: %u sectors came back, %u are left", way->n_rounds,
			way->words, way->n_last_gained, map_count(passes->map, MAP_FAILED));
}

static int run_batch(struct retry *retry, struct effort_way *way, struct discern_error *err)
{
	size_t index = (size_t)(way - retry->effort.ways);
	struct map_range piece;

	for (unsigned i = 0; i < BATCH; i++) {
		int ret;

		if (!find_place(retry, index, &piece)) {
			end_round(retry, way);
			return 0;
		}
		retry->positions[index] = retry->is_backward[index] ? piece.start : piece.start + piece.n_sectors;
		ret = try_place(retry, way, &piece, err);
		if (ret < 0)
			return ret;
	}
	return 0;
}

/* Many short runs with good sectors between them, and nothing has helped any of those that were tried. */
static bool is_by_design(const struct retry *retry)
{
	const struct map *map = retry->passes->map;
	uint32_t n_failed = map_count(map, MAP_FAILED), n_runs = 0;
	struct map_range range;

	if (retry->n_gained > 0)
		return false;
	for (size_t i = 0; i < retry->effort.n_ways; i++)
		if (!retry->effort.ways[i].is_refused && retry->effort.ways[i].n_rounds == 0 &&
		    retry->effort.ways[i].n_tried < BATCH)
			return false;
	for (uint32_t at = 0; map_next(map, at, MAP_FAILED, &range); at = range.start + range.n_sectors)
		n_runs++;
	return retry->n_tried >= DESIGN_MIN_TRIED && n_runs >= DESIGN_MIN_RUNS && n_failed / n_runs <= DESIGN_MAX_RUN;
}

static void count_ways(struct retry *retry)
{
	uint32_t n = 0;

	for (size_t i = 0; i < retry->effort.n_ways; i++)
		n += !effort_is_done(&retry->effort, &retry->effort.ways[i]);
	retry->passes->n_ways_left = n;
}

static void start(struct retry *retry)
{
	struct passes *passes = retry->passes;
	/* A virtual drive without limits is no reason to ask a real one for speeds that do not exist. */
	uint32_t highest = passes->speed_1x_kbps * (passes->speed_1x_kbps < 1000 ? 52 : 16);
	uint32_t peak = passes->peak_kbps > 0 && passes->peak_kbps < highest ? passes->peak_kbps : highest;

	effort_init(&retry->effort, peak, passes->speed_1x_kbps, passes->speed_kbps);
	retry->effort.is_open_ended = passes->n_rounds < 0;
	retry->effort.n_rounds = passes->n_rounds > 0 ? (unsigned)passes->n_rounds : 1;
}

static int try_all(struct retry *retry, struct discern_error *err)
{
	struct passes *passes = retry->passes;
	struct effort_way *way, *last = NULL;
	int ret = 0;

	for (size_t i = 0; i < EFFORT_MAX; i++) {
		retry->is_backward[i] = member_begins_backward(passes);
		retry->positions[i] = retry->is_backward[i] ? map_n_sectors(passes->map) : 0;
	}
	while (ret == 0 && !passes->is_bad_by_design && map_count(passes->map, MAP_FAILED) > 0 &&
	       (way = effort_choose(&retry->effort)) != NULL) {
		passes_enter(passes, "retry", way->words, retry->where);
		if (way != last)
			observe_message(&passes->meter->observer, DISCERN_LEVEL_DETAIL,
					"trying %u failed sectors again %s: so far %.0f sectors in %.1f s",
					map_count(passes->map, MAP_FAILED), way->words, way->n_gained, way->seconds);
		last = way;
		/* Then it is the same as another one; the usual way remains. */
		if (!passes_set_effort(passes, &way->effort) &&
		    (way->effort.speed_kbps > 0 || way->effort.gives_up_soon)) {
			way->is_refused = true;
			continue;
		}
		count_ways(retry);
		ret = run_batch(retry, way, err);
		if (ret == 0 && passes->n_rounds < 0)
			passes->is_bad_by_design = is_by_design(retry);
	}
	return ret;
}

/* What is worth most first. */
static int try_zones(struct retry *retry, enum losses_worth worth, const char *words, struct discern_error *err)
{
	struct passes *passes = retry->passes;
	int ret = passes->find_zones != NULL ? passes->find_zones(worth, &retry->zones, passes->user) : 0;

	if (ret < 0)
		return discern_error_set(err, ret, "out of memory");
	if (retry->zones.n > 0) {
		observe_message(&passes->meter->observer, DISCERN_LEVEL_DETAIL, "%s first", words);
		retry->where = worth == LOSSES_FOLDERS ? "folders" : "files";
		ret = try_all(retry, err);
		retry->where = NULL;
		effort_restart(&retry->effort);
	}
	free(retry->zones.ranges);
	retry->zones = (struct losses_zones){ 0 };
	return ret;
}

int retry_run(struct passes *passes, struct discern_error *err)
{
	struct retry retry = { .passes = passes };
	int ret;

	if (passes->n_rounds == 0)
		return 0;
	start(&retry);
	ret = try_zones(&retry, LOSSES_FOLDERS, "what folders and descriptors lie in", err);
	if (ret == 0)
		ret = try_zones(&retry, LOSSES_FILES, "what files lie in", err);
	if (ret == 0)
		ret = try_all(&retry, err);
	if (passes->is_bad_by_design)
		observe_message(
			&passes->meter->observer, DISCERN_LEVEL_NOTE,
			"many short unreadable places, and nothing helps: the disc seems to be made so, as copy "
			"protection does; --retries tries all of them in spite of that");
	passes->n_ways_left = 0;
	return ret;
}

/* Each sector of a range by itself; if each was tried so already, only those that were not, as others have lost them since. */
static int scrape(struct passes *passes, const struct map_range *range, bool is_done, struct discern_error *err)
{
	int ret = 0;

	for (uint32_t i = 0; ret == 0 && i < range->n_sectors; i++) {
		struct map_range piece = { range->start + i, 1, range->status };
		struct reading reading;

		if (member_has_given_up(passes, piece.start))
			continue;
		if (is_done && member_has_tried(passes, piece.start)) {
			ret = passes_set(passes, piece.start, 1, MAP_BAD, err);
			continue;
		}
		ret = passes_read(passes, &piece, &reading, err);
		if (ret == 0 && !reading.is_good)
			ret = passes_set(passes, piece.start, 1, MAP_BAD, err);
		if (ret == 0)
			ret = passes_after_read(passes, MAP_UNSCRAPED, &piece, err);
	}
	return ret;
}

int retry_scrape(struct passes *passes, struct discern_error *err)
{
	const struct source_effort soon = { .gives_up_soon = true };
	struct map_range range;
	int ret = 0;

	if (map_count(passes->map, MAP_FAILED) > 0 && passes->source->ecc_sectors > 1)
		passes_set_effort(passes, &soon);
	passes_enter(passes, "scrape", NULL, NULL);
	for (uint32_t at = 0; ret == 0 && map_next(passes->map, at, MAP_FAILED, &range);
	     at = range.start + range.n_sectors) {
		/* Where a unit is one sector, or one sector alone has failed, that was done already. */
		bool is_done = passes->source->ecc_sectors <= 1 || range.n_sectors == 1 || passes->is_bad_by_design;

		if (is_done && passes->member == NULL)
			ret = passes_set(passes, range.start, range.n_sectors, MAP_BAD, err);
		else
			ret = scrape(passes, &range, is_done, err);
	}
	return ret;
}
