/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files that gzip and zip made; tests/cli/burn_sources.sh has those of xz, zstd, bzip2 and lz4. */
#include "config.h"

#include "unit/unit.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "disc/packed_file.h"

/* printf 'a disc image\n' | gzip -9n */
static const uint8_t gzipped[] = { 0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0x4b,
				   0x54, 0x48, 0xc9, 0x2c, 0x4e, 0x56, 0xc8, 0xcc, 0x4d, 0x4c, 0x4f,
				   0xe5, 0x02, 0x00, 0x24, 0xe3, 0x2c, 0x29, 0x0d, 0x00, 0x00, 0x00 };
static const char text[] = "a disc image\n";

static int make_file(const uint8_t *bytes, size_t size, const uint8_t *more, size_t more_size)
{
	char path[] = "/tmp/discern-packed-XXXXXX";
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	unlink(path);
	assert_int_equal(write(fd, bytes, size), size);
	if (more_size > 0)
		assert_int_equal(write(fd, more, more_size), more_size);
	return fd;
}

/* What it unpacks to, or the error. */
static ssize_t unpack(int fd, uint8_t *ret, size_t size)
{
	struct packed_file *file = NULL;
	struct discern_error err;
	ssize_t n = packed_file_open(fd, PACKING_GZIP, &file, &err);

	if (n == 0)
		n = packed_file_read(file, ret, size, &err);
	if (n >= 0)
		assert_int_equal(packed_file_read(file, ret + n, 1, &err), 0);
	packed_file_close(file);
	close(fd);
	return n;
}

static void unpacks_gzip(void **state)
{
#ifdef HAVE_ZLIB
	static const uint8_t zeros[5000];
	uint8_t bad[sizeof(gzipped)];
	uint8_t out[100];

	(void)state;
	assert_int_equal(unpack(make_file(gzipped, sizeof(gzipped), NULL, 0), out, sizeof(out) - 1), 13);
	assert_memory_equal(out, text, 13);
	/* Two members are one file (RFC 1952 2.2); zeros behind them are none. */
	assert_int_equal(unpack(make_file(gzipped, sizeof(gzipped), gzipped, sizeof(gzipped)), out, sizeof(out) - 1),
			 26);
	assert_memory_equal(out + 13, text, 13);
	assert_int_equal(unpack(make_file(gzipped, sizeof(gzipped), zeros, sizeof(zeros)), out, sizeof(out) - 1), 13);
	/* Cut off in data and in trailer; a wrong CRC; a wrong length. */
	for (size_t size = 11; size < sizeof(gzipped); size++)
		assert_int_equal(unpack(make_file(gzipped, size, NULL, 0), out, sizeof(out) - 1), -EBADMSG);
	for (size_t i = sizeof(gzipped) - 8; i < sizeof(gzipped); i++) {
		memcpy(bad, gzipped, sizeof(bad));
		bad[i] ^= 1;
		assert_int_equal(unpack(make_file(bad, sizeof(bad), NULL, 0), out, sizeof(out) - 1), -EBADMSG);
	}
#else
	(void)state;
	(void)make_file;
	(void)unpack;
	(void)text;
	skip();
#endif
}

static void knows_them_by_their_first_bytes(void **state)
{
	(void)state;
	assert_int_equal(packing_of(gzipped, sizeof(gzipped)), PACKING_GZIP);
	assert_int_equal(packing_of(gzipped, 2), PACKING_NONE);
	assert_int_equal(packing_of((const uint8_t *)"\xfd"
						     "7zXZ\0",
				    6),
			 PACKING_XZ);
	assert_int_equal(packing_of((const uint8_t *)"\x28\xb5\x2f\xfd\0\0", 6), PACKING_ZSTD);
	assert_int_equal(packing_of((const uint8_t *)"BZh91A", 6), PACKING_BZIP2);
	assert_int_equal(packing_of((const uint8_t *)"\x04\x22\x4d\x18\0\0", 6), PACKING_LZ4);
	assert_int_equal(packing_of((const uint8_t *)"PK\3\4\0\0", 6), PACKING_ZIP);
	assert_int_equal(packing_of((const uint8_t *)"\0\0\0\0\0\0", 6), PACKING_NONE);
	assert_int_equal(packing_stem_length(PACKING_XZ, "x.iso.XZ"), 5);
	assert_int_equal(packing_stem_length(PACKING_XZ, "x.iso"), 5);
	assert_int_equal(packing_stem_length(PACKING_XZ, ".xz"), 3);
}

static void refuses_what_it_is_not(void **state)
{
#ifdef HAVE_LIBARCHIVE
	static const enum packing packings[] = { PACKING_XZ, PACKING_ZSTD, PACKING_BZIP2, PACKING_LZ4, PACKING_ZIP };
	struct packed_file *file;
	struct discern_error err;
	uint8_t out[100];

	(void)state;
	for (size_t i = 0; i < sizeof(packings) / sizeof(packings[0]); i++) {
		int fd = make_file(gzipped, sizeof(gzipped), NULL, 0);
		int ret = packed_file_open(fd, packings[i], &file, &err);

		if (ret == 0) {
			ret = (int)packed_file_read(file, out, sizeof(out), &err);
			packed_file_close(file);
		}
		assert_true(ret == -EBADMSG || ret == -EINVAL);
		assert_true(err.text[0] != '\0');
		close(fd);
	}
#else
	(void)state;
	skip();
#endif
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(unpacks_gzip),
		cmocka_unit_test(knows_them_by_their_first_bytes),
		cmocka_unit_test(refuses_what_it_is_not),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
