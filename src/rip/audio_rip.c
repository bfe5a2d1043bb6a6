/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <discern/rip_audio.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/file.h"
#include "disc/medium_need.h"
#include "drive/drive.h"
#include "rip/audio_job.h"
#include "rip/output.h"

enum { USUAL_ROUNDS = 12, SPEED_1X_KBPS = 176, MAX_DATABASE_BYTES = 16 << 20 };

struct rip {
	struct discern_drive *drive;
	const struct discern_rip_audio_options *options;
	struct discern_rip_audio_result *result;
	struct audio_disc disc;
	struct audio_record record;
	struct meter meter;
	struct audio_deck deck;
	struct audio_reader *reader;
	struct audio_job *job;
	char *database_text;
	struct accuraterip_file database;
};

static bool is_cancelled(void *user)
{
	struct rip *rip = user;

	return !meter_tick(&rip->meter);
}

/* Before anything is read: is it a file of AccurateRip's? */
static int load_database(struct rip *rip, struct discern_error *err)
{
	const char *path = rip->options->accuraterip_path;
	int ret;

	if (path == NULL)
		return 0;
	ret = file_read_all(path, MAX_DATABASE_BYTES, &rip->database_text, &rip->database.size, err);
	if (ret < 0)
		return ret;
	rip->database.data = (const uint8_t *)rip->database_text;
	if (accuraterip_is_sound(&rip->database))
		return 0;
	return discern_error_set(err, -EINVAL, "%s: is no file of AccurateRip's database (dBAR-….bin)", path);
}

/* Reads tracks from first up to end, which lie one behind the other. */
static int read_tracks(struct rip *rip, size_t first, size_t end, struct discern_error *err)
{
	const struct audio_sink sink = { audio_job_put, rip->job };
	struct discern_range range = { rip->result->tracks[first].start_lba, 0 };

	for (size_t i = first; i < end; i++)
		range.n_sectors += rip->result->tracks[i].n_sectors;
	audio_disc_borders(&rip->disc, range.lba, &rip->deck.first_lba, &rip->deck.end_lba);
	rip->job->track = first;
	return audio_reader_run(rip->reader, &range, &sink, err);
}

static bool follows(const struct discern_audio_track *track)
{
	return track[-1].start_lba + (int32_t)track[-1].n_sectors == track->start_lba;
}

static int run_tracks(struct rip *rip, struct discern_error *err)
{
	const struct discern_rip_audio_result *result = rip->result;
	size_t i = 0;
	int ret = 0;

	while (ret == 0 && i < result->n_tracks) {
		size_t end = i + 1;

		if (result->tracks[i].was_complete) {
			ret = audio_job_take(rip->job, i++, err);
			continue;
		}
		while (end < result->n_tracks && !result->tracks[end].was_complete && follows(&result->tracks[end]))
			end++;
		ret = read_tracks(rip, i, end, err);
		i = end;
	}
	return ret;
}

static void begin_meter(struct rip *rip)
{
	uint64_t n_bytes = 0;

	/* All is read twice. */
	for (size_t i = 0; i < rip->result->n_tracks; i++)
		if (!rip->result->tracks[i].was_complete)
			n_bytes += 2 * (uint64_t)rip->result->tracks[i].n_sectors * SECTOR_RAW;
	rip->meter.goes_by_bytes = true;
	meter_phase(&rip->meter, DISCERN_PHASE_READ, n_bytes);
}

static int read_disc(struct rip *rip, struct discern_error *err)
{
	struct discern_drive_abilities abilities;
	struct audio_reader_options options = {
		.offset = rip->options->offset_samples,
		.n_rounds = rip->options->retries >= 0 ? rip->options->retries : USUAL_ROUNDS,
		.speed_kbps = rip->options->speed_kbps,
	};
	int ret;

	if (discern_drive_abilities(rip->drive, &abilities, NULL) == 0)
		options.cache_kib = abilities.buffer_kib;
	rip->deck.drive = rip->drive;
	rip->deck.meter = &rip->meter;
	rip->deck.max_seconds = rip->options->max_seconds;
	rip->deck.started = observe_now();
	rip->deck.sectors = malloc(AUDIO_CHUNK_SECTORS * sizeof(rip->deck.sectors[0]));
	if (rip->deck.sectors == NULL)
		return discern_error_set(err, -ENOMEM, "out of memory");
	ret = cd_audio_open(rip->drive, &rip->deck.audio, err);
	if (ret == 0)
		ret = audio_reader_new(&rip->deck, &options, &rip->reader, err);
	if (ret == 0) {
		begin_meter(rip);
		ret = run_tracks(rip, err);
		rip->result->has_c2 = cd_audio_has_c2(rip->deck.audio);
		rip->result->has_jitter = audio_reader_has_jitter(rip->reader);
	}
	audio_reader_free(rip->reader);
	if (rip->deck.audio != NULL && cd_audio_seconds(rip->deck.audio) > 0)
		rip->result->speed_kbps =
			(uint32_t)((double)rip->deck.n_read * SECTOR_RAW / 1000.0 / cd_audio_seconds(rip->deck.audio));
	cd_audio_close(rip->deck.audio);
	free(rip->deck.sectors);
	return ret;
}

/* Silence before the first track is not told of. */
static void drop_silence(struct rip *rip)
{
	struct discern_rip_audio_result *result = rip->result;

	if (result->n_tracks == 0 || !rip->record.is_silent[0])
		return;
	result->n_tracks--;
	memmove(result->tracks, result->tracks + 1, result->n_tracks * sizeof(result->tracks[0]));
	memmove(rip->job->sums, rip->job->sums + 1, result->n_tracks * sizeof(rip->job->sums[0]));
}

static void conclude(struct rip *rip)
{
	struct discern_rip_audio_result *result = rip->result;
	unsigned place = 0;

	result->ctdb = rip->job->disc_crc;
	if (rip->database.data != NULL)
		result->accuraterip_knows = 0;
	for (size_t i = 0; i < result->n_tracks; i++) {
		struct discern_audio_track *track = &result->tracks[i];
		const struct audio_sums *sums = &rip->job->sums[i];
		struct accuraterip_match match;

		result->n_recovered_sectors += track->n_recovered_sectors;
		result->n_doubtful_sectors += track->n_doubtful_sectors;
		result->n_unreadable_sectors += track->n_unreadable_sectors;
		result->n_out_of_reach_sectors += track->n_out_of_reach_sectors;
		if (track->number == 0)
			continue;
		track->accuraterip_v1 = sums->accuraterip_v1;
		track->accuraterip_v2 = sums->accuraterip_v2;
		track->ctdb = sums->ctdb;
		if (rip->database.data != NULL &&
		    accuraterip_find(&rip->database, &rip->disc.accuraterip, place, sums, &match)) {
			result->accuraterip_knows = 1;
			track->confidence_v1 = match.confidence_v1;
			track->confidence_v2 = match.confidence_v2;
		}
		place++;
	}
}

static int run_job(struct rip *rip, struct discern_error *err)
{
	int ret;

	rip->job = calloc(1, sizeof(*rip->job));
	if (rip->job == NULL)
		return discern_error_set(err, -ENOMEM, "out of memory");
	*rip->job = (struct audio_job){
		.options = rip->options, .disc = &rip->disc, .result = rip->result, .record = &rip->record
	};
	ret = read_disc(rip, err);
	if (ret < 0) {
		audio_job_finish(rip->job, false, NULL);
		return ret;
	}
	ret = audio_job_finish(rip->job, true, err);
	if (ret < 0)
		return ret;
	drop_silence(rip);
	conclude(rip);
	return audio_files_write_cue(&rip->disc, rip->options, rip->result, err);
}

/* One file for all cannot hold sound with data between. */
static int check_one_file(const struct rip *rip, struct discern_error *err)
{
	const struct discern_rip_audio_result *result = rip->result;

	for (size_t i = 1; i < result->n_tracks && rip->options->format == DISCERN_AUDIO_BIN; i++) {
		if (follows(&result->tracks[i]))
			continue;
		discern_error_set(err, -EMEDIUMTYPE,
				  "data lie between the audio tracks, so that one file cannot hold them");
		return discern_error_hint(err, "take --format=flac or --format=wav");
	}
	return 0;
}

static int rip_audio(struct rip *rip, struct discern_error *err)
{
	const struct discern_rip_audio_options *options = rip->options;
	const struct audio_record_job job = { rip->disc.musicbrainz, options->offset_samples,
					      sound_format_suffix(audio_files_format(options->format)) };
	int ret;

	audio_disc_describe(&rip->disc, rip->result);
	ret = check_one_file(rip, err);
	for (unsigned number = 1; ret == 0; number++) {
		bool is_taken = false;

		ret = audio_files_name(options, rip->result, &number, err);
		if (ret == 0 && options->begin != NULL) {
			ret = options->begin(rip->result->folder, options->user, err);
			is_taken = ret == -EEXIST;
		}
		if (ret == 0) {
			ret = audio_record_open(&rip->record, &job, rip->result, err);
			is_taken = ret == -ESTALE || ret == -EBUSY;
		}
		/* By another disc with this title, another process that is reading, or other people's files. */
		if (options->output != NULL || !is_taken || number >= AUDIO_FILES_MAX_NUMBER)
			break;
		ret = 0;
	}
	if (ret < 0)
		return ret;
	ret = run_job(rip, err);
	audio_record_close(&rip->record, ret == 0);
	return ret;
}

static int rip_medium(struct rip *rip, const struct discern_medium *medium, struct discern_error *err)
{
	uint32_t speed_kbps = rip->options->speed_kbps;
	int ret = medium_need(medium, discern_drive_path(rip->drive), "the disc to rip", err);

	if (ret < 0)
		return ret;
	if (speed_kbps > 0 && discern_drive_set_speed(rip->drive, speed_kbps, 0, NULL) < 0)
		observe_message(&rip->meter.observer, DISCERN_LEVEL_WARNING, "the read speed stays as it is");
	ret = audio_disc_read(rip->drive, is_cancelled, rip, &rip->disc, err);
	if (ret == 0)
		ret = rip_audio(rip, err);
	audio_disc_clear(&rip->disc);
	return ret;
}

int discern_rip_audio(struct discern_drive *drive, const struct discern_rip_audio_options *options,
		      const struct discern_observer *observer, struct discern_rip_audio_result *ret_result,
		      struct discern_error *err)
{
	struct rip *rip = calloc(1, sizeof(*rip));
	double started = observe_now();
	struct discern_medium medium;
	struct readings readings;
	bool is_locked = false;
	int ret;

	memset(ret_result, 0, sizeof(*ret_result));
	if (rip == NULL)
		return discern_error_set(err, -ENOMEM, "out of memory");
	rip->drive = drive;
	rip->options = options;
	rip->result = ret_result;
	meter_init(&rip->meter, observer, SPEED_1X_KBPS);
	readings_begin(&readings, observer);
	readings_because(&readings, "what lies where on the disc");
	drive_tell_readings(drive, &readings);
	ret = output_check_folder(options->output != NULL ? options->output : ".", err);
	if (ret == 0)
		ret = load_database(rip, err);
	if (ret == 0) {
		ret = discern_drive_medium(drive, DISCERN_MEDIUM_FOR_READING, &medium, err);
		if (ret == 0) {
			is_locked = medium.state != DISCERN_MEDIUM_NONE && discern_drive_lock(drive, true, NULL) == 0;
			ret = rip_medium(rip, &medium, err);
			discern_medium_clear(&medium);
		}
	}
	readings_tell(&readings);
	drive_tell_readings(drive, NULL);
	if (is_locked)
		discern_drive_lock(drive, false, NULL);
	ret_result->seconds = observe_now() - started;
	free(rip->database_text);
	free(rip->job);
	free(rip);
	return ret;
}
