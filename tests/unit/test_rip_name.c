/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/unit.h"

#include <string.h>

#include "rip/name.h"

static void check(const char *label, unsigned number, const char *expected)
{
	char name[NAME_SIZE];

	assert_string_equal(name_from_label(label, number, name), expected);
}

static void test_ordinary_labels(void **state)
{
	(void)state;
	check("DEBIAN 12", 1, "DEBIAN 12.iso");
	check("DEBIAN 12", 2, "DEBIAN 12-2.iso");
	check("Fotos Überfahrt 日本", 1, "Fotos Überfahrt 日本.iso");
}

static void test_no_label(void **state)
{
	(void)state;
	check("", 1, "disc.iso");
	check("   ", 3, "disc-3.iso");
	check("\x01\x02\n", 1, "disc.iso");
	check("...", 1, "disc.iso");
}

static void test_hostile_labels(void **state)
{
	(void)state;
	check("../../etc/passwd", 1, "_.._etc_passwd.iso");
	check("/etc", 1, "_etc.iso");
	check("-rf", 1, "rf.iso");
	check(".hidden ", 1, "hidden.iso");
	check("a\x1b[31mb\x7f", 1, "a[31mb.iso");
	check("bad\xff\xc3utf", 1, "bad__utf.iso");
	check("overlong\xc0\xaf", 1, "overlong__.iso");
	/* A surrogate, and a mark that turns the direction of text around. */
	check("\xed\xa0\x80", 1, "___.iso");
	check("exe\xe2\x80\xaeosi", 1, "exeosi.iso");
}

static void test_long_labels_are_cut_between_characters(void **state)
{
	char label[600];
	char name[NAME_SIZE];
	size_t length;

	(void)state;
	for (size_t i = 0; i < 200; i++)
		memcpy(label + 3 * i, "日", 3);
	label[597] = '\0';
	name_from_label(label, 999, name);
	length = strlen(name);
	assert_true(length < NAME_SIZE);
	assert_string_equal(name + length - 8, "-999.iso");
	assert_int_equal((length - 8) % 3, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ordinary_labels),
		cmocka_unit_test(test_no_label),
		cmocka_unit_test(test_hostile_labels),
		cmocka_unit_test(test_long_labels_are_cut_between_characters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
