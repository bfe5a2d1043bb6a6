/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reading in passes, as GNU ddrescue does: first all that is easy, in large pieces; then what failed, by
 * error-correction unit and by sector; then, a number of times, what is still missing.
 */
#ifndef RIP_PASSES_H
#define RIP_PASSES_H

#include "disc/source.h"
#include "rip/map.h"
#include "rip/meter.h"
#include "rip/pipeline.h"
#include "rip/rip_plan.h"

struct passes {
	struct discern_source *source;
	const struct rip_plan *plan;
	struct map *map;
	struct pipeline *pipeline;
	struct meter *meter;
	/** Rounds over bad sectors after all other passes. */
	int n_rounds;
	/** What the map file says of the job; the passes keep its current position. */
	struct map_header header;
	/** The first map file is written after first_checkpoint_seconds, each later one after twice the time of the
	 *  one before it, up to checkpoint_seconds. */
	double first_checkpoint_seconds;
	double checkpoint_seconds;

	/** The passes' own. */
	double next_checkpoint;
	double checkpoint_interval;
	int n_rounds_left;
};

/**
 * Runs all passes. What was read is in the pipeline and in the map; the caller drains the one and saves the other.
 * @return 0 when every sector was tried; -ECANCELED; or what ended the reading: -ESTALE, -ENOMEDIUM, -ENOSPC …
 */
int passes_run(struct passes *passes, struct discern_error *err);

/** Sectors that could not be read so far, without those between sessions. */
uint32_t passes_n_bad(const struct map *map, const struct rip_plan *plan);

#endif
