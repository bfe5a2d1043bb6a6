/* SPDX-License-Identifier: GPL-3.0-or-later */
/* discern rip --watch. */
#ifndef CLI_RIP_WATCH_H
#define CLI_RIP_WATCH_H

#include "cli/rip_options.h"

/** Rips what is put into the drives, all of the system if none is named, until a signal ends it. Returns an enum cli_exit. */
int rip_watch(struct rip_options *options, char **drives);

#endif
