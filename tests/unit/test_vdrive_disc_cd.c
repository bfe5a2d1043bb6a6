/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/cd_disc.h"

static void test_audio_session(void **state)
{
	struct disc *disc = create_and_open("cd-r");
	struct cd_layout session = three_tracks();
	const struct cd_layout *layout;

	(void)state;
	assert_int_equal(disc_begin_cd_session(disc, &session, false), 0);
	assert_true(disc_is_session_at_once(disc));
	assert_null(disc_invisible_track(disc));
	assert_track(disc, 2, TRACK_RESERVED, 600, 400);
	assert_unreadable(disc, -150);
	write_audio(disc, -150, 1600);
	/* Nothing behind the lead-out's begin, and nothing out of order before. */
	assert_int_equal(write_sector(disc, 1600, (uint8_t[SECTOR_RAW]){ 0 }), -ENXIO);
	assert_int_equal(disc_close_session(disc, false), 0);
	disc = reopen(disc);
	assert_int_equal(disc_status(disc), DISC_COMPLETE);
	assert_audio(disc, -150, 1600);
	layout = disc_cd_layout(disc);
	assert_true(cd_layout_is_sound(layout));
	assert_int_equal(layout->n_sessions, 1);
	assert_int_equal(layout->sessions[0].lead_out_lba, 1600);
	assert_int_equal(layout->sessions[0].type, CD_TYPE_CDDA_OR_DATA);
	assert_string_equal(layout->mcn, "4012345678901");
	assert_string_equal(layout->tracks[0].isrc, "DEABC2412345");
	assert_int_equal(layout->tracks[1].pregap_lba, 500);
	assert_int_equal(layout->tracks[1].n_indexes, 2);
	assert_int_equal(layout->tracks[1].indexes[1], 999);
	assert_int_equal(disc_track(disc, 1)->control, 2);
	assert_int_equal(disc_track(disc, 1)->data_mode, 15);
	assert_q(disc, -150, 1, 0);
	assert_q(disc, 0, 1, 1);
	assert_q(disc, 599, 2, 0);
	assert_q(disc, 699, 2, 1);
	assert_q(disc, 700, 2, 2);
	assert_q(disc, 999, 2, 3);
	/* The lead-out is silent, 90 seconds long, and the last that there is. */
	assert_empty(disc, 1600, SECTOR_AUDIO);
	assert_q(disc, 1601, 0xaa, 1);
	assert_empty(disc, 1600 + 6749, SECTOR_AUDIO);
	assert_unreadable(disc, 1600 + 6750);
	assert_unreadable(disc, -151);
	assert_unreadable(disc, INT32_MIN);
	assert_unreadable(disc, INT32_MAX);
	disc_close(disc);
}

static void test_session_refuses(void **state)
{
	struct disc *disc = create_and_open("cd-r");
	struct cd_layout session = three_tracks();
	uint8_t sector[SECTOR_RAW] = { 0 };

	(void)state;
	session.tracks[1].pregap_lba = 501;
	assert_int_equal(disc_begin_cd_session(disc, &session, false), -EINVAL);
	session = three_tracks();
	session.tracks[0].pregap_lba = -149;
	assert_int_equal(disc_begin_cd_session(disc, &session, false), -EINVAL);
	session = three_tracks();
	session.tracks[1].indexes[1] = 1000;
	assert_int_equal(disc_begin_cd_session(disc, &session, false), -EINVAL);
	session = three_tracks();
	strcpy(session.tracks[2].isrc, "12");
	assert_int_equal(disc_begin_cd_session(disc, &session, false), -EINVAL);
	session = three_tracks();
	strcpy(session.mcn, "x");
	assert_int_equal(disc_begin_cd_session(disc, &session, false), -EINVAL);
	session = three_tracks();
	session.tracks[2].end_lba = 30001;
	assert_int_equal(disc_begin_cd_session(disc, &session, false), -ENOSPC);
	session.n_tracks = 0;
	assert_int_equal(disc_begin_cd_session(disc, &session, false), -EINVAL);
	assert_int_equal(disc_status(disc), DISC_BLANK);
	session = three_tracks();
	assert_int_equal(disc_begin_cd_session(disc, &session, false), 0);
	assert_int_equal(disc_begin_cd_session(disc, &session, false), -EROFS);
	assert_int_equal(write_sector(disc, 0, sector), -ENXIO);
	assert_int_equal(write_sector(disc, -149, sector), -ENXIO);
	/* User data of Mode 1 do not go into an audio track. */
	assert_int_equal(disc_write(disc, -150, 1, sector), -EBADMSG);
	disc_close(disc);
}

/* Audio, then Mode 1 and both forms of Mode 2 in a later session: CD-Extra and more. */
static void test_mixed_sessions(void **state)
{
	struct disc *disc = create_and_open("cd-r");
	struct cd_layout session = three_tracks();
	static uint8_t user[60 * DISC_SECTOR], back[60 * DISC_SECTOR];
	int32_t start;

	(void)state;
	assert_int_equal(disc_begin_cd_session(disc, &session, true), 0);
	write_audio(disc, -150, 1600);
	assert_int_equal(disc_close_session(disc, false), 0);
	start = disc_invisible_track(disc)->start_lba;
	assert_int_equal(start, 1600 + 11400);
	session = (struct cd_layout){
		.n_tracks = 2,
		.tracks = { { .mode = CD_MODE_1,
			      .control = 4,
			      .pregap_lba = start - 150,
			      .start_lba = start,
			      .end_lba = start + 400 },
			    { .mode = CD_MODE_2_XA,
			      .control = 4,
			      .pregap_lba = start + 400,
			      .start_lba = start + 550,
			      .end_lba = start + 900 } },
	};
	assert_int_equal(disc_begin_cd_session(disc, &session, false), 0);
	/* The pause and the first track partly as user data, which is the same as whole sectors. */
	memset(user, 0, sizeof(user));
	for (int32_t i = 0; i < 60; i++)
		fill(user + i * DISC_SECTOR, DISC_SECTOR, start - 30 + i, 77);
	write_data(disc, start - 150, start - 30, SECTOR_MODE_1);
	assert_int_equal(disc_write(disc, start - 30, 60, user), 0);
	assert_int_equal(disc_track(disc, 4)->n_written, 30);
	write_data(disc, start + 30, start + 400, SECTOR_MODE_1);
	assert_int_equal(disc_write(disc, start + 400, 1, user), -EBADMSG);
	write_data(disc, start + 400, start + 700, SECTOR_MODE_2_FORM_1);
	write_data(disc, start + 700, start + 900, SECTOR_MODE_2_FORM_2);
	assert_int_equal(disc_close_session(disc, false), 0);
	disc = reopen(disc);
	assert_audio(disc, -150, 1600);
	assert_data_sectors(disc, start - 150, start + 400, SECTOR_MODE_1);
	assert_true(disc_is_plain(disc, start, 400));
	assert_non_null(disc_peek(disc, start, 400));
	assert_data_sectors(disc, start + 400, start + 700, SECTOR_MODE_2_FORM_1);
	assert_false(disc_is_plain(disc, start + 399, 2));
	assert_int_equal(disc_read(disc, start + 390, 60, back), 0);
	assert_int_equal(disc_read(disc, start + 690, 60, back), -EBADMSG);
	assert_int_equal(disc_user_run(disc, start + 690, 60), 10);
	assert_int_equal(disc_recorded_run(disc, start + 690, 60), 60);
	assert_int_equal(disc_n_sessions(disc), 2);
	assert_true(cd_layout_is_sound(disc_cd_layout(disc)));
	assert_int_equal(disc_cd_layout(disc)->sessions[1].type, CD_TYPE_XA);
	/* Between the sessions: a lead-out, then nothing until the pause. */
	assert_empty(disc, 1600 + 6749, SECTOR_AUDIO);
	assert_unreadable(disc, 1600 + 6750);
	assert_unreadable(disc, start - 151);
	assert_q(disc, start - 1, 4, 0);
	assert_q(disc, start + 549, 5, 0);
	assert_empty(disc, start + 900, SECTOR_MODE_2_FORM_1);
	assert_unreadable(disc, start + 900 + 2250);
	disc_close(disc);
}

static void test_tracks_at_once(void **state)
{
	struct disc *disc = create_and_open("cd-r");
	uint8_t user[4 * DISC_SECTOR] = { 1, 2, 3 };

	(void)state;
	assert_int_equal(disc_set_mcn(disc, "4012345678901"), 0);
	assert_int_equal(disc_set_mcn(disc, "401234567890"), -EINVAL);
	assert_int_equal(disc_set_next_track(disc, CD_AUDIO, 1, "DEABC2412345"), 0);
	assert_int_equal(disc_set_next_track(disc, CD_AUDIO, 1, "DE"), -EINVAL);
	disc_set_track_run_out(disc, 1);
	assert_int_equal(disc_write(disc, 0, 4, user), -EBADMSG);
	write_audio(disc, 0, 100);
	assert_track(disc, 1, TRACK_OPEN, 0, 30000);
	assert_int_equal(disc_close_track(disc, 1), 0);
	/* Four seconds at least, then the run-out, then a pause that the drive writes. */
	assert_track(disc, 1, TRACK_CLOSED, 0, 302);
	assert_int_equal(disc_set_next_track(disc, CD_MODE_1, 4, NULL), 0);
	disc_set_track_run_out(disc, 2);
	assert_int_equal(disc_invisible_track(disc)->start_lba, 452);
	assert_unreadable(disc, 302);
	assert_int_equal(disc_write(disc, 452, 4, user), 0);
	assert_int_equal(disc_close_session(disc, false), 0);
	disc = reopen(disc);
	assert_audio(disc, 0, 100);
	assert_empty(disc, -150, SECTOR_AUDIO);
	assert_q(disc, -150, 1, 0);
	assert_empty(disc, 100, SECTOR_AUDIO);
	assert_empty(disc, 299, SECTOR_AUDIO);
	assert_int_equal(disc_read(disc, 299, 1, user), -EBADMSG);
	assert_unreadable(disc, 300);
	assert_unreadable(disc, 301);
	assert_empty(disc, 302, SECTOR_MODE_1);
	assert_q(disc, 302, 2, 0);
	assert_empty(disc, 451, SECTOR_MODE_1);
	assert_int_equal(disc_read(disc, 452, 4, user), 0);
	assert_int_equal(user[2], 3);
	assert_unreadable(disc, 752);
	assert_empty(disc, 754, SECTOR_MODE_1);
	assert_true(cd_layout_is_sound(disc_cd_layout(disc)));
	assert_string_equal(disc_cd_layout(disc)->mcn, "4012345678901");
	assert_string_equal(disc_cd_layout(disc)->tracks[0].isrc, "DEABC2412345");
	assert_string_equal(disc_cd_layout(disc)->tracks[1].isrc, "");
	assert_int_equal(disc_set_mcn(disc, ""), -EROFS);
	disc_close(disc);
}

static void test_subchannels(void **state)
{
	struct disc *disc = create_and_open("cd-r");
	struct cd_layout session = three_tracks();
	uint8_t sector[SECTOR_RAW], given[SUBCHANNEL_BYTES], back[SUBCHANNEL_BYTES];

	(void)state;
	session.tracks[2].mode = CD_MODE_1;
	session.tracks[2].control = 4;
	assert_int_equal(disc_begin_cd_session(disc, &session, false), 0);
	for (int32_t lba = -150; lba < 1600; lba++) {
		const struct disc_raw_sector raw = { .sector = sector, .subchannel = lba % 3 == 0 ? given : NULL };

		if (lba < 1000)
			make_audio(sector, lba);
		else
			make_data(sector, lba, SECTOR_MODE_1);
		fill(given, sizeof(given), lba, 9);
		assert_int_equal(disc_write_raw(disc, lba, &raw), 0);
	}
	assert_int_equal(disc_close_session(disc, false), 0);
	disc = reopen(disc);
	assert_audio(disc, -150, 1000);
	assert_data_sectors(disc, 1000, 1600, SECTOR_MODE_1);
	/* Sub-channels do not keep user data from being plain. */
	assert_true(disc_is_plain(disc, 1000, 600));
	for (int32_t lba = -150; lba < 1600; lba++) {
		assert_int_equal(disc_read_raw(disc, lba, sector, back), 0);
		if (lba % 3 == 0)
			fill(given, sizeof(given), lba, 9);
		else
			subchannel_make(given, disc_cd_layout(disc), lba);
		assert_memory_equal(back, given, sizeof(back));
	}
	disc_close(disc);
}

static void test_cd_text(void **state)
{
	struct disc *disc = create_and_open("cd-rw");
	struct cd_layout session = three_tracks();
	static uint8_t packs[DISC_MAX_TEXT_PACKS * 18];
	size_t n_packs;

	(void)state;
	fill(packs, sizeof(packs), 0, 3);
	assert_int_equal(disc_set_cd_text(disc, packs, DISC_MAX_TEXT_PACKS + 1), -EINVAL);
	assert_int_equal(disc_set_cd_text(disc, packs + 18, 20), 0);
	assert_int_equal(disc_set_cd_text(disc, packs, DISC_MAX_TEXT_PACKS), 0);
	assert_int_equal(disc_begin_cd_session(disc, &session, true), 0);
	write_audio(disc, -150, 1600);
	assert_null(disc_cd_text(disc, &n_packs));
	assert_int_equal(disc_close_session(disc, false), 0);
	disc = reopen(disc);
	assert_memory_equal(disc_cd_text(disc, &n_packs), packs, sizeof(packs));
	assert_int_equal(n_packs, DISC_MAX_TEXT_PACKS);
	/* That of a later session changes nothing. */
	assert_int_equal(disc_set_cd_text(disc, packs, 4), 0);
	disc_cd_text(disc, &n_packs);
	assert_int_equal(n_packs, DISC_MAX_TEXT_PACKS);
	assert_int_equal(disc_blank(disc, true), 0);
	disc = reopen(disc);
	assert_null(disc_cd_text(disc, &n_packs));
	assert_int_equal(n_packs, 0);
	disc_close(disc);
}

/* The one track that disc.h has: its pause comes from the drive. */
static void test_session_of_one_track(void **state)
{
	struct disc *disc = create_and_open("cd-r");
	static uint8_t user[400 * DISC_SECTOR];

	(void)state;
	user[5] = 1;
	assert_int_equal(disc_begin_session_at_once(disc, 400, false), 0);
	assert_int_equal(disc_write(disc, -150, 1, user), -ENXIO);
	assert_int_equal(disc_write(disc, 0, 401, user), -ENOSPC);
	assert_int_equal(disc_write(disc, 0, 400, user), 0);
	disc = reopen(disc);
	assert_int_equal(disc_status(disc), DISC_COMPLETE);
	assert_empty(disc, -150, SECTOR_MODE_1);
	assert_true(disc_is_plain(disc, 0, 400));
	assert_int_equal(disc_cd_layout(disc)->sessions[0].lead_out_lba, 400);
	disc_close(disc);
}

/* User data of the pause too, which has no place among those of the disc. */
static void test_pause_of_user_data(void **state)
{
	struct disc *disc = create_and_open("cd-r");
	struct cd_layout session = {
		.n_tracks = 1, .tracks = { { .mode = CD_MODE_1, .control = 4, .pregap_lba = -150, .end_lba = 400 } }
	};
	static uint8_t user[550 * DISC_SECTOR];

	(void)state;
	for (int32_t i = 0; i < 550; i++)
		fill(user + i * DISC_SECTOR, DISC_SECTOR, i - 150, 77);
	assert_int_equal(disc_begin_cd_session(disc, &session, false), 0);
	assert_int_equal(disc_write(disc, -150, 550, user), 0);
	assert_int_equal(disc_close_session(disc, false), 0);
	disc = reopen(disc);
	assert_data_sectors(disc, -150, 400, SECTOR_MODE_1);
	assert_true(disc_is_plain(disc, 0, 400));
	assert_false(disc_is_plain(disc, -1, 1));
	disc_close(disc);
}

/* A track may begin long behind its pause: what some discs hide there. */
static void test_hidden_track(void **state)
{
	struct disc *disc = create_and_open("cd-r");
	struct cd_layout session = {
		.n_tracks = 1, .tracks = { { .mode = CD_AUDIO, .pregap_lba = 0, .start_lba = 1000, .end_lba = 1400 } }
	};

	(void)state;
	/* Without the first two seconds, which the drive then writes. */
	assert_int_equal(disc_begin_cd_session(disc, &session, false), 0);
	write_audio(disc, 0, 1400);
	disc = reopen(disc);
	assert_empty(disc, -150, SECTOR_AUDIO);
	assert_audio(disc, 0, 1400);
	assert_q(disc, 999, 1, 0);
	assert_int_equal(disc_cd_layout(disc)->tracks[0].pregap_lba, -150);
	assert_int_equal(disc_cd_layout(disc)->tracks[0].start_lba, 1000);
	disc_close(disc);
}

static void test_most_tracks_and_indexes(void **state)
{
	struct disc *disc = create_and_open("cd-r");
	struct cd_layout *session = calloc(1, sizeof(*session));
	const struct cd_layout *layout;

	(void)state;
	assert_non_null(session);
	session->n_tracks = CD_MAX_TRACKS;
	for (int32_t i = 0; i < CD_MAX_TRACKS; i++) {
		struct cd_track *track = &session->tracks[i];

		*track = (struct cd_track){ .mode = CD_MODE_2_CDI,
					    .control = 15,
					    .pregap_lba = i > 0 ? i * 300 : -150,
					    .start_lba = i * 300,
					    .end_lba = i * 300 + 300,
					    .n_indexes = CD_MAX_INDEXES - 1 };
		snprintf(track->isrc, sizeof(track->isrc), "DEABC24123%02d", i);
		for (int32_t k = 0; k < CD_MAX_INDEXES - 1; k++)
			track->indexes[k] = track->start_lba + 3 + k * 3;
	}
	assert_int_equal(disc_begin_cd_session(disc, session, true), 0);
	/* As good as killed: the state is in the file as it is. */
	layout = disc_cd_layout(disc);
	assert_true(cd_layout_is_sound(layout));
	for (unsigned i = 0; i < CD_MAX_TRACKS; i++) {
		assert_memory_equal(layout->tracks[i].indexes, session->tracks[i].indexes,
				    sizeof(session->tracks[i].indexes));
		assert_string_equal(layout->tracks[i].isrc, session->tracks[i].isrc);
	}
	free(session);
	disc_close(disc);
}

static void test_pressed(void **state)
{
	uint8_t image[3 * DISC_SECTOR - 100], sector[SECTOR_RAW];
	struct disc *disc;
	FILE *file = fopen(path, "w");

	(void)state;
	assert_non_null(file);
	memset(image, 7, sizeof(image));
	assert_int_equal(fwrite(image, sizeof(image), 1, file), 1);
	fclose(file);
	disc = open_disc();
	assert_true(disc_is_cd(disc));
	assert_true(cd_layout_is_sound(disc_cd_layout(disc)));
	assert_int_equal(disc_cd_layout(disc)->tracks[0].end_lba, 3);
	assert_int_equal(disc_read_raw(disc, 2, sector, NULL), 0);
	assert_int_equal(sector[SECTOR_USER_AT], 7);
	assert_int_equal(sector[SECTOR_EDC_AT - 1], 0);
	assert_true(sector_is_sound(sector));
	assert_empty(disc, -1, SECTOR_MODE_1);
	assert_empty(disc, 3, SECTOR_MODE_1);
	assert_q(disc, -150, 1, 0);
	assert_int_equal(write_sector(disc, 0, sector), -EROFS);
	assert_int_equal(disc_set_mcn(disc, ""), -EROFS);
	assert_int_equal(disc_set_cd_text(disc, sector, 1), -EROFS);
	disc_close(disc);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_audio_session, remove_disc),
		cmocka_unit_test_teardown(test_session_refuses, remove_disc),
		cmocka_unit_test_teardown(test_mixed_sessions, remove_disc),
		cmocka_unit_test_teardown(test_tracks_at_once, remove_disc),
		cmocka_unit_test_teardown(test_subchannels, remove_disc),
		cmocka_unit_test_teardown(test_cd_text, remove_disc),
		cmocka_unit_test_teardown(test_session_of_one_track, remove_disc),
		cmocka_unit_test_teardown(test_pause_of_user_data, remove_disc),
		cmocka_unit_test_teardown(test_hidden_track, remove_disc),
		cmocka_unit_test_teardown(test_most_tracks_and_indexes, remove_disc),
		cmocka_unit_test_teardown(test_pressed, remove_disc),
	};

	return cmocka_run_group_tests(tests, set_up_folder, tear_down_folder);
}
