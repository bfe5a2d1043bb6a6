/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <discern/rip_raw.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "disc/medium_need.h"
#include "drive/drive.h"
#include "disc/profile.h"
#include "disc/subchannel.h"
#include "rip/dat_match.h"
#include "rip/output.h"
#include "rip/raw_job.h"

enum { SPEED_1X_KBPS = 176 };

static double seconds_of(const struct raw_job *job)
{
	double seconds = observe_now() - job->started, busy = cd_whole_seconds(job->whole) + job->audio_seconds;

	/* A virtual drive's clock may be ahead of ours. */
	return seconds > busy ? seconds : busy;
}

static bool is_over(const struct raw_job *job)
{
	return job->options->max_seconds > 0 && seconds_of(job) >= job->options->max_seconds;
}

bool raw_job_goes_on(struct raw_job *job)
{
	return meter_tick(&job->meter) && !is_over(job);
}

int raw_job_stop(const struct raw_job *job, struct discern_error *err)
{
	if (job->meter.is_cancelled)
		return discern_error_set(err, -ECANCELED, "stopped");
	discern_error_set(err, -ETIME, "stopped after %.0f seconds, as asked", job->options->max_seconds);
	return discern_error_hint(err, "what is read is kept; the same command goes on from here");
}

static bool is_bad(enum raw_state state)
{
	return state >= raw_state_of(DISCERN_RAW_WRONG);
}

int raw_job_set(struct raw_job *job, uint32_t index, enum raw_state state, struct discern_error *err)
{
	int ret = map_set(job->files.map, index, 1, is_bad(state) ? MAP_BAD : MAP_GOOD);

	if (is_bad(state) && !is_bad(job->states[index]))
		job->meter.progress.bad_bytes += SECTOR_RAW;
	job->states[index] = (uint8_t)state;
	return ret < 0 ? discern_error_set(err, ret, "out of memory") : 0;
}

bool raw_job_may_run_out(const struct raw_job *job, uint32_t index)
{
	/* Run-out; and with a link and a run-in of four, at the begin of the next pause. */
	enum { RUN_OUT = 2, LINK = 7 };
	const struct cd_layout *layout = &job->disc.layout;
	unsigned i = raw_disc_track(&job->disc, index);
	bool has_pause = layout->tracks[i].start_lba - cd_dump_begin(layout, i) >= CD_PREGAP;

	if (!job->may_run_out)
		return false;
	return cd_dump_index(layout, i + 1) - index <= RUN_OUT ||
	       (i > 0 && has_pause && index - cd_dump_index(layout, i) < LINK);
}

/* ---- what there is ---- */

static void describe_track(const struct raw_job *job, unsigned i)
{
	static const char *const modes[] = {
		[CD_AUDIO] = "audio",         [CD_MODE_1] = "mode 1",   [CD_MODE_2] = "mode 2",
		[CD_MODE_2_XA] = "mode 2 XA", [CD_MODE_2_CDI] = "CD-i",
	};
	const struct cd_track *track = &job->disc.layout.tracks[i];
	struct discern_raw_track *ret = &job->result->tracks[i];

	*ret = (struct discern_raw_track){
		.number = track->number,
		.session = track->session,
		.mode = modes[track->mode],
		.is_data = track->mode != CD_AUDIO,
		.has_pre_emphasis = track->mode == CD_AUDIO && track->control & CD_CONTROL_PRE_EMPHASIS,
		.has_four_channels = track->mode == CD_AUDIO && track->control & CD_CONTROL_FOUR_CHANNEL,
		.may_be_copied = track->control & CD_CONTROL_COPY_PERMITTED,
		.begin_lba = cd_dump_begin(&job->disc.layout, i),
		.start_lba = track->start_lba,
	};
	ret->n_sectors = (uint32_t)(track->end_lba - ret->begin_lba);
	memcpy(ret->isrc, track->isrc, sizeof(ret->isrc));
}

static void describe_file(struct raw_job *job, const struct raw_file *file, size_t sector_bytes)
{
	struct discern_raw_file *ret = &job->result->files[job->result->n_files++];

	memset(ret, 0, sizeof(*ret));
	snprintf(ret->path, sizeof(ret->path), "%s", file->path);
	ret->size_bytes = (uint64_t)file->n_sectors * sector_bytes;
}

static void describe(struct raw_job *job)
{
	struct discern_rip_raw_result *result = job->result;
	const struct raw_disc *disc = &job->disc;

	snprintf(result->base_path, sizeof(result->base_path), "%s", job->files.base);
	snprintf(result->sheet_path, sizeof(result->sheet_path), "%s", job->files.sheet);
	memcpy(result->title, disc->title, sizeof(result->title));
	memcpy(result->mcn, disc->layout.mcn, sizeof(result->mcn));
	result->n_sessions = disc->layout.n_sessions;
	result->n_tracks = disc->layout.n_tracks;
	result->n_sectors = disc->n_sectors;
	result->is_resumed = job->files.is_resumed;
	for (unsigned i = 0; i < disc->layout.n_tracks; i++)
		describe_track(job, i);
	for (size_t i = 0; i < job->files.n_files; i++)
		describe_file(job, &job->files.files[i], SECTOR_RAW);
	if (job->files.sub_map != NULL)
		describe_file(job, &job->files.sub, SUBCHANNEL_BYTES);
}

/* ---- reading ---- */

static void begin_meter(struct raw_job *job)
{
	uint64_t n_bytes = 0;

	for (size_t i = 0; i < job->disc.n_areas; i++) {
		const struct raw_area *area = &job->disc.areas[i];

		for (uint32_t j = 0; j < area->range.n_sectors; j++)
			if (job->states[area->index + j] == RAW_OPEN)
				n_bytes += (area->is_audio ? 2 : 1) * (uint64_t)SECTOR_RAW;
	}
	if (job->files.sub_map != NULL)
		n_bytes += map_count(job->files.sub_map, MAP_UNTRIED) * (uint64_t)SECTOR_RAW;
	job->meter.goes_by_bytes = true;
	meter_phase(&job->meter, DISCERN_PHASE_READ, n_bytes);
}

/* What an earlier call has read well. */
static int take_earlier(struct raw_job *job, struct discern_error *err)
{
	struct map_range range;

	job->states = calloc(job->disc.n_sectors, 1);
	if (job->states == NULL)
		return discern_error_set(err, -ENOMEM, "out of memory");
	for (uint32_t at = 0; map_next(job->files.map, at, MAP_GOOD, &range); at = range.start + range.n_sectors)
		memset(job->states + range.start, RAW_GOOD, range.n_sectors);
	return 0;
}

/* Some sectors of data that an earlier call has read must be what is on this disc. */
static int compare_area(struct raw_job *job, const struct raw_area *area, struct discern_error *err)
{
	enum { SAMPLES = 3 };
	uint8_t kept[SECTOR_RAW], sector[SECTOR_RAW];

	for (uint32_t i = 0; i < SAMPLES; i++) {
		uint32_t index = area->index + (uint32_t)((uint64_t)(area->range.n_sectors - 1) * i / (SAMPLES - 1));
		const struct discern_range range = { raw_disc_lba(&job->disc, index), 1 };
		enum cd_whole_state state;
		int ret;

		if (job->states[index] != RAW_GOOD)
			continue;
		ret = cd_whole_read(job->whole, &range, sector, &state, err);
		if (ret == -EIO || ret == -ENXIO || (ret == 0 && state != CD_WHOLE_PROVEN))
			continue;
		if (ret == 0)
			ret = raw_files_read(&job->files, index, kept, 1);
		if (ret == 0 && memcmp(kept, sector, SECTOR_RAW) != 0)
			return discern_error_set(err, -ESTALE, "%s was begun with another disc: LBA %d differs",
						 job->files.sheet, (int)range.lba);
		if (ret < 0)
			return ret;
	}
	return 0;
}

static int compare_earlier(struct raw_job *job, struct discern_error *err)
{
	int ret = 0;

	readings_because(drive_readings(job->drive), "is it the disc that the job was begun with");
	for (size_t i = 0; ret == 0 && job->files.is_resumed && i < job->disc.n_areas; i++)
		if (!job->disc.areas[i].is_audio)
			ret = compare_area(job, &job->disc.areas[i], err);
	return ret;
}

static int read_areas(struct raw_job *job, struct discern_error *err)
{
	int ret = 0;

	for (size_t i = 0; ret == 0 && i < job->disc.n_areas; i++) {
		const struct raw_area *area = &job->disc.areas[i];

		readings_tell(drive_readings(job->drive));
		observe_message(&job->meter.observer, DISCERN_LEVEL_DETAIL, "LBA %d to %d: %s", (int)area->range.lba,
				(int)area->range.lba + (int)area->range.n_sectors - 1,
				area->is_audio ? "sound, each sector twice" : "data, each sector by its EDC");
		ret = area->is_audio ? raw_audio_read(job, area, err) : raw_data_read(job, area, err);
	}
	return ret;
}

/* ---- the end ---- */

static void note(struct discern_rip_raw_result *result, enum discern_raw_state state, int32_t lba)
{
	struct discern_raw_range *last = result->n_ranges > 0 ? &result->ranges[result->n_ranges - 1] : NULL;

	if (last != NULL && last->state == state && last->range.lba + (int32_t)last->range.n_sectors == lba)
		last->range.n_sectors++;
	else if (result->n_ranges < DISCERN_RAW_MAX_RANGES)
		result->ranges[result->n_ranges++] = (struct discern_raw_range){ state, { lba, 1 } };
}

static void count(struct raw_job *job)
{
	struct discern_rip_raw_result *result = job->result;

	for (uint32_t i = 0; i < job->disc.n_sectors; i++) {
		enum raw_state kept = (enum raw_state)job->states[i];
		enum discern_raw_state state;

		if (kept == RAW_GOOD)
			continue;
		/* Tried by an earlier call, and not in this one. */
		state = kept == RAW_OPEN ? DISCERN_RAW_UNREADABLE : (enum discern_raw_state)(kept - RAW_MENDED);
		result->n_states[state]++;
		if (state != DISCERN_RAW_RECOVERED)
			note(result, state, raw_disc_lba(&job->disc, i));
		if (state < DISCERN_RAW_WRONG)
			continue;
		result->n_bad_sectors++;
		result->tracks[raw_disc_track(&job->disc, i)].n_bad_sectors++;
	}
}

static int conclude(struct raw_job *job, struct discern_error *err)
{
	struct discern_rip_raw_result *result = job->result;
	bool is_whole;
	int ret;

	count(job);
	raw_sub_count(job);
	ret = raw_sums_make(job, err);
	if (ret == 0)
		ret = raw_sheet_write(job, err);
	is_whole = result->n_bad_sectors == 0 && result->n_lost_subchannels == 0;
	if (ret == 0)
		ret = raw_files_finish(&job->files, !is_whole, err);
	if (ret == 0 && !is_whole)
		snprintf(result->map_path, sizeof(result->map_path), "%s",
			 result->n_bad_sectors > 0 ? job->files.map_path : job->files.sub_map_path);
	if (ret == 0 && result->n_bad_sectors == 0 && job->options->dat_path != NULL)
		ret = dat_match(job->options->dat_path, result, err);
	return ret;
}

static int begin_job(struct raw_job *job, struct discern_error *err)
{
	const struct discern_raw_begin begin = { job->files.base, job->files.is_resumed };

	describe(job);
	if (job->options->begin == NULL)
		return 0;
	return job->options->begin(&begin, job->options->user, err);
}

/* Known before hours of reading. */
static int check_drive(struct raw_job *job, struct discern_error *err)
{
	size_t i = job->disc.n_areas - 1;
	int32_t lba;
	int ret;

	/* The first data, or else the first sound. */
	while (i > 0 && job->disc.areas[i].is_audio)
		i--;
	lba = job->disc.areas[i].range.lba;
	ret = cd_whole_check(job->whole, lba, false, err);

	return ret == 0 && job->files.sub_map != NULL ? cd_whole_check(job->whole, lba, true, err) : ret;
}

static int run_job(struct raw_job *job, struct discern_error *err)
{
	int ret = check_drive(job, err), saved;

	if (ret == 0)
		ret = begin_job(job, err);
	if (ret == 0)
		ret = take_earlier(job, err);
	if (ret == 0)
		ret = compare_earlier(job, err);
	if (ret < 0)
		return ret;
	begin_meter(job);
	ret = read_areas(job, err);
	if (ret == 0)
		ret = raw_sub_read(job, err);
	/* Also what was read before trouble came. */
	saved = raw_files_save(&job->files, ret == 0 ? err : NULL);
	if (ret == 0)
		ret = saved;
	return ret == 0 ? conclude(job, err) : ret;
}

static bool is_cancelled(void *user)
{
	struct raw_job *job = user;

	return !meter_tick(&job->meter);
}

static int rip_disc(struct raw_job *job, struct discern_error *err)
{
	const struct raw_asker asker = { is_cancelled, job };
	int ret = raw_disc_read(job->drive, job->whole, &asker, &job->disc, err);

	if (ret == 0)
		ret = raw_files_open(&job->files, &job->disc, job->options, err);
	else
		job->files.sub.fd = -1;
	if (ret == 0)
		ret = run_job(job, err);
	raw_files_close(&job->files);
	raw_disc_clear(&job->disc);
	return ret;
}

static int rip_medium(struct raw_job *job, const struct discern_medium *medium, struct discern_error *err)
{
	uint32_t speed_kbps = job->options->speed_kbps;
	int ret = medium_need(medium, discern_drive_path(job->drive), "the disc to rip", err);

	if (ret < 0)
		return ret;
	if (profile_find((unsigned)medium->profile)->family != FAMILY_CD) {
		discern_error_set(err, -EMEDIUMTYPE, "%s: the disc is a %s: raw images are of CDs",
				  discern_drive_path(job->drive), discern_profile_name(medium->profile));
		return discern_error_hint(err, "leave --raw out");
	}
	if (medium->state == DISCERN_MEDIUM_BLANK)
		return discern_error_set(err, -EMEDIUMTYPE, "the disc is blank (%s): there is nothing to rip",
					 discern_profile_name(medium->profile));
	job->may_run_out = medium->profile != DISCERN_PROFILE_CD_ROM;
	if (speed_kbps > 0 && discern_drive_set_speed(job->drive, speed_kbps, 0, NULL) < 0)
		observe_message(&job->meter.observer, DISCERN_LEVEL_WARNING, "the read speed stays as it is");
	ret = cd_whole_open(job->drive, medium, speed_kbps, &job->whole, err);
	if (ret == 0)
		ret = rip_disc(job, err);
	if (job->whole != NULL) {
		double busy = cd_whole_seconds(job->whole) + job->audio_seconds;

		if (busy > 0)
			job->result->speed_kbps = (uint32_t)((double)job->n_read * SECTOR_RAW / 1000.0 / busy);
	}
	cd_whole_close(job->whole);
	return ret;
}

/* Before the disc is looked at: what cannot go well is told at once. */
static int check_options(const struct discern_rip_raw_options *options, struct discern_error *err)
{
	int ret = output_check_folder(options->output != NULL ? options->output : ".", err);

	return ret == 0 && options->dat_path != NULL ? dat_check(options->dat_path, err) : ret;
}

int discern_rip_raw(struct discern_drive *drive, const struct discern_rip_raw_options *options,
		    const struct discern_observer *observer, struct discern_rip_raw_result *ret_result,
		    struct discern_error *err)
{
	struct raw_job *job = calloc(1, sizeof(*job));
	struct discern_error own = { 0 };
	struct readings readings;
	struct discern_medium medium;
	bool is_locked = false;
	int ret;

	if (err == NULL)
		err = &own;
	memset(ret_result, 0, sizeof(*ret_result));
	if (job == NULL)
		return discern_error_set(err, -ENOMEM, "out of memory");
	job->drive = drive;
	job->options = options;
	job->result = ret_result;
	job->started = observe_now();
	meter_init(&job->meter, observer, SPEED_1X_KBPS);
	meter_phase(&job->meter, DISCERN_PHASE_READ, 0);
	readings_begin(&readings, observer);
	readings_because(&readings, "what lies where on the disc");
	drive_tell_readings(drive, &readings);
	ret = check_options(options, err);
	if (ret == 0)
		ret = discern_drive_medium(drive, DISCERN_MEDIUM_FOR_READING, &medium, err);
	if (ret == 0) {
		is_locked = medium.state != DISCERN_MEDIUM_NONE && discern_drive_lock(drive, true, NULL) == 0;
		ret = rip_medium(job, &medium, err);
		discern_medium_clear(&medium);
	}
	readings_tell(&readings);
	drive_tell_readings(drive, NULL);
	if (is_locked)
		discern_drive_lock(drive, false, NULL);
	ret_result->seconds = observe_now() - job->started;
	free(job->states);
	free(job);
	return ret;
}
