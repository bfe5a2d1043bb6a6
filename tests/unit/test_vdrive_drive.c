/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "vdrive/vdrive.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "support/virtual_drive.h"
#include "unit/unit.h"

/* Sense as 0xKKAAQQ. */
enum {
	NO_MEDIUM_CLOSED = 0x23a01,
	NO_MEDIUM_OPEN = 0x23a02,
	MEDIUM_CHANGED = 0x62800,
	POWER_ON = 0x62900,
	INVALID_OPCODE = 0x52000,
	INVALID_FIELD = 0x52400,
	REMOVAL_PREVENTED = 0x55302,
	PHASE_ERROR = 0xb4b00,
};

static void test_power_on_is_told_once(void **state)
{
	struct test_drive t = { .drive = NULL };

	(void)state;
	assert_int_equal(vdrive_new(NULL, &t.drive, NULL), 0);
	/* These four go on without a word (SPC-4 5.14), and leave the condition for the next one. */
	assert_int_equal(test_read(&t, CDB(0x12, 0, 0, 0, 36), 36), 0);
	assert_int_equal(test_read(&t, CDB(0x46, 0, 0, 0, 0, 0, 0, 0, 8), 8), 0);
	assert_int_equal(test_read(&t, CDB(0x4a, 1, 0, 0, 0x10, 0, 0, 0, 8), 8), 0);
	assert_int_equal(test_run(&t, CDB(0x00)), POWER_ON);
	assert_int_equal(test_run(&t, CDB(0x00)), NO_MEDIUM_CLOSED);
	vdrive_free(t.drive);
}

static void test_request_sense_tells_unit_attention(void **state)
{
	struct test_drive t = { .drive = NULL };

	(void)state;
	assert_int_equal(vdrive_new(NULL, &t.drive, NULL), 0);
	assert_int_equal(test_read(&t, CDB(0x03, 0, 0, 0, 18), 18), 0);
	assert_int_equal(t.answer.transferred, 18);
	assert_int_equal(t.data[0], 0x70);
	assert_int_equal(t.data[2], 6);
	assert_int_equal(t.data[12], 0x29);
	/* It has been told, so it is gone. */
	assert_int_equal(test_run(&t, CDB(0x00)), NO_MEDIUM_CLOSED);
	vdrive_free(t.drive);
}

static void test_request_sense_tells_the_last_error_once(void **state)
{
	struct test_drive t;

	(void)state;
	test_drive_open(&t, NULL, 0);
	assert_int_equal(test_run(&t, CDB(0x00)), NO_MEDIUM_CLOSED);
	assert_int_equal(test_read(&t, CDB(0x03, 0, 0, 0, 18), 18), 0);
	assert_int_equal(t.data[2], 2);
	assert_int_equal(t.data[12], 0x3a);
	assert_int_equal(test_read(&t, CDB(0x03, 0, 0, 0, 18), 18), 0);
	assert_int_equal(t.data[2], 0);
	/* The descriptor format is none that an MMC drive has. */
	assert_int_equal(test_read(&t, CDB(0x03, 1, 0, 0, 18), 18), INVALID_FIELD);
	test_drive_close(&t);
}

static void test_insert_is_told_once(void **state)
{
	struct test_drive t;

	(void)state;
	test_drive_open(&t, NULL, 0);
	test_drive_make_medium(&t, "cd-rom", 400);
	assert_int_equal(vdrive_insert(t.drive, t.path, "cd-rom", NULL), 0);
	assert_int_equal(test_read(&t, CDB(0x25), 8), MEDIUM_CHANGED);
	assert_int_equal(test_read(&t, CDB(0x25), 8), 0);
	assert_int_equal(get_be32(t.data), 399);
	assert_int_equal(vdrive_readable_sectors(t.drive), 400);
	assert_int_equal(vdrive_insert(t.drive, t.path, "cd-rom", NULL), -EBUSY);
	test_drive_close(&t);
}

static void test_tray(void **state)
{
	struct test_drive t;

	(void)state;
	test_drive_open(&t, "cd-rom", 400);
	assert_int_equal(test_run(&t, CDB(0x1b, 0, 0, 0, 2)), 0);
	assert_int_equal(test_run(&t, CDB(0x00)), NO_MEDIUM_OPEN);
	assert_int_equal(vdrive_readable_sectors(t.drive), 0);
	/* The disc still lies on the tray. */
	assert_int_equal(test_run(&t, CDB(0x1b, 0, 0, 0, 3)), 0);
	assert_int_equal(test_run(&t, CDB(0x00)), MEDIUM_CHANGED);
	assert_int_equal(test_run(&t, CDB(0x00)), 0);
	/* A hand took it away. */
	vdrive_open_tray(t.drive);
	assert_int_equal(test_run(&t, CDB(0x1b, 0, 0, 0, 3)), 0);
	assert_int_equal(test_run(&t, CDB(0x00)), NO_MEDIUM_CLOSED);
	assert_int_equal(test_run(&t, CDB(0x1b, 0, 0, 0, 1)), NO_MEDIUM_CLOSED);
	test_drive_close(&t);
}

static void test_medium_that_is_gone(void **state)
{
	struct test_drive t;

	(void)state;
	test_drive_open(&t, "cd-rom", 400);
	assert_int_equal(test_run(&t, CDB(0x1b, 0, 0, 0, 2)), 0);
	assert_int_equal(remove(t.path), 0);
	assert_int_equal(test_run(&t, CDB(0x1b, 0, 0, 0, 3)), 0x23001);
	assert_int_equal(test_run(&t, CDB(0x00)), NO_MEDIUM_CLOSED);
	test_drive_close(&t);
}

static void test_locked_tray(void **state)
{
	struct test_drive t;
	struct discern_error err;

	(void)state;
	test_drive_open(&t, "cd-rom", 400);
	assert_int_equal(test_run(&t, CDB(0x1e, 0, 0, 0, 1)), 0);
	assert_int_equal(test_run(&t, CDB(0x1b, 0, 0, 0, 2)), REMOVAL_PREVENTED);
	assert_int_equal(vdrive_press_eject(t.drive, &err), -EBUSY);
	assert_true(err.text[0] != '\0');
	/* The button was pressed: the host is asked for the medium. */
	assert_int_equal(test_read(&t, CDB(0x4a, 1, 0, 0, 0x10, 0, 0, 0, 8), 8), 0);
	assert_int_equal(t.data[4], 1);
	assert_int_equal(t.data[5], 2);
	assert_int_equal(test_run(&t, CDB(0x1e)), 0);
	assert_int_equal(vdrive_press_eject(t.drive, &err), 0);
	assert_int_equal(test_run(&t, CDB(0x00)), NO_MEDIUM_OPEN);
	test_drive_close(&t);
}

static void test_media_events(void **state)
{
	static const uint8_t ask[12] = { 0x4a, 1, 0, 0, 0x10, 0, 0, 0, 8 };
	struct test_drive t;

	(void)state;
	test_drive_open(&t, "cd-rom", 400);
	assert_int_equal(test_read(&t, ask, 8), 0);
	assert_int_equal(t.answer.transferred, 8);
	assert_int_equal(get_be16(t.data), 6);
	assert_int_equal(t.data[2], 4);
	assert_int_equal(t.data[4], 2);
	assert_int_equal(t.data[5], 2);
	assert_int_equal(test_read(&t, ask, 8), 0);
	assert_int_equal(t.data[4], 0);
	vdrive_open_tray(t.drive);
	assert_int_equal(test_read(&t, ask, 8), 0);
	assert_int_equal(t.data[4], 3);
	assert_int_equal(t.data[5], 1);
	/* A class that there is none of: no event available, and the list of classes. */
	assert_int_equal(test_read(&t, CDB(0x4a, 1, 0, 0, 0x20, 0, 0, 0, 8), 8), 0);
	assert_int_equal(t.answer.transferred, 4);
	assert_int_equal(t.data[2], 0x80);
	assert_int_equal(t.data[3], 0x56);
	/* Asynchronous notification is not supported. */
	assert_int_equal(test_read(&t, CDB(0x4a, 0, 0, 0, 0x10, 0, 0, 0, 8), 8), INVALID_FIELD);
	test_drive_close(&t);
}

static void test_commands_that_are_none(void **state)
{
	struct test_drive t;
	uint8_t cdb[12] = { 0x28 };
	struct vdrive_command command = { .cdb = cdb, .cdb_length = 9, .direction = VDRIVE_TO_HOST, .data = t.data };

	(void)state;
	test_drive_open(&t, "cd-rom", 400);
	assert_int_equal(test_run(&t, CDB(0xff)), INVALID_OPCODE);
	assert_int_equal(test_run(&t, CDB(0x2c)), INVALID_OPCODE);
	/* Shorter than its group of opcodes demands; the field pointer is at the byte that is missing. */
	cdb[0] = 0x25;
	assert_int_equal(test_execute(&t, &command), INVALID_FIELD);
	assert_int_equal(t.answer.sense[15], 0xc0);
	assert_int_equal(get_be16(t.answer.sense + 16), 9);
	command.cdb_length = 0;
	assert_int_equal(test_execute(&t, &command), INVALID_FIELD);
	test_drive_close(&t);
}

static void test_field_pointer(void **state)
{
	struct test_drive t;

	(void)state;
	test_drive_open(&t, "cd-rom", 400);
	assert_int_equal(test_read(&t, CDB(0x46, 3, 0, 0, 0, 0, 0, 0, 8), 8), INVALID_FIELD);
	assert_int_equal(t.answer.sense_length, 18);
	assert_int_equal(t.answer.sense[0], 0x70);
	assert_int_equal(t.answer.sense[7], 10);
	assert_int_equal(t.answer.sense[15], 0xc0);
	assert_int_equal(get_be16(t.answer.sense + 16), 1);
	test_drive_close(&t);
}

static void test_direction_and_length(void **state)
{
	static const uint8_t inquiry[12] = { 0x12, 0, 0, 0, 36 };
	struct test_drive t;

	(void)state;
	test_drive_open(&t, "cd-rom", 400);
	/* Data that nobody will fetch, or while the host wants to send: a phase error. */
	assert_int_equal(test_run(&t, inquiry), PHASE_ERROR);
	assert_int_equal(test_write(&t, inquiry, "", 1), PHASE_ERROR);
	assert_int_equal(t.answer.transferred, 0);
	/* The host expects data where there is none to be had: none comes. */
	assert_int_equal(test_read(&t, CDB(0x00), 36), 0);
	assert_int_equal(t.answer.transferred, 0);
	/* An allocation length of zero is no error (SPC-4 4.2.5.6). */
	assert_int_equal(test_read(&t, CDB(0x12), 36), 0);
	assert_int_equal(t.answer.transferred, 0);
	/* Cut to the allocation length, and to the room that the host has. */
	assert_int_equal(test_read(&t, CDB(0x12, 0, 0, 0, 5), 36), 0);
	assert_int_equal(t.answer.transferred, 5);
	assert_int_equal(t.data[5], 0xee);
	assert_int_equal(test_read(&t, inquiry, 8), 0);
	assert_int_equal(t.answer.transferred, 8);
	assert_int_equal(t.data[8], 0xee);
	/* A list of another length than the block announces. */
	assert_int_equal(test_write(&t, CDB(0x55, 0x10, 0, 0, 0, 0, 0, 0, 20), "", 1), PHASE_ERROR);
	test_drive_close(&t);
}

static void test_faults(void **state)
{
	struct test_drive t;

	(void)state;
	test_drive_open(&t, "cd-rom", 400);
	assert_int_equal(vdrive_add_fault(t.drive, "0x25 sense=4/44/00 count=1", NULL), 0);
	assert_int_equal(vdrive_add_fault(t.drive, "0x12 host=3 count=1 delay=5", NULL), 0);
	assert_int_equal(vdrive_add_fault(t.drive, "0x43 sense=1/17/01 count=1", NULL), 0);
	assert_int_equal(test_read(&t, CDB(0x25), 8), 0x44400);
	assert_int_equal(test_read(&t, CDB(0x25), 8), 0);
	assert_int_equal(test_read(&t, CDB(0x12, 0, 0, 0, 36), 36), 0);
	assert_int_equal(t.answer.host_status, VDRIVE_HOST_TIME_OUT);
	assert_int_equal(t.answer.transferred, 0);
	assert_int_equal(t.answer.delay_us, 5000);
	/* Recovered: the data comes along. */
	assert_int_equal(test_read(&t, CDB(0x43, 0, 0, 0, 0, 0, 0, 0, 20), 20), 0x11701);
	assert_int_equal(t.answer.transferred, 20);
	assert_int_equal(test_read(&t, CDB(0x43, 0, 0, 0, 0, 0, 0, 0, 20), 20), 0);
	assert_int_equal(vdrive_add_fault(t.drive, "sometimes", NULL), -EINVAL);
	test_drive_close(&t);
}

static void test_identity(void **state)
{
	struct vdrive_options options = {
		.vendor = "MAKER", .product = "SIXTEEN LETTERS!", .revision = "9", .serial = "S1"
	};
	struct test_drive t = { .drive = NULL };
	struct discern_error err;

	(void)state;
	assert_int_equal(vdrive_new(&options, &t.drive, &err), 0);
	assert_int_equal(test_read(&t, CDB(0x12, 0, 0, 0, 36), 36), 0);
	assert_memory_equal(t.data + 8, "MAKER   SIXTEEN LETTERS!9   ", 28);
	assert_int_equal(test_read(&t, CDB(0x12, 1, 0x80, 0, 255), 255), 0);
	assert_int_equal(t.answer.transferred, 6);
	assert_memory_equal(t.data + 4, "S1", 2);
	vdrive_free(t.drive);
	options.vendor = "LONGMAKER";
	assert_int_equal(vdrive_new(&options, &t.drive, &err), -EINVAL);
	assert_null(t.drive);
	options.vendor = "T\xc3\xa4";
	assert_int_equal(vdrive_new(&options, &t.drive, &err), -EINVAL);
	assert_null(vdrive_free(NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_power_on_is_told_once),
		cmocka_unit_test(test_request_sense_tells_unit_attention),
		cmocka_unit_test(test_request_sense_tells_the_last_error_once),
		cmocka_unit_test(test_insert_is_told_once),
		cmocka_unit_test(test_tray),
		cmocka_unit_test(test_medium_that_is_gone),
		cmocka_unit_test(test_locked_tray),
		cmocka_unit_test(test_media_events),
		cmocka_unit_test(test_commands_that_are_none),
		cmocka_unit_test(test_field_pointer),
		cmocka_unit_test(test_direction_and_length),
		cmocka_unit_test(test_faults),
		cmocka_unit_test(test_identity),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
