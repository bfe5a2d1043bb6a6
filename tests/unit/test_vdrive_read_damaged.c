/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sectors of a CD under marks and rules. */
#include "unit/cd_drive.h"

enum { ALL_PARTS = 0xf8, C2 = 0x02, C2_AND_BLOCK = 0x04, DAP = 2, RECOVERED = 0x011701 };

static void add(const char *rule)
{
	struct discern_error fault_err;

	if (vdrive_add_fault(t.drive, rule, &fault_err) < 0)
		fail_msg("%s", fault_err.text);
}

/* Mode page 01h byte 2. */
static void set_recovery(uint8_t bits)
{
	const uint8_t list[20] = { [8] = 1, [9] = 0x0a, [10] = bits, [11] = 32, [16] = 1 };

	assert_int_equal(test_write(&t, CDB(0x55, 0x10, 0, 0, 0, 0, 0, 0, sizeof(list)), list, sizeof(list)), GOOD);
}

/* Wrong bytes of a sector that should be so; each has its pointer, and only these have. */
static unsigned count_wrong(const uint8_t *data, const uint8_t *c2, const uint8_t *expected)
{
	unsigned n = 0;

	for (unsigned i = 0; i < SECTOR_RAW; i++) {
		bool is_wrong = data[i] != expected[i];

		assert_int_equal((c2[i / 8] & 0x80 >> i % 8) != 0, is_wrong);
		n += is_wrong;
	}
	return n;
}

static void test_scratched_sound(void **state)
{
	static uint8_t first[SECTOR_RAW];
	uint8_t expected[SECTOR_RAW], merged[SECTOR_RAW];
	bool is_known[SECTOR_RAW] = { false };
	unsigned n_wrong, n_known = 0;

	(void)state;
	open_drive(NULL);
	add("ring lba=300-302 dead=1");
	make_audio(expected, 299);
	assert_int_equal(read_cd(0, 299, 5, ALL_PARTS | C2, 0), GOOD);
	assert_int_equal(t.answer.transferred, 5 * (SECTOR_RAW + 294));
	assert_int_equal(count_wrong(t.data, t.data + SECTOR_RAW, expected), 0);
	make_audio(expected, 300);
	n_wrong = count_wrong(t.data + 2646, t.data + 2646 + SECTOR_RAW, expected);
	assert_in_range(n_wrong, 8, 1000);
	make_audio(expected, 303);
	assert_int_equal(count_wrong(t.data + 4 * 2646, t.data + 4 * 2646 + SECTOR_RAW, expected), 0);
	/* Other bytes at each try, so that with some of them all are known. */
	make_audio(expected, 300);
	memset(merged, 0, sizeof(merged));
	for (unsigned i = 0; i < 20; i++) {
		assert_int_equal(read_cd(0, 300, 1, ALL_PARTS | C2, 0), GOOD);
		assert_in_range(count_wrong(t.data, t.data + SECTOR_RAW, expected), 8, 1000);
		if (i == 0)
			memcpy(first, t.data, SECTOR_RAW);
		else
			assert_memory_not_equal(first, t.data, SECTOR_RAW);
		for (unsigned at = 0; at < SECTOR_RAW; at++)
			if (!(t.data[SECTOR_RAW + at / 8] & 0x80 >> at % 8)) {
				merged[at] = t.data[at];
				is_known[at] = true;
			}
	}
	for (unsigned at = 0; at < SECTOR_RAW; at++)
		n_known += is_known[at];
	assert_int_equal(n_known, SECTOR_RAW);
	assert_memory_equal(merged, expected, SECTOR_RAW);
	/* The block error byte is all pointers or-ed together. */
	assert_int_equal(read_cd(DAP, 300, 1, 0x10 | C2_AND_BLOCK, 0), GOOD);
	for (unsigned i = 0; i < 294; i++)
		t.data[SECTOR_RAW] &= (uint8_t)~t.data[SECTOR_RAW + 2 + i];
	assert_int_equal(t.data[SECTOR_RAW], 0);
	assert_int_equal(count_wrong(t.data, t.data + SECTOR_RAW + 2, expected) > 0, true);
	close_drive();
}

/* The same in every run, and where it lies on the disc, whatever the drive's offset. */
static void test_scratch_is_on_the_disc(void **state)
{
	const struct vdrive_options options = { .read_offset_samples = 588 };
	static uint8_t first[SECTOR_RAW + 294];

	(void)state;
	open_drive(NULL);
	add("ring lba=300-300 dead=1 seed=9");
	assert_int_equal(read_cd(0, 300, 1, ALL_PARTS | C2, 0), GOOD);
	memcpy(first, t.data, sizeof(first));
	close_drive();
	open_drive(&options);
	add("ring lba=300-300 dead=1 seed=9");
	assert_int_equal(read_cd(0, 301, 1, ALL_PARTS | C2, 0), GOOD);
	assert_memory_equal(t.data, first, sizeof(first));
	close_drive();
}

static void test_slow_and_patient(void **state)
{
	uint8_t expected[SECTOR_RAW];
	unsigned n_wrong = 0, n_tries = 0;

	(void)state;
	open_drive(NULL);
	add("ring lba=100-119 dead=0");
	/* SET CD SPEED 1x. */
	assert_int_equal(test_run(&t, CDB(0xbb, 0, 0, 176)), GOOD);
	do {
		n_wrong = 0;
		for (int32_t lba = 100; lba < 120; lba++) {
			make_audio(expected, lba);
			assert_int_equal(read_cd(0, lba, 1, ALL_PARTS | C2, 0), GOOD);
			n_wrong += count_wrong(t.data, t.data + SECTOR_RAW, expected) > 0;
		}
		n_tries++;
	} while (n_wrong > 0 && n_tries < 20);
	assert_int_equal(n_wrong, 0);
	assert_in_range(n_tries, 2, 19);
	close_drive();
}

static void test_scratched_data(void **state)
{
	uint8_t expected[SECTOR_RAW];

	(void)state;
	open_drive(NULL);
	add("ring lba=13100-13100 dead=1");
	make_data(expected, 13100, SECTOR_MODE_1);
	assert_int_equal(read_cd(0, 13098, 4, 0x10, 0), READ_ERROR);
	assert_information(13100);
	assert_int_equal(t.answer.transferred, 2 * DISC_SECTOR);
	assert_int_equal(read_cd(0, 13098, 4, ALL_PARTS | C2, 0), READ_ERROR);
	assert_int_equal(t.answer.transferred, 2 * (SECTOR_RAW + 294));
	/* Without correction it comes as it is, to who asks for the pointers. */
	set_recovery(0x01);
	assert_int_equal(read_cd(0, 13098, 4, ALL_PARTS, 0), READ_ERROR);
	assert_int_equal(read_cd(2 << 2, 13098, 4, ALL_PARTS | C2, 0), GOOD);
	assert_int_equal(t.answer.transferred, 4 * (SECTOR_RAW + 294));
	assert_in_range(count_wrong(t.data + 2 * 2646, t.data + 2 * 2646 + SECTOR_RAW, expected), 8, 1000);
	/* The bad block, then its sense. */
	set_recovery(0x20);
	assert_int_equal(read_cd(0, 13098, 4, ALL_PARTS, 0), READ_ERROR);
	assert_information(13100);
	assert_int_equal(t.answer.transferred, 3 * SECTOR_RAW);
	/* Never stop. */
	set_recovery(0x10);
	assert_int_equal(read_cd(0, 13098, 4, ALL_PARTS, 0), GOOD);
	assert_int_equal(t.answer.transferred, 4 * SECTOR_RAW);
	close_drive();
}

static void test_wrong_bytes(void **state)
{
	uint8_t expected[SECTOR_RAW];

	(void)state;
	open_drive(NULL);
	add("read lba=50-51 c2=40");
	make_audio(expected, 50);
	assert_int_equal(read_cd(0, 49, 4, ALL_PARTS | C2, 0), GOOD);
	assert_int_equal(count_wrong(t.data + 2646, t.data + 2646 + SECTOR_RAW, expected), 40);
	make_audio(expected, 52);
	assert_int_equal(count_wrong(t.data + 3 * 2646, t.data + 3 * 2646 + SECTOR_RAW, expected), 0);
	close_drive();
	/* Half a sector of sound instead of an error. */
	open_drive(NULL);
	add("read lba=50-51 read-error count=1");
	add("read lba=60 sense=3/11/05 count=1");
	make_audio(expected, 50);
	assert_int_equal(read_cd(0, 50, 1, ALL_PARTS | C2, 0), GOOD);
	assert_int_equal(count_wrong(t.data, t.data + SECTOR_RAW, expected), SECTOR_RAW / 2);
	assert_int_equal(read_cd(0, 50, 1, ALL_PARTS | C2, 0), GOOD);
	assert_int_equal(count_wrong(t.data, t.data + SECTOR_RAW, expected), 0);
	/* What is told in numbers happens, after the sectors before it. */
	assert_int_equal(read_cd(0, 58, 4, ALL_PARTS, 0), READ_ERROR);
	assert_information(60);
	assert_int_equal(t.answer.transferred, 2 * SECTOR_RAW);
	make_audio(expected, 59);
	assert_memory_equal(t.data + SECTOR_RAW, expected, SECTOR_RAW);
	close_drive();
}

static void test_sectors_before_a_fault(void **state)
{
	(void)state;
	open_drive(NULL);
	add("read lba=13020 sense=3/02/00");
	/* READ(12), READ CD MSF (02:55:43 is LBA 13018). */
	assert_int_equal(test_read(&t, CDB(0xa8, 0, 0, 0, 13018 >> 8, 13018 & 255, 0, 0, 0, 8), 8 * DISC_SECTOR),
			 0x030200);
	assert_int_equal(t.answer.transferred, 2 * DISC_SECTOR);
	assert_information(13020);
	assert_int_equal(test_read(&t, CDB(0xb9, 0, 0, 2, 55, 43, 2, 55, 51, 0x10), 8 * DISC_SECTOR), 0x030200);
	assert_int_equal(t.answer.transferred, 2 * DISC_SECTOR);
	/* A worse one before it. */
	add("ring lba=13019-13019 dead=1");
	assert_int_equal(test_read(&t, CDB(0xa8, 0, 0, 0, 13018 >> 8, 13018 & 255, 0, 0, 0, 8), 8 * DISC_SECTOR),
			 READ_ERROR);
	assert_int_equal(t.answer.transferred, DISC_SECTOR);
	assert_information(13019);
	close_drive();
}

/* A read begins somewhere near: where, its bytes tell. */
static void test_jitter(void **state)
{
	static uint8_t around[7 * SECTOR_RAW];
	bool is_seen[2 * 588 + 1] = { false };
	unsigned n_seen = 0;

	(void)state;
	for (int32_t i = 0; i < 7; i++)
		make_audio(around + i * SECTOR_RAW, 397 + i);
	open_drive(NULL);
	add("read jitter=588");
	for (unsigned i = 0; i < 40; i++) {
		size_t at = 2 * SECTOR_RAW;

		assert_int_equal(read_cd(0, 400, 2, ALL_PARTS, 0), GOOD);
		while (at <= 4 * SECTOR_RAW && memcmp(around + at, t.data, 2 * SECTOR_RAW) != 0)
			at += 4;
		assert_true(at <= 4 * SECTOR_RAW);
		is_seen[at / 4 - 2 * 588] = true;
	}
	for (size_t i = 0; i <= 2 * 588; i++)
		n_seen += is_seen[i];
	assert_in_range(n_seen, 20, 40);
	/* Data are found by their headers. */
	make_data(around, DATA, SECTOR_MODE_1);
	assert_int_equal(read_cd(0, DATA, 1, ALL_PARTS, 0), GOOD);
	assert_memory_equal(t.data, around, SECTOR_RAW);
	close_drive();
}

static void test_words(void **state)
{
	static const char *const wrong[] = { "write c2=1",    "0x28 c2=1",         "read c2=0",  "read c2=2353",
					     "0x43 jitter=1", "read jitter=11761", "read jitter" };

	(void)state;
	open_drive(NULL);
	add("0xbe c2=2352");
	add("any jitter=11760");
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_int_equal(vdrive_add_fault(t.drive, wrong[i], NULL), -EINVAL);
	close_drive();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_scratched_sound),  cmocka_unit_test(test_scratch_is_on_the_disc),
		cmocka_unit_test(test_slow_and_patient), cmocka_unit_test(test_scratched_data),
		cmocka_unit_test(test_wrong_bytes),      cmocka_unit_test(test_sectors_before_a_fault),
		cmocka_unit_test(test_jitter),           cmocka_unit_test(test_words),
	};

	return cmocka_run_group_tests(tests, set_up_cd, tear_down_cd);
}
