/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/unit.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/file.h"

static char folder[] = "/tmp/discern-unit.XXXXXX";

static const char *path(const char *name)
{
	static char text[PATH_MAX];

	snprintf(text, sizeof(text), "%s/%s", folder, name);
	return text;
}

static int make_folder(void **state)
{
	(void)state;
	return mkdtemp(folder) == NULL;
}

static int remove_folder(void **state)
{
	(void)state;
	unlink(path("a"));
	unlink(path("b"));
	return rmdir(folder);
}

static void replace_and_read(void **state)
{
	AUTO_FREE char *data = NULL;
	struct discern_error err;
	size_t size = 0;

	(void)state;
	assert_int_equal(file_replace(path("a"), "old", 3, &err), 0);
	assert_int_equal(file_replace(path("a"), "new text", 8, &err), 0);
	assert_int_equal(file_read_all(path("a"), 100, &data, &size, &err), 0);
	assert_int_equal(size, 8);
	assert_string_equal(data, "new text");
	assert_int_equal(access(path("a.tmp"), F_OK), -1);
}

static void failed_replace_keeps_the_old(void **state)
{
	AUTO_FREE char *data = NULL;
	struct discern_error err;
	size_t size = 0;

	(void)state;
	assert_int_equal(file_replace(path("a"), "old", 3, &err), 0);
	/* The temporary file cannot be made where a folder has its name. */
	assert_int_equal(mkdir(path("a.tmp"), 0777), 0);
	assert_int_equal(file_replace(path("a"), "new", 3, &err), -EISDIR);
	assert_non_null(strstr(err.text, "cannot write"));
	assert_int_equal(rmdir(path("a.tmp")), 0);
	assert_int_equal(file_read_all(path("a"), 100, &data, &size, &err), 0);
	assert_string_equal(data, "old");
}

static void replace_says_why_not(void **state)
{
	struct discern_error err;
	char name[PATH_MAX + 10];

	(void)state;
	assert_int_equal(file_replace(path("nowhere/a"), "x", 1, &err), -ENOENT);
	assert_non_null(strstr(err.text, "nowhere/a"));
	memset(name, 'n', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	assert_int_equal(file_replace(name, "x", 1, &err), -ENAMETOOLONG);
}

static void read_all_says_why_not(void **state)
{
	struct discern_error err;
	char *data = NULL;
	size_t size = 0;

	(void)state;
	assert_int_equal(file_read_all(path("none"), 100, &data, &size, &err), -ENOENT);
	assert_int_equal(file_read_all(folder, 1 << 20, &data, &size, &err), -EINVAL);
	assert_int_equal(mkfifo(path("pipe"), 0600), 0);
	assert_int_equal(file_read_all(path("pipe"), 1 << 20, &data, &size, &err), -EINVAL);
	assert_int_equal(unlink(path("pipe")), 0);
	assert_int_equal(file_replace(path("b"), "12345", 5, &err), 0);
	assert_int_equal(file_read_all(path("b"), 4, &data, &size, &err), -EFBIG);
	assert_null(data);
}

static void read_and_write_at(void **state)
{
	AUTO_CLOSE int fd = open(path("b"), O_RDWR | O_CREAT | O_TRUNC, 0666);
	char buffer[8] = "";

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(file_write_at(fd, "abcdef", 6, 2), 0);
	assert_int_equal(file_read_at(fd, buffer, 4, 1), 4);
	assert_memory_equal(buffer, "\0abc", 4);
	assert_int_equal(file_read_at(fd, buffer, 8, 4), 4);
	assert_memory_equal(buffer, "cdef", 4);
	assert_int_equal(file_read_at(fd, buffer, 8, 100), 0);
	assert_int_equal(file_read_at(-1, buffer, 8, 0), -EBADF);
	assert_int_equal(file_write_at(-1, buffer, 8, 0), -EBADF);
}

static void full_disk_is_an_error(void **state)
{
	AUTO_CLOSE int fd = open("/dev/full", O_WRONLY);

	(void)state;
	if (fd < 0)
		skip();
	assert_int_equal(file_write_at(fd, "x", 1, 0), -ENOSPC);
}

static void folders(void **state)
{
	(void)state;
	assert_int_equal(file_sync_folder(path("a")), 0);
	assert_int_equal(file_sync_folder("name"), 0);
	assert_int_equal(file_sync_folder("/name"), 0);
	assert_int_equal(file_sync_folder(path("nowhere/a")), -ENOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(replace_and_read),      cmocka_unit_test(failed_replace_keeps_the_old),
		cmocka_unit_test(replace_says_why_not),  cmocka_unit_test(read_all_says_why_not),
		cmocka_unit_test(read_and_write_at),     cmocka_unit_test(full_disk_is_an_error),
		cmocka_unit_test(folders),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
