/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "disc/rw_pack.h"

#include <string.h>

#include "unit/unit.h"

/* Times alpha in GF(2^6) of x^6 + x + 1. */
static uint8_t times_alpha(uint8_t a)
{
	return (uint8_t)((a << 1 ^ (a & 0x20 ? 0x43 : 0)) & 0x3f);
}

/* The n symbols as a polynomial, highest power first, at alpha to this power. */
static uint8_t value_at(const uint8_t *symbols, size_t n, unsigned power)
{
	uint8_t value = 0;

	for (size_t i = 0; i < n; i++) {
		for (unsigned j = 0; j < power; j++)
			value = times_alpha(value);
		value ^= symbols[i];
	}
	return value;
}

static void parity_makes_code_words(void **state)
{
	uint8_t pack[RW_PACK_SYMBOLS] = { 9, 6 }, copy[RW_PACK_SYMBOLS];

	(void)state;
	for (unsigned round = 0; round < 50; round++) {
		for (unsigned i = 4; i < 20; i++)
			pack[i] = (uint8_t)((i * 37 + round * 11 + i * round) & 0x3f);
		memset(pack + 2, 0, 2);
		memset(pack + 20, 0, 4);
		rw_pack_add_parity(pack);
		/* IEC 60908 17.7.3: roots 1, alpha of Q, and alpha squared and cubed of P as well. */
		for (unsigned power = 0; power < 4; power++)
			assert_int_equal(value_at(pack, RW_PACK_SYMBOLS, power), 0);
		for (unsigned power = 0; power < 2; power++)
			assert_int_equal(value_at(pack, 4, power), 0);
	}
	/* One that is there stays, even if it is wrong. */
	pack[21] ^= 1;
	memcpy(copy, pack, sizeof(copy));
	rw_pack_add_parity(pack);
	assert_memory_equal(pack, copy, sizeof(copy));
	/* An empty pack is a code word. */
	memset(pack, 0, sizeof(pack));
	memset(copy, 0, sizeof(copy));
	rw_pack_add_parity(pack);
	assert_memory_equal(pack, copy, sizeof(copy));
}

static void symbols_come_later(void **state)
{
	uint8_t packs[RW_WINDOW_SECTORS * 96], symbols[96];

	(void)state;
	for (size_t i = 0; i < sizeof(packs); i++)
		packs[i] = (uint8_t)(i / RW_PACK_SYMBOLS);
	rw_pack_interleave(symbols, packs);
	/* Column 0 comes at once, column 7 seven packs later; behind it that begins anew. */
	for (size_t i = 0; i < sizeof(symbols); i++)
		assert_int_equal(symbols[i], 8 + i / RW_PACK_SYMBOLS - i % RW_PACK_SYMBOLS % 8);
	/* Columns 1 and 18, 2 and 5, 3 and 23 have changed places. */
	for (size_t i = 0; i < sizeof(packs); i++)
		packs[i] = (uint8_t)(i % RW_PACK_SYMBOLS);
	rw_pack_interleave(symbols, packs);
	assert_int_equal(symbols[0], 0);
	assert_int_equal(symbols[1], 18);
	assert_int_equal(symbols[2], 5);
	assert_int_equal(symbols[3], 23);
	assert_int_equal(symbols[4], 4);
	assert_int_equal(symbols[5], 2);
	assert_int_equal(symbols[18], 1);
	assert_int_equal(symbols[23], 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parity_makes_code_words),
		cmocka_unit_test(symbols_come_later),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
