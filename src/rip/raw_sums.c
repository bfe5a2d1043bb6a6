/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sums of tracks and files, as lists of discs have them. */
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "base/file.h"
#include "base/hash.h"
#include "disc/subchannel.h"
#include "rip/raw_job.h"

enum { AT_ONCE = 64 };

static const enum hash_kind kinds[] = { HASH_CRC32, HASH_MD5, HASH_SHA1, HASH_SHA256 };
enum { N_KINDS = sizeof(kinds) / sizeof(kinds[0]) };

struct sums {
	struct hash *hashes[N_KINDS];
};

static int begin(struct sums *sums, struct discern_error *err)
{
	int ret = 0;

	memset(sums, 0, sizeof(*sums));
	for (size_t i = 0; ret == 0 && i < N_KINDS; i++)
		ret = hash_new(kinds[i], &sums->hashes[i], err);
	return ret;
}

static void add(struct sums *sums, const uint8_t *data, size_t size)
{
	for (size_t i = 0; i < N_KINDS; i++)
		hash_update(sums->hashes[i], data, size);
}

static void release(struct sums *sums)
{
	for (size_t i = 0; i < N_KINDS; i++)
		sums->hashes[i] = hash_free(sums->hashes[i]);
}

static void finish(struct sums *sums, struct discern_raw_sums *ret)
{
	char hex[N_KINDS][HASH_HEX_SIZE];

	for (size_t i = 0; i < N_KINDS; i++)
		hash_finish(sums->hashes[i], hex[i]);
	memcpy(ret->crc32, hex[0], sizeof(ret->crc32));
	memcpy(ret->md5, hex[1], sizeof(ret->md5));
	memcpy(ret->sha1, hex[2], sizeof(ret->sha1));
	memcpy(ret->sha256, hex[3], sizeof(ret->sha256));
}

static int add_track(struct raw_job *job, unsigned i, struct sums *track, struct discern_error *err)
{
	uint32_t at = cd_dump_index(&job->disc.layout, i), end = cd_dump_index(&job->disc.layout, i + 1);
	AUTO_FREE uint8_t *buffer = buffer_new(AT_ONCE * SECTOR_RAW);

	if (buffer == NULL)
		return discern_error_set(err, -ENOMEM, "out of memory");
	while (at < end) {
		uint32_t n = end - at < AT_ONCE ? end - at : AT_ONCE;

		if (raw_files_read(&job->files, at, buffer, n) < 0)
			return discern_error_set(err, -EIO, "%s: cannot be read back", job->files.files[0].now);
		add(track, buffer, (size_t)n * SECTOR_RAW);
		at += n;
		job->meter.progress.done_bytes += (uint64_t)n * SECTOR_RAW;
		if (!raw_job_goes_on(job))
			return raw_job_stop(job, err);
	}
	return 0;
}

static int sum_track(struct raw_job *job, unsigned i, struct discern_error *err)
{
	struct sums track;
	int ret = begin(&track, err);

	if (ret == 0)
		ret = add_track(job, i, &track, err);
	if (ret == 0)
		finish(&track, &job->result->tracks[i].sums);
	release(&track);
	return ret;
}

/* One file for several tracks has sums of its own, which another core makes meanwhile. */
struct whole {
	struct raw_job *job;
	struct sums sums;
	atomic_bool is_stopped;
	int ret;
};

static void *sum_whole(void *user)
{
	struct whole *whole = user;
	AUTO_FREE uint8_t *buffer = buffer_new(AT_ONCE * SECTOR_RAW);
	uint32_t n = 0, n_sectors = whole->job->disc.n_sectors;

	whole->ret = buffer == NULL ? -ENOMEM : 0;
	for (uint32_t at = 0; whole->ret == 0 && at < n_sectors && !whole->is_stopped; at += n) {
		n = n_sectors - at < AT_ONCE ? n_sectors - at : AT_ONCE;
		whole->ret = raw_files_read(&whole->job->files, at, buffer, n);
		if (whole->ret == 0)
			add(&whole->sums, buffer, (size_t)n * SECTOR_RAW);
	}
	return NULL;
}

static int sum_tracks(struct raw_job *job, struct discern_error *err)
{
	int ret = 0;

	for (unsigned i = 0; ret == 0 && i < job->result->n_tracks; i++)
		ret = sum_track(job, i, err);
	return ret;
}

static int sum_tracks_and_whole(struct raw_job *job, struct discern_error *err)
{
	struct whole whole = { .job = job };
	pthread_t thread;
	int ret = begin(&whole.sums, err), failed = 0;

	if (ret == 0) {
		failed = pthread_create(&thread, NULL, sum_whole, &whole);
		ret = failed != 0 ? discern_error_set(err, -failed, "cannot start a thread: %s", strerror(failed))
				  : sum_tracks(job, err);
		whole.is_stopped = ret < 0;
		if (failed == 0)
			pthread_join(thread, NULL);
	}
	if (ret == 0 && whole.ret < 0)
		ret = discern_error_set(err, whole.ret, "%s: cannot be read back", job->files.files[0].now);
	if (ret == 0)
		finish(&whole.sums, &job->result->files[0].sums);
	release(&whole.sums);
	return ret;
}

static int sum_image(struct raw_job *job, struct discern_error *err)
{
	struct discern_rip_raw_result *result = job->result;
	bool has_whole = job->files.n_files == 1 && result->n_tracks > 1;
	int ret = has_whole ? sum_tracks_and_whole(job, err) : sum_tracks(job, err);

	for (size_t i = 0; ret == 0 && !has_whole && i < job->files.n_files; i++)
		result->files[i].sums = result->tracks[i].sums;
	return ret;
}

static int sum_sub(struct raw_job *job, struct discern_raw_sums *ret_sums, struct discern_error *err)
{
	enum { SIZE = 1024 * SUBCHANNEL_BYTES };
	AUTO_FREE uint8_t *buffer = buffer_new(SIZE);
	struct sums sums;
	ssize_t n = 0;
	int ret = buffer == NULL ? discern_error_set(err, -ENOMEM, "out of memory") : 0;

	memset(&sums, 0, sizeof(sums));
	if (ret == 0)
		ret = begin(&sums, err);
	for (off_t at = 0; ret == 0; at += n) {
		n = file_read_at(job->files.sub.fd, buffer, SIZE, at);
		if (n <= 0)
			break;
		add(&sums, buffer, (size_t)n);
	}
	if (ret == 0 && n < 0)
		ret = discern_error_set(err, (int)n, "%s: cannot be read back", job->files.sub.now);
	if (ret == 0)
		finish(&sums, ret_sums);
	release(&sums);
	return ret;
}

int raw_sums_make(struct raw_job *job, struct discern_error *err)
{
	int ret;

	meter_phase(&job->meter, DISCERN_PHASE_HASH, (uint64_t)job->disc.n_sectors * SECTOR_RAW);
	ret = sum_image(job, err);
	for (size_t i = 0; ret == 0 && i < job->result->n_files; i++)
		if (strcmp(job->result->files[i].path, job->files.sub.path) == 0)
			ret = sum_sub(job, &job->result->files[i].sums, err);
	return ret;
}
