/* SPDX-License-Identifier: GPL-3.0-or-later */
/* CD-RW, DVD-R and DVD-RW in sequence, by commands as a host sends them: at once, incrementally, and blanked. */
#include "vdrive/drive.h"

#include <string.h>

#include "base/bytes.h"
#include "support/virtual_drive.h"
#include "unit/unit.h"

/* Sense as 0xKKAAQQ. */
enum {
	GOOD = 0,
	INVALID_ADDRESS = 0x52102,
	INVALID_FIELD = 0x52400,
	INVALID_PARAMETER = 0x52600,
	SEQUENCE_ERROR = 0x52c00,
	INCOMPATIBLE_WRITE = 0x53005,
	END_OF_TRACK = 0x56300,
	ILLEGAL_MODE = 0x56400,
	NO_DATA = 0x56400,
	WRITE_PROTECTED = 0x72700,
};

enum { CLOSE_TRACK = 1, CLOSE_SESSION = 2, CLOSE_FINAL = 3 };
enum { BLANK_ALL = 0x10, BLANK_MINIMAL = 0x11, UNCLOSE_SESSION = 0x15, BLANK_SESSION = 0x16 };
enum { INCREMENTAL = 0, TRACK_AT_ONCE = 1, AT_ONCE = 2 };

static struct test_drive t;
static uint8_t pattern[32 * DISC_SECTOR];

static int make_pattern(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(pattern); i++)
		pattern[i] = (uint8_t)(i * 13 + i / DISC_SECTOR + 1);
	return 0;
}

static unsigned write_10(int32_t lba, uint16_t n_sectors)
{
	uint8_t cdb[12] = { 0x2a };

	put_be32(cdb + 2, (uint32_t)lba);
	put_be16(cdb + 7, n_sectors);
	return test_write(&t, cdb, pattern, (size_t)n_sectors * DISC_SECTOR);
}

static unsigned read_10(uint32_t lba, uint16_t n_sectors)
{
	uint8_t cdb[12] = { 0x28 };

	put_be32(cdb + 2, lba);
	put_be16(cdb + 7, n_sectors);
	return test_read(&t, cdb, (size_t)n_sectors * DISC_SECTOR);
}

static unsigned reserve(uint32_t n_sectors)
{
	uint8_t cdb[12] = { 0x53 };

	put_be32(cdb + 5, n_sectors);
	return test_run(&t, cdb);
}

static unsigned synchronize(void)
{
	return test_run(&t, CDB(0x35));
}

static unsigned close_by(uint8_t function, uint8_t track)
{
	return test_run(&t, CDB(0x5b, 1, function, 0, 0, track));
}

static unsigned blank(uint8_t byte_1)
{
	return test_run(&t, CDB(0xa1, byte_1));
}

static void set_write_page(uint8_t write_type, uint8_t multi)
{
	uint8_t list[8 + 0x34] = { [8] = 0x05, [9] = 0x32, [10] = 0x40, [12] = 8, [8 + 15] = 150 };

	list[10] |= write_type;
	list[11] = (uint8_t)(multi << 6 | 4);
	assert_int_equal(test_write(&t, CDB(0x55, 0x10, 0, 0, 0, 0, 0, 0, sizeof(list)), list, sizeof(list)), GOOD);
}

/* READ DISC INFORMATION byte 2: disc status, last session's status, erasable. */
static unsigned disc_state(void)
{
	assert_int_equal(test_read(&t, CDB(0x51, 0, 0, 0, 0, 0, 0, 0, 34), 34), GOOD);
	return t.data[2];
}

static uint32_t next_writable(uint8_t track)
{
	assert_int_equal(test_read(&t, CDB(0x52, 1, 0, 0, 0, track, 0, 0, 36), 36), GOOD);
	assert_int_equal(t.data[7] & 1, 1);
	return get_be32(t.data + 12);
}

static bool has_feature(uint16_t number)
{
	assert_int_equal(test_read(&t, CDB(0x46, 2, (uint8_t)(number >> 8), (uint8_t)number, 0, 0, 0, 0, 64), 64),
			 GOOD);
	return t.answer.transferred > 8 && t.data[10] & 1;
}

static void assert_sectors(uint32_t lba, uint16_t n_sectors)
{
	assert_int_equal(read_10(lba, n_sectors), GOOD);
	assert_memory_equal(t.data, pattern, (size_t)n_sectors * DISC_SECTOR);
}

static void test_cd_rw(void **state)
{
	(void)state;
	test_drive_open(&t, "cd-rw", 4096);
	assert_int_equal(disc_state(), 0x10);
	/* A session at once begins in the pause. */
	set_write_page(AT_ONCE, 0);
	assert_int_equal((int32_t)next_writable(0xff), -150);
	set_write_page(TRACK_AT_ONCE, 0);
	assert_int_equal(next_writable(0xff), 0);
	assert_int_equal(write_10(0, 32), GOOD);
	assert_int_equal(synchronize(), GOOD);
	assert_int_equal(close_by(CLOSE_SESSION, 0), GOOD);
	assert_int_equal(disc_state(), 0x1e);
	assert_sectors(0, 32);
	assert_int_equal(write_10(302, 1), WRITE_PROTECTED);
	assert_int_equal(blank(BLANK_MINIMAL), GOOD);
	assert_int_equal(disc_state(), 0x10);
	assert_int_equal(read_10(0, 1), NO_DATA);
	/* Blanked either way, it can be written as before. */
	assert_int_equal(write_10(0, 16), GOOD);
	assert_int_equal(synchronize(), GOOD);
	assert_int_equal(close_by(CLOSE_SESSION, 0), GOOD);
	assert_int_equal(blank(BLANK_ALL), GOOD);
	assert_int_equal(write_10(0, 16), GOOD);
	assert_sectors(0, 16);
	assert_int_equal(blank(0x12), INVALID_FIELD);
	assert_int_equal(blank(0x20), INVALID_FIELD);
	test_drive_close(&t);
}

static void test_blank_last_session(void **state)
{
	uint32_t second;

	(void)state;
	test_drive_open(&t, "cd-rw", 40000);
	assert_int_equal(blank(BLANK_SESSION), ILLEGAL_MODE);
	set_write_page(TRACK_AT_ONCE, 3);
	for (unsigned i = 0; i < 2; i++) {
		second = next_writable(0xff);
		assert_int_equal(write_10((int32_t)second, 32), GOOD);
		assert_int_equal(synchronize(), GOOD);
		assert_int_equal(close_by(CLOSE_SESSION, 0), GOOD);
	}
	assert_int_equal(second, 302 + 11400);
	assert_sectors(second, 32);
	assert_int_equal(blank(UNCLOSE_SESSION), GOOD);
	assert_int_equal(disc_state(), 0x15);
	assert_int_equal(close_by(CLOSE_SESSION, 0), GOOD);
	assert_int_equal(blank(BLANK_SESSION), GOOD);
	assert_int_equal(read_10(second, 1), NO_DATA);
	assert_int_equal(next_writable(0xff), second);
	assert_sectors(0, 32);
	test_drive_close(&t);
}

static void test_atip_of_cd_rw(void **state)
{
	(void)state;
	test_drive_open(&t, "cd-rw", 359849);
	assert_int_equal(test_read(&t, CDB(0x43, 2, 4, 0, 0, 0, 0, 0, 28), 28), GOOD);
	assert_int_equal(t.data[6] & 0x40, 0x40);
	assert_int_equal(t.data[6] & 0x04, 0x04);
	assert_true(has_feature(0x37));
	test_drive_close(&t);
	test_drive_open(&t, "cd-r", 359849);
	assert_int_equal(test_read(&t, CDB(0x43, 2, 4, 0, 0, 0, 0, 0, 28), 28), GOOD);
	assert_int_equal(t.data[6] & 0x40, 0);
	assert_int_equal(blank(BLANK_MINIMAL), INCOMPATIBLE_WRITE);
	assert_false(has_feature(0x37));
	test_drive_close(&t);
}

static void test_dvd_at_once(void **state)
{
	(void)state;
	test_drive_open(&t, "dvd-r", 4096);
	set_write_page(AT_ONCE, 0);
	assert_int_equal(write_10(0, 16), SEQUENCE_ERROR);
	assert_int_equal(reserve(4097), INVALID_FIELD);
	assert_int_equal(reserve(50), GOOD);
	assert_int_equal(write_10(0, 32), GOOD);
	/* Nothing ends before all that was announced is there. */
	assert_int_equal(write_10(40, 1), INVALID_ADDRESS);
	assert_int_equal(write_10(32, 18), GOOD);
	assert_int_equal(disc_state(), 0x05);
	assert_int_equal(synchronize(), GOOD);
	assert_int_equal(disc_state(), 0x0e);
	assert_sectors(0, 32);
	assert_int_equal(read_10(63, 1), GOOD);
	assert_int_equal(write_10(64, 16), WRITE_PROTECTED);
	assert_false(has_feature(0x21));
	assert_false(has_feature(0x2f));
	test_drive_close(&t);
}

static void test_dvd_incremental(void **state)
{
	uint32_t second;

	(void)state;
	test_drive_open(&t, "dvd-r", 40000);
	assert_true(has_feature(0x21));
	assert_int_equal(t.data[8 + 7], 1);
	assert_int_equal(t.data[8 + 8], 16);
	set_write_page(INCREMENTAL, 3);
	assert_int_equal(write_10(0, 20), GOOD);
	assert_int_equal(next_writable(1), 20);
	/* Linking happens at ECC blocks only. */
	assert_int_equal(synchronize(), GOOD);
	assert_int_equal(next_writable(1), 32);
	assert_int_equal(write_10(20, 1), INVALID_ADDRESS);
	assert_int_equal(write_10(32, 16), GOOD);
	assert_int_equal(close_by(CLOSE_TRACK, 1), GOOD);
	assert_int_equal(close_by(CLOSE_SESSION, 0), GOOD);
	assert_int_equal(disc_state(), 0x01);
	second = next_writable(2);
	assert_true(second > 48 && second % 16 == 0);
	assert_int_equal(reserve(64), GOOD);
	assert_int_equal(write_10((int32_t)second, 32), GOOD);
	assert_int_equal(write_10((int32_t)second + 32, 32), GOOD);
	assert_int_equal(write_10((int32_t)second + 64, 16), GOOD);
	/* Without a next session, or by its own function, closing is final. */
	assert_int_equal(close_by(CLOSE_FINAL, 0), GOOD);
	assert_int_equal(disc_state(), 0x0e);
	assert_sectors(second, 32);
	test_drive_close(&t);
}

static void test_dvd_session_by_page(void **state)
{
	(void)state;
	test_drive_open(&t, "dvd-rw", 40000);
	set_write_page(INCREMENTAL, 0);
	assert_int_equal(write_10(0, 16), GOOD);
	assert_int_equal(close_by(6, 0), INVALID_FIELD);
	assert_int_equal(close_by(CLOSE_SESSION, 0), GOOD);
	assert_int_equal(disc_state(), 0x1e);
	test_drive_close(&t);
}

static void test_dvd_rw_blanked_minimally(void **state)
{
	(void)state;
	test_drive_open(&t, "dvd-rw", 4096);
	assert_true(has_feature(0x21));
	assert_int_equal(blank(BLANK_MINIMAL), GOOD);
	assert_false(has_feature(0x21));
	assert_true(has_feature(0x2f));
	assert_true(has_feature(0x23));
	set_write_page(INCREMENTAL, 0);
	assert_int_equal(write_10(0, 16), ILLEGAL_MODE);
	assert_int_equal(reserve(16), ILLEGAL_MODE);
	set_write_page(AT_ONCE, 0);
	assert_int_equal(reserve(16), GOOD);
	assert_int_equal(write_10(0, 16), GOOD);
	assert_int_equal(synchronize(), GOOD);
	assert_int_equal(disc_state(), 0x1e);
	/* It stays so when the disc is taken out. */
	assert_int_equal(blank(BLANK_MINIMAL), GOOD);
	vdrive_open_tray(t.drive);
	assert_int_equal(vdrive_insert(t.drive, t.path, NULL, NULL), 0);
	test_run(&t, CDB(0x00));
	assert_false(has_feature(0x21));
	assert_int_equal(blank(BLANK_ALL), GOOD);
	assert_true(has_feature(0x21));
	test_drive_close(&t);
}

/* Taken out in the middle, a disc that is written at once is lost; a DVD-RW can be blanked. */
static void test_at_once_interrupted(void **state)
{
	(void)state;
	test_drive_open(&t, "dvd-rw", 4096);
	set_write_page(AT_ONCE, 0);
	assert_int_equal(reserve(64), GOOD);
	assert_int_equal(write_10(0, 32), GOOD);
	vdrive_open_tray(t.drive);
	assert_int_equal(vdrive_insert(t.drive, t.path, NULL, NULL), 0);
	test_run(&t, CDB(0x00));
	assert_int_equal(test_read(&t, CDB(0x52, 1, 0, 0, 0, 1, 0, 0, 36), 36), GOOD);
	assert_int_equal(t.data[5] & 0x20, 0x20);
	assert_int_equal(blank(BLANK_MINIMAL), GOOD);
	assert_int_equal(disc_state(), 0x10);
	test_drive_close(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cd_rw),
		cmocka_unit_test(test_blank_last_session),
		cmocka_unit_test(test_atip_of_cd_rw),
		cmocka_unit_test(test_dvd_at_once),
		cmocka_unit_test(test_dvd_incremental),
		cmocka_unit_test(test_dvd_session_by_page),
		cmocka_unit_test(test_dvd_rw_blanked_minimally),
		cmocka_unit_test(test_at_once_interrupted),
	};

	return cmocka_run_group_tests(tests, make_pattern, NULL);
}
