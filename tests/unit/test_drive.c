/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/unit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/bytes.h"
#include "drive/drive_private.h"
#include "support/fake_transport.h"

static struct fake_transport fake;
static struct discern_drive *drive;
static struct discern_error err;
static struct discern_medium medium;

static int fresh(void **state)
{
	(void)state;
	fake_transport_init(&fake);
	drive = NULL;
	memset(&medium, 0, sizeof(medium));
	return 0;
}

static int leave(void **state)
{
	(void)state;
	discern_medium_clear(&medium);
	drive = discern_drive_close(drive);
	return 0;
}

static int open_drive(void)
{
	return drive_open_on(&fake.transport, "/dev/sr9", &drive, &err);
}

static void set_data(uint8_t opcode, const uint8_t *data, size_t length)
{
	struct fake_answer *answer = fake_transport_answer(&fake, opcode);

	answer->data = data;
	answer->data_length = length;
}

static void tells_who_it_is(void **state)
{
	(void)state;
	fake_transport_be_drive(&fake);
	assert_int_equal(open_drive(), 0);
	assert_string_equal(discern_drive_path(drive), "/dev/sr9");
	assert_string_equal(discern_drive_id(drive)->vendor, "FAKE");
	assert_string_equal(discern_drive_id(drive)->product, "DRIVE");
	assert_string_equal(discern_drive_id(drive)->serial, "SN0042");
	drive = discern_drive_close(drive);
	assert_true(fake.is_closed);
}

/* A hard disk gets nothing but INQUIRY. */
static void refuses_other_devices(void **state)
{
	static const uint8_t disk[36] = { 0x00, 0x00, 0x05, 0x02, 31 };

	(void)state;
	set_data(MMC_INQUIRY, disk, sizeof(disk));
	assert_int_equal(open_drive(), -ENOTBLK);
	assert_int_equal(fake.n_commands[MMC_INQUIRY], 1);
	assert_int_equal(fake.n_commands[MMC_TEST_UNIT_READY], 0);
	assert_true(fake.is_closed);
}

static void refuses_files(void **state)
{
	(void)state;
	fake_transport_answer(&fake, MMC_INQUIRY)->ret = -ENOTTY;
	assert_int_equal(open_drive(), -ENOTBLK);
}

static enum drive_presence presence_of(const uint8_t *event, size_t length)
{
	enum drive_presence presence;

	fake_transport_init(&fake);
	if (event != NULL)
		set_data(MMC_GET_EVENT_STATUS, event, length);
	else
		fake_transport_fail(&fake, MMC_GET_EVENT_STATUS, 0, SENSE(5, 0x20, 0x00));
	fake_transport_fail(&fake, MMC_TEST_UNIT_READY, 1, SENSE(6, 0x28, 0x00));
	fake_transport_fail(&fake, MMC_TEST_UNIT_READY, 0, SENSE(2, 0x3a, 0x01));
	assert_int_equal(drive_presence(&fake.transport, &presence, &err), 0);
	return presence;
}

/* By its media status; a drive that has none to tell is asked whether it is ready. */
static void tells_whether_a_medium_is_in(void **state)
{
	static const uint8_t there[] = { 0, 6, 4, 0x5e, 2, 2, 0, 0 }, closed[] = { 0, 6, 4, 0x5e, 0, 0, 0, 0 },
			     open[] = { 0, 6, 4, 0x5e, 3, 3, 0, 0 }, other[] = { 0, 6, 1, 0x5e, 0, 2, 0, 0 },
			     none[] = { 0, 2, 0x80, 0x5e };

	(void)state;
	assert_int_equal(presence_of(there, sizeof(there)), DRIVE_HAS_MEDIUM);
	assert_int_equal(presence_of(closed, sizeof(closed)), DRIVE_HAS_NONE);
	assert_int_equal(presence_of(open, sizeof(open)), DRIVE_HAS_NONE);
	assert_int_equal(fake.n_commands[MMC_TEST_UNIT_READY], 0);
	assert_int_equal(presence_of(other, sizeof(other)), DRIVE_HAS_NONE);
	assert_int_equal(presence_of(none, sizeof(none)), DRIVE_HAS_NONE);
	assert_int_equal(presence_of(NULL, 0), DRIVE_HAS_NONE);
	assert_int_equal(fake.n_commands[MMC_TEST_UNIT_READY], 2);
	fake_transport_init(&fake);
	fake_transport_answer(&fake, MMC_GET_EVENT_STATUS)->ret = -ENODEV;
	assert_int_equal(drive_presence(&fake.transport, &(enum drive_presence){ 0 }, &err), -ENODEV);
}

static void waits_until_ready(void **state)
{
	(void)state;
	fake_transport_fail(&fake, MMC_TEST_UNIT_READY, 1, SENSE(6, 0x29, 0x00));
	fake_transport_fail(&fake, MMC_TEST_UNIT_READY, 1, SENSE(6, 0x28, 0x00));
	fake_transport_fail(&fake, MMC_TEST_UNIT_READY, 2, SENSE(2, 0x04, 0x01));
	fake_transport_be_drive(&fake);
	assert_int_equal(open_drive(), 0);
	assert_int_equal(fake.n_commands[MMC_TEST_UNIT_READY], 5);
}

static void starts_a_stopped_drive(void **state)
{
	(void)state;
	fake_transport_fail(&fake, MMC_TEST_UNIT_READY, 1, SENSE(2, 0x04, 0x02));
	fake_transport_be_drive(&fake);
	fake_transport_answer(&fake, MMC_START_STOP_UNIT);
	assert_int_equal(open_drive(), 0);
	assert_int_equal(fake.n_commands[MMC_START_STOP_UNIT], 1);
}

static void gives_up_waiting(void **state)
{
	(void)state;
	fake_transport_be_drive(&fake);
	assert_int_equal(open_drive(), 0);
	drive->ready_seconds = 1;
	fake.n_answers = 0;
	fake_transport_fail(&fake, MMC_TEST_UNIT_READY, 0, SENSE(2, 0x04, 0x04));
	assert_int_equal(drive_wait_ready(drive, &err), -ETIMEDOUT);
	assert_string_equal(err.text, "/dev/sr9: not ready after 1 s: logical unit not ready, format in progress");
	assert_int_equal(err.sense.asc, 0x04);
}

static void no_medium_is_an_answer(void **state)
{
	(void)state;
	fake_transport_fail(&fake, MMC_TEST_UNIT_READY, 0, SENSE(2, 0x3a, 0x01));
	fake_transport_be_drive(&fake);
	assert_int_equal(open_drive(), 0);
	assert_int_equal(discern_drive_medium(drive, DISCERN_MEDIUM_FOR_READING, &medium, &err), 0);
	assert_int_equal(medium.state, DISCERN_MEDIUM_NONE);
}

static void lost_drive_is_an_error(void **state)
{
	(void)state;
	fake_transport_be_drive(&fake);
	assert_int_equal(open_drive(), 0);
	fake.answers[2].host_status = 1;
	assert_int_equal(discern_drive_medium(drive, DISCERN_MEDIUM_FOR_READING, &medium, &err), -ENODEV);
	assert_null(medium.tracks);
}

/* Everything but READ CAPACITY fails: the disc can still be read. */
static void damaged_disc(void **state)
{
	static const uint8_t capacity[8] = { 0, 0x05, 0x00, 0x00, 0, 0, 8, 0 };
	static const uint8_t opcodes[] = { MMC_GET_CONFIGURATION, MMC_READ_DISC_INFORMATION, MMC_READ_TOC,
					   MMC_READ_TRACK_INFORMATION, MMC_READ_DISC_STRUCTURE };

	(void)state;
	fake_transport_fail(&fake, MMC_TEST_UNIT_READY, 0, SENSE(3, 0x57, 0x00));
	fake_transport_be_drive(&fake);
	set_data(MMC_READ_CAPACITY, capacity, sizeof(capacity));
	for (size_t i = 0; i < sizeof(opcodes); i++)
		fake_transport_fail(&fake, opcodes[i], 0, SENSE(3, 0x57, 0x00));
	assert_int_equal(open_drive(), 0);
	assert_int_equal(discern_drive_medium(drive, DISCERN_MEDIUM_FOR_READING, &medium, &err), 0);
	assert_int_equal(medium.profile, DISCERN_PROFILE_CD_ROM);
	assert_int_equal(medium.state, DISCERN_MEDIUM_COMPLETE);
	assert_int_equal(medium.read_capacity_sectors, 0x50001);
	assert_int_equal(medium.n_tracks, 0);
}

static void nothing_can_be_told(void **state)
{
	static const uint8_t configuration[8] = { 0, 0, 0, 4, 0, 0, 0, 0x09 };
	static const uint8_t opcodes[] = { MMC_READ_CAPACITY, MMC_READ_DISC_INFORMATION, MMC_READ_TOC,
					   MMC_READ_TRACK_INFORMATION, MMC_READ_DISC_STRUCTURE };

	(void)state;
	fake_transport_be_drive(&fake);
	set_data(MMC_GET_CONFIGURATION, configuration, sizeof(configuration));
	for (size_t i = 0; i < sizeof(opcodes); i++)
		fake_transport_fail(&fake, opcodes[i], 0, SENSE(4, 0x09, 0x02));
	assert_int_equal(open_drive(), 0);
	assert_int_equal(discern_drive_medium(drive, DISCERN_MEDIUM_FOR_READING, &medium, &err), 0);
	assert_int_equal(medium.profile, DISCERN_PROFILE_CD_R);
	assert_int_equal(medium.state, DISCERN_MEDIUM_UNUSABLE);
}

/* A drive that knows nothing of READ TRACK INFORMATION for a CD: the table of contents has the tracks. */
static void tracks_from_the_toc(void **state)
{
	static const uint8_t configuration[8] = { 0, 0, 0, 4, 0, 0, 0, 0x08 };
	static const uint8_t capacity[8] = { 0, 0, 0x4e, 0x1f, 0, 0, 8, 0 };
	static const uint8_t information[34] = { 0, 32, 0x0e, 1, 1, 1, 2 };
	static const uint8_t toc[28] = { 0, 26, 1, 2, 0,    0x14, 1, 0,    0,    0, 0, 0, 0,    0x10,
					 2, 0,  0, 0, 0x27, 0x10, 0, 0x10, 0xaa, 0, 0, 0, 0x4e, 0x20 };

	(void)state;
	fake_transport_be_drive(&fake);
	set_data(MMC_GET_CONFIGURATION, configuration, sizeof(configuration));
	set_data(MMC_READ_CAPACITY, capacity, sizeof(capacity));
	set_data(MMC_READ_DISC_INFORMATION, information, sizeof(information));
	set_data(MMC_READ_TOC, toc, sizeof(toc));
	fake_transport_fail(&fake, MMC_READ_TRACK_INFORMATION, 0, SENSE(5, 0x20, 0x00));
	assert_int_equal(open_drive(), 0);
	assert_int_equal(discern_drive_medium(drive, DISCERN_MEDIUM_FOR_READING, &medium, &err), 0);
	assert_int_equal(medium.state, DISCERN_MEDIUM_COMPLETE);
	assert_int_equal(medium.n_sessions, 1);
	assert_int_equal(medium.n_tracks, 2);
	assert_true(medium.tracks[0].is_data);
	assert_int_equal(medium.tracks[0].n_sectors, 10000);
	assert_false(medium.tracks[1].is_data);
	assert_int_equal(medium.tracks[1].start_lba, 10000);
	assert_int_equal(medium.tracks[1].n_sectors, 10000);
}

static void eject_held_back(void **state)
{
	(void)state;
	fake_transport_be_drive(&fake);
	fake_transport_answer(&fake, MMC_PREVENT_ALLOW);
	fake_transport_fail(&fake, MMC_START_STOP_UNIT, 0, SENSE(5, 0x53, 0x02));
	assert_int_equal(open_drive(), 0);
	assert_int_equal(discern_drive_eject(drive, &err), -EBUSY);
	assert_string_equal(err.text, "/dev/sr9: the drive holds the disc back");
}

static void eject_without_a_motor(void **state)
{
	(void)state;
	fake_transport_be_drive(&fake);
	fake_transport_answer(&fake, MMC_PREVENT_ALLOW);
	fake_transport_fail(&fake, MMC_START_STOP_UNIT, 0, SENSE(5, 0x24, 0x00));
	assert_int_equal(open_drive(), 0);
	assert_int_equal(discern_drive_eject(drive, &err), -ENOTSUP);
}

static void close_unlocks(void **state)
{
	(void)state;
	fake_transport_be_drive(&fake);
	fake_transport_answer(&fake, MMC_PREVENT_ALLOW);
	assert_int_equal(open_drive(), 0);
	assert_int_equal(discern_drive_lock(drive, true, &err), 0);
	assert_int_equal(fake.last.cdb[4], 1);
	drive = discern_drive_close(drive);
	assert_int_equal(fake.n_commands[MMC_PREVENT_ALLOW], 2);
	assert_int_equal(fake.last.cdb[4], 0);
}

static void speed_by_streaming_or_cd_speed(void **state)
{
	static const uint8_t cd[8] = { 0, 0, 0, 4, 0, 0, 0, 0x08 };
	static const uint8_t dvd[8] = { 0, 0, 0, 4, 0, 0, 0, 0x10 };
	static const uint8_t capacity[8] = { 0, 0, 0x4e, 0x1f, 0, 0, 8, 0 };

	(void)state;
	fake_transport_be_drive(&fake);
	set_data(MMC_GET_CONFIGURATION, cd, sizeof(cd));
	fake_transport_answer(&fake, MMC_SET_CD_SPEED);
	assert_int_equal(open_drive(), 0);
	assert_int_equal(discern_drive_set_speed(drive, 10 * 154, 0, &err), 0);
	/* 10x in sectors of 2352 bytes. */
	assert_in_range(get_be16(fake.last.cdb + 2), 1764, 1769);
	assert_int_equal(get_be16(fake.last.cdb + 4), 0xffff);
	fake.answers[3].data = dvd;
	set_data(MMC_READ_CAPACITY, capacity, sizeof(capacity));
	fake_transport_answer(&fake, MMC_SET_STREAMING)->count = 1;
	fake_transport_fail(&fake, MMC_SET_STREAMING, 0, SENSE(5, 0x20, 0x00));
	assert_int_equal(discern_drive_set_speed(drive, 5540, 2770, &err), 0);
	assert_int_equal(fake.last.cdb[0], MMC_SET_STREAMING);
	assert_int_equal(get_be32(fake.last_parameters + 8), 0x4e1f);
	assert_int_equal(get_be32(fake.last_parameters + 12), 5540);
	assert_int_equal(get_be32(fake.last_parameters + 20), 2770);
	/* Refused from now on: the other command. */
	assert_int_equal(discern_drive_set_speed(drive, 5540, 2770, &err), 0);
	assert_int_equal(fake.last.cdb[0], MMC_SET_CD_SPEED);
}

static void cannot_lend_a_fake(void **state)
{
	struct burner *burner = NULL;

	(void)state;
	fake_transport_be_drive(&fake);
	assert_int_equal(open_drive(), 0);
	assert_int_equal(drive_lend(drive, &burner, &err), -ENOTSUP);
	assert_null(burner);
}

static void paths(void **state)
{
	char file[] = "/tmp/discern-test-drive.XXXXXX";
	struct discern_drive_options options = { .record_path = "/nonexistent/recording" };
	int fd = mkstemp(file);

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(discern_drive_open("/dev/there-is-no-such-drive", NULL, &drive, &err), -ENOENT);
	assert_int_equal(discern_drive_open("sr987654", NULL, &drive, &err), -ENOENT);
	assert_int_equal(discern_drive_open(file, NULL, &drive, &err), -ENOTBLK);
	assert_int_equal(discern_drive_open("/tmp", NULL, &drive, &err), -ENOTBLK);
	assert_int_equal(discern_drive_open("/dev/null", NULL, &drive, &err), -ENOTBLK);
	assert_int_equal(discern_drive_open(file, &options, &drive, &err), -ENOENT);
	assert_null(drive);
	assert_null(discern_drive_close(NULL));
	close(fd);
	unlink(file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(tells_who_it_is, fresh, leave),
		cmocka_unit_test_setup_teardown(refuses_other_devices, fresh, leave),
		cmocka_unit_test_setup_teardown(refuses_files, fresh, leave),
		cmocka_unit_test_setup_teardown(tells_whether_a_medium_is_in, fresh, leave),
		cmocka_unit_test_setup_teardown(waits_until_ready, fresh, leave),
		cmocka_unit_test_setup_teardown(starts_a_stopped_drive, fresh, leave),
		cmocka_unit_test_setup_teardown(gives_up_waiting, fresh, leave),
		cmocka_unit_test_setup_teardown(no_medium_is_an_answer, fresh, leave),
		cmocka_unit_test_setup_teardown(lost_drive_is_an_error, fresh, leave),
		cmocka_unit_test_setup_teardown(damaged_disc, fresh, leave),
		cmocka_unit_test_setup_teardown(nothing_can_be_told, fresh, leave),
		cmocka_unit_test_setup_teardown(tracks_from_the_toc, fresh, leave),
		cmocka_unit_test_setup_teardown(eject_held_back, fresh, leave),
		cmocka_unit_test_setup_teardown(eject_without_a_motor, fresh, leave),
		cmocka_unit_test_setup_teardown(close_unlocks, fresh, leave),
		cmocka_unit_test_setup_teardown(speed_by_streaming_or_cd_speed, fresh, leave),
		cmocka_unit_test_setup_teardown(cannot_lend_a_fake, fresh, leave),
		cmocka_unit_test_setup_teardown(paths, fresh, leave),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
