/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/unit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "rip/passes.h"
#include "support/fault_source.h"

#define N 4000

static struct fault_source source;
static struct rip_plan plan;
static struct discern_error err;
static uint8_t *image;
static struct map *map;
static struct meter meter;
static int stop_after;
static unsigned n_checkpoints;
static unsigned n_false_claims;
static uint32_t speed_1x_kbps;
static double rest_seconds, limit_seconds;

static int write_image(const uint8_t *data, uint32_t size, uint64_t offset, void *user)
{
	(void)user;
	if (offset + size > (uint64_t)N * DISCERN_SECTOR_SIZE)
		return -EFBIG;
	memcpy(image + offset, data, size);
	return 0;
}

static int full(const uint8_t *data, uint32_t size, uint64_t offset, void *user)
{
	return offset > 0 ? -ENOSPC : write_image(data, size, offset, user);
}

/** Everything that a map on disk calls read must have been written. */
static int check_checkpoint(char *text, size_t size, void *user)
{
	struct map_header header;
	struct map *saved = NULL;

	(void)user;
	n_checkpoints++;
	/* This is not the test's own thread: failures are only counted here. */
	if (map_parse(text, size, &saved, &header, NULL) < 0) {
		n_false_claims++;
		free(text);
		return 0;
	}
	for (uint32_t i = 0; i < map_n_sectors(saved); i++) {
		uint8_t sector[DISCERN_SECTOR_SIZE] = { 0 };

		if (map_range_of(saved, i).status != MAP_GOOD)
			continue;
		/* Of a gap, zeros are all there is. */
		if (!rip_plan_is_gap(&plan, i))
			fault_source_fill(&source, plan.first_lba + (int32_t)i, sector);
		if (memcmp(image + (size_t)i * DISCERN_SECTOR_SIZE, sector, sizeof(sector)) != 0)
			n_false_claims++;
	}
	map_free(saved);
	free(text);
	return 0;
}

static void idle(void *user)
{
	(void)user;
}

static int count_down(const struct discern_progress *progress, void *user)
{
	(void)progress;
	(void)user;
	return stop_after > 0 && --stop_after == 0;
}

static struct pipeline_ops ops = { write_image, check_checkpoint, idle, NULL };

static int read_all(int n_rounds, bool *ret_has_hashes)
{
	const struct discern_observer observer = { .progress = count_down };
	struct pipeline *pipeline = NULL;
	struct passes passes = {
		.source = &source.base,
		.plan = &plan,
		.map = map,
		.meter = &meter,
		.n_rounds = n_rounds,
		.checkpoint_seconds = 0,
		.speed_1x_kbps = speed_1x_kbps,
		.rest.seconds = rest_seconds,
		.limits.max_seconds = limit_seconds,
	};
	struct pipeline_digests digests;
	int ret;

	meter_init(&meter, &observer, 0);
	discern_error_clear(&err);
	assert_int_equal(pipeline_new(&ops, DISCERN_SUM_SHA256, &pipeline, &err), 0);
	passes.pipeline = pipeline;
	ret = passes_run(&passes, &err);
	if (pipeline_drain(pipeline) < 0)
		ret = pipeline_error(pipeline);
	if (ret_has_hashes != NULL)
		*ret_has_hashes = pipeline_digests(pipeline, (uint64_t)N * DISCERN_SECTOR_SIZE, &digests);
	pipeline_free(pipeline);
	assert_int_equal(n_false_claims, 0);
	return ret;
}

/** Every sector is right where the map says so, and zero elsewhere. */
static void check_image(void)
{
	static const uint8_t zero[DISCERN_SECTOR_SIZE];
	uint8_t sector[DISCERN_SECTOR_SIZE];

	for (uint32_t i = 0; i < map_n_sectors(map); i++) {
		const uint8_t *expected = zero;

		if (map_range_of(map, i).status == MAP_GOOD) {
			fault_source_fill(&source, plan.first_lba + (int32_t)i, sector);
			expected = sector;
		}
		assert_memory_equal(image + (size_t)i * DISCERN_SECTOR_SIZE, expected, DISCERN_SECTOR_SIZE);
	}
}

static int set_up(void **state)
{
	(void)state;
	fault_source_init(&source, N, 32, 16);
	memset(&plan, 0, sizeof(plan));
	plan.n_sectors = N;
	image = calloc(N, DISCERN_SECTOR_SIZE);
	map = map_new(N);
	ops.write = write_image;
	stop_after = 0;
	n_checkpoints = 0;
	n_false_claims = 0;
	speed_1x_kbps = 0;
	rest_seconds = limit_seconds = 0;
	return image == NULL || map == NULL;
}

static int tear_down(void **state)
{
	(void)state;
	map = map_free(map);
	free(image);
	image = NULL;
	return 0;
}

static void test_a_good_disc_is_read_once_in_large_pieces(void **state)
{
	bool has_hashes = false;

	(void)state;
	assert_int_equal(read_all(3, &has_hashes), 0);
	assert_int_equal(map_count(map, MAP_GOOD), N);
	assert_int_equal(source.n_reads, N / 32);
	assert_int_equal(source.largest_read, 32);
	assert_true(has_hashes);
	assert_true(n_checkpoints > 0);
	check_image();
}

static void test_exactly_the_bad_sectors_are_bad(void **state)
{
	static const int32_t bad[] = { 0, 1, 15, 16, 17, 500, 999, 1000, 2047, 2048, 3000, 3999 };
	bool has_hashes = true;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		fault_source_add(&source, bad[i], 1, 0, i % 2 == 0 ? -EIO : -ENXIO);
	assert_int_equal(read_all(2, &has_hashes), 0);
	assert_int_equal(map_count(map, MAP_BAD), sizeof(bad) / sizeof(bad[0]));
	assert_int_equal(map_count(map, MAP_GOOD), N - sizeof(bad) / sizeof(bad[0]));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(map_range_of(map, (uint32_t)bad[i]).status, MAP_BAD);
	assert_int_equal(passes_n_bad(map, &plan), sizeof(bad) / sizeof(bad[0]));
	assert_false(has_hashes);
	/* The piece, the unit, all but its first sector, two rounds of four tries, the sector. */
	assert_int_equal(source.n_asked[500], 12);
	/* A good sector of the same unit is asked for no more than that. */
	assert_true(source.n_asked[501] <= 12);
	assert_int_equal(source.n_asked[600], 1);
	check_image();
}

static void test_rounds_bring_back_what_fails_a_few_times(void **state)
{
	(void)state;
	fault_source_add(&source, 100, 1, 4, -EIO);
	fault_source_add(&source, 2000, 1, 9, -EIO);
	fault_source_add(&source, 2100, 1, 20, -EIO);
	assert_int_equal(read_all(2, NULL), 0);
	assert_int_equal(map_range_of(map, 100).status, MAP_GOOD);
	assert_int_equal(map_range_of(map, 2000).status, MAP_GOOD);
	assert_int_equal(map_range_of(map, 2100).status, MAP_BAD);
	assert_int_equal(map_count(map, MAP_BAD), 1);
	/* What was bad is tried again by another call. */
	assert_int_equal(read_all(3, NULL), 0);
	assert_int_equal(map_count(map, MAP_GOOD), N);
	check_image();
}

static void test_rounds_go_on_as_long_as_they_bring_something(void **state)
{
	(void)state;
	for (int32_t i = 0; i < 10; i++)
		fault_source_add(&source, 100 + 200 * i, 1, 4 + 4 * (unsigned)i, -EIO);
	fault_source_add(&source, 3000, 1, 0, -EIO);
	assert_int_equal(read_all(-1, NULL), 0);
	assert_int_equal(map_count(map, MAP_BAD), 1);
	assert_int_equal(map_range_of(map, 3000).status, MAP_BAD);
	check_image();
}

static void test_a_large_bad_area_is_skipped_first(void **state)
{
	(void)state;
	fault_source_add(&source, 1000, 1000, 0, -EIO);
	assert_int_equal(read_all(0, NULL), 0);
	/* By its unit, as the rest of that, and alone. */
	assert_true(source.n_asked[1500] >= 2);
	assert_int_equal(map_count(map, MAP_BAD), 1000);
	assert_int_equal(map_count(map, MAP_GOOD), N - 1000);
	check_image();
}

static void test_ends_of_pieces_that_do_not_align(void **state)
{
	(void)state;
	plan.first_lba = 7;
	plan.n_sectors = N - 13;
	map_resize(map, N - 13);
	fault_source_add(&source, 107, 1, 0, -EIO);
	assert_int_equal(read_all(0, NULL), 0);
	assert_int_equal(map_range_of(map, 100).status, MAP_BAD);
	assert_int_equal(map_count(map, MAP_BAD), 1);
	assert_int_equal(map_count(map, MAP_GOOD), N - 14);
	check_image();
}

static void test_a_gap_between_sessions_is_no_loss(void **state)
{
	(void)state;
	plan.n_gaps = 1;
	plan.gaps[0] = (struct plan_range){ 1003, 1400 };
	fault_source_add(&source, 1003, 1400, 0, -ENXIO);
	assert_int_equal(read_all(3, NULL), 0);
	assert_int_equal(passes_n_bad(map, &plan), 0);
	assert_int_equal(map_count(map, MAP_GOOD), N - 1400);
	/* It is not worked through. */
	assert_true(source.n_reads < N / 32 + 20);
	check_image();
}

static void test_trouble_of_the_drive_stops_at_once(void **state)
{
	static const int codes[] = { -ESTALE, -ENOMEDIUM, -ENODEV, -ETIMEDOUT };

	(void)state;
	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
		source.trouble_at_read = source.n_reads + 20;
		source.trouble_code = codes[i];
		assert_int_equal(read_all(3, NULL), codes[i]);
		assert_int_equal(source.n_reads, source.trouble_at_read);
		assert_int_equal(map_count(map, MAP_GOOD), 19 * 32 * (i + 1));
	}
	source.trouble_at_read = 0;
	assert_int_equal(read_all(3, NULL), 0);
	assert_int_equal(map_count(map, MAP_GOOD), N);
	check_image();
}

static void test_the_observer_stops_it(void **state)
{
	(void)state;
	stop_after = 1;
	assert_int_equal(read_all(3, NULL), -ECANCELED);
	assert_int_equal(map_count(map, MAP_GOOD), 32);
	assert_int_equal(read_all(3, NULL), 0);
	check_image();
}

static void test_a_full_disk_stops_it(void **state)
{
	(void)state;
	ops.write = full;
	assert_int_equal(read_all(3, NULL), -ENOSPC);
}

/* ---- with a clock: 400 kB/s, which 52 times 8 is nearly ---- */

static void set_clock(double failure_seconds)
{
	speed_1x_kbps = 8;
	source.full_kbps = 400;
	source.failure_seconds = failure_seconds;
}

static void test_a_zone_that_low_speed_helps_is_read_at_one(void **state)
{
	(void)state;
	set_clock(3);
	fault_source_add(&source, 2000, 640, 0, -EIO);
	source.faults[0].max_kbps = 210;
	assert_int_equal(read_all(1, NULL), 0);
	assert_int_equal(map_count(map, MAP_GOOD), N);
	/* The zone, a trial in it, and little of what follows before it is known to be good. */
	assert_true(source.n_slow >= 500 && source.n_slow <= 1400);
	assert_true(source.n_fast >= N - 1400);
	assert_int_equal(source.speed_kbps, 0);
	/* 20 s for all of it at full speed, 7 more for the zone at half of it; each of its 40 units would take 3 for nothing. */
	assert_true(source.base.busy_seconds < 90);
	check_image();
}

static void test_one_that_it_does_not_help_is_not(void **state)
{
	(void)state;
	set_clock(3);
	fault_source_add(&source, 2000, 640, 0, -EIO);
	assert_int_equal(read_all(0, NULL), 0);
	assert_int_equal(map_count(map, MAP_BAD), 640);
	assert_true(source.n_slow <= 200);
	assert_int_equal(source.speed_kbps, 0);
	check_image();
}

static void test_failures_that_cost_little_are_no_reason_for_a_low_speed(void **state)
{
	(void)state;
	set_clock(0.1);
	fault_source_add(&source, 2000, 640, 0, -EIO);
	source.faults[0].max_kbps = 210;
	assert_int_equal(read_all(0, NULL), 0);
	assert_int_equal(source.n_slow, 0);
	/* But for trying again. */
	assert_int_equal(read_all(1, NULL), 0);
	assert_int_equal(map_count(map, MAP_GOOD), N);
	assert_int_equal(source.n_slow, 640);
}

static void test_slow_zones_come_later(void **state)
{
	double all_seconds = 4000 * 2.048 / 400;

	(void)state;
	set_clock(4);
	fault_source_add(&source, 2000, 640, 0, 0);
	source.faults[0].is_slow = true;
	/* Until little more than the rest of the disc has been read, most of the zone was left out. */
	limit_seconds = all_seconds + 50;
	assert_int_equal(read_all(0, NULL), -ETIME);
	assert_int_equal(map_range_of(map, N - 1).status, MAP_GOOD);
	assert_true(map_count(map, MAP_UNTRIED) > 200);
	limit_seconds = 0;
	assert_int_equal(read_all(0, NULL), 0);
	assert_int_equal(map_count(map, MAP_GOOD), N);
	check_image();
}

static void test_a_drive_that_reads_nothing_any_more_gets_a_rest(void **state)
{
	(void)state;
	rest_seconds = 0.01;
	source.trouble_code = -ETIMEDOUT;
	source.trouble_at_read = 50;
	source.n_stops_help = 2;
	assert_int_equal(read_all(0, NULL), 0);
	assert_int_equal(source.n_stops, 2);
	assert_int_equal(map_count(map, MAP_GOOD), N);
	/* If that does not help, it ends, and goes on from there later. */
	map_set(map, 0, N, MAP_UNTRIED);
	source.trouble_at_read = source.n_reads + 50;
	source.n_stops_help = 0;
	source.n_stops = 0;
	assert_int_equal(read_all(0, NULL), -ETIMEDOUT);
	assert_int_equal(source.n_stops, 3);
	assert_int_equal(map_count(map, MAP_GOOD), 49 * 32);
	source.trouble_at_read = 0;
	assert_int_equal(read_all(0, NULL), 0);
	check_image();
}

static void test_whether_disc_or_drive_is_to_blame_is_found_out(void **state)
{
	(void)state;
	rest_seconds = 0.01;
	set_clock(5);
	/* Of the drive: all is unreadable from some read on, and nothing after the disc was stopped. */
	source.trouble_code = -EIO;
	source.trouble_at_read = 50;
	source.n_stops_help = 1;
	assert_int_equal(read_all(0, NULL), 0);
	assert_int_equal(source.n_stops, 1);
	assert_int_equal(map_count(map, MAP_GOOD), N);
	/* Of the disc: the drive is not stopped for it. */
	map_set(map, 0, N, MAP_UNTRIED);
	memset(image, 0, (size_t)N * DISCERN_SECTOR_SIZE);
	source.n_stops = 0;
	fault_source_add(&source, 2000, 640, 0, -EIO);
	assert_int_equal(read_all(0, NULL), 0);
	assert_int_equal(map_count(map, MAP_BAD), 640);
	assert_int_equal(source.n_stops, 0);
	check_image();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_a_good_disc_is_read_once_in_large_pieces, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_exactly_the_bad_sectors_are_bad, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_rounds_bring_back_what_fails_a_few_times, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_rounds_go_on_as_long_as_they_bring_something, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_a_large_bad_area_is_skipped_first, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_ends_of_pieces_that_do_not_align, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_a_gap_between_sessions_is_no_loss, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_trouble_of_the_drive_stops_at_once, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_the_observer_stops_it, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_a_full_disk_stops_it, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_a_zone_that_low_speed_helps_is_read_at_one, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_one_that_it_does_not_help_is_not, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_failures_that_cost_little_are_no_reason_for_a_low_speed, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(test_slow_zones_come_later, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_a_drive_that_reads_nothing_any_more_gets_a_rest, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_whether_disc_or_drive_is_to_blame_is_found_out, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
