/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "vdrive/session.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "unit/unit.h"

static char words[512];
static struct server_drive_options options;
static struct discern_error err;

static int parse(const char *text)
{
	memset(&options, 0, sizeof(options));
	options.mode = 0660;
	snprintf(words, sizeof(words), "%s", text);
	return session_parse_drive(words, &options, &err);
}

static void test_medium(void **state)
{
	(void)state;
	assert_int_equal(parse("sr0=disc.iso"), 0);
	assert_int_equal(options.number, 0);
	assert_string_equal(options.medium, "disc.iso");
	assert_null(options.kind);
	assert_false(options.tray_open);
	assert_int_equal(options.mode, 0660);
	assert_int_equal(parse("sr15=a=b.iso"), 0);
	assert_int_equal(options.number, 15);
	assert_string_equal(options.medium, "a=b.iso");
}

static void test_reading_of_cds(void **state)
{
	static const char *const wrong[] = { "sr1=,read-offset=", "sr1=,read-offset=1.5", "sr1=,read-offset=11761",
					     "sr1=,overread=all", "sr1=,c2=maybe",        "sr1=,cdtext=" };

	(void)state;
	assert_int_equal(parse("sr1=a,read-offset=+667,overread=lead-out,c2=no,cdtext=no"), 0);
	assert_string_equal(options.medium, "a");
	assert_int_equal(options.identity.read_offset_samples, 667);
	assert_int_equal(options.identity.overread, VDRIVE_OVERREAD_LEAD_OUT);
	assert_true(options.identity.lacks_c2);
	assert_true(options.identity.lacks_cd_text);
	assert_int_equal(parse("sr1=a,read-offset=-11760,overread=both,c2=yes,cdtext=yes"), 0);
	assert_int_equal(options.identity.read_offset_samples, -11760);
	assert_int_equal(options.identity.overread, VDRIVE_OVERREAD_BOTH);
	assert_false(options.identity.lacks_c2);
	assert_false(options.identity.lacks_cd_text);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_int_equal(parse(wrong[i]), -EINVAL);
}

static void test_speeds(void **state)
{
	static const char *const wrong[] = { "sr1=,bd-speed=17", "sr1=,bd-speed=0",   "sr1=,dvd-speed=25", "sr1=,cd-speed=53",
					     "sr1=,cd-speed=",   "sr1=,dvd-speed=8x", "sr1=,rotation=slow" };

	(void)state;
	assert_int_equal(parse("sr1=a,bd-speed=16,dvd-speed=24,cd-speed=52,rotation=clv"), 0);
	assert_string_equal(options.medium, "a");
	assert_int_equal(options.identity.bd_x, 16);
	assert_int_equal(options.identity.dvd_x, 24);
	assert_int_equal(options.identity.cd_x, 52);
	assert_int_equal(options.identity.rotation, VDRIVE_ROTATION_CLV);
	assert_int_equal(parse("sr1=a,rotation=cav"), 0);
	assert_int_equal(options.identity.bd_x, 0);
	assert_int_equal(options.identity.rotation, VDRIVE_ROTATION_CAV);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_int_equal(parse(wrong[i]), -EINVAL);
}

static void test_empty_drive(void **state)
{
	(void)state;
	assert_int_equal(parse("sr1="), 0);
	assert_null(options.medium);
	assert_int_equal(parse("sr1=,tray=open"), 0);
	assert_null(options.medium);
	assert_true(options.tray_open);
	assert_int_equal(parse("sr1=,kind=cd-rom"), -EINVAL);
}

static void test_options(void **state)
{
	(void)state;
	assert_int_equal(
		parse("sr0=x,kind=dvd-rom,vendor=ACME,product=BURNER,revision=2.0,serial=S1,mode=0640,uid=7,gid=8"), 0);
	assert_string_equal(options.medium, "x");
	assert_string_equal(options.kind, "dvd-rom");
	assert_string_equal(options.identity.vendor, "ACME");
	assert_string_equal(options.identity.product, "BURNER");
	assert_string_equal(options.identity.revision, "2.0");
	assert_string_equal(options.identity.serial, "S1");
	assert_int_equal(options.mode, 0640);
	assert_int_equal(options.uid, 7);
	assert_int_equal(options.gid, 8);
}

static void test_comma_in_a_name(void **state)
{
	(void)state;
	assert_int_equal(parse("sr0=one, two,three.iso"), 0);
	assert_string_equal(options.medium, "one, two,three.iso");
	assert_int_equal(parse("sr0=one,two.iso,tray=closed"), 0);
	assert_string_equal(options.medium, "one,two.iso");
}

static void test_wrong(void **state)
{
	static const char *const wrong[] = {
		"",
		"sr0",
		"sr=x",
		"sr16=x",
		"sr00=x",
		"sr01=x",
		"sr100=x",
		"cd0=x",
		" sr0=x",
		"sr-1=x",
		"sr0 =x",
		"sr0=x,tray=ajar",
		"sr0=x,mode=9",
		"sr0=x,mode=",
		"sr0=x,mode=7777",
		"sr0=x,mode=-1",
		"sr0=x,uid=root",
		"sr0=x,uid=-1",
		"sr0=x,gid=4294967295",
		"sr0=x,vendor=TOO LONG A",
		"sr0=x,revision=12345",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		if (parse(wrong[i]) != -EINVAL)
			fail_msg("accepted: %s", wrong[i]);
		assert_true(err.text[0] != '\0');
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_medium),          cmocka_unit_test(test_reading_of_cds),
		cmocka_unit_test(test_speeds),
		cmocka_unit_test(test_empty_drive),     cmocka_unit_test(test_options),
		cmocka_unit_test(test_comma_in_a_name), cmocka_unit_test(test_wrong),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
