/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "disc/cd_text.h"
#include "disc/rw_pack.h"
#include "unit/cd_drive.h"

enum { ANY = 0, AUDIO = 1 << 2, MODE_1 = 2 << 2, FORMLESS = 3 << 2, FORM_1 = 4 << 2, FORM_2_ONLY = 5 << 2 };

/* Byte 1 of READ CD with digital audio play, and the parts that are all of a sector. */
enum { DAP = 2, ALL_PARTS = 0xf8, C2 = 0x02, C2_AND_BLOCK = 0x04 };

/* MMC-6 table 351: bytes of Mode 1, Mode 2 Form 1 and Form 2 by byte 9 without its three lowest bits. */
#define ILLEGAL (-1)
static const int table_351[32][3] = {
	[0x10 >> 3] = { 2048, 2048, 2328 },
	[0x18 >> 3] = { 2336, 2328, 2328 },
	[0x20 >> 3] = { 4, 4, 4 },
	[0x28 >> 3] = { ILLEGAL, ILLEGAL, 4 },
	[0x30 >> 3] = { 2052, ILLEGAL, ILLEGAL },
	[0x38 >> 3] = { 2340, ILLEGAL, ILLEGAL },
	[0x40 >> 3] = { 0, 8, 8 },
	[0x08 >> 3] = { 288, 280, 0 },
	[0x48 >> 3] = { 288, ILLEGAL, 8 },
	[0x50 >> 3] = { 2048, 2056, 2336 },
	[0x58 >> 3] = { 2336, 2336, 2336 },
	[0x60 >> 3] = { 4, 12, 12 },
	[0x68 >> 3] = { ILLEGAL, ILLEGAL, 12 },
	[0x70 >> 3] = { 2052, 2060, 2340 },
	[0x78 >> 3] = { 2340, 2340, 2340 },
	[0x80 >> 3] = { 12, 12, 12 },
	[0x88 >> 3] = { ILLEGAL, ILLEGAL, 12 },
	[0x90 >> 3] = { ILLEGAL, ILLEGAL, ILLEGAL },
	[0x98 >> 3] = { ILLEGAL, ILLEGAL, ILLEGAL },
	[0xa0 >> 3] = { 16, 16, 16 },
	[0xa8 >> 3] = { ILLEGAL, ILLEGAL, 16 },
	[0xb0 >> 3] = { 2064, ILLEGAL, ILLEGAL },
	[0xb8 >> 3] = { 2352, ILLEGAL, ILLEGAL },
	[0xc0 >> 3] = { 12, ILLEGAL, ILLEGAL },
	[0xc8 >> 3] = { ILLEGAL, ILLEGAL, ILLEGAL },
	[0xd0 >> 3] = { ILLEGAL, ILLEGAL, ILLEGAL },
	[0xd8 >> 3] = { ILLEGAL, ILLEGAL, ILLEGAL },
	[0xe0 >> 3] = { 16, 24, 24 },
	[0xe8 >> 3] = { ILLEGAL, ILLEGAL, 24 },
	[0xf0 >> 3] = { 2064, 2072, 2352 },
	[0xf8 >> 3] = { 2352, 2352, 2352 },
};

/* Where the first of the parts begins in a sector. */
static size_t begin_of(unsigned parts, enum sector_form form)
{
	size_t subheader = form == SECTOR_MODE_1 ? 0 : 8;

	if (parts & 0x80)
		return 0;
	if (parts & 0x20)
		return 12;
	if (parts & 0x40 && subheader > 0)
		return 16;
	if (parts & 0x10)
		return 16 + subheader;
	return 2352 - (form == SECTOR_MODE_1 ? 288 : 280);
}

static void test_selections(void **state)
{
	static const enum sector_form forms[] = { SECTOR_MODE_1, SECTOR_MODE_2_FORM_1, SECTOR_MODE_2_FORM_2 };
	static const int32_t places[] = { DATA + 7, XA + 7, FORM_2 + 7 };
	uint8_t raw[SECTOR_RAW];

	(void)state;
	open_drive(NULL);
	for (unsigned parts = 0; parts < 0x100; parts += 8)
		for (size_t i = 0; i < 3; i++) {
			int size = table_351[parts >> 3][i];

			make_data(raw, places[i], forms[i]);
			if (size == ILLEGAL) {
				assert_int_equal(read_cd(ANY, places[i], 1, parts, 0), INVALID_FIELD);
				assert_int_equal(get_be16(t.answer.sense + 16), 9);
				continue;
			}
			assert_int_equal(read_cd(ANY, places[i], 1, parts, 0), GOOD);
			assert_int_equal(t.answer.transferred, size);
			if (size > 0)
				assert_memory_equal(t.data, raw + begin_of(parts, forms[i]), (size_t)size);
		}
	/* Of sound there is all or nothing. */
	make_audio(raw, 20);
	for (unsigned parts = 8; parts < 0x100; parts += 8) {
		assert_int_equal(read_cd(AUDIO, 20, 1, parts, 0), GOOD);
		assert_int_equal(t.answer.transferred, SECTOR_RAW);
		assert_memory_equal(t.data, raw, SECTOR_RAW);
	}
	close_drive();
}

static void test_expected_types(void **state)
{
	static const struct {
		int32_t lba;
		unsigned type;
	} places[] = { { 100, AUDIO },   { -1, AUDIO },  { DATA - 1, MODE_1 },
		       { DATA, MODE_1 }, { XA, FORM_1 }, { FORM_2, FORM_2_ONLY } };

	(void)state;
	open_drive(NULL);
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		for (unsigned type = 0; type <= FORM_2_ONLY; type += 4) {
			bool is_right = type == ANY || type == places[i].type;

			assert_int_equal(read_cd(type, places[i].lba, 1, 0x10, 0), is_right ? GOOD : WRONG_MODE);
			if (!is_right)
				assert_information(places[i].lba);
		}
	assert_int_equal(read_cd(6 << 2, DATA, 1, 0x10, 0), INVALID_FIELD);
	assert_int_equal(get_be16(t.answer.sense + 16), 1);
	/* From one form to the other: what is before is there. */
	assert_int_equal(read_cd(FORM_1, FORM_2 - 2, 4, 0x10, 0), WRONG_MODE);
	assert_information(FORM_2);
	assert_int_equal(t.answer.transferred, 2 * 2048);
	assert_int_equal(read_cd(ANY, FORM_2 - 2, 4, 0x10, 0), GOOD);
	assert_int_equal(t.answer.transferred, 2 * 2048 + 2 * 2328);
	assert_int_equal(read_cd(ANY, XA - 2, 4, ALL_PARTS, 0), GOOD);
	assert_int_equal(t.answer.transferred, 4 * SECTOR_RAW);
	/* Over the begin of a track, pause included. */
	assert_int_equal(read_cd(ANY, 495, 10, ALL_PARTS, 0), GOOD);
	assert_int_equal(t.answer.transferred, 10 * SECTOR_RAW);
	close_drive();
}

static void test_c2_of_good_sectors(void **state)
{
	const struct vdrive_options options = { .lacks_c2 = true };
	static const uint8_t zeros[296];

	(void)state;
	open_drive(NULL);
	assert_int_equal(read_cd(ANY, 3, 2, ALL_PARTS | C2, 0), GOOD);
	assert_int_equal(t.answer.transferred, 2 * (SECTOR_RAW + 294));
	assert_memory_equal(t.data + SECTOR_RAW, zeros, 294);
	assert_int_equal(read_cd(ANY, 3, 1, 0x10 | C2_AND_BLOCK, 1), GOOD);
	assert_int_equal(t.answer.transferred, SECTOR_RAW + 296 + 96);
	assert_memory_equal(t.data + SECTOR_RAW, zeros, 296);
	assert_int_equal(read_cd(ANY, 3, 1, 0x16, 0), INVALID_FIELD);
	close_drive();
	open_drive(&options);
	assert_int_equal(read_cd(ANY, 3, 1, ALL_PARTS, 0), GOOD);
	assert_int_equal(read_cd(ANY, 3, 1, ALL_PARTS | C2, 0), INVALID_FIELD);
	assert_int_equal(get_be16(t.answer.sense + 16), 9);
	close_drive();
}

static void test_subchannels(void **state)
{
	static const int32_t places[] = { -150, -1, 0, 550, 599, 600, 701, 1599, DATA, DATA_END - 1 };
	enum { N = sizeof(places) / sizeof(places[0]) };
	uint8_t raw[N][SUBCHANNEL_BYTES], channels[SUBCHANNEL_BYTES], sector[SECTOR_RAW];
	static const uint8_t zeros[SUBCHANNEL_BYTES];
	struct disc *disc = open_disc();

	(void)state;
	for (size_t i = 0; i < N; i++)
		assert_int_equal(disc_read_raw(disc, places[i], sector, raw[i]), 0);
	disc_close(disc);
	open_drive(NULL);
	for (size_t i = 0; i < N; i++) {
		subchannel_deinterleave(channels, raw[i]);
		assert_int_equal(read_cd(ANY, places[i], 1, ALL_PARTS, 1), GOOD);
		assert_int_equal(t.answer.transferred, SECTOR_RAW + 96);
		assert_memory_equal(t.data + SECTOR_RAW, raw[i], 96);
		assert_int_equal(read_cd(ANY, places[i], 1, 0x00, 2), GOOD);
		assert_int_equal(t.answer.transferred, 16);
		assert_memory_equal(t.data, channels + 12, 12);
		assert_memory_equal(t.data + 12, zeros, 3);
		assert_int_equal(t.data[15], raw[i][0] & 0x80);
		assert_int_equal(read_cd(ANY, places[i], 1, 0x00, 4), GOOD);
		assert_int_equal(t.answer.transferred, 96);
		assert_memory_equal(t.data, zeros, 96);
	}
	assert_int_equal(read_cd(ANY, 0, 1, ALL_PARTS, 3), INVALID_FIELD);
	assert_int_equal(get_be16(t.answer.sense + 16), 10);
	assert_int_equal(read_cd(ANY, 0, 1, ALL_PARTS, 0x80), INVALID_FIELD);
	close_drive();
}

static void test_ends(void **state)
{
	const struct vdrive_options options = { .overread = VDRIVE_OVERREAD_LEAD_OUT };
	uint8_t audio[SECTOR_RAW];

	(void)state;
	open_drive(NULL);
	make_audio(audio, -150);
	assert_int_equal(read_cd(ANY, -150, 2, ALL_PARTS, 0), GOOD);
	assert_memory_equal(t.data, audio, SECTOR_RAW);
	assert_int_equal(read_cd(ANY, -151, 2, ALL_PARTS, 0), OUT_OF_RANGE);
	assert_information(-151);
	assert_int_equal(t.answer.transferred, 0);
	/* 00:00:00 to 00:00:03. */
	assert_int_equal(test_read(&t, CDB(0xb9, 0, 0, 0, 0, 0, 0, 0, 3, ALL_PARTS), sizeof(t.data)), GOOD);
	assert_int_equal(t.answer.transferred, 3 * SECTOR_RAW);
	assert_memory_equal(t.data, audio, SECTOR_RAW);
	assert_int_equal(read_cd(ANY, INT32_MIN, 2, ALL_PARTS, 0), OUT_OF_RANGE);
	assert_int_equal(read_cd(ANY, INT32_MAX, 2, ALL_PARTS, 0), OUT_OF_RANGE);
	/* The end of the first session, and that of the disc. */
	assert_int_equal(read_cd(ANY, AUDIO_END - 2, 4, ALL_PARTS, 0), WRONG_MODE);
	assert_information(AUDIO_END);
	assert_int_equal(t.answer.transferred, 2 * SECTOR_RAW);
	assert_int_equal(read_cd(ANY, DATA_END - 2, 4, ALL_PARTS, 0), OUT_OF_RANGE);
	assert_information(DATA_END);
	assert_int_equal(t.answer.transferred, 2 * SECTOR_RAW);
	close_drive();
	open_drive(&options);
	assert_int_equal(read_cd(ANY, AUDIO_END - 2, 4, ALL_PARTS, 0), GOOD);
	assert_int_equal(read_cd(ANY, DATA_END - 2, 4, ALL_PARTS, 0), GOOD);
	assert_int_equal(read_cd(ANY, DATA_END + 2250 - 1, 2, ALL_PARTS, 0), OUT_OF_RANGE);
	assert_int_equal(t.answer.transferred, SECTOR_RAW);
	close_drive();
}

/* The lead-in tells what READ TOC tells, and has CD-TEXT beside it. */
static void test_lead_in(void **state)
{
	const struct vdrive_options options = { .overread = VDRIVE_OVERREAD_LEAD_IN };
	static const uint8_t silence[SECTOR_RAW], text[4 * 18] = { 0x80, 0, 0, 0, 'T', 'e', 's', 't' };
	uint8_t symbols[96], packs[4 * 18], channels[SUBCHANNEL_BYTES], toc[256];
	unsigned n_seen = 0;

	(void)state;
	open_drive(&options);
	assert_int_equal(test_read(&t, CDB(0x43, 2, 2, 0, 0, 0, 1, 1, 0), 256), GOOD);
	memcpy(toc, t.data, sizeof(toc));
	for (int32_t lba = -4650; lba < -4650 + 24; lba += 3) {
		const uint8_t *entry = toc + 4 + n_seen * 11, *q = channels + SUBCHANNEL_ONE;

		assert_int_equal(read_cd(ANY, lba, 1, ALL_PARTS, 1), GOOD);
		assert_memory_equal(t.data, silence, SECTOR_RAW);
		subchannel_deinterleave(channels, t.data + SECTOR_RAW);
		assert_true(q_is_sound(q));
		assert_int_equal(q[0], (entry[1] & 15) << 4 | entry[1] >> 4);
		assert_int_equal(q[1], 0);
		assert_int_equal(q[2], entry[3]);
		/* PMIN has less than ten minutes here, or is that of C0h. */
		assert_int_equal(q[7], entry[3] == 0xc0 ? 0x97 : entry[8]);
		n_seen++;
		memcpy(symbols, t.data + SECTOR_RAW, 96);
		for (size_t i = 0; i < 96; i++)
			symbols[i] &= 0x3f;
		cd_text_from_symbols(packs, symbols);
		assert_memory_equal(packs, text, sizeof(packs));
	}
	assert_int_equal(n_seen, 8);
	assert_int_equal(read_cd(ANY, -151, 2, ALL_PARTS, 1), GOOD);
	assert_int_equal(read_cd(ANY, -4651, 1, ALL_PARTS, 1), OUT_OF_RANGE);
	close_drive();
}

/* Bytes of sound of the whole session from a sample on; beyond it zeros. */
static void expect_samples(uint8_t *bytes, int64_t first_sample, size_t n_samples)
{
	uint8_t sector[SECTOR_RAW];

	for (size_t i = 0; i < n_samples; i++) {
		int64_t at = (first_sample + (int64_t)i + INT64_C(150) * 588) * 4;
		int32_t lba = (int32_t)(at / SECTOR_RAW) - 150;

		memset(bytes + 4 * i, 0, 4);
		if (at < 0 || lba >= AUDIO_END)
			continue;
		make_audio(sector, lba);
		memcpy(bytes + 4 * i, sector + at % SECTOR_RAW, 4);
	}
}

static void test_read_offset(void **state)
{
	static const int32_t offsets[] = { 6, -6, 588, 667, -1164, 11760, -11760 };
	static const int32_t places[] = { -150, 0, 499, 1000, AUDIO_END - 2 };
	static uint8_t expected[2 * SECTOR_RAW];

	(void)state;
	for (size_t i = 0; i < sizeof(offsets) / sizeof(offsets[0]); i++) {
		const struct vdrive_options options = { .read_offset_samples = offsets[i] };

		open_drive(&options);
		for (size_t k = 0; k < sizeof(places) / sizeof(places[0]); k++) {
			expect_samples(expected, INT64_C(588) * places[k] - offsets[i], 2 * 588);
			assert_int_equal(read_cd(ANY, places[k], 2, 0x10 | C2, 0), GOOD);
			assert_memory_equal(t.data, expected, SECTOR_RAW);
			assert_memory_equal(t.data + SECTOR_RAW + 294, expected + SECTOR_RAW, SECTOR_RAW);
		}
		/* Data lie where their headers say. */
		assert_int_equal(read_cd(MODE_1, DATA, 1, ALL_PARTS, 0), GOOD);
		make_data(expected, DATA, SECTOR_MODE_1);
		assert_memory_equal(t.data, expected, SECTOR_RAW);
		close_drive();
	}
}

/* User data of sectors that are not plain Mode 1, or not data at all. */
static void test_read_10(void **state)
{
	uint8_t cdb[12] = { 0x28, [8] = 4 }, raw[SECTOR_RAW];

	(void)state;
	open_drive(NULL);
	put_be32(cdb + 2, XA - 2);
	assert_int_equal(test_read(&t, cdb, 8192), GOOD);
	make_data(raw, XA + 1, SECTOR_MODE_2_FORM_1);
	assert_memory_equal(t.data + 3 * DISC_SECTOR, raw + 24, DISC_SECTOR);
	put_be32(cdb + 2, FORM_2 - 1);
	assert_int_equal(test_read(&t, cdb, 8192), WRONG_MODE);
	assert_information(FORM_2);
	assert_int_equal(t.answer.transferred, DISC_SECTOR);
	put_be32(cdb + 2, 700);
	assert_int_equal(test_read(&t, cdb, 8192), WRONG_MODE);
	assert_information(700);
	assert_int_equal(t.answer.transferred, 0);
	cdb[0] = 0x2f;
	assert_int_equal(test_run(&t, cdb), WRONG_MODE);
	put_be32(cdb + 2, FORM_2 - 4);
	assert_int_equal(test_run(&t, cdb), GOOD);
	put_be32(cdb + 2, DATA_END);
	assert_int_equal(test_run(&t, cdb), OUT_OF_RANGE);
	close_drive();
}

/* Packs as a host hands them over are read as such, and a wrong symbol is mended. */
static void test_packs(void **state)
{
	enum { N = 20, WRONG_SECTOR = 8 };
	struct disc *disc = create_and_open("cd-r");
	struct cd_layout session = { .n_tracks = 1,
				     .tracks = { { .mode = CD_AUDIO, .pregap_lba = -150, .end_lba = 400 } } };
	static uint8_t packs[(2 + N) * 96];
	uint8_t raw[96], sector[SECTOR_RAW];

	(void)state;
	for (unsigned i = 0; i < 96 * N; i++)
		packs[2 * 96 + i] = i % 24 < 2 || (i % 24 >= 4 && i % 24 < 20) ? (i * 7 + i / 96) & 0x3f : 0;
	for (unsigned i = 0; i < 4 * N; i++)
		rw_pack_add_parity(packs + 2 * 96 + i * 24);
	assert_int_equal(disc_begin_cd_session(disc, &session, false), 0);
	write_audio(disc, -150, 0);
	for (int32_t lba = 0; lba < 400; lba++) {
		const struct disc_raw_sector both = { sector, lba < N ? raw : NULL };

		make_audio(sector, lba);
		if (lba < N)
			rw_pack_interleave(raw, packs + lba * 96);
		if (lba == WRONG_SECTOR)
			raw[50] ^= 0x15;
		assert_int_equal(disc_write_raw(disc, lba, &both), 0);
	}
	assert_int_equal(disc_close_session(disc, true), 0);
	disc_close(disc);
	open_drive(NULL);
	for (int32_t lba = 0; lba < N - 2; lba++) {
		assert_int_equal(read_cd(AUDIO, lba, 1, 0, 4), GOOD);
		assert_memory_equal(t.data, packs + (2 + lba) * 96, 96);
	}
	assert_int_equal(read_cd(AUDIO, WRONG_SECTOR, 1, 0, 1), GOOD);
	rw_pack_interleave(raw, packs + WRONG_SECTOR * 96);
	assert_int_equal(t.data[50] & 0x3f, (raw[50] ^ 0x15) & 0x3f);
	close_drive();
}

static int remove_cd(void **state)
{
	return remove_disc(state);
}

static int put_cd_back(void **state)
{
	remove_disc(state);
	make_cd_extra();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_selections),
		cmocka_unit_test(test_expected_types),
		cmocka_unit_test(test_subchannels),
		cmocka_unit_test(test_c2_of_good_sectors),
		cmocka_unit_test(test_ends),
		cmocka_unit_test(test_lead_in),
		cmocka_unit_test(test_read_offset),
		cmocka_unit_test(test_read_10),
		cmocka_unit_test_setup_teardown(test_packs, remove_cd, put_cd_back),
	};

	return cmocka_run_group_tests(tests, set_up_cd, tear_down_cd);
}
