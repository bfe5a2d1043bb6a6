/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/unit.h"

#include <errno.h>
#include <string.h>

#include "base/error.h"
#include "rip/end.h"
#include "support/fault_source.h"

static struct fault_source source;
static struct discern_error err;
static uint32_t n_run_out;

static int find(struct rip_plan *plan)
{
	discern_error_clear(&err);
	return end_find(&source.base, plan, &n_run_out, &err);
}

static void test_run_out_is_cut_off(void **state)
{
	static const int codes[] = { -ENXIO, -EIO };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct rip_plan plan = {
			.n_sectors = 1002, .n_volume_sectors = 1000, .has_run_out = true, .was_burned = true
		};

		fault_source_init(&source, 1002, 32, 1);
		fault_source_add(&source, 1000, 2, 0, codes[i]);
		assert_int_equal(find(&plan), 0);
		assert_int_equal(plan.n_sectors, 1000);
		assert_int_equal(n_run_out, 2);
	}
}

static void test_damage_of_a_pressed_disc_is_no_run_out(void **state)
{
	struct rip_plan plan = { .n_sectors = 1002, .n_volume_sectors = 1000, .has_run_out = true };

	(void)state;
	fault_source_init(&source, 1002, 32, 1);
	fault_source_add(&source, 1000, 2, 0, -EIO);
	assert_int_equal(find(&plan), 0);
	assert_int_equal(plan.n_sectors, 1002);
	assert_int_equal(n_run_out, 0);
}

static void test_a_sector_of_the_volume_is_never_run_out(void **state)
{
	struct rip_plan plan = { .n_sectors = 1002, .n_volume_sectors = 1001, .has_run_out = true, .was_burned = true };

	(void)state;
	fault_source_init(&source, 1002, 32, 1);
	fault_source_add(&source, 1000, 2, 0, -EIO);
	assert_int_equal(find(&plan), 0);
	assert_int_equal(plan.n_sectors, 1001);
	assert_int_equal(n_run_out, 1);
}

static void test_more_than_two_are_damage(void **state)
{
	struct rip_plan plan = { .n_sectors = 1002, .has_run_out = true, .was_burned = true };

	(void)state;
	fault_source_init(&source, 1002, 32, 1);
	fault_source_add(&source, 990, 12, 0, -EIO);
	assert_int_equal(find(&plan), 0);
	assert_int_equal(plan.n_sectors, 1000);
}

static void test_readable_end_stays(void **state)
{
	struct rip_plan plan = { .n_sectors = 1002, .n_volume_sectors = 900, .has_run_out = true, .was_burned = true };

	(void)state;
	fault_source_init(&source, 1002, 32, 1);
	assert_int_equal(find(&plan), 0);
	assert_int_equal(plan.n_sectors, 1002);
	assert_int_equal(n_run_out, 0);
}

static void test_what_the_drive_does_not_have_is_cut_off(void **state)
{
	struct rip_plan plan = { .n_sectors = 100000, .n_volume_sectors = 100000 };

	(void)state;
	fault_source_init(&source, 4321, 32, 16);
	assert_int_equal(find(&plan), 0);
	assert_int_equal(plan.n_sectors, 4321);
	assert_true(source.n_reads < 30);
}

/* Of a volume whose end was never written. */
static void test_run_out_behind_a_volume_cut_off(void **state)
{
	struct rip_plan plan = { .n_sectors = 3183, .n_volume_sectors = 3183, .is_cd_track = true, .was_burned = true };

	(void)state;
	fault_source_init(&source, 2003, 32, 1);
	fault_source_add(&source, 2001, 2, 0, -EIO);
	assert_int_equal(find(&plan), 0);
	assert_int_equal(plan.n_sectors, 2001);
	assert_int_equal(n_run_out, 2);
}

/* A track that is not there yet is no data track. */
static void test_no_track_behind_the_recorded_area(void **state)
{
	struct rip_plan plan = { .n_sectors = 3183, .n_volume_sectors = 3183, .n_recorded = 2003, .is_cd_track = true };

	(void)state;
	fault_source_init(&source, 4000, 32, 1);
	fault_source_add(&source, 2001, 1999, 0, -ENXIO);
	source.faults[0].sense = (struct discern_sense){ 5, 0x64, 0 };
	assert_int_equal(find(&plan), 0);
	assert_int_equal(plan.n_sectors, 2001);
}

static void test_sectors_of_another_form_are_not_the_end(void **state)
{
	struct rip_plan plan = { .n_sectors = 4000, .n_volume_sectors = 1000, .has_run_out = true };

	(void)state;
	fault_source_init(&source, 4000, 32, 1);
	fault_source_add(&source, 1000, 3000, 0, -ENXIO);
	assert_int_equal(find(&plan), 0);
	assert_int_equal(plan.n_sectors, 3998);
}

static void test_a_gap_is_not_the_end(void **state)
{
	struct rip_plan plan = { .n_sectors = 20000, .n_gaps = 1, .gaps = { { 302, 11400 } } };

	(void)state;
	fault_source_init(&source, 16000, 32, 1);
	fault_source_add(&source, 302, 11400, 0, -ENXIO);
	assert_int_equal(find(&plan), 0);
	assert_int_equal(plan.n_sectors, 16000);
}

static void zero_from(int32_t lba, uint8_t *sector, void *user)
{
	if (lba >= *(const int32_t *)user)
		memset(sector, 0, DISCERN_SECTOR_SIZE);
}

static void test_only_zeros_are_padding(void **state)
{
	int32_t zeros = 2481;
	struct rip_plan plan = { .n_sectors = 2496, .n_volume_sectors = 2481, .n_padding_max = 15 };

	(void)state;
	fault_source_init(&source, 2496, 32, 16);
	source.overlay = zero_from;
	source.user = &zeros;
	assert_int_equal(find(&plan), 0);
	assert_int_equal(plan.n_sectors, 2481);

	plan.n_sectors = 2496;
	zeros = 2482;
	assert_int_equal(find(&plan), 0);
	assert_int_equal(plan.n_sectors, 2496);

	zeros = 2481;
	fault_source_add(&source, 2490, 1, 0, -EIO);
	assert_int_equal(find(&plan), 0);
	assert_int_equal(plan.n_sectors, 2496);

	/* It shows also when a wrong size was cut first. */
	plan = (struct rip_plan){ .n_sectors = 5000, .n_volume_sectors = 2481, .n_unit_sectors = 16 };
	fault_source_init(&source, 2496, 32, 16);
	source.overlay = zero_from;
	source.user = &zeros;
	assert_int_equal(find(&plan), 0);
	assert_int_equal(plan.n_sectors, 2481);
}

static void test_trouble_is_returned(void **state)
{
	struct rip_plan plan = { .n_sectors = 1000, .has_run_out = true, .was_burned = true };

	(void)state;
	fault_source_init(&source, 1000, 32, 1);
	source.trouble_at_read = 1;
	source.trouble_code = -ENOMEDIUM;
	assert_int_equal(find(&plan), -ENOMEDIUM);
}

static void test_protection_has_its_own_code(void **state)
{
	struct rip_plan plan = { .n_sectors = 1000, .has_run_out = true, .was_burned = true };

	(void)state;
	fault_source_init(&source, 1000, 32, 16);
	fault_source_add(&source, 999, 1, 0, -EKEYREJECTED);
	source.faults[0].sense = (struct discern_sense){ 5, 0x6f, 0x03 };
	assert_int_equal(find(&plan), -EKEYREJECTED);
	assert_non_null(strstr(err.text, "copy-protected"));
	assert_int_equal(err.sense.asc, 0x6f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_run_out_is_cut_off),
		cmocka_unit_test(test_damage_of_a_pressed_disc_is_no_run_out),
		cmocka_unit_test(test_a_sector_of_the_volume_is_never_run_out),
		cmocka_unit_test(test_more_than_two_are_damage),
		cmocka_unit_test(test_readable_end_stays),
		cmocka_unit_test(test_what_the_drive_does_not_have_is_cut_off),
		cmocka_unit_test(test_run_out_behind_a_volume_cut_off),
		cmocka_unit_test(test_no_track_behind_the_recorded_area),
		cmocka_unit_test(test_sectors_of_another_form_are_not_the_end),
		cmocka_unit_test(test_a_gap_is_not_the_end),
		cmocka_unit_test(test_only_zeros_are_padding),
		cmocka_unit_test(test_trouble_is_returned),
		cmocka_unit_test(test_protection_has_its_own_code),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
