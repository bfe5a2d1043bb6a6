/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the drive tells about itself and its medium: bytes as MMC-6 lays them out. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/bytes.h"
#include "disc/profile.h"
#include "support/virtual_drive.h"
#include "unit/unit.h"
#include "vdrive/drive.h"

enum { INVALID_FIELD = 0x52400, INVALID_PARAMETER = 0x52600, LENGTH_ERROR = 0x51a00, INCOMPATIBLE = 0x53002 };

/* Sectors of the blanks and images that these tests use. */
enum { N_SECTORS = 4096 };

static void test_inquiry(void **state)
{
	struct test_drive t;

	(void)state;
	test_drive_open(&t, NULL, 0);
	assert_int_equal(test_read(&t, CDB(0x12, 0, 0, 0, 255), 255), 0);
	assert_int_equal(t.answer.transferred, 96);
	assert_int_equal(t.data[0], 5);
	assert_int_equal(t.data[1], 0x80);
	assert_int_equal(t.data[3] & 0x0f, 2);
	assert_int_equal(t.data[4], 91);
	assert_memory_equal(t.data + 8, "DISCERN VIRTUAL DRIVE   1.00", 28);
	assert_int_equal(test_read(&t, CDB(0x12, 1, 0x00, 0, 255), 255), 0);
	assert_memory_equal(t.data, "\x05\0\0\x03\x00\x80\x83", 7);
	assert_int_equal(test_read(&t, CDB(0x12, 1, 0x83, 0, 255), 255), 0);
	assert_int_equal(t.answer.transferred, 4 + get_be16(t.data + 2));
	assert_memory_equal(t.data + 8, "DISCERN VIRTUAL DRIVE   VD0001", 30);
	assert_int_equal(test_read(&t, CDB(0x12, 1, 0x84, 0, 255), 255), INVALID_FIELD);
	assert_int_equal(test_read(&t, CDB(0x12, 0, 0x80, 0, 255), 255), INVALID_FIELD);
	test_drive_close(&t);
}

/** Walks the descriptors of GET CONFIGURATION; the current ones into list, their number is returned. */
static size_t current_features(struct test_drive *t, uint8_t requested, uint16_t list[64])
{
	uint8_t cdb[12] = { 0x46, requested, 0, 0, 0, 0, 0, 0x10, 0 };
	size_t size, at = 8, n = 0;

	assert_int_equal(test_read(t, cdb, 4096), 0);
	size = t->answer.transferred;
	assert_int_equal(get_be32(t->data), size - 4);
	while (at < size) {
		assert_true(at + 4 <= size);
		assert_int_equal(t->data[at + 3] % 4, 0);
		if (t->data[at + 2] & 1)
			list[n++] = get_be16(t->data + at);
		at += 4u + t->data[at + 3];
	}
	assert_int_equal(at, size);
	return n;
}

static void test_current_features(void **state)
{
	static const struct {
		const char *media;
		enum discern_profile profile;
		uint16_t features[20];
	} expected[] = {
		{ NULL, DISCERN_PROFILE_NONE, { 0, 1, 2, 3, 0x100, 0x105, 0x108, 0x10c } },
		{ "cd-rom",
		  DISCERN_PROFILE_CD_ROM,
		  { 0, 1, 2, 3, 0x10, 0x1d, 0x1e, 0x100, 0x103, 0x105, 0x107, 0x108, 0x10c } },
		{ "cd-r",
		  DISCERN_PROFILE_CD_R,
		  { 0, 1, 2, 3, 0x10, 0x1d, 0x1e, 0x21, 0x2d, 0x2e, 0x100, 0x103, 0x105, 0x107, 0x108, 0x10c } },
		{ "dvd-rom", DISCERN_PROFILE_DVD_ROM, { 0, 1, 2, 3, 0x10, 0x1f, 0x100, 0x105, 0x107, 0x108, 0x10c } },
		{ "dvd+r",
		  DISCERN_PROFILE_DVD_PLUS_R,
		  { 0, 1, 2, 3, 0x10, 0x1f, 0x2b, 0x100, 0x105, 0x107, 0x108, 0x10c } },
		{ "dvd+rw",
		  DISCERN_PROFILE_DVD_PLUS_RW,
		  { 0, 1, 2, 3, 0x10, 0x1f, 0x23, 0x2a, 0x100, 0x105, 0x107, 0x108, 0x10c } },
		{ "bd-rom", DISCERN_PROFILE_BD_ROM, { 0, 1, 2, 3, 0x10, 0x40, 0x100, 0x105, 0x107, 0x108, 0x10c } },
		{ "bd-r",
		  DISCERN_PROFILE_BD_R,
		  { 0, 1, 2, 3, 0x10, 0x21, 0x23, 0x40, 0x41, 0x100, 0x105, 0x107, 0x108, 0x10c } },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(expected) / sizeof(expected[0]); i++) {
		uint16_t all[64] = { 0 }, current[64] = { 0 };
		struct test_drive t;
		size_t n;

		test_drive_open(&t, expected[i].media, N_SECTORS);
		n = current_features(&t, 0, all);
		assert_int_equal(get_be16(t.data + 6), expected[i].profile);
		assert_memory_equal(all, expected[i].features, sizeof(expected[i].features));
		/* "Only the current ones" are the same ones, and no others are in the answer. */
		assert_int_equal(current_features(&t, 1, current), n);
		assert_memory_equal(all, current, sizeof(all));
		test_drive_close(&t);
	}
}

static void test_one_feature(void **state)
{
	struct test_drive t;

	(void)state;
	test_drive_open(&t, "bd-r", N_SECTORS);
	assert_int_equal(test_read(&t, CDB(0x46, 2, 0x00, 0x10, 0, 0, 0, 0, 255), 255), 0);
	assert_int_equal(t.answer.transferred, 20);
	assert_int_equal(get_be16(t.data + 8), 0x10);
	assert_int_equal(get_be32(t.data + 12), 2048);
	assert_int_equal(get_be16(t.data + 16), 32);
	/* One that there is not: the header alone. */
	assert_int_equal(test_read(&t, CDB(0x46, 2, 0x00, 0x22, 0, 0, 0, 0, 255), 255), 0);
	assert_int_equal(t.answer.transferred, 8);
	assert_int_equal(test_read(&t, CDB(0x46, 3, 0x00, 0x20, 0, 0, 0, 0, 255), 255), INVALID_FIELD);
	test_drive_close(&t);
}

static void test_mode_sense(void **state)
{
	static const uint8_t pages[] = { 0x01, 0x05, 0x08, 0x0d, 0x0e, 0x1a, 0x1d, 0x2a };
	struct test_drive t;
	size_t at = 8, n = 0, size;

	(void)state;
	test_drive_open(&t, "dvd+r", N_SECTORS);
	assert_int_equal(test_read(&t, CDB(0x5a, 0, 0x3f, 0, 0, 0, 0, 2, 0), 512), 0);
	size = t.answer.transferred;
	assert_int_equal(get_be16(t.data), size - 2);
	assert_int_equal(get_be16(t.data + 6), 0);
	for (; at < size; at += 2u + t.data[at + 1])
		assert_int_equal(t.data[at], pages[n++]);
	assert_int_equal(at, size);
	assert_int_equal(n, sizeof(pages));
	for (size_t i = 0; i < sizeof(pages); i++) {
		/* Each page by itself, in the short form, and what of it can be changed. */
		assert_int_equal(test_read(&t, CDB(0x1a, 0, pages[i], 0, 255), 255), 0);
		assert_int_equal(t.data[0], t.answer.transferred - 1);
		assert_int_equal(t.data[4], pages[i]);
		assert_int_equal(t.data[5], t.answer.transferred - 6);
		size = t.answer.transferred;
		assert_int_equal(test_read(&t, CDB(0x1a, 0, 0x40 | pages[i], 0, 255), 255), 0);
		assert_int_equal(t.answer.transferred, size);
		assert_int_equal(test_read(&t, CDB(0x1a, 0, 0x80 | pages[i], 0, 255), 255), 0);
		assert_int_equal(test_read(&t, CDB(0x1a, 0, 0xc0 | pages[i], 0, 255), 255), 0x53900);
	}
	assert_int_equal(test_read(&t, CDB(0x5a, 0, 0x3f, 0xff, 0, 0, 0, 2, 0), 512), 0);
	assert_int_equal(test_read(&t, CDB(0x5a, 0, 0x3f, 0x01, 0, 0, 0, 2, 0), 512), INVALID_FIELD);
	assert_int_equal(test_read(&t, CDB(0x5a, 0, 0x02, 0, 0, 0, 0, 2, 0), 512), INVALID_FIELD);
	test_drive_close(&t);
}

static void test_capabilities_page(void **state)
{
	struct test_drive t;
	size_t n;

	(void)state;
	test_drive_open(&t, "bd-r", N_SECTORS);
	assert_int_equal(test_read(&t, CDB(0x5a, 0, 0x2a, 0, 0, 0, 0, 2, 0), 512), 0);
	n = get_be16(t.data + 8 + 30);
	assert_int_equal(t.data[8 + 1], 30 + 4 * n);
	assert_int_equal(get_be16(t.data + 8 + 8), 53952);
	assert_int_equal(get_be16(t.data + 8 + 12), 4096);
	assert_int_equal(get_be16(t.data + 8 + 28), 53952);
	assert_int_equal(get_be16(t.data + 8 + 32 + 2), 53952);
	assert_int_equal(get_be16(t.data + 8 + 32 + 4 * (n - 1) + 2), 8992);
	/* Lock state. */
	assert_int_equal(t.data[8 + 6] & 2, 0);
	assert_int_equal(test_run(&t, CDB(0x1e, 0, 0, 0, 1)), 0);
	assert_int_equal(test_read(&t, CDB(0x5a, 0, 0x2a, 0, 0, 0, 0, 2, 0), 512), 0);
	assert_int_equal(t.data[8 + 6] & 2, 2);
	test_drive_close(&t);
}

/** MODE SELECT(10) of page 05h with some bytes set; everything else is as libburn sends it. */
static unsigned select_write_page(struct test_drive *t, uint8_t write_type, uint8_t track_mode, uint8_t block_type)
{
	uint8_t list[8 + 0x34] = { [8] = 5, [9] = 0x32, [8 + 15] = 150 };

	list[8 + 2] = write_type;
	list[8 + 3] = track_mode;
	list[8 + 4] = block_type;
	return test_write(t, CDB(0x55, 0x10, 0, 0, 0, 0, 0, 0, sizeof(list)), list, sizeof(list));
}

static void test_write_page(void **state)
{
	struct test_drive t;

	(void)state;
	test_drive_open(&t, "cd-r", N_SECTORS);
	assert_int_equal(select_write_page(&t, 0x41, 0xc4, 8), 0);
	assert_int_equal(t.answer.transferred, 60);
	assert_int_equal(test_read(&t, CDB(0x5a, 0, 0x05, 0, 0, 0, 0, 0, 60), 60), 0);
	assert_int_equal(t.data[8 + 2], 0x41);
	assert_int_equal(t.data[8 + 3], 0xc4);
	/* The default is still what it was. */
	assert_int_equal(test_read(&t, CDB(0x5a, 0, 0x85, 0, 0, 0, 0, 0, 60), 60), 0);
	assert_int_equal(t.data[8 + 3], 0x04);
	/* What the drive cannot do: raw without Q, layer jump, audio of 2048 bytes, raw data tracks, B0 without data. */
	assert_int_equal(select_write_page(&t, 0x43, 4, 8), INVALID_PARAMETER);
	assert_int_equal(get_be16(t.answer.sense + 16), 8 + 4);
	assert_int_equal(select_write_page(&t, 0x44, 4, 8), INVALID_PARAMETER);
	assert_int_equal(get_be16(t.answer.sense + 16), 8 + 2);
	assert_int_equal(select_write_page(&t, 0x41, 0, 8), INVALID_PARAMETER);
	assert_int_equal(select_write_page(&t, 0x41, 4, 0), INVALID_PARAMETER);
	assert_int_equal(select_write_page(&t, 0x41, 0x84, 8), INVALID_PARAMETER);
	assert_int_equal(select_write_page(&t, 0x42, 4, 0), 0);
	/* A refused page changes nothing. */
	assert_int_equal(select_write_page(&t, 0x43, 4, 8), INVALID_PARAMETER);
	assert_int_equal(test_read(&t, CDB(0x5a, 0, 0x05, 0, 0, 0, 0, 0, 60), 60), 0);
	assert_int_equal(t.data[8 + 2], 0x42);
	test_drive_close(&t);
	/* No test write, nothing raw. */
	test_drive_open(&t, "dvd+r", N_SECTORS);
	assert_int_equal(select_write_page(&t, 0x40, 0xc4, 8), 0);
	assert_int_equal(select_write_page(&t, 0x50, 0xc4, 8), INVALID_PARAMETER);
	assert_int_equal(select_write_page(&t, 0x43, 0, 1), INVALID_PARAMETER);
	test_drive_close(&t);
}

static void test_mode_select_lists(void **state)
{
	uint8_t list[8 + 12] = { [8] = 1, [9] = 10, [8 + 2] = 0x20, [8 + 3] = 5, [8 + 8] = 1 };
	struct test_drive t;

	(void)state;
	test_drive_open(&t, "cd-r", N_SECTORS);
	assert_int_equal(test_write(&t, CDB(0x55, 0x10, 0, 0, 0, 0, 0, 0, 20), list, 20), 0);
	assert_int_equal(test_read(&t, CDB(0x5a, 0, 1, 0, 0, 0, 0, 0, 20), 20), 0);
	assert_int_equal(t.data[8 + 2], 0x20);
	assert_int_equal(t.data[8 + 3], 5);
	assert_int_equal(test_write(&t, CDB(0x55, 0x10), list, 0), 0);
	/* No page format, saving, cut short at any place. */
	assert_int_equal(test_write(&t, CDB(0x55, 0, 0, 0, 0, 0, 0, 0, 20), list, 20), INVALID_FIELD);
	assert_int_equal(test_write(&t, CDB(0x55, 0x11, 0, 0, 0, 0, 0, 0, 20), list, 20), INVALID_FIELD);
	for (uint8_t size = 1; size < 20; size++)
		assert_int_equal(test_write(&t, CDB(0x55, 0x10, 0, 0, 0, 0, 0, 0, size), list, size),
				 size == 8 ? 0 : LENGTH_ERROR);
	/* A page of another length, one that there is none of, one that cannot be changed, a block descriptor too long. */
	list[9] = 9;
	assert_int_equal(test_write(&t, CDB(0x55, 0x10, 0, 0, 0, 0, 0, 0, 20), list, 20), INVALID_PARAMETER);
	list[9] = 10;
	list[8] = 2;
	assert_int_equal(test_write(&t, CDB(0x55, 0x10, 0, 0, 0, 0, 0, 0, 20), list, 20), INVALID_PARAMETER);
	list[8] = 8;
	assert_int_equal(test_write(&t, CDB(0x55, 0x10, 0, 0, 0, 0, 0, 0, 20), list, 20), INVALID_PARAMETER);
	list[8] = 1;
	list[7] = 200;
	assert_int_equal(test_write(&t, CDB(0x55, 0x10, 0, 0, 0, 0, 0, 0, 20), list, 20), INVALID_PARAMETER);
	list[7] = 0;
	list[8 + 5] = 1;
	assert_int_equal(test_write(&t, CDB(0x55, 0x10, 0, 0, 0, 0, 0, 0, 20), list, 20), INVALID_PARAMETER);
	test_drive_close(&t);
}

static void test_blank_disc(void **state)
{
	static const struct {
		const char *media;
		uint8_t last_lead_out;
	} blanks[] = { { "cd-r", 1 }, { "dvd+r", 0 }, { "bd-r", 0 } };

	(void)state;
	for (size_t i = 0; i < sizeof(blanks) / sizeof(blanks[0]); i++) {
		struct test_drive t;

		test_drive_open(&t, blanks[i].media, N_SECTORS);
		assert_int_equal(test_read(&t, CDB(0x51, 0, 0, 0, 0, 0, 0, 0, 34), 34), 0);
		assert_int_equal(t.answer.transferred, 34);
		assert_int_equal(get_be16(t.data), 32);
		assert_int_equal(t.data[2], 0);
		assert_memory_equal(t.data + 3, "\x01\x01\x01\x01", 4);
		/* N_SECTORS is 00:56:46. */
		assert_memory_equal(t.data + 20, blanks[i].last_lead_out ? "\x00\x00\x38\x2e" : "\0\0\0\0", 4);
		/* The invisible track, by all its names. */
		assert_int_equal(test_read(&t, CDB(0x52, 1, 0, 0, 0, 0xff, 0, 0, 36), 36), 0);
		assert_int_equal(get_be16(t.data), 34);
		assert_int_equal(t.data[2], 1);
		assert_int_equal(t.data[6] & 0x40, 0x40);
		assert_int_equal(t.data[7], 1);
		assert_int_equal(get_be32(t.data + 12), 0);
		assert_int_equal(get_be32(t.data + 16), N_SECTORS);
		assert_int_equal(get_be32(t.data + 24), N_SECTORS);
		for (uint8_t type = 0; type < 3; type++) {
			assert_int_equal(test_read(&t, CDB(0x52, type, 0, 0, 0, type > 0, 0, 0, 36), 36), 0);
			assert_int_equal(t.data[2], 1);
		}
		assert_int_equal(test_read(&t, CDB(0x52, 1, 0, 0, 0, 2, 0, 0, 36), 36), INVALID_FIELD);
		assert_int_equal(test_read(&t, CDB(0x52, 3, 0, 0, 0, 1, 0, 0, 36), 36), INVALID_FIELD);
		assert_int_equal(test_read(&t, CDB(0x52, 0, 0xff, 0xff, 0xff, 0xff, 0, 0, 36), 36), INVALID_FIELD);
		assert_int_equal(test_read(&t, CDB(0x43, 0, 0, 0, 0, 0, 0, 0, 20), 20), INVALID_FIELD);
		assert_int_equal(test_read(&t, CDB(0x25), 8), 0);
		assert_int_equal(get_be32(t.data), 0);
		assert_int_equal(test_read(&t, CDB(0x23, 0, 0, 0, 0, 0, 0, 0, 255), 255), 0);
		assert_int_equal(get_be32(t.data + 4), N_SECTORS);
		assert_int_equal(t.data[8], 1);
		test_drive_close(&t);
	}
}

static void test_pressed_disc(void **state)
{
	(void)state;
	for (size_t i = 0; test_media[i] != NULL; i++) {
		struct test_drive t;

		if (strstr(test_media[i], "-rom") == NULL)
			continue;
		test_drive_open(&t, test_media[i], N_SECTORS);
		assert_int_equal(test_read(&t, CDB(0x51, 0, 0, 0, 0, 0, 0, 0, 34), 34), 0);
		assert_int_equal(t.data[2], 0x0e);
		assert_int_equal(test_read(&t, CDB(0x52, 1, 0, 0, 0, 1, 0, 0, 36), 36), 0);
		assert_int_equal(t.data[5], 4);
		assert_int_equal(t.data[7], 0);
		assert_int_equal(get_be32(t.data + 24), N_SECTORS);
		assert_int_equal(test_read(&t, CDB(0x52, 1, 0, 0, 0, 0xff, 0, 0, 36), 36), INVALID_FIELD);
		assert_int_equal(test_read(&t, CDB(0x52, 5, 0, 0, 0, 1, 0, 0, 36), 36), INVALID_FIELD);
		assert_int_equal(test_read(&t, CDB(0x43, 0, 0, 0, 0, 0, 0, 0, 20), 20), 0);
		assert_int_equal(t.answer.transferred, 20);
		assert_memory_equal(t.data, "\0\x12\x01\x01\0\x14\x01\0\0\0\0\0\0\x14\xaa\0", 16);
		assert_int_equal(get_be32(t.data + 16), N_SECTORS);
		assert_int_equal(test_read(&t, CDB(0x43, 2, 0, 0, 0, 0, 0xaa, 0, 12), 12), 0);
		assert_memory_equal(t.data + 4, "\0\x14\xaa\0\0\x00\x38\x2e", 8);
		assert_int_equal(test_read(&t, CDB(0x43, 0, 0, 0, 0, 0, 2, 0, 12), 12), INVALID_FIELD);
		assert_int_equal(test_read(&t, CDB(0x43, 0, 1, 0, 0, 0, 0, 0, 12), 12), 0);
		assert_memory_equal(t.data, "\0\x0a\x01\x01\0\x14\x01\0\0\0\0\0", 12);
		assert_int_equal(test_read(&t, CDB(0x43, 0, 5, 0, 0, 0, 0, 0, 12), 12), INVALID_FIELD);
		assert_int_equal(test_read(&t, CDB(0x25), 8), 0);
		assert_int_equal(get_be32(t.data), N_SECTORS - 1);
		assert_int_equal(get_be32(t.data + 4), 2048);
		test_drive_close(&t);
	}
}

static void test_raw_toc_and_atip(void **state)
{
	struct test_drive t;

	(void)state;
	test_drive_open(&t, "cd-rom", N_SECTORS);
	assert_int_equal(test_read(&t, CDB(0x43, 2, 2, 0, 0, 0, 0, 0, 255), 255), 0);
	assert_int_equal(t.answer.transferred, 4 + 4 * 11);
	assert_memory_equal(t.data + 4, "\x01\x14\0\xa0\0\0\0\0\x01\0\0", 11);
	assert_memory_equal(t.data + 15, "\x01\x14\0\xa1\0\0\0\0\x01\0\0", 11);
	assert_memory_equal(t.data + 26, "\x01\x14\0\xa2\0\0\0\0\x00\x38\x2e", 11);
	assert_memory_equal(t.data + 37, "\x01\x14\0\x01\0\0\0\0\x00\x02\x00", 11);
	assert_int_equal(test_read(&t, CDB(0x43, 2, 2, 0, 0, 0, 2, 0, 255), 255), INVALID_FIELD);
	/* The format where SFF-8020 had it. */
	assert_int_equal(test_read(&t, CDB(0x43, 2, 0, 0, 0, 0, 0, 0, 255, 0x80), 255), 0);
	assert_int_equal(t.answer.transferred, 4 + 4 * 11);
	assert_int_equal(test_read(&t, CDB(0x43, 2, 4, 0, 0, 0, 0, 0, 28), 28), INVALID_FIELD);
	test_drive_close(&t);
	test_drive_open(&t, "cd-r", 0);
	assert_int_equal(test_read(&t, CDB(0x43, 2, 4, 0, 0, 0, 0, 0, 28), 28), 0);
	assert_int_equal(get_be16(t.data), 26);
	assert_memory_equal(t.data + 8, "\x61\x0c\x00\x00\x4f\x3b\x4a", 7);
	assert_int_equal(test_read(&t, CDB(0x43, 2, 3, 0, 0, 0, 0, 0, 28), 28), 0);
	assert_int_equal(t.answer.transferred, 4);
	test_drive_close(&t);
}

static void test_structures(void **state)
{
	struct test_drive t;

	(void)state;
	test_drive_open(&t, "dvd+r", N_SECTORS);
	assert_int_equal(test_read(&t, CDB(0xad, 0, 0, 0, 0, 0, 0, 0, 0x10, 0), 4096), 0);
	assert_int_equal(t.answer.transferred, 2052);
	assert_int_equal(get_be16(t.data), 2050);
	assert_int_equal(t.data[4], 0xa1);
	assert_int_equal(get_be24(t.data + 9), 0x30000);
	assert_int_equal(get_be24(t.data + 13), 0x30000 + N_SECTORS - 1);
	assert_int_equal(test_read(&t, CDB(0xad, 0, 0, 0, 0, 0, 0, 0x11, 0x10, 0), 4096), 0);
	assert_memory_equal(t.data + 4 + 19, "DISCERN\0VD1\x01", 12);
	assert_int_equal(test_read(&t, CDB(0xad, 0, 0, 0, 0, 0, 0, 0x0e, 0x10, 0), 4096), INVALID_FIELD);
	assert_int_equal(test_read(&t, CDB(0xad, 0, 0, 0, 0, 0, 1, 0x00, 0x10, 0), 4096), INVALID_FIELD);
	assert_int_equal(test_read(&t, CDB(0xad, 1, 0, 0, 0, 0, 0, 0x00, 0x10, 0), 4096), INCOMPATIBLE);
	assert_int_equal(test_read(&t, CDB(0xad, 0, 0, 0, 0, 0, 0, 0xff, 0x10, 0), 4096), 0);
	assert_int_equal(t.answer.transferred, 4 + 5 * 4);
	assert_memory_equal(t.data + 4,
			    "\x00\x40\x08\x04\x01\x40\x00\x08\x04\x40\x08\x04\x05\x40\x00\x08\x11\x40\x01\x04", 20);
	test_drive_close(&t);

	test_drive_open(&t, "bd-r", N_SECTORS);
	assert_int_equal(test_read(&t, CDB(0xad, 1, 0, 0, 0, 0, 0, 0, 0x20, 0), 8192), 0);
	assert_int_equal(t.answer.transferred, 4100);
	assert_memory_equal(t.data + 4, "DI", 2);
	assert_memory_equal(t.data + 4 + 8, "BDR", 3);
	assert_memory_equal(t.data + 4 + 100, "DISCRNVD1", 9);
	assert_int_equal(test_read(&t, CDB(0xad, 1, 0, 0, 0, 0, 0, 0x0a, 0, 16), 16), 0);
	assert_int_equal(t.answer.transferred, 16);
	assert_int_equal(test_read(&t, CDB(0xad, 0, 0, 0, 0, 0, 0, 0, 0x10, 0), 4096), INCOMPATIBLE);
	test_drive_close(&t);
}

static void test_two_layers(void **state)
{
	enum { N_DUAL = 4000000 };
	struct test_drive t;
	uint32_t end_0, start_1, end_1;
	FILE *file;

	(void)state;
	test_drive_open(&t, NULL, 0);
	file = fopen(t.path, "wb");
	assert_non_null(file);
	assert_int_equal(ftruncate(fileno(file), N_DUAL * 2048L), 0);
	fclose(file);
	assert_int_equal(vdrive_insert(t.drive, t.path, "dvd-rom", NULL), 0);
	test_run(&t, CDB(0x00));
	assert_int_equal(test_read(&t, CDB(0xad, 0, 0, 0, 0, 0, 1, 0, 0x10, 0), 4096), 0);
	/* Two layers, opposite track path. */
	assert_int_equal(t.data[4 + 2] & 0x70, 0x30);
	end_0 = get_be24(t.data + 4 + 13);
	start_1 = ~end_0 & 0xffffff;
	end_1 = get_be24(t.data + 4 + 9);
	assert_int_equal((end_0 + 1 - 0x30000) % 16, 0);
	assert_int_equal(end_0 + 1 - 0x30000 + end_1 + 1 - start_1, N_DUAL);
	assert_int_equal(test_read(&t, CDB(0xad, 0, 0, 0, 0, 0, 2, 0, 0x10, 0), 4096), INVALID_FIELD);
	test_drive_close(&t);
}

static void test_report_key(void **state)
{
	struct test_drive t;

	(void)state;
	test_drive_open(&t, "dvd-rom", N_SECTORS);
	assert_int_equal(test_read(&t, CDB(0xa4, 0, 0, 0, 0, 0, 0, 0, 0, 8, 0x08), 8), 0);
	assert_memory_equal(t.data, "\0\x06\0\0\x25\xff\x01\0", 8);
	assert_int_equal(test_read(&t, CDB(0xa4, 0, 0, 0, 0, 0, 0, 0, 0, 8, 0x00), 8), 0x56f01);
	assert_int_equal(test_run(&t, CDB(0xa4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x3f)), 0);
	assert_int_equal(test_read(&t, CDB(0xa4, 0, 0, 0, 0, 0, 0, 0, 0, 12, 0x01), 12), 0x56f01);
	assert_int_equal(test_read(&t, CDB(0xa4, 0, 0, 0, 0, 0, 0, 2, 0, 8, 0x00), 8), INCOMPATIBLE);
	test_drive_close(&t);
}

static void test_performance(void **state)
{
	struct test_drive t;
	size_t n;

	(void)state;
	test_drive_open(&t, "dvd+r", N_SECTORS);
	/* Without room for descriptors the length is still that of all of them. */
	assert_int_equal(test_read(&t, CDB(0xac, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x03), 8), 0);
	assert_int_equal(t.answer.transferred, 8);
	n = (get_be32(t.data) - 4) / 16;
	assert_int_equal(test_read(&t, CDB(0xac, 0, 0, 0, 0, 0, 0, 0, 0, 64, 0x03), 1024), 0);
	assert_int_equal(t.answer.transferred, 8 + 16 * n);
	assert_int_equal(get_be32(t.data + 8 + 4), N_SECTORS - 1);
	assert_int_equal(get_be32(t.data + 8 + 12), 22160);
	assert_int_equal(get_be32(t.data + 8 + 16 * (n - 1) + 12), 3324);
	/* Nominal read and write performance. */
	assert_int_equal(test_read(&t, CDB(0xac, 0x10, 0, 0, 0, 0, 0, 0, 0, 1, 0x00), 24), 0);
	assert_int_equal(t.answer.transferred, 24);
	assert_int_equal(get_be32(t.data + 8 + 12), 22160);
	assert_int_equal(test_read(&t, CDB(0xac, 0x14, 0, 0, 0, 0, 0, 0, 0, 1, 0x00), 24), 0);
	assert_int_equal(t.data[4], 2);
	/* No tolerance named is answered too, others are not. */
	assert_int_equal(test_read(&t, CDB(0xac, 0x04, 0, 0, 0, 0, 0, 0, 0, 1, 0x00), 24), 0);
	assert_int_equal(get_be32(t.data + 8 + 12), 22160);
	assert_int_equal(test_read(&t, CDB(0xac, 0x08, 0, 0, 0, 0, 0, 0, 0, 1, 0x00), 24), INVALID_FIELD);
	assert_int_equal(test_read(&t, CDB(0xac, 0x10, 0, 0, 0, 0, 0, 0, 0, 1, 0x02), 24), INVALID_FIELD);
	test_drive_close(&t);
}

/** Current write speed, as page 2Ah tells it. */
static unsigned write_speed(struct test_drive *t)
{
	assert_int_equal(test_read(t, CDB(0x5a, 0, 0x2a, 0, 0, 0, 0, 2, 0), 512), 0);
	return get_be16(t->data + 8 + 28);
}

static void test_speeds(void **state)
{
	uint8_t list[28] = { 0 };
	struct test_drive t;

	(void)state;
	test_drive_open(&t, "dvd+r", N_SECTORS);
	put_be32(list + 8, N_SECTORS - 1);
	put_be32(list + 12, 11080);
	put_be32(list + 16, 1000);
	put_be32(list + 20, 12000);
	put_be32(list + 24, 1000);
	assert_int_equal(test_write(&t, CDB(0xb6, 0, 0, 0, 0, 0, 0, 0, 0, 0, 28), list, 28), 0);
	assert_int_equal(write_speed(&t), 11080);
	assert_int_equal(get_be16(t.data + 8 + 14), 11080);
	/* A rate of nothing in no time. */
	put_be32(list + 24, 0);
	assert_int_equal(test_write(&t, CDB(0xb6, 0, 0, 0, 0, 0, 0, 0, 0, 0, 28), list, 28), INVALID_PARAMETER);
	list[0] = 4;
	assert_int_equal(test_write(&t, CDB(0xb6, 0, 0, 0, 0, 0, 0, 0, 0, 0, 28), list, 28), 0);
	assert_int_equal(write_speed(&t), 22160);
	assert_int_equal(test_write(&t, CDB(0xb6, 0, 0, 0, 0, 0, 0, 0, 0, 0, 20), list, 20), LENGTH_ERROR);
	test_drive_close(&t);
	test_drive_open(&t, "cd-r", N_SECTORS);
	assert_int_equal(test_run(&t, CDB(0xbb, 0, 0xff, 0xff, 0x0b, 0x06)), 0);
	assert_int_equal(write_speed(&t), 2822);
	/* Slower than the slowest: the slowest. */
	assert_int_equal(test_run(&t, CDB(0xbb, 0, 0xff, 0xff, 0, 1)), 0);
	assert_int_equal(write_speed(&t), 706);
	assert_int_equal(test_run(&t, CDB(0xbb, 0, 0xff, 0xff, 0xff, 0xff)), 0);
	assert_int_equal(write_speed(&t), 8467);
	assert_int_equal(test_run(&t, CDB(0xbb, 3, 0xff, 0xff, 0xff, 0xff)), INVALID_FIELD);
	test_drive_close(&t);
}

static void test_buffer_capacity(void **state)
{
	struct test_drive t;

	(void)state;
	test_drive_open(&t, "cd-r", N_SECTORS);
	assert_int_equal(test_read(&t, CDB(0x5c, 0, 0, 0, 0, 0, 0, 0, 12), 12), 0);
	assert_int_equal(get_be32(t.data + 4), 4 << 20);
	assert_int_equal(get_be32(t.data + 8), 4 << 20);
	assert_int_equal(test_read(&t, CDB(0x5c, 1, 0, 0, 0, 0, 0, 0, 12), 12), 0);
	assert_int_equal(t.data[3], 1);
	assert_int_equal(get_be32(t.data + 8), 2048);
	test_drive_close(&t);
}

static void test_format_capacities(void **state)
{
	struct test_drive t;

	(void)state;
	test_drive_open(&t, NULL, 0);
	assert_int_equal(test_read(&t, CDB(0x23, 0, 0, 0, 0, 0, 0, 0, 255), 255), 0);
	assert_int_equal(t.data[8], 3);
	test_drive_close(&t);
	test_drive_open(&t, "dvd+rw", N_SECTORS);
	assert_int_equal(test_read(&t, CDB(0x23, 0, 0, 0, 0, 0, 0, 0, 255), 255), 0);
	assert_int_equal(t.answer.transferred, 20);
	assert_int_equal(t.data[3], 16);
	assert_int_equal(t.data[8], 1);
	assert_int_equal(t.data[16] >> 2, 0x26);
	assert_int_equal(get_be32(t.data + 12), N_SECTORS);
	test_drive_close(&t);
}

static void test_subchannel_and_header(void **state)
{
	struct test_drive t;

	(void)state;
	test_drive_open(&t, "cd-rom", N_SECTORS);
	assert_int_equal(test_read(&t, CDB(0x42, 2, 0x40, 1, 0, 0, 0, 0, 16), 16), 0);
	assert_memory_equal(t.data, "\0\x15\0\x0c\x01\x14\x01\x01\0\0\x02\0\0\0\0\0", 16);
	assert_int_equal(test_read(&t, CDB(0x42, 2, 0x40, 2, 0, 0, 0, 0, 24), 24), 0);
	assert_int_equal(t.data[8], 0);
	assert_int_equal(test_read(&t, CDB(0x42, 2, 0x40, 3, 0, 0, 9, 0, 24), 24), INVALID_FIELD);
	assert_int_equal(test_read(&t, CDB(0x42, 2, 0x40, 4, 0, 0, 0, 0, 24), 24), INVALID_FIELD);
	assert_int_equal(test_read(&t, CDB(0x42, 2, 0, 4, 0, 0, 0, 0, 24), 24), 0);
	assert_int_equal(t.answer.transferred, 4);
	assert_int_equal(test_read(&t, CDB(0x44, 0, 0, 0, 0, 16, 0, 0, 8), 8), 0);
	assert_memory_equal(t.data, "\x01\0\0\0\0\0\0\x10", 8);
	assert_int_equal(test_read(&t, CDB(0x44, 0, 0, 0, 0x10, 0, 0, 0, 8), 8), 0x52100);
	test_drive_close(&t);
	test_drive_open(&t, "dvd-rom", N_SECTORS);
	assert_int_equal(test_read(&t, CDB(0x42, 2, 0x40, 1, 0, 0, 0, 0, 16), 16), INCOMPATIBLE);
	test_drive_close(&t);
}

static void test_report_luns(void **state)
{
	struct test_drive t;

	(void)state;
	test_drive_open(&t, NULL, 0);
	assert_int_equal(test_read(&t, CDB(0xa0, 0, 0, 0, 0, 0, 0, 0, 0, 16), 16), 0);
	assert_memory_equal(t.data, "\0\0\0\x08\0\0\0\0\0\0\0\0\0\0\0\0", 16);
	assert_int_equal(test_read(&t, CDB(0xa0, 0, 1, 0, 0, 0, 0, 0, 0, 16), 16), 0);
	assert_int_equal(t.answer.transferred, 8);
	assert_int_equal(test_read(&t, CDB(0xa0, 0, 3, 0, 0, 0, 0, 0, 0, 16), 16), INVALID_FIELD);
	assert_int_equal(test_read(&t, CDB(0xa0, 0, 0, 0, 0, 0, 0, 0, 0, 15), 16), INVALID_FIELD);
	test_drive_close(&t);
}

static void test_mechanism_status(void **state)
{
	struct test_drive t;

	(void)state;
	test_drive_open(&t, NULL, 0);
	assert_int_equal(test_read(&t, CDB(0xbd, 0, 0, 0, 0, 0, 0, 0, 0, 8), 8), 0);
	assert_int_equal(t.data[1], 0);
	vdrive_open_tray(t.drive);
	assert_int_equal(test_read(&t, CDB(0xbd, 0, 0, 0, 0, 0, 0, 0, 0, 8), 8), 0);
	assert_int_equal(t.data[1], 0x10);
	test_drive_close(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_inquiry),
		cmocka_unit_test(test_current_features),
		cmocka_unit_test(test_one_feature),
		cmocka_unit_test(test_mode_sense),
		cmocka_unit_test(test_capabilities_page),
		cmocka_unit_test(test_write_page),
		cmocka_unit_test(test_mode_select_lists),
		cmocka_unit_test(test_blank_disc),
		cmocka_unit_test(test_pressed_disc),
		cmocka_unit_test(test_raw_toc_and_atip),
		cmocka_unit_test(test_structures),
		cmocka_unit_test(test_two_layers),
		cmocka_unit_test(test_report_key),
		cmocka_unit_test(test_performance),
		cmocka_unit_test(test_speeds),
		cmocka_unit_test(test_buffer_capacity),
		cmocka_unit_test(test_format_capacities),
		cmocka_unit_test(test_subchannel_and_header),
		cmocka_unit_test(test_mechanism_status),
		cmocka_unit_test(test_report_luns),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
