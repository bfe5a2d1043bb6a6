/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rip/effort.h"

#include <stdio.h>
#include <string.h>

/* A way is known when it has been tried on so many places. */
enum { KNOWN_AFTER = 12 };

/* What is longer ago than about this many places counts little: damage differs over the disc. */
#define MEMORY 64.0

static void add_way(struct effort *effort, uint32_t speed_kbps, bool gives_up_soon, unsigned n_in_row)
{
	struct effort_way *way = &effort->ways[effort->n_ways++];

	*way = (struct effort_way){ .effort = { .speed_kbps = speed_kbps, .gives_up_soon = gives_up_soon },
				    .n_in_row = n_in_row };
	if (speed_kbps == 0)
		snprintf(way->words, sizeof(way->words), "at full speed%s",
			 gives_up_soon ? "" : ", with the drive's own retries");
	else
		snprintf(way->words, sizeof(way->words), "at %.1f MB/s%s", speed_kbps / 1000.0,
			 gives_up_soon ? "" : ", with the drive's own retries");
}

void effort_init(struct effort *effort, uint32_t peak_kbps, uint32_t speed_1x_kbps, uint32_t limit_kbps)
{
	uint32_t slowest = speed_1x_kbps, top = peak_kbps;

	memset(effort, 0, sizeof(*effort));
	if (limit_kbps > 0 && top > limit_kbps)
		top = limit_kbps;
	/* Short ones first, as each is tried once in any case. Where a turn of the disc takes little, so do several tries,
	 * and some sectors give in to nothing but many of them. */
	if (top / 4 > slowest)
		add_way(effort, top / 4, true, 1);
	if (top > slowest)
		add_way(effort, slowest, true, 1);
	add_way(effort, 0, false, 4);
	if (top / 2 > slowest)
		add_way(effort, top / 2, false, 2);
	if (top / 4 > slowest)
		add_way(effort, top / 4, false, 2);
	if (top > slowest)
		add_way(effort, slowest, false, 1);
}

void effort_restart(struct effort *effort)
{
	for (size_t i = 0; i < effort->n_ways; i++) {
		effort->ways[i].n_rounds = 0;
		effort->ways[i].n_round_gained = effort->ways[i].n_last_gained = 0;
	}
}

bool effort_is_done(const struct effort *effort, const struct effort_way *way)
{
	if (way->is_refused)
		return true;
	if (way->n_rounds == 0)
		return false;
	/* At the begin of a round: the last one has brought nothing, or there were enough. */
	if (way->n_last_gained == 0)
		return way->n_rounds >= effort->n_rounds || effort->is_open_ended;
	return way->n_rounds >= effort->n_rounds && !effort->is_open_ended;
}

static double yield_of(const struct effort_way *way)
{
	return (way->n_gained + 0.25) / (way->seconds + 0.25);
}

struct effort_way *effort_choose(struct effort *effort)
{
	struct effort_way *best = NULL;

	for (size_t i = 0; i < effort->n_ways; i++) {
		struct effort_way *way = &effort->ways[i];

		if (effort_is_done(effort, way))
			continue;
		if (way->n_tried < KNOWN_AFTER && way->n_rounds == 0)
			return way;
		if (best == NULL || yield_of(way) > yield_of(best))
			best = way;
	}
	return best;
}

void effort_note(struct effort_way *way, uint32_t n_gained, double seconds)
{
	const double keep = 1.0 - 1.0 / MEMORY;

	way->n_tried += 1;
	way->n_gained = way->n_gained * keep + n_gained;
	way->seconds = way->seconds * keep + seconds;
	way->n_round_gained += n_gained;
}

void effort_end_round(struct effort_way *way)
{
	way->n_rounds++;
	way->n_last_gained = way->n_round_gained;
	way->n_round_gained = 0;
}
