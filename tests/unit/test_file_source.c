/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "disc/file_source.h"
#include "unit/unit.h"

static char folder[] = "/tmp/discern-test.XXXXXX";
static char path[64];

static int set_up(void **state)
{
	(void)state;
	if (mkdtemp(folder) == NULL)
		return -1;
	snprintf(path, sizeof(path), "%s/image", folder);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	unlink(path);
	return rmdir(folder);
}

/* size bytes, each the low byte of its offset in words of 100. */
static void make_file(size_t size)
{
	uint8_t *data = malloc(size);
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	for (size_t i = 0; i < size; i++)
		data[i] = (uint8_t)(i / 100 + 1);
	assert_int_equal(file_write_at(fd, data, size, 0), 0);
	close(fd);
	free(data);
}

static struct discern_source *open_file(void)
{
	struct discern_source *source = NULL;

	assert_int_equal(file_source_open(path, &source, NULL), 0);
	return source;
}

static void sectors_are_delivered(void **state)
{
	uint8_t buffer[3 * DISCERN_SECTOR_SIZE];
	struct discern_source *source;

	(void)state;
	make_file(5000);
	source = open_file();
	assert_int_equal(source->n_sectors, 3);
	assert_int_equal(file_source_size_bytes(source), 5000);
	memset(buffer, 0xee, sizeof(buffer));
	assert_int_equal(source_read(source, 0, 3, buffer, NULL), 0);
	for (size_t i = 0; i < 5000; i++)
		assert_int_equal(buffer[i], (uint8_t)(i / 100 + 1));
	/* What is missing of the last sector is zeros. */
	for (size_t i = 5000; i < sizeof(buffer); i++)
		assert_int_equal(buffer[i], 0);
	memset(buffer, 0xee, sizeof(buffer));
	assert_int_equal(source_read(source, 2, 1, buffer, NULL), 0);
	assert_int_equal(buffer[0], 41);
	assert_int_equal(buffer[904], 0);
	source_close(source);
}

static void the_end_is_the_end(void **state)
{
	uint8_t buffer[2 * DISCERN_SECTOR_SIZE];
	struct discern_source *source;

	(void)state;
	make_file(4096);
	source = open_file();
	assert_int_equal(source->n_sectors, 2);
	assert_int_equal(source_read(source, 2, 1, buffer, NULL), -ENXIO);
	assert_int_equal(source_read(source, 1, 2, buffer, NULL), -ENXIO);
	assert_int_equal(source_read(source, -1, 1, buffer, NULL), -ENXIO);
	assert_int_equal(source_read(source, INT32_MAX, 1, buffer, NULL), -ENXIO);
	source_close(source);
}

static void a_file_that_shrinks_is_an_error(void **state)
{
	uint8_t buffer[2 * DISCERN_SECTOR_SIZE];
	struct discern_source *source;
	struct discern_error err;

	(void)state;
	make_file(4096);
	source = open_file();
	assert_int_equal(file_source_check_unchanged(source, NULL), 0);
	assert_int_equal(truncate(path, 2048), 0);
	assert_int_equal(source_read(source, 0, 1, buffer, &err), 0);
	assert_int_equal(source_read(source, 0, 2, buffer, &err), -EIO);
	assert_int_equal(file_source_check_unchanged(source, &err), -ESTALE);
	source_close(source);
}

static void what_is_no_image_is_refused(void **state)
{
	struct discern_source *source;
	struct discern_error err;

	(void)state;
	unlink(path);
	assert_int_equal(file_source_open(path, &source, &err), -ENOENT);
	assert_null(source);
	assert_non_null(strstr(err.text, path));
	assert_int_equal(file_source_open(folder, &source, &err), -EISDIR);
	assert_int_equal(file_source_open("/dev/null", &source, &err), -EINVAL);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_equal(file_source_open(path, &source, &err), -EINVAL);
	unlink(path);
}

static void sizes_are_checked(void **state)
{
	struct discern_source *source;
	struct discern_error err;

	(void)state;
	make_file(0);
	source = open_file();
	assert_int_equal(source->n_sectors, 0);
	source_close(source);
	assert_int_equal(truncate(path, (off_t)INT32_MAX * DISCERN_SECTOR_SIZE), 0);
	source = open_file();
	assert_int_equal(source->n_sectors, INT32_MAX);
	source_close(source);
	assert_int_equal(truncate(path, (off_t)INT32_MAX * DISCERN_SECTOR_SIZE + 1), 0);
	assert_int_equal(file_source_open(path, &source, &err), -EFBIG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sectors_are_delivered),
		cmocka_unit_test(the_end_is_the_end),
		cmocka_unit_test(a_file_that_shrinks_is_an_error),
		cmocka_unit_test(what_is_no_image_is_refused),
		cmocka_unit_test(sizes_are_checked),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
