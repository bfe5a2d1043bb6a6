/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "support/virtual_drive.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "unit/unit.h"

const char *const test_media[] = { "cd-r",  "cd-rw",    "dvd-r",    "dvd-r-dl", "dvd-rw",     "dvd-rw-overwrite",
				   "dvd+r", "dvd+rw",   "dvd+r-dl", "dvd-ram",  "bd-r",       "bd-r-dl",
				   "bd-re", "bd-re-tl", "cd-rom",   "dvd-rom",  "dvd-rom-dl", "bd-rom",
				   NULL };

static bool is_pressed(const char *media)
{
	return strstr(media, "-rom") != NULL;
}

void test_drive_make_medium(struct test_drive *t, const char *media, uint32_t n_sectors)
{
	const struct vdrive_disc_options options = { .media = media, .n_sectors = n_sectors };
	FILE *file;

	unlink(t->path);
	if (!is_pressed(media)) {
		assert_int_equal(vdrive_disc_create(t->path, &options, NULL), 0);
		return;
	}
	/* Each sector begins with its own address, so that a test can tell one from another. */
	file = fopen(t->path, "wb");
	assert_non_null(file);
	for (uint32_t i = 0; i < n_sectors; i++) {
		char sector[2048] = { 0 };

		snprintf(sector, sizeof(sector), "sector %u", i);
		assert_int_equal(fwrite(sector, sizeof(sector), 1, file), 1);
	}
	assert_int_equal(fclose(file), 0);
}

void test_drive_open(struct test_drive *t, const char *media, uint32_t n_sectors)
{
	struct discern_error err;

	memset(t, 0, sizeof(*t));
	snprintf(t->folder, sizeof(t->folder), "/tmp/discern-unit.XXXXXX");
	assert_non_null(mkdtemp(t->folder));
	snprintf(t->path, sizeof(t->path), "%s/medium", t->folder);
	assert_int_equal(vdrive_new(NULL, &t->drive, &err), 0);
	if (media != NULL) {
		test_drive_make_medium(t, media, n_sectors);
		assert_int_equal(vdrive_insert(t->drive, t->path, is_pressed(media) ? media : NULL, &err), 0);
	}
	test_run(t, CDB(0x00));
}

void test_drive_close(struct test_drive *t)
{
	t->drive = vdrive_free(t->drive);
	unlink(t->path);
	assert_int_equal(rmdir(t->folder), 0);
}

unsigned test_execute(struct test_drive *t, struct vdrive_command *command)
{
	vdrive_execute(t->drive, command, &t->answer);
	assert_true(t->answer.transferred <= command->data_length);
	if (t->answer.status == 0)
		return 0;
	assert_true(t->answer.sense_length >= 18);
	return (unsigned)(t->answer.sense[2] & 0x0f) << 16 | (unsigned)t->answer.sense[12] << 8 | t->answer.sense[13];
}

/** SPC-4 4.2.5.1. */
static size_t group_length(uint8_t opcode)
{
	static const size_t lengths[] = { 6, 10, 10, 6, 16, 12, 12, 12 };
	size_t length = lengths[opcode >> 5];

	return length > 12 ? 12 : length;
}

unsigned test_read(struct test_drive *t, const uint8_t cdb[12], size_t size)
{
	struct vdrive_command command = {
		.cdb = cdb,
		.cdb_length = group_length(cdb[0]),
		.direction = VDRIVE_TO_HOST,
		.data = t->data,
		.data_length = size,
	};

	assert_true(size <= sizeof(t->data));
	memset(t->data, 0xee, sizeof(t->data));
	return test_execute(t, &command);
}

unsigned test_write(struct test_drive *t, const uint8_t cdb[12], const void *data, size_t size)
{
	struct vdrive_command command = {
		.cdb = cdb,
		.cdb_length = group_length(cdb[0]),
		.direction = VDRIVE_FROM_HOST,
		.data = t->data,
		.data_length = size,
	};

	assert_true(size <= sizeof(t->data));
	memcpy(t->data, data, size);
	return test_execute(t, &command);
}

unsigned test_run(struct test_drive *t, const uint8_t cdb[12])
{
	struct vdrive_command command = { .cdb = cdb, .cdb_length = group_length(cdb[0]) };

	return test_execute(t, &command);
}
