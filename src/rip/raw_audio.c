/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Audio tracks, as audio_reader.c reads them. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "disc/subchannel.h"
#include "rip/audio_reader.h"
#include "rip/raw_job.h"

enum { USUAL_ROUNDS = 12 };

/* Sectors that come now. */
struct sink {
	struct raw_job *job;
	uint32_t index;
};

static enum raw_state state_of(enum audio_quality quality)
{
	switch (quality) {
	case AUDIO_PROVEN:
		break;
	case AUDIO_RECOVERED:
		return raw_state_of(DISCERN_RAW_RECOVERED);
	case AUDIO_DOUBTFUL:
		return raw_state_of(DISCERN_RAW_DOUBTFUL);
	case AUDIO_UNREADABLE:
		return raw_state_of(DISCERN_RAW_UNREADABLE);
	case AUDIO_OUT_OF_REACH:
		return raw_state_of(DISCERN_RAW_OUT_OF_REACH);
	}
	return RAW_GOOD;
}

/* A sector that is no sound though its track is: pauses may hold data of the track before. Data are where they are,
 * whatever the offset. */
static int try_data(struct sink *sink, uint32_t index, uint8_t *sector, bool *ret_is_data, struct discern_error *err)
{
	enum cd_whole_state state;
	int32_t lba = raw_disc_lba(&sink->job->disc, index);
	const struct discern_range range = { lba, 1 };
	const char *before = readings_because(drive_readings(sink->job->drive),
					      "no sound came: maybe it is data of the track before");
	int ret = cd_whole_read(sink->job->whole, &range, sector, &state, err);

	readings_because(drive_readings(sink->job->drive), before);
	*ret_is_data = ret == 0 && state == CD_WHOLE_PROVEN;
	return ret == -EIO || ret == -ENXIO ? 0 : ret;
}

static int put_lost(struct sink *sink, uint32_t index, struct discern_error *err)
{
	uint8_t sector[SECTOR_RAW];
	bool is_data;
	int ret = try_data(sink, index, sector, &is_data, err);

	if (ret < 0)
		return ret;
	if (!is_data)
		return raw_job_set(sink->job, index,
				   raw_state_of(raw_job_may_run_out(sink->job, index) ? DISCERN_RAW_RUN_OUT
										      : DISCERN_RAW_UNREADABLE),
				   err);
	ret = raw_files_write(&sink->job->files, index, sector, 1, err);
	return ret == 0 ? raw_job_set(sink->job, index, RAW_GOOD, err) : ret;
}

static int put(void *user, const uint8_t *samples, const enum audio_quality *qualities, uint32_t n_sectors,
	       struct discern_error *err)
{
	struct sink *sink = user;
	int ret = raw_files_write(&sink->job->files, sink->index, samples, n_sectors, err);

	for (uint32_t i = 0; ret == 0 && i < n_sectors; i++)
		ret = qualities[i] == AUDIO_UNREADABLE
			      ? put_lost(sink, sink->index + i, err)
			      : raw_job_set(sink->job, sink->index + i, state_of(qualities[i]), err);
	sink->index += n_sectors;
	return ret == 0 ? raw_files_tick(&sink->job->files, err) : ret;
}

/* The first sectors from index on that are not good, up to the end of the area; false without any. */
static bool next_open(const struct raw_job *job, const struct raw_area *area, uint32_t from, struct map_range *ret)
{
	uint32_t end = area->index + area->range.n_sectors;

	while (from < end) {
		struct map_range range = map_range_of(job->files.map, from);
		uint32_t behind = range.start + range.n_sectors;

		if (range.status != MAP_GOOD) {
			struct map_range next;

			ret->start = from;
			ret->n_sectors =
				(map_next(job->files.map, from, MAP_GOOD, &next) && next.start < end ? next.start
												     : end) -
				from;
			return true;
		}
		from = behind;
	}
	return false;
}

static int read_open(struct raw_job *job, const struct raw_area *area, struct audio_reader *reader,
		     struct discern_error *err)
{
	struct sink own = { .job = job };
	const struct audio_sink sink = { put, &own };
	struct map_range open;
	uint32_t at = area->index;
	int ret = 0;

	while (ret == 0 && next_open(job, area, at, &open)) {
		const struct discern_range range = { raw_disc_lba(&job->disc, open.start), open.n_sectors };

		own.index = open.start;
		ret = audio_reader_run(reader, &range, &sink, err);
		at = open.start + open.n_sectors;
	}
	return ret;
}

/* Sub-channels that come with the sound. */
struct channels {
	struct raw_job *job;
	const struct raw_area *area;
	/** What keeping them has come to. */
	int code;
};

static int take_channels(const struct discern_range *range, const uint8_t *raw, void *user, struct discern_error *err)
{
	struct channels *channels = user;
	const struct raw_area *area = channels->area;

	for (uint32_t i = 0; channels->code == 0 && i < range->n_sectors; i++) {
		int64_t place = (int64_t)range->lba + i - area->range.lba;

		/* More is read at both ends; and each sector is read twice at least. */
		if (place < 0 || place >= area->range.n_sectors ||
		    !raw_sub_is_untried(channels->job, area->index + (uint32_t)place, 1))
			continue;
		channels->code = raw_sub_take(channels->job, area->index + (uint32_t)place, 1,
					      raw + (size_t)i * SUBCHANNEL_BYTES, err);
	}
	/* Not to be taken for what the drive says. */
	return channels->code == -EIO ? -EPROTO : channels->code;
}

int raw_audio_read(struct raw_job *job, const struct raw_area *area, struct discern_error *err)
{
	struct audio_reader_options options = {
		.offset = job->options->offset_samples,
		.n_rounds = job->options->retries >= 0 ? job->options->retries : USUAL_ROUNDS,
		.speed_kbps = job->options->speed_kbps,
	};
	struct audio_deck deck = {
		.drive = job->drive,
		.meter = &job->meter,
		.first_lba = area->range.lba,
		.end_lba = area->range.lba + (int32_t)area->range.n_sectors,
		.started = job->started,
		.max_seconds = job->options->max_seconds,
		.sectors = malloc(AUDIO_CHUNK_SECTORS * sizeof(*deck.sectors)),
	};
	struct discern_drive_abilities abilities;
	struct channels own = { .job = job, .area = area };
	const struct cd_audio_channels channels = { take_channels, &own };
	struct audio_reader *reader = NULL;
	struct map_range open;
	int ret;

	if (deck.sectors == NULL)
		return discern_error_set(err, -ENOMEM, "out of memory");
	if (discern_drive_abilities(job->drive, &abilities, NULL) == 0)
		options.cache_kib = abilities.buffer_kib;
	ret = next_open(job, area, area->index, &open) ? cd_audio_open(job->drive, &deck.audio, err) : 0;
	if (ret == 0 && deck.audio != NULL && job->files.sub_map != NULL)
		cd_audio_take_channels(deck.audio, &channels);
	if (ret == 0 && deck.audio != NULL)
		ret = audio_reader_new(&deck, &options, &reader, err);
	if (ret == 0 && reader != NULL) {
		ret = read_open(job, area, reader, err);
		job->result->has_c2 |= cd_audio_has_c2(deck.audio);
		job->result->has_jitter |= audio_reader_has_jitter(reader);
		job->audio_seconds += cd_audio_seconds(deck.audio);
		job->n_read += deck.n_read;
	}
	audio_reader_free(reader);
	cd_audio_close(deck.audio);
	free(deck.sectors);
	return ret;
}
