/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What each fault does to a drive and its medium. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/file.h"
#include "support/virtual_drive.h"
#include "unit/unit.h"

static struct test_drive t;

static void add(const char *rule)
{
	struct discern_error err = { 0 };

	if (vdrive_add_fault(t.drive, rule, &err) != 0)
		fail_msg("%s: %s", rule, err.text);
}

static unsigned read_at(uint32_t lba, uint16_t n_sectors)
{
	uint8_t cdb[12] = { 0x28 };

	put_be32(cdb + 2, lba);
	put_be16(cdb + 7, n_sectors);
	return test_read(&t, cdb, (size_t)n_sectors * 2048);
}

static unsigned write_at(uint32_t lba, uint16_t n_sectors, char letter)
{
	static uint8_t data[32 * 2048];
	uint8_t cdb[12] = { 0x2a };

	memset(data, letter, sizeof(data));
	put_be32(cdb + 2, lba);
	put_be16(cdb + 7, n_sectors);
	return test_write(&t, cdb, data, (size_t)n_sectors * 2048);
}

/* Sectors of a pressed test disc begin with their address. */
static bool is_sector(const uint8_t *data, uint32_t lba)
{
	char expected[32];

	snprintf(expected, sizeof(expected), "sector %u", lba);
	return strcmp((const char *)data, expected) == 0;
}

static unsigned count_wrong_bits(const uint8_t *data, uint32_t first_lba, unsigned n_sectors)
{
	unsigned n = 0;

	for (unsigned i = 0; i < n_sectors; i++) {
		uint8_t expected[2048] = { 0 };

		snprintf((char *)expected, sizeof(expected), "sector %u", first_lba + i);
		for (unsigned k = 0; k < sizeof(expected); k++)
			n += (unsigned)__builtin_popcount(expected[k] ^ data[i * 2048 + k]);
	}
	return n;
}

static void test_short_transfer(void **state)
{
	(void)state;
	test_drive_open(&t, "cd-rom", 100);
	add("read lba=10 short=3000");
	assert_int_equal(read_at(8, 4), 0);
	assert_int_equal(t.answer.transferred, 3000);
	assert_int_equal(read_at(20, 4), 0);
	assert_int_equal(t.answer.transferred, 8192);
	test_drive_close(&t);
}

static void test_flipped_bits(void **state)
{
	unsigned n;

	(void)state;
	test_drive_open(&t, "cd-rom", 100);
	add("read lba=10-11 count=1 flip");
	assert_int_equal(read_at(8, 8), 0);
	assert_int_equal(count_wrong_bits(t.data, 8, 2), 0);
	assert_int_equal(count_wrong_bits(t.data + 2 * 2048, 10, 2), 1);
	assert_int_equal(count_wrong_bits(t.data + 4 * 2048, 12, 4), 0);
	assert_int_equal(read_at(8, 8), 0);
	assert_int_equal(count_wrong_bits(t.data, 8, 8), 0);
	add("read count=1 flip=100");
	assert_int_equal(read_at(50, 4), 0);
	n = count_wrong_bits(t.data, 50, 4);
	assert_in_range(n, 90, 100);
	test_drive_close(&t);
}

static void test_stale_reads(void **state)
{
	(void)state;
	test_drive_open(&t, "cd-rom", 100);
	add("read lba=20-29 stale");
	assert_int_equal(read_at(20, 1), 0);
	assert_int_equal(t.data[0], 0);
	assert_int_equal(read_at(5, 2), 0);
	assert_int_equal(read_at(20, 3), 0);
	assert_true(is_sector(t.data, 5) && is_sector(t.data + 2048, 6) && is_sector(t.data + 4096, 5));
	assert_int_equal(read_at(30, 1), 0);
	assert_true(is_sector(t.data, 30));
	test_drive_close(&t);
}

static void format_dvd_plus_rw(void)
{
	assert_int_equal(test_write(&t, CDB(0x04, 0x11), (const uint8_t[12]){ 0, 0, 0, 8, 0, 0, 0xc4, 0xe0, 0x98 }, 12),
			 0);
}

static void test_wrong_writes(void **state)
{
	(void)state;
	test_drive_open(&t, "dvd+rw", 50400);
	format_dvd_plus_rw();
	assert_int_equal(write_at(0, 32, 'a'), 0);
	add("write lba=0 count=1 stale");
	assert_int_equal(write_at(0, 16, 'b'), 0);
	assert_int_equal(t.answer.transferred, 16 * 2048);
	assert_int_equal(read_at(0, 1), 0);
	assert_int_equal(t.data[0], 'a');
	add("write lba=16 count=1 short=4096");
	assert_int_equal(write_at(16, 16, 'c'), 0);
	assert_int_equal(t.answer.transferred, 4096);
	assert_int_equal(read_at(17, 2), 0);
	assert_int_equal(t.data[0], 'c');
	assert_int_equal(t.data[2048], 'a');
	add("write lba=40 count=1 flip");
	assert_int_equal(write_at(32, 16, 0), 0);
	assert_int_equal(read_at(32, 16), 0);
	for (unsigned i = 0; i < 16; i++) {
		unsigned n = 0;

		for (unsigned k = 0; k < 2048; k++)
			n += (unsigned)__builtin_popcount(t.data[i * 2048 + k]);
		assert_int_equal(n, i == 8 ? 1 : 0);
	}
	test_drive_close(&t);
}

/* Data that is lost on its way does not stop a sequential medium. */
static void test_a_write_that_is_lost_in_a_sequence(void **state)
{
	(void)state;
	test_drive_open(&t, "dvd+r", 50400);
	add("write lba=16 count=1 stale");
	assert_int_equal(write_at(0, 16, 'a'), 0);
	assert_int_equal(write_at(16, 16, 'b'), 0);
	assert_int_equal(write_at(32, 16, 'c'), 0);
	assert_int_equal(read_at(16, 17), 0);
	assert_int_equal(t.data[0], 0);
	assert_int_equal(t.data[16 * 2048], 'c');
	test_drive_close(&t);
}

static void test_wrong_capacity(void **state)
{
	(void)state;
	test_drive_open(&t, "cd-rom", 100);
	add("any capacity=5000");
	assert_int_equal(test_read(&t, CDB(0x25), 8), 0);
	assert_int_equal(get_be32(t.data), 4999);
	assert_int_equal(get_be32(t.data + 4), 2048);
	assert_int_equal(test_run(&t, CDB(0x00)), 0);
	test_drive_close(&t);
}

static void test_recovered_error(void **state)
{
	(void)state;
	test_drive_open(&t, "cd-rom", 100);
	add("read lba=5 sense=1/17/01");
	assert_int_equal(read_at(5, 1), 0x011701);
	assert_int_equal(t.answer.transferred, 2048);
	assert_true(is_sector(t.data, 5));
	test_drive_close(&t);
}

static void test_medium_taken_out(void **state)
{
	(void)state;
	test_drive_open(&t, "cd-rom", 100);
	add("read lba=50 remove");
	assert_int_equal(read_at(49, 1), 0);
	assert_int_equal(read_at(50, 1), 0x023a01);
	assert_int_equal(test_run(&t, CDB(0x00)), 0x023a01);
	/* There is nothing to load. */
	test_run(&t, CDB(0x1b, [4] = 3));
	assert_int_equal(test_run(&t, CDB(0x00)), 0x023a01);
	/* Nor does the tray bring the disc back. */
	test_run(&t, CDB(0x1b, [4] = 2));
	test_run(&t, CDB(0x1b, [4] = 3));
	assert_int_equal(test_run(&t, CDB(0x00)), 0x023a01);
	test_drive_close(&t);
}

static void test_tray_opens(void **state)
{
	(void)state;
	test_drive_open(&t, "cd-rom", 100);
	add("read lba=50 count=1 tray");
	assert_int_equal(test_run(&t, CDB(0x1e, [4] = 1)), 0);
	assert_int_equal(read_at(50, 1), 0x023a02);
	assert_int_equal(test_run(&t, CDB(0x1b, [4] = 3)), 0);
	assert_int_equal(read_at(50, 1), 0x062800);
	assert_int_equal(read_at(50, 1), 0);
	test_drive_close(&t);
}

static void test_medium_exchanged(void **state)
{
	char other[128], rule[200];

	(void)state;
	test_drive_open(&t, "cd-rom", 100);
	snprintf(other, sizeof(other), "%s.other disc", t.path);
	assert_int_equal(rename(t.path, other), 0);
	test_drive_make_medium(&t, "cd-rom", 500);
	vdrive_open_tray(t.drive);
	assert_int_equal(vdrive_insert(t.drive, t.path, NULL, NULL), 0);
	test_run(&t, CDB(0x00));
	snprintf(rule, sizeof(rule), "read lba=400 count=1 exchange=%s", other);
	add(rule);
	assert_int_equal(read_at(400, 1), 0x062800);
	assert_int_equal(read_at(400, 1), 0x052100);
	assert_int_equal(test_read(&t, CDB(0x25), 8), 0);
	assert_int_equal(get_be32(t.data), 99);
	add("read count=1 exchange=/nonexistent/disc");
	assert_int_equal(read_at(0, 1), 0x023000);
	assert_int_equal(test_run(&t, CDB(0x00)), 0x023a01);
	unlink(other);
	test_drive_close(&t);
}

static void test_power_loss(void **state)
{
	(void)state;
	test_drive_open(&t, "dvd+r", 50400);
	/* A rule before the first write, so that what is in the buffer is known. */
	add("write lba=3200 power-loss");
	for (uint32_t lba = 0; lba < 3200; lba += 32)
		assert_int_equal(write_at(lba, 32, 'x'), 0);
	test_run(&t, CDB(0x1e, [4] = 1));
	write_at(3200, 32, 'x');
	assert_int_equal(t.answer.host_status, VDRIVE_HOST_TIME_OUT);
	assert_int_equal(t.answer.transferred, 0);
	assert_int_equal(test_run(&t, CDB(0x00)), 0x062900);
	assert_int_equal(test_run(&t, CDB(0x00)), 0);
	/* 4 MiB of buffer are 2048 sectors. */
	assert_int_equal(read_at(1151, 1), 0);
	assert_int_equal(read_at(1152, 1), 0x056400);
	assert_int_equal(test_read(&t, CDB(0x52, 1, [5] = 1, [8] = 36), 36), 0);
	assert_int_equal(t.data[5] & 0x20, 0x20);
	assert_int_equal(t.data[7] & 1, 0);
	/* The lock was forgotten. */
	assert_int_equal(test_run(&t, CDB(0x1b, [4] = 2)), 0);
	test_drive_close(&t);
}

static void test_power_loss_after_a_flush(void **state)
{
	(void)state;
	test_drive_open(&t, "dvd+r", 50400);
	add("write lba=64 power-loss");
	assert_int_equal(write_at(0, 32, 'x'), 0);
	assert_int_equal(test_run(&t, CDB(0x35)), 0);
	assert_int_equal(write_at(32, 32, 'x'), 0);
	write_at(64, 32, 'x');
	test_run(&t, CDB(0x00));
	assert_int_equal(read_at(31, 1), 0);
	assert_int_equal(read_at(32, 1), 0x056400);
	test_drive_close(&t);
}

/* On a rewritable medium what was in the buffer is as it was before. */
static void test_power_loss_on_a_rewritable(void **state)
{
	(void)state;
	test_drive_open(&t, "dvd+rw", 50400);
	format_dvd_plus_rw();
	for (uint32_t lba = 0; lba < 4096; lba += 32)
		assert_int_equal(write_at(lba, 32, 'a'), 0);
	add("flush power-loss count=1 skip=1");
	assert_int_equal(test_run(&t, CDB(0x35)), 0);
	for (uint32_t lba = 0; lba < 3200; lba += 32)
		assert_int_equal(write_at(lba, 32, 'b'), 0);
	/* The same place twice: the oldest data comes back. */
	assert_int_equal(write_at(3168, 32, 'c'), 0);
	test_run(&t, CDB(0x35));
	assert_int_equal(t.answer.host_status, VDRIVE_HOST_TIME_OUT);
	assert_int_equal(test_run(&t, CDB(0x00)), 0x062900);
	assert_int_equal(read_at(1183, 2), 0);
	assert_int_equal(t.data[0], 'b');
	assert_int_equal(t.data[2048], 'a');
	assert_int_equal(read_at(3199, 1), 0);
	assert_int_equal(t.data[0], 'a');
	test_drive_close(&t);
}

static void test_underrun(void **state)
{
	static const uint8_t page[8 + 0x34] = { [8] = 0x05, 0x32, 0x01, 0x04, 0x08 };

	(void)state;
	test_drive_open(&t, "cd-r", 50400);
	add("write lba=32 count=2 underrun");
	assert_int_equal(write_at(0, 32, 'x'), 0);
	/* The write parameters that a drive begins with have the protection on. */
	assert_int_equal(write_at(32, 16, 'x'), 0);
	assert_int_equal(test_write(&t, CDB(0x55, 0x10, [8] = sizeof(page)), page, sizeof(page)), 0);
	test_drive_close(&t);
	test_drive_open(&t, "cd-r", 50400);
	add("write lba=32 underrun");
	assert_int_equal(test_write(&t, CDB(0x55, 0x10, [8] = sizeof(page)), page, sizeof(page)), 0);
	assert_int_equal(write_at(0, 32, 'x'), 0);
	assert_int_equal(write_at(32, 16, 'x'), 0x030c09);
	test_drive_close(&t);
}

static void test_unplugged(void **state)
{
	(void)state;
	test_drive_open(&t, "cd-rom", 100);
	add("read lba=5 unplug");
	assert_int_equal(read_at(4, 1), 0);
	read_at(5, 1);
	assert_int_equal(t.answer.host_status, VDRIVE_HOST_NO_CONNECT);
	for (unsigned i = 0; i < 3; i++) {
		test_run(&t, CDB(0x12, [4] = 36));
		assert_int_equal(t.answer.host_status, VDRIVE_HOST_NO_CONNECT);
		assert_int_equal(t.answer.status, 0);
	}
	test_drive_close(&t);
}

static void test_marks(void **state)
{
	(void)state;
	test_drive_open(&t, "dvd-rom", 1000);
	add("ring lba=320-320 dead=1");
	assert_int_equal(read_at(300, 32), 0x031105);
	assert_int_equal(get_be32(t.answer.sense + 3), 320);
	/* Those before it are there. */
	assert_int_equal(t.answer.transferred, 20 * 2048);
	assert_string_equal((char *)t.data + 19 * 2048, "sector 319");
	/* All of the error-correction unit, and nothing else. */
	assert_int_equal(read_at(335, 1), 0x031105);
	assert_int_equal(read_at(336, 32), 0);
	assert_int_equal(read_at(300, 20), 0);
	assert_int_equal(test_run(&t, CDB(0x2f, [4] = 1, 64, [8] = 1)), 0x031105);
	/* What is wrong in the command itself comes first. */
	assert_int_equal(read_at(999, 32), 0x052100);
	test_drive_close(&t);
}

static void test_marks_of_a_medium_go_with_it(void **state)
{
	static const char rules[] = "ring lba=10-19 dead=1\nread lba=30 sense=4/09/00\n";
	char sidecar[128];

	(void)state;
	test_drive_open(&t, "cd-rom", 100);
	assert_int_equal(read_at(10, 1), 0);
	snprintf(sidecar, sizeof(sidecar), "%s.faults", t.path);
	assert_int_equal(file_replace(sidecar, rules, strlen(rules), NULL), 0);
	assert_int_equal(test_run(&t, CDB(0x1b, [4] = 2)), 0);
	assert_int_equal(test_run(&t, CDB(0x1b, [4] = 3)), 0);
	assert_int_equal(read_at(10, 1), 0x062800);
	assert_int_equal(read_at(10, 1), 0x031105);
	assert_int_equal(read_at(30, 1), 0x040900);
	unlink(sidecar);
	vdrive_open_tray(t.drive);
	assert_int_equal(vdrive_insert(t.drive, t.path, NULL, NULL), 0);
	test_run(&t, CDB(0x00));
	assert_int_equal(read_at(10, 1), 0);
	assert_int_equal(read_at(30, 1), 0);
	test_drive_close(&t);
}

static void test_rules_are_replaced(void **state)
{
	char first[] = "read lba=1 count=1 read-error", second[] = "read lba=2 read-error", wrong[] = "read nonsense";
	char *both[] = { first, second }, *bad[] = { second, wrong };
	struct discern_error err;

	(void)state;
	test_drive_open(&t, "cd-rom", 100);
	add("read lba=3 read-error");
	assert_int_equal(vdrive_replace_faults(t.drive, both, 1, &err), 0);
	assert_int_equal(read_at(1, 1), 0x031105);
	/* It was there before, so its one time is over. */
	assert_int_equal(vdrive_replace_faults(t.drive, both, 2, &err), 0);
	assert_int_equal(read_at(1, 1), 0);
	assert_int_equal(read_at(2, 1), 0x031105);
	assert_int_equal(vdrive_replace_faults(t.drive, bad, 2, &err), -EINVAL);
	assert_int_equal(read_at(2, 1), 0x031105);
	assert_int_equal(vdrive_replace_faults(t.drive, NULL, 0, &err), 0);
	assert_int_equal(read_at(2, 1), 0);
	assert_int_equal(read_at(3, 1), 0x031105);
	test_drive_close(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_short_transfer),
		cmocka_unit_test(test_flipped_bits),
		cmocka_unit_test(test_stale_reads),
		cmocka_unit_test(test_wrong_writes),
		cmocka_unit_test(test_a_write_that_is_lost_in_a_sequence),
		cmocka_unit_test(test_wrong_capacity),
		cmocka_unit_test(test_recovered_error),
		cmocka_unit_test(test_medium_taken_out),
		cmocka_unit_test(test_tray_opens),
		cmocka_unit_test(test_medium_exchanged),
		cmocka_unit_test(test_power_loss),
		cmocka_unit_test(test_power_loss_after_a_flush),
		cmocka_unit_test(test_power_loss_on_a_rewritable),
		cmocka_unit_test(test_underrun),
		cmocka_unit_test(test_unplugged),
		cmocka_unit_test(test_marks),
		cmocka_unit_test(test_marks_of_a_medium_go_with_it),
		cmocka_unit_test(test_rules_are_replaced),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
