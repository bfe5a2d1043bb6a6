/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "vdrive/faults.h"

#include <errno.h>
#include <string.h>

#include "unit/unit.h"

enum { READ_10 = 0x28, READ_12 = 0xa8, READ_CD = 0xbe, WRITE_10 = 0x2a, SYNC_CACHE = 0x35, TEST_UNIT_READY = 0 };

static struct faults *faults;
static struct fault_outcome outcome;

static int set_up(void **state)
{
	(void)state;
	faults = faults_new();
	return faults == NULL;
}

static int tear_down(void **state)
{
	(void)state;
	faults_free(faults);
	return 0;
}

static void add(const char *rule)
{
	struct discern_error err;

	assert_int_equal(faults_add(faults, rule, &err), 0);
}

static bool apply(uint8_t opcode, int32_t lba, uint32_t n_sectors)
{
	return faults_apply(faults, opcode, lba, n_sectors, &outcome);
}

static void test_lba_range(void **state)
{
	(void)state;
	add("read lba=100-104 sense=3/11/05");
	assert_false(apply(READ_10, 68, 32));
	assert_false(apply(READ_10, 105, 32));
	assert_false(apply(WRITE_10, 100, 1));
	assert_false(apply(READ_10, 100, 0));
	assert_true(apply(READ_10, 96, 32));
	assert_true(outcome.is_failed);
	assert_int_equal(outcome.status, 2);
	assert_int_equal(outcome.key, 3);
	assert_int_equal(outcome.asc, 0x11);
	assert_int_equal(outcome.ascq, 5);
	assert_int_equal(outcome.lba, 100);
	assert_true(apply(READ_12, 103, 32));
	assert_int_equal(outcome.lba, 103);
	assert_true(apply(READ_CD, 104, 1));
	assert_int_equal(outcome.host_status, 0);
	assert_int_equal(outcome.delay_ms, 0);
}

static void test_negative_lba(void **state)
{
	(void)state;
	add("write lba=-150--1 sense=3/73/03");
	assert_true(apply(WRITE_10, -150, 16));
	assert_int_equal(outcome.lba, -150);
	assert_false(apply(WRITE_10, 0, 16));
}

static void test_skip_and_count(void **state)
{
	(void)state;
	add("write skip=2 count=1 sense=3/0c/00");
	assert_false(apply(WRITE_10, 0, 1));
	assert_false(apply(READ_10, 0, 1));
	assert_false(apply(WRITE_10, 1, 1));
	assert_true(apply(WRITE_10, 2, 1));
	assert_int_equal(outcome.asc, 0x0c);
	assert_int_equal(outcome.lba, INT32_MIN);
	assert_false(apply(WRITE_10, 3, 1));
}

static void test_opcode_host_and_status(void **state)
{
	(void)state;
	add("0x35 host=3 count=1");
	add("0x35 status=8");
	assert_false(apply(TEST_UNIT_READY, 0, 0));
	assert_true(apply(SYNC_CACHE, 0, 0));
	assert_int_equal(outcome.host_status, 3);
	assert_int_equal(outcome.status, 0);
	assert_true(outcome.is_failed);
	assert_true(apply(SYNC_CACHE, 0, 0));
	assert_int_equal(outcome.host_status, 0);
	assert_int_equal(outcome.status, 8);
}

static void test_delay_alone_and_beside(void **state)
{
	(void)state;
	add("any delay=5");
	add("read delay=20 sense=2/04/01");
	assert_true(apply(TEST_UNIT_READY, 0, 0));
	assert_false(outcome.is_failed);
	assert_int_equal(outcome.delay_ms, 5);
	assert_true(apply(READ_10, 0, 1));
	assert_true(outcome.is_failed);
	assert_int_equal(outcome.delay_ms, 25);
}

static void test_recovered_error_is_carried_out(void **state)
{
	(void)state;
	add("read sense=1/17/01");
	assert_true(apply(READ_10, 0, 1));
	assert_false(outcome.is_failed);
	assert_int_equal(outcome.key, 1);
	assert_int_equal(outcome.status, 2);
}

static void test_sense_key_zero_is_a_failure(void **state)
{
	(void)state;
	add("write sense=0/00/00");
	assert_true(apply(WRITE_10, 0, 1));
	assert_true(outcome.is_failed);
	assert_int_equal(outcome.status, 2);
	assert_int_equal(outcome.key, 0);
}

static void test_a_failure_waits_while_another_applies(void **state)
{
	(void)state;
	add("read count=1 sense=3/11/00");
	add("read count=1 sense=4/09/00");
	assert_true(apply(READ_10, 0, 1));
	assert_int_equal(outcome.key, 3);
	assert_true(apply(READ_10, 0, 1));
	assert_int_equal(outcome.key, 4);
	assert_false(apply(READ_10, 0, 1));
}

static void test_wrong_rules(void **state)
{
	static const struct {
		const char *rule, *words;
	} cases[] = {
		{ "", "empty" },
		{ "  ", "empty" },
		{ "erase sense=3/11/00", "\"erase\" is no operation" },
		{ "0x1ff sense=3/11/00", "\"0x1ff\" is no operation" },
		{ "35 sense=3/11/00", "\"35\" is no operation" },
		{ "read", "does nothing" },
		{ "read lba=5 count=2", "does nothing" },
		{ "read lba=9-5 sense=3/11/00", "lower sector first" },
		{ "read lba= sense=3/11/00", "lba=" },
		{ "read lba=1-2-3 sense=3/11/00", "lba=" },
		{ "read lba=99999999999 sense=3/11/00", "lba=" },
		{ "read sense=3/11", "sense=3/11:" },
		{ "read sense=10/11/00", "sense=10/11/00:" },
		{ "read sense=3/111/00", "sense=" },
		{ "read sense=3/11/00x", "sense=" },
		{ "read sense", "sense=" },
		{ "read count=0 sense=3/11/00", "count=0" },
		{ "read skip=x sense=3/11/00", "skip=x" },
		{ "read delay=0", "delay=0" },
		{ "read delay=3600001", "delay=3600001" },
		{ "read host=0", "host=0" },
		{ "read status=256", "status=256" },
		{ "read sense=3/11/00 host=3", "one of sense, status and host" },
		{ "read colour=red sense=3/11/00", "\"colour\"" },
		{ "0x35 lba=4 sense=3/11/00", "no lba" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct discern_error err = { 0 };

		assert_int_equal(faults_add(faults, cases[i].rule, &err), -EINVAL);
		assert_int_equal(err.code, -EINVAL);
		if (strstr(err.text, cases[i].words) == NULL)
			fail_msg("\"%s\": \"%s\" does not say \"%s\"", cases[i].rule, err.text, cases[i].words);
		assert_int_equal(faults_add(faults, cases[i].rule, NULL), -EINVAL);
	}
	assert_false(apply(READ_10, 5, 1));
	assert_false(apply(SYNC_CACHE, 0, 0));
}

#define FAULT_TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		FAULT_TEST(test_lba_range),
		FAULT_TEST(test_negative_lba),
		FAULT_TEST(test_skip_and_count),
		FAULT_TEST(test_opcode_host_and_status),
		FAULT_TEST(test_delay_alone_and_beside),
		FAULT_TEST(test_recovered_error_is_carried_out),
		FAULT_TEST(test_sense_key_zero_is_a_failure),
		FAULT_TEST(test_a_failure_waits_while_another_applies),
		FAULT_TEST(test_wrong_rules),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
