/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rip/division.h"

#include <string.h>

/* Less is not divided: the pick-up's way to another place costs more than reading it. */
#define WORTH_SECONDS 1.0
enum { WORTH_SECTORS = 4096 };

/* Of a stretch that is divided each drive gets at least this part, however slow it was. */
#define LEAST_PART 0.125

/* What is longer ago than about this many reads counts little. */
#define MEMORY 16.0

static uint32_t align_down(const struct division *division, uint32_t sector)
{
	uint32_t n = division->n_align > 0 ? division->n_align : 1, within = (sector + division->first) % n;

	return within < sector ? sector - within : 0;
}

static uint32_t count_untried(const struct map *map, uint32_t start, uint32_t end)
{
	struct map_range range;
	uint32_t n = 0;

	for (uint32_t at = start; at < end && map_next(map, at, MAP_UNTRIED, &range) && range.start < end;
	     at = range.start + range.n_sectors)
		n += range.start + range.n_sectors < end ? range.n_sectors : end - range.start;
	return n;
}

/* The sector at or after start before which n untried ones lie. */
static uint32_t find_untried(const struct map *map, uint32_t start, uint32_t n)
{
	struct map_range range;

	for (uint32_t at = start; map_next(map, at, MAP_UNTRIED, &range); at = range.start + range.n_sectors) {
		if (n < range.n_sectors)
			return range.start + n;
		n -= range.n_sectors;
	}
	return map_n_sectors(map);
}

void division_begin(struct division *division, size_t n, const struct map *map)
{
	uint32_t n_untried = map_count(map, MAP_UNTRIED), start = 0, end;
	size_t n_parts = n_untried / WORTH_SECTORS + 1 < n ? n_untried / WORTH_SECTORS + 1 : n;

	division->n = n;
	memset(division->stretches, 0, sizeof(division->stretches));
	for (size_t i = 0; i < n_parts; i++) {
		end = i + 1 == n_parts
			      ? map_n_sectors(map)
			      : align_down(division,
					   find_untried(map, 0, (uint32_t)((uint64_t)n_untried * (i + 1) / n_parts)));
		division->stretches[i] = (struct stretch){
			.is_active = count_untried(map, start, end) > 0, .start = start, .position = start, .end = end
		};
		start = end > start ? end : start;
	}
}

void division_advance(struct division *division, size_t drive, uint32_t start, uint32_t position)
{
	division->stretches[drive].start = start;
	division->stretches[drive].position = position;
}

void division_leave(struct division *division, size_t drive)
{
	division->stretches[drive].is_active = false;
}

void division_note(struct division *division, size_t drive, uint32_t n_sectors, double seconds)
{
	struct stretch *stretch = &division->stretches[drive];
	double each = n_sectors > 0 ? seconds / n_sectors : 0;

	stretch->seconds_each =
		stretch->seconds_each == 0 ? each : stretch->seconds_each + (each - stretch->seconds_each) / MEMORY;
}

/* ---- what nobody reads ---- */

/* Cuts off what others are reading. What remains may be empty; *ret_next is where to look on. */
static void cut_to_free(const struct division *division, struct map_range *range, uint32_t *ret_next)
{
	uint32_t end = range->start + range->n_sectors;
	bool has_moved = true;

	while (has_moved && range->start < end) {
		has_moved = false;
		for (size_t i = 0; i < division->n; i++) {
			const struct stretch *stretch = &division->stretches[i];

			if (stretch->is_active && stretch->start <= range->start && range->start < stretch->end) {
				range->start = stretch->end;
				has_moved = true;
			}
		}
	}
	for (size_t i = 0; i < division->n; i++) {
		const struct stretch *stretch = &division->stretches[i];

		if (stretch->is_active && stretch->start < stretch->end && stretch->start > range->start &&
		    stretch->start < end)
			end = stretch->start;
	}
	range->n_sectors = end > range->start ? end - range->start : 0;
	*ret_next = range->start + range->n_sectors;
}

/* Cuts to a part that the drive has left out, or to one that it has not. */
static void cut_to_skipped(const struct map *skipped, bool is_skipped, struct map_range *range)
{
	uint32_t end = range->start + range->n_sectors;

	while (range->start < end) {
		struct map_range known = map_range_of(skipped, range->start);
		uint32_t known_end = known.start + known.n_sectors;

		if ((known.status == MAP_UNSCRAPED) == is_skipped) {
			end = known_end < end ? known_end : end;
			break;
		}
		range->start = known_end;
	}
	range->n_sectors = end > range->start ? end - range->start : 0;
}

/* The largest piece that is untried, and that nobody reads. */
static bool find_free(const struct division *division, const struct map *map, const struct map *skipped,
		      bool is_skipped, struct map_range *ret_range)
{
	struct map_range range;
	uint32_t next;

	ret_range->n_sectors = 0;
	for (uint32_t at = 0; map_next(map, at, MAP_UNTRIED, &range); at = next) {
		cut_to_free(division, &range, &next);
		if (range.n_sectors > 0) {
			cut_to_skipped(skipped, is_skipped, &range);
			if (range.n_sectors > 0)
				next = range.start + range.n_sectors;
		}
		if (range.n_sectors > ret_range->n_sectors)
			*ret_range = range;
	}
	return ret_range->n_sectors > 0;
}

/* ---- what another one has before it ---- */

static double seconds_left(const struct stretch *stretch, const struct map *map)
{
	return count_untried(map, stretch->position, stretch->end) * stretch->seconds_each;
}

static bool is_worth_it(const struct division *division, const struct stretch *stretch, const struct map *map)
{
	uint32_t n_left = stretch->is_active ? count_untried(map, stretch->position, stretch->end) : 0;

	if (n_left < 2 || n_left < 2 * division->n_align)
		return false;
	return stretch->seconds_each > 0 ? n_left * stretch->seconds_each >= WORTH_SECONDS : n_left >= WORTH_SECTORS;
}

/* So that both are done at the same time. */
static uint32_t find_border(const struct division *division, const struct stretch *theirs, const struct map *map,
			    double own_seconds_each)
{
	uint32_t n_left = count_untried(map, theirs->position, theirs->end), border;
	double part = 0.5;

	if (theirs->seconds_each > 0 && own_seconds_each > 0)
		part = own_seconds_each / (own_seconds_each + theirs->seconds_each);
	if (part < LEAST_PART)
		part = LEAST_PART;
	if (part > 1 - LEAST_PART)
		part = 1 - LEAST_PART;
	border = align_down(division, find_untried(map, theirs->position, (uint32_t)(n_left * part)));
	return border > theirs->position ? border : find_untried(map, theirs->position, n_left / 2);
}

static bool find_part(const struct division *division, size_t drive, const struct map *map, size_t *ret_from)
{
	bool found = false;

	for (size_t i = 0; i < division->n; i++) {
		const struct stretch *stretch = &division->stretches[i];

		if (i == drive || !is_worth_it(division, stretch, map))
			continue;
		if (!found || seconds_left(stretch, map) > seconds_left(&division->stretches[*ret_from], map))
			*ret_from = i;
		found = true;
	}
	return found;
}

struct division_taken division_take(struct division *division, size_t drive, const struct map *map,
				    const struct map *skipped, bool take_skipped)
{
	struct division_taken taken = { .kind = DIVISION_NOTHING };
	struct stretch *own = &division->stretches[drive];
	struct map_range range;

	own->is_active = false;
	if (find_free(division, map, skipped, false, &range))
		taken.kind = DIVISION_FREE;
	else if (find_part(division, drive, map, &taken.from))
		taken.kind = DIVISION_PART;
	else if (take_skipped && find_free(division, map, skipped, true, &range))
		taken.kind = DIVISION_SKIPPED;
	if (taken.kind == DIVISION_NOTHING)
		return taken;
	own->is_active = true;
	if (taken.kind == DIVISION_PART) {
		struct stretch *theirs = &division->stretches[taken.from];

		own->start = own->position = find_border(division, theirs, map, own->seconds_each);
		own->end = theirs->end;
		theirs->end = own->position;
	} else {
		own->start = own->position = range.start;
		own->end = range.start + range.n_sectors;
	}
	return taken;
}
