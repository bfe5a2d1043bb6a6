/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "disc/cue_file.h"

#include "unit/sheet.h"

#define SECTORS(n) ((uint64_t)(n)*SECTOR_RAW)

static void audio_with_all_that_there_is(void **state)
{
	const char *text = "REM GENRE Rock\r\n"
			   "CATALOG 1234567890123\r\n"
			   "PERFORMER \"Somebody\"\r\n"
			   "TITLE \"A disc\"\r\n"
			   "FILE \"a disc.bin\" BINARY\r\n"
			   "  TRACK 01 AUDIO\r\n"
			   "    FLAGS DCP 4CH PRE SCMS\r\n"
			   "    ISRC de-abc-12-34567\r\n"
			   "    TITLE One\r\n"
			   "    INDEX 00 00:00:00\r\n"
			   "    INDEX 01 00:00:33\r\n"
			   "    INDEX 02 00:04:00\r\n"
			   "    INDEX 03 00:05:00\r\n"
			   "  TRACK 02 AUDIO\r\n"
			   "    SONGWRITER \"Two by two\"\r\n"
			   "    INDEX 00 00:06:00\r\n"
			   "    INDEX 01 00:08:00\r\n";
	const uint64_t sizes[] = { SECTORS(1000) };
	struct laid_out disc;
	const struct cd_text_block *block;

	(void)state;
	assert_int_equal(lay_out(cue_file_parse, text, sizes, &disc), 0);
	assert_int_equal(disc.layout.n_tracks, 2);
	assert_int_equal(disc.layout.n_sessions, 1);
	assert_int_equal(disc.layout.sessions[0].lead_out_lba, 1000);
	assert_string_equal(disc.layout.mcn, "1234567890123");
	assert_track(&disc, 1, (int32_t[]){ -150, 33, 450 });
	assert_track(&disc, 2, (int32_t[]){ 450, 600, 1000 });
	assert_int_equal(disc.layout.tracks[0].n_indexes, 2);
	assert_int_equal(disc.layout.tracks[0].indexes[0], 300);
	assert_int_equal(disc.layout.tracks[0].indexes[1], 375);
	assert_int_equal(disc.layout.tracks[0].control,
			 CD_CONTROL_COPY_PERMITTED | CD_CONTROL_FOUR_CHANNEL | CD_CONTROL_PRE_EMPHASIS);
	assert_int_equal(disc.layout.tracks[1].control, 0);
	assert_string_equal(disc.layout.tracks[0].isrc, "DEABC1234567");
	assert_string_equal(disc.layout.tracks[1].isrc, "");
	assert_string_equal(disc.sheet->files[0].name, "a disc.bin");
	block = &disc.sheet->text.blocks[0];
	assert_int_equal(disc.sheet->text.n_blocks, 1);
	assert_string_equal(block->texts[CD_TEXT_TITLE][0], "A disc");
	assert_string_equal(block->texts[CD_TEXT_PERFORMER][0], "Somebody");
	assert_string_equal(block->texts[CD_TEXT_TITLE][1], "One");
	assert_string_equal(block->texts[CD_TEXT_SONGWRITER][2], "Two by two");
	forget(&disc);
}

static void modes_and_their_sectors(void **state)
{
	static const struct {
		const char *name;
		enum cd_track_mode mode;
		enum cd_storage storage;
		unsigned bytes;
	} modes[] = {
		{ "AUDIO", CD_AUDIO, CD_STORED_AUDIO, 2352 },
		{ "MODE1/2048", CD_MODE_1, CD_STORED_MODE_1, 2048 },
		{ "MODE1/2352", CD_MODE_1, CD_STORED_RAW, 2352 },
		{ "MODE2/2048", CD_MODE_2_XA, CD_STORED_FORM_1, 2048 },
		{ "MODE2/2324", CD_MODE_2_XA, CD_STORED_FORM_2, 2324 },
		{ "mode2/2336", CD_MODE_2_XA, CD_STORED_FORM_MIX, 2336 },
		{ "MODE2/2352", CD_MODE_2_XA, CD_STORED_RAW, 2352 },
		{ "CDI/2336", CD_MODE_2_CDI, CD_STORED_FORM_MIX, 2336 },
		{ "CDI/2352", CD_MODE_2_CDI, CD_STORED_RAW, 2352 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		const uint64_t sizes[] = { 700ULL * modes[i].bytes };
		struct laid_out disc;
		char text[200];

		snprintf(text, sizeof(text),
			 "FILE x.bin BINARY\nTRACK 01 %s\nINDEX 01 00:00:00\nTRACK 02 %s\nINDEX 01 00:05:00\n",
			 modes[i].name, modes[i].name);
		assert_int_equal(lay_out(cue_file_parse, text, sizes, &disc), 0);
		assert_track(&disc, 2, (int32_t[]){ 375, 375, 700 });
		assert_int_equal(disc.layout.tracks[0].mode, modes[i].mode);
		assert_int_equal(disc.layout.tracks[0].control, i == 0 ? 0 : CD_CONTROL_DATA);
		assert_int_equal(disc.places[1].piece->storage, modes[i].storage);
		assert_int_equal(disc.places[1].piece->offset_bytes, 375 * modes[i].bytes);
		assert_int_equal(disc.layout.sessions[0].type, modes[i].mode == CD_MODE_2_XA    ? CD_TYPE_XA
							       : modes[i].mode == CD_MODE_2_CDI ? CD_TYPE_CDI
												: 0);
		forget(&disc);
	}
}

static void sectors_of_two_sizes_in_one_file(void **state)
{
	const char *text = "FILE mixed.bin BINARY\nTRACK 01 MODE1/2048\nINDEX 01 00:00:00\nPOSTGAP 00:02:00\n"
			   "TRACK 02 AUDIO\nPREGAP 00:02:00\nINDEX 00 00:05:25\nINDEX 01 00:05:30\n";
	const uint64_t sizes[] = { 400 * 2048 + SECTORS(600) };
	struct laid_out disc;

	(void)state;
	assert_int_equal(lay_out(cue_file_parse, text, sizes, &disc), 0);
	assert_track(&disc, 1, (int32_t[]){ -150, 0, 550 });
	assert_track(&disc, 2, (int32_t[]){ 550, 705, 1300 });
	/* Data, post-gap, pre-gap, pause and track. */
	assert_int_equal(disc.sheet->n_pieces, 5);
	assert_int_equal(disc.sheet->pieces[1].file, CD_SHEET_NO_FILE);
	assert_int_equal(disc.sheet->pieces[2].file, CD_SHEET_NO_FILE);
	assert_int_equal(disc.sheet->pieces[3].offset_bytes, 400 * 2048);
	assert_int_equal(disc.sheet->pieces[4].offset_bytes, 400 * 2048 + SECTORS(5));
	forget(&disc);
}

static void files_one_after_the_other(void **state)
{
	const char *text = "FILE \"1.wav\" WAVE\nTRACK 01 AUDIO\nINDEX 01 00:00:00\n"
			   "FILE \"2.flac\" FLAC\nTRACK 02 AUDIO\nINDEX 00 00:00:00\nINDEX 01 00:02:00\n"
			   "TRACK 03 AUDIO\nINDEX 00 00:08:00\n"
			   "FILE 3.bin MOTOROLA\nINDEX 01 00:00:00\n";
	/* What is missing of the first one's last sector is silence. */
	const uint64_t sizes[] = { SECTORS(400) + 4, SECTORS(700), SECTORS(350) };
	struct laid_out disc;

	(void)state;
	assert_int_equal(lay_out(cue_file_parse, text, sizes, &disc), 0);
	assert_track(&disc, 1, (int32_t[]){ -150, 0, 401 });
	assert_track(&disc, 2, (int32_t[]){ 401, 551, 1001 });
	assert_track(&disc, 3, (int32_t[]){ 1001, 1101, 1451 });
	assert_true(disc.sheet->files[0].is_sound);
	assert_true(disc.sheet->files[1].is_sound);
	assert_false(disc.sheet->files[2].is_sound);
	assert_false(disc.sheet->pieces[0].is_swapped);
	assert_true(disc.sheet->pieces[4].is_swapped);
	forget(&disc);
}

static void silence_before_the_first_track(void **state)
{
	const uint64_t sizes[] = { SECTORS(900) };
	struct laid_out disc;

	(void)state;
	/* In no file. */
	assert_int_equal(lay_out(cue_file_parse, "FILE x BINARY\nTRACK 01 AUDIO\nPREGAP 00:02:00\nINDEX 01 00:00:00\n",
				 sizes, &disc),
			 0);
	assert_track(&disc, 1, (int32_t[]){ -150, 150, 1050 });
	forget(&disc);
	/* In the file, although no INDEX 00 tells of it. */
	assert_int_equal(lay_out(cue_file_parse, "FILE x BINARY\nTRACK 01 AUDIO\nINDEX 01 00:02:00\n", sizes, &disc),
			 0);
	assert_track(&disc, 1, (int32_t[]){ -150, 150, 900 });
	assert_int_equal(disc.places[0].piece->offset_bytes, 0);
	assert_int_equal(disc.places[1].piece->offset_bytes, SECTORS(150));
	forget(&disc);
}

/* As redumper writes it. */
static void sessions_in_files_of_their_own(void **state)
{
	const char *text = "REM SESSION 01\nFILE 1.bin BINARY\nTRACK 01 AUDIO\nINDEX 01 00:00:00\n"
			   "REM LEAD-OUT 01:30:00\nREM SESSION 02\nREM LEAD-IN 01:00:00\nREM PREGAP 00:02:00\n"
			   "FILE 2.bin BINARY\nTRACK 02 MODE2/2352\nINDEX 01 00:00:00\n"
			   "REM SESSION 03\nFILE 3.bin BINARY\nTRACK 03 MODE1/2352\nINDEX 01 00:00:00\n";
	const uint64_t sizes[] = { SECTORS(500), SECTORS(400), SECTORS(300) };
	struct laid_out disc;

	(void)state;
	assert_int_equal(lay_out(cue_file_parse, text, sizes, &disc), 0);
	assert_int_equal(disc.layout.n_sessions, 3);
	assert_track(&disc, 1, (int32_t[]){ -150, 0, 500 });
	assert_track(&disc, 2, (int32_t[]){ 11750, 11900, 12300 });
	/* Nothing is said of the third: 2250 lead-out, 4500 lead-in, a pause of 150. */
	assert_track(&disc, 3, (int32_t[]){ 19050, 19200, 19500 });
	assert_int_equal(disc.layout.sessions[0].lead_out_lba, 500);
	assert_int_equal(disc.layout.sessions[0].type, CD_TYPE_CDDA_OR_DATA);
	assert_int_equal(disc.layout.sessions[1].first_track, 2);
	assert_int_equal(disc.layout.sessions[1].type, CD_TYPE_XA);
	assert_int_equal(disc.layout.sessions[2].lead_out_lba, 19500);
	forget(&disc);
}

/* As IsoBuster and DiscImageCreator write it: REM LEAD-OUT is a place in the file. */
static void sessions_in_one_file(void **state)
{
	static const char text[] = "REM SESSION 01\nFILE x.bin BINARY\nTRACK 01 AUDIO\nINDEX 01 00:00:00\n"
				   "REM LEAD-OUT 00:06:50\nREM SESSION 02\nTRACK 02 MODE2/2352\n";
	const uint64_t sizes[] = { SECTORS(900), SECTORS(0) }, with_gap[] = { SECTORS(900 + 11400) };
	struct laid_out disc;
	char with[300];

	(void)state;
	snprintf(with, sizeof(with), "%sINDEX 01 00:06:50\n", text);
	assert_int_equal(lay_out(cue_file_parse, with, sizes, &disc), 0);
	assert_track(&disc, 1, (int32_t[]){ -150, 0, 500 });
	assert_track(&disc, 2, (int32_t[]){ 11750, 11900, 12300 });
	assert_int_equal(disc.places[2].piece->offset_bytes, SECTORS(500));
	forget(&disc);
	/* The gap is in the file. */
	snprintf(with, sizeof(with), "%sINDEX 01 02:38:50\n", text);
	assert_int_equal(lay_out(cue_file_parse, with, with_gap, &disc), 0);
	assert_track(&disc, 1, (int32_t[]){ -150, 0, 500 });
	assert_track(&disc, 2, (int32_t[]){ 11750, 11900, 12300 });
	assert_int_equal(disc.places[2].piece->offset_bytes, SECTORS(11900));
	forget(&disc);
}

static void text_in_either_code(void **state)
{
	struct cd_sheet *sheet;
	const char *end = "FILE x BINARY\nTRACK 01 AUDIO\nINDEX 01 00:00:00";
	char text[200];

	(void)state;
	snprintf(text, sizeof(text), "\xef\xbb\xbfTITLE \"D\xc3\xbcnn\"\n%s", end);
	assert_int_equal(cue_file_parse(text, strlen(text), &sheet, NULL), 0);
	assert_string_equal(sheet->text.blocks[0].texts[CD_TEXT_TITLE][0], "D\xc3\xbcnn");
	cd_sheet_free(sheet);
	snprintf(text, sizeof(text), "TITLE \"D\xfcnn\"\n%s", end);
	assert_int_equal(cue_file_parse(text, strlen(text), &sheet, NULL), 0);
	assert_string_equal(sheet->text.blocks[0].texts[CD_TEXT_TITLE][0], "D\xc3\xbcnn");
	cd_sheet_free(sheet);
}

#define HEAD "FILE x.bin BINARY\nTRACK 01 AUDIO\n"

static void wrong_ones_are_refused(void **state)
{
	static const struct {
		const char *text, *words;
	} wrong[] = {
		{ "", "not a cue sheet" },
		{ "<html>", "line 1: unknown word" },
		{ "\xff\xfe"
		  "F",
		  "UTF-16" },
		{ HEAD "INDEX 01 00:00:00\nTRACK 03 AUDIO\nINDEX 01 00:10:00\n", "line 4: tracks are to be numbered" },
		{ HEAD "INDEX 01 00:00:00\nTRACK 00 AUDIO\n", "line 4" },
		{ HEAD "INDEX 00 00:00:00\n", "line 2: the track has no INDEX 01" },
		{ HEAD "INDEX 00 00:00:00\nTRACK 02 AUDIO\n", "line 2: the track has no INDEX 01" },
		{ HEAD "INDEX 02 00:00:00\n", "line 3: an INDEX is out of order" },
		{ HEAD "INDEX 01 00:00:00\nINDEX 03 00:01:00\n", "line 4: an INDEX is out of order" },
		{ HEAD "INDEX 01 00:00:00\nINDEX 02 00:00:00\n", "line 4: an index lies where" },
		{ HEAD "INDEX 00 00:01:00\nINDEX 01 00:00:74\n", "line 4: an INDEX lies before" },
		{ HEAD "INDEX 01 00:60:00\n", "line 3: a time" },
		{ HEAD "INDEX 01 00:00:75\n", "line 3: a time" },
		{ HEAD "INDEX 01 100:00:00\n", "line 3: a time" },
		{ HEAD "INDEX 01 00:00\n", "line 3: a time" },
		{ HEAD "INDEX 100 00:00:00\n", "line 3: an INDEX is a number" },
		{ HEAD "INDEX 01 00:00:00\nTRACK 02 AUDIO\nINDEX 01 00:00:00\n", "line 2: a track of no sectors" },
		{ HEAD "INDEX 01 00:00:00\nFILE y BINARY\nTRACK 02 AUDIO\nINDEX 01 00:00:01\n",
		  "line 6: the first INDEX" },
		{ HEAD "ISRC DEABC123456\n", "line 3: an ISRC" },
		{ HEAD "FLAGS DPC\n", "line 3: FLAGS" },
		{ HEAD "INDEX 01 00:00:00\nPREGAP 00:02:00\n", "line 4: a PREGAP" },
		{ HEAD "POSTGAP 00:02:00\n", "line 3: a POSTGAP" },
		{ "TRACK 01 AUDIO\nINDEX 01 00:00:00\n", "line 2: an INDEX needs a FILE" },
		{ "FILE x.bin BINARY\nINDEX 01 00:00:00\n", "line 2: an INDEX needs a FILE and a TRACK" },
		{ "FILE x.bin BINARY\nTRACK 01 MODE3/2352\n", "line 2: unknown mode" },
		{ "FILE x.wav WAVE\nTRACK 01 MODE1/2352\nINDEX 01 00:00:00\n", "line 3: a data track" },
		{ "FILE x.bin\n", "line 1: FILE needs" },
		{ "FILE x.bin TEXT\n", "line 1: a FILE is" },
		{ "CATALOG 123456789012\n", "line 1: a CATALOG" },
		{ "FLAGS DCP\n", "before the first TRACK" },
		{ HEAD "INDEX 01 00:00:00\nREM SESSION 03\n", "line 4: sessions" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_refused(cue_file_parse, wrong[i].text, -EINVAL, wrong[i].words);
	assert_refused(cue_file_parse, "FILE x BINARY\nTRACK 01 CDG\nINDEX 01 00:00:00\n", -ENOTSUP, "CD+G");
	assert_int_equal(cue_file_parse("REM\0\n", 5, &(struct cd_sheet *){ NULL }, NULL), -EINVAL);
}

static void files_must_be_long_enough(void **state)
{
	const char *text =
		"FILE x.bin BINARY\nTRACK 01 MODE1/2352\nINDEX 01 00:00:00\nTRACK 02 AUDIO\nINDEX 01 00:04:00\n";
	const char *data = "FILE x.bin BINARY\nTRACK 01 MODE1/2352\nINDEX 01 00:00:00\n";
	const char *user = "FILE x.iso BINARY\nTRACK 01 MODE1/2048\nINDEX 01 00:00:00\n";
	struct laid_out disc;

	(void)state;
	assert_int_equal(lay_out(cue_file_parse, text, (uint64_t[]){ SECTORS(299) }, &disc), -EINVAL);
	assert_string_equal(disc.err.text, "x.bin is too short: line 3 wants 705600 bytes, and it has 703248");
	forget(&disc);
	assert_int_equal(lay_out(cue_file_parse, text, (uint64_t[]){ SECTORS(300) }, &disc), -EINVAL);
	assert_string_equal(disc.err.text, "x.bin is too short: line 5 wants at least 705601 bytes, and it has 705600");
	forget(&disc);
	assert_int_equal(lay_out(cue_file_parse, data, (uint64_t[]){ SECTORS(300) + 1 }, &disc), -EINVAL);
	assert_non_null(strstr(disc.err.text, "705601 bytes are no whole number of sectors of 2352 bytes"));
	forget(&disc);
	/* As the last sector of an image with user data alone may be cut short. */
	assert_int_equal(lay_out(cue_file_parse, user, (uint64_t[]){ 2048 * 300 + 1 }, &disc), 0);
	assert_track(&disc, 1, (int32_t[]){ -150, 0, 301 });
	forget(&disc);
	assert_int_equal(lay_out(cue_file_parse, user, (uint64_t[]){ 2048ULL * 500000 }, &disc), -EFBIG);
	forget(&disc);
	assert_int_equal(lay_out(cue_file_parse, user, (uint64_t[]){ INT64_MAX }, &disc), -EFBIG);
	forget(&disc);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(audio_with_all_that_there_is),
		cmocka_unit_test(modes_and_their_sectors),
		cmocka_unit_test(sectors_of_two_sizes_in_one_file),
		cmocka_unit_test(files_one_after_the_other),
		cmocka_unit_test(silence_before_the_first_track),
		cmocka_unit_test(sessions_in_files_of_their_own),
		cmocka_unit_test(sessions_in_one_file),
		cmocka_unit_test(text_in_either_code),
		cmocka_unit_test(wrong_ones_are_refused),
		cmocka_unit_test(files_must_be_long_enough),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
