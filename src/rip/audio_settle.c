/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading suspect sectors again until they agree. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "rip/audio_reader_private.h"
#include "rip/audio_votes.h"

/* Suspect sectors that are looked at together, three megabytes of votes. */
enum { GROUP = 256 };

/* Rounds at the speed that there is, then three each at lower ones, in kB/s of user data: 8, 4 and 2x. */
enum { FAST_ROUNDS = 3, SPEED_ROUNDS = 3, N_SPEEDS = 3 };
static const uint32_t lower_kbps[N_SPEEDS] = { 1229, 614, 307 };

struct group {
	struct audio_reader *reader;
	unsigned n, n_open;
	uint32_t sectors[GROUP];
	bool is_settled[GROUP];
	/** Some try gave something. */
	bool has_any[GROUP];
	struct audio_votes *votes;
};

static size_t place_of(const struct audio_reader *reader, uint32_t sector)
{
	return reader->n_context + (size_t)sector * AUDIO_SECTOR_SAMPLES;
}

/* What a chunk has of a sector. */
static void take_votes(struct group *group, unsigned i, const struct audio_run *run)
{
	struct audio_reader *reader = group->reader;
	int64_t begin = reader->start + (int64_t)group->sectors[i] * AUDIO_SECTOR_SAMPLES;

	for (unsigned j = 0; j < AUDIO_SECTOR_SAMPLES; j++) {
		int64_t at = begin + j - run->start;

		if (at < 0 || at >= (int64_t)run->n || audio_get_bit(run->bad, (size_t)at))
			continue;
		audio_votes_add(&group->votes[i], j, run->samples[at]);
		group->has_any[i] = true;
	}
}

/* Suspect sectors of the group that lie close together are read at once: the first and the number of them. */
static unsigned find_run(const struct group *group, unsigned first)
{
	enum { MOST = 8, GAP = 2 };
	unsigned last = first;

	for (unsigned i = first + 1; i < group->n; i++) {
		if (group->sectors[i] - group->sectors[last] > GAP || group->sectors[i] - group->sectors[first] >= MOST)
			break;
		last = i;
	}
	return last - first + 1;
}

static int read_run(struct group *group, unsigned first, unsigned n, struct discern_error *err)
{
	struct audio_reader *reader = group->reader;
	const struct audio_run known = audio_reader_known(reader, AUDIO_WHOLE);
	struct audio_join join = {
		.from = reader->start + (int64_t)group->sectors[first] * AUDIO_SECTOR_SAMPLES,
		.end = reader->start + (int64_t)(group->sectors[first + n - 1] + 1) * AUDIO_SECTOR_SAMPLES,
	};
	int ret = audio_reader_read(reader, &known, &join, err);

	if (ret < 0 || join.found == OVERLAP_NONE)
		return ret;
	for (unsigned i = first; i < first + n; i++)
		take_votes(group, i, &reader->chunk.run);
	return 0;
}

/* One more try of each sector that is not settled. */
static int run_round(struct group *group, struct discern_error *err)
{
	unsigned i = 0;

	while (i < group->n) {
		unsigned n = find_run(group, i), n_open = 0;
		int ret;

		for (unsigned j = i; j < i + n; j++)
			n_open += !group->is_settled[j];
		ret = n_open > 0 ? read_run(group, i, n, err) : 0;
		if (ret < 0)
			return ret;
		for (unsigned j = i; j < i + n; j++) {
			if (group->is_settled[j] || !audio_votes_agree(&group->votes[j]))
				continue;
			group->is_settled[j] = true;
			group->n_open--;
			group->reader->deck->meter->progress.retry_bytes -= SECTOR_RAW;
		}
		i += n;
	}
	return 0;
}

static void set_speed(struct audio_reader *reader, int round)
{
	int slow = round - FAST_ROUNDS;

	if (slow >= 0 && slow % SPEED_ROUNDS == 0 && slow / SPEED_ROUNDS < N_SPEEDS)
		discern_drive_set_speed(reader->deck->drive, lower_kbps[slow / SPEED_ROUNDS], 0, NULL);
}

static void name_round(int round, char ret_reason[READINGS_REASON_SIZE])
{
	int slow = (round - FAST_ROUNDS) / SPEED_ROUNDS;

	if (round < FAST_ROUNDS)
		snprintf(ret_reason, READINGS_REASON_SIZE, "readings differ, or the drive was not sure: round %d",
			 round + 1);
	else
		snprintf(ret_reason, READINGS_REASON_SIZE,
			 "readings differ, or the drive was not sure: round %d, at %.1f MB/s", round + 1,
			 lower_kbps[slow < N_SPEEDS ? slow : N_SPEEDS - 1] / 1000.0);
}

/* The first reading is the first vote: where it is certain. */
static void begin(struct group *group)
{
	struct audio_reader *reader = group->reader;
	const struct audio_run known = audio_reader_known(reader, AUDIO_WHOLE);

	memset(group->votes, 0, group->n * sizeof(group->votes[0]));
	memset(group->is_settled, 0, sizeof(group->is_settled));
	memset(group->has_any, 0, sizeof(group->has_any));
	group->n_open = group->n;
	for (unsigned i = 0; i < group->n; i++)
		take_votes(group, i, &known);
}

static void end(struct group *group)
{
	struct audio_reader *reader = group->reader;

	for (unsigned i = 0; i < group->n; i++) {
		size_t place = place_of(reader, group->sectors[i]);

		for (unsigned j = 0; j < AUDIO_SECTOR_SAMPLES; j++) {
			uint32_t value;
			bool has = audio_votes_best(&group->votes[i], j, &value);

			if (has)
				reader->samples[place + j] = value;
			audio_set_bit(reader->bad, place + j, !has);
		}
		reader->qualities[group->sectors[i]] = group->is_settled[i] ? AUDIO_RECOVERED
						       : group->has_any[i]  ? AUDIO_DOUBTFUL
									    : AUDIO_UNREADABLE;
		if (!group->is_settled[i])
			reader->deck->meter->progress.bad_bytes += SECTOR_RAW;
	}
}

static int settle_group(struct group *group, struct discern_error *err)
{
	struct audio_reader *reader = group->reader;
	uint64_t before = 0;
	char reason[READINGS_REASON_SIZE];
	int ret = 0;

	begin(group);
	readings_tell(drive_readings(reader->deck->drive));
	for (int round = 0; ret == 0 && round < reader->options.n_rounds && group->n_open > 0; round++) {
		set_speed(reader, round);
		name_round(round, reason);
		audio_because(reader, reason);
		ret = audio_reader_flush(reader, round == 0 ? reader->deck->n_read : before, err);
		before = reader->deck->n_read;
		if (ret == 0)
			ret = run_round(group, err);
	}
	if (reader->options.n_rounds > FAST_ROUNDS)
		discern_drive_set_speed(reader->deck->drive, reader->options.speed_kbps, 0, NULL);
	reader->deck->meter->progress.retry_bytes -= group->n_open * (uint64_t)SECTOR_RAW;
	audio_because(reader, "not read so far");
	readings_tell(drive_readings(reader->deck->drive));
	if (ret < 0)
		return ret;
	observe_message(&reader->deck->meter->observer, DISCERN_LEVEL_DETAIL,
			"LBA %ld on: %u of %u suspect sectors came right after more tries",
			(long)(reader->start / AUDIO_SECTOR_SAMPLES + group->sectors[0]), group->n - group->n_open,
			group->n);
	end(group);
	return 0;
}

int audio_reader_settle(struct audio_reader *reader, struct discern_error *err)
{
	uint32_t n_sectors = (uint32_t)(reader->n_samples / AUDIO_SECTOR_SAMPLES);
	struct group group = { .reader = reader, .votes = malloc(GROUP * sizeof(*group.votes)) };
	int ret = 0;

	if (group.votes == NULL)
		return discern_error_set(err, -ENOMEM, "out of memory");
	for (uint32_t i = 0; i < n_sectors; i++)
		reader->deck->meter->progress.retry_bytes += reader->is_suspect[i] ? SECTOR_RAW : 0;
	for (uint32_t i = 0; ret == 0 && i < n_sectors; i++) {
		if (reader->is_suspect[i])
			group.sectors[group.n++] = i;
		if (group.n == GROUP || (i + 1 == n_sectors && group.n > 0)) {
			ret = settle_group(&group, err);
			group.n = 0;
		}
	}
	free(group.votes);
	reader->deck->meter->progress.retry_bytes = 0;
	return ret;
}
