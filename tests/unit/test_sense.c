/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/unit.h"

#include <errno.h>
#include <string.h>

#include "drive/sense.h"

static void fixed_format(void **state)
{
	uint8_t bytes[18] = { 0xf0, 0, 0x03, 0x00, 0x01, 0xe2, 0x40, 10, 0, 0, 0, 0, 0x11, 0x05 };
	struct sense_details details;

	(void)state;
	assert_true(sense_parse(bytes, sizeof(bytes), &details));
	assert_int_equal(details.sense.key, 3);
	assert_int_equal(details.sense.asc, 0x11);
	assert_int_equal(details.sense.ascq, 0x05);
	assert_true(details.has_information);
	assert_int_equal(details.information, 123456);
	assert_false(details.is_deferred);
	bytes[0] = 0x71;
	assert_true(sense_parse(bytes, sizeof(bytes), &details));
	assert_true(details.is_deferred);
	assert_false(details.has_information);
}

static void descriptor_format(void **state)
{
	const uint8_t bytes[24] = { 0x72, 0x05, 0x21, 0x00, 0, 0, 0, 16, 0x02, 2, 0, 0,
				    0x00, 10,   0x80, 0,    0, 0, 0, 0,  0,    0, 1, 2 };
	struct sense_details details;

	(void)state;
	assert_true(sense_parse(bytes, sizeof(bytes), &details));
	assert_int_equal(details.sense.key, 5);
	assert_int_equal(details.sense.asc, 0x21);
	assert_true(details.has_information);
	assert_int_equal(details.information, 0x102);
	/* The information descriptor cut off. */
	assert_true(sense_parse(bytes, 20, &details));
	assert_false(details.has_information);
}

/* Whatever the bytes are, nothing beyond length is looked at: run under a sanitizer. */
static void any_length(void **state)
{
	uint8_t bytes[40];

	(void)state;
	for (unsigned first = 0; first < 256; first++) {
		for (size_t length = 0; length <= sizeof(bytes); length++) {
			uint8_t *copy = test_malloc(length + 1);
			struct sense_details details;

			memset(bytes, 0xff, sizeof(bytes));
			bytes[0] = (uint8_t)first;
			memcpy(copy, bytes, length);
			if (sense_parse(copy, length, &details))
				assert_in_range(first & 0x7f, 0x70, 0x73);
			test_free(copy);
		}
	}
}

static void short_sense_has_no_code(void **state)
{
	const uint8_t bytes[8] = { 0x70, 0, 0x02, 0, 0, 0, 0, 0 };
	struct sense_details details;

	(void)state;
	assert_true(sense_parse(bytes, sizeof(bytes), &details));
	assert_int_equal(details.sense.key, 2);
	assert_int_equal(details.sense.asc, 0);
}

/* The first, the last and some between: a table out of order would lose entries. */
static void words(void **state)
{
	static const struct {
		struct discern_sense sense;
		const char *text;
	} cases[] = {
		{ { 0, 0x00, 0x11 }, "audio play operation in progress" },
		{ { 2, 0x04, 0x01 }, "logical unit is in process of becoming ready" },
		{ { 2, 0x04, 0x08 }, "logical unit not ready, long write in progress" },
		{ { 2, 0x3a, 0x02 }, "medium not present, tray open" },
		{ { 3, 0x02, 0x00 }, "no seek complete" },
		{ { 3, 0x0c, 0x00 }, "write error" },
		{ { 3, 0x11, 0x00 }, "unrecovered read error" },
		{ { 3, 0x11, 0x05 }, "L-EC uncorrectable error" },
		{ { 3, 0x73, 0x03 }, "power calibration area error" },
		{ { 5, 0x21, 0x00 }, "logical block address out of range" },
		{ { 5, 0x24, 0x00 }, "invalid field in CDB" },
		{ { 5, 0x53, 0x02 }, "medium removal prevented" },
		{ { 5, 0x64, 0x00 }, "illegal mode for this track" },
		{ { 5, 0x6f, 0x03 }, "read of scrambled sector without authentication" },
		{ { 6, 0x28, 0x00 }, "not ready to ready change, medium may have changed" },
		{ { 6, 0x29, 0x00 }, "power on, reset, or bus device reset occurred" },
		{ { 3, 0x73, 0x17 }, "RDZ is full" },
		/* An unknown qualifier; an unknown code; no code. */
		{ { 3, 0x11, 0x7f }, "unrecovered read error" },
		{ { 4, 0xfe, 0x00 }, "hardware error" },
		{ { 8, 0x00, 0x00 }, "blank area" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_string_equal(sense_text(cases[i].sense), cases[i].text);
}

static void decisions(void **state)
{
	static const struct {
		struct discern_sense sense;
		int code;
	} cases[] = {
		{ { 1, 0x17, 0x01 }, 0 },           { { 0, 0, 0 }, -EIO },          { { 2, 0x3a, 0x01 }, -ENOMEDIUM },
		{ { 2, 0x04, 0x01 }, -EAGAIN },     { { 2, 0x04, 0x03 }, -EIO },    { { 2, 0x30, 0x00 }, -EMEDIUMTYPE },
		{ { 3, 0x11, 0x05 }, -EIO },        { { 4, 0x08, 0x01 }, -EIO },    { { 5, 0x20, 0x00 }, -EOPNOTSUPP },
		{ { 5, 0x24, 0x00 }, -EOPNOTSUPP }, { { 5, 0x21, 0x00 }, -ENXIO },  { { 5, 0x63, 0x00 }, -ENXIO },
		{ { 5, 0x64, 0x00 }, -ENXIO },      { { 5, 0x6f, 0x03 }, -EKEYREJECTED }, { { 5, 0x53, 0x02 }, -EBUSY },
		{ { 5, 0x2c, 0x00 }, -EIO },        { { 6, 0x28, 0x00 }, -ESTALE }, { { 6, 0x29, 0x00 }, -ESTALE },
		{ { 6, 0x2a, 0x01 }, -EAGAIN },     { { 7, 0x27, 0x00 }, -EROFS },  { { 8, 0x00, 0x00 }, -ENXIO },
		{ { 0xb, 0x00, 0x00 }, -EIO },      { { 0xf, 0x00, 0x00 }, -EIO },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(sense_errno(cases[i].sense), cases[i].code);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fixed_format), cmocka_unit_test(descriptor_format),
		cmocka_unit_test(any_length),   cmocka_unit_test(short_sense_has_no_code),
		cmocka_unit_test(words),        cmocka_unit_test(decisions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
