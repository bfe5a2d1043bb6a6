/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "disc/sector.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "unit/unit.h"

static void make_random(uint8_t user[SECTOR_USER], unsigned seed)
{
	for (size_t i = 0; i < SECTOR_USER; i++) {
		seed = seed * 1103515245 + 12345;
		user[i] = (uint8_t)(seed >> 16);
	}
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
	assert_int_equal(sector_edc(data, 1), edc_by_division(data, 1));
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_edc),
		cmocka_unit_test(test_parity_equations),
		cmocka_unit_test(test_layout),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
