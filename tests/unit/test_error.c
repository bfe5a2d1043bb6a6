/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/unit.h"

#include <errno.h>
#include <string.h>

#include "base/error.h"

static void set_fills_all(void **state)
{
	struct discern_error err;

	(void)state;
	memset(&err, 0xff, sizeof(err));
	assert_int_equal(discern_error_set(&err, -EIO, "cannot read LBA %d", 16), -EIO);
	assert_int_equal(err.code, -EIO);
	assert_int_equal(err.lba, DISCERN_NO_LBA);
	assert_int_equal(err.sense.key, 0);
	assert_string_equal(err.text, "cannot read LBA 16");
	assert_string_equal(err.hint, "");
}

static void wrap_puts_context_before(void **state)
{
	struct discern_error err;

	(void)state;
	discern_error_set(&err, -ENOENT, "no such file");
	assert_int_equal(discern_error_wrap(&err, "track %d", 3), -ENOENT);
	discern_error_wrap(&err, "/dev/sr0");
	assert_string_equal(err.text, "/dev/sr0: track 3: no such file");
}

static void hint_keeps_text(void **state)
{
	struct discern_error err;

	(void)state;
	discern_error_set(&err, -EACCES, "permission denied");
	assert_int_equal(discern_error_hint(&err, "join group %s", "cdrom"), -EACCES);
	assert_string_equal(err.text, "permission denied");
	assert_string_equal(err.hint, "join group cdrom");
	discern_error_set(&err, -EIO, "other");
	assert_string_equal(err.hint, "");
}

static void long_text_is_cut(void **state)
{
	struct discern_error err;
	char text[1000];

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	discern_error_set(&err, -EIO, "%s", text);
	assert_int_equal(strlen(err.text), sizeof(err.text) - 1);
	discern_error_wrap(&err, "%s", text);
	assert_int_equal(strlen(err.text), sizeof(err.text) - 1);
	discern_error_hint(&err, "%s", text);
	assert_int_equal(strlen(err.hint), sizeof(err.hint) - 1);
}

static void null_is_accepted(void **state)
{
	(void)state;
	discern_error_clear(NULL);
	assert_int_equal(discern_error_set(NULL, -EINVAL, "text"), -EINVAL);
	assert_int_equal(discern_error_wrap(NULL, "context"), -EIO);
	assert_int_equal(discern_error_hint(NULL, "hint"), -EIO);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(set_fills_all),    cmocka_unit_test(wrap_puts_context_before),
		cmocka_unit_test(hint_keeps_text),  cmocka_unit_test(long_text_is_cut),
		cmocka_unit_test(null_is_accepted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
