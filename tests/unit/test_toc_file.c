/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "disc/toc_file.h"

#include "unit/sheet.h"

#define SECTORS(n) ((uint64_t)(n)*SECTOR_RAW)

/* cdrdao show-toc prints the same places for these files (tests/peers/cd_images.sh). */
static void tracks_of_many_pieces(void **state)
{
	const char *text = "CD_ROM_XA\nCATALOG \"1234567890123\" // a comment\n"
			   "TRACK MODE1\nDATAFILE \"d1.iso\"\nZERO 00:02:00\n"
			   "TRACK AUDIO\nNO COPY\nPRE_EMPHASIS\nISRC \"DEABC1234567\"\n"
			   "SILENCE 00:02:00\nSTART\nFILE \"a.wav\" 0\nINDEX 00:02:00\nINDEX 0:3:0\n"
			   "TRACK AUDIO\nCOPY FOUR_CHANNEL_AUDIO\nPREGAP 00:01:00\n"
			   "AUDIOFILE \"audio.bin\" SWAP 100 00:05:00\nSILENCE 1000\nFILE \"a.wav\" 50 100000\n"
			   "TRACK MODE2_FORM1\nZERO 00:02:00\nSTART\nDATAFILE \"f1.bin\"\n"
			   "TRACK MODE2_FORM_MIX\nDATAFILE \"fm.bin\" 00:05:00\n";
	const uint64_t sizes[] = { 2048 * 320 - 100, SECTORS(400) + 400, SECTORS(1500), 2048 * 330, 2336 * 400 };
	struct laid_out disc;

	(void)state;
	assert_int_equal(lay_out(toc_file_parse, text, sizes, &disc), 0);
	assert_int_equal(disc.layout.n_tracks, 5);
	assert_int_equal(disc.layout.sessions[0].type, CD_TYPE_XA);
	assert_string_equal(disc.layout.mcn, "1234567890123");
	assert_track(&disc, 1, (int32_t[]){ -150, 0, 470 });
	assert_track(&disc, 2, (int32_t[]){ 470, 620, 1021 });
	assert_track(&disc, 3, (int32_t[]){ 1021, 1096, 1643 });
	assert_track(&disc, 4, (int32_t[]){ 1643, 1793, 2123 });
	assert_track(&disc, 5, (int32_t[]){ 2123, 2123, 2498 });
	assert_int_equal(disc.layout.tracks[1].n_indexes, 2);
	assert_int_equal(disc.layout.tracks[1].indexes[0], 770);
	assert_int_equal(disc.layout.tracks[1].indexes[1], 845);
	assert_int_equal(disc.layout.tracks[1].control, CD_CONTROL_PRE_EMPHASIS);
	assert_string_equal(disc.layout.tracks[1].isrc, "DEABC1234567");
	assert_int_equal(disc.layout.tracks[2].control, CD_CONTROL_COPY_PERMITTED | CD_CONTROL_FOUR_CHANNEL);
	/* Lengths of audio are in samples, and pieces join at a sample. */
	assert_int_equal(disc.places[5].piece->offset_bytes, 400);
	assert_int_equal(disc.places[7].at, disc.places[6].at + 4000);
	assert_int_equal(disc.places[7].size_bytes, 400000);
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
		{ "MODE1", CD_MODE_1, CD_STORED_MODE_1, 2048 },
		{ "MODE1_RAW", CD_MODE_1, CD_STORED_RAW, 2352 },
		{ "MODE2", CD_MODE_2, CD_STORED_MODE_2, 2336 },
		{ "MODE2_FORM1", CD_MODE_2_XA, CD_STORED_FORM_1, 2048 },
		{ "MODE2_FORM2", CD_MODE_2_XA, CD_STORED_FORM_2, 2324 },
		{ "MODE2_FORM_MIX", CD_MODE_2_XA, CD_STORED_FORM_MIX, 2336 },
		{ "MODE2_RAW", CD_MODE_2_XA, CD_STORED_RAW, 2352 },
		{ "MODE1 RW_RAW", CD_MODE_1, CD_STORED_MODE_1, 2048 + 96 },
		{ "MODE2_RAW RW", CD_MODE_2_XA, CD_STORED_RAW, 2352 + 96 },
		{ "AUDIO RW", CD_AUDIO, CD_STORED_AUDIO, 2352 + 96 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		const uint64_t sizes[] = { 700ULL * modes[i].bytes };
		struct laid_out disc;
		char text[200];

		snprintf(text, sizeof(text), "CD_ROM\nTRACK %s\nZERO 00:02:00 START DATAFILE \"x\" #%u 00:04:00\n",
			 modes[i].name, 100 * modes[i].bytes);
		assert_int_equal(lay_out(toc_file_parse, text, sizes, &disc), 0);
		assert_track(&disc, 1, (int32_t[]){ -150, 150, 450 });
		assert_int_equal(disc.layout.tracks[0].mode, modes[i].mode);
		assert_int_equal(disc.places[1].piece->storage, modes[i].storage);
		assert_int_equal(disc.places[1].piece->offset_bytes, 100 * modes[i].bytes);
		assert_int_equal(disc.places[1].size_bytes, 300 * modes[i].bytes);
		forget(&disc);
	}
}

static void starts_and_ends(void **state)
{
	const char *text = "CD_DA TRACK AUDIO FILE \"x.bin\" 0 0:10:0 START 0:2:0 END 0:9:0 INDEX 0:1:0";
	struct laid_out disc;

	(void)state;
	assert_int_equal(lay_out(toc_file_parse, text, (uint64_t[]){ SECTORS(1000) }, &disc), 0);
	assert_track(&disc, 1, (int32_t[]){ -150, 150, 750 });
	/* The post-gap is an index of its own. */
	assert_int_equal(disc.layout.tracks[0].n_indexes, 2);
	assert_int_equal(disc.layout.tracks[0].indexes[0], 225);
	assert_int_equal(disc.layout.tracks[0].indexes[1], 675);
	forget(&disc);
}

static void zeros_of_other_modes(void **state)
{
	const char *text = "CD_ROM TRACK MODE1_RAW ZERO MODE0 00:00:10 ZERO AUDIO 00:00:10 ZERO 00:00:10 "
			   "DATAFILE \"x\" TRACK MODE2_RAW ZERO 00:00:10 DATAFILE \"x\"";
	static const enum cd_storage storages[] = { CD_STORED_MODE_0, CD_STORED_AUDIO,  CD_STORED_MODE_1,
						    CD_STORED_RAW,    CD_STORED_FORM_2, CD_STORED_RAW };
	struct laid_out disc;

	(void)state;
	assert_int_equal(lay_out(toc_file_parse, text, (uint64_t[]){ SECTORS(300) }, &disc), 0);
	assert_track(&disc, 1, (int32_t[]){ -150, 0, 330 });
	assert_track(&disc, 2, (int32_t[]){ 330, 330, 640 });
	for (size_t i = 0; i < 6; i++)
		assert_int_equal(disc.places[i].piece->storage, storages[i]);
	forget(&disc);
}

static void text_in_languages(void **state)
{
	const char *text = "CD_DA\nCD_TEXT { LANGUAGE_MAP { 0 : EN 2 : 8 }\n"
			   "LANGUAGE 0 { ENCODING_ISO_8859_1 TITLE \"D\\374nn \\\"x\\\" \\134.\\.\" DISC_ID \"XY1\" "
			   "GENRE { 0, 5, 80, 111, 112, 0} SIZE_INFO { 0, 1 } UPC_EAN \"\" }\n"
			   "LANGUAGE 2 { TITLE \"Deutsch\" } LANGUAGE 5 { TITLE \"none\" } }\n"
			   "TRACK AUDIO CD_TEXT { LANGUAGE 2 { PERFORMER \"P\" ISRC \"DE-ABC-12-34567\" } }\n"
			   "FILE \"a b.bin\" 0\n";
	const struct cd_text *found;
	struct laid_out disc;

	(void)state;
	assert_int_equal(lay_out(toc_file_parse, text, (uint64_t[]){ SECTORS(1000) }, &disc), 0);
	found = &disc.sheet->text;
	assert_int_equal(found->n_blocks, 2);
	assert_int_equal(found->blocks[0].language, 9);
	assert_int_equal(found->blocks[1].language, 8);
	assert_string_equal(found->blocks[0].texts[CD_TEXT_TITLE][0], "D\xc3\xbcnn \"x\" \\.\\.");
	assert_string_equal(found->blocks[0].texts[CD_TEXT_DISC_ID][0], "XY1");
	assert_int_equal(found->blocks[0].genre_code, 5);
	assert_string_equal(found->blocks[0].texts[CD_TEXT_GENRE][0], "Pop");
	assert_null(found->blocks[0].texts[CD_TEXT_CODE][0]);
	assert_string_equal(found->blocks[1].texts[CD_TEXT_TITLE][0], "Deutsch");
	assert_string_equal(found->blocks[1].texts[CD_TEXT_PERFORMER][1], "P");
	assert_string_equal(found->blocks[1].texts[CD_TEXT_CODE][1], "DE-ABC-12-34567");
	assert_string_equal(disc.sheet->files[0].name, "a b.bin");
	forget(&disc);
}

#define TRACK "CD_DA\nTRACK AUDIO\n"

static void wrong_ones_are_refused(void **state)
{
	static const struct {
		const char *text, *words;
	} wrong[] = {
		{ "", "line 1: a toc file begins" },
		{ "CD_DA\n", "a toc file begins" },
		{ "CD_DA\nFILE \"x\" 0\n", "line 2: a toc file begins" },
		{ "CD_DA TRACK MODE3\n", "unknown mode" },
		{ "CD_DA TRACK MODE0 ZERO 1\n", "unknown mode" },
		{ TRACK, "no data" },
		{ TRACK "FILE \"x\"\n", "a number is missing" },
		{ TRACK "FILE x 0\n", "line 3: a string in quotes" },
		{ TRACK "FILE \"x\n", "line 3: a string does not end" },
		{ TRACK "FILE \"x\\000\" 0\n", "zero byte" },
		{ TRACK "FILE \"x\" 99999999999999999999\n", "line 3: a number is too large" },
		{ TRACK "FILE \"x\" 0 00:60:00\n", "a number is too large" },
		{ TRACK "FILE \"x\" 0 00:00\n", "\":\" is missing" },
		{ TRACK "FILE \"x\" 0 100:00:00\n", "99 minutes" },
		{ TRACK "SILENCE 1:0:0 START 1:0:0\n", "behind the end" },
		{ TRACK "SILENCE 1:0:0 INDEX 0:0:0\n", "where the one before" },
		{ TRACK "SILENCE 1:0:0 INDEX 1:0:0\n", "behind the end" },
		{ TRACK "SILENCE 1:0:0 INDEX\n", "INDEX needs a time" },
		{ TRACK "PREGAP 0:2:0 SILENCE 1:0:0 START\n", "said twice" },
		{ TRACK "SILENCE 1:0:0 PREGAP 0:2:0\n", "a PREGAP is to stand" },
		{ TRACK "SILENCE 1:0:0 END 0:1:0 END 0:2:0\n", "said twice" },
		{ TRACK "SILENCE 0\n", "a track of no sectors" },
		{ TRACK "ISRC \"X\"\n", "an ISRC" },
		{ TRACK "NO ISRC\n", "NO is to be followed" },
		{ "CD_ROM TRACK MODE1 PRE_EMPHASIS ZERO 1\n", "only audio" },
		{ "CD_ROM TRACK MODE1 SILENCE 1\n", "SILENCE is for audio" },
		{ "CD_ROM TRACK MODE1 FILE \"x\" 0\n", "FILE is for audio" },
		{ "CD_ROM TRACK AUDIO RW FILE \"x\" 0\n", "FILE is for audio" },
		{ "CATALOG \"123\"\n", "13 digits" },
		{ "CD_DA ;\n", "a sign that has no place" },
		{ "CD_DA CD_TEXT { TITLE \"x\" }\n", "LANGUAGE is missing" },
		{ "CD_DA CD_TEXT { LANGUAGE_MAP { 8 : EN } }\n", "too large" },
		{ "CD_DA CD_TEXT { LANGUAGE_MAP { 0 : EN 0 : EN } }\n", "twice" },
		{ "CD_DA CD_TEXT { LANGUAGE 0 { NONSENSE \"x\" } }\n", "unknown item" },
		{ "CD_DA CD_TEXT { LANGUAGE 0 { GENRE { 256 } } }\n", "too large" },
		{ "CD_DA CD_TEXT { LANGUAGE 0 { TITLE \"x\" }\n", "LANGUAGE is missing" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_refused(toc_file_parse, wrong[i].text, -EINVAL, wrong[i].words);
	assert_refused(toc_file_parse, TRACK "FIFO \"x\" 1\n", -ENOTSUP, "a FIFO");
	assert_refused(toc_file_parse, TRACK "SILENCE 90:0:0 SILENCE 90:0:0\n", -EFBIG, "longer than any CD");
}

static void files_must_be_long_enough(void **state)
{
	struct laid_out disc;

	(void)state;
	assert_int_equal(lay_out(toc_file_parse, TRACK "FILE \"x\" 0 0:4:0\n", (uint64_t[]){ SECTORS(300) - 1 }, &disc),
			 -EINVAL);
	assert_string_equal(disc.err.text, "x is too short: line 3 wants 705600 bytes, and it has 705599");
	forget(&disc);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tracks_of_many_pieces),     cmocka_unit_test(modes_and_their_sectors),
		cmocka_unit_test(starts_and_ends),           cmocka_unit_test(zeros_of_other_modes),
		cmocka_unit_test(text_in_languages),         cmocka_unit_test(wrong_ones_are_refused),
		cmocka_unit_test(files_must_be_long_enough),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
