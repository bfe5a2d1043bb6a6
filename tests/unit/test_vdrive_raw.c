/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Raw recording: a host that makes lead-in, sub-channels and lead-out itself, and what the drive makes of them. */
#include "vdrive/disc_cd.h"
#include "vdrive/drive.h"

#include <string.h>

#include "base/bytes.h"
#include "support/virtual_drive.h"
#include "unit/unit.h"
#include "vdrive/mmc/cd_blocks.h"

enum { GOOD = 0, INVALID_ADDRESS = 0x52102, SEQUENCE_ERROR = 0x52c00 };
enum { LEAD_IN = -12750, START_2 = 400, PAUSE_2 = 330, INDEX_2 = 500, LEAD_OUT = 800, STEP = 24 };

static struct test_drive t;

/* The disc that the host has in mind: data, and audio with a pause, an index, and an ISRC. */
static struct cd_layout layout = {
	.n_sessions = 1,
	.n_tracks = 2,
	.sessions = { { 1, 2, LEAD_OUT, CD_TYPE_CDDA_OR_DATA } },
	.tracks = { { .number = 1,
		      .session = 1,
		      .mode = CD_MODE_1,
		      .control = 4,
		      .pregap_lba = -150,
		      .end_lba = PAUSE_2 },
		    { .number = 2,
		      .session = 1,
		      .mode = CD_AUDIO,
		      .control = 2,
		      .pregap_lba = PAUSE_2,
		      .start_lba = START_2,
		      .end_lba = LEAD_OUT,
		      .n_indexes = 1,
		      .indexes = { INDEX_2 },
		      .isrc = "DEABC0512345" } },
	.mcn = "1234567890123",
};

static void set_page(uint8_t write_type, uint8_t block_type)
{
	uint8_t list[8 + 0x34] = { [8] = 5, [9] = 0x32, [8 + 2] = write_type, [8 + 4] = block_type };

	assert_int_equal(test_write(&t, CDB(0x55, 0x10, 0, 0, 0, 0, 0, 0, sizeof(list)), list, sizeof(list)), GOOD);
}

static uint8_t bcd(int number)
{
	return (uint8_t)(number / 10 << 4 | number % 10);
}

/* Five points, in turn. */
static void make_toc_q(uint8_t q[12], int32_t lba)
{
	static const struct {
		uint8_t control_adr, point;
		int32_t lba;
	} entries[] = { { 0x41, 0x01, 0 },
			{ 0x21, 0x02, START_2 },
			{ 0x41, 0xa0, 1 },
			{ 0x21, 0xa1, 2 },
			{ 0x21, 0xa2, LEAD_OUT } };
	int i = (lba - LEAD_IN) / 3 % 5;
	int32_t frames = entries[i].lba + 150;
	uint8_t rest[8] = { entries[i].point };

	if (entries[i].point == 0xa0 || entries[i].point == 0xa1) {
		rest[5] = bcd(entries[i].lba);
	} else {
		rest[5] = bcd(frames / 4500);
		rest[6] = bcd(frames / 75 % 60);
		rest[7] = bcd(frames % 75);
	}
	q_encode_toc(q, entries[i].control_adr, rest);
}

static void make_user(uint8_t sector[SECTOR_RAW], int32_t lba)
{
	bool is_data = lba < PAUSE_2;

	memset(sector, 0, SECTOR_RAW);
	for (size_t i = 0; i < (is_data ? SECTOR_USER : SECTOR_RAW); i++)
		sector[(is_data ? SECTOR_USER_AT : 0) + i] = (uint8_t)(i * 3 + (size_t)(lba + 150));
	if (is_data)
		sector_seal(sector, lba, SECTOR_MODE_1);
}

/* 2448 bytes: data sectors scrambled as they lie on the disc. */
static void make_block(uint8_t *block, int32_t lba)
{
	uint8_t channels[SUBCHANNEL_BYTES] = { 0 };

	memset(block, 0, SECTOR_RAW);
	if (lba < -150) {
		make_toc_q(channels + 12, lba);
		subchannel_interleave(block + SECTOR_RAW, channels);
		return;
	}
	subchannel_make(block + SECTOR_RAW, &layout, lba);
	if (lba >= LEAD_OUT)
		return;
	make_user(block, lba);
	if (lba < PAUSE_2)
		cd_blocks_unscramble(block);
}

static unsigned write_from(int32_t lba, uint16_t n_sectors)
{
	static uint8_t room[STEP * 2448];
	uint8_t cdb[12] = { 0x2a };

	put_be32(cdb + 2, (uint32_t)lba);
	put_be16(cdb + 7, n_sectors);
	for (int i = 0; i < n_sectors; i++)
		make_block(room + i * 2448, lba + i);
	return test_write(&t, cdb, room, n_sectors * 2448u);
}

static void test_scrambling(void **state)
{
	/* ECMA-130 annex B: what twelve bytes of sync are followed by, of zeros. */
	static const uint8_t begin[] = { 0x01, 0x80, 0x00, 0x60, 0x00, 0x28, 0x00, 0x1e, 0x80, 0x08 };
	uint8_t sector[SECTOR_RAW] = { 0 };

	(void)state;
	cd_blocks_unscramble(sector);
	assert_int_equal(sector[12], 0);
	memset(sector + 1, 0xff, 10);
	cd_blocks_unscramble(sector);
	assert_memory_equal(sector + 12, begin, sizeof(begin));
	cd_blocks_unscramble(sector);
	assert_int_equal(sector[12], 0);
}

static void test_whole_disc(void **state)
{
	const struct cd_layout *found;
	uint8_t sector[SECTOR_RAW], expected[SECTOR_RAW], sub[SUBCHANNEL_BYTES], expected_sub[SUBCHANNEL_BYTES];

	(void)state;
	test_drive_open(&t, "cd-r", 5000);
	set_page(3, 3);
	assert_int_equal(write_from(-150, 1), INVALID_ADDRESS);
	for (int32_t lba = LEAD_IN; lba < LEAD_OUT + 240; lba += STEP)
		assert_int_equal(write_from(lba, STEP), GOOD);
	assert_int_equal(write_from(0, 1), INVALID_ADDRESS);
	assert_int_equal(test_run(&t, CDB(0x35)), GOOD);
	found = disc_cd_layout(t.drive->disc);
	assert_int_equal(found->n_tracks, 2);
	assert_string_equal(found->mcn, layout.mcn);
	assert_string_equal(found->tracks[1].isrc, layout.tracks[1].isrc);
	assert_int_equal(found->tracks[0].end_lba, PAUSE_2);
	assert_int_equal(found->tracks[0].mode, CD_MODE_1);
	assert_int_equal(found->tracks[1].pregap_lba, PAUSE_2);
	assert_int_equal(found->tracks[1].control, 2);
	assert_int_equal(found->tracks[1].n_indexes, 1);
	assert_int_equal(found->tracks[1].indexes[0], INDEX_2);
	assert_int_equal(disc_status(t.drive->disc), DISC_COMPLETE);
	for (int32_t lba = -150; lba < LEAD_OUT; lba++) {
		make_user(expected, lba);
		subchannel_make(expected_sub, &layout, lba);
		assert_int_equal(disc_read_raw(t.drive->disc, lba, sector, sub), 0);
		assert_memory_equal(sector, expected, SECTOR_RAW);
		assert_memory_equal(sub, expected_sub, SUBCHANNEL_BYTES);
	}
	test_drive_close(&t);
}

/* A lead-in without a table of contents, and one that was cut off. */
static void test_no_toc(void **state)
{
	static uint8_t zeros[STEP * 2448];
	uint8_t cdb[12] = { 0x2a, [8] = STEP };

	(void)state;
	test_drive_open(&t, "cd-r", 5000);
	set_page(3, 3);
	for (int32_t lba = LEAD_IN; lba < -150; lba += STEP) {
		put_be32(cdb + 2, (uint32_t)lba);
		assert_int_equal(test_write(&t, cdb, zeros, sizeof(zeros)), GOOD);
	}
	assert_int_equal(write_from(-150, 1), SEQUENCE_ERROR);
	assert_int_equal(test_run(&t, CDB(0x35)), GOOD);
	assert_int_equal(disc_status(t.drive->disc), DISC_BLANK);
	test_drive_close(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_scrambling),
		cmocka_unit_test(test_whole_disc),
		cmocka_unit_test(test_no_toc),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
