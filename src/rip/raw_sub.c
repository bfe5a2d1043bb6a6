/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Sub-channels: those that come with data and sound, and a pass of their own for the others. Only Q has a checksum; where
 * it is wrong, it is read again, and stays as it came if it is wrong each time: some discs are made so, and nothing is
 * repaired that may be meant.
 */
#include <errno.h>
#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "disc/subchannel.h"
#include "rip/raw_job.h"

enum { USUAL_ROUNDS = 3 };

static bool is_loss(int code)
{
	return code == -EIO || code == -ENXIO || code == -EOPNOTSUPP;
}

static bool has_sound_q(const uint8_t channels[SUBCHANNEL_BYTES])
{
	return q_is_sound(channels + SUBCHANNEL_Q * SUBCHANNEL_ONE);
}

static int set_status(struct raw_job *job, uint32_t index, enum map_status status, struct discern_error *err)
{
	int ret = map_set(job->files.sub_map, index, 1, status);

	return ret < 0 ? discern_error_set(err, ret, "out of memory") : 0;
}

/* What came of one sector. In the map, failed is what is there with a wrong Q, and bad what is not there. */
static int take(struct raw_job *job, uint32_t index, const uint8_t *raw, struct discern_error *err)
{
	uint8_t channels[SUBCHANNEL_BYTES];
	int ret;

	subchannel_deinterleave(channels, raw);
	ret = raw_files_write_sub(&job->files, index, channels, 1, err);
	return ret < 0 ? ret : set_status(job, index, has_sound_q(channels) ? MAP_GOOD : MAP_FAILED, err);
}

bool raw_sub_is_untried(const struct raw_job *job, uint32_t index, uint32_t n_sectors)
{
	struct map_range range;

	if (job->files.sub_map == NULL)
		return false;
	range = map_range_of(job->files.sub_map, index);
	return range.status == MAP_UNTRIED && range.start + range.n_sectors >= index + n_sectors;
}

int raw_sub_take(struct raw_job *job, uint32_t index, uint32_t n_sectors, const uint8_t *raw, struct discern_error *err)
{
	int ret = 0;

	for (uint32_t i = 0; ret == 0 && i < n_sectors; i++)
		ret = take(job, index + i, raw + (size_t)i * SUBCHANNEL_BYTES, err);
	job->meter.progress.done_bytes += (uint64_t)n_sectors * SECTOR_RAW;
	return ret;
}

static int lose(struct raw_job *job, uint32_t index, struct discern_error *err)
{
	static const uint8_t nothing[SUBCHANNEL_BYTES];
	int ret = raw_files_write_sub(&job->files, index, nothing, 1, err);

	return ret < 0 ? ret : set_status(job, index, MAP_BAD, err);
}

/* Where the drive gives up the data, the sub-channels beside them may come nevertheless. */
static int try_hard(struct raw_job *job, uint32_t index, struct discern_error *err)
{
	uint8_t raw[SUBCHANNEL_BYTES];
	struct discern_error own = { 0 };
	int ret = cd_whole_try_subchannels(job->whole, raw_disc_lba(&job->disc, index), raw, &own);

	if (ret == 0)
		return take(job, index, raw, err);
	if (is_loss(ret))
		return lose(job, index, err);
	*err = own;
	return ret;
}

/* One command, and if it fails each sector by itself. */
static int read_piece(struct raw_job *job, uint32_t index, uint32_t n_sectors, struct discern_error *err)
{
	uint8_t raw[CD_WHOLE_AT_ONCE * SUBCHANNEL_BYTES];
	const struct discern_range range = { raw_disc_lba(&job->disc, index), n_sectors };
	struct discern_error own = { 0 };
	int ret;

	if (!raw_job_goes_on(job))
		return raw_job_stop(job, err);
	ret = cd_whole_read_subchannels(job->whole, &range, raw, &own);
	if (ret < 0 && !is_loss(ret)) {
		*err = own;
		return ret;
	}
	if (ret < 0 && n_sectors == 1)
		return try_hard(job, index, err);
	if (ret == 0)
		job->n_read += n_sectors;
	for (uint32_t i = 0, is_read = ret == 0; i < n_sectors; i++) {
		ret = is_read ? take(job, index + i, raw + (size_t)i * SUBCHANNEL_BYTES, err)
			      : read_piece(job, index + i, 1, err);
		if (ret < 0)
			return ret;
	}
	return ret;
}

static int sweep(struct raw_job *job, enum map_status status, struct discern_error *err)
{
	uint32_t at = 0, at_once = cd_whole_at_once(job->whole);
	struct map_range range;
	int ret = 0;

	while (ret == 0 && map_next(job->files.sub_map, at, status, &range)) {
		const struct raw_area *area = raw_disc_area(&job->disc, range.start);
		uint32_t left = area->index + area->range.n_sectors - range.start;
		uint32_t n = range.n_sectors < at_once ? range.n_sectors : at_once;

		/* Kinds of sectors are not read across. */
		n = n < left ? n : left;
		ret = read_piece(job, range.start, n, err);
		if (status == MAP_UNTRIED)
			job->meter.progress.done_bytes += (uint64_t)n * SECTOR_RAW;
		at = range.start + n;
		if (ret == 0)
			ret = raw_files_tick(&job->files, err);
	}
	return ret;
}

/* One more try of a sector with a wrong Q: only a right one is taken. */
static int try_q(struct raw_job *job, uint32_t index, struct discern_error *err)
{
	const struct discern_range range = { raw_disc_lba(&job->disc, index), 1 };
	uint8_t raw[SUBCHANNEL_BYTES], channels[SUBCHANNEL_BYTES];
	struct discern_error own = { 0 };
	int ret = cd_whole_read_subchannels(job->whole, &range, raw, &own);

	if (ret < 0 && !is_loss(ret)) {
		*err = own;
		return ret;
	}
	if (ret < 0)
		return 0;
	subchannel_deinterleave(channels, raw);
	return has_sound_q(channels) ? take(job, index, raw, err) : 0;
}

static uint32_t disc_end(const struct raw_job *job)
{
	int64_t end = (int64_t)raw_disc_lba(&job->disc, job->disc.n_sectors - 1) + 1;

	return end > 0 ? (uint32_t)end : 0;
}

/* Another place is read before, so that nothing comes from the drive's cache. */
static int retry_q(struct raw_job *job, struct discern_error *err)
{
	int n_rounds = job->options->retries >= 0 ? job->options->retries : USUAL_ROUNDS;
	int ret = 0;

	for (int round = 0; ret == 0 && round < n_rounds; round++) {
		struct map_range range;
		uint32_t at = 0;

		if (!map_next(job->files.sub_map, 0, MAP_FAILED, &range))
			break;
		job->meter.progress.retry_bytes =
			map_count(job->files.sub_map, MAP_FAILED) * (uint64_t)SUBCHANNEL_BYTES;
		ret = cd_whole_forget_subchannels(job->whole, raw_disc_lba(&job->disc, range.start), disc_end(job), err);
		while (ret == 0 && map_next(job->files.sub_map, at, MAP_FAILED, &range)) {
			if (!raw_job_goes_on(job))
				return raw_job_stop(job, err);
			ret = try_q(job, range.start, err);
			at = range.start + 1;
		}
	}
	job->meter.progress.retry_bytes = 0;
	return ret;
}

int raw_sub_read(struct raw_job *job, struct discern_error *err)
{
	int ret;

	if (job->files.sub_map == NULL)
		return 0;
	raw_because(job, "sub-channels that did not come with the data");
	ret = sweep(job, MAP_UNTRIED, err);
	raw_because(job, "sub-channels that could not be read before");
	if (ret == 0)
		ret = sweep(job, MAP_BAD, err);
	raw_because(job, "sub-channels again, as the checksum of Q is wrong");
	if (ret == 0)
		ret = retry_q(job, err);
	return ret;
}

static void note(struct discern_rip_raw_result *result, int32_t lba)
{
	struct discern_range *last = result->n_q_ranges > 0 ? &result->q_ranges[result->n_q_ranges - 1] : NULL;

	if (last != NULL && last->lba + (int32_t)last->n_sectors == lba)
		last->n_sectors++;
	else if (result->n_q_ranges < DISCERN_RAW_MAX_RANGES)
		result->q_ranges[result->n_q_ranges++] = (struct discern_range){ lba, 1 };
}

/* Beside sectors that hold nothing, there is nothing to lose. */
static uint32_t count_lost(const struct raw_job *job)
{
	struct map_range range;
	uint32_t n = 0;

	for (uint32_t at = 0; map_next(job->files.sub_map, at, MAP_BAD, &range); at = range.start + range.n_sectors)
		for (uint32_t i = 0; i < range.n_sectors; i++)
			n += job->states[range.start + i] != raw_state_of(DISCERN_RAW_RUN_OUT);
	return n;
}

/* A right Q of another sector: some drives give sub-channels a little early or late. */
static bool is_elsewhere(const uint8_t *channels, int32_t lba)
{
	struct q_data q;

	return q_decode(channels + SUBCHANNEL_Q * SUBCHANNEL_ONE, &q) && q.adr == Q_POSITION && q.lba != lba;
}

static uint32_t count_elsewhere(const struct raw_job *job)
{
	enum { SIZE = 256 };
	uint8_t channels[SIZE * SUBCHANNEL_BYTES];
	uint32_t n_elsewhere = 0;

	for (uint32_t at = 0; at < job->disc.n_sectors; at += SIZE) {
		ssize_t size =
			file_read_at(job->files.sub.fd, channels, sizeof(channels), (off_t)at * SUBCHANNEL_BYTES);

		for (uint32_t i = 0; i < SIZE && (ssize_t)((i + 1) * SUBCHANNEL_BYTES) <= size; i++)
			n_elsewhere +=
				is_elsewhere(channels + (size_t)i * SUBCHANNEL_BYTES, raw_disc_lba(&job->disc, at + i));
	}
	return n_elsewhere;
}

/* What stays wrong is as it is on the disc, as far as anybody knows, and so it is done. */
void raw_sub_count(struct raw_job *job)
{
	const struct map *map = job->files.sub_map;
	struct map_range range;

	if (map == NULL)
		return;
	job->result->has_subchannels = true;
	job->result->n_lost_subchannels = count_lost(job);
	job->result->n_wrong_q = map_count(map, MAP_FAILED);
	job->result->n_displaced_q = count_elsewhere(job);
	for (uint32_t at = 0; map_next(map, at, MAP_FAILED, &range); at = range.start + range.n_sectors)
		for (uint32_t i = 0; i < range.n_sectors; i++)
			note(job->result, raw_disc_lba(&job->disc, range.start + i));
}
