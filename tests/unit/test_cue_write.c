/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is written is what cue_file.c reads. */
#include "disc/cue_write.h"

#include "disc/cue_file.h"
#include "unit/sheet.h"

#define SECTORS(n) ((uint64_t)(n)*SECTOR_RAW)

static const struct cue_write_remarks remarks = { 1, (const char *const[]){ "GENRE Noise" } };

static struct cd_layout make_layout(void)
{
	struct cd_layout layout = { .n_sessions = 1, .n_tracks = 3, .mcn = "1234567890123" };

	layout.sessions[0] = (struct cd_session){ 1, 3, 3000, CD_TYPE_CDDA_OR_DATA };
	layout.tracks[0] = (struct cd_track){ 1, 1, CD_AUDIO, CD_CONTROL_COPY_PERMITTED, -150, 200, 900, 0, { 0 }, "" };
	layout.tracks[1] = (struct cd_track){ 2, 1, CD_AUDIO, 0, 900, 1000, 2000, 2, { 1100, 1999 }, "DEABC2412345" };
	layout.tracks[2] = (struct cd_track){ 3, 1, CD_AUDIO, CD_CONTROL_PRE_EMPHASIS, 2000, 2000, 3000, 0, { 0 }, "" };
	return layout;
}

static void assert_same_layout(const struct cd_layout *a, const struct cd_layout *b)
{
	assert_int_equal(a->n_tracks, b->n_tracks);
	assert_string_equal(a->mcn, b->mcn);
	assert_int_equal(a->sessions[0].lead_out_lba, b->sessions[0].lead_out_lba);
	for (unsigned i = 0; i < a->n_tracks; i++) {
		assert_int_equal(a->tracks[i].pregap_lba, b->tracks[i].pregap_lba);
		assert_int_equal(a->tracks[i].start_lba, b->tracks[i].start_lba);
		assert_int_equal(a->tracks[i].end_lba, b->tracks[i].end_lba);
		assert_int_equal(a->tracks[i].control, b->tracks[i].control);
		assert_int_equal(a->tracks[i].n_indexes, b->tracks[i].n_indexes);
		for (unsigned j = 0; j < a->tracks[i].n_indexes; j++)
			assert_int_equal(a->tracks[i].indexes[j], b->tracks[i].indexes[j]);
		assert_string_equal(a->tracks[i].isrc, b->tracks[i].isrc);
	}
}

static void one_file_comes_back(void **state)
{
	const struct cue_write_files files = { .type = "BINARY", .all = "all \"of\" it.bin" };
	struct cd_layout layout = make_layout();
	struct cd_text text = { .n_blocks = 1 };
	struct laid_out disc;
	char *sheet;

	(void)state;
	assert_int_equal(cd_text_set(&text.blocks[0], CD_TEXT_TITLE, 0, "A \"disc\"\nof mine"), 0);
	assert_int_equal(cd_text_set(&text.blocks[0], CD_TEXT_ARRANGER, 3, "Ärger"), 0);
	sheet = cue_write(&layout, &text, &files, &remarks);
	assert_non_null(sheet);
	assert_int_equal(lay_out(cue_file_parse, sheet, (uint64_t[]){ SECTORS(3000) }, &disc), 0);
	assert_same_layout(&disc.layout, &layout);
	assert_string_equal(disc.sheet->files[0].name, "all 'of' it.bin");
	assert_string_equal(disc.sheet->text.blocks[0].texts[CD_TEXT_TITLE][0], "A 'disc' of mine");
	assert_string_equal(disc.sheet->text.blocks[0].texts[CD_TEXT_ARRANGER][3], "Ärger");
	forget(&disc);
	cd_text_clear(&text);
	free(sheet);
}

static void a_file_for_each_track_comes_back(void **state)
{
	struct cue_write_files files = { .type = "WAVE", .tracks = { "1", "2", "3" }, .hidden = "0" };
	const uint64_t sizes[] = { SECTORS(200), SECTORS(800), SECTORS(1000), SECTORS(1000) };
	struct cd_layout layout = make_layout();
	struct laid_out disc;
	char *sheet = cue_write(&layout, NULL, &files, &remarks);

	(void)state;
	assert_int_equal(lay_out(cue_file_parse, sheet, sizes, &disc), 0);
	assert_same_layout(&disc.layout, &layout);
	assert_int_equal(disc.sheet->n_files, 4);
	forget(&disc);
	free(sheet);
	/* Silence before the first track needs no file. */
	files.hidden = NULL;
	sheet = cue_write(&layout, NULL, &files, &remarks);
	assert_non_null(strstr(sheet, "PREGAP 00:02:50\n    INDEX 01 00:00:00"));
	assert_int_equal(lay_out(cue_file_parse, sheet, sizes + 1, &disc), 0);
	assert_same_layout(&disc.layout, &layout);
	forget(&disc);
	free(sheet);
}

static void data_are_left_out(void **state)
{
	const struct cue_write_files files = { .type = "WAVE", .tracks = { "1", "2" } };
	struct cd_layout layout = make_layout();
	char *sheet;

	(void)state;
	layout.tracks[2].mode = CD_MODE_1;
	sheet = cue_write(&layout, NULL, &files, &remarks);
	assert_non_null(strstr(sheet, "REM TRACK 03 is of data"));
	assert_null(strstr(sheet, "TRACK 03 AUDIO"));
	free(sheet);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_file_comes_back),
		cmocka_unit_test(a_file_for_each_track_comes_back),
		cmocka_unit_test(data_are_left_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
