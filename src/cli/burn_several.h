/* SPDX-License-Identifier: GPL-3.0-or-later */
/* discern burn in several drives, --copies and --queue. */
#ifndef CLI_BURN_SEVERAL_H
#define CLI_BURN_SEVERAL_H

#include "cli/burn_options.h"

/** Plans for all drives, burns, and prints one table. Returns the worst of the exit codes. */
int burn_several(struct burn_options *options);

#endif
