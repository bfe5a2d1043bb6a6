/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <discern/rip.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "disc/medium_need.h"
#include "drive/drive.h"
#include "drive/drive_source.h"
#include "rip/compress.h"
#include "rip/copies.h"
#include "rip/end.h"
#include "rip/job.h"
#include "rip/meter.h"
#include "rip/output.h"
#include "rip/protection.h"

/* What is opened of one drive. */
struct opened {
	struct discern_drive *drive;
	struct discern_medium medium;
	struct discern_source *source, *lenient;
	bool is_locked;
	struct readings readings;
	/* What was amiss with it at the start, so that the others go on without it. */
	struct discern_error error;
};

struct all {
	const struct discern_rip_options *options;
	const struct discern_observer *observer;
	size_t n;
	struct opened opened[DISCERN_RIP_MAX_DRIVES];
	/* Of those that answer. */
	size_t n_copies;
	struct rip_copy copies[DISCERN_RIP_MAX_DRIVES];
};

static const char *name_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL ? slash + 1 : path;
}

static int open_one(const struct all *all, struct opened *opened, struct discern_error *err)
{
	const struct discern_rip_options *options = all->options;
	const struct drive_source_options source = { .speed_kbps = options->speed_kbps,
						     .with_proof = !options->no_raw };
	const char *path = discern_drive_path(opened->drive);
	int ret = discern_drive_medium(opened->drive, DISCERN_MEDIUM_FOR_READING, &opened->medium, err);

	if (ret < 0)
		return ret;
	opened->is_locked =
		opened->medium.state != DISCERN_MEDIUM_NONE && discern_drive_lock(opened->drive, true, NULL) == 0;
	ret = medium_need(&opened->medium, path, "the disc to rip", err);
	if (ret < 0)
		return ret;
	if (options->speed_kbps > 0 && discern_drive_set_speed(opened->drive, options->speed_kbps, 0, err) < 0)
		observe_message(all->observer, DISCERN_LEVEL_WARNING, "%s: the read speed stays as it is: %s",
				name_of(path), err != NULL ? err->text : "the drive refuses");
	readings_begin(&opened->readings, all->observer);
	readings_because(&opened->readings, REASON_DISC);
	drive_tell_readings(opened->drive, &opened->readings);
	ret = drive_source_open(opened->drive, &opened->medium, &source, &opened->source, err);
	if (ret < 0 || !options->as_is)
		return ret;
	opened->lenient = protection_lenient(opened->source);
	return opened->lenient != NULL ? 0 : discern_error_set(err, -ENOMEM, "out of memory");
}

static void close_one(struct opened *opened)
{
	source_close(opened->lenient);
	source_close(opened->source);
	readings_tell(&opened->readings);
	drive_tell_readings(opened->drive, NULL);
	if (opened->is_locked)
		discern_drive_lock(opened->drive, false, NULL);
	discern_medium_clear(&opened->medium);
}

/* That a disc is missing or another one, is for people to mend; a drive that is broken is no reason not to begin. */
static bool is_drive_trouble(int code)
{
	return code == -ENODEV || code == -ENXIO || code == -EIO || code == -ETIMEDOUT || code == -EPROTO;
}

/* One sector, which may be bad: some drives tell who they are and what is in them, and read nothing. */
static int try_read(struct opened *opened, struct discern_error *err)
{
	uint8_t sector[DISCERN_SECTOR_SIZE];
	int ret = source_read(opened->source, 0, 1, sector, err);

	return is_drive_trouble(ret) && !rip_is_bad_sector(ret) ? ret : 0;
}

static int open_copy(struct all *all, struct opened *opened, struct discern_error *err)
{
	const char *path = discern_drive_path(opened->drive);
	int ret = open_one(all, opened, err);

	if (ret == 0)
		ret = try_read(opened, err);
	if (is_drive_trouble(ret)) {
		opened->error = *err;
		observe_message(all->observer, DISCERN_LEVEL_WARNING, "%s: does not answer, the others go on: %s",
				name_of(path), err->text);
		return 0;
	}
	if (ret == 0)
		all->copies[all->n_copies++] = (struct rip_copy){
			path, name_of(path), opened->lenient != NULL ? opened->lenient : opened->source, &opened->medium
		};
	return ret;
}

/* They have done nothing, but belong to the result. */
static void tell_silent(const struct all *all, struct discern_rip_result *result)
{
	struct discern_rip_drive *drives;

	if (result->n_drives == 0 || result->n_drives == all->n)
		return;
	drives = reallocarray(result->drives, all->n, sizeof(*drives));
	if (drives == NULL)
		return;
	result->drives = drives;
	for (size_t i = 0; i < all->n; i++) {
		struct discern_rip_drive drive = { .error = all->opened[i].error };

		snprintf(drive.path, sizeof(drive.path), "%s", discern_drive_path(all->opened[i].drive));
		if (drive.error.code < 0)
			drives[result->n_drives++] = drive;
	}
}

static int rip_all(struct all *all, struct discern_rip_result *ret_result, struct discern_error *err)
{
	struct rip_job job = { .copies = all->copies, .options = all->options, .observer = all->observer };
	struct discern_error own = { 0 };
	int ret = 0;

	err = err != NULL ? err : &own;
	for (size_t i = 0; ret == 0 && i < all->n; i++)
		ret = open_copy(all, &all->opened[i], err);
	if (ret < 0)
		return ret;
	if (all->n_copies == 0)
		return err->code;
	discern_error_clear(err);
	job.medium = all->copies[0].medium;
	job.n_copies = all->n_copies;
	job.source = copies_source(&(struct copies){ all->copies, all->n_copies });
	if (job.source == NULL)
		return discern_error_set(err, -ENOMEM, "out of memory");
	ret = rip_run(&job, ret_result, err);
	source_close(job.source);
	tell_silent(all, ret_result);
	return ret;
}

int discern_rip_copies(struct discern_drive *const *drives, size_t n, const struct discern_rip_options *options,
		       const struct discern_observer *observer, struct discern_rip_result *ret_result,
		       struct discern_error *err)
{
	struct all *all;
	int ret;

	if (n == 1)
		return discern_rip(drives[0], options, observer, ret_result, err);
	memset(ret_result, 0, sizeof(*ret_result));
	if (n == 0 || n > DISCERN_RIP_MAX_DRIVES || options->is_stream)
		return discern_error_set(err, -EINVAL, "%s",
					 options->is_stream ? "several drives do not deliver the image in order"
							    : "too many drives, or none");
	ret = compress_check(options->compression, err);
	if (ret == 0)
		ret = output_check_folder(options->output != NULL ? options->output : ".", err);
	if (ret < 0)
		return ret;
	all = calloc(1, sizeof(*all));
	if (all == NULL)
		return discern_error_set(err, -ENOMEM, "out of memory");
	all->options = options;
	all->observer = observer;
	all->n = n;
	for (size_t i = 0; i < n; i++)
		all->opened[i].drive = drives[i];
	ret = rip_all(all, ret_result, err);
	for (size_t i = 0; i < n; i++)
		close_one(&all->opened[i]);
	free(all);
	return ret;
}
