/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rip/audio_job.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "base/file.h"
#include "disc/sound_file.h"
#include "rip/output.h"

static int explain(const struct audio_job *job, int code, struct discern_error *err)
{
	const char *name = job->result->tracks[job->track].file;

	discern_error_set(err, code, "%s/%s: cannot write: %s", job->result->folder, name, strerror(-code));
	if (code == -ENOSPC || code == -EDQUOT)
		discern_error_hint(err, "free some space, then the same command goes on from here");
	return code;
}

static bool is_one_file(const struct audio_job *job)
{
	return job->options->format == DISCERN_AUDIO_BIN;
}

static int part_path(const struct audio_job *job, size_t track, char ret_path[4096], char ret_part[4096 + 8])
{
	int ret = audio_files_path(job->result, job->result->tracks[track].file, ret_path);

	snprintf(ret_part, 4096 + 8, "%s.part", ret_path);
	return ret;
}

/* Where a track lies in the one file. */
static uint64_t offset_of(const struct audio_job *job, size_t track)
{
	uint64_t n_sectors = 0;

	for (size_t i = 0; i < track; i++)
		n_sectors += job->result->tracks[i].n_sectors;
	return n_sectors * SECTOR_RAW;
}

static int open_writer(struct audio_job *job, struct discern_error *err)
{
	const struct discern_audio_track *track = &job->result->tracks[job->track];
	char path[4096], part[4096 + 8];
	int ret = part_path(job, job->track, path, part);

	if (ret < 0)
		return explain(job, ret, err);
	if (access(path, F_OK) == 0) {
		discern_error_set(err, -EEXIST, "%s exists already, and is never overwritten", path);
		return discern_error_hint(err, "rename it, or name another folder with -o FOLDER");
	}
	if (is_one_file(job))
		return sound_writer_resume(part, offset_of(job, job->track), &job->writer, err);
	/* The record says that this folder is of this job, and so is what another call has left. */
	unlink(part);
	ret = audio_tags_make(job->disc, job->result, track, &job->tags);
	if (ret < 0)
		return discern_error_set(err, ret, "out of memory");
	return sound_writer_open(part, audio_files_format(job->options->format), &job->tags.tags, &job->writer, err);
}

static int begin_track(struct audio_job *job, struct discern_error *err)
{
	audio_disc_begin_sums(job->disc, &job->result->tracks[job->track], &job->sums[job->track]);
	job->n_put = 0;
	job->is_silent = true;
	return job->writer != NULL ? 0 : open_writer(job, err);
}

/* The file of the track gets its name, unless it is hidden silence. */
static int name_file(struct audio_job *job, bool is_dropped, struct discern_error *err)
{
	char path[4096], part[4096 + 8];
	struct sound_writer *writer = job->writer;
	int ret = part_path(job, job->track, path, part);

	job->writer = NULL;
	if (is_dropped)
		sound_writer_drop(writer);
	else if (writer != NULL)
		ret = sound_writer_finish(writer, err);
	audio_tags_clear(&job->tags);
	if (ret < 0 || is_dropped)
		return ret;
	ret = output_rename(part, path);
	if (ret == 0)
		ret = file_sync_folder(path);
	return ret < 0 ? explain(job, ret, err) : 0;
}

static int end_track(struct audio_job *job, struct discern_error *err)
{
	struct discern_audio_track *track = &job->result->tracks[job->track];
	bool is_dropped = track->number == 0 && job->is_silent && !is_one_file(job);
	int ret;

	track->crc32 = job->sums[job->track].crc32;
	if (is_one_file(job)) {
		ret = sound_writer_sync(job->writer);
		ret = ret < 0 ? explain(job, ret, err) : 0;
	} else {
		ret = name_file(job, is_dropped, err);
	}
	if (ret == 0)
		ret = audio_record_add(job->record, job->result, job->track, is_dropped, err);
	job->record->is_silent[job->track] = is_dropped;
	job->track++;
	job->n_put = 0;
	return ret;
}

static void count(struct audio_job *job, const enum audio_quality *qualities, uint32_t n_sectors)
{
	struct discern_audio_track *track = &job->result->tracks[job->track];

	for (uint32_t i = 0; i < n_sectors; i++) {
		struct discern_audio_range range = { .range = { track->start_lba + (int32_t)(job->n_put + i), 1 } };

		if (qualities[i] == AUDIO_PROVEN)
			continue;
		if (qualities[i] == AUDIO_RECOVERED) {
			track->n_recovered_sectors++;
			continue;
		}
		range.doubt = qualities[i] == AUDIO_DOUBTFUL     ? DISCERN_AUDIO_DOUBTFUL
			      : qualities[i] == AUDIO_UNREADABLE ? DISCERN_AUDIO_UNREADABLE
								 : DISCERN_AUDIO_OUT_OF_REACH;
		track->n_doubtful_sectors += qualities[i] == AUDIO_DOUBTFUL;
		track->n_unreadable_sectors += qualities[i] == AUDIO_UNREADABLE;
		track->n_out_of_reach_sectors += qualities[i] == AUDIO_OUT_OF_REACH;
		audio_record_note(job->result, &range);
	}
}

static void add_sums(struct audio_job *job, size_t track, const uint8_t *samples, size_t size)
{
	bool is_hidden = job->result->tracks[track].number == 0;

	audio_sums_add(&job->sums[track], samples, size, is_hidden ? NULL : &job->disc_crc);
	for (size_t i = 0; job->is_silent && i < size; i++)
		job->is_silent = samples[i] == 0;
}

int audio_job_put(void *user, const uint8_t *samples, const enum audio_quality *qualities, uint32_t n_sectors,
		  struct discern_error *err)
{
	struct audio_job *job = user;

	while (n_sectors > 0) {
		uint32_t left, n;
		int ret = job->n_put == 0 ? begin_track(job, err) : 0;

		if (ret < 0)
			return ret;
		left = job->result->tracks[job->track].n_sectors - job->n_put;
		n = left < n_sectors ? left : n_sectors;
		ret = sound_writer_put(job->writer, samples, (size_t)n * SECTOR_RAW);
		if (ret < 0)
			return explain(job, ret, err);
		add_sums(job, job->track, samples, (size_t)n * SECTOR_RAW);
		count(job, qualities, n);
		job->n_put += n;
		if (n == left)
			ret = end_track(job, err);
		if (ret < 0)
			return ret;
		samples += (size_t)n * SECTOR_RAW;
		qualities += n;
		n_sectors -= n;
	}
	return 0;
}

/* Reads a part of a complete track: from the one file, or from its sound. */
static int read_part(struct sound_file *sound, int fd, uint64_t offset, uint8_t *buffer, size_t size)
{
	if (sound != NULL)
		return sound_file_read(sound, offset, buffer, size);
	return file_read_at(fd, buffer, size, (off_t)offset) == (ssize_t)size ? 0 : -EIO;
}

static int sum_file(struct audio_job *job, size_t number, struct sound_file *sound, int fd)
{
	enum { AT_ONCE = 64 * SECTOR_RAW };
	const struct discern_audio_track *track = &job->result->tracks[number];
	uint64_t size = (uint64_t)track->n_sectors * SECTOR_RAW, base = sound != NULL ? 0 : offset_of(job, number);
	AUTO_FREE uint8_t *buffer = buffer_new(AT_ONCE);
	int ret = buffer == NULL ? -ENOMEM : 0;

	if (ret == 0 && sound != NULL && sound_file_size_bytes(sound) != size)
		return -EIO;
	for (uint64_t at = 0; ret == 0 && at < size;) {
		size_t n = size - at < AT_ONCE ? (size_t)(size - at) : AT_ONCE;

		ret = read_part(sound, fd, base + at, buffer, n);
		if (ret == 0)
			add_sums(job, number, buffer, n);
		at += n;
	}
	return ret;
}

int audio_job_take(struct audio_job *job, size_t number, struct discern_error *err)
{
	const struct discern_audio_track *track = &job->result->tracks[number];
	struct sound_file *sound = NULL;
	char path[4096], part[4096 + 8];
	AUTO_CLOSE int fd = -1;
	int ret = part_path(job, number, path, part);

	audio_disc_begin_sums(job->disc, track, &job->sums[number]);
	if (ret < 0 || job->record->is_silent[number])
		return ret;
	fd = open(is_one_file(job) ? part : path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return discern_error_set(err, -errno, "%s: cannot open: %s", path, strerror(errno));
	if (!is_one_file(job)) {
		ret = sound_file_open(fd, &sound, err);
		fd = -1;
	}
	if (ret < 0)
		return discern_error_wrap(err, "%s", path);
	ret = sum_file(job, number, sound, fd);
	sound_file_close(sound);
	if (ret == 0 && job->sums[number].crc32 == track->crc32)
		return 0;
	discern_error_set(err, -EEXIST, "%s: was complete, but is not as it was any more", path);
	return discern_error_hint(err, "remove the folder %s to begin anew", job->result->folder);
}

int audio_job_finish(struct audio_job *job, bool is_complete, struct discern_error *err)
{
	if (is_complete && is_one_file(job)) {
		job->track = 0;
		return name_file(job, false, err);
	}
	sound_writer_drop(job->writer);
	job->writer = NULL;
	audio_tags_clear(&job->tags);
	return 0;
}
