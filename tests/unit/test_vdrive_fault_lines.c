/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "vdrive/fault_lines.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "unit/unit.h"

static char folder[] = "/tmp/discern-lines.XXXXXX", path[64];
static struct fault_lines lines;
static struct discern_error err;

static int set_up_all(void **state)
{
	(void)state;
	if (mkdtemp(folder) == NULL)
		return -1;
	snprintf(path, sizeof(path), "%s/rules", folder);
	return 0;
}

static int tear_down_all(void **state)
{
	(void)state;
	return rmdir(folder);
}

static int tear_down(void **state)
{
	(void)state;
	fault_lines_free(&lines);
	unlink(path);
	return 0;
}

static void put(const char *text)
{
	assert_int_equal(file_replace(path, text, strlen(text), NULL), 0);
}

static void expect_text(const char *expected)
{
	char *text;
	size_t size;

	assert_int_equal(file_read_all(path, 10000, &text, &size, NULL), 0);
	assert_string_equal(text, expected);
	free(text);
}

static void test_reading(void **state)
{
	int drive;

	(void)state;
	put("# a comment\n\n  sr1: read read-error \r\n\twrite delay=5\n#\nring lba=1-2");
	assert_int_equal(fault_lines_read(path, FAULT_LINES_OF_DRIVES, &lines, &err), 0);
	assert_int_equal(lines.n_lines, 3);
	assert_string_equal(lines.lines[0], "sr1: read read-error");
	assert_int_equal(lines.numbers[0], 3);
	assert_string_equal(fault_line_rule(lines.lines[0], &drive), "read read-error");
	assert_int_equal(drive, 1);
	assert_string_equal(fault_line_rule(lines.lines[1], &drive), "write delay=5");
	assert_int_equal(drive, -1);
	assert_int_equal(lines.numbers[2], 6);
}

static void test_an_empty_file(void **state)
{
	(void)state;
	put("");
	assert_int_equal(fault_lines_read(path, FAULT_LINES_OF_DRIVES, &lines, &err), 0);
	assert_int_equal(lines.n_lines, 0);
}

static void test_wrong_files(void **state)
{
	(void)state;
	assert_int_equal(fault_lines_read(path, FAULT_LINES_OF_DRIVES, &lines, &err), -ENOENT);
	put("read read-error\n\nread nonsense\n");
	assert_int_equal(fault_lines_read(path, FAULT_LINES_OF_DRIVES, &lines, &err), -EINVAL);
	assert_non_null(strstr(err.text, "line 3"));
	fault_lines_free(&lines);
	put("sr0: read read-error\n");
	assert_int_equal(fault_lines_read(path, FAULT_LINES_OF_MEDIUM, &lines, &err), -EINVAL);
	fault_lines_free(&lines);
	assert_int_equal(file_replace(path, "read\0read-error\n", 16, NULL), 0);
	assert_int_equal(fault_lines_read(path, FAULT_LINES_OF_DRIVES, &lines, &err), -EINVAL);
}

static void test_adding(void **state)
{
	(void)state;
	assert_int_equal(fault_lines_add(path, "read read-error", &err), 0);
	expect_text("read read-error\n");
	put("# mine");
	assert_int_equal(fault_lines_add(path, "write stale", &err), 0);
	expect_text("# mine\nwrite stale\n");
}

static void test_removing(void **state)
{
	(void)state;
	put("# one\nread delay=1\n\n# two\n  read delay=2\nread delay=3");
	assert_int_equal(fault_lines_remove(path, 4, &err), -ENOENT);
	assert_int_equal(fault_lines_remove(path, 2, &err), 0);
	expect_text("# one\nread delay=1\n\n# two\nread delay=3\n");
	assert_int_equal(fault_lines_remove(path, 0, &err), 0);
	expect_text("# one\n\n# two\n");
	assert_int_equal(fault_lines_remove(path, 0, &err), 0);
	expect_text("# one\n\n# two\n");
}

static void test_all_rules_are_checked(void **state)
{
	(void)state;
	assert_int_equal(fault_line_check("sr15: any unplug", FAULT_LINES_OF_DRIVES, &err), 0);
	assert_int_equal(fault_line_check("any unplug", FAULT_LINES_OF_MEDIUM, &err), 0);
	assert_int_equal(fault_line_check("sr0:", FAULT_LINES_OF_DRIVES, &err), -EINVAL);
	assert_int_equal(fault_line_check("sr0: ", FAULT_LINES_OF_DRIVES, &err), -EINVAL);
	assert_int_equal(fault_line_check("hd0: any unplug", FAULT_LINES_OF_DRIVES, &err), -EINVAL);
}

#define LINE_TEST(f) cmocka_unit_test_teardown(f, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		LINE_TEST(test_reading), LINE_TEST(test_an_empty_file), LINE_TEST(test_wrong_files),
		LINE_TEST(test_adding),  LINE_TEST(test_removing),      LINE_TEST(test_all_rules_are_checked),
	};

	return cmocka_run_group_tests(tests, set_up_all, tear_down_all);
}
