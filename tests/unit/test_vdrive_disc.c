/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "vdrive/disc_state.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "unit/unit.h"

static char folder[] = "/tmp/discern-unit.XXXXXX";
static char path[64];
static uint8_t data[1024 * DISC_SECTOR], back[1024 * DISC_SECTOR];
static struct discern_error err;

static int set_up_folder(void **state)
{
	(void)state;
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/disc", folder);
	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)(i * 7 + i / DISC_SECTOR + 1);
	return 0;
}

static int tear_down_folder(void **state)
{
	(void)state;
	return rmdir(folder);
}

static int remove_disc(void **state)
{
	(void)state;
	unlink(path);
	return 0;
}

static void create(const char *media, uint32_t n_sectors)
{
	const struct vdrive_disc_options options = { .media = media, .n_sectors = n_sectors };

	assert_int_equal(vdrive_disc_create(path, &options, &err), 0);
}

static struct disc *open_disc(void)
{
	struct disc *disc = NULL;

	if (disc_open(path, NULL, &disc, &err) < 0)
		fail_msg("%s", err.text);
	return disc;
}

static struct disc *reopen(struct disc *disc)
{
	disc_close(disc);
	return open_disc();
}

static struct disc *create_and_open(const char *media, uint32_t n_sectors)
{
	create(media, n_sectors);
	return open_disc();
}

static void assert_track(const struct disc *disc, unsigned number, enum disc_track_state state, int32_t start,
			 uint32_t n_sectors)
{
	const struct disc_track *track = disc_track(disc, number);

	assert_non_null(track);
	assert_int_equal(track->state, state);
	assert_int_equal(track->start_lba, start);
	assert_int_equal(track->n_sectors, n_sectors);
}

static void assert_data(struct disc *disc, int32_t lba, uint32_t n_sectors, const uint8_t *expected)
{
	const uint8_t *mapped;

	assert_int_equal(disc_read(disc, lba, n_sectors, back), 0);
	assert_memory_equal(back, expected, (size_t)n_sectors * DISC_SECTOR);
	mapped = disc_peek(disc, lba, n_sectors);
	assert_non_null(mapped);
	assert_memory_equal(mapped, expected, (size_t)n_sectors * DISC_SECTOR);
}

static void assert_blank(struct disc *disc, int32_t lba)
{
	assert_int_equal(disc_read(disc, lba, 1, back), -ENXIO);
	assert_null(disc_peek(disc, lba, 1));
}

static void test_create(void **state)
{
	struct vdrive_disc_options options = { .media = "bd-r" };
	struct stat status;
	struct disc *disc;

	(void)state;
	create("bd-r", 0);
	assert_int_equal(stat(path, &status), 0);
	assert_true(status.st_blocks * 512 <= 16384);
	assert_int_equal(vdrive_disc_create(path, &options, &err), -EEXIST);
	disc = open_disc();
	assert_int_equal(disc_capacity(disc), 12219392);
	assert_int_equal(disc_status(disc), DISC_BLANK);
	assert_int_equal(disc_profile(disc)->number, DISCERN_PROFILE_BD_R);
	assert_int_equal(disc_n_sessions(disc), 1);
	assert_int_equal(disc_session(disc, 1)->status, DISC_SESSION_EMPTY);
	assert_int_equal(disc_n_tracks(disc), 1);
	assert_track(disc, 1, TRACK_INVISIBLE, 0, 12219392);
	assert_int_equal(disc_recorded_end(disc), 0);
	assert_blank(disc, 0);
	disc_close(disc);
}

static void test_create_refuses(void **state)
{
	struct vdrive_disc_options options = { .media = "hd-dvd" };

	(void)state;
	assert_int_equal(vdrive_disc_create(path, &options, &err), -EINVAL);
	assert_non_null(strstr(err.text, "hd-dvd"));
	assert_non_null(strstr(err.hint, "bd-re-dl or bd-re-tl"));
	options = (struct vdrive_disc_options){ .media = "dvd-rom" };
	assert_int_equal(vdrive_disc_create(path, &options, &err), -EINVAL);
	options = (struct vdrive_disc_options){ .media = "cd-r", .n_sectors = 445001 };
	assert_int_equal(vdrive_disc_create(path, &options, &err), -EINVAL);
	options = (struct vdrive_disc_options){ .media = "dvd+r", .n_sectors = 15 };
	assert_int_equal(vdrive_disc_create(path, &options, &err), -EINVAL);
	options = (struct vdrive_disc_options){ .media = NULL };
	assert_int_equal(vdrive_disc_create(path, &options, &err), -EINVAL);
	options = (struct vdrive_disc_options){ .media = "dvd+r" };
	assert_int_equal(vdrive_disc_create("/nonexistent/disc", &options, &err), -ENOENT);
	assert_int_equal(access(path, F_OK), -1);
}

static void test_capacity_is_whole_ecc_units(void **state)
{
	struct disc *disc = create_and_open("dvd+r", 1000);

	(void)state;
	assert_int_equal(disc_capacity(disc), 992);
	disc_close(disc);
}

static void test_cd_track_at_once(void **state)
{
	struct disc *disc = create_and_open("cd-r", 2000);

	(void)state;
	disc_set_track_run_out(disc, 1);
	assert_int_equal(disc_write(disc, 0, 301, data), 0);
	assert_null(disc_invisible_track(disc));
	assert_int_equal(disc_status(disc), DISC_APPENDABLE);
	/* Once is once: neither again nor with a gap. */
	assert_int_equal(disc_write(disc, 0, 1, data), -ENXIO);
	assert_int_equal(disc_write(disc, 302, 1, data), -ENXIO);
	assert_int_equal(disc_close_track(disc, 1), 0);
	assert_track(disc, 1, TRACK_CLOSED, 0, 303);
	assert_int_equal(disc_recorded_end(disc), 303);
	assert_data(disc, 0, 301, data);
	assert_blank(disc, 301);
	assert_blank(disc, 302);
	/* Two run-out and 150 pause sectors lie between tracks. */
	assert_track(disc, 2, TRACK_INVISIBLE, 453, 2000 - 453);
	disc_set_track_run_out(disc, 2);
	assert_int_equal(disc_write(disc, 453, 1, data), 0);
	assert_int_equal(disc_close_session(disc, true), 0);
	/* A track has four seconds at least. */
	assert_track(disc, 2, TRACK_CLOSED, 453, 302);
	assert_int_equal(disc_session(disc, 1)->lead_out_lba, 755);
	assert_int_equal(disc_status(disc), DISC_COMPLETE);
	assert_int_equal(disc_write(disc, 755, 1, data), -EROFS);
	disc = reopen(disc);
	assert_int_equal(disc_status(disc), DISC_COMPLETE);
	assert_int_equal(disc_write(disc, 755, 1, data), -EROFS);
	assert_int_equal(disc_close_session(disc, true), -EROFS);
	assert_data(disc, 0, 301, data);
	disc_close(disc);
}

static void test_cd_sessions(void **state)
{
	struct disc *disc = create_and_open("cd-r", 40000);

	(void)state;
	assert_int_equal(disc_write(disc, 0, 400, data), 0);
	assert_int_equal(disc_close_session(disc, false), 0);
	assert_int_equal(disc_n_sessions(disc), 2);
	assert_int_equal(disc_session(disc, 1)->status, DISC_SESSION_COMPLETE);
	assert_int_equal(disc_session(disc, 2)->status, DISC_SESSION_EMPTY);
	assert_track(disc, 2, TRACK_INVISIBLE, 11800, 40000 - 11800);
	disc = reopen(disc);
	assert_int_equal(disc_write(disc, 11800, 400, data), 0);
	assert_int_equal(disc_session(disc, 2)->status, DISC_SESSION_INCOMPLETE);
	assert_int_equal(disc_close_session(disc, false), 0);
	assert_track(disc, 3, TRACK_INVISIBLE, 19100, 40000 - 19100);
	assert_int_equal(disc_close_session(disc, true), 0);
	assert_int_equal(disc_n_sessions(disc), 2);
	assert_int_equal(disc_n_tracks(disc), 2);
	assert_blank(disc, 400);
	assert_blank(disc, 11799);
	assert_data(disc, 11800, 400, data);
	disc_close(disc);
}

static void test_cd_session_at_once(void **state)
{
	struct disc *disc = create_and_open("cd-r", 2000);

	(void)state;
	assert_int_equal(disc_begin_session_at_once(disc, 2001, false), -ENOSPC);
	assert_int_equal(disc_begin_session_at_once(disc, 500, false), 0);
	assert_int_equal(disc_begin_session_at_once(disc, 500, false), -EROFS);
	assert_null(disc_invisible_track(disc));
	assert_int_equal(disc_write(disc, 0, 400, data), 0);
	assert_int_equal(disc_write(disc, 400, 101, data), -ENOSPC);
	assert_int_equal(disc_write(disc, 400, 100, data), 0);
	/* The last sector was announced: nothing more is needed than to let the drive finish. */
	disc = reopen(disc);
	assert_int_equal(disc_status(disc), DISC_COMPLETE);
	assert_track(disc, 1, TRACK_CLOSED, 0, 500);
	assert_int_equal(disc_recorded_end(disc), 500);
	disc_close(disc);
}

static void test_cd_session_at_once_cut(void **state)
{
	struct disc *disc = create_and_open("cd-r", 2000);

	(void)state;
	assert_int_equal(disc_begin_session_at_once(disc, 500, true), 0);
	disc = reopen(disc);
	assert_int_equal(disc_status(disc), DISC_BLANK);
	assert_int_equal(disc_begin_session_at_once(disc, 500, true), 0);
	assert_int_equal(disc_write(disc, 0, 400, data), 0);
	disc = reopen(disc);
	assert_track(disc, 1, TRACK_DAMAGED, 0, 400);
	assert_int_equal(disc_write(disc, 400, 1, data), -ENXIO);
	assert_int_equal(disc_close_session(disc, false), 0);
	assert_int_equal(disc_status(disc), DISC_APPENDABLE);
	assert_data(disc, 0, 400, data);
	disc_close(disc);
}

static void test_dvd_plus_r(void **state)
{
	static const uint8_t zeros[14 * DISC_SECTOR];
	struct disc *disc = create_and_open("dvd+r", 8192);

	(void)state;
	assert_int_equal(disc_write(disc, 0, 50, data), 0);
	assert_int_equal(disc_write(disc, 50, 20, data), 0);
	assert_int_equal(disc_close_track(disc, 1), 0);
	assert_int_equal(disc_close_track(disc, 1), 0);
	assert_track(disc, 1, TRACK_CLOSED, 0, 80);
	assert_data(disc, 50, 20, data);
	assert_data(disc, 70, 10, zeros);
	assert_blank(disc, 80);
	assert_int_equal(disc_close_session(disc, false), 0);
	assert_track(disc, 2, TRACK_INVISIBLE, 80 + 2048, 8192 - 2128);
	assert_int_equal(disc_reserve_track(disc, 100), 0);
	assert_track(disc, 2, TRACK_RESERVED, 2128, 112);
	assert_track(disc, 3, TRACK_INVISIBLE, 2240, 8192 - 2240);
	assert_int_equal(disc_write(disc, 2128, 98, data), 0);
	assert_int_equal(disc_write(disc, 2226, 15, data), -ENOSPC);
	assert_int_equal(disc_close_track(disc, 2), 0);
	assert_track(disc, 2, TRACK_CLOSED, 2128, 112);
	assert_data(disc, 2226, 14, zeros);
	assert_int_equal(disc_close_session(disc, true), 0);
	assert_int_equal(disc_n_sessions(disc), 2);
	assert_int_equal(disc_reserve_track(disc, 16), -EROFS);
	disc_close(disc);
}

static void test_bd_r_full(void **state)
{
	struct disc *disc = create_and_open("bd-r", 128);

	(void)state;
	assert_int_equal(disc_reserve_track(disc, 0), -ENOSPC);
	assert_int_equal(disc_reserve_track(disc, 129), -ENOSPC);
	assert_int_equal(disc_write(disc, 0, 129, data), -ENOSPC);
	assert_int_equal(disc_write(disc, 0, 97, data), 0);
	assert_int_equal(disc_close_session(disc, false), 0);
	assert_track(disc, 1, TRACK_CLOSED, 0, 128);
	assert_track(disc, 2, TRACK_INVISIBLE, 128, 0);
	assert_int_equal(disc_write(disc, 128, 1, data), -ENXIO);
	disc = reopen(disc);
	assert_data(disc, 0, 97, data);
	disc_close(disc);
}

static void test_open_track_survives_eject(void **state)
{
	struct disc *disc = create_and_open("dvd+r", 1024);

	(void)state;
	assert_int_equal(disc_write(disc, 0, 33, data), 0);
	disc = reopen(disc);
	assert_track(disc, 1, TRACK_OPEN, 0, 1024);
	assert_int_equal(disc_write(disc, 33, 1, data), 0);
	assert_data(disc, 0, 33, data);
	disc_close(disc);
}

/* Runs write() on the disc in a process that ends as if it was killed. */
static void write_and_die(void (*write)(struct disc *disc))
{
	int status;
	pid_t child = fork();

	assert_true(child >= 0);
	if (child == 0) {
		struct disc *disc = NULL;

		if (disc_open(path, NULL, &disc, NULL) < 0)
			_exit(1);
		write(disc);
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

static void write_40(struct disc *disc)
{
	if (disc_write(disc, 0, 32, data) < 0 || disc_write(disc, 32, 8, data) < 0)
		_exit(2);
}

static void reserve_and_write_40(struct disc *disc)
{
	if (disc_reserve_track(disc, 128) < 0)
		_exit(2);
	write_40(disc);
}

static void announce_and_write_40(struct disc *disc)
{
	if (disc_begin_session_at_once(disc, 400, false) < 0)
		_exit(2);
	write_40(disc);
}

static void only_reserve(struct disc *disc)
{
	if (disc_reserve_track(disc, 128) < 0)
		_exit(2);
}

static void format_and_write_40(struct disc *disc)
{
	if (disc_format(disc) < 0)
		_exit(2);
	write_40(disc);
}

static void test_power_loss(void **state)
{
	struct disc *disc;

	(void)state;
	create("dvd+r", 4096);
	write_and_die(write_40);
	disc = open_disc();
	assert_track(disc, 1, TRACK_DAMAGED, 0, 48);
	assert_int_equal(disc_track(disc, 1)->n_written, 40);
	assert_null(disc_invisible_track(disc));
	assert_ptr_equal(disc_incomplete_track(disc), disc_track(disc, 1));
	assert_data(disc, 32, 8, data);
	assert_int_equal(disc_write(disc, 40, 8, data), -ENXIO);
	/* Damaged stays damaged, also over an orderly eject. */
	disc = reopen(disc);
	assert_track(disc, 1, TRACK_DAMAGED, 0, 48);
	assert_int_equal(disc_close_track(disc, 1), 0);
	assert_track(disc, 1, TRACK_CLOSED, 0, 48);
	assert_int_equal(disc_close_session(disc, true), 0);
	assert_int_equal(disc_status(disc), DISC_COMPLETE);
	disc_close(disc);
}

static void test_power_loss_in_reservation(void **state)
{
	struct disc *disc;

	(void)state;
	create("bd-r", 4096);
	write_and_die(reserve_and_write_40);
	disc = open_disc();
	assert_track(disc, 1, TRACK_DAMAGED, 0, 128);
	assert_int_equal(disc_track(disc, 1)->n_written, 40);
	assert_int_equal(disc_close_track(disc, 1), 0);
	assert_track(disc, 1, TRACK_CLOSED, 0, 128);
	assert_track(disc, 2, TRACK_INVISIBLE, 128, 4096 - 128);
	disc_close(disc);
}

static void test_power_loss_after_reservation(void **state)
{
	struct disc *disc;

	(void)state;
	create("bd-r", 4096);
	write_and_die(only_reserve);
	disc = open_disc();
	assert_track(disc, 1, TRACK_RESERVED, 0, 128);
	assert_int_equal(disc_write(disc, 0, 128, data), 0);
	disc_close(disc);
}

static void test_power_loss_in_session_at_once(void **state)
{
	struct disc *disc;

	(void)state;
	create("cd-r", 4096);
	write_and_die(announce_and_write_40);
	disc = open_disc();
	assert_track(disc, 1, TRACK_DAMAGED, 0, 40);
	assert_int_equal(disc_close_session(disc, false), 0);
	assert_int_equal(disc_status(disc), DISC_COMPLETE);
	assert_data(disc, 0, 32, data);
	disc_close(disc);
}

static void test_power_loss_while_formatting(void **state)
{
	struct disc *disc;

	(void)state;
	create("dvd+rw", 4096);
	write_and_die(format_and_write_40);
	disc = open_disc();
	assert_int_equal(disc_background(disc), DISC_BACKGROUND_STOPPED);
	assert_data(disc, 32, 8, data);
	assert_int_equal(disc_format(disc), 0);
	assert_int_equal(disc_background(disc), DISC_BACKGROUND_RUNNING);
	assert_data(disc, 32, 8, data);
	disc_close(disc);
}

static void test_dvd_plus_rw(void **state)
{
	static const uint8_t zeros[DISC_SECTOR];
	struct disc *disc = create_and_open("dvd+rw", 1024);

	(void)state;
	assert_int_equal(disc_status(disc), DISC_BLANK);
	assert_null(disc_invisible_track(disc));
	assert_int_equal(disc_write(disc, 0, 1, data), -EROFS);
	assert_blank(disc, 0);
	assert_int_equal(disc_recorded_end(disc), 0);
	assert_int_equal(disc_format(disc), 0);
	assert_int_equal(disc_background(disc), DISC_BACKGROUND_RUNNING);
	assert_int_equal(disc_status(disc), DISC_APPENDABLE);
	assert_int_equal(disc_recorded_end(disc), 1024);
	assert_data(disc, 1023, 1, zeros);
	assert_int_equal(disc_write(disc, 500, 2, data), 0);
	assert_int_equal(disc_write(disc, 501, 2, data), 0);
	assert_data(disc, 500, 1, data);
	assert_data(disc, 501, 2, data);
	assert_int_equal(disc_write(disc, 1023, 2, data), -ENXIO);
	assert_int_equal(disc_format_stop(disc), 0);
	assert_int_equal(disc_background(disc), DISC_BACKGROUND_DONE);
	assert_int_equal(disc_status(disc), DISC_COMPLETE);
	disc = reopen(disc);
	assert_int_equal(disc_background(disc), DISC_BACKGROUND_DONE);
	assert_data(disc, 501, 2, data);
	assert_int_equal(disc_write(disc, 501, 1, data), 0);
	assert_int_equal(disc_format(disc), 0);
	assert_data(disc, 501, 1, zeros);
	disc_close(disc);
}

enum { WRITES_A_SESSION = 50 };

/* Tracks and sessions without end, until it is killed. */
static void write_for_ever(void)
{
	struct disc *disc = NULL;

	if (disc_open(path, NULL, &disc, NULL) < 0)
		_exit(1);
	for (;;) {
		const struct disc_track *track = disc_invisible_track(disc);

		for (unsigned i = 0; track != NULL && i < WRITES_A_SESSION; i++) {
			int32_t lba = track->start_lba + (int32_t)track->n_written;

			/* Each sector's data is that of its address. */
			if (disc_write(disc, lba, 16, data + (size_t)(lba % 512) * DISC_SECTOR) < 0)
				_exit(2);
			track = disc_incomplete_track(disc);
		}
		if (track == NULL || disc_close_session(disc, false) < 0)
			_exit(3);
	}
}

/* Whatever the moment of the kill: what is recorded is right, closed tracks are whole, and an open one can be
 * closed and the disc be gone on with. */
static void check_after_kill(void)
{
	struct disc *disc = open_disc();
	const struct disc_track *track;

	for (unsigned number = 1; (track = disc_track(disc, number)) != NULL; number++) {
		assert_true(track->state != TRACK_OPEN && track->state != TRACK_RESERVED);
		if (track->state == TRACK_CLOSED)
			assert_int_equal(track->n_written, WRITES_A_SESSION * 16);
		for (uint32_t i = 0; i < track->n_written; i++) {
			int32_t lba = track->start_lba + (int32_t)i;

			assert_int_equal(disc_read(disc, lba, 1, back), 0);
			assert_memory_equal(back, data + (size_t)(lba % 512) * DISC_SECTOR, DISC_SECTOR);
		}
		assert_int_equal(disc_read(disc, track->start_lba + (int32_t)track->n_written, 1, back), -ENXIO);
	}
	assert_int_equal(disc_close_session(disc, false), 0);
	track = disc_invisible_track(disc);
	assert_non_null(track);
	assert_int_equal(disc_write(disc, track->start_lba, 16, data), 0);
	disc_close(disc);
}

static void test_killed_at_any_moment(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 12; i++) {
		pid_t child;
		int status;

		create("dvd+r", 0);
		child = fork();
		assert_true(child >= 0);
		if (child == 0)
			write_for_ever();
		usleep(500 + i * 613);
		assert_int_equal(kill(child, SIGKILL), 0);
		assert_int_equal(waitpid(child, &status, 0), child);
		assert_true(WIFSIGNALED(status));
		check_after_kill();
		unlink(path);
	}
}

static void make_image(off_t size, const char *words)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(file_write_at(fd, words, strlen(words), 0), 0);
	assert_int_equal(ftruncate(fd, size), 0);
	close(fd);
}

static void test_plain_image(void **state)
{
	uint8_t expected[DISC_SECTOR] = { 0 };
	struct disc *disc, *second;

	(void)state;
	make_image(3 * DISC_SECTOR + 5, "first");
	disc = open_disc();
	assert_true(disc_is_pressed(disc));
	assert_int_equal(disc_profile(disc)->number, DISCERN_PROFILE_CD_ROM);
	assert_int_equal(disc_status(disc), DISC_COMPLETE);
	assert_int_equal(disc_capacity(disc), 4);
	assert_int_equal(disc_recorded_end(disc), 4);
	assert_track(disc, 1, TRACK_CLOSED, 0, 4);
	assert_data(disc, 3, 1, expected);
	memcpy(expected, "first", 5);
	assert_data(disc, 0, 1, expected);
	assert_blank(disc, 4);
	assert_blank(disc, -1);
	assert_int_equal(disc_read(disc, 3, 2, back), -ENXIO);
	assert_int_equal(disc_write(disc, 0, 1, data), -EROFS);
	assert_int_equal(disc_close_session(disc, true), -EROFS);
	assert_int_equal(disc_format(disc), -EROFS);
	assert_int_equal(disc_open(path, NULL, &second, &err), 0);
	disc_close(second);
	/* Somebody cuts the image while it is in the drive: an error, no crash and no zeros. */
	assert_int_equal(truncate(path, DISC_SECTOR), 0);
	assert_int_equal(disc_read(disc, 0, 1, back), 0);
	assert_int_equal(disc_read(disc, 1, 1, back), -EIO);
	assert_null(disc_peek(disc, 1, 1));
	disc_close(disc);
}

static void assert_kind(off_t size, const char *kind, enum discern_profile profile)
{
	struct disc *disc = NULL;

	make_image(size, "");
	assert_int_equal(disc_open(path, kind, &disc, &err), 0);
	assert_int_equal(disc_profile(disc)->number, profile);
	disc_close(disc);
}

static void assert_refused(const char *kind, int code, const char *words)
{
	struct disc *disc = NULL;

	assert_int_equal(disc_open(path, kind, &disc, &err), code);
	if (strstr(err.text, words) == NULL || strstr(err.text, path) == NULL)
		fail_msg("\"%s\" does not name the file or say \"%s\"", err.text, words);
	assert_true(disc_open(path, kind, &disc, NULL) < 0);
}

static void test_kinds(void **state)
{
	const off_t sector = DISC_SECTOR;

	(void)state;
	assert_kind(445000 * sector, NULL, DISCERN_PROFILE_CD_ROM);
	assert_kind(445000 * sector + 1, NULL, DISCERN_PROFILE_DVD_ROM);
	assert_kind(4200000 * sector, NULL, DISCERN_PROFILE_DVD_ROM);
	assert_kind(4200001 * sector, NULL, DISCERN_PROFILE_BD_ROM);
	assert_kind(1, "bd-rom", DISCERN_PROFILE_BD_ROM);
	assert_kind(1, "dvd-rom", DISCERN_PROFILE_DVD_ROM);
	make_image(445001 * sector, "");
	assert_refused("cd-rom", -EFBIG, "more than a cd-rom");
	assert_refused("laserdisc", -EINVAL, "\"laserdisc\"");
	make_image(62500865 * sector, "");
	assert_refused(NULL, -EFBIG, "more than a bd-rom");
	make_image(0, "");
	assert_refused(NULL, -EINVAL, "empty");
	unlink(path);
	assert_refused(NULL, -ENOENT, "No such file");
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_refused(NULL, -EINVAL, "not a file");
	unlink(path);
	assert_int_equal(mkdir(path, 0700), 0);
	assert_refused(NULL, -EISDIR, "not a file");
	assert_int_equal(rmdir(path), 0);
}

static void test_one_disc_one_drive(void **state)
{
	struct disc *disc = create_and_open("dvd+r", 1024), *second;

	(void)state;
	assert_int_equal(disc_open(path, NULL, &second, &err), -EBUSY);
	assert_non_null(strstr(err.text, "another virtual drive"));
	assert_refused("cd-rom", -EINVAL, "for images");
	disc_close(disc);
	disc_close(open_disc());
}

static void overwrite(off_t offset, const char *words)
{
	int fd = open(path, O_WRONLY);

	assert_true(fd >= 0);
	assert_int_equal(file_write_at(fd, words, strlen(words), offset), 0);
	close(fd);
}

static void test_damaged_file(void **state)
{
	struct disc *disc = create_and_open("dvd+r", 1024);

	(void)state;
	assert_int_equal(disc_write(disc, 0, 16, data), 0);
	assert_int_equal(disc_close_session(disc, true), 0);
	disc_close(disc);
	/* Half-written: the other slot has it. */
	overwrite(10, "????");
	disc = open_disc();
	assert_int_equal(disc_status(disc), DISC_COMPLETE);
	disc_close(disc);
	overwrite(DISC_SLOT_BYTES + 100, "????");
	assert_refused(NULL, -EINVAL, "damaged");
	unlink(path);
	create("dvd+r", 1024);
	overwrite(0, DISC_MAGIC "2\n");
	assert_refused(NULL, -ENOTSUP, "format 2");
	unlink(path);
	create("dvd+r", 1024);
	assert_int_equal(truncate(path, 300000), 0);
	assert_refused(NULL, -EINVAL, "cut short");
	assert_int_equal(truncate(path, 70000), 0);
	assert_refused(NULL, -EINVAL, "cut short");
	assert_int_equal(truncate(path, 40), 0);
	assert_refused(NULL, -EINVAL, "damaged");
}

/* A kill between the two writes of a commit: the second slot is newer. */
static void test_newer_slot_counts(void **state)
{
	char old[4096];
	struct disc *disc;
	int fd;

	(void)state;
	create("dvd+r", 1024);
	fd = open(path, O_RDWR);
	assert_true(fd >= 0);
	assert_int_equal(file_read_at(fd, old, sizeof(old), 0), sizeof(old));
	disc = open_disc();
	assert_int_equal(disc_write(disc, 0, 16, data), 0);
	assert_int_equal(disc_close_session(disc, true), 0);
	disc_close(disc);
	assert_int_equal(file_write_at(fd, old, sizeof(old), 0), 0);
	close(fd);
	disc = open_disc();
	assert_int_equal(disc_status(disc), DISC_COMPLETE);
	disc_close(disc);
}

static void test_track_limit(void **state)
{
	struct disc *disc = create_and_open("cd-r", 100000);
	const struct disc_track *track;
	unsigned n = 0;

	(void)state;
	while ((track = disc_invisible_track(disc)) != NULL) {
		unsigned number = track->number;

		assert_int_equal(disc_write(disc, track->start_lba, 300, data), 0);
		assert_int_equal(disc_close_track(disc, number), 0);
		n++;
	}
	assert_int_equal(n, 99);
	disc = reopen(disc);
	assert_int_equal(disc_n_tracks(disc), 99);
	disc_close(disc);
	unlink(path);
	disc = create_and_open("bd-r", 100000);
	for (n = 0; (track = disc_invisible_track(disc)) != NULL; n++) {
		assert_int_equal(disc_write(disc, track->start_lba, 1, data), 0);
		assert_int_equal(disc_close_session(disc, false), 0);
	}
	assert_int_equal(n, DISC_MAX_TRACKS);
	disc = reopen(disc);
	assert_int_equal(disc_n_sessions(disc), DISC_MAX_TRACKS + 1);
	disc_close(disc);
}

#define DISC_TEST(f) cmocka_unit_test_teardown(f, remove_disc)

int main(void)
{
	const struct CMUnitTest tests[] = {
		DISC_TEST(test_create),
		DISC_TEST(test_create_refuses),
		DISC_TEST(test_capacity_is_whole_ecc_units),
		DISC_TEST(test_cd_track_at_once),
		DISC_TEST(test_cd_sessions),
		DISC_TEST(test_cd_session_at_once),
		DISC_TEST(test_cd_session_at_once_cut),
		DISC_TEST(test_dvd_plus_r),
		DISC_TEST(test_bd_r_full),
		DISC_TEST(test_open_track_survives_eject),
		DISC_TEST(test_power_loss),
		DISC_TEST(test_power_loss_in_reservation),
		DISC_TEST(test_power_loss_after_reservation),
		DISC_TEST(test_power_loss_in_session_at_once),
		DISC_TEST(test_power_loss_while_formatting),
		DISC_TEST(test_killed_at_any_moment),
		DISC_TEST(test_dvd_plus_rw),
		DISC_TEST(test_plain_image),
		DISC_TEST(test_kinds),
		DISC_TEST(test_one_disc_one_drive),
		DISC_TEST(test_damaged_file),
		DISC_TEST(test_newer_slot_counts),
		DISC_TEST(test_track_limit),
	};

	return cmocka_run_group_tests(tests, set_up_folder, tear_down_folder);
}
