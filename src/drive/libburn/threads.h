/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inside the adapter: when libburn's thread is really gone. It calls its drive idle some moments before, and then still uses
 * what burn_finish() frees; it is detached, so that nobody can join it. */
#ifndef DRIVE_LIBBURN_THREADS_H
#define DRIVE_LIBBURN_THREADS_H

#include <stddef.h>
#include <sys/types.h>

enum { THREADS_MAX = 64 };

/** The threads of this process, by the kernel's numbers. */
struct threads {
	pid_t ids[THREADS_MAX];
	size_t n;
};

/** None where the system does not tell (/proc). */
void threads_list(struct threads *ret_threads);

/** Until there is no thread that was not there before, two seconds at most; at once where "before" has none. */
void threads_wait(const struct threads *before);

#endif
