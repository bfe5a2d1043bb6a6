/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/unit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "rip/doubt.h"
#include "rip/passes.h"
#include "support/fault_source.h"

enum { N = 4000, WRONG = 1234 };

static struct fault_source source;
static struct rip_plan plan;
static struct discern_error err;
static uint8_t image[N * DISCERN_SECTOR_SIZE];
static struct map *map;
static struct doubt doubt;
static struct meter meter;
/* So many readings of WRONG are wrong, each in its own way; and how many were kept. */
static unsigned n_wrong, n_kept;
static double seconds_between;

static int write_image(const uint8_t *data, uint32_t size, uint64_t offset, void *user)
{
	(void)user;
	memcpy(image + offset, data, size);
	return 0;
}

static int save(char *text, size_t size, void *user)
{
	(void)size;
	(void)user;
	free(text);
	return 0;
}

static void idle(void *user)
{
	(void)user;
}

static int read_back(uint32_t start, uint32_t n_sectors, uint8_t *buffer, void *user)
{
	(void)user;
	memcpy(buffer, image + (size_t)start * DISCERN_SECTOR_SIZE, (size_t)n_sectors * DISCERN_SECTOR_SIZE);
	return 0;
}

static void keep(uint32_t sector, unsigned number, const uint8_t *data, void *user)
{
	(void)number;
	(void)data;
	(void)user;
	assert_int_equal(sector, WRONG);
	n_kept++;
}

static void spoil(int32_t lba, uint8_t *sector, void *user)
{
	(void)user;
	if (lba == WRONG && n_wrong > 0)
		sector[n_wrong--] ^= 1;
}

/* Called after each read: for the next one it is so long ago. */
static int wait_between(const struct discern_progress *progress, void *user)
{
	struct passes *passes = user;

	(void)progress;
	passes->read_ended -= seconds_between;
	meter.next_report = 0;
	return 0;
}

static int run(bool is_paranoid)
{
	const struct pipeline_ops ops = { write_image, save, idle, NULL };
	const struct doubt_options options = { is_paranoid, read_back, keep, NULL };
	struct passes passes = { .source = &source.base,
				 .plan = &plan,
				 .map = map,
				 .meter = &meter,
				 .doubt = &doubt,
				 .checkpoint_seconds = 9 };
	const struct discern_observer observer = { .progress = wait_between, .user = &passes };
	int ret;

	passes.first_checkpoint_seconds = 9;
	meter_init(&meter, &observer, 0);
	assert_int_equal(doubt_init(&doubt, &options, N), 0);
	assert_int_equal(pipeline_new(&ops, 0, &passes.pipeline, &err), 0);
	ret = passes_run(&passes, &err);
	pipeline_drain(passes.pipeline);
	pipeline_free(passes.pipeline);
	return ret;
}

static void check_image(void)
{
	uint8_t sector[DISCERN_SECTOR_SIZE];

	source.overlay = NULL;
	for (int32_t i = 0; i < N; i++) {
		fault_source_fill(&source, i, sector);
		if (map_range_of(map, (uint32_t)i).status == MAP_GOOD)
			assert_memory_equal(image + (size_t)i * DISCERN_SECTOR_SIZE, sector, DISCERN_SECTOR_SIZE);
	}
}

static int set_up(void **state)
{
	(void)state;
	fault_source_init(&source, N, 32, 16);
	source.overlay = spoil;
	memset(&plan, 0, sizeof(plan));
	plan.n_sectors = N;
	n_wrong = n_kept = 0;
	seconds_between = 0;
	map = map_new(N);
	return map == NULL;
}

static int tear_down(void **state)
{
	(void)state;
	map = map_free(map);
	doubt_clear(&doubt);
	return 0;
}

static void all_is_read_twice(void **state)
{
	(void)state;
	assert_int_equal(run(true), 0);
	for (size_t i = 0; i < N; i++)
		assert_int_equal(source.n_asked[i], 2);
	assert_int_equal(map_count(map, MAP_GOOD), N);
	assert_int_equal(map_count(doubt.reread, MAP_GOOD), N);
	assert_int_equal(map_count(doubt.doubtful, MAP_GOOD), 0);
	check_image();
}

static void two_equal_readings_win(void **state)
{
	(void)state;
	n_wrong = 1;
	assert_int_equal(run(true), 0);
	assert_int_equal(map_count(map, MAP_GOOD), N);
	assert_int_equal(map_count(doubt.doubtful, MAP_GOOD), 1);
	assert_int_equal(n_kept, 3);
	check_image();
}

static void what_never_agrees_is_bad(void **state)
{
	(void)state;
	n_wrong = 1000;
	assert_int_equal(run(true), 0);
	assert_int_equal(map_count(map, MAP_GOOD), N - 1);
	assert_int_equal(map_range_of(map, WRONG).status, MAP_BAD);
	assert_int_equal(n_kept, 5);
	check_image();
}

static void once_is_not_enough(void **state)
{
	(void)state;
	assert_int_equal(run(false), 0);
	assert_int_equal(source.n_asked[WRONG], 1);
	doubt_clear(&doubt);
	map_set(map, 0, N, MAP_UNTRIED);
	/* The drive goes when all was read once. */
	source.trouble_at_read = source.n_reads + N / 32 + 1;
	source.trouble_code = -ENODEV;
	assert_int_equal(run(true), -ENODEV);
	assert_int_equal(map_count(map, MAP_GOOD), 0);
	assert_int_equal(map_count(map, MAP_UNTRIED), N);
}

static void a_good_disc_is_read_once(void **state)
{
	(void)state;
	assert_int_equal(run(false), 0);
	assert_int_equal(map_count(doubt.reread, MAP_GOOD), 0);
	for (size_t i = 0; i < N; i++)
		assert_int_equal(source.n_asked[i], 1);
	check_image();
}

/* A DVD drive of which one read takes three seconds more than usual. */
static void add_slow_read(bool is_start)
{
	source.full_kbps = 22160;
	source.failure_seconds = 3;
	fault_source_add(&source, 2000, 1, 1, 0);
	source.faults[0].is_slow = !is_start;
	source.faults[0].is_start = is_start;
}

static void what_was_slow_is_read_again(void **state)
{
	(void)state;
	add_slow_read(false);
	assert_int_equal(run(false), 0);
	assert_int_equal(map_count(doubt.reread, MAP_GOOD), 32);
	assert_int_equal(source.n_asked[2000], 2);
}

static void but_not_because_the_disc_had_to_start(void **state)
{
	(void)state;
	add_slow_read(true);
	assert_int_equal(run(false), 0);
	assert_int_equal(map_count(doubt.reread, MAP_GOOD), 0);
	doubt_clear(&doubt);
	map_set(map, 0, N, MAP_UNTRIED);
	/* Nor when it may have stopped, as nothing was asked of the drive for long. */
	add_slow_read(false);
	seconds_between = 60;
	assert_int_equal(run(false), 0);
	assert_int_equal(map_count(doubt.reread, MAP_GOOD), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(all_is_read_twice, set_up, tear_down),
		cmocka_unit_test_setup_teardown(two_equal_readings_win, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_never_agrees_is_bad, set_up, tear_down),
		cmocka_unit_test_setup_teardown(once_is_not_enough, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_good_disc_is_read_once, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_was_slow_is_read_again, set_up, tear_down),
		cmocka_unit_test_setup_teardown(but_not_because_the_disc_had_to_start, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
