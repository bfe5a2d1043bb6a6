/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rip/audio_reader.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/bytes.h"
#include "base/error.h"
#include "rip/audio_reader_private.h"

/* Caches of drives have 0.5 to 8 MiB; a window must not fit into one. */
enum { USUAL_CACHE_KIB = 4096, MOST_CACHE_KIB = 16384, LEAST_WINDOW = 4096 };

/* Sectors of overlap with a drive that begins where it should, and with one that does not. */
enum { EXACT_OVERLAP = 1, JITTER_OVERLAP = 4, VAGUE_OVERLAP = 20 };

int audio_reader_new(struct audio_deck *deck, const struct audio_reader_options *options,
		     struct audio_reader **ret_reader, struct discern_error *err)
{
	struct audio_reader *reader = calloc(1, sizeof(*reader));
	uint32_t cache_kib = options->cache_kib > 0 ? options->cache_kib : USUAL_CACHE_KIB;
	size_t n;

	if (reader == NULL)
		return discern_error_set(err, -ENOMEM, "out of memory");
	if (cache_kib > MOST_CACHE_KIB)
		cache_kib = MOST_CACHE_KIB;
	reader->deck = deck;
	reader->options = *options;
	reader->overlap = EXACT_OVERLAP;
	reader->cache_sectors = cache_kib * 1024 / 2048;
	reader->window_sectors = 2 * reader->cache_sectors > LEAST_WINDOW ? 2 * reader->cache_sectors : LEAST_WINDOW;
	n = AUDIO_CONTEXT + (size_t)reader->window_sectors * AUDIO_SECTOR_SAMPLES;
	reader->samples = malloc(n * sizeof(reader->samples[0]));
	reader->bad = calloc(n / 8 + 1, 1);
	reader->qualities = malloc(reader->window_sectors * sizeof(reader->qualities[0]));
	reader->is_suspect = malloc(reader->window_sectors * sizeof(reader->is_suspect[0]));
	reader->bytes = buffer_new((size_t)reader->window_sectors * SECTOR_RAW);
	if (reader->samples == NULL || reader->bad == NULL || reader->qualities == NULL || reader->is_suspect == NULL ||
	    reader->bytes == NULL) {
		audio_reader_free(reader);
		return discern_error_set(err, -ENOMEM, "out of memory");
	}
	*ret_reader = reader;
	return 0;
}

void audio_reader_free(struct audio_reader *reader)
{
	if (reader == NULL)
		return;
	free(reader->samples);
	free(reader->bad);
	free(reader->qualities);
	free(reader->is_suspect);
	free(reader->bytes);
	free(reader);
}

bool audio_reader_has_jitter(const struct audio_reader *reader)
{
	return reader->has_jitter;
}

struct audio_run audio_reader_known(const struct audio_reader *reader, int64_t end)
{
	int64_t begin = reader->start - (int64_t)reader->n_context;
	int64_t whole = reader->start + (int64_t)reader->n_samples;

	return (struct audio_run){ reader->samples, reader->bad, begin, (size_t)((end < whole ? end : whole) - begin) };
}

static int32_t sector_of(int64_t sample)
{
	return (int32_t)((sample >= 0 ? sample : sample - AUDIO_SECTOR_SAMPLES + 1) / AUDIO_SECTOR_SAMPLES);
}

/* One try; the overlap is as large as the reader has it now. */
static int read_joined(struct audio_reader *reader, const struct audio_run *known, struct audio_join *join,
		       struct discern_error *err)
{
	uint32_t most = cd_audio_at_once(reader->deck->audio);
	int32_t lba = sector_of(join->from) - (int32_t)reader->overlap;
	/* The last sample that is wanted, and more if what comes may come late. */
	int32_t end_lba = sector_of(join->end - 1) + 1 + (reader->has_jitter ? JITTER_OVERLAP : 0);
	struct discern_range range = { lba, most < AUDIO_CHUNK_SECTORS ? most : AUDIO_CHUNK_SECTORS };
	int32_t shift = 0;
	int ret;

	if (end_lba - lba < (int32_t)range.n_sectors)
		range.n_sectors = (uint32_t)(end_lba - lba);
	ret = audio_chunk_read(reader->deck, &range, &reader->chunk, err);
	if (ret < 0)
		return ret;
	join->found = known->n > 0 ? audio_overlap_find(known, &reader->chunk.run, &shift) : OVERLAP_FOUND;
	if (join->found == OVERLAP_FOUND && shift != 0) {
		reader->chunk.run.start += shift;
		if (!reader->has_jitter)
			observe_message(&reader->deck->meter->observer, DISCERN_LEVEL_DETAIL,
					"LBA %d: the drive begins %d samples beside the place: pieces are joined by "
					"what they have in common",
					(int)lba, (int)shift);
		reader->has_jitter = true;
	}
	/* A drive that has always begun where it should does so in silence, too. */
	if (join->found == OVERLAP_VAGUE && !reader->has_jitter)
		join->found = OVERLAP_FOUND;
	join->end = reader->chunk.run.start + (int64_t)reader->chunk.run.n;
	return 0;
}

int audio_reader_read(struct audio_reader *reader, const struct audio_run *known, struct audio_join *join,
		      struct discern_error *err)
{
	enum { TRIES = 4 };
	const struct audio_join wanted = *join;
	const char *before = audio_because(reader, NULL);
	int ret = 0;

	audio_because(reader, before);
	for (int i = 0; i < TRIES; i++) {
		*join = wanted;
		if (i == 1)
			audio_because(reader, "with more overlap, as the piece does not fit to what is known");
		ret = read_joined(reader, known, join, err);
		if (ret < 0)
			break;
		/* It has nothing of what is wanted when it came too late or too early for its overlap. */
		if (join->found == OVERLAP_FOUND && reader->chunk.run.start <= wanted.from && join->end > wanted.from)
			break;
		reader->overlap = i == 0 ? JITTER_OVERLAP : reader->has_jitter ? VAGUE_OVERLAP : JITTER_OVERLAP;
	}
	audio_because(reader, before);
	reader->overlap = reader->has_jitter ? JITTER_OVERLAP : EXACT_OVERLAP;
	return ret;
}

/* Where a sample of the drive's place at lies in the window's arrays. */
static size_t place_of(const struct audio_reader *reader, int64_t at)
{
	return (size_t)(at - reader->start + (int64_t)reader->n_context);
}

/* A piece that fits nowhere may be elsewhere: its first sector is to be looked at. */
static void suspect(struct audio_reader *reader, int64_t at)
{
	if (at >= reader->start && at < reader->start + (int64_t)reader->n_samples)
		reader->is_suspect[(at - reader->start) / AUDIO_SECTOR_SAMPLES] = true;
}

/* Where nothing came. */
static int64_t next_sector(const struct audio_reader *reader, int64_t at)
{
	return at + AUDIO_SECTOR_SAMPLES - (at - reader->start) % AUDIO_SECTOR_SAMPLES;
}

/* From what lies before silence to what lies behind it with one command, where the system lets so much through: only so
 * can it be told where a drive that jitters goes on. False if that does not go: the chunk is to be read again. */
static bool bridge_silence(struct audio_reader *reader, int64_t at, struct audio_join *join)
{
	int64_t begin = reader->start - (int64_t)reader->n_context, last = at;
	int32_t end_lba = reader->chunk.range.lba + (int32_t)reader->chunk.range.n_sectors, shift;
	struct discern_range range;
	struct audio_run known;
	const char *before;
	bool is_read;

	while (last > begin && reader->samples[place_of(reader, last - 1)] == reader->samples[place_of(reader, at - 1)])
		last--;
	range.lba = sector_of(last) - JITTER_OVERLAP;
	range.n_sectors = (uint32_t)(end_lba - range.lba);
	if (last - begin < AUDIO_MAX_JITTER || range.n_sectors > AUDIO_CHUNK_SECTORS || end_lba > reader->deck->end_lba)
		return false;
	known = audio_reader_known(reader, last);
	before = audio_because(reader, "over silence, with what lies before and behind it, as the drive jitters");
	is_read = audio_chunk_read_whole(reader->deck, &range, &reader->chunk);
	audio_because(reader, before);
	if (!is_read || audio_overlap_find(&known, &reader->chunk.run, &shift) != OVERLAP_FOUND)
		return false;
	reader->chunk.run.start += shift;
	*join = (struct audio_join){ at, reader->chunk.run.start + (int64_t)reader->chunk.run.n, OVERLAP_FOUND };
	return join->end > at;
}

/* A piece that begins with silence and goes on with sound, from a drive that jitters: nobody knows where it begins, unless
 * one command reads over the silence. */
static int join_behind_silence(struct audio_reader *reader, const struct audio_join *wanted, struct audio_join *join,
			       struct discern_error *err)
{
	const struct audio_run known = audio_reader_known(reader, wanted->from);

	if (bridge_silence(reader, wanted->from, join))
		return 0;
	reader->qualities[(wanted->from - reader->start) / AUDIO_SECTOR_SAMPLES] = AUDIO_DOUBTFUL;
	*join = *wanted;
	return audio_reader_read(reader, &known, join, err);
}

/* First reading: one piece after the other is added. */
static int fill(struct audio_reader *reader, struct discern_error *err)
{
	int64_t at = reader->start, end = reader->start + (int64_t)reader->n_samples;

	while (at < end) {
		const struct audio_run known = audio_reader_known(reader, at);
		const struct audio_join wanted = { at, end, OVERLAP_NONE };
		struct audio_join join = wanted;
		const struct audio_run *run = &reader->chunk.run;
		int64_t from = at;
		int32_t shift;
		int ret = audio_reader_read(reader, &known, &join, err);

		if (ret == 0 && join.found == OVERLAP_VAGUE && audio_overlap_find(run, run, &shift) == OVERLAP_FOUND)
			ret = join_behind_silence(reader, &wanted, &join, err);
		if (ret < 0)
			return ret;
		if (join.found == OVERLAP_NONE)
			suspect(reader, at);
		/* Nothing of it is behind what there is: silence for a sector, and later again. */
		if (join.end <= at || run->start > at)
			suspect(reader, at);
		if (join.end <= at)
			join.end = next_sector(reader, at);
		if (join.end > end)
			join.end = end;
		for (; at < join.end; at++) {
			size_t i = (size_t)(at - run->start), place = place_of(reader, at);
			bool has = at >= run->start && i < run->n;

			reader->samples[place] = has ? run->samples[i] : 0;
			audio_set_bit(reader->bad, place, !has || audio_get_bit(run->bad, i));
		}
		reader->deck->meter->progress.done_bytes += (uint64_t)(at - from) * AUDIO_SAMPLE_BYTES;
	}
	return 0;
}

/* Second reading: what differs, or what the drive was not sure of, makes its sector suspect. */
static int compare(struct audio_reader *reader, struct discern_error *err)
{
	const struct audio_run known = audio_reader_known(reader, AUDIO_WHOLE);
	int64_t at = reader->start, end = reader->start + (int64_t)reader->n_samples;

	while (at < end) {
		struct audio_join join = { at, end, OVERLAP_NONE };
		const struct audio_run *run = &reader->chunk.run;
		int64_t from = at;
		int ret = audio_reader_read(reader, &known, &join, err);

		if (ret < 0)
			return ret;
		if (at == reader->start && reader->n_context == 0 && join.found == OVERLAP_FOUND &&
		    run->start != (int64_t)reader->chunk.range.lba * AUDIO_SECTOR_SAMPLES)
			observe_message(&reader->deck->meter->observer, DISCERN_LEVEL_WARNING,
					"the drive does not begin where it should even at the first sample: all may be "
					"shifted by a few");
		if (join.end <= at)
			join.end = next_sector(reader, at);
		if (join.end > end)
			join.end = end;
		for (; at < join.end; at++) {
			size_t i = (size_t)(at - run->start), place = place_of(reader, at);
			bool is_good = at >= run->start && i < run->n && !audio_get_bit(run->bad, i) &&
				       !audio_get_bit(reader->bad, place) && run->samples[i] == reader->samples[place];

			if (!is_good)
				suspect(reader, at);
		}
		reader->deck->meter->progress.done_bytes += (uint64_t)(at - from) * AUDIO_SAMPLE_BYTES;
	}
	return 0;
}

int audio_reader_flush(struct audio_reader *reader, uint64_t n_read, struct discern_error *err)
{
	struct audio_deck *deck = reader->deck;
	uint64_t since = deck->n_read - n_read;
	int32_t middle = deck->first_lba + (deck->end_lba - deck->first_lba) / 2;
	int32_t lba =
		sector_of(reader->start) < middle ? deck->end_lba : deck->first_lba + (int32_t)reader->cache_sectors;
	uint32_t most = cd_audio_at_once(deck->audio);

	const char *before;
	int ret = 0;

	if (since >= reader->cache_sectors)
		return 0;
	before = audio_because(reader, "elsewhere, so that the drive's cache holds nothing of before");
	/* The other end of the disc, as many sectors as the cache may still have of these. */
	lba -= (int32_t)(reader->cache_sectors - since);
	if (lba < deck->first_lba)
		lba = deck->first_lba;
	for (; since < reader->cache_sectors && lba < deck->end_lba; since += most, lba += (int32_t)most) {
		struct discern_range range = { lba, most < AUDIO_CHUNK_SECTORS ? most : AUDIO_CHUNK_SECTORS };

		if (deck->end_lba - lba < (int32_t)range.n_sectors)
			range.n_sectors = (uint32_t)(deck->end_lba - lba);
		ret = audio_chunk_read(deck, &range, &reader->chunk, err);
		/* An unreadable sector has cost enough time, and moved the head. */
		if (ret < 0 || reader->chunk.has_bad)
			break;
	}
	audio_because(reader, before);
	return ret;
}

/* Sectors of which a part lies where the drive does not reach are no doubt of the disc's. */
static void mark_out_of_reach(struct audio_reader *reader)
{
	const struct audio_deck *deck = reader->deck;
	int64_t first = (int64_t)deck->first_lba * AUDIO_SECTOR_SAMPLES,
		end = (int64_t)deck->end_lba * AUDIO_SECTOR_SAMPLES;

	for (uint32_t i = 0; i < reader->n_samples / AUDIO_SECTOR_SAMPLES; i++) {
		int64_t at = reader->start + (int64_t)i * AUDIO_SECTOR_SAMPLES;
		bool is_silent = true;

		if (at >= first && at + AUDIO_SECTOR_SAMPLES <= end)
			continue;
		/* Beyond the ends nothing came; within all is as good as elsewhere. */
		for (int64_t j = at; j < at + AUDIO_SECTOR_SAMPLES; j++)
			if ((j < first || j >= end) != audio_get_bit(reader->bad, place_of(reader, j)))
				is_silent = false;
		if (is_silent) {
			reader->is_suspect[i] = false;
			reader->qualities[i] = AUDIO_OUT_OF_REACH;
		}
	}
}

static int put_window(struct audio_reader *reader, const struct audio_sink *sink, struct discern_error *err)
{
	size_t keep = reader->n_samples < AUDIO_CONTEXT ? reader->n_samples : AUDIO_CONTEXT;
	size_t from = reader->n_context + reader->n_samples - keep;
	int ret;

	for (size_t i = 0; i < reader->n_samples; i++)
		put_le32(reader->bytes + i * AUDIO_SAMPLE_BYTES, reader->samples[reader->n_context + i]);
	ret = sink->put(sink->user, reader->bytes, reader->qualities,
			(uint32_t)(reader->n_samples / AUDIO_SECTOR_SAMPLES), err);
	/* What the next window's first piece is joined with. */
	memmove(reader->samples, reader->samples + from, keep * sizeof(reader->samples[0]));
	for (size_t i = 0; i < keep; i++)
		audio_set_bit(reader->bad, i, audio_get_bit(reader->bad, from + i));
	reader->start += (int64_t)reader->n_samples;
	reader->n_context = keep;
	return ret;
}

static int read_window(struct audio_reader *reader, struct discern_error *err)
{
	uint64_t before = reader->deck->n_read;
	int ret;

	memset(reader->is_suspect, 0, reader->window_sectors * sizeof(reader->is_suspect[0]));
	for (uint32_t i = 0; i < reader->window_sectors; i++)
		reader->qualities[i] = AUDIO_PROVEN;
	audio_because(reader, "not read so far");
	ret = fill(reader, err);
	if (ret == 0)
		ret = audio_reader_flush(reader, before, err);
	before = reader->deck->n_read;
	audio_because(reader, "a second time, past the drive's cache, to be compared");
	if (ret == 0)
		ret = compare(reader, err);
	if (ret < 0)
		return ret;
	mark_out_of_reach(reader);
	for (uint32_t i = 0; i < reader->n_samples / AUDIO_SECTOR_SAMPLES; i++)
		if (reader->is_suspect[i])
			return audio_reader_settle(reader, err);
	return 0;
}

int audio_reader_run(struct audio_reader *reader, const struct discern_range *range, const struct audio_sink *sink,
		     struct discern_error *err)
{
	uint32_t done = 0;
	int ret = 0;

	reader->start = (int64_t)range->lba * AUDIO_SECTOR_SAMPLES + reader->options.offset;
	reader->n_context = 0;
	while (ret == 0 && done < range->n_sectors) {
		uint32_t left = range->n_sectors - done;
		uint32_t n = left < reader->window_sectors ? left : reader->window_sectors;

		reader->n_samples = (size_t)n * AUDIO_SECTOR_SAMPLES;
		ret = read_window(reader, err);
		if (ret == 0)
			ret = put_window(reader, sink, err);
		done += n;
	}
	return ret;
}
