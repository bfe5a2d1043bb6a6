/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inside a job: its state, and what it tells of disc, losses and course. */
#ifndef RIP_JOB_PRIVATE_H
#define RIP_JOB_PRIVATE_H

#include "rip/identity.h"
#include "rip/job.h"
#include "rip/losses.h"
#include "rip/output.h"
#include "rip/packed.h"
#include "rip/passes.h"
#include "rip/record.h"
#include "rip/reread.h"

struct job {
	struct discern_source *source;
	const struct discern_medium *medium;
	const struct rip_copy *copies;
	size_t n_copies;
	const struct discern_rip_options *options;
	struct discern_rip_result *result;
	struct discern_error *err;
	struct rip_plan plan;
	bool has_volume;
	struct discern_volume volume;
	char identity[IDENTITY_SIZE];
	struct output output;
	/** The compressed image, if one is wanted. */
	struct packed *packed;
	struct map *map;
	/** Sectors that the drive keeps back (passes.h). */
	struct map *refused;
	struct pipeline *pipeline;
	struct meter meter;
	struct passes passes;
	struct record *record;
	struct reread reread;
};

uint64_t job_image_bytes(const struct job *job);

/** What decided about the size; and all that is known of the plan into the result. */
void job_tell_size(const struct job *job);
void job_copy_plan(const struct job *job);
void job_tell_resumed(const struct job *job);

/** For the passes: what to try first, from what is in the file by now; a volume that cannot be understood gives no zones. */
int job_find_zones(enum losses_worth worth, struct losses_zones *ret_zones, void *user);

/** Which sectors are bad, and which files; -ENOMEM. */
void job_list_bad(struct job *job);
int job_tell_losses(struct job *job);

/** passes_run() with several drives, with job->passes for each of them; what they found goes into the result. */
int job_run_copies(struct job *job);

/** The record's begin, -ENOMEM, and its end, also of a job that was stopped with this code. */
int job_begin_record(struct job *job);
void job_end_record(struct job *job, int code);

#endif
