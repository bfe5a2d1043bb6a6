/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The whole job over any source of sectors; rip.c does it with a drive. */
#ifndef RIP_JOB_H
#define RIP_JOB_H

#include <discern/rip.h>

#include "disc/source.h"

/** discern_rip() without a drive: source delivers what is on medium. options->speed_kbps is the drive's affair. */
int rip_from_source(struct discern_source *source, const struct discern_medium *medium,
		    const struct discern_rip_options *options, const struct discern_observer *observer,
		    struct discern_rip_result *ret_result, struct discern_error *err);

#endif
