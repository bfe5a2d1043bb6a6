/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/unit.h"

#include <string.h>

#include "base/bytes.h"

static const uint8_t bytes[] = { 0x81, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef };

static void big_endian(void **state)
{
	(void)state;
	assert_int_equal(get_be16(bytes), 0x8123);
	assert_int_equal(get_be24(bytes), 0x812345);
	assert_int_equal(get_be32(bytes), 0x81234567);
	assert_true(get_be64(bytes) == 0x8123456789abcdef);
}

static void little_endian(void **state)
{
	(void)state;
	assert_int_equal(get_le16(bytes), 0x2381);
	assert_int_equal(get_le32(bytes), 0x67452381);
	assert_true(get_le32(bytes + 4) == 0xefcdab89);
	assert_true(get_le64(bytes) == 0xefcdab8967452381);
}

static void put_undoes_get(void **state)
{
	uint8_t copy[8];

	(void)state;
	memset(copy, 0, sizeof(copy));
	put_be64(copy, get_be64(bytes));
	assert_memory_equal(copy, bytes, 8);
	memset(copy, 0, sizeof(copy));
	put_be32(copy, get_be32(bytes));
	assert_memory_equal(copy, bytes, 4);
	assert_int_equal(copy[4], 0);
	memset(copy, 0, sizeof(copy));
	put_be24(copy, get_be24(bytes));
	assert_memory_equal(copy, bytes, 3);
	assert_int_equal(copy[3], 0);
	put_le32(copy, get_le32(bytes + 4));
	assert_memory_equal(copy, bytes + 4, 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(big_endian),
		cmocka_unit_test(little_endian),
		cmocka_unit_test(put_undoes_get),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
