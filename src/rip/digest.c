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

static int feed(int fd, uint64_t size_bytes, struct meter *meter, struct pipeline *pipeline, struct discern_error *err)
{
	uint64_t offset = 0;

	while (offset < size_bytes) {
		uint64_t left = size_bytes - offset;
		uint32_t size = left < PIPELINE_BLOCK_BYTES ? (uint32_t)left : PIPELINE_BLOCK_BYTES;
		uint8_t *room = pipeline_room(pipeline, size, offset);
		ssize_t n = file_read_at(fd, room, size, (off_t)offset);

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

int digest_file(int fd, uint64_t size_bytes, struct meter *meter, struct pipeline_digests *ret_digests,
		struct discern_error *err)
{
	const struct pipeline_ops ops = { drop_data, drop_checkpoint, tick, meter };
	struct pipeline *pipeline = NULL;
	int ret = pipeline_new(&ops, true, &pipeline, err);

	if (ret < 0)
		return ret;
	meter_phase(meter, DISCERN_PHASE_HASH, size_bytes);
	ret = feed(fd, size_bytes, meter, pipeline, err);
	if (ret == 0 && !pipeline_digests(pipeline, size_bytes, ret_digests))
		ret = discern_error_set(err, -EIO, "the checksums do not cover the whole image");
	if (ret == 0)
		meter_report(meter);
	pipeline_free(pipeline);
	return ret;
}
