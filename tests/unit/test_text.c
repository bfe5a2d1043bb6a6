/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/unit.h"

#include <string.h>

#include "base/text.h"

static void check_size(uint64_t size, const char *expected)
{
	char buffer[TEXT_SIZE];

	assert_string_equal(text_size(size, buffer), expected);
}

static void sizes(void **state)
{
	(void)state;
	check_size(0, "0 bytes");
	check_size(9999, "9999 bytes");
	check_size(10000, "10.0 kB");
	check_size(999499, "999 kB");
	check_size(999500, "1.00 MB");
	check_size(658000000, "658 MB");
	check_size(4700372992, "4.70 GB");
	check_size(25025314816, "25.0 GB");
	check_size(9994999, "9.99 MB");
	check_size(9995000, "10.0 MB");
	check_size(99950000, "100 MB");
	check_size(UINT64_MAX, "18.4 EB");
}

static void check_duration(uint64_t seconds, const char *expected)
{
	char buffer[TEXT_SIZE];

	assert_string_equal(text_duration(seconds, buffer), expected);
}

static void durations(void **state)
{
	(void)state;
	check_duration(0, "0:00");
	check_duration(13, "0:13");
	check_duration(725, "12:05");
	check_duration(3750, "1:02:30");
	check_duration(359999, "99:59:59");
}

static void numbers(void **state)
{
	int64_t number = 0;

	(void)state;
	assert_true(text_to_number("0", 0, 10, &number));
	assert_int_equal(number, 0);
	assert_true(text_to_number("0x35", 0, 255, &number));
	assert_int_equal(number, 0x35);
	assert_true(text_to_number("-150", -200, 0, &number));
	assert_int_equal(number, -150);
	assert_true(text_to_number("010", 0, 100, &number));
	assert_int_equal(number, 10);
}

static void no_numbers(void **state)
{
	static const char *const words[] = { "",   " 1", "1 ",   "1x", "x1",  "11", "-1",
					     "0x", "+1", "1.5", "--1", "99999999999999999999" };
	int64_t number = 77;

	(void)state;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		assert_false(text_to_number(words[i], 0, 10, &number));
	assert_int_equal(number, 77);
}

static void fields(void **state)
{
	char text[9];

	(void)state;
	text_from_field((const uint8_t *)"ASUS    ", 8, text);
	assert_string_equal(text, "ASUS");
	text_from_field((const uint8_t *)"A\x1b[31\x00 ", 8, text);
	assert_string_equal(text, "A?[31");
	text_from_field((const uint8_t *)"\0\0\0\0\0\0\0\0", 8, text);
	assert_string_equal(text, "");
	text_from_field((const uint8_t *)"ABCDEFGH", 8, text);
	assert_string_equal(text, "ABCDEFGH");
	text_from_field((const uint8_t *)"\xff" "B\0C", 4, text);
	assert_string_equal(text, "?B?C");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sizes),      cmocka_unit_test(durations), cmocka_unit_test(numbers),
		cmocka_unit_test(no_numbers), cmocka_unit_test(fields),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
