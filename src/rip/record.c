/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rip/record.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The first slots of time are this long; when they are full, two become one. */
#define FIRST_SLOT_SECONDS 0.125

/* Lines kept: details only up to the first number, so that there is room for what is worth more. */
enum { MAX_DETAILS = 150, MAX_EVENTS = 300 };

/* Ranges of one kind; a disc with more damage has them in its map. */
enum { MAX_RANGES = 20000 };

struct record {
	struct discern_rip_record *out;
	struct discern_observer observer;
	const struct rip_plan *plan;
	const struct map *map;
	/** Which sectors have failed at any time. */
	struct map *failed;
	double started, now;
	/** The pass that reads belong to, and since when; NULL before the first. */
	struct discern_rip_pass *pass;
	double pass_entered;
};

struct record *record_new(void)
{
	struct record *record = calloc(1, sizeof(*record));

	if (record == NULL)
		return NULL;
	record->out = calloc(1, sizeof(*record->out));
	if (record->out == NULL)
		return record_free(record);
	record->out->slot_seconds = FIRST_SLOT_SECONDS;
	return record;
}

void record_release(struct discern_rip_record *record)
{
	if (record == NULL)
		return;
	discern_medium_clear(&record->medium);
	for (size_t i = 0; i < record->n_events; i++)
		free(record->events[i].text);
	free(record->events);
	free(record->ranges);
	free(record);
}

struct record *record_free(struct record *record)
{
	if (record == NULL)
		return NULL;
	record_release(record->out);
	map_free(record->failed);
	free(record);
	return NULL;
}

/* ---- what is told ---- */

static void keep_event(struct record *record, enum discern_level level, const char *text)
{
	struct discern_rip_record *out = record->out;
	struct discern_rip_event *grown;
	size_t limit = level == DISCERN_LEVEL_DETAIL ? MAX_DETAILS : MAX_EVENTS;
	char *copy = NULL;

	if (level == DISCERN_LEVEL_DEBUG)
		return;
	grown = out->n_events < limit ? realloc(out->events, (out->n_events + 1) * sizeof(*grown)) : NULL;
	if (grown != NULL) {
		out->events = grown;
		copy = strdup(text);
	}
	if (copy == NULL) {
		out->n_events_left_out++;
		return;
	}
	out->events[out->n_events++] = (struct discern_rip_event){ record->now - record->started, level, copy };
}

static void pass_message(enum discern_level level, const char *text, void *user)
{
	struct record *record = user;

	keep_event(record, level, text);
	if (record->observer.message != NULL)
		record->observer.message(level, text, record->observer.user);
}

static int pass_progress(const struct discern_progress *progress, void *user)
{
	struct record *record = user;

	return record->observer.progress != NULL ? record->observer.progress(progress, record->observer.user) : 0;
}

void record_observe(struct record *record, struct discern_observer *observer)
{
	if (record == NULL)
		return;
	record->observer = *observer;
	*observer = (struct discern_observer){ pass_progress, pass_message, record };
}

/* ---- the disc ---- */

static int copy_medium(struct discern_medium *copy, const struct discern_medium *medium)
{
	struct discern_track *tracks = calloc(medium->n_tracks > 0 ? medium->n_tracks : 1, sizeof(*tracks));

	if (tracks == NULL)
		return -ENOMEM;
	if (medium->n_tracks > 0)
		memcpy(tracks, medium->tracks, medium->n_tracks * sizeof(*tracks));
	*copy = *medium;
	copy->tracks = tracks;
	return 0;
}

int record_disc(struct record *record, const struct discern_medium *medium, const struct rip_plan *plan,
		const struct map *map)
{
	struct discern_rip_record *out;
	uint32_t n;

	if (record == NULL)
		return 0;
	out = record->out;
	n = map_n_sectors(map);
	record->failed = map_new(n);
	if (record->failed == NULL || copy_medium(&out->medium, medium) < 0)
		return -ENOMEM;
	record->plan = plan;
	record->map = map;
	out->n_sectors = n;
	out->zone_sectors = (n + DISCERN_RECORD_ZONES - 1) / DISCERN_RECORD_ZONES;
	out->n_zones = (n + out->zone_sectors - 1) / out->zone_sectors;
	return 0;
}

void record_start(struct record *record, double now)
{
	if (record != NULL)
		record->started = record->now = now;
}

/* ---- passes ---- */

static uint32_t n_missing(const struct record *record)
{
	return record->map != NULL ? map_n_sectors(record->map) - map_count(record->map, MAP_GOOD) : 0;
}

static void leave_pass(struct record *record, double now)
{
	if (record->pass == NULL)
		return;
	record->pass->seconds += now - record->pass_entered;
	record->pass->n_left = n_missing(record);
	record->pass = NULL;
}

static bool is_pass(const struct discern_rip_pass *pass, const struct discern_rip_pass *wanted)
{
	return strcmp(pass->name, wanted->name) == 0 && strcmp(pass->words, wanted->words) == 0 &&
	       strcmp(pass->where, wanted->where) == 0;
}

void record_pass(struct record *record, double now, const struct record_pass *pass)
{
	struct discern_rip_record *out;
	struct discern_rip_pass wanted = { .start_seconds = 0 };
	size_t i;

	if (record == NULL)
		return;
	out = record->out;
	leave_pass(record, now);
	snprintf(wanted.name, sizeof(wanted.name), "%s", pass->name);
	snprintf(wanted.words, sizeof(wanted.words), "%s", pass->words != NULL ? pass->words : "");
	snprintf(wanted.where, sizeof(wanted.where), "%s", pass->where != NULL ? pass->where : "");
	wanted.start_seconds = now - record->started;
	for (i = 0; i < out->n_passes && !is_pass(&out->passes[i], &wanted); i++)
		;
	/* More than there ever are; the last one then takes them all. */
	if (i == DISCERN_RECORD_PASSES)
		i--;
	else if (i == out->n_passes)
		out->passes[out->n_passes++] = wanted;
	record->pass = &out->passes[i];
	record->pass_entered = record->now = now;
}

void record_round(struct record *record)
{
	if (record != NULL && record->pass != NULL)
		record->pass->n_rounds++;
}

/* ---- reads ---- */

static void count(struct discern_rip_tally *tally, const struct record_read *read)
{
	if (read->is_good) {
		tally->n_reads++;
		tally->n_sectors += read->n_sectors;
		tally->read_seconds += read->seconds;
	} else {
		tally->n_errors++;
		tally->error_seconds += read->seconds;
	}
}

/* A good read may lie in several zones, each of which has its share of the time; one that failed belongs to where it
 * failed. */
static void count_zones(struct discern_rip_record *out, const struct record_read *read)
{
	uint32_t end = read->start + read->n_sectors;

	if (!read->is_good) {
		if (read->bad_sector < out->n_sectors)
			count(&out->zones[read->bad_sector / out->zone_sectors], read);
		return;
	}
	for (uint32_t at = read->start; at < end && at < out->n_sectors;) {
		uint32_t zone = at / out->zone_sectors, zone_end = (zone + 1) * out->zone_sectors;
		struct record_read share = *read;

		share.n_sectors = (zone_end < end ? zone_end : end) - at;
		share.seconds = read->seconds * share.n_sectors / read->n_sectors;
		count(&out->zones[zone], &share);
		at += share.n_sectors;
	}
}

static void add(struct discern_rip_tally *sum, const struct discern_rip_tally *tally)
{
	sum->n_reads += tally->n_reads;
	sum->n_errors += tally->n_errors;
	sum->n_sectors += tally->n_sectors;
	sum->read_seconds += tally->read_seconds;
	sum->error_seconds += tally->error_seconds;
}

/* Every two slots become one. */
static void widen_slots(struct discern_rip_record *out)
{
	for (size_t i = 0; i < DISCERN_RECORD_SLOTS; i++) {
		struct discern_rip_tally tally = out->slots[i];

		memset(&out->slots[i], 0, sizeof(out->slots[i]));
		add(&out->slots[i / 2], &tally);
	}
	out->slot_seconds *= 2;
	out->n_slots = (out->n_slots + 1) / 2;
}

static struct discern_rip_tally *slot_at(struct discern_rip_record *out, double seconds)
{
	size_t slot;

	while (seconds >= out->slot_seconds * DISCERN_RECORD_SLOTS)
		widen_slots(out);
	slot = seconds > 0 ? (size_t)(seconds / out->slot_seconds) : 0;
	if (slot >= out->n_slots)
		out->n_slots = slot + 1;
	return &out->slots[slot];
}

void record_read(struct record *record, double now, const struct record_read *read)
{
	if (record == NULL || record->map == NULL || read->n_sectors == 0)
		return;
	record->now = now;
	count_zones(record->out, read);
	count(slot_at(record->out, now - record->started), read);
	if (record->pass != NULL)
		count(&record->pass->tally, read);
}

void record_failed(struct record *record, uint32_t start, uint32_t n_sectors)
{
	/* Without memory some doubts are not told; what is bad always is. */
	if (record != NULL && record->failed != NULL)
		(void)map_set(record->failed, start, n_sectors, MAP_FAILED);
}

void record_keep_delivered(struct record *record, const struct map *delivered)
{
	for (size_t i = 0; record != NULL && record->failed != NULL && i < map_n_ranges(delivered); i++) {
		struct map_range range = map_range_at(delivered, i);

		if (range.status != MAP_GOOD)
			(void)map_set(record->failed, range.start, range.n_sectors, MAP_UNTRIED);
	}
}

/* ---- the end ---- */

static void add_range(const struct record *record, const struct map_range *range, enum discern_sector_state state)
{
	struct discern_rip_record *out = record->out;
	struct discern_rip_range *grown;

	/* Room is made in powers of two. */
	if ((out->n_ranges & (out->n_ranges - 1)) == 0) {
		grown = realloc(out->ranges, (out->n_ranges > 0 ? 2 * out->n_ranges : 1) * sizeof(*grown));
		if (grown == NULL)
			return;
		out->ranges = grown;
	}
	out->ranges[out->n_ranges++] =
		(struct discern_rip_range){ record->plan->first_lba + (int32_t)range->start, range->n_sectors, state };
}

static void list_missing(const struct record *record)
{
	struct discern_rip_record *out = record->out;

	for (size_t i = 0; i < map_n_ranges(record->map); i++) {
		struct map_range range = map_range_at(record->map, i);
		enum discern_sector_state state;

		if (range.status == MAP_GOOD) {
			out->n_good += range.n_sectors;
			continue;
		}
		if (rip_plan_is_gap(record->plan, range.start))
			continue;
		if (range.status == MAP_UNTRIED) {
			out->n_untried += range.n_sectors;
			state = DISCERN_SECTOR_UNTRIED;
		} else if (range.status == MAP_BAD) {
			out->n_bad += range.n_sectors;
			state = DISCERN_SECTOR_BAD;
		} else {
			out->n_failed += range.n_sectors;
			state = DISCERN_SECTOR_FAILED;
		}
		if (out->n_ranges < MAX_RANGES)
			add_range(record, &range, state);
	}
}

/* Good now, but only after failures. */
static void list_doubtful(const struct record *record)
{
	size_t limit = record->out->n_ranges + MAX_RANGES;
	struct map_range failed, good;

	for (uint32_t at = 0; map_next(record->failed, at, MAP_FAILED, &failed); at = failed.start + failed.n_sectors) {
		uint32_t end = failed.start + failed.n_sectors;

		for (uint32_t from = failed.start; map_next(record->map, from, MAP_GOOD, &good) && good.start < end;
		     from = good.start + good.n_sectors) {
			if (good.n_sectors > end - good.start)
				good.n_sectors = end - good.start;
			if (record->out->n_ranges < limit)
				add_range(record, &good, DISCERN_SECTOR_DOUBTFUL);
		}
	}
}

struct discern_rip_record *record_finish(struct record *record, double now)
{
	struct discern_rip_record *out;

	if (record == NULL || record->map == NULL) {
		record_free(record);
		return NULL;
	}
	leave_pass(record, now);
	out = record->out;
	out->seconds = record->started > 0 ? now - record->started : 0;
	list_missing(record);
	list_doubtful(record);
	record->out = NULL;
	record_free(record);
	return out;
}
