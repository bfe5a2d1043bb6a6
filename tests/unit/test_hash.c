/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Known answers: RFC 1321 A.5, FIPS 180-4 examples ("abc"). */
#include "unit/unit.h"

#include <string.h>

#include "base/crc32.h"
#include "base/hash.h"

static void check(enum hash_kind kind, const char *text, const char *expected)
{
	struct hash *hash = NULL;
	char hex[HASH_HEX_SIZE];

	assert_int_equal(hash_new(kind, &hash, NULL), 0);
	hash_update(hash, text, strlen(text));
	hash_finish(hash, hex);
	assert_string_equal(hex, expected);
	assert_int_equal(strlen(hex), hash_hex_length(kind));
	assert_null(hash_free(hash));
}

static void known_answers(void **state)
{
	(void)state;
	check(HASH_MD5, "abc", "900150983cd24fb0d6963f7d28e17f72");
	check(HASH_SHA1, "abc", "a9993e364706816aba3e25717850c26c9cd0d89d");
	check(HASH_SHA256, "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	check(HASH_SHA224, "abc", "23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7");
	check(HASH_SHA384, "abc",
	      "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7");
	check(HASH_SHA512, "abc",
	      "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
	      "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f");
	check(HASH_CRC32, "123456789", "cbf43926");
	check(HASH_CRC32, "", "00000000");
	check(HASH_SHA256, "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

/* Bit by bit, as the standard has it. */
static uint32_t slow_crc32(const uint8_t *bytes, size_t size)
{
	uint32_t crc = UINT32_MAX;

	for (size_t i = 0; i < size; i++) {
		crc ^= bytes[i];
		for (int bit = 0; bit < 8; bit++)
			crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0xedb88320U : 0);
	}
	return ~crc;
}

static void crc32_of_all_lengths(void **state)
{
	uint8_t bytes[700];

	(void)state;
	assert_int_equal(crc32_add(0, "123456789", 9), 0xcbf43926);
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(i * i * 31 + i / 3);
	for (size_t size = 0; size + 16 <= sizeof(bytes); size++) {
		const uint8_t *start = bytes + size % 16;
		size_t cut = size * 7 / 11;

		assert_int_equal(crc32_add(crc32_add(0, start, cut), start + cut, size - cut), slow_crc32(start, size));
	}
}

static void pieces_are_one_stream(void **state)
{
	struct hash *hash = NULL;
	char hex[HASH_HEX_SIZE];

	(void)state;
	assert_int_equal(hash_new(HASH_MD5, &hash, NULL), 0);
	hash_update(hash, "a", 1);
	hash_update(hash, "", 0);
	hash_update(hash, "bc", 2);
	hash_finish(hash, hex);
	assert_string_equal(hex, "900150983cd24fb0d6963f7d28e17f72");
	hash_free(hash);
}

static void names(void **state)
{
	(void)state;
	assert_string_equal(hash_name(HASH_MD5), "MD5");
	assert_string_equal(hash_name(HASH_SHA1), "SHA-1");
	assert_string_equal(hash_name(HASH_SHA256), "SHA-256");
	assert_string_equal(hash_name(HASH_SHA512), "SHA-512");
	assert_null(hash_free(NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_answers),
		cmocka_unit_test(crc32_of_all_lengths),
		cmocka_unit_test(pieces_are_one_stream),
		cmocka_unit_test(names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
