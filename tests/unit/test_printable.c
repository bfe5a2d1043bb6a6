/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/unit.h"

#include <stdlib.h>

#include "ui/printable.h"

static void check(char *(*function)(const char *), const char *text, const char *expected)
{
	char *clean = function(text);

	assert_non_null(clean);
	assert_string_equal(clean, expected);
	free(clean);
}

static void good_text_stays(void **state)
{
	(void)state;
	check(printable_text, "", "");
	check(printable_text, "Debian 12", "Debian 12");
	check(printable_text, "Fr\xc3\xbchling", "Fr\xc3\xbchling");
	check(printable_text, "\xe2\x82\xac \xf0\x9f\x92\xbf", "\xe2\x82\xac \xf0\x9f\x92\xbf");
}

static void controls_cannot_reach_the_terminal(void **state)
{
	(void)state;
	check(printable_text, "\x1b[2J\a\n\t\x7f", "?[2J????");
	/* U+009B is a control sequence introducer of one character. */
	check(printable_text, "a\xc2\x9b" "31m", "a?31m");
	check(printable_utf8, "a\x1b[2J", "a\x1b[2J");
}

static void bad_utf8_is_replaced(void **state)
{
	(void)state;
	check(printable_text, "caf\xe9", "caf?");
	check(printable_text, "\xc3", "?");
	check(printable_text, "\xc0\xaf", "??");
	check(printable_text, "\xed\xa0\x80", "???");
	check(printable_text, "\xe0\x80\x80", "???");
	check(printable_text, "\xf4\x90\x80\x80", "????");
	check(printable_text, "\xf5\x80", "??");
	check(printable_utf8, "\xe9", "\xef\xbf\xbd");
}

static void columns(void **state)
{
	(void)state;
	assert_int_equal(printable_columns(""), 0);
	assert_int_equal(printable_columns("abc"), 3);
	assert_int_equal(printable_columns("\xc3\xbc\xe2\x82\xac"), 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_text_stays),
		cmocka_unit_test(controls_cannot_reach_the_terminal),
		cmocka_unit_test(bad_utf8_is_replaced),
		cmocka_unit_test(columns),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
