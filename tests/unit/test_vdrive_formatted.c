/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Media that are formatted: DVD-RW with restricted overwrite, DVD-RAM, BD-RE, BD-R with spares, and more layers. */
#include "vdrive/drive.h"

#include <string.h>

#include "base/bytes.h"
#include "support/virtual_drive.h"
#include "unit/unit.h"

/* Sense as 0xKKAAQQ. */
enum {
	GOOD = 0,
	OUT_OF_RANGE = 0x52100,
	INVALID_ADDRESS = 0x52102,
	INVALID_FIELD = 0x52400,
	INVALID_PARAMETER = 0x52600,
	SEQUENCE_ERROR = 0x52c00,
	CANNOT_FORMAT = 0x53006,
	NOT_FORMATTED = 0x53010,
	NO_DATA = 0x56400,
};

enum { CLOSE_SESSION = 2 };
enum {
	FULL = 0x00,
	DVD_RW_FULL = 0x10,
	QUICK_GROW = 0x13,
	QUICK = 0x15,
	BD_RE = 0x30,
	BD_RE_NO_SPARES = 0x31,
	BD_R = 0x32
};
enum { BLANK_MEDIUM = 1, FORMATTED = 2, INTERMEDIATE = 3 };

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

static void assert_sectors(uint32_t lba, uint16_t n_sectors)
{
	assert_int_equal(read_10(lba, n_sectors), GOOD);
	assert_memory_equal(t.data, pattern, (size_t)n_sectors * DISC_SECTOR);
}

static unsigned close_session(void)
{
	return test_run(&t, CDB(0x5b, 1, CLOSE_SESSION));
}

static unsigned format(uint8_t type, uint8_t sub_type, uint32_t n_sectors)
{
	uint8_t list[12] = { 0, 2, 0, 8 };

	put_be32(list + 4, n_sectors);
	list[8] = (uint8_t)(type << 2 | sub_type);
	return test_write(&t, CDB(0x04, 0x11), list, sizeof(list));
}

/* The size that READ FORMAT CAPACITIES offers first for a type, UINT32_MAX if it does not; and the current one. */
static uint32_t offered(uint8_t type)
{
	uint8_t n;

	assert_int_equal(test_read(&t, CDB(0x23, 0, 0, 0, 0, 0, 0, 0, 252), 252), GOOD);
	n = t.data[3];
	assert_int_equal(t.answer.transferred, 4u + n);
	for (size_t at = 12; at < 4u + n; at += 8)
		if (t.data[at + 4] >> 2 == type)
			return get_be32(t.data + at);
	return UINT32_MAX;
}

static void assert_current(uint8_t type, uint32_t n_sectors)
{
	offered(FULL);
	assert_int_equal(t.data[8] & 3, type);
	assert_int_equal(get_be32(t.data + 4), n_sectors);
}

static unsigned profile(void)
{
	assert_int_equal(test_read(&t, CDB(0x46, 0, 0, 0, 0, 0, 0, 0, 8), 8), GOOD);
	return get_be16(t.data + 6);
}

static bool has_feature(uint8_t number)
{
	assert_int_equal(test_read(&t, CDB(0x46, 2, 0, number, 0, 0, 0, 0, 64), 64), GOOD);
	return t.answer.transferred > 8 && t.data[10] & 1;
}

static uint32_t capacity(void)
{
	assert_int_equal(test_read(&t, CDB(0x25), 8), GOOD);
	return get_be32(t.data) + 1;
}

static unsigned disc_state(void)
{
	assert_int_equal(test_read(&t, CDB(0x51, 0, 0, 0, 0, 0, 0, 0, 34), 34), GOOD);
	return t.data[2];
}

static void reload(void)
{
	vdrive_open_tray(t.drive);
	assert_int_equal(vdrive_insert(t.drive, t.path, NULL, NULL), 0);
	test_run(&t, CDB(0x00));
}

static void test_quick_format_grows(void **state)
{
	(void)state;
	test_drive_open(&t, "dvd-rw", 4096);
	assert_int_equal(offered(QUICK), 4096);
	assert_int_equal(offered(QUICK_GROW), UINT32_MAX);
	assert_int_equal(format(QUICK_GROW, 0, 0), INVALID_PARAMETER);
	assert_int_equal(format(QUICK, 0, 0), GOOD);
	assert_int_equal(profile(), DISCERN_PROFILE_DVD_RW_OVERWRITE);
	assert_current(INTERMEDIATE, 4096);
	assert_int_equal(disc_state(), 0x15);
	/* Only whole ECC blocks, and none behind a gap. */
	assert_int_equal(write_10(0, 8), INVALID_ADDRESS);
	assert_int_equal(write_10(8, 16), INVALID_ADDRESS);
	assert_int_equal(write_10(16, 16), INVALID_ADDRESS);
	assert_int_equal(write_10(0, 32), GOOD);
	assert_int_equal(write_10(32, 16), GOOD);
	assert_int_equal(write_10(16, 16), GOOD);
	assert_int_equal(capacity(), 48);
	/* What it has grown to is kept. */
	reload();
	assert_int_equal(capacity(), 48);
	assert_current(INTERMEDIATE, 48);
	assert_int_equal(close_session(), GOOD);
	assert_current(FORMATTED, 48);
	assert_int_equal(disc_state(), 0x1e);
	assert_int_equal(write_10(48, 16), INVALID_ADDRESS);
	assert_int_equal(write_10(0, 16), GOOD);
	assert_sectors(0, 16);
	test_drive_close(&t);
}

static void test_quick_grow(void **state)
{
	(void)state;
	test_drive_open(&t, "dvd-rw", 4096);
	assert_int_equal(format(DVD_RW_FULL, 0, 64), GOOD);
	assert_current(FORMATTED, 64);
	assert_int_equal(read_10(63, 1), GOOD);
	assert_int_equal(offered(QUICK_GROW), 4096 - 64);
	assert_int_equal(format(QUICK_GROW, 0, 4096), INVALID_PARAMETER);
	assert_int_equal(format(QUICK_GROW, 0, 24), INVALID_PARAMETER);
	assert_int_equal(format(QUICK_GROW, 0, 16), GOOD);
	assert_current(INTERMEDIATE, 80);
	assert_int_equal(write_10(80, 16), GOOD);
	assert_int_equal(close_session(), GOOD);
	assert_int_equal(capacity(), 96);
	assert_sectors(80, 16);
	test_drive_close(&t);
}

static void test_overwrite_and_back(void **state)
{
	static const uint8_t zeros[DISC_SECTOR];

	(void)state;
	test_drive_open(&t, "dvd-rw", 4096);
	assert_int_equal(write_10(0, 16), GOOD);
	assert_int_equal(format(FULL, 0, 4097), INVALID_PARAMETER);
	assert_int_equal(format(FULL, 0, 0), INVALID_PARAMETER);
	assert_int_equal(format(0x26, 0, 4096), INVALID_PARAMETER);
	assert_int_equal(format(FULL, 0, 4096), GOOD);
	assert_int_equal(read_10(0, 1), GOOD);
	assert_memory_equal(t.data, zeros, DISC_SECTOR);
	assert_false(has_feature(0x21));
	assert_true(has_feature(0x26));
	assert_true(has_feature(0x2c));
	assert_int_equal(test_read(&t, CDB(0x52, 1, 0, 0, 0, 1, 0, 0, 36), 36), GOOD);
	assert_int_equal(t.data[6] & 0x30, 0x30);
	assert_int_equal(get_be32(t.data + 20), 16);
	assert_int_equal(write_10(4080, 16), GOOD);
	assert_int_equal(write_10(4096, 16), OUT_OF_RANGE);
	assert_int_equal(test_run(&t, CDB(0xa1, 0x10)), GOOD);
	assert_int_equal(profile(), DISCERN_PROFILE_DVD_RW);
	assert_int_equal(read_10(4080, 1), NO_DATA);
	assert_int_equal(disc_state(), 0x10);
	test_drive_close(&t);
	/* A disc of the usual size has fewer sectors then. */
	test_drive_open(&t, "dvd-rw-overwrite", 0);
	assert_int_equal(capacity(), 2297888);
	assert_int_equal(offered(QUICK_GROW), 0);
	test_drive_close(&t);
}

static void test_dvd_ram(void **state)
{
	(void)state;
	test_drive_open(&t, "dvd-ram", 0);
	assert_int_equal(capacity(), 2236704);
	assert_int_equal(disc_state(), 0x1f);
	assert_true(has_feature(0x20));
	assert_int_equal(get_be32(t.data + 12), 2236703);
	assert_true(has_feature(0x24));
	assert_int_equal(test_read(&t, CDB(0xad, 0, 0, 0, 0, 0, 0, 0x0a, 0, 16), 16), GOOD);
	assert_int_equal(get_be32(t.data + 12), 2295072 - 2236704);
	assert_int_equal(write_10(2236704, 1), OUT_OF_RANGE);
	assert_int_equal(write_10(2236703, 1), GOOD);
	assert_sectors(2236703, 1);
	assert_int_equal(close_session(), INVALID_FIELD);
	assert_int_equal(format(FULL, 0, 2236705), INVALID_PARAMETER);
	assert_int_equal(format(FULL, 1, 2295072), INVALID_PARAMETER);
	assert_int_equal(format(FULL, 0, 2295072), GOOD);
	assert_int_equal(write_10(2295040, 32), GOOD);
	assert_sectors(2295040, 32);
	reload();
	assert_int_equal(capacity(), 2295072);
	test_drive_close(&t);
}

static void test_bd_re(void **state)
{
	(void)state;
	test_drive_open(&t, "bd-re", 0);
	assert_current(BLANK_MEDIUM, 12219392);
	assert_int_equal(disc_state(), 0x10);
	assert_int_equal(write_10(0, 32), NOT_FORMATTED);
	assert_int_equal(offered(FULL), 11826176);
	assert_int_equal(offered(BD_RE), 11826176);
	assert_int_equal(offered(BD_RE_NO_SPARES), 12219392);
	assert_int_equal(format(BD_RE_NO_SPARES, 0, 12219360), INVALID_PARAMETER);
	assert_int_equal(format(BD_RE, 0, 12219392), INVALID_PARAMETER);
	/* With quick certification, and with the smallest spare areas. */
	assert_int_equal(format(BD_RE, 3, 12088320), GOOD);
	assert_current(FORMATTED, 12088320);
	assert_int_equal(disc_state(), 0x1e);
	assert_int_equal(write_10(12088288, 32), GOOD);
	assert_int_equal(test_read(&t, CDB(0xad, 1, 0, 0, 0, 0, 0, 0x0a, 0, 16), 16), GOOD);
	assert_int_equal(get_be32(t.data + 8), 131072);
	assert_int_equal(get_be32(t.data + 12), 131072);
	assert_int_equal(format(BD_RE_NO_SPARES, 0, 12219392), GOOD);
	assert_int_equal(write_10(12219360, 32), GOOD);
	assert_sectors(12219360, 32);
	assert_int_equal(test_read(&t, CDB(0xad, 1, 0, 0, 0, 0, 0, 0x0a, 0, 16), 16), GOOD);
	assert_int_equal(get_be32(t.data + 12), 0);
	test_drive_close(&t);
}

static void test_pseudo_overwrite(void **state)
{
	(void)state;
	test_drive_open(&t, "bd-r", 4096);
	assert_int_equal(format(BD_R, 2, 3968), INVALID_PARAMETER);
	assert_int_equal(format(BD_R, 0, 4096), INVALID_PARAMETER);
	assert_int_equal(format(BD_R, 0, 3968), GOOD);
	assert_true(has_feature(0x38));
	assert_true(has_feature(0x24));
	assert_int_equal(write_10(0, 32), GOOD);
	assert_int_equal(write_10(32, 32), GOOD);
	assert_int_equal(test_read(&t, CDB(0x51, 2, 0, 0, 0, 0, 0, 0, 16), 16), GOOD);
	assert_int_equal(get_be32(t.data + 4), (3968 - 64) / 32);
	/* Two sectors over the edge of two clusters: both are replaced, at the next writable address. */
	assert_int_equal(write_10(31, 2), GOOD);
	assert_sectors(31, 2);
	assert_int_equal(test_read(&t, CDB(0x51, 2, 0, 0, 0, 0, 0, 0, 16), 16), GOOD);
	assert_int_equal(get_be32(t.data + 4), (3968 - 128) / 32);
	assert_int_equal(write_10(64, 32), GOOD);
	assert_int_equal(write_10(128, 32), GOOD);
	assert_sectors(128, 32);
	assert_int_equal(write_10(200, 1), INVALID_ADDRESS);
	reload();
	assert_true(has_feature(0x38));
	test_drive_close(&t);
	/* Without it, what is recorded stays. */
	test_drive_open(&t, "bd-r", 4096);
	assert_int_equal(format(BD_R, 1, 3968), GOOD);
	assert_false(has_feature(0x38));
	assert_int_equal(write_10(0, 32), GOOD);
	assert_int_equal(write_10(0, 32), INVALID_ADDRESS);
	test_drive_close(&t);
}

/* READ DISC STRUCTURE format 00h, byte 2 of the structure: layers less one in bits 5 and 6 of DVD. */
static void test_layers_of_dvd(void **state)
{
	static const struct {
		const char *media;
		uint8_t book, layers;
	} media[] = {
		{ "dvd-rom", 0x01, 0 }, { "dvd-rom-dl", 0x01, 1 }, { "dvd-r", 0x25, 0 },    { "dvd-r-dl", 0x26, 1 },
		{ "dvd-rw", 0x33, 0 },  { "dvd+r", 0xa1, 0 },      { "dvd+r-dl", 0xe1, 1 }, { "dvd-ram", 0x16, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(media) / sizeof(media[0]); i++) {
		test_drive_open(&t, media[i].media, 4096);
		assert_int_equal(test_read(&t, CDB(0xad, 0, 0, 0, 0, 0, 0, 0, 0, 32), 32), GOOD);
		assert_int_equal(t.data[4], media[i].book);
		assert_int_equal(t.data[6] >> 5 & 3, media[i].layers);
		assert_int_equal(test_read(&t, CDB(0xad, 0, 0, 0, 0, 0, 1, 0, 0, 32), 32),
				 media[i].layers > 0 ? GOOD : INVALID_FIELD);
		test_drive_close(&t);
	}
}

static void test_layer_break(void **state)
{
	uint8_t list[12] = { 0, 10 };

	(void)state;
	test_drive_open(&t, "dvd+r-dl", 4096);
	assert_true(has_feature(0x3b));
	assert_int_equal(test_read(&t, CDB(0xad, 0, 0, 0, 0, 0, 0, 0x20, 0, 12), 12), GOOD);
	assert_int_equal(t.data[4], 0);
	assert_int_equal(get_be32(t.data + 8), 2048);
	put_be32(list + 8, 2064);
	assert_int_equal(test_write(&t, CDB(0xbf, 0, 0, 0, 0, 0, 0, 0x20, 0, 12), list, 12), INVALID_PARAMETER);
	put_be32(list + 8, 1024);
	assert_int_equal(test_write(&t, CDB(0xbf, 0, 0, 0, 0, 0, 0, 0x22, 0, 12), list, 12), INVALID_FIELD);
	assert_int_equal(test_write(&t, CDB(0xbf, 0, 0, 0, 0, 0, 0, 0x20, 0, 12), list, 12), GOOD);
	assert_int_equal(test_write(&t, CDB(0xbf, 0, 0, 0, 0, 0, 0, 0x20, 0, 12), list, 12), SEQUENCE_ERROR);
	reload();
	assert_int_equal(test_read(&t, CDB(0xad, 0, 0, 0, 0, 0, 0, 0x20, 0, 12), 12), GOOD);
	assert_int_equal(t.data[4], 0x80);
	assert_int_equal(get_be32(t.data + 8), 1024);
	test_drive_close(&t);
}

static void test_layers_of_bd(void **state)
{
	static const struct {
		const char *media, *type;
		uint8_t n_layers;
		uint32_t formatted;
	} media[] = {
		{ "bd-r", "BDR", 1, 11826176 },     { "bd-r-dl", "BDR", 2, 23652352 },
		{ "bd-r-tl", "BDR", 3, 47305728 },  { "bd-r-ql", "BDR", 4, 60403712 },
		{ "bd-re", "BDW", 1, 11826176 },    { "bd-re-dl", "BDW", 2, 23652352 },
		{ "bd-re-tl", "BDW", 3, 47305728 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(media) / sizeof(media[0]); i++) {
		const uint8_t *last = t.data + 4 + 112u * (media[i].n_layers - 1u);

		test_drive_open(&t, media[i].media, 0);
		assert_int_equal(offered(FULL), media[i].formatted);
		assert_int_equal(test_read(&t, CDB(0xad, 1, 0, 0, 0, 0, 0, 0, 0x10, 4), 4100), GOOD);
		assert_memory_equal(t.data + 4 + 8, media[i].type, 3);
		assert_int_equal(t.data[4 + 12] >> 4, media[i].n_layers);
		assert_memory_equal(last, "DI", 2);
		assert_int_equal(last[5], media[i].n_layers - 1);
		assert_int_equal(last[112], 0);
		test_drive_close(&t);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_quick_format_grows),
		cmocka_unit_test(test_quick_grow),
		cmocka_unit_test(test_overwrite_and_back),
		cmocka_unit_test(test_dvd_ram),
		cmocka_unit_test(test_bd_re),
		cmocka_unit_test(test_pseudo_overwrite),
		cmocka_unit_test(test_layers_of_dvd),
		cmocka_unit_test(test_layer_break),
		cmocka_unit_test(test_layers_of_bd),
	};

	return cmocka_run_group_tests(tests, make_pattern, NULL);
}
