/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/unit.h"

#include "rip/division.h"

#define N 100000

static struct division division;
static struct map *map;
/** What a drive has left out. */
static struct map *skipped;

static int set_up(void **state)
{
	(void)state;
	division = (struct division){ .n_align = 128 };
	map = map_new(N);
	skipped = map_new(N);
	return map == NULL || skipped == NULL;
}

static int clean(void **state)
{
	(void)state;
	map = map_free(map);
	skipped = map_free(skipped);
	return 0;
}

static void check_stretch(size_t drive, uint32_t position, uint32_t end)
{
	assert_true(division.stretches[drive].is_active);
	assert_int_equal(division.stretches[drive].position, position);
	assert_int_equal(division.stretches[drive].end, end);
}

static enum division_kind take(size_t drive, bool take_skipped)
{
	return division_take(&division, drive, map, skipped, take_skipped).kind;
}

/** Reads so many sectors, in one piece, in so long. */
static void read_on(size_t drive, uint32_t n_sectors, double seconds)
{
	uint32_t from = division.stretches[drive].position;

	division_advance(&division, drive, from, from + n_sectors);
	assert_int_equal(map_set(map, from, n_sectors, MAP_GOOD), 0);
	division_advance(&division, drive, from + n_sectors, from + n_sectors);
	division_note(&division, drive, n_sectors, seconds);
}

static void test_equal_parts(void **state)
{
	(void)state;
	division_begin(&division, 3, map);
	check_stretch(0, 0, 33280);
	check_stretch(1, 33280, 66560);
	check_stretch(2, 66560, N);
	/* On an image that begins elsewhere on the disc, borders are still whole on the disc. */
	division.first = 28;
	division_begin(&division, 2, map);
	check_stretch(0, 0, 49892);
	assert_int_equal((division.stretches[1].position + 28) % 128, 0);
}

static void test_only_what_is_untried_is_divided(void **state)
{
	(void)state;
	map_set(map, 0, 80000, MAP_GOOD);
	division_begin(&division, 2, map);
	check_stretch(0, 0, 89984);
	check_stretch(1, 89984, N);
	/* Too little for two. */
	map_set(map, 0, N - 1000, MAP_GOOD);
	division_begin(&division, 2, map);
	check_stretch(0, 0, N);
	assert_false(division.stretches[1].is_active);
	/* Nothing at all. */
	map_set(map, 0, N, MAP_GOOD);
	division_begin(&division, 2, map);
	assert_int_equal(take(1, true), DIVISION_NOTHING);
}

static void test_who_is_done_takes_half(void **state)
{
	struct division_taken taken;

	(void)state;
	division_begin(&division, 2, map);
	read_on(0, 10000, 10);
	read_on(1, N - 49920, 10);
	taken = division_take(&division, 1, map, skipped, false);
	assert_int_equal(taken.kind, DIVISION_PART);
	assert_int_equal(taken.from, 0);
	/* The one that was faster takes more. */
	assert_int_equal(division.stretches[0].position, 10000);
	assert_int_equal(division.stretches[0].end, division.stretches[1].position);
	assert_int_equal(division.stretches[1].end, 49920);
	assert_true(division.stretches[1].position < 29952);
	assert_true(division.stretches[1].position > 10000);
}

static void test_the_rest_is_not_worth_it(void **state)
{
	(void)state;
	division_begin(&division, 2, map);
	read_on(1, N - 49920, 1);
	read_on(0, 49920 - 4000, 1);
	assert_int_equal(take(1, true), DIVISION_NOTHING);
	/* But where it takes long, it is. */
	division_note(&division, 0, 1, 1);
	assert_int_equal(take(1, true), DIVISION_PART);
}

static void test_what_is_being_read_is_not_taken(void **state)
{
	uint32_t from;

	(void)state;
	division_begin(&division, 2, map);
	read_on(1, N - 49920, 1);
	read_on(0, 49920 - 128, 1);
	from = division.stretches[0].position;
	division_advance(&division, 0, from, from + 128);
	assert_int_equal(take(1, true), DIVISION_NOTHING);
	/* The drive gives out in the middle of it. */
	division_leave(&division, 0);
	assert_int_equal(take(1, true), DIVISION_FREE);
	check_stretch(1, from, from + 128);
}

static void test_what_nobody_reads_comes_first(void **state)
{
	(void)state;
	division_begin(&division, 3, map);
	division_leave(&division, 1);
	read_on(2, N - 66560, 1);
	assert_int_equal(take(2, false), DIVISION_FREE);
	check_stretch(2, 33280, 66560);
	/* And the largest of it. */
	division_leave(&division, 2);
	map_set(map, 40000, 1000, MAP_GOOD);
	assert_int_equal(take(2, false), DIVISION_FREE);
	check_stretch(2, 41000, 66560);
}

static void test_what_was_skipped_comes_last(void **state)
{
	(void)state;
	division_begin(&division, 2, map);
	map_set(map, 0, N, MAP_GOOD);
	map_set(map, 5000, 300, MAP_UNTRIED);
	map_set(skipped, 5000, 100, MAP_UNSCRAPED);
	division_leave(&division, 0);
	division_leave(&division, 1);
	/* Of others, that is: this drive may read it. */
	assert_int_equal(take(0, false), DIVISION_FREE);
	check_stretch(0, 5100, 5300);
	assert_int_equal(take(1, false), DIVISION_NOTHING);
	assert_int_equal(take(1, true), DIVISION_SKIPPED);
	check_stretch(1, 5000, 5100);
}

/** Drives of all speeds, one of which gives out: everything is read once. */
static void test_everything_once(void **state)
{
	static const double seconds_each[] = { 0.001, 0.002, 0.0005, 0.01 };
	double clock[4] = { 0 };
	uint32_t n_read = 0;
	bool is_gone[4] = { false };

	(void)state;
	division_begin(&division, 4, map);
	for (unsigned n_steps = 0; n_steps < 10000 && map_count(map, MAP_UNTRIED) > 0; n_steps++) {
		size_t i = 0;
		struct map_range range;
		uint32_t n;

		for (size_t k = 1; k < 4; k++)
			if (!is_gone[k] && (is_gone[i] || clock[k] < clock[i]))
				i = k;
		if (i == 2 && clock[i] > 5) {
			division_leave(&division, i);
			is_gone[i] = true;
			continue;
		}
		if (!map_next(map, division.stretches[i].position, MAP_UNTRIED, &range) ||
		    range.start >= division.stretches[i].end || !division.stretches[i].is_active) {
			if (take(i, true) == DIVISION_NOTHING)
				clock[i] += 1;
			continue;
		}
		n = division.stretches[i].end - range.start < 128 ? division.stretches[i].end - range.start : 128;
		n = range.n_sectors < n ? range.n_sectors : n;
		division_advance(&division, i, range.start, range.start);
		read_on(i, n, n * seconds_each[i]);
		clock[i] += n * seconds_each[i];
		n_read += n;
	}
	assert_int_equal(map_count(map, MAP_UNTRIED), 0);
	assert_int_equal(n_read, N);
	/* Nobody was left to read alone for long: 1600 sectors a second with all but the third one, 3600 with it. */
	assert_true(clock[0] < 60 && clock[1] < 60 && clock[3] < 60);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_equal_parts, set_up, clean),
		cmocka_unit_test_setup_teardown(test_only_what_is_untried_is_divided, set_up, clean),
		cmocka_unit_test_setup_teardown(test_who_is_done_takes_half, set_up, clean),
		cmocka_unit_test_setup_teardown(test_the_rest_is_not_worth_it, set_up, clean),
		cmocka_unit_test_setup_teardown(test_what_is_being_read_is_not_taken, set_up, clean),
		cmocka_unit_test_setup_teardown(test_what_nobody_reads_comes_first, set_up, clean),
		cmocka_unit_test_setup_teardown(test_what_was_skipped_comes_last, set_up, clean),
		cmocka_unit_test_setup_teardown(test_everything_once, set_up, clean),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
