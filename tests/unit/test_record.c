/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/unit.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/observe.h"
#include "rip/record.h"

#define N 2500

static struct record *record;
static struct discern_rip_record *out;
static struct map *map;
static struct rip_plan plan;
static struct discern_medium medium;
static unsigned n_told;

static void count_told(enum discern_level level, const char *text, void *user)
{
	(void)level;
	(void)text;
	(void)user;
	n_told++;
}

static int set_up(void **state)
{
	static struct discern_track track = { .number = 1, .n_sectors = N, .is_data = true };

	(void)state;
	memset(&plan, 0, sizeof(plan));
	plan.first_lba = 1000;
	plan.n_sectors = N;
	medium = (struct discern_medium){ .n_tracks = 1, .tracks = &track };
	map = map_new(N);
	record = record_new();
	n_told = 0;
	return record == NULL || map == NULL || record_disc(record, &medium, &plan, map) < 0;
}

static int tear_down(void **state)
{
	(void)state;
	record = record_free(record);
	record_release(out);
	out = NULL;
	map = map_free(map);
	return 0;
}

static void finish(double now)
{
	out = record_finish(record, now);
	record = NULL;
	assert_non_null(out);
}

static void read_good(double now, uint32_t start, uint32_t n, double seconds)
{
	record_read(record, now, &(struct record_read){ start, n, true, start, seconds });
	assert_int_equal(map_set(map, start, n, MAP_GOOD), 0);
}

static void zones_share_what_a_read_took(void **state)
{
	(void)state;
	record_start(record, 100);
	read_good(101, 0, 4, 1.0);
	read_good(102, 4, 8, 2.0);
	record_read(record, 103, &(struct record_read){ 30, 12, false, 40, 0.5 });
	finish(104);
	assert_int_equal(out->zone_sectors, 3);
	assert_int_equal(out->n_zones, 834);
	assert_int_equal(out->zones[0].n_sectors, 3);
	assert_int_equal(out->zones[1].n_sectors, 3);
	assert_int_equal(out->zones[1].n_reads, 2);
	assert_int_equal(out->zones[3].n_sectors, 3);
	assert_true(fabs(out->zones[0].read_seconds - 0.75) < 1e-9);
	assert_true(fabs(out->zones[1].read_seconds - 0.75) < 1e-9);
	/* A failure lies where the drive said. */
	assert_int_equal(out->zones[13].n_errors, 1);
	assert_int_equal(out->zones[10].n_errors, 0);
	assert_true(fabs(out->seconds - 4) < 1e-9);
	assert_int_equal(out->n_good, 12);
	assert_int_equal(out->n_untried, N - 12);
	assert_int_equal(out->medium.n_tracks, 1);
	assert_int_equal(out->medium.tracks[0].n_sectors, N);
}

static void slots_widen_with_time(void **state)
{
	uint32_t n_sectors = 0, n_errors = 0;

	(void)state;
	record_start(record, 0);
	for (int i = 0; i < 1000; i++)
		record_read(record, i, &(struct record_read){ (uint32_t)i, 1, i % 2 == 0, (uint32_t)i, 0.1 });
	/* A year in one step. */
	record_read(record, 3e7, &(struct record_read){ 2000, 1, true, 2000, 0.1 });
	finish(3e7);
	assert_true(out->n_slots <= DISCERN_RECORD_SLOTS);
	assert_true(out->slot_seconds * (double)out->n_slots >= 3e7);
	assert_true(out->n_slots > DISCERN_RECORD_SLOTS / 2);
	for (size_t i = 0; i < out->n_slots; i++) {
		n_sectors += out->slots[i].n_sectors;
		n_errors += out->slots[i].n_errors;
	}
	assert_int_equal(n_sectors, 501);
	assert_int_equal(n_errors, 500);
}

static void passes_that_take_turns_are_added_up(void **state)
{
	const struct record_pass a = { "retry", "at 1.0 MB/s", "files" }, b = { "retry", "at 2.0 MB/s", "files" };

	(void)state;
	record_start(record, 0);
	record_pass(record, 0, &(struct record_pass){ .name = "sweep" });
	read_good(1, 0, 10, 1);
	record_pass(record, 2, &a);
	read_good(3, 10, 1, 1);
	record_pass(record, 5, &b);
	record_round(record);
	record_pass(record, 6, &a);
	read_good(7, 11, 1, 1);
	finish(10);
	assert_int_equal(out->n_passes, 3);
	assert_string_equal(out->passes[0].name, "sweep");
	assert_string_equal(out->passes[0].words, "");
	assert_int_equal(out->passes[0].n_left, N - 10);
	assert_string_equal(out->passes[1].words, "at 1.0 MB/s");
	assert_string_equal(out->passes[1].where, "files");
	assert_true(fabs(out->passes[1].start_seconds - 2) < 1e-9);
	assert_true(fabs(out->passes[1].seconds - 7) < 1e-9);
	assert_int_equal(out->passes[1].tally.n_sectors, 2);
	assert_int_equal(out->passes[1].n_rounds, 0);
	assert_int_equal(out->passes[1].n_left, N - 12);
	assert_int_equal(out->passes[2].n_rounds, 1);
}

static void there_may_be_many_passes(void **state)
{
	char words[16];

	(void)state;
	record_start(record, 0);
	for (int i = 0; i < 200; i++) {
		snprintf(words, sizeof(words), "%d", i);
		record_pass(record, i, &(struct record_pass){ "retry", words, NULL });
		read_good(i, (uint32_t)i, 1, 0.1);
	}
	finish(200);
	assert_int_equal(out->n_passes, DISCERN_RECORD_PASSES);
	assert_int_equal(out->passes[DISCERN_RECORD_PASSES - 1].tally.n_sectors, 200 - DISCERN_RECORD_PASSES + 1);
}

static void ranges_tell_what_is_missing_and_what_is_doubtful(void **state)
{
	(void)state;
	plan.n_gaps = 1;
	plan.gaps[0] = (struct plan_range){ 2000, 100 };
	record_start(record, 0);
	read_good(1, 0, N, 1);
	map_set(map, 100, 10, MAP_BAD);
	map_set(map, 200, 20, MAP_FAILED);
	map_set(map, 300, 30, MAP_UNTRIED);
	map_set(map, 2000, 100, MAP_BAD);
	record_failed(record, 95, 16);
	record_failed(record, 500, 16);
	finish(2);
	assert_int_equal(out->n_bad, 10);
	assert_int_equal(out->n_failed, 20);
	assert_int_equal(out->n_untried, 30);
	assert_int_equal(out->n_good, N - 60 - 100);
	assert_int_equal(out->n_ranges, 6);
	assert_int_equal(out->ranges[0].lba, 1100);
	assert_int_equal(out->ranges[0].state, DISCERN_SECTOR_BAD);
	assert_int_equal(out->ranges[1].state, DISCERN_SECTOR_FAILED);
	assert_int_equal(out->ranges[2].state, DISCERN_SECTOR_UNTRIED);
	assert_int_equal(out->ranges[3].state, DISCERN_SECTOR_DOUBTFUL);
	assert_int_equal(out->ranges[3].lba, 1095);
	assert_int_equal(out->ranges[3].n_sectors, 5);
	assert_int_equal(out->ranges[4].lba, 1110);
	assert_int_equal(out->ranges[4].n_sectors, 1);
	assert_int_equal(out->ranges[5].lba, 1500);
	assert_int_equal(out->ranges[5].n_sectors, 16);
}

static void what_is_told_is_kept(void **state)
{
	struct discern_observer observer = { .message = count_told };

	(void)state;
	record_observe(record, &observer);
	observe_message(&observer, DISCERN_LEVEL_DEBUG, "a command");
	for (int i = 0; i < 1000; i++)
		observe_message(&observer, DISCERN_LEVEL_DETAIL, "decision %d", i);
	observe_message(&observer, DISCERN_LEVEL_WARNING, "something");
	assert_int_equal(n_told, 1002);
	assert_int_equal(observer.progress(&(struct discern_progress){ .total_bytes = 1 }, observer.user), 0);
	finish(1);
	assert_string_equal(out->events[0].text, "decision 0");
	assert_string_equal(out->events[out->n_events - 1].text, "something");
	assert_int_equal(out->n_events + out->n_events_left_out, 1001);
	assert_true(out->n_events < 400);
}

static void without_a_record_nothing_happens(void **state)
{
	struct discern_observer observer = { .message = count_told };

	(void)state;
	record_observe(NULL, &observer);
	observe_message(&observer, DISCERN_LEVEL_NOTE, "told");
	assert_int_equal(n_told, 1);
	assert_int_equal(record_disc(NULL, &medium, &plan, map), 0);
	record_start(NULL, 0);
	record_pass(NULL, 0, &(struct record_pass){ .name = "sweep" });
	record_round(NULL);
	record_read(NULL, 0, &(struct record_read){ .n_sectors = 1 });
	record_failed(NULL, 0, 1);
	assert_null(record_finish(NULL, 0));
	/* Nor of a job that never came to a disc. */
	assert_null(record_finish(record_new(), 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(zones_share_what_a_read_took, set_up, tear_down),
		cmocka_unit_test_setup_teardown(slots_widen_with_time, set_up, tear_down),
		cmocka_unit_test_setup_teardown(passes_that_take_turns_are_added_up, set_up, tear_down),
		cmocka_unit_test_setup_teardown(there_may_be_many_passes, set_up, tear_down),
		cmocka_unit_test_setup_teardown(ranges_tell_what_is_missing_and_what_is_doubtful, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_is_told_is_kept, set_up, tear_down),
		cmocka_unit_test_setup_teardown(without_a_record_nothing_happens, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
