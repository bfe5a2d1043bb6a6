/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which way of trying again pays. There are several: at full speed, or at lower ones which some damage gives in to;
 * with the drive's own retries, or without them, which is much shorter. What helps depends on disc and drive, so each
 * is tried on some places, and then the one is taken that has brought most in the time it took. Pure: no drive here.
 */
#ifndef RIP_EFFORT_H
#define RIP_EFFORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "disc/source.h"

#define EFFORT_MAX 8

/** One way of trying, and what came of it. */
struct effort_way {
	struct source_effort effort;
	/** Times in a row that a place is tried. */
	unsigned n_in_row;
	/** "at 2.8 MB/s, with the drive's own retries". */
	char words[64];
	/** Places tried, sectors that came back, and seconds; what is longer ago counts less. */
	double n_tried, n_gained, seconds;
	/** Times that it has gone over all places, and sectors gained in the round that it is in and in the last one. */
	unsigned n_rounds;
	uint32_t n_round_gained, n_last_gained;
	/** The drive refuses it. */
	bool is_refused;
};

struct effort {
	size_t n_ways;
	struct effort_way ways[EFFORT_MAX];
	/** Rounds of each way over all places: at least 1, and no more than this once a round brings nothing. */
	unsigned n_rounds;
	/** Goes on beyond n_rounds as long as rounds bring something. */
	bool is_open_ended;
};

/** Ways for a drive that reads good sectors at peak_kbps and whose 1x is speed_1x_kbps, below limit_kbps if not 0. */
void effort_init(struct effort *effort, uint32_t peak_kbps, uint32_t speed_1x_kbps, uint32_t limit_kbps);

/** For other places: no rounds were made yet, but what is known of the ways stays. */
void effort_restart(struct effort *effort);

/** The way to take for the next places; NULL when all have done what they can. */
struct effort_way *effort_choose(struct effort *effort);

/** A place was tried. */
void effort_note(struct effort_way *way, uint32_t n_gained, double seconds);

/** A way has gone over all places. */
void effort_end_round(struct effort_way *way);

/** True if the way has nothing more to do. */
bool effort_is_done(const struct effort *effort, const struct effort_way *way);

#endif
