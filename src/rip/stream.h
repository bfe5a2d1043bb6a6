/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The image in order to a pipe: what cannot be read is tried again at once, within limits, and zeros go out for what
 * stays bad. Nothing can be resumed.
 */
#ifndef RIP_STREAM_H
#define RIP_STREAM_H

#include <discern/rip.h>

#include "disc/source.h"
#include "rip/map.h"
#include "rip/meter.h"
#include "rip/pipeline.h"
#include "rip/rip_plan.h"

struct stream {
	struct discern_source *source;
	const struct rip_plan *plan;
	const struct discern_rip_options *options;
	struct meter *meter;
	/** The digests of the plain image and what else only the writing tells. */
	struct discern_rip_result *result;
	/** Which sectors are good and bad, made by the caller for all of the plan's; and those kept back (passes.h). */
	struct map *map, *refused;
};

/** 0 when all was written; -EPIPE, -ECANCELED, -ETIME, or what ended reading or writing. */
int stream_run(struct stream *stream, struct discern_error *err);

#endif
