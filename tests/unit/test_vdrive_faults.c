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

static void test_words_for_what_happens(void **state)
{
	static const struct {
		const char *rule;
		uint8_t opcode;
		struct fault_outcome expected;
	} cases[] = {
		{ "read read-error",
		  READ_10,
		  { .is_failed = true, .effect = FAULT_SENSE, .key = 3, .asc = 0x11, .ascq = 5, .status = 2 } },
		{ "write write-error",
		  WRITE_10,
		  { .is_failed = true, .effect = FAULT_SENSE, .key = 3, .asc = 0x0c, .ascq = 0, .status = 2 } },
		{ "write calibration-error",
		  WRITE_10,
		  { .is_failed = true, .effect = FAULT_SENSE, .key = 3, .asc = 0x73, .ascq = 3, .status = 2 } },
		{ "read changed",
		  READ_10,
		  { .is_failed = true, .effect = FAULT_SENSE, .key = 6, .asc = 0x28, .ascq = 0, .status = 2 } },
		{ "read host=time-out", READ_10, { .is_failed = true, .effect = FAULT_HOST, .host_status = 3 } },
		{ "read host=reset", READ_10, { .is_failed = true, .effect = FAULT_HOST, .host_status = 8 } },
		{ "read host=gone", READ_10, { .is_failed = true, .effect = FAULT_HOST, .host_status = 1 } },
		{ "read host=error", READ_10, { .is_failed = true, .effect = FAULT_HOST, .host_status = 7 } },
		{ "read short=0", READ_10, { .is_failed = false, .effect = FAULT_SHORT } },
		{ "read short=4096", READ_10, { .is_failed = false, .effect = FAULT_SHORT, .amount = 4096 } },
		{ "read flip", READ_10, { .is_failed = false, .effect = FAULT_FLIP, .amount = 1 } },
		{ "read flip=7", READ_10, { .is_failed = false, .effect = FAULT_FLIP, .amount = 7 } },
		{ "read stale", READ_10, { .is_failed = false, .effect = FAULT_STALE } },
		{ "capacity capacity=9", 0x25, { .is_failed = false, .effect = FAULT_CAPACITY, .amount = 9 } },
		{ "read remove", READ_10, { .is_failed = true, .effect = FAULT_REMOVE } },
		{ "read exchange=a b", READ_10, { .is_failed = true, .effect = FAULT_EXCHANGE } },
		{ "read tray", READ_10, { .is_failed = true, .effect = FAULT_TRAY } },
		{ "flush power-loss", SYNC_CACHE, { .is_failed = true, .effect = FAULT_POWER_LOSS } },
		{ "write underrun", WRITE_10, { .is_failed = true, .effect = FAULT_UNDERRUN } },
		{ "test unplug", TEST_UNIT_READY, { .is_failed = true, .effect = FAULT_UNPLUG } },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct fault_outcome *expected = &cases[i].expected;

		assert_int_equal(faults_replace(faults, FAULTS_GIVEN, NULL, 0, NULL), 0);
		add(cases[i].rule);
		assert_true(apply(cases[i].opcode, 0, 1));
		assert_int_equal(outcome.effect, expected->effect);
		assert_int_equal(outcome.is_failed, expected->is_failed);
		assert_int_equal(outcome.key << 16 | outcome.asc << 8 | outcome.ascq,
				 expected->key << 16 | expected->asc << 8 | expected->ascq);
		assert_int_equal(outcome.status, expected->status);
		assert_int_equal(outcome.host_status, expected->host_status);
		assert_int_equal(outcome.amount, expected->amount);
		if (expected->effect == FAULT_EXCHANGE)
			assert_string_equal(outcome.path, "a b");
	}
}

/* About as often as it says, and in every run the same. */
static void test_probability(void **state)
{
	bool first[1000];
	unsigned n = 0, n_same = 0;

	(void)state;
	add("read probability=20% seed=5 read-error");
	for (unsigned i = 0; i < 1000; i++) {
		first[i] = apply(READ_10, 0, 1);
		n += first[i];
	}
	assert_in_range(n, 160, 240);
	faults_replace(faults, FAULTS_GIVEN, NULL, 0, NULL);
	add("read probability=0.2 seed=5 read-error");
	for (unsigned i = 0; i < 1000; i++)
		assert_int_equal(apply(READ_10, 0, 1), first[i]);
	faults_replace(faults, FAULTS_GIVEN, NULL, 0, NULL);
	add("read probability=0.2 seed=6 read-error");
	for (unsigned i = 0; i < 1000; i++)
		n_same += apply(READ_10, 0, 1) == first[i];
	assert_in_range(n_same, 500, 900);
	faults_replace(faults, FAULTS_GIVEN, NULL, 0, NULL);
	add("read probability=0 read-error");
	add("read probability=100% count=3 delay=1");
	for (unsigned i = 0; i < 10; i++)
		assert_int_equal(apply(READ_10, 0, 1), i < 3);
}

static void test_a_capacity_waits_for_its_command(void **state)
{
	(void)state;
	add("any capacity=100 count=1");
	assert_false(apply(READ_10, 0, 1));
	assert_true(apply(0x25, 0, 0));
	assert_false(apply(0x25, 0, 0));
}

static void test_marks_are_no_rules_of_commands(void **state)
{
	size_t n;
	unsigned before, after;

	(void)state;
	faults_marks(faults, &n, &before);
	assert_int_equal(n, 0);
	add("ring lba=5-9 seed=3");
	assert_int_equal(faults_marks(faults, &n, &after)[0].seed, 3);
	assert_int_equal(n, 1);
	assert_int_not_equal(before, after);
	assert_false(apply(READ_10, 5, 1));
	/* The same marks are no change. */
	add("read lba=1 read-error");
	faults_marks(faults, &n, &before);
	assert_int_equal(before, after);
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
		{ "flush lba=4 read-error", "no lba" },
		{ "any lba=4 capacity=5", "no lba" },
		{ "read host=away", "gone, time-out" },
		{ "read probability=2 read-error", "probability=2" },
		{ "read probability=200% read-error", "probability=200%" },
		{ "read probability=x read-error", "probability=x" },
		{ "read seed=-1 read-error", "seed=-1" },
		{ "read short=-1", "short=-1" },
		{ "read short", "short=" },
		{ "read flip=0", "flip=0" },
		{ "read capacity=0", "capacity=0" },
		{ "read exchange=", "exchange=" },
		{ "read tray=open", "no value" },
		{ "read tray unplug", "one of" },
		{ "read flip stale", "one of" },
		{ "ring", "needs lba" },
		{ "scratch read-error", "\"read-error\"" },
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
		FAULT_TEST(test_words_for_what_happens),
		FAULT_TEST(test_probability),
		FAULT_TEST(test_a_capacity_waits_for_its_command),
		FAULT_TEST(test_marks_are_no_rules_of_commands),
		FAULT_TEST(test_wrong_rules),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
