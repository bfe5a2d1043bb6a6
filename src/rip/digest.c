/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rip/digest.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/file.h"

static int drop_data(const uint8_t *data, uint32_t size, uint64_t offset, void *user)
{
	(void)data;
	(void)size;
	(void)offset;
	(void)user;
	return 0;
}

static int drop_checkpoint(char *text, size_t size, void *user)
{
	(void)size;
	(void)user;
	free(text);
	return 0;
}

static void tick(void *user)
{
	meter_tick(user);
}

/* From offset on, which all before it is in the digests already. */
static int feed(const struct digest_job *job, uint64_t offset, struct pipeline *pipeline, struct discern_error *err)
{
	const uint64_t size_bytes = job->size_bytes;
	struct meter *meter = job->meter;

	meter_phase(meter, DISCERN_PHASE_HASH, size_bytes);
	while (offset < size_bytes) {
		uint64_t left = size_bytes - offset;
		uint32_t size = left < PIPELINE_BLOCK_BYTES ? (uint32_t)left : PIPELINE_BLOCK_BYTES;
		uint8_t *room = pipeline_room(pipeline, size, offset);
		ssize_t n = file_read_at(job->fd, room, size, (off_t)offset);

		if (n != (ssize_t)size)
			return discern_error_set(err, n < 0 ? (int)n : -EIO, "cannot read the image: %s",
						 n < 0 ? strerror((int)-n) : "it is too short");
		pipeline_put(pipeline, size);
		offset += size;
		meter->progress.done_bytes = offset;
		if (!meter_tick(meter))
			return discern_error_set(err, -ECANCELED, "stopped");
	}
	pipeline_drain(pipeline);
	return 0;
}

int digest_file(const struct digest_job *job, struct pipeline_digests *ret_digests, struct discern_error *err)
{
	const struct pipeline_ops ops = { drop_data, drop_checkpoint, tick, job->meter };
	struct pipeline *pipeline = NULL;
	int ret = pipeline_new(&ops, job->sums, &pipeline, err);

	if (ret < 0)
		return ret;
	ret = digest_rest(job, pipeline, ret_digests, err);
	pipeline_free(pipeline);
	return ret;
}

int digest_rest(const struct digest_job *job, struct pipeline *pipeline, struct pipeline_digests *ret_digests,
		struct discern_error *err)
{
	int ret;

	pipeline_only_hash(pipeline);
	ret = feed(job, pipeline_n_hashed(pipeline), pipeline, err);
	if (ret == 0 && !pipeline_digests(pipeline, job->size_bytes, ret_digests))
		ret = discern_error_set(err, -EIO, "the checksums do not cover the whole image");
	if (ret == 0)
		meter_report(job->meter);
	return ret;
}

unsigned rip_wanted_sums(const struct discern_rip_options *options)
{
	const unsigned all = DISCERN_SUM_SHA256 | DISCERN_SUM_MD5 | DISCERN_SUM_SHA1 | DISCERN_SUM_CRC32;

	return options->sums == 0 ? all : options->sums & all;
}

void rip_take_digests(struct discern_rip_result *result, const struct pipeline_digests *digests)
{
	memcpy(result->sha256, digests->sha256, sizeof(result->sha256));
	memcpy(result->md5, digests->md5, sizeof(result->md5));
	memcpy(result->sha1, digests->sha1, sizeof(result->sha1));
	memcpy(result->crc32, digests->crc32, sizeof(result->crc32));
}
