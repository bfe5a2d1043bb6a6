/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What we announce is what the virtual drive, which was written from the standard by itself, understands. */
#include "drive/cd_cue_sheet.h"

#include <errno.h>
#include <string.h>

#include "unit/unit.h"
#include "vdrive/mmc/cue_sheet.h"

/* Too large for the stack. */
static struct cue_sheet parsed;
static uint8_t list[CD_CUE_SHEET_MAX];

/* Audio with all that it can have, data of all modes, and a second session. */
static struct cd_layout make_layout(void)
{
	struct cd_layout layout = { .n_sessions = 2, .n_tracks = 5, .mcn = "4012345678901" };

	layout.sessions[0] = (struct cd_session){ .first_track = 1, .last_track = 4, .lead_out_lba = 3000 };
	layout.sessions[1] = (struct cd_session){ 5, 5, 15000, CD_TYPE_XA };
	layout.tracks[0] = (struct cd_track){
		.number = 1, .session = 1, .pregap_lba = -150, .start_lba = 33, .end_lba = 900, .isrc = "DEA620000001"
	};
	layout.tracks[1] = (struct cd_track){ .number = 2,
					      .session = 1,
					      .control = CD_CONTROL_PRE_EMPHASIS | CD_CONTROL_COPY_PERMITTED,
					      .pregap_lba = 900,
					      .start_lba = 975,
					      .end_lba = 2000,
					      .n_indexes = 2,
					      .indexes = { 1500, 1501 } };
	layout.tracks[2] = (struct cd_track){ .number = 3, .session = 1, .mode = CD_MODE_1, .control = 4 };
	layout.tracks[2].pregap_lba = layout.tracks[2].start_lba = 2000;
	layout.tracks[2].end_lba = 2500;
	layout.tracks[3] = (struct cd_track){ .number = 4, .session = 1, .mode = CD_MODE_2, .control = 4 };
	layout.tracks[3].pregap_lba = 2500;
	layout.tracks[3].start_lba = 2650;
	layout.tracks[3].end_lba = 3000;
	layout.tracks[4] = (struct cd_track){ .number = 5, .session = 2, .mode = CD_MODE_2_XA, .control = 4 };
	layout.tracks[4].pregap_lba = 14250;
	layout.tracks[4].start_lba = 14400;
	layout.tracks[4].end_lba = 15000;
	return layout;
}

static void assert_same_track(const struct cd_track *found, const struct cd_track *wanted)
{
	assert_int_equal(found->number, wanted->number);
	assert_int_equal(found->mode, wanted->mode);
	assert_int_equal(found->control, wanted->control);
	assert_int_equal(found->pregap_lba, wanted->pregap_lba);
	assert_int_equal(found->start_lba, wanted->start_lba);
	assert_int_equal(found->end_lba, wanted->end_lba);
	assert_int_equal(found->n_indexes, wanted->n_indexes);
	assert_memory_equal(found->indexes, wanted->indexes, wanted->n_indexes * sizeof(wanted->indexes[0]));
	assert_string_equal(found->isrc, wanted->isrc);
}

static void check_session(const struct cd_cue_options *options, const struct cue_sheet_place *place)
{
	const struct cd_layout layout = make_layout();
	const struct cd_session *session = &layout.sessions[options->session - 1];
	size_t size, byte;

	assert_true(cd_layout_is_sound(&layout));
	assert_int_equal(cd_cue_check(&layout, options->session, NULL), 0);
	size = cd_cue_make(&layout, options, list);
	assert_int_equal(cue_sheet_parse(list, size, place, &parsed, &byte), 0);
	assert_int_equal(parsed.end_lba, session->lead_out_lba);
	assert_int_equal(parsed.begin_lba, cd_cue_begin_lba(&layout, options->session));
	assert_int_equal(parsed.layout.n_tracks, session->last_track - session->first_track + 1);
	assert_int_equal(parsed.has_lead_in_text, options->has_text);
	for (unsigned i = 0; i < parsed.layout.n_tracks; i++)
		assert_same_track(&parsed.layout.tracks[i], cd_layout_track(&layout, session->first_track + i));
}

static void test_sessions(void **state)
{
	const struct cue_sheet_place first = { .first_track = 1, .start_lba = 0 };
	const struct cue_sheet_place second = { .first_track = 5, .start_lba = 14400, .type = CD_TYPE_XA };

	(void)state;
	check_session(&(struct cd_cue_options){ .session = 1, .has_text = true }, &first);
	assert_string_equal(parsed.layout.mcn, "4012345678901");
	check_session(&(struct cd_cue_options){ .session = 1, .has_subchannel = true }, &first);
	check_session(&(struct cd_cue_options){ .session = 2 }, &second);
	assert_string_equal(parsed.layout.mcn, "");
}

/* Bytes of a block are what the drive expects. */
static void test_forms(void **state)
{
	static const enum cd_track_mode modes[] = { CD_AUDIO, CD_MODE_1, CD_MODE_2, CD_MODE_2_XA, CD_MODE_2_CDI };

	(void)state;
	for (size_t i = 0; i < 2 * sizeof(modes) / sizeof(modes[0]); i++) {
		struct cd_cue_form form = cd_cue_form_of(modes[i / 2], i % 2);
		struct cd_blocks blocks;

		assert_true(cd_blocks_by_form(form.code, &blocks));
		assert_int_equal(cd_blocks_bytes(&blocks), form.main_bytes + (i % 2 ? 96 : 0));
		assert_int_equal(blocks.main_at, form.main_at);
		assert_false(blocks.is_ignored);
	}
}

static void test_refused(void **state)
{
	struct cd_layout layout = make_layout();
	struct discern_error err;

	(void)state;
	layout.tracks[1].end_lba = 1999;
	assert_int_equal(cd_cue_check(&layout, 1, &err), -EINVAL);
	assert_non_null(strstr(err.text, "track 2"));
	layout = make_layout();
	layout.tracks[0].start_lba = 601;
	assert_int_equal(cd_cue_check(&layout, 1, &err), -EINVAL);
	assert_non_null(strstr(err.text, "four seconds"));
	layout = make_layout();
	layout.tracks[4].pregap_lba = layout.tracks[4].start_lba;
	assert_int_equal(cd_cue_check(&layout, 2, &err), -EINVAL);
	assert_non_null(strstr(err.text, "pause"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sessions),
		cmocka_unit_test(test_forms),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
