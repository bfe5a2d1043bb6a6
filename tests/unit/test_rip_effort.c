/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/unit.h"

#include <string.h>

#include "rip/effort.h"

/* A DVD drive of 16x: 22 MB/s, 1x is 1385 kB/s. */
enum { PEAK_KBPS = 22160, SPEED_1X_KBPS = 1385 };

static struct effort effort;

static int set_up(void **state)
{
	(void)state;
	effort_init(&effort, PEAK_KBPS, SPEED_1X_KBPS, 0);
	effort.n_rounds = 1;
	effort.is_open_ended = true;
	return 0;
}

static void test_ways_differ_in_speed_and_retries(void **state)
{
	bool has_full = false, has_slowest = false;

	(void)state;
	assert_true(effort.n_ways >= 4);
	for (size_t i = 0; i < effort.n_ways; i++) {
		const struct effort_way *way = &effort.ways[i];

		assert_true(way->n_in_row >= 1);
		assert_true(way->effort.speed_kbps <= PEAK_KBPS / 2);
		assert_true(way->words[0] != '\0');
		has_full |= way->effort.speed_kbps == 0 && !way->effort.gives_up_soon;
		has_slowest |= way->effort.speed_kbps == SPEED_1X_KBPS;
		for (size_t k = 0; k < i; k++)
			assert_true(memcmp(&way->effort, &effort.ways[k].effort, sizeof(way->effort)) != 0);
	}
	assert_true(has_full && has_slowest);
}

static void test_no_way_is_faster_than_the_caller_allows(void **state)
{
	(void)state;
	effort_init(&effort, PEAK_KBPS, SPEED_1X_KBPS, 2770);
	for (size_t i = 0; i < effort.n_ways; i++)
		assert_true(effort.ways[i].effort.speed_kbps <= 2770);
}

static void test_a_drive_of_one_speed_has_one_way(void **state)
{
	(void)state;
	effort_init(&effort, SPEED_1X_KBPS, SPEED_1X_KBPS, 0);
	assert_int_equal(effort.n_ways, 1);
	assert_int_equal(effort.ways[0].effort.speed_kbps, 0);
}

/* Tries the way chosen, of which one at index best brings something each time. */
static struct effort_way *try_next(size_t best)
{
	struct effort_way *way = effort_choose(&effort);

	assert_non_null(way);
	effort_note(way, (size_t)(way - effort.ways) == best ? 16 : 0, 1.0);
	return way;
}

static void test_what_brings_most_is_taken(void **state)
{
	(void)state;
	for (size_t best = 0; best < effort.n_ways; best++) {
		unsigned n_tries = 0;

		set_up(NULL);
		/* Each is looked at first. */
		while ((size_t)(try_next(best) - effort.ways) != effort.n_ways - 1)
			assert_true(++n_tries < 200);
		for (unsigned i = 0; i < 20; i++)
			try_next(best);
		for (unsigned i = 0; i < 20; i++)
			assert_int_equal(try_next(best) - effort.ways, best);
	}
}

static void test_what_brings_less_and_less_is_left(void **state)
{
	struct effort_way *first;

	(void)state;
	for (size_t i = 0; i < effort.n_ways; i++)
		for (unsigned n = 0; n < 12; n++)
			effort_note(&effort.ways[i], i == 0 ? 16 : i == 1 ? 4 : 0, 1.0);
	first = effort_choose(&effort);
	assert_int_equal(first - effort.ways, 0);
	for (unsigned n = 0; n < 200; n++)
		effort_note(first, 0, 1.0);
	assert_int_equal(effort_choose(&effort) - effort.ways, 1);
}

/* One round of a way, in which so many sectors come back. */
static void make_round(struct effort_way *way, uint32_t n_gained)
{
	effort_note(way, n_gained, 1.0);
	effort_end_round(way);
}

static void test_rounds_end_when_they_bring_nothing(void **state)
{
	struct effort_way *way;

	(void)state;
	for (size_t i = 1; i < effort.n_ways; i++)
		make_round(&effort.ways[i], 0);
	way = effort_choose(&effort);
	assert_ptr_equal(way, &effort.ways[0]);
	for (unsigned i = 0; i < 5; i++) {
		make_round(way, 1);
		assert_ptr_equal(effort_choose(&effort), way);
	}
	make_round(way, 0);
	assert_null(effort_choose(&effort));
	/* Other places. */
	effort_restart(&effort);
	assert_non_null(effort_choose(&effort));
}

static void test_a_number_of_rounds_is_kept(void **state)
{
	(void)state;
	effort.is_open_ended = false;
	effort.n_rounds = 2;
	for (size_t i = 0; i < effort.n_ways; i++) {
		make_round(&effort.ways[i], 0);
		assert_false(effort_is_done(&effort, &effort.ways[i]));
		make_round(&effort.ways[i], 5);
		assert_true(effort_is_done(&effort, &effort.ways[i]));
	}
	assert_null(effort_choose(&effort));
}

static void test_what_the_drive_refuses_is_left_out(void **state)
{
	(void)state;
	for (size_t i = 0; i + 1 < effort.n_ways; i++)
		effort.ways[i].is_refused = true;
	assert_ptr_equal(effort_choose(&effort), &effort.ways[effort.n_ways - 1]);
	effort.ways[effort.n_ways - 1].is_refused = true;
	assert_null(effort_choose(&effort));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_ways_differ_in_speed_and_retries, set_up),
		cmocka_unit_test_setup(test_no_way_is_faster_than_the_caller_allows, set_up),
		cmocka_unit_test_setup(test_a_drive_of_one_speed_has_one_way, set_up),
		cmocka_unit_test_setup(test_what_brings_most_is_taken, set_up),
		cmocka_unit_test_setup(test_what_brings_less_and_less_is_left, set_up),
		cmocka_unit_test_setup(test_rounds_end_when_they_bring_nothing, set_up),
		cmocka_unit_test_setup(test_a_number_of_rounds_is_kept, set_up),
		cmocka_unit_test_setup(test_what_the_drive_refuses_is_left_out, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
