/* SPDX-License-Identifier: GPL-3.0-or-later */
/* discern rip --audio. */
#ifndef CLI_RIP_AUDIO_H
#define CLI_RIP_AUDIO_H

#include <limits.h>

#include <discern/rip_audio.h>

#include "cli/rip_options.h"
#include "cli/rip_raw.h"

/** What the result and the manifest tell of. */
struct rip_audio_run {
	const struct rip_options *options;
	const struct discern_rip_audio_result *result;
	struct rip_run run;
};

/** Rips the disc and tells of it; command: all words of the command line, ended by NULL. Returns an enum cli_exit. */
int rip_audio(struct rip_options *options, struct discern_drive *drive, const char *const *command);

/** Puts the rows of the result into a report. */
void rip_audio_report(struct report *report, const struct rip_audio_run *run);

/** Writes the result as JSON into the folder, and tells its path. 0, or an exit code after a message. */
int rip_audio_write_manifest(const struct rip_audio_run *run, char ret_path[PATH_MAX]);

#endif
