/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rip/job.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/text.h"
#include "fs/volume.h"
#include "rip/digest.h"
#include "rip/end.h"
#include "rip/identity.h"
#include "rip/losses.h"
#include "rip/name.h"
#include "rip/output.h"
#include "rip/passes.h"

/** The map on disk is at most this old; in the beginning it is younger. */
#define CHECKPOINT_SECONDS 4.0
#define FIRST_CHECKPOINT_SECONDS 0.25

/** Names tried for an image that is named after its label. */
#define MAX_NAMES 999

struct job {
	struct discern_source *source;
	const struct discern_medium *medium;
	const struct discern_rip_options *options;
	struct discern_rip_result *result;
	struct discern_error *err;
	struct rip_plan plan;
	bool has_volume;
	struct discern_volume volume;
	char identity[IDENTITY_SIZE];
	struct output output;
	struct map *map;
	struct pipeline *pipeline;
	struct meter meter;
	struct passes passes;
};

static uint64_t image_bytes(const struct job *job)
{
	return (uint64_t)job->plan.n_sectors * DISCERN_SECTOR_SIZE;
}

static void tell_size(const struct job *job)
{
	const struct discern_observer *observer = &job->meter.observer;

	for (size_t i = 0; i < job->plan.n_candidates; i++)
		observe_message(observer, DISCERN_LEVEL_DETAIL, "size: %" PRIu32 " sectors by %s%s",
				job->plan.candidates[i].n_sectors, job->plan.candidates[i].source,
				job->plan.candidates[i].is_chosen ? " (chosen)" : "");
	observe_message(observer, DISCERN_LEVEL_DETAIL, "size: %" PRIu32 " sectors: %s", job->plan.n_sectors,
			job->plan.reason);
	if (job->plan.left_out[0] != '\0')
		observe_message(observer, DISCERN_LEVEL_NOTE, "%s", job->plan.left_out);
	if (job->plan.n_sectors < job->plan.n_volume_sectors)
		observe_message(observer, DISCERN_LEVEL_WARNING,
				"the file system is %" PRIu32
				" sectors longer than what the disc holds: it was cut off "
				"when it was written",
				job->plan.n_volume_sectors - job->plan.n_sectors);
}

static void copy_plan(const struct job *job)
{
	struct discern_rip_result *result = job->result;

	result->size_bytes = image_bytes(job);
	result->first_lba = job->plan.first_lba;
	result->n_candidates = job->plan.n_candidates;
	memcpy(result->candidates, job->plan.candidates, sizeof(result->candidates));
	memcpy(result->size_reason, job->plan.reason, sizeof(result->size_reason));
	memcpy(result->left_out, job->plan.left_out, sizeof(result->left_out));
}

/** Finds out what is on the disc and how much of it makes the image. */
static int look_at_disc(struct job *job)
{
	int ret = rip_plan_make(job->medium, NULL, &job->plan, job->err);

	if (ret < 0)
		return ret;
	ret = volume_probe(job->source, rip_plan_last_session(job->medium), &job->volume, &job->has_volume, job->err);
	if (ret < 0)
		return rip_tell_protection(ret, job->err);
	if (job->has_volume)
		memcpy(job->result->volume_label, job->volume.label, sizeof(job->result->volume_label));
	ret = rip_plan_make(job->medium, job->has_volume ? &job->volume : NULL, &job->plan, job->err);
	if (ret == 0)
		ret = end_find(job->source, &job->plan, &job->result->n_run_out_sectors, job->err);
	if (ret == 0)
		ret = end_widen_gaps(job->source, &job->plan, job->err);
	if (ret == 0)
		ret = identity_make(job->medium, job->source, &job->plan, job->identity, job->err);
	if (ret < 0)
		return ret;
	copy_plan(job);
	tell_size(job);
	return 0;
}

static int open_at(struct job *job, const char *path)
{
	const struct output_job wanted = { path, job->identity, job->plan.n_sectors };
	int ret = output_open(&job->output, &wanted, &job->map, job->err);

	if (ret < 0 || !job->output.is_resumed)
		return ret;
	ret = identity_compare(job->source, &job->plan, job->map, job->output.fd, job->err);
	if (ret == -ESTALE) {
		discern_error_wrap(job->err, "%s was begun with another disc", job->output.path);
		discern_error_hint(job->err, "insert that disc, or name another image with -o FILE");
	}
	if (ret < 0) {
		output_close(&job->output, job->map);
		job->map = map_free(job->map);
	}
	return ret;
}

/** By a finished image, by a job for another disc, or by a job in another drive. */
static bool is_name_taken(int code)
{
	return code == -EEXIST || code == -ESTALE || code == -EBUSY;
}

/** The image named, or the first name made from the label that is free or belongs to this very job. */
static int open_output(struct job *job)
{
	char name[NAME_SIZE];
	int ret = -EEXIST;

	if (job->options->output != NULL)
		return open_at(job, job->options->output);
	for (unsigned i = 1; i <= MAX_NAMES && is_name_taken(ret); i++)
		ret = open_at(job, name_from_label(job->result->volume_label, i, name));
	return ret;
}

static int write_block(const uint8_t *data, uint32_t size, uint64_t offset, void *user)
{
	struct job *job = user;

	return output_write(&job->output, data, size, offset);
}

static int save_checkpoint(char *text, size_t size, void *user)
{
	struct job *job = user;
	/* The job's own error belongs to the reading thread. */
	int ret = output_save(&job->output, text, size, NULL);

	free(text);
	return ret;
}

static void idle(void *user)
{
	struct job *job = user;

	meter_tick(&job->meter);
}

static int save_map(struct job *job)
{
	AUTO_FREE char *text = NULL;
	size_t size = 0;

	text = map_format(job->map, &job->passes.header, &size);
	if (text == NULL)
		return discern_error_set(job->err, -ENOMEM, "out of memory");
	return output_save(&job->output, text, size, job->err);
}

/** After a failure, whose words are to stay. */
static void save_map_quietly(struct job *job)
{
	struct discern_error *err = job->err;

	job->err = NULL;
	save_map(job);
	job->err = err;
}

/** Says how to go on, unless there already is better advice. */
static int explain_stop(struct job *job, int code)
{
	char done[TEXT_SIZE];
	char all[TEXT_SIZE];
	uint64_t good = (uint64_t)map_count(job->map, MAP_GOOD) * DISCERN_SECTOR_SIZE;

	if (good == 0 || job->err == NULL)
		return code;
	text_size(good, done);
	text_size(image_bytes(job), all);
	if (code == -ECANCELED)
		discern_error_set(job->err, code, "stopped with %s of %s read", done, all);
	else if (code == -ETIME)
		discern_error_wrap(job->err, "%s of %s read", done, all);
	if (job->err->hint[0] == '\0')
		discern_error_hint(job->err, "%s%s is kept; the same command goes on from here",
				   code == -ESTALE || code == -ENOMEDIUM ? "put the disc back in: " : "",
				   job->output.path);
	return code;
}

static int list_files(const struct job *job, struct file_list *ret_list, struct losses_view *ret_view)
{
	*ret_view = (struct losses_view){
		.fd = job->output.fd,
		.map = job->map,
		.plan = &job->plan,
		.session_lba = rip_plan_last_session(job->medium),
		.volume = &job->volume,
	};
	memset(ret_list, 0, sizeof(*ret_list));
	return job->has_volume ? losses_list(ret_view, ret_list, NULL) : 0;
}

/* From what is in the file by now; a volume that cannot be understood gives no zones. */
static int find_zones(enum losses_worth worth, struct losses_zones *ret_zones, void *user)
{
	struct job *job = user;
	struct losses_view view;
	struct file_list list;
	int ret;

	*ret_zones = (struct losses_zones){ 0 };
	if (pipeline_drain(job->pipeline) < 0)
		return 0;
	ret = list_files(job, &list, &view);
	if (ret == 0)
		ret = losses_find_zones(&list, &job->plan, worth, ret_zones);
	files_clear(&list);
	return ret == -ENOMEM ? ret : 0;
}

static int tell_losses(struct job *job)
{
	struct losses_view view;
	struct file_list list;
	int ret = list_files(job, &list, &view);

	if (ret == 0 && list.n_files > 0)
		ret = losses_tell(&list, &view, job->result);
	files_clear(&list);
	return ret == -ENOMEM ? discern_error_set(job->err, ret, "out of memory") : 0;
}

/*
 * A drive tells of another disc once, and maybe to another program. So what was read is held against the disc once more;
 * which part of it is of which disc nobody can tell then. Other trouble at this point takes nothing from what was read.
 */
static int check_same_disc(struct job *job)
{
	struct discern_error err = { 0 };

	if (identity_compare(job->source, &job->plan, job->map, job->output.fd, &err) != -ESTALE ||
	    err.lba == DISCERN_NO_LBA)
		return 0;
	map_distrust(job->map, 0);
	discern_error_wrap(&err, "the disc was changed while it was read");
	*job->err = err;
	return -ESTALE;
}

static int read_disc(struct job *job)
{
	const struct pipeline_ops ops = { write_block, save_checkpoint, idle, job };
	bool is_new = map_count(job->map, MAP_UNTRIED) == map_n_sectors(job->map);
	bool has_bad = map_count(job->map, MAP_BAD) > 0;
	double start;
	int saved;
	int ret = pipeline_new(&ops, is_new, &job->pipeline, job->err);

	if (ret < 0)
		return ret;
	job->passes = (struct passes){
		.source = job->source,
		.plan = &job->plan,
		.map = job->map,
		.pipeline = job->pipeline,
		.meter = &job->meter,
		/* What was bad in an earlier call is tried once in any case: that is why this one was made. */
		.n_rounds = job->options->retries == 0 && has_bad ? 1 : job->options->retries,
		.speed_1x_kbps = discern_profile_1x_kbps(job->medium->profile),
		.speed_kbps = job->options->speed_kbps,
		.find_zones = find_zones,
		.user = job,
		.limits = { job->options->max_seconds, job->options->no_progress_seconds },
		.first_checkpoint_seconds = FIRST_CHECKPOINT_SECONDS,
		.checkpoint_seconds = CHECKPOINT_SECONDS,
	};
	snprintf(job->passes.header.identity, sizeof(job->passes.header.identity), "%s", job->identity);
	start = observe_now();
	ret = passes_run(&job->passes, job->err);
	job->result->is_bad_by_design = job->passes.is_bad_by_design;
	saved = pipeline_drain(job->pipeline);
	if (ret == 0 && saved == 0)
		ret = check_same_disc(job);
	job->result->speed_kbps = (uint32_t)((double)job->meter.good_bytes / 1000.0 / (observe_now() - start + 1e-9));
	if (saved < 0)
		return explain_stop(job, output_explain(&job->output, saved, job->err));
	if (ret < 0) {
		save_map_quietly(job);
		return explain_stop(job, ret);
	}
	return 0;
}

static void list_bad(struct job *job)
{
	struct discern_rip_result *result = job->result;
	struct map_range range = { 0 };

	result->n_bad_sectors = passes_n_bad(job->map, &job->plan);
	for (uint32_t at = 0; result->n_bad_ranges < DISCERN_RIP_MAX_RANGES && map_next(job->map, at, MAP_BAD, &range);
	     at = range.start + range.n_sectors) {
		if (rip_plan_is_gap(&job->plan, range.start))
			continue;
		result->bad_ranges[result->n_bad_ranges].lba = job->plan.first_lba + (int32_t)range.start;
		result->bad_ranges[result->n_bad_ranges].n_sectors = range.n_sectors;
		result->n_bad_ranges++;
	}
}

/** Checksums, and the image's name. */
static int finish(struct job *job)
{
	struct discern_rip_result *result = job->result;
	struct pipeline_digests digests = { "", "" };
	bool has_hashes = pipeline_digests(job->pipeline, image_bytes(job), &digests);
	int ret = 0;

	list_bad(job);
	if (result->n_bad_sectors > 0)
		ret = tell_losses(job);
	/* With checksums at hand nothing can come between here and the end that the map would be needed for. */
	job->passes.header.current_status = MAP_GOOD;
	if (ret == 0 && !has_hashes)
		ret = save_map(job);
	job->pipeline = pipeline_free(job->pipeline);
	if (ret == 0 && !has_hashes && result->n_bad_sectors == 0) {
		/* A gap or an unread end must be there as zeros. */
		ret = output_extend(&job->output, image_bytes(job), job->err);
		if (ret == 0)
			ret = digest_file(job->output.fd, image_bytes(job), &job->meter, &digests, job->err);
		if (ret < 0)
			return explain_stop(job, ret);
	}
	memcpy(result->sha256, digests.sha256, sizeof(result->sha256));
	memcpy(result->md5, digests.md5, sizeof(result->md5));
	if (ret < 0)
		return ret;
	ret = output_finish(&job->output, image_bytes(job), result->n_bad_sectors > 0, job->err);
	if (ret < 0)
		save_map_quietly(job);
	return ret;
}

static void tell_protection(const struct job *job)
{
	if (job->medium->protection != 0)
		observe_message(
			&job->meter.observer, DISCERN_LEVEL_WARNING,
			"the disc says that it is copy-protected: parts may be refused, or be encrypted in the image");
}

static void tell_resumed(const struct job *job)
{
	char done[TEXT_SIZE];
	char all[TEXT_SIZE];

	if (job->output.is_resumed)
		observe_message(&job->meter.observer, DISCERN_LEVEL_NOTE, "going on with %s: %s of %s are read",
				job->output.path,
				text_size((uint64_t)map_count(job->map, MAP_GOOD) * DISCERN_SECTOR_SIZE, done),
				text_size(image_bytes(job), all));
}

static int run(struct job *job)
{
	int ret = look_at_disc(job);

	if (ret < 0)
		return ret;
	ret = open_output(job);
	if (ret < 0)
		return ret;
	tell_resumed(job);
	job->result->is_resumed = job->output.is_resumed;
	ret = output_check_space(&job->output, image_bytes(job), job->err);
	if (ret == 0)
		ret = read_disc(job);
	if (ret == 0)
		ret = finish(job);
	job->pipeline = pipeline_free(job->pipeline);
	snprintf(job->result->image_path, sizeof(job->result->image_path), "%s", job->output.path);
	if (ret < 0 || job->result->n_bad_sectors > 0)
		snprintf(job->result->map_path, sizeof(job->result->map_path), "%s", job->output.map_path);
	output_close(&job->output, job->map);
	return ret;
}

int rip_run(const struct rip_job *wanted, struct discern_rip_result *ret_result, struct discern_error *err)
{
	struct discern_error own_error = { 0 };
	double start = observe_now();
	struct job *job = calloc(1, sizeof(*job));
	int ret;

	memset(ret_result, 0, sizeof(*ret_result));
	if (job == NULL)
		return discern_error_set(err, -ENOMEM, "out of memory");
	job->source = wanted->source;
	job->medium = wanted->medium;
	job->options = wanted->options;
	job->result = ret_result;
	job->err = err != NULL ? err : &own_error;
	job->output.fd = -1;
	meter_init(&job->meter, wanted->observer, discern_profile_1x_kbps(wanted->medium->profile));
	tell_protection(job);
	ret = run(job);
	ret_result->seconds = observe_now() - start;
	map_free(job->map);
	free(job);
	return ret;
}
