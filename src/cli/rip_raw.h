/* SPDX-License-Identifier: GPL-3.0-or-later */
/* discern rip --raw. */
#ifndef CLI_RIP_RAW_H
#define CLI_RIP_RAW_H

#include <discern/rip_raw.h>

#include "cli/rip_manifest.h"
#include "cli/rip_options.h"

/** What the result and the manifest tell of. */
struct rip_raw_run {
	const struct rip_options *options;
	const struct discern_rip_raw_result *result;
	struct rip_run run;
	/** Written beside the image; "" without. */
	char manifest[4096];
};

/** Rips; command as in struct rip_run. Returns the exit code. */
int rip_raw(struct rip_options *options, struct discern_drive *drive, const char *const *command);

/** Puts the rows of the result into a report. */
void rip_raw_report(struct report *report, const struct rip_raw_run *run);

/** Writes the result as JSON beside the image. 0, or an exit code after a message. */
int rip_raw_write_manifest(struct rip_raw_run *run);

#endif
