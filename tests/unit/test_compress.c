/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Compression in frames, and the seekable file that comes of it. */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/file.h"
#include "disc/zstd_file.h"
#include "rip/compress.h"
#include "unit/unit.h"

/* Two frames and more; and what is enough to see that an error comes out. */
enum { SIZE = (5 << 20) + 12345, SMALL_SIZE = (1 << 20) + 12345 };

struct out {
	FILE *file;
	uint64_t n_bytes, fails_at;
	bool is_writing;
};

static uint8_t *data;
static struct out out;

static int take(const void *bytes, size_t size, void *user)
{
	struct out *to = user;

	/* Never two at a time. */
	assert_false(to->is_writing);
	to->is_writing = true;
	to->n_bytes += size;
	assert_int_equal(fwrite(bytes, 1, size, to->file), size);
	to->is_writing = false;
	return to->fails_at > 0 && to->n_bytes >= to->fails_at ? -ENOSPC : 0;
}

static int set_up(void **state)
{
	uint32_t value = 1;

	(void)state;
	data = malloc(SIZE);
	for (size_t i = 0; i < SIZE; i++) {
		value = value * 1664525u + 1013904223u;
		data[i] = (uint8_t)(i % 3 == 0 ? value >> 24 : 'x');
	}
	out = (struct out){ .file = tmpfile() };
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	free(data);
	fclose(out.file);
	return 0;
}

static int compress_all(enum discern_compression compression, size_t size)
{
	const struct compress_sink sink = { take, &out };
	struct compress *compress = NULL;
	uint64_t n_bytes = 0;
	int ret = compress_new(compression, &sink, &compress, NULL);

	for (size_t at = 0; ret == 0 && at < size; at += 100000)
		ret = compress_write(compress, data + at, size - at < 100000 ? size - at : 100000);
	if (ret == 0)
		ret = compress_finish(compress, &n_bytes);
	compress_free(compress);
	fflush(out.file);
	if (ret == 0)
		assert_int_equal(n_bytes, out.n_bytes);
	return ret;
}

static bool is_built(enum discern_compression compression)
{
	return compress_check(compression, NULL) == 0;
}

static void test_a_seekable_file(void **state)
{
	static const uint32_t places[][2] = {
		{ 0, 1 }, { 0, SIZE }, { 1048570, 20 }, { SIZE - 5, 5 }, { 3000000, 2000000 }
	};
	struct zstd_file *file = NULL;
	uint8_t *got = malloc(SIZE);
	int fd = fileno(out.file);

	(void)state;
	if (!is_built(DISCERN_COMPRESSION_ZSTD))
		skip();
	assert_int_equal(compress_all(DISCERN_COMPRESSION_ZSTD, SIZE), 0);
	assert_true(out.n_bytes < SIZE);
	assert_int_equal(zstd_file_open(fd, out.n_bytes, &file, NULL), 1);
	assert_int_equal(zstd_file_size_bytes(file), SIZE);
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		assert_int_equal(zstd_file_read(file, got, places[i][1], places[i][0]), 0);
		assert_memory_equal(got, data + places[i][0], places[i][1]);
	}
	/* Each frame has a checksum. */
	assert_int_equal(file_write_at(fd, "wrong", 5, 1000), 0);
	zstd_file_close(file);
	assert_int_equal(zstd_file_open(fd, out.n_bytes, &file, NULL), 1);
	assert_int_equal(zstd_file_read(file, got, 10, 0), -EBADMSG);
	assert_int_equal(zstd_file_read(file, got, 10, 5000000), 0);
	assert_memory_equal(got, data + 5000000, 10);
	zstd_file_close(file);
	free(got);
}

/* A table of which one field is wrong, and then all. */
static void test_bad_tables(void **state)
{
	struct discern_error err;
	struct zstd_file *file = NULL;
	int fd = fileno(out.file);
	uint8_t field[4];

	(void)state;
	if (!is_built(DISCERN_COMPRESSION_ZSTD))
		skip();
	assert_int_equal(compress_all(DISCERN_COMPRESSION_ZSTD, SIZE), 0);
	/* From the end: number of frames 9, descriptor 5, the last frame's compressed size 17 bytes before it. */
	for (unsigned back = 17; back >= 9; back -= 8) {
		for (unsigned shift = 0; shift < 32; shift++) {
			off_t at = (off_t)(out.n_bytes - back);

			assert_int_equal(file_read_at(fd, field, 4, at), 4);
			put_le32(field, get_le32(field) ^ 1u << shift);
			assert_int_equal(file_write_at(fd, field, 4, at), 0);
			assert_int_equal(zstd_file_open(fd, out.n_bytes, &file, &err), -EINVAL);
			put_le32(field, get_le32(field) ^ 1u << shift);
			assert_int_equal(file_write_at(fd, field, 4, at), 0);
		}
	}
	/* Cut off there is no table, and nothing says that there should be one. */
	assert_int_equal(zstd_file_open(fd, out.n_bytes - 1, &file, NULL), 0);
	assert_int_equal(zstd_file_open(fd, 10, &file, NULL), 0);
	assert_int_equal(zstd_file_open(fd, out.n_bytes, &file, NULL), 1);
	zstd_file_close(file);
}

static void test_trouble_with_writing(void **state)
{
	(void)state;
	for (int i = DISCERN_COMPRESSION_ZSTD; i <= DISCERN_COMPRESSION_GZIP; i++) {
		if (!is_built((enum discern_compression)i))
			continue;
		out.n_bytes = 0;
		out.fails_at = 300000;
		assert_int_equal(compress_all((enum discern_compression)i, SMALL_SIZE), -ENOSPC);
		out.n_bytes = out.fails_at = 0;
		assert_int_equal(compress_all((enum discern_compression)i, SMALL_SIZE), 0);
	}
	assert_int_equal(compress_check((enum discern_compression)9, NULL), -ENOTSUP);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_a_seekable_file, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_bad_tables, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_trouble_with_writing, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
