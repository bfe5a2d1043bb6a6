/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The memory and the system call of a client that waits for us, from outside: its thread is blocked in the
 * kernel until it is answered. Nothing in there is trusted: every size is bounded by the caller of these.
 */
#ifndef VDRIVE_CLIENT_H
#define VDRIVE_CLIENT_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum client_access { CLIENT_READ, CLIENT_WRITE };

/** Copies size bytes from or to the client. 0, -EFAULT, or -EPERM if the system does not let us. */
int client_copy(pid_t thread, enum client_access access, uint64_t address, void *data, size_t size);

/** An array of struct iovec in the client's memory. */
struct client_vector {
	uint64_t address;
	size_t n_elements;
};

/** The same with the first *size bytes that the vector means; *size becomes what it holds of them. -EINVAL if it
 *  has no or too many elements. */
int client_copy_vector(pid_t thread, enum client_access access, const struct client_vector *vector, void *data,
		       size_t *size);

/** Flags of the open() that the thread is in, with O_EXCL, which the kernel keeps to itself. -ENOENT if they
 *  cannot be found out: /proc not readable, or a system call that is none of open, openat and openat2. */
int client_open_flags(pid_t thread, int *ret_flags);

#endif
