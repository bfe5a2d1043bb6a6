/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Spare areas: what is written where the medium is bad is replaced, until no spare is left. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/bytes.h"
#include "support/virtual_drive.h"
#include "unit/unit.h"

enum {
	GOOD = 0,
	RECOVERED = 0x010c01,
	WRITE_ERROR = 0x030c00,
	NO_SPARE = 0x030c02,
	READ_ERROR = 0x031105,
	INVALID_FIELD = 0x52400,
	NO_LOCATION = 0x033200,
	SECTOR = 2048
};

/* Format types with their sub-types, as byte 8 of a descriptor has them. */
enum { FULL = 0, BD_RE = 0x30 << 2, BD_RE_NO_SPARES = 0x31 << 2, BD_R = 0x32 << 2, CERTIFY = 2, QUICK = 3, SRM = 1 };

static struct test_drive t;

static void add(const char *rule)
{
	struct discern_error err = { 0 };

	if (vdrive_add_fault(t.drive, rule, &err) != 0)
		fail_msg("%s: %s", rule, err.text);
}

static unsigned format(uint8_t type, uint8_t flags, uint32_t n_sectors)
{
	uint8_t list[12] = { 0, flags, 0, 8, 0, 0, 0, 0, type };

	put_be32(list + 4, n_sectors);
	return test_write(&t, CDB(0x04, 0x11), list, sizeof(list));
}

static unsigned write_by(uint8_t opcode, uint8_t streaming, uint32_t lba, unsigned n_sectors)
{
	static uint8_t data[64 * SECTOR];
	uint8_t cdb[12] = { opcode };
	struct vdrive_command command = { cdb, opcode == 0xaa ? 12 : 10, VDRIVE_FROM_HOST, data,
					  (size_t)n_sectors * SECTOR };

	for (unsigned i = 0; i < n_sectors; i++) {
		memset(data + (size_t)i * SECTOR, 'a', SECTOR);
		put_be32(data + (size_t)i * SECTOR, lba + i);
	}
	put_be32(cdb + 2, lba);
	if (opcode == 0xaa)
		put_be32(cdb + 6, n_sectors);
	else
		put_be16(cdb + 7, (uint16_t)n_sectors);
	if (opcode == 0xaa)
		cdb[10] = streaming;
	return test_execute(&t, &command);
}

static unsigned write_10(uint32_t lba, unsigned n_sectors)
{
	return write_by(0x2a, 0, lba, n_sectors);
}

static unsigned read_10(uint32_t lba, uint16_t n_sectors)
{
	uint8_t cdb[12] = { 0x28, 0x08 };

	put_be32(cdb + 2, lba);
	put_be16(cdb + 7, n_sectors);
	return test_read(&t, cdb, (size_t)n_sectors * SECTOR);
}

static void assert_sectors(uint32_t lba, uint16_t n_sectors)
{
	assert_int_equal(read_10(lba, n_sectors), GOOD);
	for (uint16_t i = 0; i < n_sectors; i++) {
		assert_int_equal(get_be32(t.data + (size_t)i * SECTOR), lba + i);
		assert_int_equal(t.data[(size_t)i * SECTOR + 4], 'a');
	}
}

static uint32_t sense_lba(void)
{
	assert_int_equal(t.answer.sense[0], 0xf0);
	return get_be32(t.answer.sense + 3);
}

static void assert_bd_spares(uint32_t n_free, uint32_t n_all)
{
	assert_int_equal(test_read(&t, CDB(0xad, 1, 0, 0, 0, 0, 0, 0x0a, 0, 16), 16), GOOD);
	assert_int_equal(get_be32(t.data + 8), n_free);
	assert_int_equal(get_be32(t.data + 12), n_all);
}

static void assert_ram_spares(uint32_t primary_free, uint32_t n_free)
{
	assert_int_equal(test_read(&t, CDB(0xad, 0, 0, 0, 0, 0, 0, 0x0a, 0, 16), 16), GOOD);
	assert_int_equal(get_be32(t.data + 4), primary_free);
	assert_int_equal(get_be32(t.data + 8), n_free);
}

static void reload(void)
{
	struct discern_error err = { 0 };

	vdrive_open_tray(t.drive);
	if (vdrive_insert(t.drive, t.path, NULL, &err) != 0)
		fail_msg("%s", err.text);
	test_run(&t, CDB(0x00));
}

/* 4096 sectors, of which so many are for the user: spares begin there. */
static void open_bd_re(uint8_t type, uint32_t n_sectors)
{
	test_drive_open(&t, "bd-re", 4096);
	assert_int_equal(format(type, 2, n_sectors), GOOD);
}

static bool is_managed(void)
{
	assert_int_equal(test_read(&t, CDB(0x46, 2, 0, 0x24, 0, 0, 0, 0, 16), 16), GOOD);
	return t.data[10] & 1;
}

static void test_replaced(void **state)
{
	(void)state;
	open_bd_re(BD_RE, 4096 - 64);
	assert_true(is_managed());
	assert_bd_spares(64, 64);
	add("defect lba=100-100 severity=1");
	/* The whole unit is bad, as is all that was on it. */
	assert_int_equal(read_10(96, 1), READ_ERROR);
	assert_int_equal(read_10(90, 20), READ_ERROR);
	assert_int_equal(sense_lba(), 96);
	assert_int_equal(write_10(96, 32), GOOD);
	assert_bd_spares(32, 64);
	assert_sectors(96, 32);
	/* It stays so, and what is written there once more takes no other spare. */
	reload();
	assert_bd_spares(32, 64);
	assert_sectors(96, 32);
	assert_int_equal(write_10(97, 1), GOOD);
	assert_bd_spares(32, 64);
	assert_int_equal(write_10(64, 64), GOOD);
	assert_sectors(64, 32);
	assert_sectors(96, 32);
	assert_bd_spares(32, 64);
	/* Formatted anew the table is empty, and the place is as bad as it was. */
	assert_int_equal(format(BD_RE, 2, 4096 - 64), GOOD);
	assert_bd_spares(64, 64);
	assert_int_equal(read_10(96, 1), READ_ERROR);
	reload();
	assert_bd_spares(64, 64);
	test_drive_close(&t);
}

static void test_used_up(void **state)
{
	(void)state;
	open_bd_re(BD_RE, 4096 - 64);
	add("defect lba=0-127 severity=1");
	assert_int_equal(write_10(0, 32), GOOD);
	assert_int_equal(write_10(32, 64), NO_SPARE);
	assert_int_equal(sense_lba(), 64);
	assert_bd_spares(0, 64);
	assert_sectors(0, 32);
	assert_sectors(32, 32);
	assert_int_equal(read_10(64, 1), READ_ERROR);
	assert_int_equal(write_10(127, 1), NO_SPARE);
	assert_int_equal(sense_lba(), 127);
	assert_int_equal(write_10(128, 32), GOOD);
	assert_sectors(128, 32);
	test_drive_close(&t);
}

/* A spare unit may be bad itself, and be replaced later. */
static void test_bad_spares(void **state)
{
	(void)state;
	open_bd_re(BD_RE, 4096 - 96);
	add("defect lba=0-31 severity=1");
	add("defect lba=4000-4031 severity=1");
	assert_int_equal(write_10(0, 32), GOOD);
	assert_bd_spares(32, 96);
	assert_sectors(0, 32);
	add("defect lba=4032-4032 severity=1");
	assert_int_equal(read_10(0, 32), READ_ERROR);
	assert_int_equal(write_10(0, 32), GOOD);
	assert_sectors(0, 32);
	assert_bd_spares(0, 96);
	reload();
	assert_bd_spares(0, 96);
	assert_sectors(0, 32);
	test_drive_close(&t);
}

/* Marks of reading are found by the verification as well, unless they can be read at that speed. */
static void test_marks_of_reading(void **state)
{
	(void)state;
	open_bd_re(BD_RE, 4096 - 64);
	add("ring lba=0-31 dead=1");
	assert_int_equal(write_10(0, 32), GOOD);
	assert_bd_spares(32, 64);
	assert_sectors(0, 32);
	test_drive_close(&t);
}

static void test_streaming(void **state)
{
	(void)state;
	open_bd_re(BD_RE, 4096 - 64);
	add("defect lba=32-63 severity=1");
	assert_int_equal(write_by(0xaa, 0x80, 0, 64), GOOD);
	assert_bd_spares(64, 64);
	assert_sectors(0, 32);
	assert_int_equal(read_10(32, 1), READ_ERROR);
	assert_int_equal(write_by(0xaa, 0, 0, 64), GOOD);
	assert_bd_spares(32, 64);
	assert_sectors(0, 32);
	assert_sectors(32, 32);
	test_drive_close(&t);
}

static void test_without_spares(void **state)
{
	(void)state;
	open_bd_re(BD_RE_NO_SPARES, 4096);
	assert_false(is_managed());
	add("ring lba=0-31 dead=1");
	add("defect lba=64-95 severity=1");
	/* Nobody looks at what was written, but what cannot be written is noticed. */
	assert_int_equal(write_10(0, 64), GOOD);
	assert_int_equal(read_10(0, 1), READ_ERROR);
	assert_sectors(32, 32);
	assert_int_equal(write_10(32, 64), WRITE_ERROR);
	assert_int_equal(sense_lba(), 64);
	assert_int_equal(write_by(0x2e, 0, 32, 32), GOOD);
	assert_int_equal(write_by(0x2e, 0, 0, 32), READ_ERROR);
	test_drive_close(&t);
	test_drive_open(&t, "dvd+r", 4096);
	add("scratch radius=24-25 severity=1 width=20 on=write");
	assert_int_equal(write_10(0, 16), WRITE_ERROR);
	test_drive_close(&t);
}

/* An error that a rule asks for is one that the drive helps itself out of. */
static void test_rules(void **state)
{
	(void)state;
	open_bd_re(BD_RE, 4096 - 64);
	add("write lba=40-40 count=1 write-error");
	assert_int_equal(write_10(0, 64), GOOD);
	assert_bd_spares(32, 64);
	assert_sectors(0, 32);
	assert_sectors(32, 32);
	add("write lba=64-127 write-error");
	assert_int_equal(write_10(64, 64), NO_SPARE);
	assert_int_equal(sense_lba(), 64);
	assert_bd_spares(32, 64);
	assert_int_equal(write_10(64, 32), GOOD);
	assert_bd_spares(0, 64);
	assert_int_equal(write_by(0xaa, 0x80, 64, 32), WRITE_ERROR);
	test_drive_close(&t);
	open_bd_re(BD_RE_NO_SPARES, 4096);
	add("write lba=40-40 write-error");
	assert_int_equal(write_10(0, 64), WRITE_ERROR);
	test_drive_close(&t);
}

/* Mode page 01h, PER: recovered errors are told. */
static void test_reported(void **state)
{
	uint8_t list[20] = { [8] = 0x01, 0x0a, 0x04, 32, [16] = 1 };

	(void)state;
	open_bd_re(BD_RE, 4096 - 64);
	assert_int_equal(test_write(&t, CDB(0x55, 0x10, 0, 0, 0, 0, 0, 0, 20), list, sizeof(list)), GOOD);
	add("defect lba=32-63 severity=1");
	assert_int_equal(write_10(0, 32), GOOD);
	assert_int_equal(write_10(32, 32), RECOVERED);
	assert_int_equal(t.answer.transferred, 32 * SECTOR);
	assert_sectors(32, 32);
	add("write lba=96-127 write-error");
	assert_int_equal(write_10(96, 32), RECOVERED);
	assert_sectors(96, 32);
	test_drive_close(&t);
}

static void test_certified(void **state)
{
	(void)state;
	test_drive_open(&t, "bd-re", 4096);
	add("defect lba=0-31 severity=1");
	add("defect lba=512-543 severity=1");
	assert_int_equal(format(BD_RE | CERTIFY, 2, 4096 - 64), GOOD);
	assert_bd_spares(0, 64);
	assert_int_equal(read_10(0, 32), GOOD);
	/* Quickly: only those that are known to be bad. */
	assert_int_equal(format(BD_RE, 2, 4096 - 64), GOOD);
	assert_int_equal(write_10(0, 1), GOOD);
	assert_int_equal(format(BD_RE | QUICK, 2, 4096 - 64), GOOD);
	assert_bd_spares(32, 64);
	assert_int_equal(read_10(0, 32), GOOD);
	assert_int_equal(read_10(512, 32), READ_ERROR);
	add("defect lba=1024-1151 severity=1");
	assert_int_equal(format(BD_RE | CERTIFY, 2, 4096 - 64), NO_LOCATION);
	test_drive_close(&t);
}

static void test_dvd_ram(void **state)
{
	(void)state;
	test_drive_open(&t, "dvd-ram", 65536);
	assert_true(is_managed());
	assert_int_equal(format(FULL, 0xa2, 65536), GOOD);
	assert_ram_spares(12800, 0);
	add("defect lba=0-12815 severity=1");
	for (uint32_t lba = 0; lba < 12800; lba += 64)
		assert_int_equal(write_10(lba, 64), GOOD);
	assert_ram_spares(0, 0);
	assert_int_equal(write_10(12800, 16), NO_SPARE);
	assert_sectors(12784, 16);
	reload();
	assert_ram_spares(0, 0);
	assert_sectors(0, 16);
	test_drive_close(&t);
	/* As it comes, with a supplementary area, which is used after the primary one; and certified. */
	test_drive_open(&t, "dvd-ram", 65536);
	assert_int_equal(test_read(&t, CDB(0x25), 8), GOOD);
	uint32_t n_sectors = get_be32(t.data) + 1, n_spares = 65536 - n_sectors;

	assert_ram_spares(12800, n_spares);
	add("defect lba=0-12815 severity=1");
	assert_int_equal(format(FULL, 0x02, n_sectors), GOOD);
	assert_ram_spares(0, n_spares - 16);
	assert_int_equal(format(FULL, 0xa2, n_sectors), GOOD);
	assert_ram_spares(12800, n_spares);
	test_drive_close(&t);
}

static void test_bd_r(void **state)
{
	(void)state;
	test_drive_open(&t, "bd-r", 4096);
	assert_false(is_managed());
	assert_int_equal(format(BD_R | SRM, 2, 4096 - 64), GOOD);
	assert_true(is_managed());
	add("defect lba=32-63 severity=1");
	assert_int_equal(write_10(0, 64), GOOD);
	assert_bd_spares(32, 64);
	reload();
	assert_sectors(0, 32);
	assert_sectors(32, 32);
	test_drive_close(&t);
}

/* A unit that is written again by pseudo overwrite may need a spare as well. */
static void test_pseudo_overwrite(void **state)
{
	(void)state;
	test_drive_open(&t, "bd-r", 4096);
	assert_int_equal(format(BD_R, 2, 4096 - 64), GOOD);
	assert_int_equal(write_10(0, 64), GOOD);
	assert_bd_spares(64, 64);
	add("defect lba=32-63 severity=1");
	assert_int_equal(read_10(32, 32), READ_ERROR);
	assert_int_equal(write_10(32, 32), GOOD);
	assert_bd_spares(32, 64);
	assert_sectors(32, 32);
	/* The clusters that replace the recorded one are taken at the next writable address. */
	assert_int_equal(write_10(96, 32), GOOD);
	assert_sectors(96, 32);
	reload();
	assert_sectors(32, 32);
	test_drive_close(&t);
}

/* GET PERFORMANCE tells where the drive has to go elsewhere. */
static void test_exceptions(void **state)
{
	(void)state;
	open_bd_re(BD_RE, 4096 - 64);
	assert_int_equal(test_read(&t, CDB(0xac, 0x11, [9] = 8), 64), GOOD);
	assert_int_equal(get_be32(t.data), 4);
	add("defect lba=96-159 severity=1");
	assert_int_equal(write_10(96, 64), GOOD);
	assert_int_equal(test_read(&t, CDB(0xac, 0x11, [9] = 8), 64), GOOD);
	assert_int_equal(get_be32(t.data), 4 + 4 * 6);
	assert_int_equal(t.data[4] & 3, 1);
	assert_int_equal(t.answer.transferred, 8 + 4 * 6);
	assert_int_equal(get_be32(t.data + 8), 96);
	assert_int_not_equal(get_be16(t.data + 12), 0);
	assert_int_equal(get_be32(t.data + 14), 128);
	assert_int_equal(get_be32(t.data + 20), 128);
	/* From an address on, and of writing nothing. */
	assert_int_equal(test_read(&t, CDB(0xac, 0x11, 0, 0, 0, 100, [9] = 8), 64), GOOD);
	assert_int_equal(get_be32(t.data), 4 + 2 * 6);
	assert_int_equal(test_read(&t, CDB(0xac, 0x15, [9] = 8), 64), GOOD);
	assert_int_equal(get_be32(t.data), 4);
	test_drive_close(&t);
}

/* What a DVD-RAM was made with is bad nowhere; what spares stand for is told unit by unit. */
static void test_unusable_areas(void **state)
{
	enum { PRIMARY = 1, SECONDARY = 2 };

	(void)state;
	test_drive_open(&t, "dvd-ram", 65536);
	add("defect lba=96-127 severity=1");
	assert_int_equal(write_10(96, 32), GOOD);
	assert_int_equal(test_read(&t, CDB(0xac, PRIMARY, [9] = 8, [10] = 1), 64), GOOD);
	assert_int_equal(get_be32(t.data), 4);
	assert_int_equal(test_read(&t, CDB(0xac, SECONDARY, [9] = 8, [10] = 1), 64), GOOD);
	assert_int_equal(get_be32(t.data), 4 + 2 * 8);
	assert_int_equal(t.answer.transferred, 8 + 2 * 8);
	assert_int_equal(get_be32(t.data + 8), 96);
	assert_int_equal(get_be32(t.data + 12), 16);
	assert_int_equal(get_be32(t.data + 16), 112);
	/* From an address on, and less than there is. */
	assert_int_equal(test_read(&t, CDB(0xac, SECONDARY, 0, 0, 0, 97, [9] = 8, [10] = 1), 64), GOOD);
	assert_int_equal(get_be32(t.data + 8), 112);
	assert_int_equal(test_read(&t, CDB(0xac, SECONDARY, [9] = 1, [10] = 1), 64), GOOD);
	assert_int_equal(t.answer.transferred, 8 + 8);
	assert_int_equal(test_read(&t, CDB(0xac, 0, [9] = 8, [10] = 1), 64), GOOD);
	assert_int_equal(get_be32(t.data), 4);
	assert_int_equal(test_read(&t, CDB(0xac, 3, [9] = 8, [10] = 1), 64), INVALID_FIELD);
	test_drive_close(&t);
	open_bd_re(BD_RE, 4096 - 64);
	assert_int_equal(test_read(&t, CDB(0xac, SECONDARY, [9] = 8, [10] = 1), 64), INVALID_FIELD);
	test_drive_close(&t);
}

/* The definition structure of a BD: spare areas inside and outside, and whether they are full. */
static void test_bd_definition(void **state)
{
	(void)state;
	test_drive_open(&t, "bd-re", 0);
	assert_int_equal(format(BD_RE, 2, 11826176), GOOD);
	assert_int_equal(test_read(&t, CDB(0xad, 1, 0, 0, 0, 0, 0, 0x08, 0x10, 4), 4100), GOOD);
	assert_int_equal(t.answer.transferred, 4100);
	assert_memory_equal(t.data + 4, "DS", 2);
	assert_int_equal(get_be32(t.data + 36), 0x100000 + 4096 * 32);
	assert_int_equal(get_be32(t.data + 40), 11826176 - 1);
	assert_int_equal(get_be32(t.data + 44), 4096);
	assert_int_equal(get_be32(t.data + 48), 12288 - 4096);
	assert_int_equal(get_be32(t.data + 52), 0);
	assert_int_equal(t.data[56], 0);
	test_drive_close(&t);
	open_bd_re(BD_RE, 4096 - 64);
	add("defect lba=96-159 severity=1");
	assert_int_equal(write_10(96, 64), GOOD);
	assert_int_equal(test_read(&t, CDB(0xad, 1, 0, 0, 0, 0, 0, 0x08, 0x10, 4), 4100), GOOD);
	assert_int_not_equal(t.data[56], 0);
	test_drive_close(&t);
}

static uint64_t elapsed_us(void)
{
	struct vdrive_clock_state clock;

	vdrive_read_clock(t.drive, &clock);
	return clock.elapsed_us;
}

static uint64_t time_of_writing(uint8_t type, uint32_t n_sectors)
{
	uint64_t begin;

	open_bd_re(type, n_sectors);
	assert_int_equal(vdrive_set_clock(t.drive, VDRIVE_CLOCK_VIRTUAL, NULL), 0);
	assert_int_equal(write_10(0, 64), GOOD);
	assert_int_equal(test_run(&t, CDB(0x35)), GOOD);
	begin = elapsed_us();
	for (uint32_t lba = 64; lba < 3904; lba += 64)
		assert_int_equal(write_10(lba, 64), GOOD);
	assert_int_equal(test_run(&t, CDB(0x35)), GOOD);
	return elapsed_us() - begin;
}

static void test_time(void **state)
{
	uint64_t plain_us = time_of_writing(BD_RE_NO_SPARES, 4096), managed_us, begin, sound_us;

	(void)state;
	test_drive_close(&t);
	managed_us = time_of_writing(BD_RE, 4096 - 64);
	/* Every second turn verifies. */
	assert_in_range(managed_us, plain_us * 18 / 10, plain_us * 22 / 10);
	/* A replaced unit lies far away. */
	begin = elapsed_us();
	assert_int_equal(read_10(1024, 32), GOOD);
	sound_us = elapsed_us() - begin;
	add("defect lba=1024-1055 severity=1");
	assert_int_equal(write_10(1024, 32), GOOD);
	assert_int_equal(read_10(0, 32), GOOD);
	begin = elapsed_us();
	assert_int_equal(read_10(1024, 32), GOOD);
	assert_true(elapsed_us() - begin > sound_us + 20000);
	test_drive_close(&t);
}

/* A table that names units which are not there makes no disc. */
static void test_wrong_table(void **state)
{
	struct discern_error err = { 0 };
	off_t end;
	int fd;

	(void)state;
	open_bd_re(BD_RE, 4096 - 64);
	vdrive_open_tray(t.drive);
	fd = open(t.path, O_RDWR);
	assert_true(fd >= 0);
	end = lseek(fd, 0, SEEK_END);
	end = (end + 65535) / 65536 * 65536;
	assert_int_equal(pwrite(fd, "\0\0\x0f\xff", 4, end), 4);
	close(fd);
	assert_int_equal(vdrive_insert(t.drive, t.path, NULL, &err), -EINVAL);
	assert_non_null(strstr(err.text, "spare unit 0"));
	test_drive_close(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_replaced),      cmocka_unit_test(test_used_up),
		cmocka_unit_test(test_bad_spares),    cmocka_unit_test(test_marks_of_reading),
		cmocka_unit_test(test_streaming),     cmocka_unit_test(test_without_spares),
		cmocka_unit_test(test_rules),         cmocka_unit_test(test_reported),
		cmocka_unit_test(test_certified),     cmocka_unit_test(test_dvd_ram),
		cmocka_unit_test(test_bd_r),          cmocka_unit_test(test_pseudo_overwrite),
		cmocka_unit_test(test_exceptions),    cmocka_unit_test(test_time),
		cmocka_unit_test(test_wrong_table),   cmocka_unit_test(test_unusable_areas),
		cmocka_unit_test(test_bd_definition),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
