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

/** The same with a struct iovec array of n_elements in the client's memory, of which the first size bytes are
 *  meant; *ret_size is what the elements hold of them, at most size. */
int client_copy_vector(pid_t thread, enum client_access access, uint64_t vector, size_t n_elements, void *data,
		       size_t size, size_t *ret_size);

/** Flags of the open() that the thread is in, with O_EXCL, which the kernel keeps to itself. -ENOENT if they
 *  cannot be found out: /proc not readable, or a system call that is none of open, openat and openat2. */
int client_open_flags(pid_t thread, int *ret_flags);

#endif
