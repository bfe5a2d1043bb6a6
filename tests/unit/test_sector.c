/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "disc/sector.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/hash.h"
#include "unit/unit.h"

static void make_random_bytes(uint8_t *user, size_t size, unsigned seed)
{
	for (size_t i = 0; i < size; i++) {
		seed = seed * 1103515245 + 12345;
		user[i] = (uint8_t)(seed >> 16);
	}
}

static void make_random(uint8_t user[SECTOR_USER], unsigned seed)
{
	make_random_bytes(user, SECTOR_USER, seed);
}

/* The polynomial of ECMA-130 14.3 divided bit by bit, most significant bit last, with nothing in common with the
 * tables of sector.c but the numbers of the standard. */
static uint32_t edc_by_division(const uint8_t *data, size_t size)
{
	uint32_t remainder = 0, reversed = 0;

	for (size_t i = 0; i < size * 8; i++) {
		uint32_t bit = data[i / 8] >> i % 8 & 1;
		uint32_t carry = remainder >> 31 ^ bit;

		remainder = remainder << 1 ^ (carry ? 0x8001801bu : 0);
	}
	for (int bit = 0; bit < 32; bit++)
		reversed |= (remainder >> bit & 1) << (31 - bit);
	return reversed;
}

static uint8_t multiply(uint8_t a, uint8_t b)
{
	unsigned product = 0;

	for (int bit = 0; bit < 8; bit++)
		if (b >> bit & 1)
			product ^= (unsigned)a << bit;
	for (int bit = 14; bit >= 8; bit--)
		if (product >> bit & 1)
			product ^= 0x11du << (bit - 8);
	return (uint8_t)product;
}

/* Both sums that ECMA-130 annex A wants to be zero, over words that it numbers. */
static void assert_parity(const uint8_t *sector, const unsigned *words, unsigned n, unsigned plane)
{
	uint8_t sum = 0, weighted = 0;

	for (unsigned i = 0; i < n; i++) {
		uint8_t byte = sector[SECTOR_HEADER_AT + 2 * words[i] + plane];

		sum ^= byte;
		weighted = multiply(weighted, 2) ^ byte;
	}
	assert_int_equal(sum, 0);
	assert_int_equal(weighted, 0);
}

static void test_edc(void **state)
{
	uint8_t data[SECTOR_USER];

	(void)state;
	make_random(data, 7);
	for (size_t size = 0; size < 12; size++)
		assert_int_equal(sector_edc(data, size), edc_by_division(data, size));
	assert_int_equal(sector_edc(data, sizeof(data)), edc_by_division(data, sizeof(data)));
	memset(data, 0, sizeof(data));
	assert_int_equal(sector_edc(data, sizeof(data)), 0);
}

static void test_parity_equations(void **state)
{
	uint8_t user[SECTOR_USER], sector[SECTOR_RAW];

	(void)state;
	for (unsigned seed = 0; seed < 20; seed++) {
		make_random(user, seed);
		sector_make_mode1(sector, (int32_t)seed * 17000, user);
		for (unsigned plane = 0; plane < 2; plane++) {
			for (unsigned column = 0; column < 43; column++) {
				unsigned words[26];

				for (unsigned i = 0; i < 26; i++)
					words[i] = column + 43 * i;
				assert_parity(sector, words, 26, plane);
			}
			for (unsigned diagonal = 0; diagonal < 26; diagonal++) {
				unsigned words[45];

				for (unsigned i = 0; i < 43; i++)
					words[i] = (44 * i + 43 * diagonal) % 1118;
				words[43] = 1118 + diagonal;
				words[44] = 1118 + 26 + diagonal;
				assert_parity(sector, words, 45, plane);
			}
		}
	}
}

static void test_layout(void **state)
{
	static const uint8_t sync[12] = { 0, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 0 };
	static const uint8_t zeros[8];
	uint8_t user[SECTOR_USER], sector[SECTOR_RAW];

	(void)state;
	make_random(user, 3);
	/* 12:34:56 is LBA (12 * 60 + 34) * 75 + 56 - 150. */
	sector_make_mode1(sector, (12 * 60 + 34) * 75 + 56 - 150, user);
	assert_memory_equal(sector, sync, sizeof(sync));
	assert_memory_equal(sector + SECTOR_HEADER_AT, "\x12\x34\x56\x01", 4);
	assert_memory_equal(sector + SECTOR_USER_AT, user, sizeof(user));
	assert_int_equal(get_le32(sector + SECTOR_EDC_AT), edc_by_division(sector, SECTOR_EDC_AT));
	assert_memory_equal(sector + SECTOR_EDC_AT + 4, zeros, sizeof(zeros));
	sector_make_mode1(sector, -150, user);
	assert_memory_equal(sector + SECTOR_HEADER_AT, "\0\0\0\x01", 4);
}

static void assert_digest(const uint8_t sector[SECTOR_RAW], const char *expected)
{
	char hex[HASH_HEX_SIZE];
	struct hash *hash;

	assert_int_equal(hash_new(HASH_SHA256, &hash, NULL), 0);
	hash_update(hash, sector, SECTOR_RAW);
	hash_finish(hash, hex);
	hash_free(hash);
	assert_string_equal(hex, expected);
}

/* The digests are those of sectors that libburn's ecma130ab.c made of the same user data. */
static void test_seal_as_libburn(void **state)
{
	static const struct {
		enum sector_form form;
		const char *subheader;
		const char *digests[3];
	} expected[] = {
		{ SECTOR_MODE_1,
		  "",
		  { "8fb1457ba069d3fb0526d0deb41608f0e5197c48a07fe2cb26fbbeafe8c58bcf",
		    "e5c6ea86eb0a232f46ce3ffc166e4329ea72d4cc01c4312d14e7ea13734e4d3c",
		    "cab1c555b6c2e6244ed58d8d2b0d16fa783e58af196abcfbf81a76d52d016629" } },
		{ SECTOR_MODE_2_FORM_1,
		  "\x01\x02\x08\x00\x01\x02\x08\x00",
		  { "17cbfe147a6be15031a8492fdd93fb51cacc9565293d7e9b2cc17cdbd86f9da0",
		    "151dbb7661e4bc39ac5606519ae7f6dc56f62f7859445446bbbb6f5ed4f2de11",
		    "7a69eabea6fef3a175a771cdf31850387c988e3f3c0d2a755f11f3e7c9698d18" } },
		{ SECTOR_MODE_2_FORM_2,
		  "\x01\x02\x64\x7f\x01\x02\x64\x7f",
		  { "f2fa002c861a53f590719cac15f7201eb4fa4470ed34000f25086b59142967a9",
		    "35902dfd298851f9ac0f876c5be772b2f49fc715b375b5a87857d166c3e08002",
		    "52d015b0aeb7f0f0b7beb926f5e0e55d0b9a3006f6fd3236bed4aece1e04f046" } },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(expected) / sizeof(expected[0]); i++)
		for (unsigned seed = 1; seed <= 3; seed++) {
			enum sector_form form = expected[i].form;
			uint8_t sector[SECTOR_RAW];
			int32_t lba;

			memset(sector, 0xaa, sizeof(sector));
			if (form != SECTOR_MODE_1)
				memcpy(sector + SECTOR_SUBHEADER_AT, expected[i].subheader, 8);
			make_random_bytes(sector + sector_user_at(form), sector_user_bytes(form), seed);
			sector_seal(sector, (12 * 60 + 34) * 75 + 56 - 150, form);
			assert_digest(sector, expected[i].digests[seed - 1]);
			assert_int_equal(sector_find_form(sector), form);
			assert_true(sector_is_sound(sector));
			assert_true(sector_header_lba(sector, &lba));
			assert_int_equal(lba, (12 * 60 + 34) * 75 + 56 - 150);
		}
}

static void test_forms(void **state)
{
	static const size_t user_at[] = { 0, 16, 16, 16, 24, 24 }, user_bytes[] = { 2352, 0, 2048, 2336, 2048, 2324 };
	uint8_t sector[SECTOR_RAW], samples[SECTOR_RAW];
	int32_t lba;

	(void)state;
	for (int form = SECTOR_AUDIO; form <= SECTOR_MODE_2_FORM_2; form++) {
		assert_int_equal(sector_user_at((enum sector_form)form), user_at[form]);
		assert_int_equal(sector_user_bytes((enum sector_form)form), user_bytes[form]);
	}
	make_random_bytes(samples, sizeof(samples), 5);
	memcpy(sector, samples, sizeof(sector));
	sector_seal(sector, 0, SECTOR_AUDIO);
	assert_memory_equal(sector, samples, sizeof(sector));
	assert_int_equal(sector_find_form(sector), SECTOR_AUDIO);
	assert_true(sector_is_sound(sector));
	assert_false(sector_header_lba(sector, &lba));

	sector_seal(sector, 449849, SECTOR_MODE_2);
	assert_memory_equal(sector + SECTOR_HEADER_AT, "\x99\x59\x74\x02", 4);
	assert_memory_equal(sector + SECTOR_USER_AT, samples + SECTOR_USER_AT, SECTOR_MODE_2_USER);
	assert_int_equal(sector_find_form(sector), SECTOR_MODE_2);
	assert_true(sector_is_sound(sector));
	assert_true(sector_header_lba(sector, &lba));
	assert_int_equal(lba, 449849);

	sector_seal(sector, 16, SECTOR_MODE_0);
	assert_int_equal(sector_find_form(sector), SECTOR_MODE_0);
	assert_true(sector_is_sound(sector));
	sector[SECTOR_RAW - 1] = 1;
	assert_false(sector_is_sound(sector));
	sector[12 + 2] = 0x75;
	assert_false(sector_header_lba(sector, &lba));
	sector[SECTOR_HEADER_AT + 3] = 3;
	assert_int_equal(sector_find_form(sector), SECTOR_AUDIO);
	/* The first run-in sector of a packet: Mode 1 with the block indicator 4. */
	make_random(samples, 9);
	sector_make_mode1(sector, 0, samples);
	sector[SECTOR_HEADER_AT + 3] = 0x81;
	assert_int_equal(sector_find_form(sector), SECTOR_MODE_1);
}

static void test_unsound(void **state)
{
	static const struct {
		enum sector_form form;
		size_t from, to;
	} covered[] = { { SECTOR_MODE_1, 12, 2068 },
			{ SECTOR_MODE_2_FORM_1, 16, 2076 },
			{ SECTOR_MODE_2_FORM_2, 16, 2352 } };
	uint8_t sector[SECTOR_RAW];

	(void)state;
	for (size_t i = 0; i < sizeof(covered) / sizeof(covered[0]); i++) {
		make_random_bytes(sector, sizeof(sector), 11);
		memset(sector + SECTOR_SUBHEADER_AT, covered[i].form == SECTOR_MODE_2_FORM_2 ? 0x20 : 0, 8);
		sector_seal(sector, 7, covered[i].form);
		for (size_t at = 12; at < SECTOR_RAW; at++) {
			bool is_header =
				at == SECTOR_HEADER_AT + 3 || (at >= 16 && at < 24 && covered[i].form != SECTOR_MODE_1);

			if (is_header)
				continue;
			sector[at] ^= 0x40;
			assert_int_equal(sector_is_sound(sector), at < covered[i].from || at >= covered[i].to);
			sector[at] ^= 0x40;
		}
	}
	/* Form 2 without an EDC. */
	memset(sector + 2348, 0, 4);
	assert_true(sector_is_sound(sector));
}

/* The first bytes of the sequence as ECMA-130 annex B gives them. */
static void test_scramble(void **state)
{
	static const uint8_t begin[] = { 0x01, 0x80, 0x00, 0x60, 0x00, 0x28, 0x00, 0x1e, 0x80, 0x08, 0x60, 0x06, 0xa8 };
	uint8_t sector[SECTOR_RAW] = { 0 }, user[SECTOR_USER] = { 1, 2, 3 }, plain[SECTOR_RAW];

	(void)state;
	sector_scramble(sector);
	for (size_t i = 0; i < SECTOR_HEADER_AT; i++)
		assert_int_equal(sector[i], 0);
	assert_memory_equal(sector + SECTOR_HEADER_AT, begin, sizeof(begin));
	sector_make_mode1(plain, 1000, user);
	memcpy(sector, plain, SECTOR_RAW);
	sector_scramble(sector);
	assert_int_equal(sector[SECTOR_HEADER_AT + 3], 1 ^ 0x60);
	sector_scramble(sector);
	assert_memory_equal(sector, plain, SECTOR_RAW);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_scramble),
		cmocka_unit_test(test_edc),    cmocka_unit_test(test_parity_equations),
		cmocka_unit_test(test_layout), cmocka_unit_test(test_seal_as_libburn),
		cmocka_unit_test(test_forms),  cmocka_unit_test(test_unsound),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
