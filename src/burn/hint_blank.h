/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is said of a disc that is still blank after a burn that failed. */
#ifndef BURN_HINT_BLANK_H
#define BURN_HINT_BLANK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

/** A drive that lost its power forgets what it has begun, and does not see it on the disc: only what was never sent to it
 *  was surely not written. */
static inline void hint_blank(struct discern_error *err, uint64_t sent_bytes, bool is_rewritable)
{
	enum { FIRST_WRITE_BYTES = 65536 };

	if (sent_bytes <= FIRST_WRITE_BYTES)
		discern_error_hint(err, "nothing was written: the disc is still blank");
	else
		discern_error_hint(err, "the drive calls the disc blank, but has begun with it: better %s",
				   is_rewritable ? "blank it before it is burned again" : "use another one");
}

#endif
