/* SPDX-License-Identifier: GPL-3.0-or-later */
/* CDs of all kinds, written by commands as burners send them, and what then lies on the disc. */
#include "vdrive/disc_cd.h"
#include "vdrive/drive.h"

#include <string.h>

#include "base/bytes.h"
#include "disc/cd_text.h"
#include "support/virtual_drive.h"
#include "unit/unit.h"

enum {
	GOOD = 0,
	INVALID_ADDRESS = 0x52102,
	INVALID_PARAMETER = 0x52600,
	SEQUENCE_ERROR = 0x52c00,
	END_OF_TRACK = 0x56300,
	ILLEGAL_MODE = 0x56400,
	WRITE_ERROR = 0x30c00,
	CALIBRATION_ERROR = 0x37303,
};

enum { PACKETS = 0, TRACK_AT_ONCE = 1, SESSION_AT_ONCE = 2, TEST_WRITE = 0x10, BUFE = 0x40 };
enum { AUDIO = 0, DATA = 4, MULTI = 0xc0, FIXED = 0x20 };

static struct test_drive t;
static uint8_t room[32 * 2448];

/* Page 05h as burners send it, all other bytes as they are. */
struct page {
	uint8_t write_type, track_mode, block_type, session_format;
	uint32_t packet_sectors;
};

static unsigned select_page(const struct page *page)
{
	uint8_t list[8 + 0x34] = { [8] = 5, [9] = 0x32, [8 + 15] = 150 };

	list[8 + 2] = page->write_type;
	list[8 + 3] = page->track_mode;
	list[8 + 4] = page->block_type;
	list[8 + 8] = page->session_format;
	put_be32(list + 8 + 10, page->packet_sectors);
	memcpy(list + 8 + 48, "\x01\x02\x08\x04", 4);
	return test_write(&t, CDB(0x55, 0x10, 0, 0, 0, 0, 0, 0, sizeof(list)), list, sizeof(list));
}

#define SELECT(...) assert_int_equal(select_page(&(struct page){ __VA_ARGS__ }), GOOD)

/* What the host sends for a sector: made from its address. */
static void fill(uint8_t *block, size_t bytes, int32_t lba)
{
	for (size_t i = 0; i < bytes; i++)
		block[i] = (uint8_t)(i * 7 + (size_t)(lba + 1000) * 13 + i / 256);
}

static unsigned write_blocks(int32_t lba, uint16_t n_sectors, size_t block_bytes)
{
	uint8_t cdb[12] = { 0x2a };

	put_be32(cdb + 2, (uint32_t)lba);
	put_be16(cdb + 7, n_sectors);
	for (uint16_t i = 0; i < n_sectors; i++)
		fill(room + i * block_bytes, block_bytes, lba + i);
	return test_write(&t, cdb, room, n_sectors * block_bytes);
}

static void write_many(int32_t begin, int32_t end, size_t block_bytes)
{
	for (int32_t lba = begin; lba < end; lba += 25)
		assert_int_equal(write_blocks(lba, (uint16_t)(end - lba < 25 ? end - lba : 25), block_bytes), GOOD);
}

static unsigned synchronize(void)
{
	return test_run(&t, CDB(0x35, 0));
}

static int32_t next_writable(void)
{
	assert_int_equal(test_read(&t, CDB(0x52, 1, 0, 0, 0, 0xff, 0, 0, 36), 36), GOOD);
	return t.data[7] & 1 ? (int32_t)get_be32(t.data + 12) : INT32_MIN;
}

static uint8_t disc_state_byte(void)
{
	assert_int_equal(test_read(&t, CDB(0x51, 0, 0, 0, 0, 0, 0, 0, 34), 34), GOOD);
	return t.data[2] & 0x0f;
}

/* The main data of a sector from some byte on are what the host sent from some byte on. */
static void assert_sector(int32_t lba, size_t at, size_t bytes, size_t block_bytes)
{
	uint8_t sector[SECTOR_RAW], sent[2448];

	fill(sent, block_bytes, lba);
	assert_int_equal(disc_read_raw(t.drive->disc, lba, sector, NULL), 0);
	assert_memory_equal(sector + at, sent, bytes);
	assert_true(sector_is_sound(sector));
}

#define PLACE(control, track, index, form, lba)                                                                        \
	(control), (track), (index), (form), 0, ((lba) + 150) / 4500, ((lba) + 150) / 75 % 60, ((lba) + 150) % 75

static const uint8_t mixed_sheet[] = {
	PLACE(0x41, 0, 0, 0x14, -150), PLACE(0x41, 1, 0, 0x10, -150),    PLACE(0x41, 1, 1, 0x10, 0),
	PLACE(0x01, 2, 0, 0x01, 310),  PLACE(0x01, 2, 1, 0x00, 460),     PLACE(0x41, 3, 0, 0x30, 800),
	PLACE(0x41, 3, 1, 0x30, 950),  PLACE(0x41, 0xaa, 1, 0x34, 1300),
};

static unsigned send_sheet(const uint8_t *sheet, size_t size)
{
	return test_write(&t, CDB(0x5d, 0, 0, 0, 0, 0, 0, (uint8_t)(size >> 8), (uint8_t)size), sheet, size);
}

static void test_sizes_change(void **state)
{
	(void)state;
	test_drive_open(&t, "cd-r", 5000);
	SELECT(BUFE | SESSION_AT_ONCE, 0, 0, 0, 0);
	assert_int_equal(send_sheet(mixed_sheet, sizeof(mixed_sheet)), GOOD);
	assert_int_equal(next_writable(), -150);
	write_many(-150, 300, 2048);
	/* A pause that the drive makes follows, then audio: no command goes beyond the border. */
	assert_int_equal(write_blocks(300, 20, 2048), ILLEGAL_MODE);
	assert_int_equal(write_blocks(300, 10, 2048), GOOD);
	assert_int_equal(next_writable(), 460);
	assert_int_equal(write_blocks(310, 1, 2352), INVALID_ADDRESS);
	write_many(460, 790, 2352);
	assert_int_equal(write_blocks(790, 20, 2352), ILLEGAL_MODE);
	write_many(790, 800, 2352);
	assert_int_equal(synchronize(), GOOD);
	assert_int_equal(disc_state_byte() & 3, 1);
	write_many(800, 1300, 2336);
	assert_int_equal(write_blocks(1300, 1, 2336), INVALID_ADDRESS);
	assert_int_equal(synchronize(), GOOD);
	assert_int_equal(disc_state_byte() & 3, 2);
	assert_sector(-1, 16, 2048, 2048);
	assert_sector(309, 16, 2048, 2048);
	assert_sector(460, 0, 2352, 2352);
	assert_sector(799, 0, 2352, 2352);
	assert_sector(800, 16, 2336, 2336);
	assert_sector(1299, 16, 2336, 2336);
	assert_int_equal(disc_cd_layout(t.drive->disc)->tracks[2].mode, CD_MODE_2);
	test_drive_close(&t);
}

static void make_packs(uint8_t *packs, size_t n_packs)
{
	for (size_t i = 0; i < n_packs; i++) {
		uint8_t *pack = packs + i * CD_TEXT_PACK;

		fill(pack, CD_TEXT_PACK, (int32_t)i);
		pack[0] = i + 1 < n_packs ? 0x80 : 0x8f;
		pack[1] = 0;
		pack[2] = (uint8_t)i;
		pack[3] = 0;
		put_be16(pack + 16, cd_text_crc(pack));
	}
}

/* Lead-in with seven packs over and over, four of them in a sector. */
static void test_text_in_lead_in(void **state)
{
	static const uint8_t sheet[] = {
		PLACE(0x01, 0, 0, 0x41, -150),
		PLACE(0x01, 1, 0, 0x00, -150),
		PLACE(0x01, 1, 1, 0x00, 0),
		PLACE(0x01, 0xaa, 1, 0x01, 300),
	};
	enum { N_PACKS = 7, LEAD_IN = -12750, STEP = 60 };
	uint8_t packs[4 * N_PACKS * CD_TEXT_PACK], symbols[N_PACKS * 96];
	const uint8_t *found;
	size_t n_found;

	(void)state;
	make_packs(packs, N_PACKS);
	for (int i = 1; i < 4; i++)
		memcpy(packs + i * N_PACKS * CD_TEXT_PACK, packs, N_PACKS * CD_TEXT_PACK);
	for (int i = 0; i < N_PACKS; i++)
		cd_text_to_symbols(symbols + i * 96, packs + (size_t)i * 4 * CD_TEXT_PACK);
	test_drive_open(&t, "cd-r", 5000);
	SELECT(BUFE | SESSION_AT_ONCE, 0, 0, 0, 0);
	assert_int_equal(send_sheet(sheet, sizeof(sheet)), GOOD);
	assert_int_equal(next_writable(), LEAD_IN);
	assert_int_equal(write_blocks(-150, 1, 2352), INVALID_ADDRESS);
	for (int32_t lba = LEAD_IN; lba < -150; lba += STEP) {
		uint8_t cdb[12] = { 0x2a, [8] = STEP };

		put_be32(cdb + 2, (uint32_t)lba);
		for (int i = 0; i < STEP; i++)
			memcpy(room + i * 96, symbols + (lba - LEAD_IN + i) % N_PACKS * 96, 96);
		assert_int_equal(test_write(&t, cdb, room, STEP * 96), GOOD);
	}
	write_many(-150, 300, 2352);
	assert_int_equal(synchronize(), GOOD);
	found = disc_cd_text(t.drive->disc, &n_found);
	assert_int_equal(n_found, N_PACKS);
	assert_memory_equal(found, packs, N_PACKS * CD_TEXT_PACK);
	test_drive_close(&t);
}

/* Packs of R to W, without their parities, as they are sent and as they are read. */
static void get_pack_symbols(const uint8_t *packs, uint8_t ret_symbols[96])
{
	static const uint8_t parities[] = { 2, 3, 20, 21, 22, 23 };

	for (size_t i = 0; i < 96; i++)
		ret_symbols[i] = packs[i] & 0x3f;
	for (size_t i = 0; i < 96; i += 24)
		for (size_t k = 0; k < sizeof(parities); k++)
			ret_symbols[i + parities[k]] = 0;
}

static void test_packs(void **state)
{
	static const uint8_t sheet[] = {
		PLACE(0x01, 0, 0, 0x01, -150),
		PLACE(0x01, 1, 0, 0xc0, -150),
		PLACE(0x01, 1, 1, 0xc0, 0),
		PLACE(0x01, 0xaa, 1, 0x01, 300),
	};
	uint8_t reserved[sizeof(sheet)], in_lead_in[sizeof(sheet)], sent[96], got[96], sub[96];

	(void)state;
	memcpy(reserved, sheet, sizeof(sheet));
	memcpy(in_lead_in, sheet, sizeof(sheet));
	reserved[8 + 3] = 0x80;
	in_lead_in[3] = 0xc1;
	test_drive_open(&t, "cd-r", 5000);
	SELECT(BUFE | SESSION_AT_ONCE, 0, 0, 0, 0);
	assert_int_equal(send_sheet(reserved, sizeof(reserved)), INVALID_PARAMETER);
	assert_int_equal(send_sheet(in_lead_in, sizeof(in_lead_in)), INVALID_PARAMETER);
	assert_int_equal(send_sheet(sheet, sizeof(sheet)), GOOD);
	for (int32_t lba = -150; lba < 300; lba++) {
		uint8_t cdb[12] = { 0x2a, [8] = 1 };

		put_be32(cdb + 2, (uint32_t)lba);
		fill(room, 2448, lba);
		get_pack_symbols(room + 2352, room + 2352);
		assert_int_equal(test_write(&t, cdb, room, 2448), GOOD);
	}
	assert_int_equal(synchronize(), GOOD);
	for (uint8_t lba = 0; lba < 250; lba += 7) {
		fill(room, 2448, lba);
		get_pack_symbols(room + 2352, sent);
		assert_int_equal(test_read(&t, CDB(0xbe, 4, 0, 0, 0, lba, 0, 0, 1, 0x10, 4), 2352 + 96), GOOD);
		assert_memory_equal(t.data, room, 2352);
		get_pack_symbols(t.data + 2352, got);
		assert_memory_equal(got, sent, 96);
		/* On the disc they lie otherwise. */
		assert_int_equal(disc_read_raw(t.drive->disc, lba, room, sub), 0);
		get_pack_symbols(sub, got);
		assert_memory_not_equal(got, sent, 96);
	}
	test_drive_close(&t);
}

/* All block types that a track at once can have, a track each. */
static void test_block_types(void **state)
{
	static const struct {
		uint8_t control, type, format;
		size_t block_bytes, at;
		enum cd_track_mode mode;
		enum sector_form form;
	} types[] = {
		{ AUDIO, 0, 0x00, 2352, 0, CD_AUDIO, SECTOR_AUDIO },
		{ DATA, 8, 0x00, 2048, 16, CD_MODE_1, SECTOR_MODE_1 },
		{ DATA, 9, 0x20, 2336, 16, CD_MODE_2, SECTOR_MODE_2 },
		{ DATA, 10, 0x20, 2048, 24, CD_MODE_2_XA, SECTOR_MODE_2_FORM_1 },
		{ DATA, 12, 0x20, 2324, 24, CD_MODE_2_XA, SECTOR_MODE_2_FORM_2 },
		{ DATA, 12, 0x10, 2324, 24, CD_MODE_2_CDI, SECTOR_MODE_2_FORM_2 },
		{ AUDIO, 3, 0x00, 2448, 0, CD_AUDIO, SECTOR_AUDIO },
	};
	uint8_t sector[SECTOR_RAW], sub[SUBCHANNEL_BYTES];

	(void)state;
	test_drive_open(&t, "cd-r", 20000);
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		size_t bytes = types[i].block_bytes == 2448 ? 2352 : types[i].block_bytes;
		int32_t start;

		SELECT(BUFE | TRACK_AT_ONCE, types[i].control, types[i].type, types[i].format, 0);
		start = next_writable();
		write_many(start, start + 305, types[i].block_bytes);
		assert_int_equal(synchronize(), GOOD);
		/* 305 sectors, two of run-out, a pause of 150. */
		assert_int_equal(next_writable(), start + 305 + 2 + 150);
		assert_sector(start, types[i].at, bytes, types[i].block_bytes);
		assert_sector(start + 304, types[i].at, bytes, types[i].block_bytes);
		assert_int_equal(disc_cd_layout(t.drive->disc)->tracks[i].mode, types[i].mode);
		assert_int_equal(disc_cd_layout(t.drive->disc)->tracks[i].control, types[i].control);
		assert_int_equal(disc_read_raw(t.drive->disc, start + 304, sector, sub), 0);
		if (types[i].form != SECTOR_MODE_2)
			assert_int_equal(sector_find_form(sector), types[i].form);
		/* Of sub-channels of the host R to W are kept. */
		fill(room, types[i].block_bytes, start + 304);
		for (size_t k = 0; k < SUBCHANNEL_BYTES; k++)
			assert_int_equal(sub[k] & 0x3f, types[i].type == 3 ? room[2352 + k] & 0x3f : 0);
	}
	assert_int_equal(test_run(&t, CDB(0x5b, 0, 2)), GOOD);
	assert_int_equal(disc_state_byte() & 3, 2);
	test_drive_close(&t);
}

static void test_mode_of_track(void **state)
{
	(void)state;
	test_drive_open(&t, "cd-r", 5000);
	SELECT(BUFE | TRACK_AT_ONCE, AUDIO, 0, 0, 0);
	write_many(0, 100, 2352);
	SELECT(BUFE | TRACK_AT_ONCE, DATA, 8, 0, 0);
	assert_int_equal(write_blocks(100, 1, 2048), ILLEGAL_MODE);
	SELECT(BUFE | TRACK_AT_ONCE, AUDIO, 0, 0, 0);
	assert_int_equal(write_blocks(100, 1, 2352), GOOD);
	/* No track is shorter than four seconds: the drive writes silence. */
	assert_int_equal(synchronize(), GOOD);
	assert_int_equal(next_writable(), 300 + 2 + 150);
	assert_int_equal(test_run(&t, CDB(0x5b, 0, 2)), GOOD);
	assert_int_equal(disc_cd_layout(t.drive->disc)->tracks[0].end_lba, 302);
	test_drive_close(&t);
}

static void test_pages(void **state)
{
	static const struct page refused[] = {
		{ 1, AUDIO, 8, 0, 0 }, { 1, DATA, 0, 0, 0 },        { 1, AUDIO, 1, 0, 0 },        { 1, AUDIO, 4, 0, 0 },
		{ 1, DATA, 14, 0, 0 }, { 0, AUDIO, 0, 0, 0 },       { 0, DATA | FIXED, 8, 0, 0 }, { 0, DATA, 8, 0, 32 },
		{ 3, 0, 0, 0, 0 },     { 3, 0, 8, 0, 0 },           { 4, DATA, 8, 0, 0 },         { 2, 0, 5, 0, 0 },
		{ 1, AUDIO, 2, 0, 0 }, { 1, DATA | 0x80, 8, 0, 0 }, { 1, DATA, 8, 0x30, 0 },
	};
	static const struct page taken[] = {
		{ 0, DATA, 8, 0, 0 },  { 0, DATA | FIXED, 13, 0x20, 32 },
		{ 1, AUDIO, 3, 0, 0 }, { 1, DATA, 11, 0, 0 },
		{ 2, 0, 0, 0x10, 0 },  { 3, 0, 1, 0, 0 },
		{ 3, 0, 2, 0, 0 },     { TEST_WRITE | 1, DATA, 8, 0, 0 },
	};

	(void)state;
	test_drive_open(&t, "cd-rw", 5000);
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
		if (select_page(&refused[i]) != INVALID_PARAMETER || get_be16(t.answer.sense + 16) < 10)
			fail_msg("page %zu was taken", i);
	for (size_t i = 0; i < sizeof(taken) / sizeof(taken[0]); i++)
		if (select_page(&taken[i]) != GOOD)
			fail_msg("page %zu was refused", i);
	test_drive_close(&t);
}

/* Twice, and on a disc that has a session already: it is as it was. */
static void test_tests(void **state)
{
	(void)state;
	test_drive_open(&t, "cd-r", 20000);
	SELECT(BUFE | SESSION_AT_ONCE, MULTI, 0, 0, 0);
	assert_int_equal(send_sheet(mixed_sheet, sizeof(mixed_sheet)), GOOD);
	write_many(-150, 310, 2048);
	write_many(460, 800, 2352);
	write_many(800, 1300, 2336);
	assert_int_equal(synchronize(), GOOD);
	for (int i = 0; i < 2; i++) {
		SELECT(BUFE | TEST_WRITE | TRACK_AT_ONCE, AUDIO, 0, 0, 0);
		assert_int_equal(next_writable(), 1300 + 11400);
		write_many(12700, 13100, 2352);
		assert_int_equal(synchronize(), GOOD);
		/* The drive goes on as if the track were there. */
		assert_int_equal(next_writable(), 13100 + 2 + 150);
		write_many(13252, 13552, 2352);
		assert_int_equal(write_blocks(13252, 1, 2352), INVALID_ADDRESS);
		if (i == 1)
			assert_int_equal(test_run(&t, CDB(0x5b, 0, 2)), GOOD);
		else
			SELECT(BUFE | TRACK_AT_ONCE, AUDIO, 0, 0, 0);
		assert_int_equal(next_writable(), 12700);
		assert_int_equal(disc_state_byte(), 1);
		assert_int_equal(disc_cd_layout(t.drive->disc)->n_tracks, 3);
	}
	assert_sector(799, 0, 2352, 2352);
	test_drive_close(&t);
}

static void test_tests_of_dvds(void **state)
{
	(void)state;
	test_drive_open(&t, "dvd-r", 4096);
	SELECT(BUFE | TEST_WRITE | SESSION_AT_ONCE, 5, 8, 0, 0);
	assert_int_equal(test_run(&t, CDB(0x53, 0, 0, 0, 0, 0, 0, 0, 32)), GOOD);
	write_many(0, 16, 2048);
	assert_int_equal(disc_state_byte() & 3, 1);
	write_many(16, 32, 2048);
	assert_int_equal(synchronize(), GOOD);
	assert_int_equal(disc_state_byte(), 0);
	SELECT(BUFE | SESSION_AT_ONCE, 5, 8, 0, 0);
	assert_int_equal(test_run(&t, CDB(0x53, 0, 0, 0, 0, 0, 0, 0, 32)), GOOD);
	write_many(0, 32, 2048);
	assert_int_equal(synchronize(), GOOD);
	assert_int_equal(disc_state_byte() & 3, 2);
	test_drive_close(&t);
	test_drive_open(&t, "bd-r", 4096);
	assert_int_equal(select_page(&(struct page){ BUFE | TEST_WRITE, 5, 8, 0, 0 }), INVALID_PARAMETER);
	test_drive_close(&t);
}

/* Variable packets are linked by seven sectors that cannot be read. */
static void test_variable_packets(void **state)
{
	uint8_t sector[SECTOR_RAW];

	(void)state;
	test_drive_open(&t, "cd-r", 5000);
	SELECT(BUFE | PACKETS, DATA, 8, 0, 0);
	write_many(0, 310, 2048);
	assert_int_equal(synchronize(), GOOD);
	assert_int_equal(synchronize(), GOOD);
	assert_int_equal(next_writable(), 317);
	assert_int_equal(t.data[6] & 0x30, 0x20);
	assert_int_equal(write_blocks(310, 1, 2048), INVALID_ADDRESS);
	write_many(317, 320, 2048);
	/* The power goes away: what was written is found behind the gap. */
	assert_int_equal(disc_sync(t.drive->disc), 0);
	assert_int_equal(synchronize(), GOOD);
	assert_int_equal(next_writable(), 327);
	assert_int_equal(test_run(&t, CDB(0x5b, 0, 1, 0, 0, 0xff)), GOOD);
	assert_int_equal(test_run(&t, CDB(0x5b, 0, 2)), GOOD);
	assert_int_equal(disc_cd_layout(t.drive->disc)->tracks[0].end_lba, 322);
	assert_int_equal(disc_cd_layout(t.drive->disc)->tracks[0].control, 5);
	assert_sector(309, 16, 2048, 2048);
	assert_sector(317, 16, 2048, 2048);
	for (int32_t lba = 310; lba < 317; lba++)
		assert_true(disc_read_raw(t.drive->disc, lba, sector, NULL) < 0);
	test_drive_close(&t);
}

static void test_fixed_packets(void **state)
{
	uint8_t sector[SECTOR_RAW];

	(void)state;
	test_drive_open(&t, "cd-rw", 5000);
	SELECT(BUFE | PACKETS, DATA | FIXED, 8, 0, 32);
	write_many(0, 320, 2048);
	assert_int_equal(synchronize(), GOOD);
	assert_int_equal(next_writable(), 320);
	write_many(320, 330, 2048);
	assert_int_equal(synchronize(), GOOD);
	assert_int_equal(next_writable(), 352);
	assert_int_equal(t.data[6] & 0x30, 0x30);
	assert_int_equal(get_be32(t.data + 20), 32);
	vdrive_open_tray(t.drive);
	assert_int_equal(vdrive_insert(t.drive, t.path, NULL, NULL), 0);
	test_run(&t, CDB(0x00));
	assert_int_equal(next_writable(), 352);
	assert_int_equal(get_be32(t.data + 20), 32);
	assert_int_equal(disc_read_raw(t.drive->disc, 351, sector, NULL), 0);
	assert_sector(329, 16, 2048, 2048);
	test_drive_close(&t);
}

static void add_fault(const char *rule)
{
	assert_int_equal(vdrive_add_fault(t.drive, rule, NULL), 0);
}

static void test_faults_in_sessions(void **state)
{
	(void)state;
	test_drive_open(&t, "cd-r", 5000);
	add_fault("write lba=-150 sense=3/73/03 count=1");
	add_fault("write lba=500 sense=3/0c/00 count=1");
	add_fault("write lba=600 power-loss count=1");
	SELECT(BUFE | SESSION_AT_ONCE, MULTI, 0, 0, 0);
	assert_int_equal(send_sheet(mixed_sheet, sizeof(mixed_sheet)), GOOD);
	assert_int_equal(write_blocks(-150, 25, 2048), CALIBRATION_ERROR);
	write_many(-150, 310, 2048);
	write_many(460, 485, 2352);
	assert_int_equal(write_blocks(485, 25, 2352), WRITE_ERROR);
	write_many(485, 585, 2352);
	/* What is in the buffer is lost. */
	assert_int_equal(synchronize(), GOOD);
	write_blocks(585, 25, 2352);
	assert_int_equal(t.answer.host_status, VDRIVE_HOST_TIME_OUT);
	test_run(&t, CDB(0x00));
	/* The track before is whole, this one damaged and nothing more to be written. */
	assert_int_equal(disc_track(t.drive->disc, 1)->state, TRACK_CLOSED);
	assert_int_equal(disc_track(t.drive->disc, 2)->state, TRACK_DAMAGED);
	SELECT(BUFE | SESSION_AT_ONCE, MULTI, 0, 0, 0);
	assert_int_equal(write_blocks(585, 1, 2352), SEQUENCE_ERROR);
	assert_int_equal(test_run(&t, CDB(0x5b, 0, 2)), GOOD);
	assert_sector(309, 16, 2048, 2048);
	assert_sector(470, 0, 2352, 2352);
	test_drive_close(&t);
}

/* So many samples beside their place. */
static void test_offsets(void **state)
{
	static const int32_t offsets[] = { 1, -1, 588, -588, 6000, -6000 };

	(void)state;
	for (size_t i = 0; i < sizeof(offsets) / sizeof(offsets[0]); i++) {
		const struct vdrive_options options = { .write_offset_samples = offsets[i] };
		uint8_t sector[SECTOR_RAW], sent[SECTOR_RAW];
		int32_t at = 100 * SECTOR_RAW - offsets[i] * 4;
		struct vdrive *usual;

		test_drive_open(&t, "cd-r", 5000);
		vdrive_open_tray(t.drive);
		usual = t.drive;
		assert_int_equal(vdrive_new(&options, &t.drive, NULL), 0);
		vdrive_free(usual);
		assert_int_equal(vdrive_insert(t.drive, t.path, NULL, NULL), 0);
		test_run(&t, CDB(0x00));
		SELECT(BUFE | TRACK_AT_ONCE, AUDIO, 0, 0, 0);
		write_many(0, 300, 2352);
		assert_int_equal(disc_read_raw(t.drive->disc, 100, sector, NULL), 0);
		fill(sent, SECTOR_RAW, at / SECTOR_RAW);
		assert_memory_equal(sector, sent + at % SECTOR_RAW, (size_t)(SECTOR_RAW - at % SECTOR_RAW));
		fill(sent, SECTOR_RAW, at / SECTOR_RAW + 1);
		assert_memory_equal(sector + SECTOR_RAW - at % SECTOR_RAW, sent, (size_t)(at % SECTOR_RAW));
		test_drive_close(&t);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sizes_change),  cmocka_unit_test(test_text_in_lead_in),
		cmocka_unit_test(test_block_types),   cmocka_unit_test(test_mode_of_track),
		cmocka_unit_test(test_pages),         cmocka_unit_test(test_tests),
		cmocka_unit_test(test_tests_of_dvds), cmocka_unit_test(test_variable_packets),
		cmocka_unit_test(test_fixed_packets), cmocka_unit_test(test_faults_in_sessions),
		cmocka_unit_test(test_offsets),       cmocka_unit_test(test_packs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
