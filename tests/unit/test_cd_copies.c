/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "drive/cd_copies.h"

#include <string.h>

#include "unit/unit.h"

enum { LBA = 4711 };

static struct cd_copies *copies;
static uint8_t good[SECTOR_RAW], bad[SECTOR_RAW], c2[SECTOR_C2];
static uint64_t state;

static unsigned below(unsigned end)
{
	state = state * 6364136223846793005 + 1442695040888963407;
	return (unsigned)((state >> 33) % end);
}

static int set_up(void **ignored)
{
	(void)ignored;
	state = 1;
	for (size_t i = 0; i < SECTOR_RAW; i++)
		good[i] = (uint8_t)below(256);
	sector_seal(good, LBA, SECTOR_MODE_1);
	copies = cd_copies_new();
	return copies == NULL;
}

static int tear_down(void **ignored)
{
	(void)ignored;
	copies = cd_copies_free(copies);
	return 0;
}

/* A copy with n wrong bytes anywhere, and pointers to them. */
static void spoil(unsigned n)
{
	memcpy(bad, good, SECTOR_RAW);
	memset(c2, 0, sizeof(c2));
	while (n-- > 0) {
		unsigned at = below(SECTOR_RAW);

		bad[at] ^= (uint8_t)(1 + below(255));
		c2[at / 8] |= (uint8_t)(0x80 >> at % 8);
	}
}

static void check_whole(void)
{
	unsigned n_bytes = 0;
	const uint8_t *data = cd_copies_find(copies, LBA, &n_bytes);

	assert_non_null(data);
	assert_memory_equal(data, good + SECTOR_USER_AT, SECTOR_USER);
	assert_true(n_bytes > 0);
}

static void proves(void **ignored)
{
	(void)ignored;
	assert_int_equal(cd_prove(good, LBA), CD_PROVEN);
	assert_int_equal(cd_prove(good, LBA + 1), CD_ELSEWHERE);
	memcpy(bad, good, SECTOR_RAW);
	bad[1000] ^= 1;
	assert_int_equal(cd_prove(bad, LBA), CD_WRONG);
	memset(bad, 0, SECTOR_RAW);
	assert_int_equal(cd_prove(bad, LBA), CD_NOT_DATA);
	memcpy(bad + SECTOR_SUBHEADER_AT, "\0\0\x28\0\0\0\x28", 8);
	sector_seal(bad, LBA, SECTOR_MODE_2_FORM_2);
	assert_int_equal(cd_prove(bad, LBA), CD_NOT_DATA);
	memcpy(bad + SECTOR_SUBHEADER_AT, "\0\0\x08\0\0\0\x08", 8);
	sector_seal(bad, LBA, SECTOR_MODE_2_FORM_1);
	assert_int_equal(cd_prove(bad, LBA), CD_PROVEN);
}

static void one_copy_is_mended(void **ignored)
{
	unsigned n_bytes;

	(void)ignored;
	spoil(60);
	assert_true(cd_copies_add(copies, LBA, bad, c2));
	check_whole();
	cd_copies_drop(copies, LBA);
	assert_null(cd_copies_find(copies, LBA, &n_bytes));
}

static void two_copies_make_one(void **ignored)
{
	unsigned n_bytes;

	(void)ignored;
	spoil(600);
	assert_false(cd_copies_add(copies, LBA, bad, c2));
	assert_null(cd_copies_find(copies, LBA, &n_bytes));
	spoil(600);
	assert_true(cd_copies_add(copies, LBA, bad, c2));
	check_whole();
}

/* Without pointers the majority decides; the fifth copy takes the first one's place. */
static void copies_without_pointers(void **ignored)
{
	bool is_whole = false;
	unsigned n = 0;

	(void)ignored;
	for (; !is_whole && n < 8; n++) {
		spoil(150);
		memcpy(bad, good, SECTOR_USER_AT);
		is_whole = cd_copies_add(copies, LBA, bad, NULL);
	}
	assert_true(is_whole);
	assert_true(n > 1);
	check_whole();
}

static void a_copy_of_another_sector_counts_for_nothing(void **ignored)
{
	uint8_t other[SECTOR_RAW];
	unsigned n_bytes;

	(void)ignored;
	memcpy(other, good, SECTOR_RAW);
	sector_seal(other, LBA + 1, SECTOR_MODE_1);
	assert_false(cd_copies_add(copies, LBA, other, NULL));
	assert_null(cd_copies_find(copies, LBA, &n_bytes));
	assert_false(cd_copies_add(copies, LBA, other, c2));
}

static void sectors_of_one_slot_make_room(void **ignored)
{
	unsigned n_bytes;

	(void)ignored;
	spoil(10);
	assert_true(cd_copies_add(copies, LBA, bad, c2));
	sector_seal(good, LBA + 2048, SECTOR_MODE_1);
	assert_true(cd_copies_add(copies, LBA + 2048, good, NULL));
	assert_null(cd_copies_find(copies, LBA, &n_bytes));
	assert_non_null(cd_copies_find(copies, LBA + 2048, &n_bytes));
	assert_int_equal(n_bytes, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(proves, set_up, tear_down),
		cmocka_unit_test_setup_teardown(one_copy_is_mended, set_up, tear_down),
		cmocka_unit_test_setup_teardown(two_copies_make_one, set_up, tear_down),
		cmocka_unit_test_setup_teardown(copies_without_pointers, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_copy_of_another_sector_counts_for_nothing, set_up, tear_down),
		cmocka_unit_test_setup_teardown(sectors_of_one_slot_make_room, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
