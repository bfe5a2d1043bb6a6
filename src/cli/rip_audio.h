/* SPDX-License-Identifier: GPL-3.0-or-later */
/* discern rip --audio. */
#ifndef CLI_RIP_AUDIO_H
#define CLI_RIP_AUDIO_H

#include <limits.h>

#include <discern/rip_audio.h>

#include "cli/rip_manifest.h"
#include "cli/rip_options.h"

/** What the result and the manifest tell of. */
struct rip_audio_run {
	const struct rip_options *options;
	const struct discern_rip_audio_result *result;
	struct rip_run run;
	/** In the folder; "" without. */
	char manifest[PATH_MAX];
};

/** Rips the disc and tells of it; command: all words of the command line, ended by NULL. Returns an enum cli_exit. */
int rip_audio(struct rip_options *options, struct discern_drive *drive, const char *const *command);

/** Puts the rows of the result into a report. */
void rip_audio_report(struct report *report, const struct rip_audio_run *run);

/** Names the manifest in the folder, and tells what is in its way: before the disc is read, and with a user that is a struct
 *  rip_audio_run. 0 or a negative errno. */
int rip_audio_prepare_manifest(const char *folder, void *user, struct discern_error *err);

/** Writes the result as JSON, if it has a name. 0, or an exit code after a message. */
int rip_audio_write_manifest(const struct rip_audio_run *run);

#endif
