/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SHA-256 and MD5 of a file, for an image that was not read in one piece. */
#ifndef RIP_DIGEST_H
#define RIP_DIGEST_H

#include <stdint.h>

#include <discern/error.h>

#include "rip/meter.h"
#include "rip/pipeline.h"

/** Reads size_bytes bytes from the start of fd. 0, -ECANCELED, or -EIO where the file is shorter or fails. */
int digest_file(int fd, uint64_t size_bytes, struct meter *meter, struct pipeline_digests *ret_digests,
		struct discern_error *err);

#endif
