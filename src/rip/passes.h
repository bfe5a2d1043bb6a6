/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reading in passes over a saved map: first all that is easy, in large pieces, with a drive that gives up soon; then
 * what failed, by error-correction unit, in the ways of trying that pay on this disc and in this drive (effort.h);
 * then each sector of what is left.
 */
#ifndef RIP_PASSES_H
#define RIP_PASSES_H

#include "disc/source.h"
#include "rip/doubt.h"
#include "rip/losses.h"
#include "rip/map.h"
#include "rip/meter.h"
#include "rip/pace.h"
#include "rip/pipeline.h"
#include "rip/record.h"
#include "rip/rest.h"
#include "rip/rip_plan.h"

/** When to stop though places are left that might be read; 0 for never. Seconds. */
struct passes_limits {
	double max_seconds;
	double no_progress_seconds;
};

struct passes {
	struct discern_source *source;
	const struct rip_plan *plan;
	struct map *map;
	struct pipeline *pipeline;
	struct meter *meter;
	/** Of every read; may be NULL. */
	struct record *record;
	/** Rounds over what failed, in each way of trying; -1: as long as rounds bring something. */
	int n_rounds;
	/** Of the medium, and the speed that the caller allows; 0 for unknown and for any. */
	uint32_t speed_1x_kbps, speed_kbps;
	struct passes_limits limits;
	/** Its seconds are the caller's to set. */
	struct rest rest;
	/** What the map file says of the job; the passes keep its current position. */
	struct map_header header;
	/** The first map file is written after first_checkpoint_seconds, each later one after twice the time of the
	 *  one before it, up to checkpoint_seconds. */
	double first_checkpoint_seconds;
	double checkpoint_seconds;

	/** Takes up which sectors the drive keeps back, as MAP_BAD; they are not tried again. NULL on most discs. */
	struct map *refused;

	/** Called when all that is easy was read, if something is not: what of it is to be tried first (losses.h). NULL for
	 *  all alike. 0 and zones, whose ranges the passes free, or no zones; -ENOMEM. */
	int (*find_zones)(enum losses_worth worth, struct losses_zones *ret_zones, void *user);
	void *user;

	/** What is read again to be compared; NULL for nothing. */
	struct doubt *doubt;

	/** One of several drives (member.h); NULL for one alone. */
	struct member *member;

	/** Result: what is bad is so by design, as copy protection makes it. */
	bool is_bad_by_design;

	/** The passes' own. */
	double next_checkpoint;
	double checkpoint_interval;
	/** By what a clock of the drive is ahead of ours; both together are the job's clock. */
	double ahead_seconds;
	double started, last_good;
	/** When the last read ended, by our clock, and the source's starts until then. */
	double read_ended;
	uint32_t n_starts;
	/** Fastest good reads, and those since that was last looked at. */
	uint32_t peak_kbps, window_bytes;
	double window_seconds;
	/** As the drive is set now. */
	struct source_effort effort;
	bool is_effort_refused;
	/** The drive does not let itself be told to give up soon. */
	bool keeps_trying;
	/** How the sweep goes, and the name of the pass that it is in. */
	struct pace pace;
	const char *pass_name;
	/** Why what follows is read, in this pass as a whole. */
	char reason[READINGS_REASON_SIZE];
	/** What a failed read takes while the drive gives up soon, on average; 0 before the first. */
	double failure_seconds;
	/** Sectors that had failed when trying again began, and ways that are not done with them. */
	uint32_t n_retry_sectors, n_ways_left;
};

/** Before the first pass: what was bad in an earlier call is to be tried again. -ENOMEM. passes_run() does it. */
int passes_reopen(struct passes *passes, struct discern_error *err);

/** The last step of the clock, limits and effort before reading begins; passes_run() does it. */
void passes_start(struct passes *passes);

/**
 * Runs all passes. What was read is in the pipeline and in the map; the caller drains the one and saves the other.
 * @return 0 when every sector was tried; -ECANCELED; -ETIME at a limit; or what ended the reading: -ESTALE,
 *         -ENOMEDIUM, -ENOSPC …
 */
int passes_run(struct passes *passes, struct discern_error *err);

/** Seconds by the job's clock. */
double passes_now(const struct passes *passes);

/** Sectors that could not be read so far, without those between sessions. */
uint32_t passes_n_bad(const struct map *map, const struct rip_plan *plan);

#endif
