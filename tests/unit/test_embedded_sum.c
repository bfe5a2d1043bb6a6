/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Checksums inside of images; tests/cli/burn_sums.sh has images of implantisomd5. */
#include "unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "burn/embedded_sum.h"

enum { N_SECTORS = 64, SIZE = N_SECTORS * 2048, FIELD = EMBEDDED_FIELD_AT };

static uint8_t image[SIZE + 2048];

static void make_image(void)
{
	for (size_t i = 0; i < sizeof(image); i++)
		image[i] = (uint8_t)(i * 31 + i / 2048);
	memset(image + 16 * 2048, 0, 2048);
	memcpy(image + 16 * 2048, "\1CD001\1", 7);
	put_le32(image + 16 * 2048 + 80, N_SECTORS);
	put_be32(image + 16 * 2048 + 84, N_SECTORS);
	memset(image + FIELD, ' ', EMBEDDED_FIELD_SIZE);
}

/* Digest of the first size_bytes and zero_bytes zeros. */
static void digest(enum hash_kind kind, size_t size_bytes, size_t zero_bytes, char hex[HASH_HEX_SIZE])
{
	static const uint8_t zeros[SIZE];
	struct hash *hash;

	assert_int_equal(hash_new(kind, &hash, NULL), 0);
	hash_update(hash, image, size_bytes);
	hash_update(hash, zeros, zero_bytes);
	hash_finish(hash, hex);
	hash_free(hash);
}

static void put_field(const char *text)
{
	memset(image + FIELD, ' ', EMBEDDED_FIELD_SIZE);
	memcpy(image + FIELD, text, strlen(text));
}

static bool check_in(size_t portion, size_t size, struct embedded_sum *sum)
{
	struct embedded_check *check;
	bool is_right;

	assert_int_equal(embedded_check_new(&check, NULL), 0);
	for (size_t at = 0; at < size; at += portion)
		embedded_check_update(check, image + at, size - at < portion ? size - at : portion);
	is_right = embedded_check_finish(check, sum);
	embedded_check_free(check);
	return is_right;
}

static void isomd5sum(void **state)
{
	struct embedded_sum sum;
	char hex[HASH_HEX_SIZE], field[512];

	(void)state;
	make_image();
	digest(HASH_MD5, SIZE - 15 * 2048, 0, hex);
	snprintf(field, sizeof(field),
		 "ISO MD5SUM = %s;SKIPSECTORS = 15;RHLISOSTATUS=1;FRAGMENT SUMS = 012345;FRAGMENT COUNT = 20;"
		 "THIS IS NOT THE SAME AS RUNNING MD5SUM ON THIS ISO!!",
		 hex);
	put_field(field);
	assert_true(check_in(SIZE, SIZE, &sum));
	assert_int_equal(sum.kind, EMBEDDED_ISOMD5SUM);
	assert_true(check_in(40000, SIZE, &sum));
	assert_true(check_in(37001, SIZE + 2048, &sum));
	/* What it leaves out may be anything; the rest may not. */
	image[SIZE - 1] ^= 1;
	assert_true(check_in(SIZE, SIZE, &sum));
	image[SIZE - 15 * 2048 - 1] ^= 1;
	assert_false(check_in(SIZE, SIZE, &sum));
	assert_int_equal(sum.kind, EMBEDDED_ISOMD5SUM);
	image[SIZE - 15 * 2048 - 1] ^= 1;
	assert_false(check_in(SIZE, SIZE - 16 * 2048, &sum));
}

static void checkmedia(void **state)
{
	struct embedded_sum sum;
	struct embedded_check *check;
	const uint8_t *signed_field;
	char hex[HASH_HEX_SIZE], field[512];
	const size_t block = 40 * 2048;

	(void)state;
	make_image();
	memset(image, 0, 512);
	memset(image + block, 0, 2048);
	memcpy(image + block, "7984fc91-a43f-4e45-bf27-6d3aa08b24cf\n", 37);
	digest(HASH_SHA256, SIZE - 2 * 2048, 2 * 2048, hex);
	snprintf(field, sizeof(field), "check=1;pad=2;sha256sum=%s;partition=1,2,3;signature=%zu", hex, block / 512);
	put_field(field);
	/* What it takes for zeros: the master boot record, the signature, the padding. */
	memset(image, 0xfa, 512);
	memcpy(image + block + 64, "-----BEGIN", 10);
	memset(image + SIZE - 2 * 2048, 0x55, 2 * 2048);
	assert_true(check_in(SIZE, SIZE, &sum));
	assert_int_equal(sum.kind, EMBEDDED_CHECKMEDIA);
	assert_int_equal(sum.hash_kind, HASH_SHA256);
	assert_true(check_in(37001, SIZE, &sum));
	assert_int_equal(embedded_check_new(&check, NULL), 0);
	embedded_check_update(check, image, 81000);
	embedded_check_update(check, image + 81000, SIZE - 81000);
	assert_true(embedded_check_finish(check, &sum));
	assert_string_equal(embedded_check_signature(check, &signed_field), "-----BEGIN");
	assert_memory_equal(signed_field, image + FIELD, EMBEDDED_FIELD_SIZE);
	embedded_check_free(check);
	image[600] ^= 1;
	assert_false(check_in(SIZE, SIZE, &sum));
}

static void nonsense_is_none(void **state)
{
	static const char digits[] = "0123456789abcdef0123456789abcdef";
	static const char *const fields[] = {
		"",
		"ISO MD5SUM = 0123",
		"ISO MD5SUM = 0123456789abcdef0123456789abcdeg;SKIPSECTORS = 15",
		"md5sum=",
		"sha256sum=0123456789abcdef0123456789abcdef",
		"ISO MD5SUM = 0123456789abcdef0123456789abcdef;SKIPSECTORS = 64",
		"md5sum=0123456789abcdef0123456789abcdef;pad=999999999",
		";;;;====;;;==",
	};
	struct embedded_sum sum;

	(void)state;
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		make_image();
		put_field(fields[i]);
		assert_false(check_in(SIZE, SIZE, &sum));
		assert_int_equal(sum.kind, EMBEDDED_NONE);
	}
	/* A number that is none counts as not there. */
	make_image();
	put_field("md5sum=0123456789abcdef0123456789abcdef;pad=1x");
	embedded_sum_parse(image + 16 * 2048, &sum);
	assert_int_equal(sum.kind, EMBEDDED_CHECKMEDIA);
	assert_string_equal(sum.hex, digits);
	assert_int_equal(sum.zero_bytes, 0);
	/* An image that ends within its descriptor. */
	assert_false(check_in(SIZE, 16 * 2048 + 100, &sum));
	assert_int_equal(sum.kind, EMBEDDED_NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(isomd5sum),
		cmocka_unit_test(checkmedia),
		cmocka_unit_test(nonsense_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
