/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a drive tells of a CD with sound, and how it plays that. */
#include "unit/cd_drive.h"

enum { PLAYING = 0x11, PAUSED = 0x12, COMPLETED = 0x13, FAILED = 0x14, NO_STATUS = 0x15, SEQUENCE_ERROR = 0x052c00 };

static void test_toc(void **state)
{
	static const int32_t starts[] = { 0, 600, 1000, DATA, XA, DATA_END };
	static const uint8_t controls[] = { 0x12, 0x11, 0x10, 0x14, 0x14, 0x14 };

	(void)state;
	open_drive(NULL);
	assert_int_equal(test_read(&t, CDB(0x43, 0, 0, 0, 0, 0, 0, 0, 200), 200), GOOD);
	assert_int_equal(t.answer.transferred, 4 + 6 * 8);
	assert_int_equal(t.data[2], 1);
	assert_int_equal(t.data[3], 5);
	for (unsigned i = 0; i < 6; i++) {
		assert_int_equal(t.data[4 + 8 * i + 1], controls[i]);
		assert_int_equal(t.data[4 + 8 * i + 2], i == 5 ? 0xaa : i + 1);
		assert_int_equal(get_be32(t.data + 4 + 8 * i + 4), starts[i]);
	}
	assert_int_equal(test_read(&t, CDB(0x43, 0, 1, 0, 0, 0, 0, 0, 200), 200), GOOD);
	assert_int_equal(t.data[3], 2);
	assert_int_equal(t.data[4 + 2], 4);
	assert_int_equal(get_be32(t.data + 8), DATA);
	close_drive();
}

/* A0 to A2, the tracks, and where the first session is not the last the way to the next. */
static void test_raw_toc(void **state)
{
	static const uint8_t first[] = { 0xa0, 0xa1, 0xa2, 1, 2, 3, 0xb0, 0xc0 }, second[] = { 0xa0, 0xa1, 0xa2, 4, 5 };
	const uint8_t *entry = t.data + 4;

	(void)state;
	open_drive(NULL);
	assert_int_equal(test_read(&t, CDB(0x43, 2, 2, 0, 0, 0, 1, 1, 0), 256), GOOD);
	assert_int_equal(t.answer.transferred, 4 + 13 * 11);
	for (size_t i = 0; i < sizeof(first); i++, entry += 11) {
		assert_int_equal(entry[0], 1);
		assert_int_equal(entry[3], first[i]);
		if (first[i] == 0xa0)
			assert_memory_equal(entry + 8, "\x01\x00\x00", 3);
		if (first[i] == 0xa2) /* 1600 is 00:23:25 */
			assert_memory_equal(entry + 8, "\x00\x17\x19", 3);
		if (first[i] == 0xb0) { /* 2:30 behind the lead-out's begin; the end of the disc, 06:42:00 */
			assert_int_equal(entry[1], 0x54);
			assert_memory_equal(entry + 4, "\x02\x35\x19", 3);
			assert_memory_equal(entry + 8, "\x06\x2a\x00", 3);
		}
	}
	for (size_t i = 0; i < sizeof(second); i++, entry += 11) {
		assert_int_equal(entry[0], 2);
		assert_int_equal(entry[1], 0x14);
		assert_int_equal(entry[3], second[i]);
		if (second[i] == 0xa0)
			assert_memory_equal(entry + 8, "\x04\x20\x00", 3);
	}
	assert_int_equal(test_read(&t, CDB(0x43, 2, 2, 0, 0, 0, 3, 1, 0), 256), INVALID_FIELD);
	close_drive();
}

static void test_text(void **state)
{
	const struct vdrive_options options = { .lacks_cd_text = true };

	(void)state;
	open_drive(NULL);
	assert_int_equal(test_read(&t, CDB(0x43, 0, 5, 0, 0, 0, 0, 1, 0), 256), GOOD);
	assert_int_equal(t.answer.transferred, 4 + 4 * 18);
	assert_int_equal(get_be16(t.data), 2 + 4 * 18);
	assert_memory_equal(t.data + 4, "\x80\0\0\0Test", 8);
	/* A host that asks how long it is. */
	assert_int_equal(test_read(&t, CDB(0x43, 0, 5, 0, 0, 0, 0, 0, 4), 4), GOOD);
	assert_int_equal(t.answer.transferred, 4);
	/* GET CONFIGURATION, CD Read. */
	assert_int_equal(test_read(&t, CDB(0x46, 2, 0, 0x1e, 0, 0, 0, 0, 16), 16), GOOD);
	assert_int_equal(t.data[12], 0x83);
	close_drive();
	open_drive(&options);
	assert_int_equal(test_read(&t, CDB(0x43, 0, 5, 0, 0, 0, 0, 1, 0), 256), INVALID_FIELD);
	assert_int_equal(test_read(&t, CDB(0x46, 2, 0, 0x1e, 0, 0, 0, 0, 16), 16), GOOD);
	assert_int_equal(t.data[12], 0x82);
	close_drive();
}

static void test_capabilities(void **state)
{
	const struct vdrive_options options = { .lacks_c2 = true, .lacks_cd_text = true };

	(void)state;
	open_drive(NULL);
	assert_int_equal(test_read(&t, CDB(0x5a, 0, 0x2a, 0, 0, 0, 0, 0, 100), 100), GOOD);
	assert_memory_equal(t.data + 8 + 4, "\xf1\x7f", 2);
	assert_int_equal(t.data[8 + 7], 0x23);
	assert_int_equal(get_be16(t.data + 8 + 10), 256);
	close_drive();
	open_drive(&options);
	assert_int_equal(test_read(&t, CDB(0x5a, 0, 0x2a, 0, 0, 0, 0, 0, 100), 100), GOOD);
	assert_int_equal(t.data[8 + 5], 0x6f);
	assert_int_equal(t.data[8 + 7], 0x03);
	assert_int_equal(test_read(&t, CDB(0x46, 2, 0, 0x1e, 0, 0, 0, 0, 16), 16), GOOD);
	assert_int_equal(t.data[12], 0x80);
	close_drive();
}

static void test_information(void **state)
{
	static const struct {
		int32_t lba;
		unsigned track;
		uint8_t mode, data_mode;
	} places[] = { { -150, 1, 2, 15 }, { 499, 1, 2, 15 },     { 500, 2, 1, 15 }, { 999, 2, 1, 15 },
		       { 1000, 3, 0, 15 }, { DATA - 1, 4, 4, 1 }, { DATA, 4, 4, 1 }, { XA, 5, 4, 2 } };

	(void)state;
	open_drive(NULL);
	assert_int_equal(test_read(&t, CDB(0x51, 0, 0, 0, 0, 0, 0, 0, 34), 34), GOOD);
	assert_int_equal(t.data[2] & 0x0f, 0x0e);
	assert_int_equal(t.data[8], 0x00);
	assert_int_equal(t.data[6], 5);
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		uint8_t cdb[12] = { 0x52, 0, [8] = 36 };

		put_be32(cdb + 2, (uint32_t)places[i].lba);
		assert_int_equal(test_read(&t, cdb, 36), GOOD);
		assert_int_equal(t.data[2], places[i].track);
		assert_int_equal(t.data[5] & 0x0f, places[i].mode);
		assert_int_equal(t.data[6] & 0x0f, places[i].data_mode);
	}
	/* By number and by session. */
	assert_int_equal(test_read(&t, CDB(0x52, 1, 0, 0, 0, 2, 0, 0, 36), 36), GOOD);
	assert_int_equal(get_be32(t.data + 8), 600);
	assert_int_equal(get_be32(t.data + 24), 400);
	assert_int_equal(test_read(&t, CDB(0x52, 2, 0, 0, 0, 2, 0, 0, 36), 36), GOOD);
	assert_int_equal(get_be32(t.data + 8), DATA);
	close_drive();
}

/* READ SUB-CHANNEL with a format. */
static unsigned read_q(uint8_t format, uint8_t track)
{
	return test_read(&t, CDB(0x42, 0, 0x40, format, 0, 0, track, 0, 32), 32);
}

static void assert_position(unsigned status, unsigned track, unsigned index, int32_t lba, int32_t relative)
{
	assert_int_equal(read_q(1, 0), GOOD);
	assert_int_equal(t.answer.transferred, 16);
	assert_int_equal(get_be16(t.data + 2), 12);
	assert_int_equal(t.data[1], status);
	assert_int_equal(t.data[6], track);
	assert_int_equal(t.data[7], index);
	assert_int_equal((int32_t)get_be32(t.data + 8), lba);
	assert_int_equal((int32_t)get_be32(t.data + 12), relative);
}

static void test_codes(void **state)
{
	(void)state;
	open_drive(NULL);
	assert_int_equal(read_q(2, 0), GOOD);
	assert_int_equal(t.answer.transferred, 24);
	assert_int_equal(t.data[8], 0x80);
	assert_memory_equal(t.data + 9, "4012345678901\0", 14);
	assert_int_equal(read_q(3, 1), GOOD);
	assert_memory_equal(t.data + 4,
			    "\x03\x32\x01\0\x80"
			    "DEABC2412345\0",
			    18);
	assert_int_equal(read_q(3, 2), GOOD);
	assert_int_equal(t.data[8], 0);
	assert_int_equal(read_q(3, 6), INVALID_FIELD);
	assert_int_equal(get_be16(t.answer.sense + 16), 6);
	assert_int_equal(read_q(0, 0), INVALID_FIELD);
	assert_int_equal(read_q(4, 0), INVALID_FIELD);
	assert_int_equal(test_read(&t, CDB(0x42, 0, 0, 0, 0, 0, 0, 0, 32), 32), GOOD);
	assert_int_equal(t.answer.transferred, 4);
	close_drive();
}

static void test_position_of_reads(void **state)
{
	(void)state;
	open_drive(NULL);
	assert_int_equal(read_cd(0, 549, 2, 0xf8, 0), GOOD);
	assert_position(NO_STATUS, 2, 0, 550, -50);
	assert_int_equal(read_cd(0, 720, 1, 0xf8, 0), GOOD);
	assert_position(NO_STATUS, 2, 2, 720, 120);
	assert_int_equal(read_cd(0, DATA + 5, 1, 0xf8, 0), GOOD);
	assert_position(NO_STATUS, 4, 1, DATA + 5, 5);
	/* As MSF: 00:11:45 absolute, 00:01:45 in the track. */
	assert_int_equal(read_cd(0, 720, 1, 0xf8, 0), GOOD);
	assert_int_equal(test_read(&t, CDB(0x42, 2, 0x40, 1, 0, 0, 0, 0, 16), 16), GOOD);
	assert_memory_equal(t.data + 8, "\0\0\x0b\x2d\0\0\x01\x2d", 8);
	/* READ HEADER. */
	assert_int_equal(test_read(&t, CDB(0x44, 0, 0, 0, XA >> 8, XA & 255, 0, 0, 8), 8), GOOD);
	assert_int_equal(t.data[0], 2);
	assert_int_equal(get_be32(t.data + 4), XA);
	assert_int_equal(test_read(&t, CDB(0x44, 0, 0, 0, 0, 9, 0, 0, 8), 8), WRONG_MODE);
	close_drive();
}

/* The virtual clock goes on by what commands take: SEEK over the disc takes a while. */
static void let_time_pass(uint64_t us)
{
	struct vdrive_clock_state begin, now;

	vdrive_read_clock(t.drive, &begin);
	do {
		assert_int_equal(test_run(&t, CDB(0x00)), GOOD);
		vdrive_read_clock(t.drive, &now);
	} while (now.elapsed_us - begin.elapsed_us < us);
}

static unsigned audio_status(void)
{
	assert_int_equal(test_read(&t, CDB(0x42, 0, 0x40, 1, 0, 0, 0, 0, 16), 16), GOOD);
	return t.data[1];
}

static void test_playing(void **state)
{
	int32_t paused_lba;

	(void)state;
	open_drive(NULL);
	assert_int_equal(vdrive_set_clock(t.drive, VDRIVE_CLOCK_VIRTUAL, NULL), 0);
	assert_int_equal(audio_status(), NO_STATUS);
	assert_int_equal(test_run(&t, CDB(0x4b)), SEQUENCE_ERROR);
	/* PLAY AUDIO(10) from 300, for four seconds. */
	assert_int_equal(test_run(&t, CDB(0x45, 0, 0, 0, 1, 44, 0, 1, 44)), GOOD);
	assert_int_equal(audio_status(), PLAYING);
	let_time_pass(1000000);
	assert_int_equal(audio_status(), PLAYING);
	assert_in_range(get_be32(t.data + 8), 375, 450);
	assert_int_equal(t.data[6], 1);
	/* PAUSE/RESUME. */
	assert_int_equal(test_run(&t, CDB(0x4b)), GOOD);
	assert_int_equal(audio_status(), PAUSED);
	paused_lba = (int32_t)get_be32(t.data + 8);
	let_time_pass(1000000);
	assert_int_equal(audio_status(), PAUSED);
	assert_int_equal((int32_t)get_be32(t.data + 8), paused_lba);
	assert_int_equal(test_run(&t, CDB(0x4b, 0, 0, 0, 0, 0, 0, 0, 1)), GOOD);
	let_time_pass(1000000);
	assert_in_range(audio_status(), PLAYING, PLAYING);
	assert_in_range((int32_t)get_be32(t.data + 8), paused_lba + 70, paused_lba + 150);
	/* The end is told once. */
	let_time_pass(4000000);
	assert_int_equal(audio_status(), COMPLETED);
	assert_position(NO_STATUS, 2, 0, 599, -1);
	/* STOP PLAY/SCAN, and a read, which needs the pick-up. */
	assert_int_equal(test_run(&t, CDB(0x47, 0, 0, 0, 2, 0, 0, 10, 0)), GOOD);
	assert_int_equal(audio_status(), PLAYING);
	assert_int_equal(test_run(&t, CDB(0x4e)), GOOD);
	assert_int_equal(audio_status(), NO_STATUS);
	assert_int_equal(test_run(&t, CDB(0x47, 0, 0, 0, 2, 0, 0, 10, 0)), GOOD);
	assert_int_equal(read_cd(0, 5, 1, 0xf8, 0), GOOD);
	assert_position(NO_STATUS, 1, 1, 5, 5);
	close_drive();
}

static void test_ends_of_playing(void **state)
{
	const uint8_t stop_at_track[24] = { [8] = 0x0e, [9] = 0x0e, [10] = 0x06, [16] = 1, 0xff, 2, 0xff };

	(void)state;
	open_drive(NULL);
	assert_int_equal(vdrive_set_clock(t.drive, VDRIVE_CLOCK_VIRTUAL, NULL), 0);
	/* Beyond the end of the sound: PLAY AUDIO(12) of a minute from 1500. */
	assert_int_equal(test_run(&t, CDB(0xa5, 0, 0, 0, 1500 >> 8, 1500 & 255, 0, 0, 4500 >> 8, 4500 & 255)), GOOD);
	let_time_pass(2000000);
	assert_int_equal(audio_status(), FAILED);
	/* Data, no length, beyond the disc, MSF that are none. */
	assert_int_equal(test_run(&t, CDB(0x45, 0, 0, 0, DATA >> 8, DATA & 255, 0, 0, 10)), WRONG_MODE);
	assert_information(DATA);
	assert_int_equal(test_run(&t, CDB(0x45, 0, 0, 0, 0, 10)), GOOD);
	assert_int_equal(audio_status(), NO_STATUS);
	assert_int_equal(test_run(&t, CDB(0x45, 0, 0x00, 0x0f, 0, 0, 0, 0, 10)), OUT_OF_RANGE);
	assert_int_equal(test_run(&t, CDB(0x47, 0, 0, 0, 60, 0, 1, 0, 0)), INVALID_FIELD);
	assert_int_equal(test_run(&t, CDB(0x47, 0, 0, 0, 10, 0, 0, 2, 0)), INVALID_FIELD);
	/* SOTC: the end of the track is the end. */
	assert_int_equal(test_write(&t, CDB(0x55, 0x10, 0, 0, 0, 0, 0, 0, 24), stop_at_track, 24), GOOD);
	assert_int_equal(test_run(&t, CDB(0x45, 0, 0, 0, 900 >> 8, 900 & 255, 0, 1, 44)), GOOD);
	let_time_pass(2000000);
	assert_int_equal(audio_status(), COMPLETED);
	assert_int_equal(get_be32(t.data + 8), 999);
	/* SCAN forward from track 1, backwards from 700; eight times as fast. */
	assert_int_equal(test_run(&t, CDB(0xba, 0, 0, 0, 0, 1, 0, 0, 0, 0x80)), GOOD);
	let_time_pass(500000);
	assert_int_equal(audio_status(), PLAYING);
	assert_in_range(get_be32(t.data + 8), 300, 499);
	assert_int_equal(test_run(&t, CDB(0xba, 0x10, 0, 0, 700 >> 8, 700 & 255)), GOOD);
	let_time_pass(2000000);
	assert_int_equal(audio_status(), COMPLETED);
	assert_int_equal(get_be32(t.data + 8), 0);
	close_drive();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_toc),
		cmocka_unit_test(test_raw_toc),
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_capabilities),
		cmocka_unit_test(test_information),
		cmocka_unit_test(test_codes),
		cmocka_unit_test(test_position_of_reads),
		cmocka_unit_test(test_playing),
		cmocka_unit_test(test_ends_of_playing),
	};

	return cmocka_run_group_tests(tests, set_up_cd, tear_down_cd);
}
