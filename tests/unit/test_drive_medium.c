/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The hardware layer and the virtual drive share no code: here they must agree on every kind of medium. */
#include "unit/unit.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "drive/drive.h"
#include "drive/drive_source.h"
#include "drive/recorder.h"
#include "support/vdrive_transport.h"

static char folder[] = "/tmp/discern-test-medium.XXXXXX";
static char disc_path[64], image_path[64], recording_path[64];
static struct vdrive *virtual_drive;
static struct discern_drive *drive;
static struct discern_medium medium;
static struct discern_error err;

static int make_folder(void **state)
{
	(void)state;
	if (mkdtemp(folder) == NULL)
		return -1;
	snprintf(disc_path, sizeof(disc_path), "%s/disc", folder);
	snprintf(image_path, sizeof(image_path), "%s/image.iso", folder);
	snprintf(recording_path, sizeof(recording_path), "%s/recording", folder);
	return 0;
}

static int remove_folder(void **state)
{
	(void)state;
	return rmdir(folder);
}

static int fresh(void **state)
{
	(void)state;
	memset(&medium, 0, sizeof(medium));
	return vdrive_new(NULL, &virtual_drive, &err);
}

static int leave(void **state)
{
	(void)state;
	discern_medium_clear(&medium);
	drive = discern_drive_close(drive);
	virtual_drive = vdrive_free(virtual_drive);
	unlink(disc_path);
	unlink(image_path);
	unlink(recording_path);
	return 0;
}

static void open_drive(void)
{
	if (drive_open_on(vdrive_transport_new(virtual_drive), "/dev/sr9", &drive, &err) < 0)
		fail_msg("%s", err.text);
}

static void look(void)
{
	discern_medium_clear(&medium);
	if (discern_drive_medium(drive, DISCERN_MEDIUM_FOR_READING, &medium, &err) < 0)
		fail_msg("%s", err.text);
}

/* Sector n begins with n. */
static void make_image(uint32_t n_sectors)
{
	FILE *file = fopen(image_path, "w");
	uint8_t sector[DISCERN_SECTOR_SIZE] = { 0 };

	assert_non_null(file);
	for (uint32_t i = 0; i < n_sectors; i++) {
		memcpy(sector, &i, sizeof(i));
		assert_int_equal(fwrite(sector, sizeof(sector), 1, file), 1);
	}
	assert_int_equal(fclose(file), 0);
}

static void insert(const char *path, const char *kind)
{
	if (vdrive_insert(virtual_drive, path, kind, &err) < 0)
		fail_msg("%s", err.text);
}

static void empty(void **state)
{
	(void)state;
	open_drive();
	look();
	assert_int_equal(medium.state, DISCERN_MEDIUM_NONE);
	assert_int_equal(medium.profile, DISCERN_PROFILE_NONE);
}

static void blank_media(void **state)
{
	static const struct {
		const char *media;
		enum discern_profile profile;
		uint32_t n_sectors;
		bool is_rewritable;
	} cases[] = {
		{ "cd-r", DISCERN_PROFILE_CD_R, 359849, false },
		{ "dvd+r", DISCERN_PROFILE_DVD_PLUS_R, 2295104, false },
		{ "dvd+rw", DISCERN_PROFILE_DVD_PLUS_RW, 2295104, true },
		{ "bd-r", DISCERN_PROFILE_BD_R, 12219392, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct vdrive_disc_options options = { .media = cases[i].media };

		if (vdrive_disc_create(disc_path, &options, &err) < 0)
			fail_msg("%s", err.text);
		insert(disc_path, NULL);
		open_drive();
		look();
		assert_int_equal(medium.profile, cases[i].profile);
		assert_int_equal(medium.state, DISCERN_MEDIUM_BLANK);
		assert_int_equal(medium.is_rewritable, cases[i].is_rewritable);
		assert_int_equal(medium.read_capacity_sectors, 0);
		assert_int_equal(medium.capacity_sectors, cases[i].n_sectors);
		assert_int_equal(medium.free_sectors, cases[i].n_sectors);
		leave(NULL);
		fresh(NULL);
	}
}

static void pressed_media(void **state)
{
	static const struct {
		const char *kind;
		enum discern_profile profile;
		uint32_t structure_sectors;
	} cases[] = {
		{ "cd-rom", DISCERN_PROFILE_CD_ROM, 0 },
		{ "dvd-rom", DISCERN_PROFILE_DVD_ROM, 320 },
		{ "bd-rom", DISCERN_PROFILE_BD_ROM, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		make_image(320);
		insert(image_path, cases[i].kind);
		open_drive();
		look();
		assert_int_equal(medium.profile, cases[i].profile);
		assert_int_equal(medium.state, DISCERN_MEDIUM_COMPLETE);
		assert_int_equal(medium.read_capacity_sectors, 320);
		assert_int_equal(medium.structure_sectors, cases[i].structure_sectors);
		assert_int_equal(medium.protection, 0);
		assert_int_equal(medium.n_sessions, 1);
		assert_int_equal(medium.n_tracks, 1);
		assert_true(medium.tracks[0].is_data);
		assert_int_equal(medium.tracks[0].start_lba, 0);
		assert_int_equal(medium.tracks[0].n_sectors, 320);
		leave(NULL);
		fresh(NULL);
	}
}

static void reads_a_pressed_disc(void **state)
{
	static uint8_t buffer[100 * DISCERN_SECTOR_SIZE];
	struct discern_source *source = NULL;

	(void)state;
	make_image(320);
	insert(image_path, "dvd-rom");
	assert_int_equal(vdrive_add_fault(virtual_drive, "read lba=130-131 sense=3/11/05", &err), 0);
	open_drive();
	look();
	assert_int_equal(drive_source_open(drive, &medium, NULL, &source, &err), 0);
	assert_int_equal(source->n_sectors, 320);
	assert_int_equal(source_read(source, 7, 100, buffer, &err), 0);
	for (uint32_t i = 0; i < 100; i++)
		assert_memory_equal(buffer + (size_t)i * DISCERN_SECTOR_SIZE, &(uint32_t){ 7 + i }, 4);
	assert_int_equal(source_read(source, 128, 16, buffer, &err), -EIO);
	assert_in_range(err.lba, 128, 131);
	assert_int_equal(err.sense.asc, 0x11);
	assert_int_equal(source_read(source, 131, 1, buffer, &err), -EIO);
	assert_int_equal(source_read(source, 132, 1, buffer, &err), 0);
	assert_int_equal(source_read(source, 319, 1, buffer, &err), 0);
	assert_int_equal(source_read(source, 320, 1, buffer, &err), -ENXIO);
	source_close(source);
}

static void changed_while_reading(void **state)
{
	static uint8_t buffer[DISCERN_SECTOR_SIZE];
	struct discern_source *source = NULL;

	(void)state;
	make_image(320);
	insert(image_path, "dvd-rom");
	open_drive();
	look();
	assert_int_equal(drive_source_open(drive, &medium, NULL, &source, &err), 0);
	assert_int_equal(source_read(source, 0, 1, buffer, &err), 0);
	assert_int_equal(vdrive_press_eject(virtual_drive, &err), 0);
	insert(image_path, "dvd-rom");
	assert_int_equal(source_read(source, 1, 1, buffer, &err), -ESTALE);
	source_close(source);
}

static void lock_and_tray(void **state)
{
	(void)state;
	make_image(320);
	insert(image_path, "dvd-rom");
	open_drive();
	assert_int_equal(discern_drive_lock(drive, true, &err), 0);
	assert_int_equal(vdrive_press_eject(virtual_drive, &err), -EBUSY);
	assert_int_equal(discern_drive_eject(drive, &err), 0);
	look();
	assert_int_equal(medium.state, DISCERN_MEDIUM_NONE);
	assert_int_equal(discern_drive_load(drive, &err), 0);
	assert_int_equal(discern_drive_set_speed(drive, 5540, 0, &err), 0);
	assert_int_equal(discern_drive_set_speed(drive, 0, 0, &err), 0);
}

static void abilities(void **state)
{
	struct discern_drive_abilities found;
	bool has_bd_r = false;

	(void)state;
	open_drive();
	assert_int_equal(discern_drive_abilities(drive, &found, &err), 0);
	assert_true(found.n_profiles >= 7);
	for (size_t i = 0; i < found.n_profiles; i++)
		has_bd_r |= found.profiles[i] == DISCERN_PROFILE_BD_R;
	assert_true(has_bd_r);
	assert_true(found.can_eject && found.can_lock);
	assert_true(found.buffer_kib > 0);
	assert_string_equal(discern_drive_id(drive)->vendor, "DISCERN");
}

/* A whole job is recorded and then played back without the drive. */
static void recorded_and_replayed(void **state)
{
	static uint8_t first[16 * DISCERN_SECTOR_SIZE], second[16 * DISCERN_SECTOR_SIZE];
	struct transport_recorder *recorder = NULL;
	struct transport *transport = NULL;
	struct discern_source *source = NULL;

	(void)state;
	make_image(320);
	insert(image_path, "dvd-rom");
	assert_int_equal(transport_recorder_open(recording_path, &recorder, &err), 0);
	transport_recorder_keep_sectors(recorder);
	assert_int_equal(transport_record(vdrive_transport_new(virtual_drive), recorder, &transport, &err), 0);
	assert_int_equal(drive_open_on(transport, "/dev/sr9", &drive, &err), 0);
	look();
	assert_int_equal(drive_source_open(drive, &medium, NULL, &source, &err), 0);
	assert_int_equal(source_read(source, 32, 16, first, &err), 0);
	source = source_close(source);
	drive = discern_drive_close(drive);
	transport_recorder_close(recorder, NULL);

	assert_int_equal(transport_replay_open(recording_path, &transport, &err), 0);
	assert_int_equal(drive_open_on(transport, "/dev/sr9", &drive, &err), 0);
	look();
	assert_int_equal(medium.profile, DISCERN_PROFILE_DVD_ROM);
	assert_int_equal(drive_source_open(drive, &medium, NULL, &source, &err), 0);
	assert_int_equal(source_read(source, 32, 16, second, &err), 0);
	assert_memory_equal(first, second, sizeof(first));
	/* A read that was not recorded is not answered. */
	assert_int_equal(source_read(source, 48, 16, second, &err), -EPROTO);
	source_close(source);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(empty, fresh, leave),
		cmocka_unit_test_setup_teardown(blank_media, fresh, leave),
		cmocka_unit_test_setup_teardown(pressed_media, fresh, leave),
		cmocka_unit_test_setup_teardown(reads_a_pressed_disc, fresh, leave),
		cmocka_unit_test_setup_teardown(changed_while_reading, fresh, leave),
		cmocka_unit_test_setup_teardown(lock_and_tray, fresh, leave),
		cmocka_unit_test_setup_teardown(abilities, fresh, leave),
		cmocka_unit_test_setup_teardown(recorded_and_replayed, fresh, leave),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
