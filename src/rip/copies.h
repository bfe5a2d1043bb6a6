/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copies of one disc in several drives: whether they are, and a source that reads in any of them. */
#ifndef RIP_COPIES_H
#define RIP_COPIES_H

#include "rip/identity.h"
#include "rip/job.h"
#include "rip/rip_plan.h"

struct copies {
	const struct rip_copy *all;
	size_t n;
};

/**
 * Whether all are copies of one disc.
 * @param ret_identity  identity_make() of that, from what is readable in any of them
 * @return 0, -ESTALE with words that name the one that is not and what differs, or a source's own trouble
 */
int copies_compare(const struct copies *copies, const struct rip_plan *plan, char ret_identity[IDENTITY_SIZE],
		   struct discern_error *err);

/** A source that reads in the first drive, and what that cannot read in the others. The copies stay the caller's. NULL if memory
 *  is out. Release with source_close(). */
struct discern_source *copies_source(const struct copies *copies);

#endif
