/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Cue sheets as burners send them, and sheets that no drive takes. */
#include "vdrive/mmc/cue_sheet.h"

#include <stdlib.h>
#include <string.h>

#include "unit/unit.h"

#define ENTRY 8

/* One entry; lba of a place. */
#define PLACE(control, track, index, form, lba)                                                                        \
	(control), (track), (index), (form), 0, ((lba) + 150) / 4500, ((lba) + 150) / 75 % 60, ((lba) + 150) % 75

/* What cdrdao makes of three tracks: catalogue number, ISRC, pre-emphasis, a pause, indexes, and a data track. */
static const uint8_t sheet_of_three[] = {
	0x02,
	'1',
	'2',
	'3',
	'4',
	'5',
	'6',
	'7',
	0x02,
	'8',
	'9',
	'0',
	'1',
	'2',
	'3',
	0,
	PLACE(0x01, 0, 0, 0x41, -150),
	0x13,
	1,
	'D',
	'E',
	'A',
	'B',
	'C',
	'0',
	0x13,
	1,
	'5',
	'1',
	'2',
	'3',
	'4',
	'5',
	PLACE(0x11, 1, 0, 0x00, -150),
	PLACE(0x11, 1, 1, 0x00, 10),
	PLACE(0x21, 2, 0, 0x00, 700),
	PLACE(0x21, 2, 1, 0x00, 795),
	PLACE(0x21, 2, 2, 0x00, 870),
	PLACE(0x21, 2, 3, 0x00, 1030),
	PLACE(0x41, 3, 0, 0x14, 1395),
	PLACE(0x41, 3, 1, 0x10, 1545),
	PLACE(0x41, 0xaa, 1, 0x14, 2195),
};

static const struct cue_sheet_place blank_disc = { .first_track = 1, .start_lba = 0, .type = CD_TYPE_CDDA_OR_DATA };

static struct cue_sheet *sheet;

static int make_sheet(void **state)
{
	(void)state;
	sheet = calloc(1, sizeof(*sheet));
	return sheet != NULL ? 0 : -1;
}

static int free_sheet(void **state)
{
	(void)state;
	free(sheet);
	return 0;
}

/* The byte that is wrong, -1 for a good sheet. */
static int wrong_byte(const uint8_t *data, size_t size)
{
	size_t byte;

	return cue_sheet_parse(data, size, &blank_disc, sheet, &byte) < 0 ? (int)byte : -1;
}

static void test_three_tracks(void **state)
{
	const struct cd_track *tracks = sheet->layout.tracks;

	(void)state;
	assert_int_equal(wrong_byte(sheet_of_three, sizeof(sheet_of_three)), -1);
	assert_int_equal(sheet->layout.n_tracks, 3);
	assert_true(cd_layout_is_sound(&sheet->layout));
	assert_string_equal(sheet->layout.mcn, "1234567890123");
	assert_true(sheet->has_lead_in_text);
	assert_int_equal(sheet->begin_lba, -150);
	assert_int_equal(sheet->end_lba, 2195);
	assert_string_equal(tracks[0].isrc, "DEABC0512345");
	assert_string_equal(tracks[1].isrc, "");
	assert_int_equal(tracks[0].control, CD_CONTROL_PRE_EMPHASIS);
	assert_int_equal(tracks[1].control, CD_CONTROL_COPY_PERMITTED);
	assert_int_equal(tracks[0].start_lba, 10);
	assert_int_equal(tracks[0].end_lba, 700);
	assert_int_equal(tracks[1].pregap_lba, 700);
	assert_int_equal(tracks[1].start_lba, 795);
	assert_int_equal(tracks[1].n_indexes, 2);
	assert_int_equal(tracks[1].indexes[1], 1030);
	assert_int_equal(tracks[2].mode, CD_MODE_1);
	assert_int_equal(tracks[2].end_lba, 2195);
}

static size_t bytes_at(int32_t lba, uint32_t *ret_n_sectors)
{
	return cd_blocks_bytes(cue_sheet_blocks(sheet, lba, ret_n_sectors));
}

static void test_blocks(void **state)
{
	uint32_t n;

	(void)state;
	assert_int_equal(wrong_byte(sheet_of_three, sizeof(sheet_of_three)), -1);
	assert_int_equal(bytes_at(-150, &n), 2352);
	assert_int_equal(n, 160);
	assert_int_equal(bytes_at(869, &n), 2352);
	assert_int_equal(n, 1);
	/* The pause in front of the data is made by the drive. */
	assert_int_equal(bytes_at(1400, &n), 0);
	assert_int_equal(n, 145);
	assert_int_equal(bytes_at(2194, &n), 2048);
	assert_int_equal(n, 1);
}

static void test_wrong_bytes(void **state)
{
	/* Byte to change, what to, and the byte that is told of (0 for the same). */
	static const struct {
		uint8_t at, value, told;
	} changes[] = {
		{ 1, 'x', 0 },    { 8, 0x03, 8 },  { 0, 0x04, 0 },   { 17, 1, 0 },     { 18, 1, 0 },    { 19, 0x02, 0 },
		{ 19, 0x81, 0 },  { 19, 0xc1, 0 }, { 22, 60, 0 },    { 25, 2, 0 },     { 33, 2, 0 },    { 26, '-', 0 },
		{ 40, 0x41, 0 },  { 41, 2, 0 },    { 42, 1, 0 },     { 43, 0x10, 40 }, { 44, 0x40, 0 }, { 47, 1, 45 },
		{ 48, 0x01, 0 },  { 50, 2, 0 },    { 51, 0x02, 0 },  { 57, 3, 0 },     { 58, 2, 0 },    { 74, 3, 0 },
		{ 78, 0, 0 },     { 88, 0x51, 0 }, { 91, 0x20, 99 }, { 99, 0x20, 0 },  { 106, 2, 0 },   { 110, 0, 0 },
		{ 107, 0x05, 0 },
	};
	uint8_t copy[sizeof(sheet_of_three)];

	(void)state;
	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		uint8_t told = changes[i].told != 0 || changes[i].at == 0 ? changes[i].told : changes[i].at;
		int wrong;

		memcpy(copy, sheet_of_three, sizeof(copy));
		copy[changes[i].at] = changes[i].value;
		wrong = wrong_byte(copy, sizeof(copy));
		if (wrong < 0 || wrong / ENTRY != told / ENTRY)
			fail_msg("byte %u as %02x: told of %d", changes[i].at, changes[i].value, wrong);
	}
}

static void test_cut_short(void **state)
{
	uint8_t twice[2 * sizeof(sheet_of_three)];

	(void)state;
	for (size_t size = 0; size < sizeof(sheet_of_three); size++)
		if (wrong_byte(sheet_of_three, size) < 0)
			fail_msg("%zu bytes were taken", size);
	/* Nothing comes behind the lead-out. */
	memcpy(twice, sheet_of_three, sizeof(sheet_of_three));
	memcpy(twice + sizeof(sheet_of_three), sheet_of_three, sizeof(sheet_of_three));
	assert_int_equal(wrong_byte(twice, sizeof(twice)), sizeof(sheet_of_three));
	assert_int_equal(wrong_byte(twice, sizeof(sheet_of_three) + 3 * ENTRY), sizeof(sheet_of_three));
}

static void test_short_track(void **state)
{
	static const uint8_t short_one[] = {
		PLACE(0x01, 0, 0, 0x01, -150), PLACE(0x01, 1, 0, 0x00, -150),   PLACE(0x01, 1, 1, 0x00, 0),
		PLACE(0x01, 2, 1, 0x00, 299),  PLACE(0x01, 0xaa, 1, 0x01, 900),
	};

	(void)state;
	assert_int_equal(wrong_byte(short_one, sizeof(short_one)) / ENTRY, 3);
}

/* Later sessions go on with numbers and addresses; what XA sectors are, the session format tells. */
static void test_later_session(void **state)
{
	static const uint8_t later[] = {
		PLACE(0x41, 0, 0, 0x24, -150),
		PLACE(0x41, 4, 0, 0x20, 12550),
		PLACE(0x41, 4, 1, 0x20, 12700),
		PLACE(0x41, 0xaa, 1, 0x24, 13100),
	};
	struct cue_sheet_place place = { .first_track = 4, .start_lba = 12700, .type = CD_TYPE_XA };
	size_t byte;

	(void)state;
	assert_int_equal(cue_sheet_parse(later, sizeof(later), &place, sheet, &byte), 0);
	assert_int_equal(sheet->layout.tracks[0].mode, CD_MODE_2_XA);
	assert_int_equal(sheet->begin_lba, 12550);
	place.type = CD_TYPE_CDI;
	assert_int_equal(cue_sheet_parse(later, sizeof(later), &place, sheet, &byte), 0);
	assert_int_equal(sheet->layout.tracks[0].mode, CD_MODE_2_CDI);
	place.first_track = 3;
	assert_true(cue_sheet_parse(later, sizeof(later), &place, sheet, &byte) < 0);
	assert_int_equal(byte, ENTRY + 1);
}

/* The largest sheet, and one entry more than any can have. */
static void test_many_entries(void **state)
{
	size_t size = CUE_SHEET_MAX_BYTES, at = 0;
	uint8_t *data = calloc(1, size + ENTRY);

	(void)state;
	assert_non_null(data);
#define ADD(...) memcpy(data + at, (const uint8_t[]){ PLACE(__VA_ARGS__) }, ENTRY), at += ENTRY
	ADD(0x01, 0, 0, 0x01, -150);
	for (int track = 1; track <= 99; track++) {
		int32_t start = (track - 1) * 400;

		ADD(0x01, (uint8_t)track, 0, 0x00, track == 1 ? -150 : start);
		for (int index = 1; index <= 99; index++)
			ADD(0x01, (uint8_t)track, (uint8_t)index, 0x00, start + index - 1);
	}
	ADD(0x01, 0xaa, 1, 0x01, 99 * 400);
#undef ADD
	assert_int_equal(wrong_byte(data, at), -1);
	assert_int_equal(sheet->layout.n_tracks, 99);
	assert_int_equal(sheet->layout.tracks[98].n_indexes, 98);
	assert_true(wrong_byte(data, size + ENTRY) >= 0);
	free(data);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_three_tracks), cmocka_unit_test(test_blocks),
		cmocka_unit_test(test_wrong_bytes),  cmocka_unit_test(test_cut_short),
		cmocka_unit_test(test_short_track),  cmocka_unit_test(test_later_session),
		cmocka_unit_test(test_many_entries),
	};

	return cmocka_run_group_tests(tests, make_sheet, free_sheet);
}
