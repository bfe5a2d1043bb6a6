/* SPDX-License-Identifier: GPL-3.0-or-later */
/* discern rip --raw. */
#ifndef CLI_RIP_RAW_H
#define CLI_RIP_RAW_H

#include <time.h>

#include <discern/rip_raw.h>

#include "cli/rip_options.h"

/** How a rip came about. */
struct rip_run {
	struct discern_drive *drive;
	/** All words of the command line, ended by NULL; and when it began. */
	const char *const *command;
	time_t start;
};

/** Version (1, as the member of this name), program, start, command and drive, for JSON. */
void rip_report_run(struct report *report, const char *manifest_member, const struct rip_run *run);

/** What the result and the manifest tell of. */
struct rip_raw_run {
	const struct rip_options *options;
	struct discern_drive *drive;
	const struct discern_rip_raw_result *result;
	/** All words of the command line, ended by NULL; and when it began. */
	const char *const *command;
	time_t start;
	/** Written beside the image; "" without. */
	char manifest[4096];
};

/** Rips; command as in struct rip_raw_run. Returns the exit code. */
int rip_raw(struct rip_options *options, struct discern_drive *drive, const char *const *command);

/** Puts the rows of the result into a report. */
void rip_raw_report(struct report *report, const struct rip_raw_run *run);

/** Writes the result as JSON beside the image. 0, or an exit code after a message. */
int rip_raw_write_manifest(struct rip_raw_run *run);

#endif
