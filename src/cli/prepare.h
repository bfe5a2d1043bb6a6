/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What discern blank and discern format have in common. */
#ifndef CLI_PREPARE_H
#define CLI_PREPARE_H

#include <discern/prepare.h>

#include "cli/command.h"

struct prepare_job {
	struct cli *cli;
	struct discern_prepare_options options;
	/** NULL if none was named. */
	const char *drive_name;
	bool is_dry_run;
};

/** Plans, asks, carries it out, and shows what the disc is then. An exit code. */
int prepare_run(const struct prepare_job *job);

#endif
