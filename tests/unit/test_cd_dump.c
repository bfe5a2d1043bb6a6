/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sheets of raw images say what cue_file.c, ccd_file.c and toc_file.c read. */
#include "disc/cd_dump.h"

#include "disc/ccd_file.h"
#include "disc/ccd_write.h"
#include "disc/cue_dump.h"
#include "disc/cue_file.h"
#include "disc/toc_file.h"
#include "disc/toc_write.h"
#include "unit/sheet.h"

#define SECTORS(n) ((uint64_t)(n)*SECTOR_RAW)

static const struct cue_write_remarks remarks = { 1, (const char *const[]){ "COMMENT x" } };

/* Hidden sound, an index, a pause, data behind sound, and a second session: 4000 and 500 sectors. */
static struct cd_layout make_layout(void)
{
	struct cd_layout layout = { .n_sessions = 2, .n_tracks = 4, .mcn = "1234567890123" };

	layout.sessions[0] = (struct cd_session){ 1, 3, 4000, CD_TYPE_CDDA_OR_DATA };
	layout.sessions[1] = (struct cd_session){ 4, 4, 16000, CD_TYPE_XA };
	layout.tracks[0] = (struct cd_track){ 1, 1, CD_AUDIO, CD_CONTROL_COPY_PERMITTED, -150, 33, 900, 0, { 0 }, "" };
	layout.tracks[1] = (struct cd_track){ 2, 1, CD_AUDIO, CD_CONTROL_PRE_EMPHASIS, 900, 1000, 2000, 2, { 1100, 1999 },
					      "DEABC2412345" };
	layout.tracks[2] = (struct cd_track){ 3, 1, CD_MODE_1, CD_CONTROL_DATA, 2000, 2150, 4000, 0, { 0 }, "" };
	layout.tracks[3] = (struct cd_track){ 4,     2, CD_MODE_2_XA, CD_CONTROL_DATA | CD_CONTROL_COPY_PERMITTED,
					      15350, 15500, 16000, 0, { 0 }, "" };
	return layout;
}

static void assert_same_track(const struct cd_track *a, const struct cd_track *b, int32_t shift)
{
	assert_int_equal(a->mode, b->mode);
	assert_int_equal(a->control, b->control);
	assert_int_equal(a->start_lba, b->start_lba - shift);
	assert_int_equal(a->end_lba, b->end_lba - shift);
	assert_int_equal(a->n_indexes, b->n_indexes);
	for (unsigned j = 0; j < a->n_indexes; j++)
		assert_int_equal(a->indexes[j], b->indexes[j] - shift);
	assert_string_equal(a->isrc, b->isrc);
}

static void assert_same_layout(const struct cd_layout *a, const struct cd_layout *b)
{
	assert_int_equal(a->n_tracks, b->n_tracks);
	assert_int_equal(a->n_sessions, b->n_sessions);
	assert_string_equal(a->mcn, b->mcn);
	for (unsigned i = 0; i < a->n_sessions; i++) {
		assert_int_equal(a->sessions[i].lead_out_lba, b->sessions[i].lead_out_lba);
		assert_int_equal(a->sessions[i].type, b->sessions[i].type);
	}
	for (unsigned i = 0; i < a->n_tracks; i++) {
		assert_same_track(&a->tracks[i], &b->tracks[i], 0);
		assert_int_equal(a->tracks[i].pregap_lba, b->tracks[i].pregap_lba);
	}
}

static void sectors_have_their_places(void **state)
{
	const struct cd_layout layout = make_layout();

	(void)state;
	assert_int_equal(cd_dump_begin(&layout, 0), 0);
	assert_int_equal(cd_dump_begin(&layout, 1), 900);
	assert_int_equal(cd_dump_begin(&layout, 2), 2000);
	assert_int_equal(cd_dump_begin(&layout, 3), 15500);
	assert_int_equal(cd_dump_index(&layout, 0), 0);
	assert_int_equal(cd_dump_index(&layout, 3), 4000);
	assert_int_equal(cd_dump_index(&layout, 4), 4500);
}

static void a_cue_sheet_with_one_file_comes_back(void **state)
{
	const struct cue_dump_files files = { .all = "all.bin", .text = "all.cdt" };
	const struct cd_layout layout = make_layout();
	char *sheet = cue_dump(&layout, NULL, &files, &remarks);
	struct laid_out disc;

	(void)state;
	assert_non_null(sheet);
	assert_int_equal(lay_out(cue_file_parse, sheet, (uint64_t[]){ SECTORS(4500) }, &disc), 0);
	assert_same_layout(&disc.layout, &layout);
	assert_string_equal(disc.sheet->text_file, "all.cdt");
	forget(&disc);
	free(sheet);
}

static void a_cue_sheet_with_files_comes_back(void **state)
{
	const struct cue_dump_files files = { .tracks = { "1", "2", "3", "4" } };
	const uint64_t sizes[] = { SECTORS(900), SECTORS(1100), SECTORS(2000), SECTORS(500) };
	const struct cd_layout layout = make_layout();
	char *sheet = cue_dump(&layout, NULL, &files, &remarks);
	struct laid_out disc;

	(void)state;
	assert_non_null(sheet);
	assert_int_equal(lay_out(cue_file_parse, sheet, sizes, &disc), 0);
	assert_same_layout(&disc.layout, &layout);
	/* As redump.org has it. */
	assert_non_null(strstr(sheet, "REM LEAD-OUT 01:30:00\nREM SESSION 02\nREM LEAD-IN 01:01:25\nREM PREGAP "
				      "00:02:00\nFILE \"4\" BINARY\n  TRACK 04 MODE2/2352\n    FLAGS DCP\n"));
	forget(&disc);
	free(sheet);
}

static void a_ccd_comes_back(void **state)
{
	const struct cd_layout layout = make_layout();
	const uint8_t packs[2 * CD_TEXT_PACK] = { 0x80, 0, 0, 0, 'A', 'B' };
	const struct ccd_lead_in lead_in = { .packs = packs, .n_packs = 2 };
	char *text = ccd_write(&layout, &lead_in);
	struct laid_out disc;

	(void)state;
	assert_non_null(text);
	assert_int_equal(lay_out(ccd_file_parse, text, (uint64_t[]){ SECTORS(4500) }, &disc), 0);
	assert_same_layout(&disc.layout, &layout);
	assert_int_equal(disc.sheet->n_packs, 2);
	assert_memory_equal(disc.sheet->packs, packs, CD_TEXT_PACK - 2);
	assert_non_null(strstr(text, "Session=2\nPoint=0xa2\nADR=0x01\nControl=0x06\n"));
	forget(&disc);
	free(text);
}

static void entries_of_the_drive_are_kept(void **state)
{
	static const uint8_t entries[] = { 1, 0x54, 0, 0xb0, 5, 6, 7, 8, 79, 59, 74 };
	const struct cd_layout layout = make_layout();
	const struct ccd_lead_in lead_in = { .entries = entries, .n_entries = 1 };
	char *text = ccd_write(&layout, &lead_in);

	(void)state;
	assert_non_null(strstr(text, "TocEntries=1\n"));
	assert_non_null(strstr(text, "[Entry 0]\nSession=1\nPoint=0xb0\nADR=0x05\nControl=0x04\nTrackNo=0\nAMin=5\nASec=6\n"
				     "AFrame=7\nALBA=22807\nZero=8\nPMin=79\nPSec=59\nPFrame=74\nPLBA=359849\n"));
	free(text);
}

static void a_toc_comes_back_session_by_session(void **state)
{
	const struct cd_layout layout = make_layout();
	struct cd_text text = { .n_blocks = 1, .blocks = { { .language = 9, .genre_code = 0x0e } } };
	const struct cd_text_block *block;
	struct laid_out disc;
	char *toc;

	(void)state;
	assert_int_equal(cd_text_set(&text.blocks[0], CD_TEXT_TITLE, 0, "A \"disc\" \\101 of mine"), 0);
	assert_int_equal(cd_text_set(&text.blocks[0], CD_TEXT_PERFORMER, 2, "Ärger 漢"), 0);
	assert_int_equal(cd_text_set(&text.blocks[0], CD_TEXT_GENRE, 0, "Noise"), 0);
	toc = toc_write(&layout, 1, &text, "x.bin");
	assert_int_equal(lay_out(toc_file_parse, toc, (uint64_t[]){ SECTORS(4500) }, &disc), 0);
	assert_int_equal(disc.layout.n_tracks, 3);
	assert_int_equal(disc.sheet->pieces[1].offset_bytes, SECTORS(900));
	for (unsigned i = 0; i < 3; i++)
		assert_same_track(&disc.layout.tracks[i], &layout.tracks[i], 0);
	block = &disc.sheet->text.blocks[0];
	assert_string_equal(block->texts[CD_TEXT_TITLE][0], "A \"disc\" \\101 of mine");
	assert_string_equal(block->texts[CD_TEXT_PERFORMER][2], "Ärger ?");
	assert_string_equal(block->texts[CD_TEXT_GENRE][0], "Noise");
	assert_int_equal(block->genre_code, 0x0e);
	forget(&disc);
	free(toc);
	cd_text_clear(&text);

	toc = toc_write(&layout, 2, NULL, "x.bin");
	assert_int_equal(lay_out(toc_file_parse, toc, (uint64_t[]){ SECTORS(4500) }, &disc), 0);
	assert_int_equal(disc.layout.n_tracks, 1);
	assert_int_equal(disc.sheet->pieces[0].offset_bytes, SECTORS(4000));
	assert_same_track(&disc.layout.tracks[0], &layout.tracks[3], 15500);
	assert_int_equal(disc.layout.sessions[0].type, CD_TYPE_XA);
	forget(&disc);
	free(toc);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sectors_have_their_places),         cmocka_unit_test(a_cue_sheet_with_one_file_comes_back),
		cmocka_unit_test(a_cue_sheet_with_files_comes_back), cmocka_unit_test(a_ccd_comes_back),
		cmocka_unit_test(entries_of_the_drive_are_kept),     cmocka_unit_test(a_toc_comes_back_session_by_session),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
