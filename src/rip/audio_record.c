/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rip/audio_record.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error.h"

/* First line; then disc, offset and format in one; then a line a track, and before it one for each range of doubt. */
static const char title[] = "# discern rip --audio, version 1\n";

enum { MAX_LINE = 256 };

static void format_job(const struct audio_record_job *job, char line[MAX_LINE])
{
	snprintf(line, MAX_LINE, "disc %s offset %" PRId32 " format %s\n", job->disc, job->offset, job->format);
}

void audio_record_note(struct discern_rip_audio_result *result, const struct discern_audio_range *range)
{
	struct discern_audio_range *last = result->n_ranges > 0 ? &result->ranges[result->n_ranges - 1] : NULL;

	if (last != NULL && last->doubt == range->doubt &&
	    last->range.lba + (int32_t)last->range.n_sectors == range->range.lba)
		last->range.n_sectors += range->range.n_sectors;
	else if (result->n_ranges < DISCERN_AUDIO_MAX_RANGES)
		result->ranges[result->n_ranges++] = *range;
}

static struct discern_audio_track *find_track(struct discern_rip_audio_result *result, unsigned number)
{
	for (size_t i = 0; i < result->n_tracks; i++)
		if (result->tracks[i].number == number)
			return &result->tracks[i];
	return NULL;
}

/* A line that was cut off by a power loss says nothing. */
static void take_line(struct audio_record *record, struct discern_rip_audio_result *result, const char *line)
{
	struct discern_audio_track *track, told;
	struct discern_audio_range range;
	unsigned doubt, is_silent;

	if (strchr(line, '\n') == NULL)
		return;
	if (sscanf(line, "doubt %u %" SCNd32 " %" SCNu32, &doubt, &range.range.lba, &range.range.n_sectors) == 3 &&
	    doubt <= DISCERN_AUDIO_OUT_OF_REACH) {
		range.doubt = (enum discern_audio_doubt)doubt;
		audio_record_note(result, &range);
		return;
	}
	if (sscanf(line,
		   "track %u silent %u sectors %" SCNu32 " crc32 %" SCNx32 " recovered %" SCNu32 " doubtful %" SCNu32
		   " unreadable %" SCNu32 " unreached %" SCNu32,
		   &told.number, &is_silent, &told.n_sectors, &told.crc32, &told.n_recovered_sectors,
		   &told.n_doubtful_sectors, &told.n_unreadable_sectors, &told.n_out_of_reach_sectors) != 8)
		return;
	track = find_track(result, told.number);
	if (track == NULL || track->n_sectors != told.n_sectors)
		return;
	track->crc32 = told.crc32;
	track->n_recovered_sectors = told.n_recovered_sectors;
	track->n_doubtful_sectors = told.n_doubtful_sectors;
	track->n_unreadable_sectors = told.n_unreadable_sectors;
	track->n_out_of_reach_sectors = told.n_out_of_reach_sectors;
	track->was_complete = true;
	record->is_silent[track - result->tracks] = is_silent != 0;
	result->is_resumed = true;
}

/* Doubts in tracks that were not completed are of no use. */
static void keep_complete(struct discern_rip_audio_result *result)
{
	size_t n = 0;

	for (size_t i = 0; i < result->n_ranges; i++) {
		bool is_kept = false;

		for (size_t j = 0; j < result->n_tracks; j++) {
			const struct discern_audio_track *track = &result->tracks[j];

			is_kept =
				is_kept || (track->was_complete && result->ranges[i].range.lba >= track->start_lba &&
					    result->ranges[i].range.lba < track->start_lba + (int32_t)track->n_sectors);
		}
		if (is_kept)
			result->ranges[n++] = result->ranges[i];
	}
	result->n_ranges = n;
}

static int read_record(struct audio_record *record, const char *job_line, struct discern_rip_audio_result *result,
		       struct discern_error *err)
{
	char line[MAX_LINE];

	rewind(record->file);
	if (fgets(line, sizeof(line), record->file) == NULL)
		return -ENODATA;
	if (strcmp(line, title) != 0)
		return discern_error_set(err, -EEXIST, "%s: exists and is not of discern's making", record->path);
	if (fgets(line, sizeof(line), record->file) == NULL)
		return -ENODATA;
	if (strcmp(line, job_line) != 0) {
		discern_error_set(err, -ESTALE, "%s was begun with another disc, offset or format", record->path);
		return discern_error_hint(err, "insert that disc, or name another folder with -o FOLDER");
	}
	while (fgets(line, sizeof(line), record->file) != NULL)
		take_line(record, result, line);
	keep_complete(result);
	return 0;
}

static int sync_record(struct audio_record *record, struct discern_error *err)
{
	if (fflush(record->file) == 0 && fdatasync(fileno(record->file)) == 0)
		return 0;
	return discern_error_set(err, -errno, "%s: cannot write: %s", record->path, strerror(errno));
}

int audio_record_open(struct audio_record *record, const struct audio_record_job *job,
		      struct discern_rip_audio_result *result, struct discern_error *err)
{
	char line[MAX_LINE];
	int ret;

	memset(record, 0, sizeof(*record));
	if (snprintf(record->path, sizeof(record->path), "%s/rip.part", result->folder) >= (int)sizeof(record->path))
		return discern_error_set(err, -ENAMETOOLONG, "the name of the folder is too long");
	record->file = fopen(record->path, "a+e");
	if (record->file == NULL)
		return discern_error_set(err, -errno, "%s: cannot open: %s", record->path, strerror(errno));
	format_job(job, line);
	if (flock(fileno(record->file), LOCK_EX | LOCK_NB) < 0)
		ret = discern_error_set(err, -EBUSY, "%s: another process is working on it", record->path);
	else
		ret = read_record(record, line, result, err);
	if (ret == -ENODATA) {
		/* New, or left by a call that ended before it had written anything. */
		ret = ftruncate(fileno(record->file), 0) < 0 ? -errno : 0;
		fputs(title, record->file);
		fputs(line, record->file);
		ret = ret == 0 ? sync_record(record, err)
			       : discern_error_set(err, ret, "%s: %s", record->path, strerror(-ret));
	}
	if (ret < 0) {
		fclose(record->file);
		record->file = NULL;
	}
	return ret;
}

int audio_record_add(struct audio_record *record, const struct discern_rip_audio_result *result, size_t track,
		     bool is_silent, struct discern_error *err)
{
	const struct discern_audio_track *done = &result->tracks[track];
	int64_t end = (int64_t)done->start_lba + done->n_sectors;

	fseek(record->file, 0, SEEK_END);
	for (size_t i = 0; i < result->n_ranges; i++) {
		const struct discern_audio_range *range = &result->ranges[i];

		if (range->range.lba >= done->start_lba && range->range.lba < end)
			fprintf(record->file, "doubt %u %" PRId32 " %" PRIu32 "\n", range->doubt, range->range.lba,
				range->range.n_sectors);
	}
	fprintf(record->file,
		"track %u silent %u sectors %" PRIu32 " crc32 %08" PRIx32 " recovered %" PRIu32 " doubtful %" PRIu32
		" unreadable %" PRIu32 " unreached %" PRIu32 "\n",
		done->number, is_silent ? 1 : 0, done->n_sectors, done->crc32, done->n_recovered_sectors,
		done->n_doubtful_sectors, done->n_unreadable_sectors, done->n_out_of_reach_sectors);
	return sync_record(record, err);
}

void audio_record_close(struct audio_record *record, bool is_done)
{
	if (record->file == NULL)
		return;
	if (is_done)
		unlink(record->path);
	fclose(record->file);
	record->file = NULL;
}
