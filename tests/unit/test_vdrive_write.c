/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading, writing, closing and formatting, by commands as a host sends them. */
#include "vdrive/drive.h"

#include <string.h>

#include "base/bytes.h"
#include "disc/sector.h"
#include "support/virtual_drive.h"
#include "unit/unit.h"

/* Sense as 0xKKAAQQ. */
enum {
	GOOD = 0,
	RECOVERED = 0x11701,
	READ_ERROR = 0x31105,
	INVALID_OPCODE = 0x52000,
	OUT_OF_RANGE = 0x52100,
	INVALID_ADDRESS = 0x52102,
	INVALID_FIELD = 0x52400,
	INVALID_PARAMETER = 0x52600,
	SEQUENCE_ERROR = 0x52c00,
	INCOMPATIBLE_READ = 0x53002,
	INCOMPATIBLE_WRITE = 0x53005,
	CANNOT_FORMAT = 0x53006,
	NOT_FORMATTED = 0x53010,
	END_OF_TRACK = 0x56300,
	BLANK = 0x56400,
	UNFILLED_RESERVATION = 0x57204,
	WRITE_PROTECTED = 0x72700,
	PHASE_ERROR = 0xb4b00,
};

enum { CLOSE_TRACK = 1, CLOSE_SESSION = 2, FINALIZE_DVD = 5, FINALIZE_BD = 6 };

static struct test_drive t;
static uint8_t pattern[32 * DISC_SECTOR];

static int make_pattern(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(pattern); i++)
		pattern[i] = (uint8_t)(i * 13 + i / DISC_SECTOR + 1);
	return 0;
}

static unsigned read_10(uint32_t lba, uint16_t n_sectors)
{
	uint8_t cdb[12] = { 0x28 };

	put_be32(cdb + 2, lba);
	put_be16(cdb + 7, n_sectors);
	return test_read(&t, cdb, (size_t)n_sectors * DISC_SECTOR);
}

static unsigned write_sectors(uint8_t opcode, int32_t lba, uint16_t n_sectors)
{
	uint8_t cdb[12] = { opcode };

	put_be32(cdb + 2, (uint32_t)lba);
	if (opcode == 0xaa)
		put_be32(cdb + 6, n_sectors);
	else
		put_be16(cdb + 7, n_sectors);
	return test_write(&t, cdb, pattern, (size_t)n_sectors * DISC_SECTOR);
}

static unsigned write_10(int32_t lba, uint16_t n_sectors)
{
	return write_sectors(0x2a, lba, n_sectors);
}

static unsigned synchronize(void)
{
	return test_run(&t, CDB(0x35, 0x02));
}

static unsigned close_by(uint8_t function, uint8_t track)
{
	return test_run(&t, CDB(0x5b, 1, function, 0, 0, track));
}

static unsigned reserve(uint32_t n_sectors)
{
	uint8_t cdb[12] = { 0x53 };

	put_be32(cdb + 5, n_sectors);
	return test_run(&t, cdb);
}

/* Write parameters page: 1 track at once, 2 session at once; multi 0 or 3. */
static void set_write_page(uint8_t write_type, uint8_t multi)
{
	uint8_t list[8 + 0x34] = { 0 };

	assert_int_equal(test_read(&t, CDB(0x5a, 0, 0x05, 0, 0, 0, 0, 0, sizeof(list)), sizeof(list)), GOOD);
	memcpy(list + 8, t.data + 8, 0x34);
	list[8] &= 0x3f;
	list[8 + 2] = (uint8_t)((list[8 + 2] & 0xf0) | write_type);
	list[8 + 3] = (uint8_t)(multi << 6 | 4);
	assert_int_equal(test_write(&t, CDB(0x55, 0x10, 0, 0, 0, 0, 0, 0, sizeof(list)), list, sizeof(list)), GOOD);
}

static void assert_information(int32_t lba)
{
	assert_int_equal(t.answer.sense[0], 0xf0);
	assert_int_equal((int32_t)get_be32(t.answer.sense + 3), lba);
}

static void assert_sectors(uint32_t lba, uint16_t n_sectors)
{
	assert_int_equal(read_10(lba, n_sectors), GOOD);
	assert_int_equal(t.answer.transferred, (size_t)n_sectors * DISC_SECTOR);
	assert_memory_equal(t.data, pattern, (size_t)n_sectors * DISC_SECTOR);
}

static void write_many(int32_t lba, uint32_t n_sectors)
{
	for (uint32_t done = 0; done < n_sectors; done += 32) {
		uint32_t n = n_sectors - done < 32 ? n_sectors - done : 32;

		assert_int_equal(write_10(lba + (int32_t)done, (uint16_t)n), GOOD);
	}
}

static uint32_t next_writable(void)
{
	assert_int_equal(test_read(&t, CDB(0x52, 1, 0, 0, 0, 0xff, 0, 0, 36), 36), GOOD);
	assert_true(t.data[7] & 1);
	return get_be32(t.data + 12);
}

static uint32_t recorded_end(void)
{
	assert_int_equal(test_read(&t, CDB(0x25), 8), GOOD);
	return get_be32(t.data) + 1;
}

static void test_cd_track_at_once(void **state)
{
	(void)state;
	test_drive_open(&t, "cd-r", 40000);
	assert_int_equal(read_10(0, 1), BLANK);
	assert_information(0);
	assert_int_equal(read_10(40000, 1), OUT_OF_RANGE);
	assert_int_equal(close_by(CLOSE_SESSION, 0), SEQUENCE_ERROR);
	set_write_page(1, 3);
	assert_int_equal(write_10(16, 16), INVALID_ADDRESS);
	assert_int_equal(write_10(-150, 16), OUT_OF_RANGE);
	write_many(0, 320);
	assert_int_equal(write_10(0, 16), INVALID_ADDRESS);
	/* The end of the data ends a track at once. */
	assert_int_equal(synchronize(), GOOD);
	assert_int_equal(next_writable(), 322 + 150);
	assert_int_equal(close_by(CLOSE_TRACK, 0xff), GOOD);
	assert_int_equal(close_by(CLOSE_SESSION, 0), GOOD);
	assert_int_equal(next_writable(), 322 + 11400);
	assert_int_equal(recorded_end(), 322);
	assert_sectors(288, 32);
	assert_int_equal(read_10(300, 32), BLANK);
	assert_information(320);
	assert_int_equal(read_10(321, 1), BLANK);
	assert_int_equal(write_10(322, 1), INVALID_ADDRESS);
	set_write_page(1, 0);
	write_many(11722, 32);
	assert_int_equal(close_by(CLOSE_SESSION, 0), GOOD);
	/* No session may follow, so the disc is complete; the short track was filled up to 300 sectors. */
	assert_int_equal(recorded_end(), 11722 + 302);
	assert_int_equal(write_10(12024, 16), WRITE_PROTECTED);
	assert_int_equal(close_by(CLOSE_SESSION, 0), WRITE_PROTECTED);
	assert_int_equal(read_10(12024, 1), OUT_OF_RANGE);
	assert_sectors(11722, 32);
	test_drive_close(&t);
}

static void put_cue(uint8_t *entry, uint8_t control, const uint8_t rest[4], int32_t lba)
{
	entry[0] = control;
	memcpy(entry + 1, rest, 3);
	entry[4] = 0;
	entry[5] = (uint8_t)((lba + 150) / (60 * 75));
	entry[6] = (uint8_t)((lba + 150) / 75 % 60);
	entry[7] = (uint8_t)((lba + 150) % 75);
}

enum { CUE_SIZE = 32 };

/* The sheet that libburn sends for one data track. */
static void make_cue_sheet(uint8_t sheet[CUE_SIZE], int32_t start, uint32_t n_sectors)
{
	put_cue(sheet, 0x41, (const uint8_t[4]){ 0, 0, 0x14 }, start - 150);
	put_cue(sheet + 8, 0x41, (const uint8_t[4]){ 1, 0, 0x10 }, start - 150);
	put_cue(sheet + 16, 0x41, (const uint8_t[4]){ 1, 1, 0x10 }, start);
	put_cue(sheet + 24, 0x41, (const uint8_t[4]){ 0xaa, 1, 0x14 }, start + (int32_t)n_sectors);
}

static unsigned send_cue_sheet(const uint8_t *sheet, size_t size)
{
	return test_write(&t, CDB(0x5d, 0, 0, 0, 0, 0, 0, 0, (uint8_t)size), sheet, size);
}

static void test_cd_session_at_once(void **state)
{
	uint8_t sheet[CUE_SIZE];

	(void)state;
	test_drive_open(&t, "cd-r", 2000);
	make_cue_sheet(sheet, 0, 320);
	set_write_page(1, 0);
	assert_int_equal(send_cue_sheet(sheet, sizeof(sheet)), SEQUENCE_ERROR);
	set_write_page(2, 0);
	assert_int_equal(write_10(0, 16), SEQUENCE_ERROR);
	/* A sheet is but an announcement until the first write. */
	assert_int_equal(send_cue_sheet(sheet, sizeof(sheet)), GOOD);
	assert_int_equal(send_cue_sheet(sheet, sizeof(sheet)), GOOD);
	assert_int_equal(write_10(0, 16), INVALID_ADDRESS);
	for (int32_t lba = -150; lba < -6; lba += 16)
		assert_int_equal(write_10(lba, 16), GOOD);
	assert_int_equal(send_cue_sheet(sheet, sizeof(sheet)), SEQUENCE_ERROR);
	/* The last of the pause and the first of the data in one command: sectors 0 to 9 are the pattern's 6 to 15. */
	assert_int_equal(write_10(-6, 16), GOOD);
	assert_int_equal(synchronize(), GOOD);
	assert_int_equal(write_10(-6, 16), INVALID_ADDRESS);
	write_many(10, 309);
	assert_int_equal(write_10(319, 2), END_OF_TRACK);
	assert_int_equal(write_10(319, 1), GOOD);
	assert_int_equal(synchronize(), GOOD);
	assert_int_equal(recorded_end(), 320);
	assert_int_equal(read_10(0, 10), GOOD);
	assert_memory_equal(t.data, pattern + 6 * DISC_SECTOR, 10 * DISC_SECTOR);
	assert_int_equal(read_10(319, 1), GOOD);
	assert_int_equal(read_10(320, 1), OUT_OF_RANGE);
	assert_int_equal(write_10(320, 1), WRITE_PROTECTED);
	test_drive_close(&t);
}

static void test_wrong_cue_sheets(void **state)
{
	/* Byte to change, and what to. */
	static const struct {
		uint8_t at, value;
	} changes[] = {
		{ 1, 1 },     { 3, 0x81 }, { 8, 0x01 }, { 8, 0x42 },  { 9, 2 },  { 10, 1 },  { 11, 0x00 },
		{ 11, 0x20 }, { 15, 1 },   { 18, 2 },   { 20, 0x80 }, { 22, 3 }, { 23, 75 }, { 24, 0x4f },
		{ 25, 2 },    { 26, 2 },   { 29, 100 }, { 30, 60 },   { 30, 2 }, { 29, 99 },
	};
	uint8_t sheet[CUE_SIZE];

	(void)state;
	test_drive_open(&t, "cd-r", 2000);
	set_write_page(2, 0);
	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		make_cue_sheet(sheet, 0, 320);
		/* 320 sectors end at 00:06:20, so a lead-out at 00:02:20 is still behind the start. */
		sheet[31] = 0;
		sheet[changes[i].at] = changes[i].value;
		if (send_cue_sheet(sheet, sizeof(sheet)) != INVALID_PARAMETER)
			fail_msg("byte %u as %02x was accepted", changes[i].at, changes[i].value);
	}
	make_cue_sheet(sheet, 0, 320);
	assert_int_equal(send_cue_sheet(sheet, 24), INVALID_PARAMETER);
	assert_int_equal(send_cue_sheet(sheet, 31), INVALID_PARAMETER);
	assert_int_equal(send_cue_sheet(sheet, 0), INVALID_FIELD);
	make_cue_sheet(sheet, 0, 2001);
	assert_int_equal(send_cue_sheet(sheet, sizeof(sheet)), INVALID_PARAMETER);
	make_cue_sheet(sheet, 0, 2000);
	assert_int_equal(send_cue_sheet(sheet, sizeof(sheet)), GOOD);
	test_drive_close(&t);
}

static void test_dvd_plus_r(void **state)
{
	(void)state;
	test_drive_open(&t, "dvd+r", 4096);
	assert_int_equal(reserve(4097), INVALID_FIELD);
	assert_int_equal(reserve(0), INVALID_FIELD);
	assert_int_equal(reserve(64), GOOD);
	write_many(0, 40);
	assert_int_equal(write_10(40, 32), END_OF_TRACK);
	/* The ECC block that was begun is filled up. */
	assert_int_equal(synchronize(), GOOD);
	assert_int_equal(close_by(CLOSE_SESSION, 0), UNFILLED_RESERVATION);
	assert_int_equal(write_10(40, 1), INVALID_ADDRESS);
	write_many(48, 16);
	assert_int_equal(close_by(CLOSE_TRACK, 3), INVALID_FIELD);
	assert_int_equal(close_by(CLOSE_TRACK, 2), INVALID_FIELD);
	assert_int_equal(close_by(CLOSE_TRACK, 1), GOOD);
	assert_int_equal(close_by(CLOSE_SESSION, 0), GOOD);
	assert_int_equal(next_writable(), 64 + 2048);
	assert_int_equal(write_sectors(0xaa, 2112, 5), GOOD);
	assert_int_equal(close_by(7, 0), INVALID_FIELD);
	assert_int_equal(test_run(&t, CDB(0x5b, 1, 0x12)), INVALID_FIELD);
	assert_int_equal(close_by(CLOSE_TRACK, 2), GOOD);
	assert_int_equal(recorded_end(), 2128);
	assert_int_equal(close_by(FINALIZE_DVD, 1), GOOD);
	assert_int_equal(write_10(2128, 1), WRITE_PROTECTED);
	assert_int_equal(reserve(16), WRITE_PROTECTED);
	assert_sectors(2112, 5);
	assert_int_equal(read_10(2117, 11), GOOD);
	assert_int_equal(read_10(64, 1), BLANK);
	assert_int_equal(write_sectors(0x2e, 2128, 1), INVALID_OPCODE);
	test_drive_close(&t);
}

static void test_bd_r(void **state)
{
	(void)state;
	test_drive_open(&t, "bd-r", 1024);
	assert_int_equal(write_10(0, 16), GOOD);
	assert_int_equal(write_sectors(0x2e, 16, 10), GOOD);
	assert_int_equal(close_by(FINALIZE_DVD, 1), INVALID_FIELD);
	assert_int_equal(close_by(CLOSE_TRACK, 1), GOOD);
	assert_int_equal(close_by(CLOSE_SESSION, 0), GOOD);
	assert_int_equal(next_writable(), 32);
	assert_int_equal(write_10(32, 32), GOOD);
	assert_int_equal(close_by(FINALIZE_BD, 0), GOOD);
	assert_int_equal(recorded_end(), 64);
	assert_sectors(16, 10);
	assert_int_equal(write_10(64, 32), WRITE_PROTECTED);
	test_drive_close(&t);
}

static void test_too_large(void **state)
{
	(void)state;
	test_drive_open(&t, "bd-r", 64);
	assert_int_equal(write_10(0, 32), GOOD);
	assert_int_equal(write_10(32, 31), GOOD);
	assert_int_equal(write_10(63, 2), OUT_OF_RANGE);
	assert_int_equal(write_10(63, 1), GOOD);
	assert_int_equal(write_10(64, 1), OUT_OF_RANGE);
	assert_int_equal(write_10(0x7fffffff, 2), OUT_OF_RANGE);
	assert_int_equal(test_run(&t, CDB(0xaa, 0, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff)), OUT_OF_RANGE);
	test_drive_close(&t);
}

static unsigned format(const uint8_t list[12])
{
	return test_write(&t, CDB(0x04, 0x11), list, 12);
}

/* As libburn and growisofs send it. */
#define FORMAT_LIST(restart) ((const uint8_t[12]){ 0, 2, 0, 8, 0xff, 0xff, 0xff, 0xff, 0x26 << 2, 0, 0, restart })

static void test_dvd_plus_rw(void **state)
{
	static const uint8_t zeros[DISC_SECTOR];

	(void)state;
	test_drive_open(&t, "dvd+rw", 1024);
	assert_int_equal(write_10(0, 16), NOT_FORMATTED);
	assert_int_equal(read_10(0, 1), BLANK);
	assert_int_equal(format(FORMAT_LIST(0)), GOOD);
	assert_int_equal(read_10(1023, 1), GOOD);
	assert_memory_equal(t.data, zeros, DISC_SECTOR);
	assert_int_equal(write_10(100, 32), GOOD);
	assert_sectors(100, 32);
	assert_int_equal(write_10(101, 3), GOOD);
	assert_sectors(101, 3);
	assert_int_equal(write_sectors(0x2e, 900, 2), GOOD);
	assert_int_equal(write_10(1023, 2), OUT_OF_RANGE);
	assert_int_equal(write_10(-1, 1), OUT_OF_RANGE);
	assert_int_equal(reserve(16), INCOMPATIBLE_WRITE);
	assert_int_equal(close_by(CLOSE_TRACK, 1), INVALID_FIELD);
	assert_int_equal(close_by(CLOSE_SESSION, 0), GOOD);
	assert_int_equal(test_read(&t, CDB(0x51, 0, 0, 0, 0, 0, 0, 0, 34), 34), GOOD);
	assert_int_equal(t.data[7] & 3, DISC_BACKGROUND_DONE);
	/* Restarting what is done keeps the data, formatting anew does not. */
	assert_int_equal(format(FORMAT_LIST(1)), GOOD);
	assert_sectors(101, 3);
	assert_int_equal(format(FORMAT_LIST(0)), GOOD);
	assert_int_equal(read_10(101, 1), GOOD);
	assert_memory_equal(t.data, zeros, DISC_SECTOR);
	assert_int_equal(test_run(&t, CDB(0xa1, 0x11)), INCOMPATIBLE_WRITE);
	test_drive_close(&t);
}

static void test_bd_r_with_spares(void **state)
{
	/* 1024 blocks of which 32 become spares; byte 8: type 32h, without pseudo overwrite. */
	uint8_t list[12] = { 0, 2, 0, 8, 0, 0, 3, 0xe0, 0x32 << 2 | 1 };

	(void)state;
	test_drive_open(&t, "bd-r", 1024);
	assert_int_equal(test_read(&t, CDB(0x23, 0, 0, 0, 0, 0, 0, 0, 44), 44), GOOD);
	assert_int_equal(t.data[3], 40);
	assert_int_equal(t.data[8], 1);
	assert_int_equal(get_be32(t.data + 12), 992);
	assert_int_equal(get_be32(t.data + 20), 992);
	assert_int_equal(t.data[24], 0x32 << 2);
	list[7]--;
	assert_int_equal(format(list), INVALID_PARAMETER);
	list[7]++;
	list[8]++;
	assert_int_equal(format(list), INVALID_PARAMETER);
	list[8]--;
	assert_int_equal(format(list), GOOD);
	assert_int_equal(format(list), CANNOT_FORMAT);
	assert_int_equal(test_read(&t, CDB(0x51, 0, 0, 0, 0, 0, 0, 0, 34), 34), GOOD);
	assert_int_equal(t.data[2] & 0x0f, DISC_APPENDABLE);
	assert_int_equal(test_read(&t, CDB(0xad, 1, 0, 0, 0, 0, 0, 0x0a, 0, 16), 16), GOOD);
	assert_int_equal(get_be32(t.data + 8), 32);
	assert_int_equal(close_by(CLOSE_SESSION, 0), GOOD);
	assert_int_equal(next_writable(), 0);
	write_many(0, 992);
	assert_int_equal(write_10(992, 1), OUT_OF_RANGE);
	assert_int_equal(close_by(CLOSE_TRACK, 1), GOOD);
	assert_int_equal(close_by(FINALIZE_BD, 0), GOOD);
	vdrive_open_tray(t.drive);
	assert_int_equal(vdrive_insert(t.drive, t.path, NULL, NULL), 0);
	test_run(&t, CDB(0x00));
	assert_int_equal(recorded_end(), 992);
	assert_sectors(960, 32);
	test_drive_close(&t);
	/* Written before: it stays as it is. */
	test_drive_open(&t, "bd-r", 1024);
	assert_int_equal(write_10(0, 32), GOOD);
	assert_int_equal(format(list), CANNOT_FORMAT);
	test_drive_close(&t);
}

static void test_format_checks(void **state)
{
	static const uint8_t wrong[][12] = {
		{ 1, 2, 0, 8, 0xff, 0xff, 0xff, 0xff, 0x98 },
		{ 0, 3, 0, 8, 0xff, 0xff, 0xff, 0xff, 0x98 },
		{ 0, 2, 0, 9, 0xff, 0xff, 0xff, 0xff, 0x98 },
		{ 0, 2, 0, 8, 0, 0, 4, 1, 0x98 },
		{ 0, 2, 0, 8, 0xff, 0xff, 0xff, 0xff, 0x99 },
		{ 0, 2, 0, 8, 0xff, 0xff, 0xff, 0xff, 0x54 },
		{ 0, 2, 0, 8, 0xff, 0xff, 0xff, 0xff, 0x98, 1 },
		{ 0, 2, 0, 8, 0xff, 0xff, 0xff, 0xff, 0x98, 0, 0, 4 },
		{ 0, 2, 0, 8, 0xff, 0xff, 0xff, 0xff, 0, 0, 8, 0 },
	};

	(void)state;
	test_drive_open(&t, "dvd+rw", 1024);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_int_equal(format(wrong[i]), INVALID_PARAMETER);
	assert_int_equal(test_write(&t, CDB(0x04, 0x01), FORMAT_LIST(0), 12), INVALID_FIELD);
	assert_int_equal(test_write(&t, CDB(0x04, 0x12), FORMAT_LIST(0), 12), INVALID_FIELD);
	assert_int_equal(test_write(&t, CDB(0x04, 0x11), FORMAT_LIST(0), 8), PHASE_ERROR);
	assert_int_equal(test_run(&t, CDB(0x04, 0x11)), PHASE_ERROR);
	assert_int_equal(write_10(0, 1), NOT_FORMATTED);
	assert_int_equal(format((const uint8_t[12]){ 0, 0, 0, 8, 0, 0, 4, 0, 0, 0, 8, 0 }), GOOD);
	test_drive_close(&t);
	test_drive_open(&t, "dvd+r", 1024);
	assert_int_equal(format(FORMAT_LIST(0)), CANNOT_FORMAT);
	test_drive_close(&t);
}

static void test_pressed_is_not_written(void **state)
{
	static const char *const kinds[] = { "cd-rom", "dvd-rom", "bd-rom" };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		test_drive_open(&t, kinds[i], 16);
		assert_int_equal(write_10(0, 1), INCOMPATIBLE_WRITE);
		assert_int_equal(write_10(16, 1), INCOMPATIBLE_WRITE);
		assert_int_equal(reserve(16), INCOMPATIBLE_WRITE);
		assert_int_equal(close_by(CLOSE_SESSION, 0), INCOMPATIBLE_WRITE);
		assert_int_equal(test_run(&t, CDB(0xa1, 0x11)), INCOMPATIBLE_WRITE);
		assert_int_equal(test_run(&t, CDB(0x54, 1)), INCOMPATIBLE_WRITE);
		assert_int_equal(synchronize(), GOOD);
		test_drive_close(&t);
	}
}

static void test_transfer_checks(void **state)
{
	(void)state;
	test_drive_open(&t, "dvd+r", 1024);
	assert_int_equal(test_write(&t, CDB(0x2a, 0, 0, 0, 0, 0, 0, 0, 16), pattern, 15 * DISC_SECTOR), PHASE_ERROR);
	assert_int_equal(test_read(&t, CDB(0x2a, 0, 0, 0, 0, 0, 0, 0, 1), DISC_SECTOR), PHASE_ERROR);
	assert_int_equal(test_run(&t, CDB(0x2a, 0, 0, 0, 0, 0, 0, 0, 1)), PHASE_ERROR);
	assert_int_equal(test_write(&t, CDB(0x2a, 1, 0, 0, 0, 0, 0, 0, 1), pattern, DISC_SECTOR), INVALID_FIELD);
	assert_int_equal(test_write(&t, CDB(0xaa, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0x40), pattern, DISC_SECTOR),
			 INVALID_FIELD);
	assert_int_equal(test_run(&t, CDB(0x2a)), GOOD);
	/* None of them has begun a track. */
	assert_int_equal(next_writable(), 0);
	/* More than the command takes stays with the host. */
	assert_int_equal(test_write(&t, CDB(0x2a, 0, 0, 0, 0, 0, 0, 0, 15), pattern, 16 * DISC_SECTOR), GOOD);
	assert_int_equal(t.answer.transferred, 15 * DISC_SECTOR);
	assert_int_equal(next_writable(), 15);
	test_drive_close(&t);
	test_drive_open(&t, "dvd+r", 1024);
	assert_int_equal(test_write(&t, CDB(0xaa, 8, 0, 0, 0, 0, 0, 0, 0, 1, 0x80), pattern, DISC_SECTOR), GOOD);
	assert_int_equal(test_run(&t, CDB(0x35, 1)), INVALID_FIELD);
	assert_int_equal(test_run(&t, CDB(0x5b, 2, 2)), INVALID_FIELD);
	assert_int_equal(test_run(&t, CDB(0x53, 1)), INVALID_FIELD);
	assert_int_equal(test_run(&t, CDB(0x54, 1)), GOOD);
	assert_int_equal(test_write(&t, CDB(0x54, 0, 0, 0, 0, 0, 0, 0, 8), pattern, 8), GOOD);
	assert_int_equal(test_write(&t, CDB(0x54, 0, 0, 0, 0, 0, 0, 0, 7), pattern, 7), INVALID_FIELD);
	test_drive_close(&t);
}

static void test_read_commands(void **state)
{
	(void)state;
	test_drive_open(&t, "dvd-rom", 100);
	assert_int_equal(read_10(7, 2), GOOD);
	assert_string_equal((char *)t.data, "sector 7");
	assert_string_equal((char *)t.data + DISC_SECTOR, "sector 8");
	assert_int_equal(test_read(&t, CDB(0xa8, 0, 0, 0, 0, 99, 0, 0, 0, 1), DISC_SECTOR), GOOD);
	assert_string_equal((char *)t.data, "sector 99");
	/* A host with less room gets what it has room for, and no byte more. */
	assert_int_equal(test_read(&t, CDB(0x28, 0, 0, 0, 0, 7, 0, 0, 2), DISC_SECTOR + 10), GOOD);
	assert_int_equal(t.answer.transferred, DISC_SECTOR + 10);
	assert_memory_equal(t.data + DISC_SECTOR, "sector 8\0\0\xee", 11);
	assert_int_equal(test_read(&t, CDB(0x28, 0, 0, 0, 0, 7, 0, 0, 2), 0), GOOD);
	assert_int_equal(t.answer.transferred, 0);
	assert_int_equal(read_10(100, 0), GOOD);
	assert_int_equal(read_10(101, 0), OUT_OF_RANGE);
	assert_int_equal(read_10(90, 11), OUT_OF_RANGE);
	assert_information(100);
	assert_int_equal(read_10(0xffffffff, 1), OUT_OF_RANGE);
	assert_int_equal(test_read(&t, CDB(0xa8, 0, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff), 2048), OUT_OF_RANGE);
	assert_int_equal(test_run(&t, CDB(0x28, 0, 0, 0, 0, 7, 0, 0, 2)), PHASE_ERROR);
	assert_int_equal(test_write(&t, CDB(0x28, 0, 0, 0, 0, 7, 0, 0, 1), pattern, DISC_SECTOR), PHASE_ERROR);
	assert_int_equal(test_read(&t, CDB(0x28, 0x20, 0, 0, 0, 7, 0, 0, 1), DISC_SECTOR), INVALID_FIELD);
	assert_int_equal(test_run(&t, CDB(0x2f, 0, 0, 0, 0, 90, 0, 0, 10)), GOOD);
	assert_int_equal(test_run(&t, CDB(0x2f, 0, 0, 0, 0, 91, 0, 0, 10)), OUT_OF_RANGE);
	assert_int_equal(test_run(&t, CDB(0x2f, 2, 0, 0, 0, 0, 0, 0, 1)), INVALID_FIELD);
	assert_int_equal(test_run(&t, CDB(0x2b, 0, 0, 0, 0, 99)), GOOD);
	assert_int_equal(test_run(&t, CDB(0x2b, 0, 0, 0, 0, 100)), OUT_OF_RANGE);
	assert_int_equal(test_read(&t, CDB(0xbe, 0, 0, 0, 0, 0, 0, 0, 1, 0x10), DISC_SECTOR), INCOMPATIBLE_READ);
	test_drive_close(&t);
}

static unsigned read_cd(uint8_t type, uint8_t n_sectors, uint8_t parts, size_t size)
{
	return test_read(&t, CDB(0xbe, type, 0, 0, 0, 16, 0, 0, n_sectors, parts), size);
}

static void test_read_cd(void **state)
{
	uint8_t user[2][DISC_SECTOR] = { "sector 16", "sector 17" }, raw[2][SECTOR_RAW];

	(void)state;
	sector_make_mode1(raw[0], 16, user[0]);
	sector_make_mode1(raw[1], 17, user[1]);
	test_drive_open(&t, "cd-rom", 100);
	assert_int_equal(read_cd(0, 2, 0x10, 8192), GOOD);
	assert_int_equal(t.answer.transferred, 4096);
	assert_memory_equal(t.data, user, 4096);
	assert_int_equal(read_cd(2 << 2, 2, 0xf8, 8192), GOOD);
	assert_int_equal(t.answer.transferred, 2 * SECTOR_RAW);
	assert_memory_equal(t.data, raw, sizeof(raw));
	assert_int_equal(read_cd(0, 1, 0xf8, 100), GOOD);
	assert_int_equal(t.answer.transferred, 100);
	assert_int_equal(t.data[100], 0xee);
	assert_int_equal(read_cd(0, 1, 0x78, 8192), GOOD);
	assert_int_equal(t.answer.transferred, 2340);
	assert_memory_equal(t.data, raw[0] + 12, 2340);
	assert_int_equal(read_cd(0, 1, 0xfa, 8192), GOOD);
	assert_int_equal(t.answer.transferred, SECTOR_RAW + 294);
	assert_int_equal(read_cd(0, 1, 0x20, 8192), GOOD);
	assert_memory_equal(t.data, "\x00\x02\x16\x01", 4);
	assert_int_equal(t.answer.transferred, 4);
	assert_int_equal(read_cd(0, 1, 0x00, 8192), GOOD);
	assert_int_equal(t.answer.transferred, 0);
	/* Parts that do not adjoin, a reserved C2 value and sub-channel, another sector type. */
	assert_int_equal(read_cd(0, 1, 0x90, 8192), INVALID_FIELD);
	assert_int_equal(read_cd(0, 1, 0xa8, 8192), INVALID_FIELD);
	assert_int_equal(read_cd(0, 1, 0x16, 8192), INVALID_FIELD);
	assert_int_equal(test_read(&t, CDB(0xbe, 0, 0, 0, 0, 16, 0, 0, 1, 0x10, 3), 8192), INVALID_FIELD);
	assert_int_equal(read_cd(1 << 2, 1, 0x10, 8192), BLANK);
	assert_int_equal(read_cd(6 << 2, 1, 0x10, 8192), INVALID_FIELD);
	assert_int_equal(test_read(&t, CDB(0xbe, 0, 0, 0, 0, 99, 0, 0, 2, 0x10), 8192), OUT_OF_RANGE);
	/* 00:02:16 up to 00:02:18. */
	assert_int_equal(test_read(&t, CDB(0xb9, 0, 0, 0, 2, 16, 0, 2, 18, 0xf8), 8192), GOOD);
	assert_int_equal(t.answer.transferred, 2 * SECTOR_RAW);
	assert_memory_equal(t.data, raw, sizeof(raw));
	assert_int_equal(test_read(&t, CDB(0xb9, 0, 0, 0, 2, 18, 0, 2, 16, 0x10), 8192), INVALID_FIELD);
	assert_int_equal(test_read(&t, CDB(0xb9, 0, 0, 0, 60, 18, 0, 2, 16, 0x10), 8192), INVALID_FIELD);
	/* Two sectors of the pause before the track are Mode 1 too. */
	assert_int_equal(test_read(&t, CDB(0xb9, 0, 0, 0, 0, 0, 0, 0, 2, 0xf8), 8192), GOOD);
	assert_int_equal(t.answer.transferred, 2 * SECTOR_RAW);
	assert_memory_equal(t.data + 12, "\0\0\0\1", 4);
	test_drive_close(&t);
}

static void add_fault(const char *rule)
{
	assert_int_equal(vdrive_add_fault(t.drive, rule, NULL), 0);
}

static void test_faults(void **state)
{
	(void)state;
	test_drive_open(&t, "dvd-rom", 100);
	add_fault("read lba=20-24 sense=3/11/05");
	add_fault("read lba=50 count=1 sense=1/17/01");
	assert_int_equal(read_10(0, 20), GOOD);
	assert_int_equal(read_10(0, 32), READ_ERROR);
	assert_information(20);
	/* Those before it are there. */
	assert_int_equal(t.answer.transferred, 20 * DISC_SECTOR);
	assert_string_equal((char *)t.data + 19 * DISC_SECTOR, "sector 19");
	assert_int_equal(read_10(22, 1), READ_ERROR);
	assert_information(22);
	/* Recovered: the data comes along. */
	assert_int_equal(read_10(50, 1), RECOVERED);
	assert_int_equal(t.answer.transferred, DISC_SECTOR);
	assert_string_equal((char *)t.data, "sector 50");
	assert_int_equal(read_10(50, 1), GOOD);
	add_fault("read lba=60 host=3 delay=7 count=1");
	assert_int_equal(read_10(60, 1), GOOD);
	assert_int_equal(t.answer.host_status, VDRIVE_HOST_TIME_OUT);
	assert_int_equal(t.answer.delay_us, 7000);
	assert_int_equal(t.answer.transferred, 0);
	test_drive_close(&t);
	test_drive_open(&t, "bd-r", 1024);
	add_fault("write lba=32 count=1 sense=3/0c/00");
	assert_int_equal(write_10(0, 32), GOOD);
	assert_int_equal(write_10(32, 32), 0x30c00);
	assert_int_equal(next_writable(), 32);
	assert_int_equal(write_10(32, 32), GOOD);
	test_drive_close(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cd_track_at_once),
		cmocka_unit_test(test_cd_session_at_once),
		cmocka_unit_test(test_wrong_cue_sheets),
		cmocka_unit_test(test_dvd_plus_r),
		cmocka_unit_test(test_bd_r),
		cmocka_unit_test(test_too_large),
		cmocka_unit_test(test_dvd_plus_rw),
		cmocka_unit_test(test_bd_r_with_spares),
		cmocka_unit_test(test_format_checks),
		cmocka_unit_test(test_pressed_is_not_written),
		cmocka_unit_test(test_transfer_checks),
		cmocka_unit_test(test_read_commands),
		cmocka_unit_test(test_read_cd),
		cmocka_unit_test(test_faults),
	};

	return cmocka_run_group_tests(tests, make_pattern, NULL);
}
