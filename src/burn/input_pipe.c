/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What comes through a pipe, once. Its begin is kept for the check. */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/hash.h"
#include "burn/check_private.h"

enum { POLL_MS = 100 };

struct pipe {
	struct discern_burn_input base;
	char *path;
	int fd;
	unsigned timeout_seconds;
	/** While the head is read. */
	const struct discern_observer *observer;
	/** The begin, and how much of it was handed out. */
	uint8_t *head;
	size_t head_size, head_taken;
	/** Nothing comes behind the head. */
	bool is_over;
	/** Handed out; and read from the pipe. */
	uint64_t offset, n_come;
	struct published_sum expected;
	struct hash *hash;
	struct embedded_check *embedded;
};

static bool is_stopped(const struct discern_observer *observer)
{
	const struct discern_progress progress = {
		.phase = DISCERN_PHASE_CHECK,
		.seconds_left = UINT32_MAX,
		.seconds_left_bad = UINT32_MAX,
		.fifo_percent = DISCERN_PERCENT_UNKNOWN,
		.drive_buffer_percent = DISCERN_PERCENT_UNKNOWN,
	};

	return observer != NULL && observer->progress != NULL && observer->progress(&progress, observer->user) != 0;
}

/* Waits for bytes or the end. 0, -ECANCELED, or -ETIMEDOUT. */
static int wait_for_bytes(struct pipe *pipe, struct discern_error *err)
{
	struct pollfd poller = { .fd = pipe->fd, .events = POLLIN };
	uint64_t n_polls = (uint64_t)pipe->timeout_seconds * 1000 / POLL_MS;
	char after[48] = "";

	for (uint64_t i = 0; i < n_polls; i++) {
		int n = poll(&poller, 1, POLL_MS);

		if (atomic_load(&pipe->base.is_cancelled) || is_stopped(pipe->observer))
			return discern_error_set(err, -ECANCELED, "%s: stopped", pipe->path);
		if (n > 0)
			return 0;
		if (n < 0 && errno != EINTR && errno != EAGAIN)
			return discern_error_set(err, -errno, "%s: cannot read: %s", pipe->path, strerror(errno));
	}
	if (pipe->n_come > 0)
		snprintf(after, sizeof(after), ", after %ju bytes", (uintmax_t)pipe->n_come);
	return discern_error_set(err, -ETIMEDOUT, "%s: nothing came through the pipe for %u second%s%s", pipe->path,
				 pipe->timeout_seconds, pipe->timeout_seconds == 1 ? "" : "s", after);
}

/* Bytes behind the head; 0 at the end. */
static ssize_t read_some(struct pipe *pipe, uint8_t *buffer, size_t size, struct discern_error *err)
{
	for (;;) {
		int ret = wait_for_bytes(pipe, err);
		ssize_t n;

		if (ret < 0)
			return ret;
		n = read(pipe->fd, buffer, size);
		if (n >= 0) {
			pipe->n_come += (uint64_t)n;
			return n;
		}
		if (errno != EINTR && errno != EAGAIN)
			return discern_error_set(err, -errno, "%s: cannot read after %ju bytes: %s", pipe->path,
						 (uintmax_t)pipe->n_come, strerror(errno));
	}
}

static ssize_t read_all(struct pipe *pipe, uint8_t *buffer, size_t size, struct discern_error *err)
{
	size_t done = 0;

	while (done < size && !pipe->is_over) {
		ssize_t n = read_some(pipe, buffer + done, size - done, err);

		if (n < 0)
			return n;
		pipe->is_over = n == 0;
		done += (size_t)n;
	}
	return (ssize_t)done;
}

static ssize_t pipe_read(struct discern_burn_input *input, uint8_t *buffer, size_t size, struct discern_error *err)
{
	struct pipe *pipe = (struct pipe *)input;
	size_t done = pipe->head_size - pipe->head_taken;
	ssize_t n;

	done = done < size ? done : size;
	memcpy(buffer, pipe->head + pipe->head_taken, done);
	pipe->head_taken += done;
	pipe->offset += done;
	n = read_all(pipe, buffer + done, size - done, err);
	if (n < 0)
		return n;
	pipe->offset += (uint64_t)n;
	done += (size_t)n;
	embedded_check_update(pipe->embedded, buffer, done);
	if (pipe->hash != NULL)
		hash_update(pipe->hash, buffer, done);
	return (ssize_t)done;
}

/* What follows the image: an image's own padding does no harm, and a pipe that stays open does not either. */
static int read_rest(struct pipe *pipe, struct discern_error *err)
{
	uint8_t rest[4096];

	while (!pipe->is_over || pipe->head_taken < pipe->head_size) {
		ssize_t n = (ssize_t)(pipe->head_size - pipe->head_taken);

		if (n > (ssize_t)sizeof(rest))
			n = sizeof(rest);
		memcpy(rest, pipe->head + pipe->head_taken, (size_t)n);
		pipe->head_taken += (size_t)n;
		if (n == 0)
			n = read_some(pipe, rest, sizeof(rest), NULL);
		if (n <= 0)
			return 0;
		for (ssize_t i = 0; i < n; i++) {
			if (rest[i] == 0)
				continue;
			discern_error_set(err, -EOVERFLOW, "%s: the pipe goes on behind the %ju bytes that were burned",
					  pipe->path, (uintmax_t)pipe->offset);
			return discern_error_hint(err, "the disc holds only the begin of it; if that is not all, give "
						       "the right --size");
		}
	}
	return 0;
}

static int pipe_finish(struct discern_burn_input *input, struct discern_error *err)
{
	struct pipe *pipe = (struct pipe *)input;
	struct embedded_sum sum;
	char hex[HASH_HEX_SIZE];
	bool is_right = embedded_check_finish(pipe->embedded, &sum);

	if (pipe->hash != NULL) {
		hash_finish(pipe->hash, hex);
		if (strcmp(hex, pipe->expected.hex) != 0) {
			discern_error_set(err, -EBADMSG, "%s: the %s of what came is %s, not the one given, %s",
					  pipe->path, hash_name(pipe->expected.kind), hex, pipe->expected.hex);
			return discern_error_hint(err, "the disc holds what came: do not use it");
		}
	}
	if (sum.kind != EMBEDDED_NONE && !is_right) {
		discern_error_set(err, -EBADMSG, "%s: what came differs from the checksum that it holds itself (%s)",
				  pipe->path, embedded_kind_name(sum.kind));
		return discern_error_hint(err, "the disc holds what came: do not use it");
	}
	return read_rest(pipe, err);
}

static void pipe_close(struct discern_burn_input *input)
{
	struct pipe *pipe = (struct pipe *)input;

	if (pipe->fd > STDIN_FILENO)
		close(pipe->fd);
	hash_free(pipe->hash);
	embedded_check_free(pipe->embedded);
	free(pipe->head);
	free(pipe->path);
	free(pipe);
}

static int begin(struct pipe *pipe, const struct input_pipe_options *options, struct discern_error *err)
{
	ssize_t n;
	int ret = embedded_check_new(&pipe->embedded, err);

	if (ret == 0 && options->checksum != NULL)
		ret = published_sum_from_hex(options->checksum, &pipe->expected, err);
	if (ret == 0 && options->checksum != NULL)
		ret = hash_new(pipe->expected.kind, &pipe->hash, err);
	if (ret < 0)
		return ret;
	pipe->path = strdup(check_name(options->check));
	pipe->head = malloc(INPUT_HEAD_SIZE);
	if (pipe->path == NULL || pipe->head == NULL)
		return discern_error_set(err, -ENOMEM, "out of memory");
	pipe->observer = options->observer;
	n = read_all(pipe, pipe->head, INPUT_HEAD_SIZE, err);
	pipe->observer = NULL;
	if (n < 0)
		return (int)n;
	pipe->head_size = (size_t)n;
	return 0;
}

int input_pipe_open(const struct input_pipe_options *options, struct discern_burn_input **ret_input,
		    struct discern_error *err)
{
	static const struct input_ops ops = { .read = pipe_read, .finish = pipe_finish, .close = pipe_close };
	struct pipe *pipe = calloc(1, sizeof(*pipe));
	int ret;

	if (pipe == NULL)
		return discern_error_set(err, -ENOMEM, "out of memory");
	pipe->base.ops = &ops;
	pipe->base.is_kept = true;
	pipe->fd = options->fd;
	pipe->timeout_seconds = options->timeout_seconds;
	ret = begin(pipe, options, err);
	if (ret < 0) {
		pipe_close(&pipe->base);
		return ret;
	}
	*ret_input = &pipe->base;
	return 0;
}

uint8_t *input_pipe_head(const struct discern_burn_input *input, size_t *ret_size, bool *ret_is_all)
{
	const struct pipe *pipe = (const struct pipe *)input;

	*ret_size = pipe->head_size;
	*ret_is_all = pipe->is_over;
	return pipe->head;
}
