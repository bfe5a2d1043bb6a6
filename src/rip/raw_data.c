/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Data tracks: what is easy in one sweep, then each sector by itself, then again as long as that brings something. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "disc/subchannel.h"
#include "rip/raw_job.h"

/* Rounds, where none were asked for, as long as they bring something; and so many useless tries in a row that end one. */
enum { USUAL_ROUNDS = 6, USELESS = 256 };

/* Speeds of the rounds in kB/s of user data, the first one as it is: 16, 8 and 4x. */
static const uint32_t slower_kbps[] = { 0, 2458, 1229, 614 };

struct pass {
	struct raw_job *job;
	const struct raw_area *area;
	uint8_t sectors[CD_WHOLE_AT_ONCE * SECTOR_RAW];
	enum cd_whole_state states[CD_WHOLE_AT_ONCE];
	uint8_t subchannels[CD_WHOLE_AT_ONCE * SUBCHANNEL_BYTES];
};

static int32_t lba_of(const struct raw_area *area, uint32_t index)
{
	return area->range.lba + (int32_t)(index - area->index);
}

static bool next_in_area(const struct pass *pass, uint32_t from, enum map_status status, struct map_range *ret)
{
	uint32_t end = pass->area->index + pass->area->range.n_sectors;

	if (!map_next(pass->job->files.map, from, status, ret) || ret->start >= end)
		return false;
	if (ret->start + ret->n_sectors > end)
		ret->n_sectors = end - ret->start;
	return true;
}

static int set_failed(struct pass *pass, uint32_t index, uint32_t n_sectors, struct discern_error *err)
{
	int ret = map_set(pass->job->files.map, index, n_sectors, MAP_FAILED);

	return ret < 0 ? discern_error_set(err, ret, "out of memory") : 0;
}

static bool is_loss(int code)
{
	return code == -EIO || code == -ENXIO;
}

/* Wrong; or no data, in a track of data, which may be as it is in pauses. */
static bool is_doubtful(const struct pass *pass, uint32_t i)
{
	return pass->states[i] == CD_WHOLE_WRONG ||
	       sector_find_form(pass->sectors + (size_t)i * SECTOR_RAW) == SECTOR_AUDIO;
}

/* Sectors that the drive gave: those that are right are done, the others are for later. */
static int take(struct pass *pass, uint32_t index, uint32_t n_sectors, struct discern_error *err)
{
	int ret = raw_files_write(&pass->job->files, index, pass->sectors, n_sectors, err);

	for (uint32_t i = 0; ret == 0 && i < n_sectors; i++)
		ret = is_doubtful(pass, i) ? set_failed(pass, index + i, 1, err)
					   : raw_job_set(pass->job, index + i, RAW_GOOD, err);
	return ret;
}

static int take_both(struct pass *pass, uint32_t index, uint32_t n_sectors, struct discern_error *err)
{
	int ret = raw_sub_take(pass->job, index, n_sectors, pass->subchannels, err);

	return ret == 0 ? take(pass, index, n_sectors, err) : ret;
}

/* Sub-channels that are wanted come with the data: that takes no more time. */
static int sweep_piece(struct pass *pass, uint32_t index, uint32_t n_sectors, struct discern_error *err)
{
	const struct discern_range range = { lba_of(pass->area, index), n_sectors };
	struct meter *meter = &pass->job->meter;
	double before = cd_whole_seconds(pass->job->whole);
	struct discern_error own = { 0 };
	bool has_sub = raw_sub_is_untried(pass->job, index, n_sectors);
	int ret = has_sub ? cd_whole_read_both(pass->job->whole, &range, pass->sectors, pass->states, pass->subchannels,
					       &own)
			  : cd_whole_read(pass->job->whole, &range, pass->sectors, pass->states, &own);

	meter_read(meter, ret == 0, n_sectors * SECTOR_RAW, cd_whole_seconds(pass->job->whole) - before);
	meter->progress.done_bytes += (uint64_t)n_sectors * SECTOR_RAW;
	if (ret < 0 && !is_loss(ret)) {
		*err = own;
		return ret;
	}
	pass->job->n_read += ret == 0 ? n_sectors : 0;
	if (ret < 0)
		ret = set_failed(pass, index, n_sectors, err);
	else if (has_sub)
		ret = take_both(pass, index, n_sectors, err);
	else
		ret = take(pass, index, n_sectors, err);
	if (ret == 0)
		ret = raw_files_tick(&pass->job->files, err);
	return ret;
}

static int sweep(struct pass *pass, struct discern_error *err)
{
	uint32_t at_once = cd_whole_at_once(pass->job->whole), at = pass->area->index;
	struct map_range range;
	int ret = 0;

	while (ret == 0 && next_in_area(pass, at, MAP_UNTRIED, &range)) {
		uint32_t n = range.n_sectors < at_once ? range.n_sectors : at_once;

		if (!raw_job_goes_on(pass->job))
			return raw_job_stop(pass->job, err);
		ret = sweep_piece(pass, range.start, n, err);
		at = range.start + n;
	}
	return ret;
}

/* What stands in the image where nothing came: the place of the sector, and bytes that no EDC is right of. */
static void fill(uint8_t sector[SECTOR_RAW], int32_t lba, enum cd_track_mode mode)
{
	uint8_t head[SECTOR_RAW] = { 0 };

	sector_seal(head, lba, mode == CD_MODE_1 ? SECTOR_MODE_1 : SECTOR_MODE_2);
	memset(sector, 0x55, SECTOR_RAW);
	memcpy(sector, head, SECTOR_USER_AT);
}

static int keep(struct pass *pass, uint32_t index, enum cd_whole_state state, uint8_t *sector,
		struct discern_error *err)
{
	struct raw_job *job = pass->job;
	const struct cd_track *track = &job->disc.layout.tracks[raw_disc_track(&job->disc, index)];
	enum raw_state kept = RAW_GOOD;
	int ret;

	if (state == CD_WHOLE_MENDED)
		kept = raw_state_of(DISCERN_RAW_MENDED);
	else if (state == CD_WHOLE_WRONG)
		kept = raw_state_of(DISCERN_RAW_WRONG);
	else if (state == CD_WHOLE_LOST)
		kept = raw_state_of(raw_job_may_run_out(job, index) ? DISCERN_RAW_RUN_OUT : DISCERN_RAW_UNREADABLE);
	if (state == CD_WHOLE_LOST)
		fill(sector, lba_of(pass->area, index), track->mode);
	ret = raw_files_write(&job->files, index, sector, 1, err);
	return ret == 0 ? raw_job_set(job, index, kept, err) : ret;
}

/* Nothing came now; of a sector that an earlier call has tried, what it has brought is not given up for that. */
static int keep_earlier(struct pass *pass, uint32_t index, struct discern_error *err)
{
	uint8_t sector[SECTOR_RAW], filled[SECTOR_RAW];
	struct raw_job *job = pass->job;
	enum cd_track_mode mode = job->disc.layout.tracks[raw_disc_track(&job->disc, index)].mode;

	if (job->states[index] != RAW_OPEN)
		return 0;
	fill(filled, lba_of(pass->area, index), mode);
	if (raw_files_read(&job->files, index, sector, 1) == 0 && memcmp(sector, filled, SECTOR_USER_AT) == 0 &&
	    memcmp(sector, filled, SECTOR_RAW) != 0)
		return raw_job_set(job, index, raw_state_of(DISCERN_RAW_WRONG), err);
	return keep(pass, index, CD_WHOLE_LOST, pass->sectors, err);
}

static uint32_t count_in_area(const struct pass *pass, enum map_status status)
{
	struct map_range range;
	uint32_t n = 0;

	for (uint32_t at = pass->area->index; next_in_area(pass, at, status, &range);
	     at = range.start + range.n_sectors)
		n += range.n_sectors;
	return n;
}

/* Each sector of this status by itself. *ret_n_good becomes how many are right now. */
static int try_sectors(struct pass *pass, enum map_status status, uint32_t *ret_n_good, struct discern_error *err)
{
	uint32_t at = pass->area->index, n_useless = 0;
	struct map_range range;
	int ret = 0;

	*ret_n_good = 0;
	pass->job->meter.progress.retry_bytes = count_in_area(pass, status) * (uint64_t)SECTOR_RAW;
	while (ret == 0 && next_in_area(pass, at, status, &range)) {
		enum cd_whole_state state = CD_WHOLE_LOST;

		at = range.start + 1;
		if (!raw_job_goes_on(pass->job))
			return raw_job_stop(pass->job, err);
		ret = cd_whole_try(pass->job->whole, lba_of(pass->area, range.start), pass->sectors, &state, err);
		if (ret == 0 && state == CD_WHOLE_LOST && status == MAP_BAD)
			ret = keep_earlier(pass, range.start, err);
		else if (ret == 0)
			ret = keep(pass, range.start, state, pass->sectors, err);
		*ret_n_good += state < CD_WHOLE_WRONG;
		pass->job->meter.progress.retry_bytes -= SECTOR_RAW;
		n_useless = state < CD_WHOLE_WRONG ? 0 : n_useless + 1;
		if (status == MAP_BAD && n_useless >= USELESS)
			at = pass->area->index + pass->area->range.n_sectors;
		if (ret == 0)
			ret = raw_files_tick(&pass->job->files, err);
	}
	pass->job->meter.progress.retry_bytes = 0;
	return ret;
}

static bool has_bad(const struct pass *pass)
{
	struct map_range range;

	return next_in_area(pass, pass->area->index, MAP_BAD, &range);
}

static int retry(struct pass *pass, struct discern_error *err)
{
	enum { N_SPEEDS = sizeof(slower_kbps) / sizeof(slower_kbps[0]) };
	struct raw_job *job = pass->job;
	int n_rounds = job->options->retries >= 0 ? job->options->retries : USUAL_ROUNDS, n_idle = 0;
	int ret = 0;

	/* What an earlier call has left is tried in any case. */
	if (n_rounds == 0 && job->files.is_resumed)
		n_rounds = 1;
	for (int round = 0; ret == 0 && round < n_rounds && has_bad(pass); round++) {
		char reason[READINGS_REASON_SIZE];
		struct source_effort effort = { .speed_kbps = slower_kbps[round < N_SPEEDS ? round : N_SPEEDS - 1] };
		uint32_t n_good;

		if (effort.speed_kbps == 0)
			effort.speed_kbps = job->options->speed_kbps;
		cd_whole_set_effort(job->whole, &effort);
		snprintf(reason, sizeof(reason),
			 effort.speed_kbps > 0 ? "failed before: round %d, at %.1f MB/s"
					       : "failed before: round %d, at full speed",
			 round + 1, effort.speed_kbps / 1000.0);
		raw_because(job, reason);
		ret = try_sectors(pass, MAP_BAD, &n_good, err);
		raw_because(job, NULL);
		n_idle = n_good > 0 ? 0 : n_idle + 1;
		if (job->options->retries < 0 && n_idle >= 2)
			break;
	}
	cd_whole_set_effort(job->whole, &(struct source_effort){ .speed_kbps = job->options->speed_kbps });
	return ret;
}

static int read_area(struct pass *pass, struct discern_error *err)
{
	struct raw_job *job = pass->job;
	uint32_t n_good;
	int ret;

	cd_whole_set_effort(job->whole, &(struct source_effort){ job->options->speed_kbps, true });
	raw_because(job, "not read so far");
	ret = sweep(pass, err);
	raw_because(job, "failed with others, or does not prove itself: by itself");
	if (ret == 0)
		ret = try_sectors(pass, MAP_FAILED, &n_good, err);
	cd_whole_set_effort(job->whole, &(struct source_effort){ job->options->speed_kbps, false });
	if (ret == 0)
		ret = retry(pass, err);
	return ret;
}

int raw_data_read(struct raw_job *job, const struct raw_area *area, struct discern_error *err)
{
	struct pass *pass = malloc(sizeof(*pass));
	int ret;

	if (pass == NULL)
		return discern_error_set(err, -ENOMEM, "out of memory");
	pass->job = job;
	pass->area = area;
	ret = read_area(pass, err);
	free(pass);
	return ret;
}
