/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "rip/sink.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

/* Looks at is_stopped as often while nobody reads. */
enum { WAIT_MS = 200 };

void sink_open(struct sink *sink, int fd)
{
	struct stat status;
	char path[32];

	*sink = (struct sink){ .fd = fd };
	if (fstat(fd, &status) < 0 || !S_ISFIFO(status.st_mode))
		return;
	/* O_NONBLOCK on the caller's fd would concern all programs that share it. */
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	sink->fd = open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC);
	sink->is_own = sink->fd >= 0;
	if (!sink->is_own)
		sink->fd = fd;
	(void)fcntl(sink->fd, F_SETPIPE_SZ, 1 << 20);
}

static void block_sigpipe(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGPIPE);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
}

int sink_write(struct sink *sink, const void *data, size_t size)
{
	const uint8_t *at = data;

	/* For this thread, which is the library's. */
	block_sigpipe();
	while (size > 0) {
		struct pollfd wait = { .fd = sink->fd, .events = POLLOUT };
		ssize_t n;

		if (atomic_load(&sink->is_stopped))
			return -ECANCELED;
		n = write(sink->fd, at, size);
		if (n > 0) {
			at += n;
			size -= (size_t)n;
			sink->n_bytes += (uint64_t)n;
		} else if (n == 0) {
			return -EIO;
		} else if (errno == EAGAIN) {
			poll(&wait, 1, WAIT_MS);
		} else if (errno != EINTR) {
			return -errno;
		}
	}
	return 0;
}

void sink_close(struct sink *sink)
{
	if (sink->is_own)
		close(sink->fd);
}
