/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the drive tells of a disc on which something has been written: sessions, the next address, damage. */
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "support/virtual_drive.h"
#include "unit/unit.h"

enum { N_SECTORS = 40000, N_WRITTEN = 320, N_CHUNK = 32 };

enum { TRACK_AT_ONCE = 1, SESSION_AT_ONCE = 2 };

/** Write parameters for a CD: more sessions may follow. */
static void select_multi_session(struct test_drive *t, uint8_t write_type)
{
	uint8_t list[8 + 0x34] = { [8] = 5, [9] = 0x32, 0x40, 0xc4, 8, [8 + 15] = 150 };

	list[8 + 2] |= write_type;
	assert_int_equal(test_write(t, CDB(0x55, 0x10, 0, 0, 0, 0, 0, 0, sizeof(list)), list, sizeof(list)), 0);
}

static void write_sectors(struct test_drive *t, uint32_t lba, uint32_t n_sectors)
{
	static uint8_t data[N_CHUNK * 2048];
	uint8_t cdb[12] = { 0x2a, [8] = N_CHUNK };

	for (uint32_t at = 0; at < n_sectors; at += N_CHUNK) {
		put_be32(cdb + 2, lba + at);
		memset(data, (int)(at & 0xff), sizeof(data));
		assert_int_equal(test_write(t, cdb, data, sizeof(data)), 0);
	}
}

/** SYNCHRONIZE CACHE, CLOSE TRACK, CLOSE SESSION. */
static void close_session(struct test_drive *t)
{
	assert_int_equal(test_run(t, CDB(0x35)), 0);
	assert_int_equal(test_run(t, CDB(0x5b, 0, 1, 0, 0, 1)), 0);
	assert_int_equal(test_run(t, CDB(0x5b, 0, 2)), 0);
}

static void test_open_cd_track(void **state)
{
	struct test_drive t;

	(void)state;
	test_drive_open(&t, "cd-r", N_SECTORS);
	select_multi_session(&t, TRACK_AT_ONCE);
	write_sectors(&t, 0, N_WRITTEN);
	assert_int_equal(test_read(&t, CDB(0x51, 0, 0, 0, 0, 0, 0, 0, 34), 34), 0);
	/* Appendable, last session incomplete. */
	assert_int_equal(t.data[2], 0x05);
	assert_int_equal(test_read(&t, CDB(0x52, 1, 0, 0, 0, 1, 0, 0, 36), 36), 0);
	assert_int_equal(t.data[6] & 0xc0, 0);
	assert_int_equal(t.data[7] & 1, 1);
	assert_int_equal(get_be32(t.data + 12), N_WRITTEN);
	assert_int_equal(get_be32(t.data + 16), N_SECTORS - N_WRITTEN);
	/* Nothing is in a lead-in. */
	assert_int_equal(test_read(&t, CDB(0x43, 2, 0, 0, 0, 0, 0, 0, 100), 100), 0x52400);
	assert_int_equal(test_read(&t, CDB(0x43, 2, 2, 0, 0, 0, 0, 0, 100), 100), 0x52400);
	test_drive_close(&t);
}

static void test_multi_session_cd(void **state)
{
	/* Lead-out after the two run-out sectors; the next session 11400 sectors behind it (Orange Book). */
	enum { LEAD_OUT = N_WRITTEN + 2, NEXT = LEAD_OUT + 11400 };
	struct test_drive t;
	uint8_t msf[3];

	(void)state;
	test_drive_open(&t, "cd-r", N_SECTORS);
	select_multi_session(&t, TRACK_AT_ONCE);
	write_sectors(&t, 0, N_WRITTEN);
	close_session(&t);
	assert_int_equal(test_read(&t, CDB(0x51, 0, 0, 0, 0, 0, 0, 0, 34), 34), 0);
	assert_int_equal(t.data[2], 0x01);
	assert_memory_equal(t.data + 4, "\x02\x02\x02", 3);
	/* The lead-in of the next session is a minute long and ends two seconds before it. */
	msf[0] = (NEXT - 4500) / 4500;
	msf[1] = (NEXT - 4500) / 75 % 60;
	msf[2] = (NEXT - 4500) % 75;
	assert_memory_equal(t.data + 17, msf, 3);
	assert_int_equal(test_read(&t, CDB(0x52, 1, 0, 0, 0, 0xff, 0, 0, 36), 36), 0);
	assert_int_equal(t.data[2], 2);
	assert_int_equal(t.data[3], 2);
	assert_int_equal(get_be32(t.data + 12), NEXT);
	assert_int_equal(get_be32(t.data + 16), N_SECTORS - NEXT);
	assert_int_equal(test_read(&t, CDB(0x43, 0, 0, 0, 0, 0, 0, 0, 100), 100), 0);
	assert_int_equal(t.answer.transferred, 20);
	assert_int_equal(get_be32(t.data + 16), LEAD_OUT);
	assert_int_equal(test_read(&t, CDB(0x25), 8), 0);
	assert_int_equal(get_be32(t.data), LEAD_OUT - 1);
	/* A0, A1, A2, track 1, B0 with the begin of the next pause, C0 with the lead-in of the ATIP. */
	assert_int_equal(test_read(&t, CDB(0x43, 2, 2, 0, 0, 0, 0, 0, 100), 100), 0);
	assert_int_equal(t.answer.transferred, 4 + 6 * 11);
	assert_int_equal(t.data[4 + 44 + 1], 0x54);
	assert_int_equal(t.data[4 + 44 + 3], 0xb0);
	msf[0] = NEXT / 4500;
	msf[1] = NEXT / 75 % 60;
	msf[2] = NEXT % 75;
	assert_memory_equal(t.data + 4 + 44 + 4, msf, 3);
	assert_int_equal(t.data[4 + 55 + 3], 0xc0);
	assert_memory_equal(t.data + 4 + 55 + 8, "\x61\x0c\x00", 3);
	/* The program memory area has the track from 00:02:00 to its end. */
	assert_int_equal(test_read(&t, CDB(0x43, 2, 3, 0, 0, 0, 0, 0, 100), 100), 0);
	assert_int_equal(t.answer.transferred, 4 + 11);
	assert_memory_equal(t.data + 4 + 8, "\x00\x02\x00", 3);
	test_drive_close(&t);
}

static void test_announced_session(void **state)
{
	/* Lead-in, pause, track of 320 sectors from 00:02:00, lead-out at 00:06:20. */
	static const uint8_t cue_sheet[] = {
		0x41, 0x00, 0x00, 0x14, 0, 0, 0, 0, 0x41, 0x01, 0x00, 0x10, 0, 0, 0, 0,
		0x41, 0x01, 0x01, 0x10, 0, 0, 2, 0, 0x41, 0xaa, 0x01, 0x14, 0, 0, 6, 20,
	};
	static const uint8_t zeros[2048];
	struct test_drive t;

	(void)state;
	test_drive_open(&t, "cd-r", N_SECTORS);
	select_multi_session(&t, SESSION_AT_ONCE);
	assert_int_equal(test_write(&t, CDB(0x5d, 0, 0, 0, 0, 0, 0, 0, 32), cue_sheet, 32), 0);
	assert_int_equal(test_read(&t, CDB(0x52, 1, 0, 0, 0, 0xff, 0, 0, 36), 36), 0);
	assert_int_equal(t.data[6] & 0xc0, 0x40);
	assert_int_equal((int32_t)get_be32(t.data + 12), -150);
	assert_int_equal(test_write(&t, CDB(0x2a, 0, 0xff, 0xff, 0xff, 0x6a, 0, 0, 1), zeros, 2048), 0);
	/* The invisible track has become the announced one, which is to be written from its pause on. */
	assert_int_equal(test_read(&t, CDB(0x52, 1, 0, 0, 0, 0xff, 0, 0, 36), 36), 0);
	assert_int_equal(t.data[2], 1);
	assert_int_equal(t.data[6] & 0xc0, 0xc0);
	assert_int_equal(t.data[7] & 1, 1);
	assert_int_equal((int32_t)get_be32(t.data + 12), -149);
	assert_int_equal(get_be32(t.data + 24), N_WRITTEN);
	test_drive_close(&t);
}

static void test_appended_dvd(void **state)
{
	struct test_drive t;

	(void)state;
	test_drive_open(&t, "dvd+r", N_SECTORS);
	write_sectors(&t, 0, N_WRITTEN);
	close_session(&t);
	assert_int_equal(test_read(&t, CDB(0x51, 0, 0, 0, 0, 0, 0, 0, 34), 34), 0);
	assert_int_equal(t.data[2], 0x01);
	assert_int_equal(test_read(&t, CDB(0x52, 1, 0, 0, 0, 1, 0, 0, 36), 36), 0);
	assert_int_equal(t.data[7], 2);
	assert_int_equal(get_be32(t.data + 24), N_WRITTEN);
	assert_int_equal(get_be32(t.data + 28), N_WRITTEN - 1);
	/* By session, by address, and the first one from there on that takes data. */
	assert_int_equal(test_read(&t, CDB(0x52, 2, 0, 0, 0, 2, 0, 0, 36), 36), 0);
	assert_int_equal(t.data[2], 2);
	assert_int_equal(test_read(&t, CDB(0x52, 0, 0, 0, 0, 5, 0, 0, 36), 36), 0);
	assert_int_equal(t.data[2], 1);
	assert_int_equal(test_read(&t, CDB(0x52, 5, 0, 0, 0, 1, 0, 0, 36), 36), 0);
	assert_int_equal(t.data[2], 2);
	/* Finalised: write features are gone, DVD+R is still what it is. */
	assert_int_equal(test_run(&t, CDB(0x5b, 0, 6)), 0);
	assert_int_equal(test_read(&t, CDB(0x51, 0, 0, 0, 0, 0, 0, 0, 34), 34), 0);
	assert_int_equal(t.data[2] & 3, 2);
	assert_int_equal(test_read(&t, CDB(0x52, 1, 0, 0, 0, 0xff, 0, 0, 36), 36), 0x52400);
	assert_int_equal(test_read(&t, CDB(0xac, 0x14, 0, 0, 0, 0, 0, 0, 0, 1, 0x00), 24), 0);
	assert_int_equal(t.answer.transferred, 8);
	test_drive_close(&t);
}

static void test_more_tracks_than_a_toc_has(void **state)
{
	enum { N_TRACKS = 101 };
	uint8_t reserve[12] = { 0x53, [8] = N_CHUNK };
	struct test_drive t;

	(void)state;
	test_drive_open(&t, "bd-r", N_SECTORS);
	for (unsigned i = 0; i < N_TRACKS; i++) {
		assert_int_equal(test_run(&t, reserve), 0);
		write_sectors(&t, i * N_CHUNK, N_CHUNK);
		assert_int_equal(test_run(&t, CDB(0x5b, 0, 1, 0, 0, (uint8_t)(i + 1))), 0);
	}
	assert_int_equal(test_run(&t, CDB(0x5b, 0, 2)), 0);
	assert_int_equal(test_read(&t, CDB(0x43, 0, 0, 0, 0, 0, 0, 4, 0), 1024), 0);
	assert_int_equal(t.answer.transferred, 4 + 8 * 100);
	assert_int_equal(t.data[3], 99);
	assert_int_equal(t.data[4 + 8 * 99 + 2], 0xaa);
	assert_int_equal(get_be32(t.data + 4 + 8 * 99 + 4), N_TRACKS * N_CHUNK);
	test_drive_close(&t);
}

/** Copies the medium as it is in the middle of a burn: what is left after a power loss. */
static void copy_file(const char *from, const char *to)
{
	FILE *in = fopen(from, "rb"), *out = fopen(to, "wb");
	char buffer[65536];
	size_t n;

	assert_non_null(in);
	assert_non_null(out);
	while ((n = fread(buffer, 1, sizeof(buffer), in)) > 0)
		assert_int_equal(fwrite(buffer, 1, n, out), n);
	fclose(in);
	assert_int_equal(fclose(out), 0);
}

static void test_power_loss(void **state)
{
	static const char *const media[] = { "cd-r", "dvd+r", "bd-r" };

	(void)state;
	for (size_t i = 0; i < sizeof(media) / sizeof(media[0]); i++) {
		struct test_drive t;
		char path[128];

		test_drive_open(&t, media[i], 2048);
		write_sectors(&t, 0, N_WRITTEN);
		snprintf(path, sizeof(path), "%s/copy", t.folder);
		copy_file(t.path, path);
		vdrive_open_tray(t.drive);
		assert_int_equal(vdrive_insert(t.drive, path, NULL, NULL), 0);
		assert_int_equal(test_run(&t, CDB(0x00)), 0x62800);
		assert_int_equal(test_read(&t, CDB(0x51, 0, 0, 0, 0, 0, 0, 0, 34), 34), 0);
		assert_int_equal(t.data[2] & 0x0f, 0x05);
		assert_int_equal(test_read(&t, CDB(0x52, 1, 0, 0, 0, 1, 0, 0, 36), 36), 0);
		/* Damaged, and no next writable address. */
		assert_int_equal(t.data[5] & 0x20, 0x20);
		assert_int_equal(t.data[7] & 1, 0);
		assert_int_equal(get_be32(t.data + 16), 0);
		assert_int_equal(remove(path), 0);
		test_drive_close(&t);
	}
}

static void test_formatted_dvd_plus_rw(void **state)
{
	static const uint8_t list[12] = { 0, 2, 0, 8, 0xff, 0xff, 0xff, 0xff, 0x26 << 2 };
	struct test_drive t;

	(void)state;
	test_drive_open(&t, "dvd+rw", N_SECTORS);
	assert_int_equal(test_write(&t, CDB(0x04, 0x11), list, sizeof(list)), 0);
	assert_int_equal(test_read(&t, CDB(0x51, 0, 0, 0, 0, 0, 0, 0, 34), 34), 0);
	assert_int_equal(t.data[2] & 0x10, 0x10);
	assert_int_equal(t.data[7] & 3, 2);
	assert_int_equal(test_read(&t, CDB(0x23, 0, 0, 0, 0, 0, 0, 0, 255), 255), 0);
	assert_int_equal(t.data[8], 2);
	assert_int_equal(get_be32(t.data + 4), N_SECTORS);
	assert_int_equal(test_read(&t, CDB(0x25), 8), 0);
	assert_int_equal(get_be32(t.data), N_SECTORS - 1);
	/* One track that can be written anywhere has no next address. */
	assert_int_equal(test_read(&t, CDB(0x52, 1, 0, 0, 0, 1, 0, 0, 36), 36), 0);
	assert_int_equal(t.data[7], 0);
	test_drive_close(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_open_cd_track),
		cmocka_unit_test(test_multi_session_cd),
		cmocka_unit_test(test_announced_session),
		cmocka_unit_test(test_appended_dvd),
		cmocka_unit_test(test_more_tracks_than_a_toc_has),
		cmocka_unit_test(test_power_loss),
		cmocka_unit_test(test_formatted_dvd_plus_rw),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
