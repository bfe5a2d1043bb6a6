/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copy protection: what a drive tells of it, and what it keeps back. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/bytes.h"
#include "support/virtual_drive.h"
#include "unit/unit.h"

enum {
	GOOD = 0,
	INVALID_FIELD = 0x052400,
	INVALID_PARAMETER = 0x052600,
	NO_MEDIUM = 0x023a01,
	INCOMPATIBLE = 0x053002,
	NO_RESOURCES = 0x055500,
	NOT_AUTHENTIC = 0x056f00,
	NOT_PRESENT = 0x056f01,
	NOT_ESTABLISHED = 0x056f02,
	SCRAMBLED = 0x056f03,
	WRONG_REGION = 0x056f04,
	NO_MORE_CHANGES = 0x056f05,
	SECTOR = 2048
};

/* Key formats, and key classes. */
enum { AGID = 0, CHALLENGE = 1, KEY_1 = 2, KEY_2 = 3, TITLE_KEY = 4, ASF = 5, SET_REGION = 6, REGION = 8, CPRM = 0x11 };
enum { INVALIDATE = 0x3f, DVD = 0, AACS = 2 };

static struct test_drive t;

static void add(const char *rule)
{
	struct discern_error err = { 0 };

	if (vdrive_add_fault(t.drive, rule, &err) != 0)
		fail_msg("%s: %s", rule, err.text);
}

static void assert_wrong(const char *rule, const char *text)
{
	struct discern_error err = { 0 };

	assert_int_equal(vdrive_add_fault(t.drive, rule, &err), -EINVAL);
	if (strstr(err.text, text) == NULL)
		fail_msg("%s: %s", rule, err.text);
}

static unsigned report_key(uint8_t class, uint8_t agid, uint8_t format)
{
	return test_read(&t, CDB(0xa4, 0, 0, 0, 0, 0, 0, class, 0, 16, (uint8_t)(agid << 6 | format)), 16);
}

static unsigned send_key(uint8_t class, uint8_t agid, uint8_t format, uint8_t size, uint8_t first)
{
	uint8_t data[128] = { 0, (uint8_t)(size - 2), 0, 0, first };

	return test_write(&t, CDB(0xa3, 0, 0, 0, 0, 0, 0, class, 0, size, (uint8_t)(agid << 6 | format)), data, size);
}

static unsigned structure(uint8_t media, uint8_t format, uint8_t agid, uint16_t size)
{
	uint8_t cdb[12] = { 0xad, media, [7] = format, [10] = (uint8_t)(agid << 6) };

	put_be16(cdb + 8, size);
	return test_read(&t, cdb, size);
}

static bool is_current(uint16_t feature)
{
	uint8_t cdb[12] = { 0x46, 2, [8] = 64 };

	put_be16(cdb + 2, feature);
	assert_int_equal(test_read(&t, cdb, 64), GOOD);
	assert_int_equal(get_be16(t.data + 8), feature);
	return t.data[10] & 1;
}

static bool is_listed(uint8_t media, uint8_t format)
{
	assert_int_equal(structure(media, 0xff, 0, 256), GOOD);
	for (unsigned i = 4; i < get_be16(t.data) + 2u; i += 4)
		if (t.data[i] == format)
			return true;
	return false;
}

static unsigned read_10(uint32_t lba, uint16_t n_sectors)
{
	uint8_t cdb[12] = { 0x28 };

	put_be32(cdb + 2, lba);
	put_be16(cdb + 7, n_sectors);
	return test_read(&t, cdb, (size_t)n_sectors * SECTOR);
}

static void test_words(void **state)
{
	(void)state;
	test_drive_open(&t, NULL, 0);
	assert_wrong("protection=macrovision", "css, cprm or aacs");
	assert_wrong("protection=cs", "css, cprm or aacs");
	assert_wrong("protection=css:", "lba=");
	assert_wrong("protection=css:9-1", "lower");
	assert_wrong("protection=css:1-2:3-4:5-6:7-8:9-9:10-10:11-11:12-12:13-13", "at most 8");
	assert_wrong("protection=css region=9", "digits from 1 to 8");
	assert_wrong("protection=css region=", "digits from 1 to 8");
	assert_wrong("protection=css count=3", "not known");
	assert_wrong("protection=css protection=aacs", "not known");
	add("protection=css:0-9:20-29 region=12");
	test_drive_close(&t);
}

static void test_css(void **state)
{
	(void)state;
	test_drive_open(&t, "dvd-rom", 4000);
	assert_int_equal(structure(0, 1, 0, 8), GOOD);
	assert_int_equal(get_be32(t.data + 4), 0);
	assert_false(is_current(0x106));
	assert_int_equal(report_key(DVD, 0, AGID), NOT_PRESENT);
	assert_int_equal(structure(0, 2, 0, 2052), INVALID_FIELD);
	assert_int_equal(read_10(0, 32), GOOD);
	add("protection=css:100-199:300-300 region=24");
	assert_true(is_current(0x106));
	assert_false(is_current(0x10b));
	assert_true(is_listed(0, 2));
	assert_int_equal(structure(0, 1, 0, 8), GOOD);
	assert_int_equal(t.data[4], 1);
	assert_int_equal(t.data[5], 0xf5);
	assert_int_equal(read_10(90, 10), GOOD);
	assert_int_equal(read_10(90, 20), SCRAMBLED);
	assert_int_equal(t.answer.transferred, 0);
	assert_int_equal(get_be32(t.answer.sense + 3), 100);
	assert_int_equal(read_10(199, 1), SCRAMBLED);
	assert_int_equal(read_10(200, 16), GOOD);
	assert_int_equal(read_10(300, 1), SCRAMBLED);
	/* Of a sector: copyrighted, not to be copied. */
	assert_int_equal(test_read(&t, CDB(0xad, 0, 0, 0, 0, 150, 0, 5, 0, 8), 8), GOOD);
	assert_int_equal(t.data[4], 0xf0);
	assert_int_equal(test_read(&t, CDB(0xad, 0, 0, 0, 0, 99, 0, 5, 0, 8), 8), GOOD);
	assert_int_equal(t.data[4], 0);
	test_drive_close(&t);
}

/* Without a range what looks like a file of DVD-Video is protected. */
static void test_packs(void **state)
{
	static const uint8_t pack[] = { 0, 0, 1, 0xba };
	int fd;

	(void)state;
	test_drive_open(&t, "dvd-rom", 4000);
	vdrive_open_tray(t.drive);
	fd = open(t.path, O_WRONLY);
	assert_int_equal(pwrite(fd, pack, sizeof(pack), 500 * SECTOR), sizeof(pack));
	close(fd);
	assert_int_equal(vdrive_insert(t.drive, t.path, "dvd-rom", NULL), 0);
	test_run(&t, CDB(0x00));
	assert_int_equal(read_10(496, 16), GOOD);
	add("protection=css");
	assert_int_equal(read_10(484, 16), GOOD);
	assert_int_equal(read_10(496, 16), SCRAMBLED);
	assert_int_equal(get_be32(t.answer.sense + 3), 500);
	assert_int_equal(read_10(501, 16), GOOD);
	test_drive_close(&t);
}

static void test_authentication(void **state)
{
	(void)state;
	test_drive_open(&t, "dvd-rom", 4000);
	add("protection=css");
	assert_int_equal(report_key(DVD, 0, ASF), INVALID_FIELD);
	assert_int_equal(structure(0, 2, 0, 2052), INVALID_FIELD);
	for (uint8_t agid = 0; agid < 4; agid++) {
		assert_int_equal(report_key(DVD, 0, AGID), GOOD);
		assert_int_equal(get_be16(t.data), 6);
		assert_int_equal(t.data[7] >> 6, agid);
	}
	assert_int_equal(report_key(DVD, 0, AGID), NO_RESOURCES);
	assert_int_equal(report_key(DVD, 2, INVALIDATE), GOOD);
	assert_int_equal(report_key(DVD, 0, AGID), GOOD);
	assert_int_equal(t.data[7] >> 6, 2);
	assert_int_equal(report_key(DVD, 2, ASF), GOOD);
	assert_int_equal(t.data[7] & 1, 0);
	assert_int_equal(send_key(DVD, 2, CHALLENGE, 16, 0x11), GOOD);
	assert_int_equal(report_key(DVD, 2, KEY_1), NOT_AUTHENTIC);
	assert_int_equal(report_key(DVD, 2, TITLE_KEY), NOT_ESTABLISHED);
	assert_int_equal(structure(0, 2, 2, 2052), NOT_ESTABLISHED);
	/* A wrong key ends the grant. */
	assert_int_equal(send_key(DVD, 2, KEY_2, 12, 0x11), NOT_AUTHENTIC);
	assert_int_equal(report_key(DVD, 2, ASF), INVALID_FIELD);
	/* So does another medium. */
	vdrive_open_tray(t.drive);
	assert_int_equal(report_key(DVD, 0, AGID), 0x023a02);
	assert_int_equal(vdrive_insert(t.drive, t.path, "dvd-rom", NULL), 0);
	test_run(&t, CDB(0x00));
	assert_int_equal(report_key(DVD, 0, ASF), INVALID_FIELD);
	assert_int_equal(report_key(1, 0, AGID), INVALID_FIELD);
	assert_int_equal(report_key(AACS, 0, AGID), INCOMPATIBLE);
	assert_int_equal(send_key(DVD, 0, 7, 8, 0), INVALID_FIELD);
	test_drive_close(&t);
}

static void assert_region(uint8_t type, uint8_t n_left, uint8_t mask)
{
	assert_int_equal(report_key(DVD, 0, REGION), GOOD);
	assert_int_equal(t.data[4] >> 6, type);
	assert_int_equal(t.data[4] >> 3 & 7, 4);
	assert_int_equal(t.data[4] & 7, n_left);
	assert_int_equal(t.data[5], mask);
	assert_int_equal(t.data[6], 1);
}

static void test_region(void **state)
{
	(void)state;
	test_drive_open(&t, "dvd-rom", 4000);
	assert_region(0, 5, 0xff);
	assert_int_equal(send_key(DVD, 0, SET_REGION, 8, 0xfd), NOT_PRESENT);
	add("protection=css region=123");
	assert_int_equal(send_key(DVD, 0, SET_REGION, 8, 0xff), INVALID_PARAMETER);
	assert_int_equal(send_key(DVD, 0, SET_REGION, 8, 0xfc), INVALID_PARAMETER);
	assert_int_equal(send_key(DVD, 0, SET_REGION, 8, 0xf7), WRONG_REGION);
	assert_int_equal(send_key(DVD, 0, SET_REGION, 8, 0xfd), GOOD);
	assert_region(1, 4, 0xfd);
	assert_int_equal(send_key(DVD, 0, SET_REGION, 8, 0xfd), GOOD);
	assert_region(1, 4, 0xfd);
	assert_int_equal(send_key(DVD, 0, SET_REGION, 8, 0xfe), GOOD);
	assert_int_equal(send_key(DVD, 0, SET_REGION, 8, 0xfb), GOOD);
	assert_int_equal(send_key(DVD, 0, SET_REGION, 8, 0xfe), GOOD);
	assert_region(2, 1, 0xfe);
	assert_int_equal(send_key(DVD, 0, SET_REGION, 8, 0xfd), GOOD);
	assert_region(3, 0, 0xfd);
	assert_int_equal(send_key(DVD, 0, SET_REGION, 8, 0xfe), NO_MORE_CHANGES);
	/* A disc for other regions gives no title key. */
	add("protection=css region=4");
	assert_int_equal(report_key(DVD, 0, AGID), GOOD);
	assert_int_equal(report_key(DVD, 0, TITLE_KEY), WRONG_REGION);
	test_drive_close(&t);
}

static void test_cprm(void **state)
{
	(void)state;
	test_drive_open(&t, "dvd-ram", 65536);
	assert_int_equal(report_key(DVD, 0, CPRM), NOT_PRESENT);
	add("protection=cprm");
	assert_true(is_current(0x10b));
	assert_false(is_current(0x106));
	assert_int_equal(structure(0, 1, 0, 8), GOOD);
	assert_int_equal(t.data[4], 2);
	assert_true(is_listed(0, 6));
	assert_true(is_listed(0, 7));
	assert_int_equal(report_key(DVD, 0, CPRM), GOOD);
	assert_int_equal(structure(0, 6, 0, 24), NOT_ESTABLISHED);
	assert_int_equal(read_10(0, 1), GOOD);
	/* Its serial number. */
	assert_true(is_current(0x109));
	assert_int_equal(test_read(&t, CDB(0xab, 1, 0, 0, 0, 0, 0, 0, 0, 64), 64), GOOD);
	assert_int_equal(get_be32(t.data), 8);
	assert_int_not_equal(get_be32(t.data + 8), 0);
	assert_int_equal(test_read(&t, CDB(0xab, 2, 0, 0, 0, 0, 0, 0, 0, 64), 64), INVALID_FIELD);
	test_drive_close(&t);
	/* It is nothing for a pressed disc. */
	test_drive_open(&t, "dvd-rom", 4000);
	add("protection=cprm");
	assert_false(is_current(0x10b));
	assert_int_equal(structure(0, 1, 0, 8), GOOD);
	assert_int_equal(t.data[4], 0);
	assert_false(is_current(0x109));
	assert_int_equal(test_read(&t, CDB(0xab, 1, 0, 0, 0, 0, 0, 0, 0, 64), 64), GOOD);
	assert_int_equal(t.answer.transferred, 4);
	assert_int_equal(get_be32(t.data), 0);
	test_drive_close(&t);
}

static void test_aacs(void **state)
{
	uint8_t plain[SECTOR];

	(void)state;
	test_drive_open(&t, "bd-rom", 4000);
	assert_int_equal(read_10(100, 1), GOOD);
	memcpy(plain, t.data, SECTOR);
	assert_int_equal(report_key(AACS, 0, AGID), NOT_PRESENT);
	assert_int_equal(structure(1, 0x80, 0, 36), INVALID_FIELD);
	add("protection=aacs:100-199");
	assert_true(is_current(0x10d));
	assert_int_equal(t.data[14] & 15, 4);
	assert_int_equal(t.data[15], 1);
	assert_true(is_listed(1, 0x80));
	assert_int_equal(structure(1, 0x80, 0, 36), INVALID_FIELD);
	assert_int_equal(report_key(AACS, 0, AGID), GOOD);
	assert_int_equal(structure(1, 0x80, 0, 36), NOT_ESTABLISHED);
	assert_int_equal(report_key(AACS, 0, 1), NOT_AUTHENTIC);
	assert_int_equal(send_key(AACS, 0, 1, 116, 0), NOT_AUTHENTIC);
	assert_int_equal(report_key(AACS, 0, INVALIDATE), GOOD);
	assert_int_equal(structure(1, 0x80, 0, 36), INVALID_FIELD);
	assert_int_equal(report_key(DVD, 0, AGID), INCOMPATIBLE);
	/* Sectors of that range come encrypted, and the same each time. */
	assert_int_equal(read_10(100, 1), GOOD);
	assert_memory_equal(t.data, plain, 16);
	assert_memory_not_equal(t.data + 16, plain + 16, SECTOR - 16);
	memcpy(plain, t.data, SECTOR);
	assert_int_equal(read_10(99, 2), GOOD);
	assert_string_equal((char *)t.data, "sector 99");
	assert_memory_equal(t.data + SECTOR, plain, SECTOR);
	assert_memory_equal(t.data + 1000, (uint8_t[64]){ 0 }, 64);
	test_drive_close(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words),          cmocka_unit_test(test_css),    cmocka_unit_test(test_packs),
		cmocka_unit_test(test_authentication), cmocka_unit_test(test_region), cmocka_unit_test(test_cprm),
		cmocka_unit_test(test_aacs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
