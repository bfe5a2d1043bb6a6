/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "disc/cd_layout.h"

#include <string.h>

#include "unit/unit.h"

/* Two sessions: two audio tracks, the second with a pause and two more indexes, and a data track. */
static struct cd_layout make_layout(void)
{
	struct cd_layout layout = { .n_sessions = 2, .n_tracks = 3 };

	layout.sessions[0] = (struct cd_session){ .first_track = 1, .last_track = 2, .lead_out_lba = 3000 };
	layout.sessions[1] = (struct cd_session){ .first_track = 3, .last_track = 3, .lead_out_lba = 15000 };
	layout.tracks[0] = (struct cd_track){
		.number = 1, .session = 1, .pregap_lba = -150, .start_lba = 0, .end_lba = 1000, .isrc = "DEA620000001"
	};
	layout.tracks[1] = (struct cd_track){ .number = 2,
					      .session = 1,
					      .pregap_lba = 1000,
					      .start_lba = 1100,
					      .end_lba = 3000,
					      .n_indexes = 2,
					      .indexes = { 1500, 1501 } };
	layout.tracks[2] = (struct cd_track){ .number = 3,
					      .session = 2,
					      .mode = CD_MODE_1,
					      .control = CD_CONTROL_DATA,
					      .pregap_lba = 14250,
					      .start_lba = 14400,
					      .end_lba = 15000 };
	strcpy(layout.mcn, "4006381333931");
	return layout;
}

static void test_find(void **state)
{
	struct cd_layout layout = make_layout();

	(void)state;
	assert_ptr_equal(cd_layout_track(&layout, 1), &layout.tracks[0]);
	assert_ptr_equal(cd_layout_track(&layout, 3), &layout.tracks[2]);
	assert_null(cd_layout_track(&layout, 0));
	assert_null(cd_layout_track(&layout, 4));
	assert_null(cd_layout_track_at(&layout, -151));
	assert_ptr_equal(cd_layout_track_at(&layout, -150), &layout.tracks[0]);
	assert_ptr_equal(cd_layout_track_at(&layout, 999), &layout.tracks[0]);
	assert_ptr_equal(cd_layout_track_at(&layout, 1000), &layout.tracks[1]);
	assert_ptr_equal(cd_layout_track_at(&layout, 2999), &layout.tracks[1]);
	assert_null(cd_layout_track_at(&layout, 3000));
	assert_null(cd_layout_track_at(&layout, 14249));
	assert_ptr_equal(cd_layout_track_at(&layout, 14250), &layout.tracks[2]);
	assert_null(cd_layout_track_at(&layout, 15000));
}

static void test_indexes(void **state)
{
	struct cd_layout layout = make_layout();
	static const struct {
		int32_t lba;
		unsigned index;
	} expected[] = { { 1000, 0 }, { 1099, 0 }, { 1100, 1 }, { 1499, 1 }, { 1500, 2 }, { 1501, 3 }, { 2999, 3 } };

	(void)state;
	for (size_t i = 0; i < sizeof(expected) / sizeof(expected[0]); i++)
		assert_int_equal(cd_track_index_at(&layout.tracks[1], expected[i].lba), expected[i].index);
	assert_int_equal(cd_track_index_at(&layout.tracks[0], 0), 1);
}

/* Each line breaks a sound layout at one place. */
#define BROKEN(what)                                                                                                   \
	do {                                                                                                           \
		struct cd_layout layout = make_layout();                                                               \
		assert_true(cd_layout_is_sound(&layout));                                                              \
		what;                                                                                                  \
		assert_false(cd_layout_is_sound(&layout));                                                             \
	} while (0)

static void test_broken(void **state)
{
	(void)state;
	BROKEN(layout.n_tracks = 0);
	BROKEN(layout.n_tracks = 2);
	BROKEN(layout.n_tracks = 4);
	BROKEN(layout.n_tracks = CD_MAX_TRACKS + 1);
	BROKEN(layout.n_sessions = 0);
	BROKEN(layout.n_sessions = 1);
	BROKEN(layout.n_sessions = 3);
	BROKEN(layout.n_sessions = 4);
	BROKEN(layout.tracks[0].number = 0);
	BROKEN(layout.tracks[1].number = 3);
	BROKEN(layout.tracks[1].session = 2);
	BROKEN(layout.sessions[0].last_track = 1);
	BROKEN(layout.sessions[0].last_track = 0);
	BROKEN(layout.sessions[0].first_track = 2);
	BROKEN(layout.sessions[1].last_track = 4);
	BROKEN(layout.sessions[1].last_track = 0xffffffffu);
	BROKEN(layout.sessions[0].lead_out_lba = 2999);
	BROKEN(layout.sessions[0].lead_out_lba = 14251);
	BROKEN(layout.sessions[1].lead_out_lba = 449851);
	BROKEN(layout.tracks[0].pregap_lba = -151);
	BROKEN(layout.tracks[0].pregap_lba = -149);
	BROKEN(layout.tracks[0].start_lba = -151);
	BROKEN(layout.tracks[0].end_lba = 0);
	BROKEN(layout.tracks[0].end_lba = 1001);
	BROKEN(layout.tracks[1].pregap_lba = 1101);
	BROKEN(layout.tracks[1].n_indexes = CD_MAX_INDEXES);
	BROKEN(layout.tracks[1].indexes[0] = 1100);
	BROKEN(layout.tracks[1].indexes[1] = 1500);
	BROKEN(layout.tracks[1].indexes[1] = 3000);
	BROKEN(layout.tracks[1].control = 16);
	BROKEN(layout.tracks[1].mode = (enum cd_track_mode)9);
	BROKEN(layout.tracks[0].isrc[0] = '1');
	BROKEN(layout.mcn[12] = '\0');
}

static void test_numbered_on(void **state)
{
	struct cd_layout layout = make_layout();

	(void)state;
	for (unsigned i = 0; i < 3; i++)
		layout.tracks[i].number += 96;
	layout.sessions[0].first_track = 97;
	layout.sessions[0].last_track = 98;
	layout.sessions[1].first_track = layout.sessions[1].last_track = 99;
	assert_true(cd_layout_is_sound(&layout));
	for (unsigned i = 0; i < 3; i++)
		layout.tracks[i].number++;
	layout.sessions[0].first_track = 98;
	layout.sessions[0].last_track = 99;
	layout.sessions[1].first_track = layout.sessions[1].last_track = 100;
	assert_false(cd_layout_is_sound(&layout));
}

static void test_codes(void **state)
{
	(void)state;
	assert_true(cd_isrc_is_sound("USRC17607839"));
	assert_true(cd_isrc_is_sound("GB01A9900012"));
	assert_false(cd_isrc_is_sound(""));
	assert_false(cd_isrc_is_sound("USRC1760783"));
	assert_false(cd_isrc_is_sound("USRC176078390"));
	assert_false(cd_isrc_is_sound("usrc17607839"));
	assert_false(cd_isrc_is_sound("U1RC17607839"));
	assert_false(cd_isrc_is_sound("USRC1760783A"));
	assert_false(cd_isrc_is_sound("USRC1-607839"));
	assert_true(cd_mcn_is_sound("0000000000000"));
	assert_false(cd_mcn_is_sound("000000000000"));
	assert_false(cd_mcn_is_sound("00000000000000"));
	assert_false(cd_mcn_is_sound("000000000000a"));
	assert_false(cd_mcn_is_sound(""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_find),  cmocka_unit_test(test_indexes),     cmocka_unit_test(test_broken),
		cmocka_unit_test(test_codes), cmocka_unit_test(test_numbered_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
