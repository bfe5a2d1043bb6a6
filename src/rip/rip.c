/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <discern/rip.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "disc/medium_need.h"
#include "drive/drive.h"
#include "drive/drive_source.h"
#include "fs/damage.h"
#include "rip/compress.h"
#include "rip/job.h"
#include "rip/meter.h"
#include "rip/output.h"
#include "rip/record.h"

/** Time enough to plug it in again. */
enum { RECONNECT_SECONDS = 60 };

static int rip_medium(struct discern_drive *drive, struct rip_job *job, struct discern_rip_result *ret_result,
		      struct discern_error *err)
{
	double wait = job->options->reconnect_seconds;
	struct rip_drop_out drop_out = { NULL, wait < 0 ? 0 : wait > 0 ? (unsigned)wait : RECONNECT_SECONDS };
	const struct drive_source_options source = { .speed_kbps = job->options->speed_kbps,
						     .with_proof = !job->options->no_raw,
						     .reconnect_seconds = drop_out.wait_seconds,
						     .on_drop_out = rip_on_drop_out,
						     .on_reset = rip_on_reset,
						     .user = &drop_out };
	struct readings readings;
	int ret;

	readings_begin(&readings, job->observer);
	readings_because(&readings, REASON_DISC);
	drive_tell_readings(drive, &readings);
	job->drop_out = &drop_out;
	if (job->options->speed_kbps > 0 && discern_drive_set_speed(drive, job->options->speed_kbps, 0, err) < 0)
		observe_message(job->observer, DISCERN_LEVEL_WARNING, "the read speed stays as it is: %s",
				err != NULL ? err->text : "the drive refuses");
	ret = drive_source_open(drive, job->medium, &source, &job->source, err);
	if (ret == 0) {
		ret = rip_run(job, ret_result, err);
		source_close(job->source);
	}
	readings_tell(&readings);
	drive_tell_readings(drive, NULL);
	return ret;
}

void discern_rip_result_clear(struct discern_rip_result *result)
{
	damage_free_files(result->damaged_files, result->n_damaged_files);
	record_release(result->record);
	result->record = NULL;
	for (size_t i = 0; i < result->n_drives; i++)
		record_release(result->drives[i].record);
	free(result->drives);
	result->drives = NULL;
	result->n_drives = 0;
	result->damaged_files = NULL;
	result->n_damaged_files = 0;
}

int discern_rip(struct discern_drive *drive, const struct discern_rip_options *options,
		const struct discern_observer *observer, struct discern_rip_result *ret_result,
		struct discern_error *err)
{
	struct discern_medium medium;
	struct rip_job job = { .medium = &medium, .options = options, .observer = observer };
	bool is_locked;
	int ret;

	memset(ret_result, 0, sizeof(*ret_result));
	/* Before the disc is read for nothing. */
	ret = compress_check(options->compression, err);
	if (ret == 0 && !options->is_stream)
		ret = output_check_folder(options->output != NULL ? options->output : ".", err);
	if (ret < 0)
		return ret;
	ret = discern_drive_medium(drive, DISCERN_MEDIUM_FOR_READING, &medium, err);
	if (ret < 0)
		return ret;
	is_locked = medium.state != DISCERN_MEDIUM_NONE && discern_drive_lock(drive, true, NULL) == 0;
	ret = medium_need(&medium, discern_drive_path(drive), "the disc to rip", err);
	if (ret == 0)
		ret = rip_medium(drive, &job, ret_result, err);
	if (is_locked)
		discern_drive_lock(drive, false, NULL);
	discern_medium_clear(&medium);
	return ret;
}
