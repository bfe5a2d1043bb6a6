/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is left of a virtual CD after blanking, kills and power losses, and what its file may say. */
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "unit/cd_disc.h"
#include "vdrive/disc_state.h"

static void test_blanking(void **state)
{
	struct disc *disc = create_and_open("cd-rw");
	struct cd_layout session = three_tracks();
	uint8_t sector[SECTOR_RAW] = { 0 }, user[DISC_SECTOR];
	struct stat full, blank;
	int32_t start;

	(void)state;
	assert_int_equal(disc_begin_cd_session(disc, &session, true), 0);
	write_audio(disc, -150, 1600);
	assert_int_equal(disc_close_session(disc, false), 0);
	start = disc_invisible_track(disc)->start_lba;
	assert_int_equal(disc_set_next_track(disc, CD_AUDIO, 0, ""), 0);
	write_audio(disc, start, start + 400);
	assert_int_equal(disc_close_session(disc, false), 0);
	assert_int_equal(disc_blank_session(disc), 0);
	disc = reopen(disc);
	assert_audio(disc, -150, 1600);
	assert_unreadable(disc, start);
	assert_unreadable(disc, start - 150);
	assert_string_equal(disc_cd_layout(disc)->mcn, "4012345678901");
	assert_int_equal(disc_keeping(disc, start), 0);
	assert_int_equal(stat(path, &full), 0);
	assert_int_equal(disc_blank(disc, true), 0);
	disc = reopen(disc);
	assert_int_equal(stat(path, &blank), 0);
	assert_true(blank.st_blocks < full.st_blocks / 4);
	assert_int_equal(disc_status(disc), DISC_BLANK);
	assert_unreadable(disc, -150);
	assert_unreadable(disc, 0);
	assert_string_equal(disc_cd_layout(disc)->mcn, "");
	/* Written as user data now, nothing of what was there is seen. */
	assert_int_equal(disc_write(disc, 0, 1, sector), 0);
	assert_int_equal(disc_close_session(disc, true), 0);
	disc = reopen(disc);
	assert_int_equal(disc_read(disc, 0, 1, user), 0);
	assert_empty(disc, 0, SECTOR_MODE_1);
	assert_q(disc, -1, 1, 0);
	assert_string_equal(disc_cd_layout(disc)->tracks[0].isrc, "");
	disc_close(disc);
}

/* Writes until it is killed, without a chance to close anything. */
static void write_until_killed(const struct cd_layout *session, int32_t begin, int32_t end)
{
	pid_t pid = fork();
	int status;

	assert_true(pid >= 0);
	if (pid == 0) {
		struct disc *disc = open_disc();

		if (session != NULL)
			assert_int_equal(disc_begin_cd_session(disc, session, false), 0);
		else
			assert_int_equal(disc_set_next_track(disc, CD_AUDIO, 0, ""), 0);
		write_audio(disc, begin, end);
		raise(SIGKILL);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status));
}

static void test_killed_in_second_track(void **state)
{
	struct cd_layout session = three_tracks();
	struct disc *disc = create_and_open("cd-r");

	(void)state;
	disc_close(disc);
	write_until_killed(&session, -150, 650);
	disc = open_disc();
	assert_track(disc, 1, TRACK_CLOSED, 0, 500);
	assert_track(disc, 2, TRACK_DAMAGED, 600, 50);
	assert_int_equal(disc_n_tracks(disc), 2);
	assert_audio(disc, -150, 650);
	assert_unreadable(disc, 650);
	/* The index that was never written is gone with its sectors. */
	assert_int_equal(disc_cd_layout(disc)->tracks[1].n_indexes, 0);
	assert_true(cd_layout_is_sound(disc_cd_layout(disc)));
	assert_int_equal(disc_close_session(disc, false), 0);
	disc = reopen(disc);
	assert_int_equal(disc_status(disc), DISC_COMPLETE);
	assert_audio(disc, -150, 650);
	assert_empty(disc, 650, SECTOR_AUDIO);
	disc_close(disc);
}

static void test_killed_in_pauses(void **state)
{
	struct cd_layout session = three_tracks();
	struct disc *disc = create_and_open("cd-rw");

	(void)state;
	disc_close(disc);
	/* In the first pause: there is no track that could be damaged. */
	write_until_killed(&session, -150, -50);
	disc = open_disc();
	assert_int_equal(disc_status(disc), DISC_BLANK);
	assert_string_equal(disc_cd_layout(disc)->mcn, "");
	disc_close(disc);
	write_until_killed(&session, -150, 550);
	disc = open_disc();
	assert_track(disc, 1, TRACK_DAMAGED, 0, 500);
	assert_int_equal(disc_n_tracks(disc), 1);
	assert_int_equal(disc_blank(disc, true), 0);
	disc_close(disc);
	/* All of it was written but the lead-out. */
	write_until_killed(&session, -150, 1600);
	disc = open_disc();
	assert_int_equal(disc_n_tracks(disc), 3);
	assert_int_equal(disc_close_session(disc, false), 0);
	assert_track(disc, 3, TRACK_CLOSED, 1000, 600);
	assert_audio(disc, -150, 1600);
	disc_close(disc);
}

static void test_killed_in_audio_track(void **state)
{
	struct disc *disc = create_and_open("cd-r");

	(void)state;
	disc_close(disc);
	write_until_killed(NULL, 0, 77);
	disc = open_disc();
	assert_track(disc, 1, TRACK_DAMAGED, 0, 77);
	assert_audio(disc, 0, 77);
	assert_unreadable(disc, 77);
	assert_int_equal(disc_close_track(disc, 1), 0);
	disc = reopen(disc);
	assert_int_equal(disc_track(disc, 1)->mode, CD_AUDIO);
	assert_audio(disc, 0, 77);
	disc_close(disc);
}

static void test_power_loss(void **state)
{
	struct cd_layout session = three_tracks();
	struct disc *disc = create_and_open("cd-rw");

	(void)state;
	assert_int_equal(disc_begin_cd_session(disc, &session, false), 0);
	write_audio(disc, -150, 620);
	/* What was in the buffer belongs to two tracks. */
	disc_lose_power(disc, 150);
	assert_int_equal(disc_n_tracks(disc), 1);
	assert_track(disc, 1, TRACK_DAMAGED, 0, 470);
	assert_audio(disc, -150, 470);
	assert_unreadable(disc, 470);
	assert_int_equal(write_sector(disc, 470, (uint8_t[SECTOR_RAW]){ 0 }), -ENXIO);
	assert_int_equal(disc_blank(disc, true), 0);
	assert_int_equal(disc_begin_cd_session(disc, &session, false), 0);
	write_audio(disc, -150, -20);
	disc_lose_power(disc, 1000);
	assert_int_equal(disc_status(disc), DISC_BLANK);
	assert_unreadable(disc, -150);
	disc_close(disc);
}

static void test_eject_settles(void **state)
{
	struct cd_layout session = three_tracks();
	struct disc *disc = create_and_open("cd-r");

	(void)state;
	assert_int_equal(disc_begin_cd_session(disc, &session, true), 0);
	write_audio(disc, -150, 1600);
	disc = reopen(disc);
	assert_int_equal(disc_status(disc), DISC_APPENDABLE);
	assert_int_equal(disc_session(disc, 1)->status, DISC_SESSION_COMPLETE);
	assert_non_null(disc_invisible_track(disc));
	disc_close(disc);
}

/* Made by a version that knew user data only: the file ends with them. */
static void test_old_file(void **state)
{
	struct disc *disc = create_and_open("cd-r");
	uint8_t user[DISC_SECTOR] = { 9 };
	struct stat status;
	off_t end;

	(void)state;
	end = (off_t)(disc->state.data_offset + 30000 * (uint64_t)DISC_SECTOR);
	disc_set_track_run_out(disc, 1);
	assert_int_equal(disc_write(disc, 0, 1, user), 0);
	assert_int_equal(disc_close_session(disc, false), 0);
	disc_close(disc);
	assert_int_equal(stat(path, &status), 0);
	/* What has only user data is still as such a version wrote it. */
	assert_int_equal(status.st_size, end);
	disc = open_disc();
	assert_q(disc, 0, 1, 1);
	assert_int_equal(disc_set_next_track(disc, CD_AUDIO, 0, ""), 0);
	write_audio(disc, 302 + 11400, 302 + 11400 + 300);
	assert_int_equal(disc_close_session(disc, false), 0);
	disc = reopen(disc);
	assert_audio(disc, 302 + 11400, 302 + 11400 + 300);
	assert_int_equal(disc_read(disc, 0, 1, user), 0);
	assert_int_equal(user[0], 9);
	disc_close(disc);
}

static const char head[] = "sequence=1\nmedia=cd-r\nsectors=30000\nspares=0\nsector-bytes=2048\ndata-offset=196608\n"
			   "identifier=1\nin-use=no\nfinal=no\nbackground-format=none\n";

/* 0 or what the parser says to a body with this line about the disc and this one about its second track. */
static int parse(const char *cd, const char *track)
{
	struct disc_state *state = malloc(sizeof(*state));
	char body[4096], text[4096];
	int ret;

	assert_non_null(state);
	snprintf(body, sizeof(body),
		 "%s%ssession-at-once=no\nmulti-session=no\nclosed-sessions=1\ntracks=2\n"
		 "track number=1 session=1 state=closed start=0 sectors=300 written=300 control=0 mode=15 run-out=no\n"
		 "track number=2 session=1 state=closed start=450 sectors=300 written=300 control=4 mode=1 "
		 "run-out=no\n%send\n",
		 head, cd, track);
	snprintf(text, sizeof(text), DISC_MAGIC "%d\nchecksum=%08x\n%s", DISC_FORMAT,
		 disc_text_checksum(body, strlen(body)), body);
	ret = disc_state_parse(text, strlen(text), state, &err);
	free(state);
	return ret;
}

static void test_hostile_text(void **state)
{
	static const char *const tracks[] = {
		"cd-track pause=299 form=audio isrc= indexes=\n",
		"cd-track pause=451 form=audio isrc= indexes=\n",
		"cd-track pause=400 form=video isrc= indexes=\n",
		"cd-track pause=400 form=audio isrc=DEABC241234 indexes=\n",
		"cd-track pause=400 form=audio isrc=DEABC241234567890123456789 indexes=\n",
		"cd-track pause=400 form=audio indexes=\n",
		"cd-track pause=400 form=audio isrc=\n",
		"cd-track pause=400 form=audio isrc= indexes=0\n",
		"cd-track pause=400 form=audio isrc= indexes=300\n",
		"cd-track pause=400 form=audio isrc= indexes=-1\n",
		"cd-track pause=400 form=audio isrc= indexes=1,\n",
		"cd-track pause=400 form=audio isrc= indexes=100,100,100\n",
		"cd-track pause=400 form=audio isrc= "
		"indexes=1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,"
		"1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,"
		"1,1,1,1,"
		"1,1,1,1,1,1,1,1,1,1,1,1,1\n",
	};
	static const char *const discs[] = {
		"cd text-packs=2049 text-session=1 mcn=\n",
		"cd text-packs=1 text-session=0 mcn=\n",
		"cd text-packs=1 text-session=1\n",
		"cd text-packs=1 text-session=1 mcn=401234567890a\n",
		"cd text-packs=-1 text-session=1 mcn=\n",
		"cd text-packs=1 text-session=100 mcn=\n",
		"cd text-packs=1 mcn=\n",
		"cd text-packs=1 text-session=1 mcn=40123456789012\n",
	};

	(void)state;
	assert_int_equal(parse("", ""), 0);
	assert_int_equal(parse("cd text-packs=5 text-session=1 mcn=4012345678901\n",
			       "cd-track pause=400 form=mode-2-xa isrc=DEABC2412345 indexes=1,298\n"),
			 0);
	for (size_t i = 0; i < sizeof(tracks) / sizeof(tracks[0]); i++)
		if (parse("", tracks[i]) != -EINVAL)
			fail_msg("%s", tracks[i]);
	for (size_t i = 0; i < sizeof(discs) / sizeof(discs[0]); i++)
		if (parse(discs[i], "") != -EINVAL)
			fail_msg("%s", discs[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_blanking, remove_disc),
		cmocka_unit_test_teardown(test_killed_in_second_track, remove_disc),
		cmocka_unit_test_teardown(test_killed_in_pauses, remove_disc),
		cmocka_unit_test_teardown(test_killed_in_audio_track, remove_disc),
		cmocka_unit_test_teardown(test_power_loss, remove_disc),
		cmocka_unit_test_teardown(test_eject_settles, remove_disc),
		cmocka_unit_test_teardown(test_old_file, remove_disc),
		cmocka_unit_test(test_hostile_text),
	};

	return cmocka_run_group_tests(tests, set_up_folder, tear_down_folder);
}
