/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The whole job over any source of sectors; rip.c does it with a drive. */
#ifndef RIP_JOB_H
#define RIP_JOB_H

#include <discern/rip.h>

#include "disc/source.h"

struct job;

/** Why what comes first is read. */
#define REASON_DISC "what disc it is, and how much of it there is to read"

/** Lets a drive that has dropped out find the job that it reads for, to which it comes only then. */
struct rip_drop_out {
	struct job *job;
	/** How long the drive waits, in seconds. */
	unsigned wait_seconds;
};

/** For drive_source_options.on_drop_out; user is a struct rip_drop_out. Tells, and compares the disc with what was read. */
int rip_on_drop_out(struct discern_source *source, const char *drive, void *user, struct discern_error *err);
/** For drive_source_options.on_reset. */
int rip_on_reset(struct discern_source *source, const char *drive, void *user, struct discern_error *err);

/** A drive with its copy of the disc. */
struct rip_copy {
	/** "/dev/sr0" and "sr0". */
	const char *path, *name;
	struct discern_source *source;
	const struct discern_medium *medium;
};

struct rip_job {
	/** Delivers what is on medium. */
	struct discern_source *source;
	const struct discern_medium *medium;
	/** speed_kbps is the drive's affair. */
	const struct discern_rip_options *options;
	const struct discern_observer *observer;
	/** May be NULL. */
	struct rip_drop_out *drop_out;
	/** Several drives with copies of one disc, at most DISCERN_RIP_MAX_DRIVES; else none. source reads in any of them. */
	const struct rip_copy *copies;
	size_t n_copies;
};

/** discern_rip() without a drive. */
int rip_run(const struct rip_job *wanted, struct discern_rip_result *ret_result, struct discern_error *err);

#endif
