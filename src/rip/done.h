/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether an image that is there already is one of the disc in the drive. */
#ifndef RIP_DONE_H
#define RIP_DONE_H

#include "disc/source.h"
#include "rip/meter.h"
#include "rip/rip_plan.h"

/**
 * Compares some sectors all over the image, and more of where file systems describe themselves, with the disc. An image as
 * xz or gzip is unpacked for that, up to its end.
 * @return 1 if all are equal, 0 if one differs, the size does, or path cannot be compared; -ECANCELED, or trouble with the
 *         source
 */
int done_compare(struct discern_source *source, const struct rip_plan *plan, const char *path, struct meter *meter,
		 struct discern_error *err);

#endif
