/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Decides what blanking and formatting means for a medium. Touches nothing. */
#ifndef BURN_PREPARE_PLAN_H
#define BURN_PREPARE_PLAN_H

#include <discern/prepare.h>

#include "burn/plan.h"

/** facts without check and choice. -EMEDIUMTYPE, with the reason. */
int prepare_plan_make(const struct plan_facts *facts, const struct discern_prepare_options *options,
		      struct discern_prepare_plan *ret_plan, struct discern_error *err);

/** What of a medium is overwritten with zeros: all of it, or where volumes have their descriptors, at its begin and end
 *  (ECMA-119 6.2: sector 16; ECMA-167 3/8.4.2.1: 256, the last one, and 256 before that). The number of ranges. */
unsigned prepare_zero_ranges(const struct discern_prepare_plan *plan, struct discern_range ret_ranges[2]);

#endif
