/* SPDX-License-Identifier: GPL-3.0-or-later */
/* discern rip --skip-done: finding complete images of a disc by the manifests beside them. */
#ifndef CLI_RIP_DONE_H
#define CLI_RIP_DONE_H

#include <dirent.h>
#include <limits.h>

#include "cli/rip_options.h"

struct rip_done {
	char folder[PATH_MAX];
	DIR *open;
};

/** Looks in the folder in which the image would be made. Release with rip_done_clear(). */
void rip_done_prepare(struct rip_done *done, struct rip_options *options);

void rip_done_clear(struct rip_done *done);

/** Prints the result of a job that had nothing to do; what is "image" or "folder". */
void rip_done_report(struct cli *cli, const char *what, const char *path, const char *drive);

#endif
