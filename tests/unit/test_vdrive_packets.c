/* SPDX-License-Identifier: GPL-3.0-or-later */
/* CD-RW that is formatted: fixed packets that are written again in their place, by commands as packet writers send. */
#include "vdrive/drive.h"

#include <string.h>

#include "base/bytes.h"
#include "support/virtual_drive.h"
#include "unit/unit.h"
#include "vdrive/disc.h"

/* Sense as 0xKKAAQQ. */
enum {
	GOOD = 0,
	OUT_OF_RANGE = 0x52100,
	INVALID_ADDRESS = 0x52102,
	INVALID_FIELD = 0x52400,
	INVALID_PARAMETER = 0x52600,
	INCOMPATIBLE_FORMAT = 0x53006,
	ILLEGAL_MODE = 0x56400,
	WRITE_PROTECTED = 0x72700,
};

/* 39 places on the disc for each packet of 32 sectors, seven less for the last one, and two of run-out. */
enum { N_SECTORS = 1000, N_FORMATTED = (N_SECTORS - 2 + 7) / 39 * 32, PACKET = 32 };

enum { TRACK_AT_ONCE = 1, MODE_1 = 8, FORM_1 = 10, RAW = 0 };

static struct test_drive t;
static uint8_t pattern[PACKET * DISC_SECTOR];

static int make_pattern(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(pattern); i++)
		pattern[i] = (uint8_t)(i * 13 + i / DISC_SECTOR + 1);
	return 0;
}

static void set_write_page(uint8_t write_type, uint8_t block_type, uint32_t packet_sectors)
{
	uint8_t list[8 + 0x34] = { [8] = 0x05, [9] = 0x32, [10] = write_type, [11] = 4, [12] = block_type, [23] = 150 };

	if (block_type == RAW)
		list[11] = 0;
	if (block_type == FORM_1) {
		list[16] = 0x20;
		list[8 + 50] = 0x08;
	}
	if (packet_sectors > 0)
		list[11] |= 0x20;
	put_be32(list + 18, packet_sectors);
	assert_int_equal(test_write(&t, CDB(0x55, 0x10, 0, 0, 0, 0, 0, 0, sizeof(list)), list, sizeof(list)), GOOD);
}

static unsigned write_10(uint32_t lba, uint16_t n_sectors)
{
	uint8_t cdb[12] = { 0x2a };

	put_be32(cdb + 2, lba);
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

static unsigned format(uint8_t type, uint32_t n_sectors, uint32_t parameter)
{
	uint8_t list[12] = { 0, 0x02, 0, 8 };

	put_be32(list + 4, n_sectors);
	list[8] = (uint8_t)(type << 2);
	put_be24(list + 9, parameter);
	return test_write(&t, CDB(0x04, 0x11), list, sizeof(list));
}

/* As packet writers did before there were format types. */
static unsigned format_session(uint8_t flags, uint32_t n_sectors)
{
	uint8_t list[16] = { 0, 0, 0, 8, [8] = flags };

	put_be32(list + 12, n_sectors);
	return test_write(&t, CDB(0x04, 0x17), list, sizeof(list));
}

/* READ FORMAT CAPACITIES: how many descriptors come behind the current one, which is checked. */
static unsigned read_formats(uint32_t n_current, uint8_t type)
{
	assert_int_equal(test_read(&t, CDB(0x23, 0, 0, 0, 0, 0, 0, 0, 64), 64), GOOD);
	assert_int_equal(get_be32(t.data + 4), n_current);
	assert_int_equal(t.data[8], type);
	return t.data[3] / 8u - 1;
}

static void assert_descriptor(unsigned index, uint8_t type, uint32_t n_sectors, uint32_t parameter)
{
	const uint8_t *descriptor = t.data + 12 + 8 * (size_t)index;

	assert_int_equal(get_be32(descriptor), n_sectors);
	assert_int_equal(descriptor[4], type << 2);
	assert_int_equal(get_be24(descriptor + 5), parameter);
}

static bool has_feature(uint16_t number)
{
	assert_int_equal(test_read(&t, CDB(0x46, 2, (uint8_t)(number >> 8), (uint8_t)number, 0, 0, 0, 0, 64), 64),
			 GOOD);
	return t.answer.transferred > 8 && t.data[10] & 1;
}

/* Track 1 and the disc as they are told: closed, in fixed packets, without a next writable address. */
static void assert_formatted(uint32_t n_sectors, uint8_t data_mode)
{
	assert_int_equal(test_read(&t, CDB(0x51, 0, 0, 0, 0, 0, 0, 0, 34), 34), GOOD);
	assert_int_equal(t.data[2], 0x1e);
	assert_int_equal(t.data[8], data_mode == 2 ? 0x20 : 0);
	assert_int_equal(test_read(&t, CDB(0x52, 1, 0, 0, 0, 1, 0, 0, 36), 36), GOOD);
	assert_int_equal(t.data[5], 5);
	assert_int_equal(t.data[6], 0x30 | data_mode);
	assert_int_equal(t.data[7], 0);
	assert_int_equal(get_be32(t.data + 20), PACKET);
	assert_int_equal(get_be32(t.data + 24), n_sectors);
	assert_int_equal(test_read(&t, CDB(0x25), 8), GOOD);
	assert_int_equal(get_be32(t.data), n_sectors - 1);
}

static void assert_sectors(uint32_t lba, const uint8_t *data)
{
	assert_int_equal(read_10(lba, PACKET), GOOD);
	assert_memory_equal(t.data, data, sizeof(pattern));
}

static void reinsert(void)
{
	assert_int_equal(vdrive_press_eject(t.drive, NULL), 0);
	assert_int_equal(vdrive_insert(t.drive, t.path, NULL, NULL), 0);
	test_run(&t, CDB(0x00));
}

static void test_format(void **state)
{
	static const uint8_t zeros[sizeof(pattern)];

	(void)state;
	test_drive_open(&t, "cd-rw", N_SECTORS);
	assert_true(has_feature(0x23));
	assert_false(has_feature(0x26));
	assert_int_equal(read_formats(N_SECTORS, 1), 2);
	assert_descriptor(0, 0x00, N_FORMATTED, DISC_SECTOR);
	assert_descriptor(1, 0x10, N_FORMATTED, PACKET);
	assert_int_equal(format(0x10, N_FORMATTED, PACKET), GOOD);
	assert_formatted(N_FORMATTED, 1);
	assert_int_equal(read_formats(N_FORMATTED, 2), 2);
	assert_true(has_feature(0x26));
	assert_false(has_feature(0x21));
	assert_false(has_feature(0x2d));
	assert_sectors(N_FORMATTED - PACKET, zeros);
	set_write_page(0, MODE_1, PACKET);
	for (unsigned i = 0; i < 2; i++) {
		assert_int_equal(write_10(N_FORMATTED - PACKET, PACKET), GOOD);
		assert_int_equal(write_10(0, PACKET), GOOD);
		assert_sectors(0, pattern);
		pattern[0]++;
	}
	pattern[0]--;
	/* Closing and calibrating have nothing to refuse. */
	assert_int_equal(test_run(&t, CDB(0x35)), GOOD);
	assert_int_equal(test_run(&t, CDB(0x5b, 1, 2)), GOOD);
	assert_int_equal(test_run(&t, CDB(0x54, 1)), GOOD);
	reinsert();
	assert_formatted(N_FORMATTED, 1);
	assert_sectors(0, pattern);
	assert_sectors(N_FORMATTED - PACKET, pattern);
	assert_sectors(PACKET, zeros);
	test_drive_close(&t);
}

static void test_bad_writes(void **state)
{
	(void)state;
	test_drive_open(&t, "cd-rw", N_SECTORS);
	assert_int_equal(format(0x00, N_FORMATTED, DISC_SECTOR), GOOD);
	assert_int_equal(write_10(0, PACKET), ILLEGAL_MODE);
	set_write_page(0, FORM_1, PACKET);
	assert_int_equal(write_10(0, PACKET), ILLEGAL_MODE);
	set_write_page(0, MODE_1, 16);
	assert_int_equal(write_10(0, PACKET), ILLEGAL_MODE);
	set_write_page(0, MODE_1, PACKET);
	assert_int_equal(write_10(0, PACKET - 1), INVALID_ADDRESS);
	assert_int_equal(write_10(1, PACKET), INVALID_ADDRESS);
	assert_int_equal(write_10(N_FORMATTED, PACKET), INVALID_ADDRESS);
	assert_int_equal(write_10(N_SECTORS, PACKET), OUT_OF_RANGE);
	assert_int_equal(write_10(0x80000000, PACKET), OUT_OF_RANGE);
	assert_int_equal(write_10(PACKET, 0), GOOD);
	/* There is no session that could be opened, nor a track that could be announced. */
	assert_int_equal(test_run(&t, CDB(0xa1, 0x15)), ILLEGAL_MODE);
	assert_int_equal(test_run(&t, CDB(0xa1, 0x16)), ILLEGAL_MODE);
	assert_formatted(N_FORMATTED, 1);
	/* Blanked it is what it was. */
	assert_int_equal(test_run(&t, CDB(0xa1, 0x11)), GOOD);
	assert_int_equal(read_10(0, 1), ILLEGAL_MODE);
	set_write_page(TRACK_AT_ONCE, MODE_1, 0);
	assert_int_equal(write_10(0, PACKET), GOOD);
	test_drive_close(&t);
}

static void test_bad_formats(void **state)
{
	(void)state;
	test_drive_open(&t, "cd-rw", N_SECTORS);
	assert_int_equal(format(0x10, 0, PACKET), INVALID_PARAMETER);
	assert_int_equal(format(0x10, PACKET + 1, PACKET), INVALID_PARAMETER);
	assert_int_equal(format(0x10, N_FORMATTED + PACKET, PACKET), INVALID_PARAMETER);
	assert_int_equal(format(0x10, N_FORMATTED, 16), INVALID_PARAMETER);
	assert_int_equal(format(0x11, PACKET, PACKET), INVALID_PARAMETER);
	assert_int_equal(format(0x12, PACKET, PACKET), INVALID_PARAMETER);
	assert_int_equal(format(0x26, N_FORMATTED, 0), INVALID_PARAMETER);
	assert_int_equal(format_session(0x80, PACKET), INVALID_PARAMETER);
	assert_int_equal(test_run(&t, CDB(0x04, 0x13)), INVALID_FIELD);
	set_write_page(TRACK_AT_ONCE, RAW, 0);
	assert_int_equal(format(0x10, N_FORMATTED, PACKET), ILLEGAL_MODE);
	assert_int_equal(read_formats(N_SECTORS, 1), 2);
	test_drive_close(&t);
	/* Only CD-RW has that list. */
	test_drive_open(&t, "dvd-rw", 4096);
	assert_int_equal(format_session(0, 4096), INVALID_FIELD);
	test_drive_close(&t);
	test_drive_open(&t, "cd-r", N_SECTORS);
	assert_int_equal(format(0x10, N_FORMATTED, PACKET), INCOMPATIBLE_FORMAT);
	test_drive_close(&t);
}

static void test_grow(void **state)
{
	(void)state;
	test_drive_open(&t, "cd-rw", N_SECTORS);
	assert_int_equal(format(0x10, 10 * PACKET, PACKET), GOOD);
	assert_formatted(10 * PACKET, 1);
	assert_int_equal(read_formats(10 * PACKET, 2), 3);
	assert_descriptor(2, 0x11, N_FORMATTED - 10 * PACKET, PACKET);
	set_write_page(0, MODE_1, PACKET);
	assert_int_equal(write_10(0, PACKET), GOOD);
	assert_int_equal(write_10(10 * PACKET, PACKET), INVALID_ADDRESS);
	assert_int_equal(format(0x11, N_FORMATTED, PACKET), INVALID_PARAMETER);
	assert_int_equal(format(0x11, PACKET, PACKET), GOOD);
	assert_formatted(11 * PACKET, 1);
	assert_int_equal(format_session(0x40, PACKET), GOOD);
	assert_formatted(12 * PACKET, 1);
	assert_int_equal(write_10(11 * PACKET, PACKET), GOOD);
	assert_sectors(0, pattern);
	test_drive_close(&t);
}

/* Mode 2, as packet writers like it best: also what nobody wrote yet is there, and whole sectors are of Form 1. */
static void test_mode_2(void **state)
{
	static const uint8_t subheader[8] = { 0, 0, 0x08, 0, 0, 0, 0x08, 0 }, zeros[sizeof(pattern)];

	(void)state;
	test_drive_open(&t, "cd-rw", N_SECTORS);
	set_write_page(0, FORM_1, PACKET);
	assert_int_equal(format_session(0, UINT32_MAX), GOOD);
	assert_formatted(N_FORMATTED, 2);
	assert_int_equal(write_10(PACKET, PACKET), GOOD);
	reinsert();
	assert_sectors(PACKET, pattern);
	assert_sectors(0, zeros);
	assert_int_equal(test_read(&t, CDB(0xbe, 0, 0, 0, 0, PACKET, 0, 0, 1, 0xf8), 2352), GOOD);
	assert_int_equal(t.data[15], 2);
	assert_memory_equal(t.data + 16, subheader, sizeof(subheader));
	assert_memory_equal(t.data + 24, pattern, DISC_SECTOR);
	set_write_page(0, MODE_1, PACKET);
	assert_int_equal(write_10(0, PACKET), ILLEGAL_MODE);
	test_drive_close(&t);
}

/* What was written before the power went away stays, but for what was in the buffer: that is as it was. */
static void test_power_loss(void **state)
{
	static const uint8_t zeros[sizeof(pattern)];

	(void)state;
	test_drive_open(&t, "cd-rw", N_SECTORS);
	assert_int_equal(format(0x10, N_FORMATTED, PACKET), GOOD);
	set_write_page(0, MODE_1, PACKET);
	assert_int_equal(vdrive_add_fault(t.drive, "write lba=64 power-loss", NULL), 0);
	assert_int_equal(write_10(0, PACKET), GOOD);
	assert_int_equal(test_run(&t, CDB(0x35)), GOOD);
	assert_int_equal(write_10(PACKET, PACKET), GOOD);
	write_10(2 * PACKET, PACKET);
	while (test_run(&t, CDB(0x00)) != GOOD)
		;
	assert_formatted(N_FORMATTED, 1);
	assert_sectors(0, pattern);
	assert_sectors(PACKET, zeros);
	test_drive_close(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_format), cmocka_unit_test(test_bad_writes), cmocka_unit_test(test_bad_formats),
		cmocka_unit_test(test_grow),   cmocka_unit_test(test_mode_2),     cmocka_unit_test(test_power_loss),
	};

	return cmocka_run_group_tests(tests, make_pattern, NULL);
}
