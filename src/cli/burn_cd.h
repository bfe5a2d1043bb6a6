/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Burning CDs with tracks of all kinds. */
#ifndef CLI_BURN_CD_H
#define CLI_BURN_CD_H

#include <discern/burn_cd.h>

#include "cli/burn_options.h"

/** True for files of sound, and for an image that is a CD with tracks: cue, toc, ccd, bin. */
bool burn_cd_is_wanted(const struct burn_options *options);

/** Opens it; an exit code. */
int burn_cd_open(const struct burn_options *options, struct discern_cd **ret_cd);

/** Options that are not for these: CLI_EXIT_USAGE after a message, or 0. */
int burn_cd_refuse_options(const struct burn_options *options);

/** All of discern burn in one drive for these; an exit code. */
int burn_cd(const struct burn_options *options);

/** What a burn of a CD works with. */
struct burn_cd_job {
	const struct burn_options *options;
	struct cli *cli;
	struct report *report;
	struct discern_drive *drive;
	struct discern_cd *cd;
	struct discern_burn_cd_options burn;
	struct discern_burn_cd_check check;
	struct discern_burn_cd_plan plan;
	/** All of it was written and closed. */
	bool is_burned;
};

#endif
