/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "disc/ccd_file.h"

#include "unit/sheet.h"

#define SECTORS(n) ((uint64_t)(n)*SECTOR_RAW)

#define HEAD "[CloneCD]\r\nVersion=3\r\n[Disc]\r\nTocEntries=7\r\nDataTracksScrambled=0\r\n"
#define ENTRY(session, point, control, lba)                                                                            \
	"[Entry 1]\r\nSession=" #session "\r\nPoint=" #point "\r\nADR=0x01\r\nControl=" #control                       \
	"\r\nAMin=0\r\nALBA=-150\r\nPLBA=" #lba "\r\n"

static const char one_session[] = HEAD
	"CATALOG=1234567890123\r\nSessions=1\r\n"
	"[Entry 0]\r\nSession=1\r\nPoint=0xa0\r\nADR=0x01\r\nControl=0x04\r\nPMin=1\r\nPSec=32\r\nPLBA=4350\r\n" ENTRY(
		1, 0xa1, 0x00, 13350) ENTRY(1, 0xa2, 0x00, 1500) ENTRY(1, 0x01, 0x04, 0) ENTRY(1, 0x02, 0x01, 600)
		ENTRY(1, 0x03, 0x02,
		      1000) "[TRACK 1]\r\nMODE=2\r\nINDEX 1=0\r\n"
			    "[TRACK 2]\r\nMODE=0\r\nINDEX 0=450\r\nINDEX 1=600\r\nINDEX 2=700\r\nISRC=DEABC1234567\r\n"
			    "[TRACK 3]\r\nMODE=0\r\nINDEX 1=1000\r\n";

static void tracks_of_one_session(void **state)
{
	struct laid_out disc;

	(void)state;
	assert_int_equal(lay_out(ccd_file_parse, one_session, (uint64_t[]){ SECTORS(1500) }, &disc), 0);
	assert_int_equal(disc.layout.n_tracks, 3);
	assert_track(&disc, 1, (int32_t[]){ -150, 0, 450 });
	assert_track(&disc, 2, (int32_t[]){ 450, 600, 1000 });
	assert_track(&disc, 3, (int32_t[]){ 1000, 1000, 1500 });
	assert_int_equal(disc.layout.sessions[0].type, CD_TYPE_XA);
	assert_int_equal(disc.layout.tracks[0].mode, CD_MODE_2_XA);
	assert_int_equal(disc.layout.tracks[1].mode, CD_AUDIO);
	assert_int_equal(disc.layout.tracks[1].control, CD_CONTROL_PRE_EMPHASIS);
	assert_int_equal(disc.layout.tracks[2].control, CD_CONTROL_COPY_PERMITTED);
	assert_int_equal(disc.layout.tracks[1].n_indexes, 1);
	assert_int_equal(disc.layout.tracks[1].indexes[0], 700);
	assert_string_equal(disc.layout.tracks[1].isrc, "DEABC1234567");
	assert_string_equal(disc.layout.mcn, "1234567890123");
	assert_int_equal(disc.places[1].piece->offset_bytes, SECTORS(450));
	assert_string_equal(disc.sheet->files[0].name, "*.img");
	assert_string_equal(disc.sheet->subchannel_file, "*.sub");
	forget(&disc);
	assert_int_equal(lay_out(ccd_file_parse, one_session, (uint64_t[]){ SECTORS(1499) }, &disc), -EINVAL);
	assert_non_null(strstr(disc.err.text, "*.img is too short"));
	forget(&disc);
}

/* What lies between two sessions is in the img file, or not, or only the pause of 150 sectors is. */
static void tracks_of_two_sessions(void **state)
{
	static const char text[] = HEAD "Sessions=2\r\n" ENTRY(1, 0xa2, 0x00, 500) ENTRY(1, 0x01, 0x00, 0)
		ENTRY(2, 0xa2, 0x04, 12300) ENTRY(2, 0x02, 0x04, 11900) "[TRACK 2]\r\nMODE=1\r\n";
	static const struct {
		uint64_t size, offset;
		bool has_pause;
	} images[] = {
		{ SECTORS(900), SECTORS(500), false },
		{ SECTORS(1050), SECTORS(650), true },
		{ SECTORS(12300), SECTORS(11900), true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(images) / sizeof(images[0]); i++) {
		struct laid_out disc;

		memset(&disc, 0, sizeof(disc));
		assert_int_equal(ccd_file_parse(text, strlen(text), &disc.sheet, NULL), 0);
		ccd_file_fit(disc.sheet, images[i].size);
		assert_int_equal(cd_place_all(disc.sheet, &images[i].size, &disc.layout, &disc.places, NULL), 0);
		assert_track(&disc, 1, (int32_t[]){ -150, 0, 500 });
		assert_track(&disc, 2, (int32_t[]){ 11750, 11900, 12300 });
		assert_int_equal(disc.layout.tracks[1].mode, CD_MODE_1);
		assert_int_equal(disc.layout.sessions[0].lead_out_lba, 500);
		assert_int_equal(disc.layout.sessions[1].lead_out_lba, 12300);
		assert_int_equal(disc.places[2].piece->offset_bytes, images[i].offset);
		assert_int_equal(disc.places[1].piece->file != CD_SHEET_NO_FILE, images[i].has_pause);
		if (images[i].has_pause)
			assert_int_equal(disc.places[1].piece->offset_bytes, images[i].offset - SECTORS(150));
		forget(&disc);
	}
}

static void text_has_its_crc_made(void **state)
{
	char text[2000];
	struct cd_sheet *sheet;

	(void)state;
	snprintf(text, sizeof(text),
		 "%s[CDText]\r\nEntries=2\r\nEntry 0=80 00 00 00 41 42 43 00 44 45 46 00 47 48 49 00\r\n"
		 "Entry 1=8f 00 01 00 00 01 01 00 00 00 00 00 00 00 00 00\r\n",
		 one_session);
	assert_int_equal(ccd_file_parse(text, strlen(text), &sheet, NULL), 0);
	assert_int_equal(sheet->n_packs, 2);
	assert_int_equal(sheet->packs[18], 0x8f);
	for (unsigned i = 0; i < 2; i++) {
		const uint8_t *pack = sheet->packs + 18 * i;

		assert_int_equal(pack[16] << 8 | pack[17], cd_text_crc(pack));
	}
	cd_sheet_free(sheet);
}

static void wrong_ones_are_refused(void **state)
{
	static const struct {
		const char *text, *words;
	} wrong[] = {
		{ "", "not a ccd file" },
		{ "nonsense", "line 1: neither" },
		{ HEAD ENTRY(1, 0x02, 0x00, 0), "not a ccd file" },
		{ HEAD ENTRY(1, 0x01, 0x00, 0), "has no end" },
		{ HEAD ENTRY(1, 0x01, 0x00, 500) ENTRY(1, 0xa2, 0x00, 500), "ends before" },
		{ HEAD ENTRY(1, 0x01, 0x00, 0) ENTRY(1, 0x01, 0x00, 0), "two entries" },
		{ HEAD ENTRY(1, 0x01, 0x10, 0), "too large" },
		{ HEAD ENTRY(100, 0x01, 0x00, 0), "too large" },
		{ HEAD ENTRY(0, 0x01, 0x00, 0), "too large" },
		{ HEAD ENTRY(1, 0x01, 0x00, -151), "too large" },
		{ HEAD ENTRY(1, 0x01, 0x00, 99999999999), "too large" },
		{ HEAD ENTRY(2, 0x01, 0x00, 0) ENTRY(2, 0xa2, 0x00, 500), "sessions are out of order" },
		{ HEAD ENTRY(1, 0x01, 0x00, 0) ENTRY(1, 0xa2, 0x00, 500) ENTRY(2, 0x02, 0x00, 600)
			  ENTRY(2, 0xa2, 0x00, 900),
		  "begins within" },
		{ HEAD ENTRY(1, 0x01, 0x00, 0) ENTRY(1, 0xa2, 0x00, 2147483647), "ends before" },
		{ HEAD "CATALOG=12\n", "13 digits" },
		{ HEAD "[TRACK 100]\n", "from 1 to 99" },
		{ HEAD "[TRACK 1]\nINDEX 100=1\n", "from 0 to 99" },
		{ HEAD "[TRACK 1]\nMODE=3\n", "too large" },
		{ HEAD "[TRACK 1]\nISRC=3\n", "an ISRC" },
		{ HEAD "[CDText]\nEntry 1=80\n", "out of order" },
		{ HEAD "[CDText]\nEntry 0=80 00\n", "fewer than 16" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_refused(ccd_file_parse, wrong[i].text, -EINVAL, wrong[i].words);
	assert_refused(ccd_file_parse, "[Disc]\nDataTracksScrambled=1\n", -ENOTSUP, "scrambled");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tracks_of_one_session),
		cmocka_unit_test(tracks_of_two_sessions),
		cmocka_unit_test(text_has_its_crc_made),
		cmocka_unit_test(wrong_ones_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
