/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Drives that are faster or slower than others, mmc/speeds.c. */
#include "vdrive/mmc/defaults.h"

#include <string.h>

#include "base/bytes.h"
#include "support/virtual_drive.h"
#include "unit/unit.h"

static struct test_drive t;

/* A drive of this kind in place of the usual one, with a medium in it. */
static void open_drive(const struct vdrive_options *options, const char *media)
{
	test_drive_open(&t, NULL, 0);
	vdrive_free(t.drive);
	assert_int_equal(vdrive_new(options, &t.drive, NULL), 0);
	test_drive_make_medium(&t, media, 6400);
	assert_int_equal(vdrive_set_clock(t.drive, VDRIVE_CLOCK_VIRTUAL, NULL), 0);
	assert_int_equal(vdrive_insert(t.drive, t.path, strstr(media, "-rom") != NULL ? media : NULL, NULL), 0);
	test_run(&t, CDB(0x00));
	test_run(&t, CDB(0x00));
}

/* GET PERFORMANCE type 3: the write speeds, with the one for reading beside them. */
static void expect_speeds(uint32_t read_kbps, const uint32_t *speeds, size_t n)
{
	assert_int_equal(test_read(&t, CDB(0xac, 0, 0, 0, 0, 0, 0, 0, 0, 16, 0x03), 512), 0);
	assert_int_equal(get_be32(t.data), 4 + 16 * n);
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(get_be32(t.data + 8 + 16 * i + 8), read_kbps);
		assert_int_equal(get_be32(t.data + 8 + 16 * i + 12), speeds[i]);
	}
}

static void test_usual(void **state)
{
	static const uint32_t bd[] = { 53952, 44960, 35968, 26976, 17984, 8992 };
	static const uint32_t dvd[] = { 22160, 16620, 11080, 8310, 5540, 3324 };

	(void)state;
	open_drive(NULL, "bd-r");
	expect_speeds(53952, bd, 6);
	test_drive_close(&t);
	open_drive(NULL, "dvd+r");
	expect_speeds(22160, dvd, 6);
	test_drive_close(&t);
}

static void test_fast(void **state)
{
	static const uint32_t bd[] = { 71936, 62944, 53952, 44960, 35968, 26976, 17984, 8992 };
	static const uint32_t dvd[] = { 33240, 27700, 22160, 16620, 11080, 8310, 5540, 3324 };
	const struct vdrive_options options = { .bd_x = 16, .dvd_x = 24 };

	(void)state;
	open_drive(&options, "bd-r");
	expect_speeds(71936, bd, 8);
	/* 16 bits of page 2Ah do not hold it. */
	assert_int_equal(test_read(&t, CDB(0x5a, 0, 0x2a, 0, 0, 0, 0, 2, 0), 512), 0);
	assert_int_equal(get_be16(t.data + 8 + 8), 0xffff);
	assert_int_equal(get_be16(t.data + 8 + 28), 0xffff);
	assert_int_equal(get_be16(t.data + 8 + 30), 7);
	assert_int_equal(get_be16(t.data + 8 + 34), 62944);
	test_drive_close(&t);
	open_drive(&options, "dvd+r");
	expect_speeds(33240, dvd, 8);
	test_drive_close(&t);
}

static void test_slow(void **state)
{
	static const uint32_t cd[] = { 4234, 2822, 1411, 706 }, bd_re[] = { 8992 };
	const struct vdrive_options options = { .cd_x = 24, .bd_x = 1 };

	(void)state;
	open_drive(&options, "cd-r");
	expect_speeds(4234, cd, 4);
	test_drive_close(&t);
	/* What a medium cannot do without. */
	open_drive(&options, "bd-re");
	expect_speeds(4496, bd_re, 1);
	test_drive_close(&t);
}

/* How long 3200 sectors from the hub outwards take. */
static uint64_t read_us(void)
{
	struct vdrive_clock_state before, after;

	assert_int_equal(test_read(&t, CDB(0x28, [8] = 32), sizeof(t.data)), 0);
	vdrive_read_clock(t.drive, &before);
	for (uint32_t lba = 32; lba < 3232; lba += 32) {
		uint8_t cdb[12] = { 0x28, [8] = 32 };

		put_be32(cdb + 2, lba);
		assert_int_equal(test_read(&t, cdb, sizeof(t.data)), 0);
	}
	vdrive_read_clock(t.drive, &after);
	return after.elapsed_us - before.elapsed_us;
}

/* 6.55 MB: 91 ms at 72 MB/s, and 24/58 as fast at the hub of a disc that turns as at its rim. */
static void test_rotation(void **state)
{
	struct vdrive_options options = { .bd_x = 16, .rotation = VDRIVE_ROTATION_CLV };

	(void)state;
	open_drive(&options, "bd-rom");
	assert_in_range(read_us(), 89000, 93000);
	test_drive_close(&t);
	options.rotation = VDRIVE_ROTATION_CAV;
	open_drive(&options, "bd-rom");
	assert_in_range(read_us(), 215000, 222000);
	test_drive_close(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_usual),
		cmocka_unit_test(test_fast),
		cmocka_unit_test(test_slow),
		cmocka_unit_test(test_rotation),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
