/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "vdrive/server.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/cdrom.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "unit/unit.h"
#include "vdrive/block.h"

#define N_SECTORS 300
#define BLANK_SECTORS 4096

static char image[] = "/tmp/discern-unit-image.XXXXXX";
static char blank[] = "/tmp/discern-unit-blank.XXXXXX";
static uint8_t data[N_SECTORS * BLOCK_SECTOR], back[N_SECTORS * BLOCK_SECTOR];
static struct server *server;
static struct discern_error err;

static struct server_drive *add_drive(unsigned number, const char *medium, bool tray_open)
{
	const struct server_drive_options options = { .number = number, .medium = medium, .tray_open = tray_open };

	if (server_add_drive(server, &options, &err) < 0)
		fail_msg("%s", err.text);
	return server_drive(server, number);
}

static int set_up(void **state)
{
	(void)state;
	return server_new(&server, &err);
}

static int tear_down(void **state)
{
	(void)state;
	server = server_free(server);
	return 0;
}

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static struct vdrive_answer test_unit_ready(struct server_drive *drive, uint32_t timeout_ms)
{
	static const uint8_t cdb[6];
	const struct vdrive_command command = { .cdb = cdb, .cdb_length = sizeof(cdb) };
	struct vdrive_answer answer;

	server_execute(drive, &command, timeout_ms, &answer);
	return answer;
}

static void test_drives(void **state)
{
	const struct server_drive_options again = { .number = 3 }, far = { .number = SERVER_MAX_DRIVES };
	const struct server_drive_options missing = { .number = 4, .medium = "/nonexistent/disc.iso" };

	(void)state;
	assert_string_equal(add_drive(3, NULL, false)->name, "sr3");
	assert_int_equal(server_add_drive(server, &again, &err), -EEXIST);
	assert_int_equal(server_add_drive(server, &far, &err), -EINVAL);
	assert_int_equal(server_add_drive(server, &missing, &err), -ENOENT);
	assert_non_null(strstr(err.text, "sr4"));
	assert_null(server_drive(server, 4));
	assert_null(server_drive(server, 12345));
}

static void test_fault_words(void **state)
{
	(void)state;
	add_drive(0, NULL, false);
	assert_int_equal(server_add_fault(server, "sr0: read sense=3/11/05", &err), 0);
	assert_int_equal(server_add_fault(server, "read sense=3/11/05", &err), -EINVAL);
	assert_int_equal(server_add_fault(server, "sr1: read sense=3/11/05", &err), -EINVAL);
	assert_int_equal(server_add_fault(server, "sr0: read", &err), -EINVAL);
}

static void test_exclusive(void **state)
{
	struct server_drive *drive = add_drive(0, image, false);
	struct server_handle *first = NULL, *second = NULL, *third = NULL;

	(void)state;
	assert_int_equal(server_open(drive, O_RDWR | O_EXCL | O_NONBLOCK, true, &first), 0);
	assert_int_equal(server_open(drive, O_RDWR | O_EXCL | O_NONBLOCK, true, &second), -EBUSY);
	assert_int_equal(server_open(drive, O_RDONLY | O_NONBLOCK, true, &third), 0);
	assert_int_equal(server_open_count(drive), 2);
	server_close(first);
	assert_int_equal(server_open(drive, O_RDWR | O_EXCL | O_NONBLOCK, true, &second), 0);
	server_close(second);
	server_close(third);
	assert_int_equal(server_open_count(drive), 0);
}

/* Between close() and the word of it an open must wait, but not if the close() was one of several. */
static void test_exclusive_while_closing(void **state)
{
	struct server_drive *drive = add_drive(0, image, false);
	struct server_handle *first = NULL, *second = NULL;
	int64_t started_ms;

	(void)state;
	assert_int_equal(server_open(drive, O_RDWR | O_EXCL | O_NONBLOCK, true, &first), 0);
	server_handle_closing(first);
	server_handle_in_use(first);
	started_ms = now_ms();
	assert_int_equal(server_open(drive, O_RDWR | O_EXCL | O_NONBLOCK, true, &second), -EBUSY);
	assert_true(now_ms() - started_ms < 500);
	server_handle_closing(first);
	started_ms = now_ms();
	assert_int_equal(server_open(drive, O_RDWR | O_EXCL | O_NONBLOCK, true, &second), -EBUSY);
	assert_true(now_ms() - started_ms >= 500);
	server_close(first);
}

static void test_open_for_data(void **state)
{
	struct server_drive *empty = add_drive(0, NULL, false), *pressed = add_drive(1, image, false);
	struct server_drive *open_tray = add_drive(2, NULL, true);
	struct server_handle *handle = NULL;

	(void)state;
	assert_int_equal(server_open(empty, O_RDONLY, true, &handle), -ENOMEDIUM);
	assert_int_equal(server_open_count(empty), 0);
	assert_int_equal(server_open(empty, O_RDONLY | O_NONBLOCK, true, &handle), 0);
	server_close(handle);
	assert_int_equal(server_open(open_tray, O_RDONLY, true, &handle), -ENOMEDIUM);
	assert_int_equal(server_open(pressed, O_RDWR, true, &handle), -EROFS);
	assert_int_equal(server_open(pressed, O_RDONLY, true, &handle), 0);
	/* CDO_LOCK: whoever reads data is not to have the disc taken away. */
	assert_int_equal(vdrive_press_eject(pressed->vdrive, &err), -EBUSY);
	server_close(handle);
	assert_int_equal(vdrive_press_eject(pressed->vdrive, &err), 0);
}

static void test_auto_eject(void **state)
{
	struct server_drive *drive = add_drive(0, image, false);
	struct server_handle *handle = NULL;

	(void)state;
	drive->options |= CDO_AUTO_EJECT;
	drive->options &= ~(unsigned)CDO_AUTO_CLOSE;
	assert_int_equal(server_open(drive, O_RDONLY | O_NONBLOCK, true, &handle), 0);
	server_close(handle);
	assert_int_equal(server_open(drive, O_RDONLY, true, &handle), 0);
	server_close(handle);
	assert_int_equal(server_open(drive, O_RDONLY, true, &handle), -ENOMEDIUM);
	drive->options |= CDO_AUTO_CLOSE;
	assert_int_equal(server_open(drive, O_RDONLY, true, &handle), 0);
	server_close(handle);
}

static void test_new_medium_is_noted(void **state)
{
	struct server_drive *drive = add_drive(0, image, false);

	(void)state;
	assert_false(drive->media_changed);
	assert_int_equal(test_unit_ready(drive, 1000).status, 2);
	assert_true(drive->media_changed);
	assert_int_equal(test_unit_ready(drive, 1000).status, 0);
}

static void test_delay_and_time_limit(void **state)
{
	struct server_drive *drive = add_drive(0, NULL, false);
	/* The unit attention of power on is not subject to faults. */
	struct vdrive_answer answer = test_unit_ready(drive, 1000);
	int64_t started_ms = now_ms();

	(void)state;
	assert_int_equal(server_add_fault(server, "sr0: 0x00 delay=200", &err), 0);
	answer = test_unit_ready(drive, 1000);
	assert_true(now_ms() - started_ms >= 200);
	assert_int_equal(answer.host_status, VDRIVE_HOST_OK);
	started_ms = now_ms();
	answer = test_unit_ready(drive, 50);
	assert_true(now_ms() - started_ms >= 50);
	assert_true(now_ms() - started_ms < 200);
	assert_int_equal(answer.host_status, VDRIVE_HOST_TIME_OUT);
	assert_int_equal(answer.sense_length, 0);
	assert_int_equal(answer.transferred, 0);
	/* It is still at the one that was given up. */
	test_unit_ready(drive, 1000);
	assert_true(now_ms() - started_ms >= 399);
	/* Once all is to end nobody waits. */
	server_stop(server);
	started_ms = now_ms();
	test_unit_ready(drive, 1000);
	assert_true(now_ms() - started_ms < 100);
}

static void test_block_read(void **state)
{
	struct server_drive *drive = add_drive(0, image, false);
	struct server_handle *handle = NULL;

	(void)state;
	assert_int_equal(server_open(drive, O_RDONLY, true, &handle), 0);
	assert_int_equal(block_device_size(drive), sizeof(data));
	assert_int_equal(block_read(drive, back, sizeof(back), 0), sizeof(data));
	assert_memory_equal(back, data, sizeof(data));
	assert_int_equal(block_read(drive, back, 5000, 2047), 5000);
	assert_memory_equal(back, data + 2047, 5000);
	assert_int_equal(block_read(drive, back, 1, 2048), 1);
	assert_int_equal(back[0], data[2048]);
	assert_int_equal(block_read(drive, back, 4096, sizeof(data) - 100), 100);
	assert_int_equal(block_read(drive, back, 4096, sizeof(data)), 0);
	assert_int_equal(block_read(drive, back, 4096, UINT64_MAX - 1), 0);
	server_close(handle);
}

static void test_block_read_up_to_a_bad_sector(void **state)
{
	struct server_drive *drive = add_drive(0, image, false);
	struct server_handle *handle = NULL;

	(void)state;
	assert_int_equal(server_add_fault(server, "sr0: read lba=100 sense=3/11/05", &err), 0);
	assert_int_equal(server_open(drive, O_RDONLY, true, &handle), 0);
	assert_int_equal(block_read(drive, back, sizeof(back), 0), 100 * BLOCK_SECTOR);
	assert_memory_equal(back, data, 100 * BLOCK_SECTOR);
	assert_int_equal(block_read(drive, back, sizeof(back), 100 * BLOCK_SECTOR), -EIO);
	assert_int_equal(block_read(drive, back, 10, 100 * BLOCK_SECTOR + 5), -EIO);
	assert_int_equal(block_read(drive, back, 100, 99 * BLOCK_SECTOR + 2000), 48);
	assert_int_equal(block_read(drive, back, sizeof(back), 101 * BLOCK_SECTOR), (N_SECTORS - 101) * BLOCK_SECTOR);
	server_close(handle);
}

static void test_block_write_refused(void **state)
{
	struct server_drive *drive = add_drive(0, image, false);
	struct server_handle *handle = NULL;

	(void)state;
	assert_int_equal(server_open(drive, O_RDWR | O_NONBLOCK, true, &handle), 0);
	assert_int_equal(block_write(drive, data, 100, 0), -EINVAL);
	assert_int_equal(block_write(drive, data, 2048, 100), -EINVAL);
	assert_int_equal(block_write(drive, data, 2048, sizeof(data)), -ENOSPC);
	assert_int_equal(block_write(drive, data, 2048, 0), -EIO);
	server_close(handle);
}

/* FORMAT UNIT makes a DVD+RW take data anywhere, which a write() then uses. */
static void test_block_write(void **state)
{
	static const uint8_t cdb[6] = { 0x04, 0x11 };
	uint8_t list[12] = { 0, 0x82, 0, 8, 0, 0, BLANK_SECTORS >> 8, BLANK_SECTORS & 0xff, 0x26 << 2 };
	const struct vdrive_command format = { .cdb = cdb,
					       .cdb_length = sizeof(cdb),
					       .direction = VDRIVE_FROM_HOST,
					       .data = list,
					       .data_length = sizeof(list) };
	struct server_drive *drive = add_drive(0, blank, false);
	struct server_handle *handle = NULL;
	struct vdrive_answer answer;

	(void)state;
	assert_int_equal(server_open(drive, O_RDWR | O_NONBLOCK, true, &handle), 0);
	server_execute(drive, &format, 1000, &answer);
	assert_int_equal(answer.status, 0);
	server_close(handle);
	assert_int_equal(server_open(drive, O_RDWR, true, &handle), 0);
	assert_int_equal(block_write(drive, data, 100 * BLOCK_SECTOR, 50 * BLOCK_SECTOR), 100 * BLOCK_SECTOR);
	assert_true(drive->is_dirty);
	assert_int_equal(block_flush(drive), 0);
	assert_false(drive->is_dirty);
	assert_int_equal(block_read(drive, back, 100 * BLOCK_SECTOR, 50 * BLOCK_SECTOR), 100 * BLOCK_SECTOR);
	assert_memory_equal(back, data, 100 * BLOCK_SECTOR);
	server_close(handle);
}

static int make_media(void **state)
{
	const struct vdrive_disc_options options = { .media = "dvd+rw", .n_sectors = BLANK_SECTORS };
	int fd = mkstemp(image);

	(void)state;
	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)(i * 13 + i / BLOCK_SECTOR);
	if (write(fd, data, sizeof(data)) != (ssize_t)sizeof(data))
		return -1;
	close(fd);
	close(mkstemp(blank));
	unlink(blank);
	return vdrive_disc_create(blank, &options, &err);
}

static int remove_media(void **state)
{
	(void)state;
	return unlink(image) < 0 || unlink(blank) < 0 ? -1 : 0;
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_drives),
		TEST(test_fault_words),
		TEST(test_exclusive),
		TEST(test_exclusive_while_closing),
		TEST(test_open_for_data),
		TEST(test_auto_eject),
		TEST(test_new_medium_is_noted),
		TEST(test_delay_and_time_limit),
		TEST(test_block_read),
		TEST(test_block_read_up_to_a_bad_sector),
		TEST(test_block_write_refused),
		TEST(test_block_write),
	};

	return cmocka_run_group_tests(tests, make_media, remove_media);
}
