/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A pipe, or a file, that the image is written to in order. Whoever reads it may be slow, stall, or go away. */
#ifndef RIP_SINK_H
#define RIP_SINK_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sink {
	/** Not to be blocked by, if the system lets us open it again; else the caller's own. */
	int fd;
	bool is_own;
	/** Set by any thread: writing ends soon, with -ECANCELED. */
	atomic_bool is_stopped;
	/** Written so far. */
	uint64_t n_bytes;
};

/** Prepares fd, which stays the caller's. */
void sink_open(struct sink *sink, int fd);

/** Writes all of it. 0 or a negative errno: -EPIPE if nobody reads any more, and no signal of it. */
int sink_write(struct sink *sink, const void *data, size_t size);

void sink_close(struct sink *sink);

#endif
