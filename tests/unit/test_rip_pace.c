/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/unit.h"

#include "rip/pace.h"

/* A DVD drive of 16x, of which 256 KiB take 12 ms. */
enum { PEAK_KBPS = 22160, SPEED_1X_KBPS = 1385, PIECE = 128, UNIT = 16 };
#define PIECE_SECONDS 0.012

static struct pace pace;

static enum pace_advice note(uint32_t n_sectors, bool is_good, double seconds)
{
	const struct pace_read read = { n_sectors, is_good, is_good && pace_is_slow(&pace, n_sectors, seconds),
					seconds };

	return pace_note(&pace, &read);
}

static void read_healthy(unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		assert_int_equal(note(PIECE, true, PIECE_SECONDS * (pace.rung == 0 ? 1 : 2)), PACE_KEEP);
}

/* Reads that fail until something else than going on is advised; 0 if nothing is within 1000. */
static unsigned fail_until_advised(double seconds, enum pace_advice *ret_advice)
{
	for (unsigned n = 1; n <= 1000; n++) {
		*ret_advice = note(UNIT, false, seconds);
		if (*ret_advice != PACE_KEEP)
			return n;
	}
	return 0;
}

static int set_up(void **state)
{
	(void)state;
	pace = (struct pace){ .n_rungs = 0 };
	pace_set_rungs(&pace, PEAK_KBPS, SPEED_1X_KBPS, 0);
	return 0;
}

static void test_rungs_go_down_to_1x(void **state)
{
	(void)state;
	assert_int_equal(pace.n_rungs, 4);
	assert_int_equal(pace.rungs[0].kbps, 0);
	assert_int_equal(pace.rungs[1].kbps, PEAK_KBPS / 2);
	assert_int_equal(pace.rungs[3].kbps, SPEED_1X_KBPS);
	/* None is above what the caller allows, and none is too much for a drive of one speed. */
	pace_set_rungs(&pace, PEAK_KBPS, SPEED_1X_KBPS, 2 * SPEED_1X_KBPS);
	assert_int_equal(pace.n_rungs, 2);
	pace_set_rungs(&pace, SPEED_1X_KBPS, SPEED_1X_KBPS, 0);
	assert_int_equal(pace.n_rungs, 1);
	pace_set_rungs(&pace, 0, 0, 0);
	assert_int_equal(pace.n_rungs, 1);
}

static void test_short_failures_change_nothing(void **state)
{
	enum pace_advice advice;

	(void)state;
	read_healthy(100);
	assert_int_equal(fail_until_advised(0.1, &advice), 0);
	assert_int_equal(pace_kbps(&pace), 0);
}

static void test_few_failures_among_good_reads_change_nothing(void **state)
{
	(void)state;
	read_healthy(100);
	/* At half the speed it would take longer even if nothing failed. */
	for (unsigned i = 0; i < 100; i++) {
		assert_int_equal(note(UNIT, false, 1.0), PACE_KEEP);
		read_healthy(100);
	}
	assert_int_equal(pace_kbps(&pace), 0);
}

static void test_a_lower_speed_stays_if_it_brings_more(void **state)
{
	enum pace_advice advice;

	(void)state;
	read_healthy(100);
	assert_true(fail_until_advised(1.5, &advice) <= 4);
	assert_int_equal(advice, PACE_LOWER);
	assert_int_equal(pace_kbps(&pace), PEAK_KBPS / 2);
	/* Something fails, less than before. */
	for (unsigned i = 0; i < 3; i++) {
		assert_int_equal(note(UNIT, false, 1.5), PACE_KEEP);
		assert_int_equal(note(UNIT, true, 0.1), PACE_KEEP);
	}
	assert_int_equal(note(UNIT, false, 1.5), PACE_STAY);
	assert_int_equal(pace_kbps(&pace), PEAK_KBPS / 2);
	/* When all is well for 2 s it is raised. */
	for (unsigned i = 0; i < 83; i++)
		assert_int_equal(note(PIECE, true, 2 * PIECE_SECONDS), PACE_KEEP);
	assert_int_equal(note(PIECE, true, 2 * PIECE_SECONDS), PACE_RAISE);
	assert_int_equal(pace_kbps(&pace), 0);
}

static void test_raised_too_soon_it_stays_down_for_longer(void **state)
{
	double seconds[2];
	enum pace_advice advice;

	(void)state;
	read_healthy(100);
	for (unsigned k = 0; k < 2; k++) {
		assert_true(fail_until_advised(1.5, &advice) <= 4);
		assert_int_equal(advice, PACE_LOWER);
		seconds[k] = 0;
		do
			seconds[k] += 2 * PIECE_SECONDS;
		while (note(PIECE, true, 2 * PIECE_SECONDS) != PACE_RAISE);
	}
	assert_true(seconds[1] > 1.8 * seconds[0]);
}

static void test_one_that_brings_nothing_is_tried_ever_less(void **state)
{
	unsigned n, n_last = 0;
	enum pace_advice advice;

	(void)state;
	read_healthy(100);
	for (unsigned k = 0; k < 5; k++) {
		n = fail_until_advised(1.5, &advice);
		assert_int_equal(advice, PACE_LOWER);
		assert_true(n >= 2 * n_last);
		n_last = n;
		assert_int_equal(fail_until_advised(3, &advice), 4);
		assert_int_equal(advice, PACE_BACK);
		assert_int_equal(pace_kbps(&pace), 0);
	}
}

static void test_it_goes_further_down_where_that_pays(void **state)
{
	enum pace_advice advice;

	(void)state;
	read_healthy(100);
	fail_until_advised(1.5, &advice);
	assert_int_equal(note(UNIT, true, 0.1), PACE_KEEP);
	assert_int_equal(fail_until_advised(1.5, &advice), 4);
	assert_int_equal(advice, PACE_STAY);
	assert_int_equal(fail_until_advised(1.5, &advice), 1);
	assert_int_equal(advice, PACE_LOWER);
	assert_int_equal(pace_kbps(&pace), PEAK_KBPS / 4);
}

static void test_slow_is_a_tenth_of_the_usual_rate(void **state)
{
	(void)state;
	/* Nothing is known yet. */
	assert_false(pace_is_slow(&pace, PIECE, 5));
	read_healthy(100);
	assert_true(pace_is_slow(&pace, PIECE, 1.5));
	/* A seek, a change of the speed. */
	assert_false(pace_is_slow(&pace, PIECE, 0.8));
	assert_false(pace_is_slow(&pace, PIECE, PIECE_SECONDS * 2));
}

static void test_a_drive_of_which_no_speed_can_be_set_stays_as_it_is(void **state)
{
	enum pace_advice advice;

	(void)state;
	read_healthy(100);
	fail_until_advised(1.5, &advice);
	pace_refuse(&pace);
	assert_int_equal(pace_kbps(&pace), 0);
	assert_int_equal(fail_until_advised(1.5, &advice), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_rungs_go_down_to_1x, set_up),
		cmocka_unit_test_setup(test_short_failures_change_nothing, set_up),
		cmocka_unit_test_setup(test_few_failures_among_good_reads_change_nothing, set_up),
		cmocka_unit_test_setup(test_a_lower_speed_stays_if_it_brings_more, set_up),
		cmocka_unit_test_setup(test_raised_too_soon_it_stays_down_for_longer, set_up),
		cmocka_unit_test_setup(test_one_that_brings_nothing_is_tried_ever_less, set_up),
		cmocka_unit_test_setup(test_it_goes_further_down_where_that_pays, set_up),
		cmocka_unit_test_setup(test_slow_is_a_tenth_of_the_usual_rate, set_up),
		cmocka_unit_test_setup(test_a_drive_of_which_no_speed_can_be_set_stays_as_it_is, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
