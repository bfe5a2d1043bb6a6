/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What virtual drives' clocks told. */
#ifndef CLI_VDRIVE_CLOCK_H
#define CLI_VDRIVE_CLOCK_H

#include "cli/command.h"
#include "vdrive/session.h"

/** With -v a line a drive on stderr. */
void vdrive_clock_report(struct cli *cli, const struct session_options *options, const struct session_result *result);

#endif
