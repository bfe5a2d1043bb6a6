/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rip/gap_map.h"
#include "rip/job_private.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/text.h"
#include "fs/volume.h"
#include "rip/copies.h"
#include "rip/digest.h"
#include "rip/done.h"
#include "rip/end.h"
#include "rip/name.h"
#include "rip/protection.h"
#include "rip/stream.h"

/** The map on disk is at most this old; in the beginning it is younger. */
#define CHECKPOINT_SECONDS 4.0
#define FIRST_CHECKPOINT_SECONDS 0.25

/** Names tried for an image that is named after its label. */
#define MAX_NAMES 999

/** Finds out what is on the disc and how much of it makes the image. */
static int look_at_disc(struct job *job)
{
	const struct protection_disc disc = { job->medium, &job->volume, rip_plan_last_session(job->medium),
					      job->options->as_is };
	int ret = rip_plan_make(job->medium, NULL, &job->plan, job->err);

	if (ret == 0)
		ret = protection_check(NULL, &disc, &job->result->protection, job->err);
	if (ret < 0)
		return ret;
	source_because(job->source, "whether there is a file system, and how large it is");
	ret = volume_probe(job->source, rip_plan_last_session(job->medium), &job->volume, &job->has_volume, job->err);
	if (ret < 0)
		return rip_tell_protection(ret, job->err);
	if (job->has_volume)
		memcpy(job->result->volume_label, job->volume.label, sizeof(job->result->volume_label));
	source_because(job->source, "whether it is copy-protected");
	ret = protection_check(job->source, &disc, &job->result->protection, job->err);
	if (ret == 0)
		ret = rip_plan_make(job->medium, job->has_volume ? &job->volume : NULL, &job->plan, job->err);
	source_because(job->source, "where the last sector is that can be read");
	if (ret == 0)
		ret = end_find(job->source, &job->plan, &job->result->n_run_out_sectors, job->err);
	if (ret == 0)
		ret = end_widen_gaps(job->source, &job->plan, job->err);
	source_because(job->source, "marks, by which the disc is known again");
	if (ret == 0 && job->n_copies > 0)
		ret = copies_compare(&(struct copies){ job->copies, job->n_copies }, &job->plan, job->identity,
				     job->err);
	else if (ret == 0)
		ret = identity_make(job->medium, job->source, &job->plan, job->identity, job->err);
	if (ret < 0)
		return ret;
	job_copy_plan(job);
	job_tell_size(job);
	protection_warn(job->result->protection, &job->meter.observer);
	if (job->options->as_is)
		job->refused = map_new(job->plan.n_sectors);
	return job->options->as_is && job->refused == NULL ? discern_error_set(job->err, -ENOMEM, "out of memory") : 0;
}

typedef int compare_function(struct discern_source *, const struct rip_plan *, const struct map *, int,
			     struct discern_error *);

static int compare_with_read(struct job *job, compare_function *compare, const char *reason, struct discern_error *err)
{
	const char *before = source_because(job->source, reason);
	int ret = compare(job->source, &job->plan, job->map, job->output.fd, err);

	source_because(job->source, before);
	return ret;
}

static int open_at(struct job *job, const char *path)
{
	enum discern_compression compression = job->options->compression;
	char name[PATH_MAX];
	const struct output_job wanted = { packed_plain_name(path, compression, name, sizeof(name)), job->identity,
					   job->plan.n_sectors };
	int ret = packed_check_name(wanted.image_path, compression, job->err);

	if (ret == 0)
		ret = output_open(&job->output, &wanted, &job->map, job->err);
	if (ret < 0)
		return ret;
	if (gap_map_take(job->map, &job->plan) < 0)
		ret = discern_error_set(job->err, -ENOMEM, "out of memory");
	memcpy(job->identity, job->output.identity, sizeof(job->identity));
	if (ret == 0 && job->output.is_resumed)
		ret = compare_with_read(job, identity_compare, "is it the disc that the job was begun with", job->err);
	if (ret == 0 && job->options->begin != NULL)
		ret = job->options->begin(
			&(struct discern_rip_begin){ job->output.image_path, job->identity, job->output.is_resumed },
			job->options->user, job->err);
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

/** Has somebody an image of this disc? */
static int look_for_done(struct job *job)
{
	char path[sizeof(job->result->image_path)];
	int ret = 0;

	source_because(job->source, "is a finished image one of this disc");
	for (unsigned i = 0; ret == 0 && job->options->find_done != NULL &&
			     job->options->find_done(job->identity, i, path, job->options->done_user);
	     i++)
		ret = done_compare(job->source, &job->plan, path, &job->meter, job->err);
	if (ret <= 0)
		return ret;
	memcpy(job->result->image_path, path, sizeof(path));
	return discern_error_set(job->err, -EALREADY, "%s is an image of this disc already", path);
}

static int write_block(const uint8_t *data, uint32_t size, uint64_t offset, void *user)
{
	struct job *job = user;
	int ret = output_write(&job->output, data, size, offset);

	if (ret == 0 && job->packed != NULL)
		packed_reached(job->packed, offset, size);
	return ret;
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

	/* With several drives this may be the thread of any of them, and the observer is told by ours. */
	if (job->n_copies == 0)
		meter_tick(&job->meter);
}

static int save_map(struct job *job)
{
	AUTO_FREE char *text = NULL;
	size_t size = 0;

	text = gap_map_format(job->map, &job->plan, &job->passes.header, &size);
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
	text_size(job_image_bytes(job), all);
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

/* Each seek takes a tenth of a second: these three are nothing to a job of this length. */
#define LONG_JOB_SECONDS 60.0

/*
 * A drive tells of another disc once, and maybe to another program. So what was read is held against the disc once more, and
 * against its marks, which were taken before: the ones show that what came at first is of another disc, the others that
 * what came later is. Where editions with the same descriptors differ, as a rule, is looked at only if the job was so long
 * that somebody could have changed the disc, in a tray that was locked. Which part is of which disc nobody can tell then.
 * Other trouble at this point takes nothing from what was read.
 */
static int check_same_disc(struct job *job)
{
	bool is_long = passes_now(&job->passes) - job->passes.started > LONG_JOB_SECONDS;
	struct discern_error err = { 0 };
	int ret = compare_with_read(job, is_long ? identity_compare : identity_compare_ends,
				    "is it still the same disc", &err);

	if (ret == 0)
		ret = identity_compare_marks(job->identity, &job->plan, job->map, job->output.fd, &err);
	if (ret != -ESTALE || err.lba == DISCERN_NO_LBA)
		return 0;
	map_distrust(job->map, 0);
	discern_error_wrap(&err, "the disc was changed while it was read");
	*job->err = err;
	return -ESTALE;
}

/* The image gets its name, or its compressed form does; with bad sectors it stays as it is, to be gone on with. */
static int name_image(struct job *job)
{
	struct discern_rip_result *result = job->result;
	int ret;

	if (job->packed != NULL && result->n_bad_sectors == 0) {
		ret = packed_finish(job->packed, &job->output, job_image_bytes(job), &job->meter, job->err);
		if (ret == 0)
			snprintf(result->image_path, sizeof(result->image_path), "%s", packed_path(job->packed));
		if (ret == 0)
			result->compressed_bytes = packed_bytes(job->packed);
		return ret;
	}
	if (job->packed != NULL)
		observe_message(&job->meter.observer, DISCERN_LEVEL_NOTE,
				"the image is not compressed, so that the same command can try its bad sectors again");
	return output_finish(&job->output, job_image_bytes(job), result->n_bad_sectors > 0, job->err);
}

/* All passes, and then a last look at the disc. */
static int run_passes(struct job *job, int *ret_saved)
{
	int ret;

	if (job->n_copies > 0) {
		ret = job_run_copies(job);
		*ret_saved = pipeline_drain(job->pipeline);
		return ret;
	}
	ret = reread_begin(&job->reread, &job->passes, &job->output, job->options->is_paranoid, job->err);
	if (ret == 0)
		ret = passes_run(&job->passes, job->err);
	reread_end(&job->reread, job->result);
	*ret_saved = pipeline_drain(job->pipeline);
	return ret == 0 && *ret_saved == 0 ? check_same_disc(job) : ret;
}

static int read_disc(struct job *job)
{
	const struct pipeline_ops ops = { write_block, save_checkpoint, idle, job };
	bool is_new = map_count(job->map, MAP_UNTRIED) == map_n_sectors(job->map);
	bool has_bad = map_count(job->map, MAP_BAD) > 0;
	double start;
	int saved = 0;
	int ret = pipeline_new(&ops, is_new ? rip_wanted_sums(job->options) : 0, &job->pipeline, job->err);

	if (ret < 0)
		return ret;
	job->passes = (struct passes){
		.source = job->source,
		.plan = &job->plan,
		.map = job->map,
		.pipeline = job->pipeline,
		.meter = &job->meter,
		.record = job->record,
		/* What was bad in an earlier call is tried once in any case: that is why this one was made. */
		.n_rounds = job->options->retries == 0 && has_bad ? 1 : job->options->retries,
		.speed_1x_kbps = discern_profile_1x_kbps(job->medium->profile),
		.speed_kbps = job->options->speed_kbps,
		.refused = job->refused,
		.find_zones = job_find_zones,
		.user = job,
		.rest.seconds = rip_cool_down_seconds(job->options),
		.limits = { job->options->max_seconds, job->options->no_progress_seconds },
		.first_checkpoint_seconds = FIRST_CHECKPOINT_SECONDS,
		.checkpoint_seconds = CHECKPOINT_SECONDS,
	};
	snprintf(job->passes.header.identity, sizeof(job->passes.header.identity), "%s", job->identity);
	start = observe_now();
	ret = run_passes(job, &saved);
	job->result->is_bad_by_design = job->passes.is_bad_by_design;
	job->result->speed_kbps = (uint32_t)((double)job->meter.good_bytes / 1000.0 / (observe_now() - start + 1e-9));
	if (saved < 0)
		return explain_stop(job, output_explain(&job->output, saved, job->err));
	if (ret < 0) {
		save_map_quietly(job);
		return explain_stop(job, ret);
	}
	return 0;
}

/* From the file, what the pipeline does not have. */
static int make_digests(struct job *job, struct pipeline_digests *ret_digests)
{
	const struct digest_job wanted = { job->output.fd, job_image_bytes(job), &job->meter,
					   rip_wanted_sums(job->options) };
	/* A gap or an unread end must be there as zeros. */
	int ret = output_extend(&job->output, job_image_bytes(job), job->err);

	record_pass(job->record, passes_now(&job->passes), &(struct record_pass){ .name = "hash" });
	if (ret < 0)
		return ret;
	return pipeline_n_hashed(job->pipeline) > 0 ? digest_rest(&wanted, job->pipeline, ret_digests, job->err)
						    : digest_file(&wanted, ret_digests, job->err);
}

/** Checksums, and the image's name. */
static int finish(struct job *job)
{
	struct discern_rip_result *result = job->result;
	struct pipeline_digests digests = { .sha256 = "" };
	bool has_hashes = pipeline_digests(job->pipeline, job_image_bytes(job), &digests) ||
			  rip_wanted_sums(job->options) == 0;
	int ret = 0;

	job_list_bad(job);
	if (result->n_bad_sectors > 0)
		ret = job_tell_losses(job);
	/* With checksums at hand nothing can come between here and the end that the map of a good disc would be needed for. */
	job->passes.header.current_status = MAP_GOOD;
	if (ret == 0 && (!has_hashes || result->n_bad_sectors > 0))
		ret = save_map(job);
	if (ret == 0 && !has_hashes && result->n_bad_sectors == 0) {
		ret = make_digests(job, &digests);
		if (ret < 0)
			return explain_stop(job, ret);
	}
	job->pipeline = pipeline_free(job->pipeline);
	rip_take_digests(result, &digests);
	if (ret < 0)
		return ret;
	ret = name_image(job);
	if (ret < 0)
		save_map_quietly(job);
	return ret;
}

/** The whole job, without any files. */
static int run_stream(struct job *job)
{
	struct stream stream = { job->source, &job->plan, job->options, &job->meter, job->result, NULL, job->refused };
	int ret;

	stream.map = job->map = map_new(job->plan.n_sectors);
	if (job->map == NULL)
		return discern_error_set(job->err, -ENOMEM, "out of memory");
	ret = stream_run(&stream, job->err);
	if (ret == 0)
		job_list_bad(job);
	return ret;
}

static int run(struct job *job)
{
	int ret = look_at_disc(job);

	if (ret < 0 || job->options->is_stream)
		return ret < 0 ? ret : run_stream(job);
	ret = look_for_done(job);
	if (ret == 0)
		ret = open_output(job);
	if (ret < 0)
		return ret;
	job_tell_resumed(job);
	job->result->is_resumed = job->output.is_resumed;
	ret = output_check_space(&job->output, job_image_bytes(job), job->err);
	if (ret == 0)
		ret = job_begin_record(job);
	if (ret == 0)
		ret = packed_new(&job->output, job->options->compression, job->map, &job->packed, job->err);
	if (ret == 0)
		ret = read_disc(job);
	if (ret == 0)
		ret = finish(job);
	job->pipeline = pipeline_free(job->pipeline);
	job->packed = packed_free(job->packed);
	if (job->result->image_path[0] == '\0')
		snprintf(job->result->image_path, sizeof(job->result->image_path), "%s", job->output.path);
	if (ret < 0 || job->result->n_bad_sectors > 0)
		snprintf(job->result->map_path, sizeof(job->result->map_path), "%s", job->output.map_path);
	job_end_record(job, ret);
	if (ret == -EKEYREJECTED)
		output_drop(&job->output);
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
	job->source = wanted->options->as_is ? protection_lenient(wanted->source) : wanted->source;
	job->medium = wanted->medium;
	job->copies = wanted->copies;
	job->n_copies = wanted->n_copies;
	job->options = wanted->options;
	job->result = ret_result;
	job->err = err != NULL ? err : &own_error;
	job->output.fd = -1;
	meter_init(&job->meter, wanted->observer, discern_profile_1x_kbps(wanted->medium->profile));
	job->record = record_new();
	if (job->record == NULL) {
		map_free(job->refused);
		free(job);
		return discern_error_set(err, -ENOMEM, "out of memory");
	}
	record_observe(job->record, &job->meter.observer);
	if (wanted->drop_out != NULL)
		wanted->drop_out->job = job;
	ret = job->source != NULL ? run(job) : discern_error_set(job->err, -ENOMEM, "out of memory");
	if (job->source != wanted->source)
		source_close(job->source);
	if (wanted->drop_out != NULL)
		wanted->drop_out->job = NULL;
	ret_result->seconds = observe_now() - start;
	record_free(job->record);
	map_free(job->map);
	map_free(job->refused);
	free(job);
	return ret;
}
