/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "vdrive/client.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"

/* As many elements as readv() takes (UIO_MAXIOV). */
#define MAX_ELEMENTS 1024

/* The client sleeps within moments after it has asked. */
#define BLOCKED_TRIES 200
#define BLOCKED_WAIT_NS 100000

static int copy(pid_t thread, enum client_access access, const struct iovec *local, const struct iovec *remote,
		size_t n_remote)
{
	ssize_t n;

	if (access == CLIENT_READ)
		n = process_vm_readv(thread, local, 1, remote, n_remote, 0);
	else
		n = process_vm_writev(thread, local, 1, remote, n_remote, 0);
	if (n < 0)
		return errno == EPERM ? -EPERM : -EFAULT;
	return (size_t)n == local->iov_len ? 0 : -EFAULT;
}

int client_copy(pid_t thread, enum client_access access, uint64_t address, void *data, size_t size)
{
	struct iovec local = { data, size };
	struct iovec remote = { (void *)(uintptr_t)address, size };

	return size == 0 ? 0 : copy(thread, access, &local, &remote, 1);
}

int client_copy_vector(pid_t thread, enum client_access access, const struct client_vector *vector, void *data,
		       size_t *size)
{
	AUTO_FREE struct iovec *remote = NULL;
	struct iovec local = { data, 0 };
	int ret;

	if (vector->n_elements == 0 || vector->n_elements > MAX_ELEMENTS)
		return -EINVAL;
	remote = calloc(vector->n_elements, sizeof(*remote));
	if (remote == NULL)
		return -ENOMEM;
	ret = client_copy(thread, CLIENT_READ, vector->address, remote, vector->n_elements * sizeof(*remote));
	if (ret < 0)
		return ret;
	for (size_t i = 0; i < vector->n_elements; i++) {
		if (remote[i].iov_len > *size - local.iov_len)
			remote[i].iov_len = *size - local.iov_len;
		local.iov_len += remote[i].iov_len;
	}
	*size = local.iov_len;
	return local.iov_len == 0 ? 0 : copy(thread, access, &local, remote, vector->n_elements);
}

/* "257 0xffffff9c 0x7ffe… 0x802 …" from /proc/TID/syscall; false while the thread still runs. */
static bool read_system_call(pid_t thread, long *ret_number, unsigned long ret_arguments[3])
{
	AUTO_FCLOSE FILE *file = NULL;
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/syscall", (int)thread);
	errno = 0;
	file = fopen(path, "re");
	return file != NULL && fscanf(file, "%ld %lx %lx %lx", ret_number, &ret_arguments[0], &ret_arguments[1],
				      &ret_arguments[2]) == 4;
}

static int flags_of_call(pid_t thread, long number, const unsigned long arguments[3], int *ret_flags)
{
	struct open_how how = { 0 };

#ifdef SYS_open
	if (number == SYS_open) {
		*ret_flags = (int)arguments[1];
		return 0;
	}
#endif
	if (number == SYS_openat) {
		*ret_flags = (int)arguments[2];
		return 0;
	}
	if (number != SYS_openat2)
		return -ENOENT;
	if (client_copy(thread, CLIENT_READ, arguments[2], &how, sizeof(how.flags)) < 0)
		return -ENOENT;
	*ret_flags = (int)how.flags;
	return 0;
}

int client_open_flags(pid_t thread, int *ret_flags)
{
	struct timespec wait = { .tv_nsec = BLOCKED_WAIT_NS };
	unsigned long arguments[3];
	long number;

	for (int n_tries = 0; n_tries < BLOCKED_TRIES; n_tries++) {
		if (read_system_call(thread, &number, arguments))
			return flags_of_call(thread, number, arguments, ret_flags);
		if (errno == EACCES || errno == ENOENT || errno == EPERM)
			return -ENOENT;
		nanosleep(&wait, NULL);
	}
	return -ENOENT;
}
