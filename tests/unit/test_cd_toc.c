/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "drive/cd_toc.h"

#include <string.h>

#include "unit/unit.h"

/* A CD-Extra: two audio tracks, and one of data in a second session. Session, ADR and control, TNO, POINT, MSF, zero,
 * PMIN, PSEC, PFRAME. */
static const uint8_t extra[] = {
	0,    2 + 11 * 10,
	1,    2,
	1,    0x10, 0, 0xa0, 0, 0, 0, 0, 1,  0x00, 0,
	1,    0x10, 0, 0xa1, 0, 0, 0, 0, 2,  0,    0,
	1,    0x10, 0, 0xa2, 0, 0, 0, 0, 10, 2,    0,
	1,    0x10, 0, 1,    0, 0, 0, 0, 0,  2,    33,
	1,    0x11, 0, 2,    0, 0, 0, 0, 5,  2,    0,
	1,    0x50, 0, 0xb0, 12, 32, 0, 2, 79, 59, 74,
	2,    0x14, 0, 0xa0, 0, 0, 0, 0, 3,  0x20, 0,
	2,    0x14, 0, 0xa1, 0, 0, 0, 0, 3,  0,    0,
	2,    0x14, 0, 0xa2, 0, 0, 0, 0, 20, 0,    0,
	2,    0x14, 0, 3,    0, 0, 0, 0, 12, 34,   0,
};

static void all_sessions_are_found(void **state)
{
	struct cd_layout layout;

	(void)state;
	assert_true(cd_toc_parse_raw(extra, sizeof(extra), &layout));
	assert_int_equal(layout.n_sessions, 2);
	assert_int_equal(layout.n_tracks, 3);
	assert_int_equal(layout.tracks[0].pregap_lba, -150);
	assert_int_equal(layout.tracks[0].start_lba, 33);
	assert_int_equal(layout.tracks[0].end_lba, 300 * 75);
	assert_int_equal(layout.tracks[1].control, CD_CONTROL_PRE_EMPHASIS);
	assert_int_equal(layout.tracks[1].end_lba, 600 * 75);
	assert_int_equal(layout.tracks[2].mode, CD_MODE_2_XA);
	assert_int_equal(layout.tracks[2].start_lba, (12 * 60 + 32) * 75);
	assert_int_equal(layout.sessions[1].lead_out_lba, (20 * 60 - 2) * 75);
	assert_int_equal(layout.sessions[1].first_track, 3);
}

static void tracks_alone_are_one_session(void **state)
{
	static const uint8_t toc[] = {
		0, 26, 1, 2, 0, 0x10, 1, 0, 0, 0, 0, 0, 0, 0x14, 2, 0, 0, 0, 4, 0, 0, 0x14, 0xaa, 0, 0, 0, 8, 0,
	};
	struct cd_layout layout;

	(void)state;
	assert_true(cd_toc_parse_tracks(toc, sizeof(toc), &layout));
	assert_int_equal(layout.n_tracks, 2);
	assert_int_equal(layout.tracks[0].mode, CD_AUDIO);
	assert_int_equal(layout.tracks[0].end_lba, 1024);
	assert_int_equal(layout.tracks[1].mode, CD_MODE_1);
	assert_int_equal(layout.tracks[1].end_lba, 2048);
}

/* Whatever comes: refused, or a layout that is sound. */
static void answers_are_not_believed(void **state)
{
	struct cd_layout layout;
	uint8_t data[sizeof(extra)];
	uint32_t number = 1;

	(void)state;
	for (size_t length = 0; length < sizeof(extra); length++)
		if (cd_toc_parse_raw(extra, length, &layout))
			assert_true(cd_layout_is_sound(&layout));
	for (unsigned i = 0; i < 20000; i++) {
		memcpy(data, extra, sizeof(data));
		for (unsigned j = 0; j < 3; j++) {
			number = number * 1664525 + 1013904223;
			data[(number >> 16) % sizeof(data)] = (uint8_t)(number >> 8);
		}
		if (cd_toc_parse_raw(data, sizeof(data), &layout))
			assert_true(cd_layout_is_sound(&layout));
		if (cd_toc_parse_tracks(data, sizeof(data), &layout))
			assert_true(cd_layout_is_sound(&layout));
	}
	assert_false(cd_toc_parse_raw(NULL, 0, &layout));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_sessions_are_found),
		cmocka_unit_test(tracks_alone_are_one_session),
		cmocka_unit_test(answers_are_not_believed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
