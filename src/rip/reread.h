/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a job with a file does for doubt.h: gives the image's bytes, and keeps readings that differ, in IMAGE.disagree. */
#ifndef RIP_REREAD_H
#define RIP_REREAD_H

#include "rip/doubt.h"
#include "rip/output.h"
#include "rip/passes.h"

struct reread {
	const struct output *output;
	struct passes *passes;
	struct doubt doubt;
	/** IMAGE.disagree, once there is something in it. */
	char folder[PATH_MAX];
	bool has_folder;
};

/** Before passes_run(). 0 or -ENOMEM. */
int reread_begin(struct reread *reread, struct passes *passes, const struct output *output, bool is_paranoid,
		 struct discern_error *err);

/** Keeps two readings of a sector that differ. */
void reread_keep(struct reread *reread, uint32_t sector, const uint8_t *first, const uint8_t *second);

/** What another drive found is told with what this one found. -ENOMEM. */
int reread_add(struct reread *reread, const struct reread *other);

/** After it: tells in the result, if that is not NULL, what was mended, read again and found to differ. */
void reread_end(struct reread *reread, struct discern_rip_result *result);

#endif
