/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/unit.h"

#include <errno.h>
#include <string.h>

#include "drive/drive_private.h"
#include "drive/drive_source.h"
#include "support/fake_transport.h"

enum { N_SECTORS = 20000, ROOM = 1030 };

static const uint8_t capacity[8] = { 0, 0, 0x4e, 0x1f, 0, 0, 8, 0 };
static const uint8_t other_capacity[8] = { 0, 0, 0x4e, 0x20, 0, 0, 8, 0 };

static struct fake_transport fake;
static struct fake_answer *capacity_answer;
static struct discern_drive *drive;
static struct discern_source *source;
static struct discern_error err;
static uint8_t buffer[ROOM * DISCERN_SECTOR_SIZE];
static const struct discern_medium medium = {
	.profile = DISCERN_PROFILE_DVD_ROM,
	.state = DISCERN_MEDIUM_COMPLETE,
	.read_capacity_sectors = N_SECTORS,
};

/* A drive that is ready and has 20000 sectors; the test adds what reads answer. */
static int fresh(void **state)
{
	(void)state;
	fake_transport_init(&fake);
	fake_transport_be_drive(&fake);
	capacity_answer = fake_transport_answer(&fake, MMC_READ_CAPACITY);
	capacity_answer->data = capacity;
	capacity_answer->data_length = sizeof(capacity);
	source = NULL;
	if (drive_open_on(&fake.transport, "/dev/sr9", &drive, &err) < 0)
		return -1;
	drive->ready_seconds = 1;
	return drive_source_open(drive, &medium, NULL, &source, &err);
}

static int leave(void **state)
{
	(void)state;
	source = source_close(source);
	drive = discern_drive_close(drive);
	return 0;
}

static void describes_itself(void **state)
{
	(void)state;
	assert_int_equal(source->n_sectors, N_SECTORS);
	assert_int_equal(source->ecc_sectors, 16);
	assert_int_equal(source->preferred_sectors, 128);
	assert_int_equal(source->largest_sectors, 512);
}

static void reads_in_pieces(void **state)
{
	(void)state;
	fake_transport_answer(&fake, MMC_READ_10);
	assert_int_equal(source_read(source, 100, ROOM, buffer, &err), 0);
	assert_int_equal(fake.n_commands[MMC_READ_10], 3);
	for (unsigned i = 0; i < ROOM; i++)
		assert_int_equal(buffer[i * DISCERN_SECTOR_SIZE + 17], (uint8_t)(100 + i));
}

static void bad_sector(void **state)
{
	(void)state;
	fake_transport_fail(&fake, MMC_READ_10, 1, SENSE(3, 0x11, 0x05));
	assert_int_equal(source_read(source, 16, 1, buffer, &err), -EIO);
	assert_string_equal(err.text, "/dev/sr9: cannot read LBA 16: L-EC uncorrectable error (3/11/05)");
	assert_int_equal(err.code, -EIO);
	assert_int_equal(err.lba, 16);
	assert_int_equal(err.sense.key, 3);
	/* Not tried again here, that is for the ripper to decide. */
	assert_int_equal(fake.n_commands[MMC_READ_10], 1);
}

static void the_drive_names_the_sector(void **state)
{
	(void)state;
	fake_transport_fail(&fake, MMC_READ_10, 1, SENSE(3, 0x11, 0x05))->information = 20;
	fake_transport_fail(&fake, MMC_READ_10, 1, SENSE(3, 0x11, 0x05))->information = 99;
	assert_int_equal(source_read(source, 16, 16, buffer, &err), -EIO);
	assert_int_equal(err.lba, 20);
	assert_string_equal(err.text, "/dev/sr9: cannot read LBA 16-31: L-EC uncorrectable error (3/11/05)");
	/* A sector that was not asked for. */
	assert_int_equal(source_read(source, 16, 16, buffer, &err), -EIO);
	assert_int_equal(err.lba, 16);
}

static void one_answer_each(void **state)
{
	static const struct {
		unsigned sense;
		int code;
	} cases[] = {
		{ SENSE(5, 0x21, 0x00), -ENXIO },        { SENSE(5, 0x63, 0x00), -ENXIO },
		{ SENSE(5, 0x64, 0x00), -ENXIO },        { SENSE(8, 0x00, 0x00), -ENXIO },
		{ SENSE(5, 0x6f, 0x03), -EKEYREJECTED }, { SENSE(2, 0x3a, 0x02), -ENOMEDIUM },
		{ SENSE(4, 0x09, 0x02), -EIO },          { SENSE(0xb, 0x47, 0x00), -EIO },
		{ SENSE(6, 0x28, 0x00), -ESTALE },       { SENSE(5, 0x24, 0x00), -EIO },
		{ SENSE(2, 0x30, 0x00), -EIO },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		fake_transport_fail(&fake, MMC_READ_10, 1, cases[i].sense);
		assert_int_equal(source_read(source, 0, 1, buffer, &err), cases[i].code);
		assert_int_equal(err.code, cases[i].code);
		assert_int_equal(strncmp(err.text, "/dev/sr9: ", 10), 0);
		assert_null(strstr(err.text + 10, "/dev/sr9"));
	}
}

static void short_transfer(void **state)
{
	(void)state;
	fake_transport_answer(&fake, MMC_READ_10)->residual = 512;
	assert_int_equal(source_read(source, 0, 4, buffer, &err), -EIO);
}

static void not_ready_is_waited_for(void **state)
{
	(void)state;
	fake_transport_fail(&fake, MMC_READ_10, 1, SENSE(2, 0x04, 0x01));
	fake_transport_answer(&fake, MMC_READ_10);
	assert_int_equal(source_read(source, 5, 1, buffer, &err), 0);
	assert_int_equal(buffer[0], 5);
	assert_int_equal(fake.n_commands[MMC_READ_10], 2);
}

static void reset_is_survived(void **state)
{
	(void)state;
	fake_transport_fail(&fake, MMC_READ_10, 1, SENSE(6, 0x29, 0x00));
	fake_transport_answer(&fake, MMC_READ_10);
	assert_int_equal(source_read(source, 5, 1, buffer, &err), 0);
	assert_int_equal(fake.n_commands[MMC_READ_10], 2);
}

/* The drive was reset, and when it is back another disc is in it. */
static void reset_with_another_disc(void **state)
{
	(void)state;
	fake_transport_fail(&fake, MMC_READ_10, 1, SENSE(6, 0x29, 0x00));
	fake_transport_answer(&fake, MMC_READ_10);
	capacity_answer->data = other_capacity;
	assert_int_equal(source_read(source, 5, 1, buffer, &err), -ESTALE);
	assert_string_equal(err.text, "/dev/sr9: the disc was changed");
}

/* A drive that hangs over a bad sector and comes back: the sector is bad, the source is not. */
static void timeout_is_a_bad_sector_if_the_drive_returns(void **state)
{
	struct fake_answer *answer = fake_transport_answer(&fake, MMC_READ_10);

	(void)state;
	answer->host_status = 3;
	answer->count = 1;
	assert_int_equal(source_read(source, 5, 1, buffer, &err), -EIO);
	assert_non_null(strstr(err.text, "did not answer in time"));
	assert_int_equal(fake.n_commands[MMC_READ_10], 1);
	assert_true(fake.n_commands[MMC_TEST_UNIT_READY] >= 2);
}

/* Whether many losses in a row are the disc's fault, a sector that was read tells. */
static void many_timeouts_with_a_drive_that_reads_others(void **state)
{
	struct fake_answer *answer;

	(void)state;
	fake_transport_answer(&fake, MMC_READ_10)->count = 1;
	answer = fake_transport_answer(&fake, MMC_READ_10);
	answer->host_status = 3;
	answer->count = 8;
	fake_transport_answer(&fake, MMC_READ_10);
	assert_int_equal(source_read(source, 77, 1, buffer, &err), 0);
	for (int i = 0; i < 8; i++)
		assert_int_equal(source_read(source, 100 + i, 1, buffer, &err), -EIO);
	assert_int_equal(fake.last.cdb[5], 77);
	assert_int_equal(source_read(source, 200, 1, buffer, &err), 0);
}

static void many_timeouts_with_a_drive_that_reads_nothing(void **state)
{
	struct fake_answer *answer;

	(void)state;
	fake_transport_answer(&fake, MMC_READ_10)->count = 1;
	answer = fake_transport_answer(&fake, MMC_READ_10);
	answer->status = 8;
	assert_int_equal(source_read(source, 77, 1, buffer, &err), 0);
	for (int i = 0; i < 7; i++)
		assert_int_equal(source_read(source, 100 + i, 1, buffer, &err), -EIO);
	assert_int_equal(source_read(source, 107, 1, buffer, &err), -ETIMEDOUT);
	assert_string_equal(err.text, "/dev/sr9: the drive reads nothing any more: READ(10): the drive is busy");
}

static void timeout_with_a_change(void **state)
{
	(void)state;
	fake_transport_answer(&fake, MMC_READ_10)->host_status = 3;
	fake.answers[2].count = 1; /* ready was answered once, at open */
	fake_transport_fail(&fake, MMC_TEST_UNIT_READY, 0, SENSE(6, 0x28, 0x00));
	assert_int_equal(source_read(source, 5, 1, buffer, &err), -ESTALE);
}

static void drive_that_does_not_return(void **state)
{
	(void)state;
	fake_transport_answer(&fake, MMC_READ_10)->host_status = 3;
	fake.answers[2].host_status = 3;
	assert_int_equal(source_read(source, 5, 1, buffer, &err), -ETIMEDOUT);
	fake.answers[2].host_status = 1;
	assert_int_equal(source_read(source, 5, 1, buffer, &err), -ENODEV);
}

static void never_ready_again(void **state)
{
	(void)state;
	fake_transport_fail(&fake, MMC_READ_10, 0, SENSE(2, 0x04, 0x01));
	assert_int_equal(source_read(source, 5, 1, buffer, &err), -EIO);
	assert_int_equal(fake.n_commands[MMC_READ_10], 4);
}

static void shorter_commands_when_refused(void **state)
{
	struct fake_answer *answer = fake_transport_answer(&fake, MMC_READ_10);

	(void)state;
	answer->ret = -EINVAL;
	answer->count = 2;
	fake_transport_answer(&fake, MMC_READ_10);
	assert_int_equal(source_read(source, 0, 64, buffer, &err), 0);
	/* 64 and 32 refused, then four of 16. */
	assert_int_equal(fake.n_commands[MMC_READ_10], 6);
	assert_int_equal(source->preferred_sectors, 16);
	assert_int_equal(buffer[63 * DISCERN_SECTOR_SIZE], 63);
}

static void nonsense_is_refused(void **state)
{
	(void)state;
	assert_int_equal(source_read(source, 0, 0, buffer, &err), -ENXIO);
	assert_int_equal(source_read(source, INT32_MAX, 1, buffer, &err), -ENXIO);
	assert_int_equal(fake.n_commands[MMC_READ_10], 0);
}

static void errors_nobody_wants(void **state)
{
	(void)state;
	fake_transport_fail(&fake, MMC_READ_10, 1, SENSE(3, 0x11, 0x00));
	assert_int_equal(source_read(source, 0, 1, buffer, NULL), -EIO);
}

static void other_disc_at_open(void **state)
{
	struct discern_source *second = NULL;
	struct discern_medium none = { .state = DISCERN_MEDIUM_NONE };

	(void)state;
	assert_int_equal(drive_source_open(drive, &none, NULL, &second, &err), -ENOMEDIUM);
	capacity_answer->data = other_capacity;
	assert_int_equal(drive_source_open(drive, &medium, NULL, &second, &err), -ESTALE);
	assert_null(second);
}

static void reads_past_the_cache(void **state)
{
	enum { FUA = 0x08 };
	const struct drive_source_options options = { .past_cache = true };
	static uint8_t sectors[128 * DISCERN_SECTOR_SIZE];
	struct discern_source *second = NULL;

	(void)state;
	fake_transport_answer(&fake, MMC_READ_10);
	assert_int_equal(drive_source_open(drive, &medium, &options, &second, &err), 0);
	assert_int_equal(source_read(second, 0, 1, sectors, &err), 0);
	assert_int_equal(fake.last.cdb[1], FUA);
	/* Behind more than a cache holds, the drive may read ahead again. */
	for (int i = 0; i < 4096 / 128; i++)
		assert_int_equal(source_read(second, i * 128, 128, sectors, &err), 0);
	assert_int_equal(source_read(second, 0, 1, sectors, &err), 0);
	assert_int_equal(fake.last.cdb[1], 0);
	second = source_close(second);
}

static void reads_elsewhere_without_fua(void **state)
{
	const struct drive_source_options options = { .past_cache = true };
	struct discern_source *second = NULL;
	uint8_t sector[DISCERN_SECTOR_SIZE];

	(void)state;
	fake_transport_fail(&fake, MMC_READ_10, 1, SENSE(5, 0x24, 0x00));
	fake_transport_answer(&fake, MMC_READ_10);
	assert_int_equal(drive_source_open(drive, &medium, &options, &second, &err), 0);
	assert_int_equal(source_read(second, 0, 1, sector, &err), 0);
	/* One refused, 8 pieces from the other end, and the one that was wanted. */
	assert_int_equal(fake.n_commands[MMC_READ_10], 1 + 8 + 1);
	assert_int_equal(fake.last.cdb[1], 0);
	source_close(second);
}

/* ---- a drive that drops out ---- */

static unsigned n_gone, n_back;
static int compare_result;

static int on_drop_out(struct discern_source *back, const char *path, void *user, struct discern_error *ret_err)
{
	assert_string_equal(path, "/dev/sr9");
	assert_ptr_equal(user, &fake);
	if (back == NULL) {
		n_gone++;
		return 0;
	}
	n_back++;
	if (compare_result == 0)
		return source_read(back, 7, 1, buffer, ret_err);
	return compare_result;
}

static void open_with_drop_outs(unsigned count)
{
	const struct drive_source_options options = { .reconnect_seconds = 1, .on_drop_out = on_drop_out, .user = &fake };
	struct fake_answer *answer = fake_transport_answer(&fake, MMC_READ_10);

	/* It says who it is as often. */
	for (unsigned i = 0; i < 4; i++) {
		for (size_t k = 0; k < fake.n_answers; k++)
			if (fake.answers[k].opcode == MMC_INQUIRY)
				fake.answers[k].count = 1;
		fake_transport_be_drive(&fake);
	}
	source_close(source);
	n_gone = n_back = 0;
	compare_result = 0;
	assert_int_equal(drive_source_open(drive, &medium, &options, &source, &err), 0);
	answer->host_status = 1;
	answer->count = count;
	fake_transport_answer(&fake, MMC_READ_10);
}

static void drop_out_with_the_same_disc(void **state)
{
	(void)state;
	open_with_drop_outs(1);
	/* These sectors may be what it stumbles over: that is for the ripper to find out. */
	assert_int_equal(source_read(source, 100, 1, buffer, &err), -EIO);
	assert_int_equal(n_gone, 1);
	assert_int_equal(n_back, 1);
	assert_int_equal(source_read(source, 100, 1, buffer, &err), 0);
	assert_int_equal(buffer[0], 100);
}

static void drop_out_again_while_it_is_looked_at(void **state)
{
	(void)state;
	open_with_drop_outs(3);
	assert_int_equal(source_read(source, 100, 1, buffer, &err), -EIO);
	assert_int_equal(n_gone, 1);
	assert_int_equal(n_back, 3);
}

static void drop_out_again_and_again(void **state)
{
	(void)state;
	open_with_drop_outs(0);
	assert_int_equal(source_read(source, 100, 1, buffer, &err), -ENODEV);
	assert_int_equal(n_back, 4);
}

static void drop_out_with_another_disc(void **state)
{
	(void)state;
	open_with_drop_outs(1);
	capacity_answer->data = other_capacity;
	assert_int_equal(source_read(source, 100, 1, buffer, &err), -ESTALE);
	assert_int_equal(n_back, 0);
}

static void drop_out_with_a_disc_of_the_same_size(void **state)
{
	(void)state;
	open_with_drop_outs(1);
	compare_result = -ESTALE;
	assert_int_equal(source_read(source, 100, 1, buffer, &err), -ESTALE);
}

static unsigned n_resets;

static int on_reset(struct discern_source *back, const char *path, void *user, struct discern_error *ret_err)
{
	(void)path;
	(void)user;
	n_resets++;
	/* Trouble while the disc is looked at is no reason to look again. */
	assert_int_equal(source_read(back, 7, 1, buffer, ret_err), 0);
	return compare_result;
}

static void reset_with_a_disc_of_the_same_size(void **state)
{
	const struct drive_source_options options = { .on_reset = on_reset };

	(void)state;
	source_close(source);
	assert_int_equal(drive_source_open(drive, &medium, &options, &source, &err), 0);
	for (compare_result = 0; compare_result >= -ESTALE; compare_result -= ESTALE) {
		n_resets = 0;
		fake_transport_fail(&fake, MMC_READ_10, 2, SENSE(6, 0x29, 0x00));
		fake_transport_answer(&fake, MMC_READ_10)->count = compare_result == 0 ? 2 : 0;
		assert_int_equal(source_read(source, 5, 1, buffer, &err), compare_result);
		assert_int_equal(n_resets, 1);
	}
}

/* The drive tells of the change when it is asked for the size. */
static void reset_with_a_change_told_late(void **state)
{
	(void)state;
	fake_transport_fail(&fake, MMC_READ_10, 1, SENSE(6, 0x29, 0x00));
	fake_transport_answer(&fake, MMC_READ_10);
	capacity_answer->count = 1;
	capacity_answer->n_used = 1;
	fake_transport_fail(&fake, MMC_READ_CAPACITY, 1, SENSE(6, 0x28, 0x00));
	assert_int_equal(source_read(source, 5, 1, buffer, &err), -ESTALE);
}

static void trouble_of_the_drive_itself(void **state)
{
	(void)state;
	fake_transport_answer(&fake, MMC_READ_10)->count = 1;
	fake_transport_fail(&fake, MMC_READ_10, 0, SENSE(4, 0x44, 0));
	assert_int_equal(source_read(source, 16, 1, buffer, &err), 0);
	for (unsigned i = 0; i < 7; i++)
		assert_int_equal(source_read(source, 32 + i, 1, buffer, &err), -EIO);
	/* Neither does it read any more what it has read. */
	assert_int_equal(source_read(source, 39, 1, buffer, &err), -ETIMEDOUT);
	assert_non_null(strstr(err.text, "reads nothing any more"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(describes_itself, fresh, leave),
		cmocka_unit_test_setup_teardown(reads_in_pieces, fresh, leave),
		cmocka_unit_test_setup_teardown(bad_sector, fresh, leave),
		cmocka_unit_test_setup_teardown(the_drive_names_the_sector, fresh, leave),
		cmocka_unit_test_setup_teardown(one_answer_each, fresh, leave),
		cmocka_unit_test_setup_teardown(short_transfer, fresh, leave),
		cmocka_unit_test_setup_teardown(not_ready_is_waited_for, fresh, leave),
		cmocka_unit_test_setup_teardown(reset_is_survived, fresh, leave),
		cmocka_unit_test_setup_teardown(reset_with_another_disc, fresh, leave),
		cmocka_unit_test_setup_teardown(timeout_is_a_bad_sector_if_the_drive_returns, fresh, leave),
		cmocka_unit_test_setup_teardown(many_timeouts_with_a_drive_that_reads_others, fresh, leave),
		cmocka_unit_test_setup_teardown(many_timeouts_with_a_drive_that_reads_nothing, fresh, leave),
		cmocka_unit_test_setup_teardown(timeout_with_a_change, fresh, leave),
		cmocka_unit_test_setup_teardown(drive_that_does_not_return, fresh, leave),
		cmocka_unit_test_setup_teardown(never_ready_again, fresh, leave),
		cmocka_unit_test_setup_teardown(drop_out_with_the_same_disc, fresh, leave),
		cmocka_unit_test_setup_teardown(drop_out_again_while_it_is_looked_at, fresh, leave),
		cmocka_unit_test_setup_teardown(drop_out_again_and_again, fresh, leave),
		cmocka_unit_test_setup_teardown(drop_out_with_another_disc, fresh, leave),
		cmocka_unit_test_setup_teardown(drop_out_with_a_disc_of_the_same_size, fresh, leave),
		cmocka_unit_test_setup_teardown(reset_with_a_disc_of_the_same_size, fresh, leave),
		cmocka_unit_test_setup_teardown(reset_with_a_change_told_late, fresh, leave),
		cmocka_unit_test_setup_teardown(trouble_of_the_drive_itself, fresh, leave),
		cmocka_unit_test_setup_teardown(shorter_commands_when_refused, fresh, leave),
		cmocka_unit_test_setup_teardown(nonsense_is_refused, fresh, leave),
		cmocka_unit_test_setup_teardown(errors_nobody_wants, fresh, leave),
		cmocka_unit_test_setup_teardown(other_disc_at_open, fresh, leave),
		cmocka_unit_test_setup_teardown(reads_past_the_cache, fresh, leave),
		cmocka_unit_test_setup_teardown(reads_elsewhere_without_fua, fresh, leave),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
