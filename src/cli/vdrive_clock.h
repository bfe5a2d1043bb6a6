/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What virtual drives' clocks told. */
#ifndef CLI_VDRIVE_CLOCK_H
#define CLI_VDRIVE_CLOCK_H

#include "cli/command.h"
#include "vdrive/session.h"

/** Writes a line a drive to the file at path, if that is not NULL, and with -v on stderr. A file that cannot be
 *  written is an error in err. */
void vdrive_clock_report(struct cli *cli, const struct session_options *options, const struct session_result *result,
			 const char *path, struct discern_error *err);

#endif
