/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rip/packed.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/error.h"
#include "base/file.h"
#include "rip/compress.h"

enum { PIECE_BYTES = 1 << 20 };

struct packed {
	enum discern_compression compression;
	struct compress *compress;
	/** The plain file, which is output's, and ours. */
	int plain_fd, fd;
	uint64_t n_bytes;
	char path[PATH_MAX], part_path[PATH_MAX + 8];
	bool is_finished;

	pthread_t thread;
	bool is_running;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	/** Bytes of the plain file that are right, without a gap, and those taken of them. */
	uint64_t n_ready, n_taken;
	/** Ends when all that is ready is taken; at once; is through. */
	bool is_complete, is_ending, is_through;
	/** Something was written once more that had been taken. */
	bool is_spoilt;
	int error;
};

/* ---- names ---- */

static int make_path(const char *image_path, enum discern_compression compression, char path[PATH_MAX])
{
	return snprintf(path, PATH_MAX, "%s%s", image_path, compress_suffix(compression)) < PATH_MAX ? 0
												     : -ENAMETOOLONG;
}

int packed_check_name(const char *image_path, enum discern_compression compression, struct discern_error *err)
{
	char path[PATH_MAX];
	struct stat status;

	if (compression == DISCERN_COMPRESSION_NONE)
		return 0;
	if (make_path(image_path, compression, path) < 0)
		return discern_error_set(err, -ENAMETOOLONG, "the name of the image is too long");
	if (lstat(path, &status) < 0)
		return 0;
	discern_error_set(err, -EEXIST, "%s: exists already, and is never overwritten", path);
	discern_error_hint(err, "name another image with -o FILE");
	return -EEXIST;
}

char *packed_plain_name(const char *path, enum discern_compression compression, char *name, size_t size)
{
	const char *suffix = compress_suffix(compression);
	size_t length = strlen(path), n = strlen(suffix);

	if (n > 0 && length > n && strcmp(path + length - n, suffix) == 0)
		length -= n;
	snprintf(name, size, "%.*s", (int)length, path);
	return name;
}

/* ---- the thread ---- */

static int write_out(const void *data, size_t size, void *user)
{
	struct packed *packed = user;
	int ret = file_write_at(packed->fd, data, size, (off_t)packed->n_bytes);

	packed->n_bytes += size;
	return ret;
}

/* Bytes of the next piece, 0 at the end. Whole pieces only, as long as more may come. */
static size_t wait_for_piece(struct packed *packed)
{
	size_t n = 0;

	pthread_mutex_lock(&packed->lock);
	while (!packed->is_ending) {
		uint64_t there = packed->n_ready - packed->n_taken;

		n = there < PIECE_BYTES ? (size_t)there : PIECE_BYTES;
		if (n == PIECE_BYTES || packed->is_complete)
			break;
		n = 0;
		pthread_cond_wait(&packed->changed, &packed->lock);
	}
	n = packed->is_ending ? 0 : n;
	packed->n_taken += n;
	pthread_mutex_unlock(&packed->lock);
	return n;
}

static int follow(struct packed *packed)
{
	uint8_t *piece = buffer_new(PIECE_BYTES);
	uint64_t offset = 0, n_bytes;
	int ret = piece == NULL ? -ENOMEM : 0;
	size_t n;

	while (ret == 0 && (n = wait_for_piece(packed)) > 0) {
		ssize_t got = file_read_at(packed->plain_fd, piece, n, (off_t)offset);

		if (got != (ssize_t)n)
			ret = got < 0 ? (int)got : -EIO;
		else
			ret = compress_write(packed->compress, piece, n);
		offset += n;
	}
	free(piece);
	return ret == 0 && !packed->is_ending ? compress_finish(packed->compress, &n_bytes) : ret;
}

static void *run(void *argument)
{
	struct packed *packed = argument;
	int ret = follow(packed);

	pthread_mutex_lock(&packed->lock);
	packed->error = ret;
	packed->is_through = true;
	pthread_cond_broadcast(&packed->changed);
	pthread_mutex_unlock(&packed->lock);
	return NULL;
}

static int start(struct packed *packed, struct discern_error *err)
{
	const struct compress_sink sink = { write_out, packed };
	int ret = compress_new(packed->compression, &sink, &packed->compress, err);

	if (ret < 0)
		return ret;
	packed->n_bytes = packed->n_taken = 0;
	packed->is_ending = packed->is_through = packed->is_spoilt = false;
	packed->error = 0;
	ret = -pthread_create(&packed->thread, NULL, run, packed);
	packed->is_running = ret == 0;
	return ret < 0 ? discern_error_set(err, ret, "cannot start a thread: %s", strerror(-ret)) : 0;
}

static void stop(struct packed *packed)
{
	if (packed->is_running) {
		pthread_mutex_lock(&packed->lock);
		packed->is_ending = true;
		pthread_cond_broadcast(&packed->changed);
		pthread_mutex_unlock(&packed->lock);
		pthread_join(packed->thread, NULL);
	}
	packed->is_running = false;
	packed->compress = compress_free(packed->compress);
}

/* ---- the job's side ---- */

int packed_new(const struct output *output, enum discern_compression compression, const struct map *map,
	       struct packed **ret_packed, struct discern_error *err)
{
	struct map_range first = map_range_of(map, 0);
	struct packed *packed;
	int ret = 0;

	*ret_packed = NULL;
	if (compression == DISCERN_COMPRESSION_NONE)
		return 0;
	packed = calloc(1, sizeof(*packed));
	if (packed == NULL)
		return discern_error_set(err, -ENOMEM, "out of memory");
	packed->compression = compression;
	packed->plain_fd = output->fd;
	packed->n_ready = first.status == MAP_GOOD ? (uint64_t)first.n_sectors * DISCERN_SECTOR_SIZE : 0;
	pthread_mutex_init(&packed->lock, NULL);
	pthread_cond_init(&packed->changed, NULL);
	make_path(output->image_path, compression, packed->path);
	snprintf(packed->part_path, sizeof(packed->part_path), "%s.part", packed->path);
	/* Ours: who works on it would hold the plain file's lock. */
	packed->fd = open(packed->part_path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0666);
	if (packed->fd < 0)
		ret = discern_error_set(err, -errno, "%s: cannot open: %s", packed->part_path, strerror(errno));
	if (ret == 0)
		ret = start(packed, err);
	if (ret < 0)
		packed_free(packed);
	else
		*ret_packed = packed;
	return ret;
}

void packed_reached(struct packed *packed, uint64_t offset, uint32_t size)
{
	pthread_mutex_lock(&packed->lock);
	if (offset < packed->n_taken)
		packed->is_spoilt = true;
	if (offset <= packed->n_ready && offset + size > packed->n_ready)
		packed->n_ready = offset + size;
	pthread_cond_broadcast(&packed->changed);
	pthread_mutex_unlock(&packed->lock);
}

/* Until the thread is through, telling how far it is. */
static int wait_until_through(struct packed *packed, struct meter *meter, struct discern_error *err)
{
	bool is_through = false;

	while (!is_through) {
		struct timespec until;

		clock_gettime(CLOCK_REALTIME, &until);
		until.tv_nsec += 100000000;
		if (until.tv_nsec >= 1000000000) {
			until.tv_nsec -= 1000000000;
			until.tv_sec++;
		}
		pthread_mutex_lock(&packed->lock);
		while (!packed->is_through &&
		       pthread_cond_timedwait(&packed->changed, &packed->lock, &until) != ETIMEDOUT)
			continue;
		is_through = packed->is_through;
		meter->progress.done_bytes = packed->n_taken;
		pthread_mutex_unlock(&packed->lock);
		if (!meter_tick(meter) && !is_through)
			return discern_error_set(err, -ECANCELED, "stopped");
	}
	return 0;
}

static int complete(struct packed *packed, uint64_t size_bytes, struct meter *meter, struct discern_error *err)
{
	bool is_spoilt;
	int ret;

	pthread_mutex_lock(&packed->lock);
	is_spoilt = packed->is_spoilt || packed->error < 0;
	packed->n_ready = size_bytes;
	packed->is_complete = true;
	pthread_cond_broadcast(&packed->changed);
	pthread_mutex_unlock(&packed->lock);
	if (is_spoilt) {
		stop(packed);
		ret = ftruncate(packed->fd, 0) < 0 ? -errno : start(packed, err);
		if (ret < 0)
			return ret;
	}
	meter_phase(meter, DISCERN_PHASE_COMPRESS, size_bytes);
	ret = wait_until_through(packed, meter, err);
	if (ret < 0)
		return ret;
	meter_report(meter);
	ret = packed->error;
	if (ret == 0 && fdatasync(packed->fd) < 0)
		ret = -errno;
	if (ret == 0)
		return 0;
	discern_error_set(err, ret, "%s: cannot compress the image: %s", packed->part_path, strerror(-ret));
	discern_error_hint(err, "what was read is kept; the same command goes on from here, without --compress too");
	return ret;
}

int packed_finish(struct packed *packed, struct output *output, uint64_t size_bytes, struct meter *meter,
		  struct discern_error *err)
{
	int ret = output_extend(output, size_bytes, err);

	if (ret == 0)
		ret = complete(packed, size_bytes, meter, err);
	if (ret < 0)
		return ret;
	ret = output_give_name(packed->part_path, packed->path, err);
	if (ret < 0)
		return ret;
	packed->is_finished = true;
	return output_remove(output, err);
}

const char *packed_path(const struct packed *packed)
{
	return packed->path;
}

uint64_t packed_bytes(const struct packed *packed)
{
	return packed->n_bytes;
}

struct packed *packed_free(struct packed *packed)
{
	if (packed == NULL)
		return NULL;
	stop(packed);
	if (packed->fd >= 0) {
		close(packed->fd);
		if (!packed->is_finished)
			unlink(packed->part_path);
	}
	pthread_cond_destroy(&packed->changed);
	pthread_mutex_destroy(&packed->lock);
	free(packed);
	return NULL;
}
