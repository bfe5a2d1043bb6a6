/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Checksums of a file, for an image that was not read in one piece. */
#ifndef RIP_DIGEST_H
#define RIP_DIGEST_H

#include <stdint.h>

#include <discern/error.h>

#include "rip/meter.h"
#include "rip/pipeline.h"

struct digest_job {
	int fd;
	uint64_t size_bytes;
	struct meter *meter;
	/** Of digest_file(), as of enum discern_sums. */
	unsigned sums;
};

/** Reads size_bytes bytes from the start of fd. 0, -ECANCELED, or -EIO where the file is shorter or fails. */
int digest_file(const struct digest_job *job, struct pipeline_digests *ret_digests, struct discern_error *err);

/** digest_file() with a pipeline, drained, that has all up to some place in its digests already (pipeline_n_hashed() is not 0),
 *  as the disc was read in order up to there. The pipeline writes nothing any more. */
int digest_rest(const struct digest_job *job, struct pipeline *pipeline, struct pipeline_digests *ret_digests,
		struct discern_error *err);

/** Of the options' sums those that there are; 0 for none. */
unsigned rip_wanted_sums(const struct discern_rip_options *options);

/** Copies them. */
void rip_take_digests(struct discern_rip_result *result, const struct pipeline_digests *digests);

#endif
