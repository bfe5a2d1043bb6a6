/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The manifest and the report beside an image. */
#ifndef CLI_RIP_MANIFEST_H
#define CLI_RIP_MANIFEST_H

#include <inttypes.h>
#include <limits.h>
#include <time.h>

#include "cli/rip_drives.h"
#include "cli/rip_options.h"

struct rip_manifest {
	const struct rip_options *options;
	/** All words of the command line, ended by NULL. */
	const char **command;
	time_t start;
	/** IMAGE.json; empty before the image has its name, and without a manifest. */
	char path[PATH_MAX];
	/** What is there tells of another disc, whose image is gone: it is kept under another name. */
	bool is_other_disc;
	/** What was written: names for the result, NULL if it was not. */
	const char *manifest_written, *report_written;
};

/** Before the options are read, which moves the words of argv. Release with rip_manifest_free(). */
void rip_manifest_init(struct rip_manifest *manifest, char **argv);

/** Looks whether the report can be written, and has the rip look whether the manifest can. 0 or a negative errno. */
int rip_manifest_prepare(struct rip_manifest *manifest, struct rip_options *options, struct discern_error *err);

/**
 * Writes both, also of a rip that was stopped; without anything read nothing is written.
 * @param error  what ended the rip; its code is 0 if every sector was tried
 * @return 0, or an exit code after a message
 */
int rip_manifest_write(struct rip_manifest *manifest, const struct rip_drives *drives,
		       const struct discern_rip_result *result, const struct discern_error *error);

void rip_manifest_free(struct rip_manifest *manifest);

/* ---- of CDs that are read raw, or as sound ---- */

/** Of a drive, a number and its "s". */
#define RIP_OUT_OF_REACH "%s: the drive does not reach so far with this offset: silence in %" PRIu32 " sector%s"

/** How a rip came about. */
struct rip_run {
	struct discern_drive *drive;
	/** All words of the command line, ended by NULL; and when it began. */
	const char *const *command;
	time_t start;
};

/** Version (1, as the member of this name), program, start, command and drive, for JSON. */
void rip_manifest_report_run(struct report *report, const char *member, const struct rip_run *run);

/** What is in the way of a manifest is told before the long read.
 *  @param member  what only an earlier manifest has, which may be replaced; NULL if none may
 *  @return 0 or -EEXIST, with a hint */
int rip_manifest_check_place(const char *path, const char *member, struct discern_error *err);

/** The page that --report asks for, of this manifest. 0, or an exit code after a message. */
int rip_manifest_write_page(const struct rip_options *options, const char *path);

#endif
