/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/unit.h"

#include <errno.h>
#include <string.h>

#include "drive/mmc.h"
#include "drive/transport.h"
#include "support/fake_transport.h"

static struct fake_transport fake;
static struct discern_error err;
static uint8_t sector[2048];

static int read_one(size_t *ret_length)
{
	struct scsi_command command;

	mmc_read(&command, 7, 1, sector, 1000);
	return transport_run(&fake.transport, &command, ret_length, &err);
}

static int fresh(void **state)
{
	(void)state;
	fake_transport_init(&fake);
	memset(&err, 0x55, sizeof(err));
	return 0;
}

static void good(void **state)
{
	(void)state;
	fake_transport_answer(&fake, MMC_READ_10);
	assert_int_equal(read_one(NULL), 0);
	assert_int_equal(sector[0], 7);
	assert_int_equal(err.code, 0);
	assert_int_equal(err.sense.key, 0);
}

static void sense_decides(void **state)
{
	(void)state;
	fake_transport_fail(&fake, MMC_READ_10, 0, SENSE(3, 0x11, 0x05))->information = 7;
	assert_int_equal(read_one(NULL), -EIO);
	assert_string_equal(err.text, "L-EC uncorrectable error (3/11/05)");
	assert_int_equal(err.sense.asc, 0x11);
	assert_int_equal(err.lba, 7);
}

static void recovered_error_is_good(void **state)
{
	(void)state;
	fake_transport_fail(&fake, MMC_READ_10, 0, SENSE(1, 0x18, 0x00));
	assert_int_equal(read_one(NULL), 0);
	assert_int_equal(err.code, 0);
	assert_int_equal(err.sense.key, 1);
}

/* libburn takes this for success. */
static void check_condition_without_reason(void **state)
{
	(void)state;
	fake_transport_fail(&fake, MMC_READ_10, 0, 0);
	assert_int_equal(read_one(NULL), -EIO);
	fresh(NULL);
	fake_transport_answer(&fake, MMC_READ_10)->status = 0x02;
	assert_int_equal(read_one(NULL), -EIO);
}

static void good_status_with_an_errors_sense(void **state)
{
	struct fake_answer *answer;

	(void)state;
	answer = fake_transport_answer(&fake, MMC_READ_10);
	answer->key = 3;
	answer->asc = 0x11;
	assert_int_equal(read_one(NULL), -EIO);
}

static void host_status(void **state)
{
	static const struct {
		uint16_t host_status;
		int code;
	} cases[] = {
		{ 1, -ENODEV }, { 2, -EIO }, { 3, -ETIMEDOUT }, { 4, -ENODEV }, { 5, -ETIMEDOUT },
		{ 7, -EIO },    { 8, -EIO }, { 11, -EIO },      { 14, -EIO },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		fresh(NULL);
		fake_transport_answer(&fake, MMC_READ_10)->host_status = cases[i].host_status;
		assert_int_equal(read_one(NULL), cases[i].code);
		assert_int_equal(err.sense.key, 0);
	}
}

static void driver_status(void **state)
{
	(void)state;
	fake_transport_answer(&fake, MMC_READ_10)->driver_status = 0x06;
	assert_int_equal(read_one(NULL), -ETIMEDOUT);
	fresh(NULL);
	fake_transport_answer(&fake, MMC_READ_10)->driver_status = 0x05;
	assert_int_equal(read_one(NULL), -EIO);
	fresh(NULL);
	fake_transport_fail(&fake, MMC_READ_10, 0, SENSE(1, 0x17, 0))->driver_status = 0x08;
	assert_int_equal(read_one(NULL), 0);
}

static void other_status(void **state)
{
	static const struct {
		uint8_t status;
		int code;
	} cases[] = { { 0x08, -EAGAIN }, { 0x18, -EBUSY }, { 0x28, -EAGAIN }, { 0x40, -EIO }, { 0x77, -EIO } };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		fresh(NULL);
		fake_transport_answer(&fake, MMC_READ_10)->status = cases[i].status;
		assert_int_equal(read_one(NULL), cases[i].code);
	}
}

static void short_transfer_is_no_data(void **state)
{
	size_t length = 0;

	(void)state;
	fake_transport_answer(&fake, MMC_READ_10)->residual = 1;
	assert_int_equal(read_one(NULL), -EIO);
	assert_non_null(strstr(err.text, "2047 of 2048"));
	assert_int_equal(read_one(&length), 0);
	assert_int_equal(length, 2047);
	/* A residual larger than the transfer is nonsense; nothing arrived. */
	fresh(NULL);
	fake_transport_answer(&fake, MMC_READ_10)->residual = 5000;
	assert_int_equal(read_one(&length), 0);
	assert_int_equal(length, 0);
}

static void not_delivered(void **state)
{
	static const struct {
		int ret, code;
	} cases[] = {
		{ -ENXIO, -ENODEV }, { -ENODEV, -ENODEV }, { -EPERM, -EPERM }, { -ENOTTY, -ENOTTY }, { -EIO, -EIO }
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		fresh(NULL);
		fake_transport_answer(&fake, MMC_READ_10)->ret = cases[i].ret;
		assert_int_equal(read_one(NULL), cases[i].code);
	}
}

static void too_long_for_the_system(void **state)
{
	static uint8_t sectors[32 * 2048];
	struct scsi_command command;

	(void)state;
	fake_transport_answer(&fake, MMC_READ_10)->ret = -EIO;
	mmc_read(&command, 0, 32, sectors, 1000);
	assert_int_equal(transport_run(&fake.transport, &command, NULL, &err), -EMSGSIZE);
}

static void harmless_unit_attention_is_repeated_once(void **state)
{
	(void)state;
	fake_transport_fail(&fake, MMC_READ_10, 1, SENSE(6, 0x2a, 0x01));
	fake_transport_answer(&fake, MMC_READ_10);
	assert_int_equal(read_one(NULL), 0);
	assert_int_equal(fake.n_commands[MMC_READ_10], 2);
}

static void medium_change_is_told(void **state)
{
	struct scsi_command command;

	(void)state;
	fake_transport_fail(&fake, MMC_TEST_UNIT_READY, 0, SENSE(6, 0x28, 0x00));
	mmc_test_unit_ready(&command);
	assert_int_equal(transport_run(&fake.transport, &command, NULL, &err), -ESTALE);
	assert_int_equal(fake.n_commands[MMC_TEST_UNIT_READY], 1);
	assert_string_equal(err.text, "TEST UNIT READY: not ready to ready change, medium may have changed (6/28/00)");
	/* Nobody needs to want to know. */
	assert_int_equal(transport_run(&fake.transport, &command, NULL, NULL), -ESTALE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(good, fresh),
		cmocka_unit_test_setup(sense_decides, fresh),
		cmocka_unit_test_setup(recovered_error_is_good, fresh),
		cmocka_unit_test_setup(check_condition_without_reason, fresh),
		cmocka_unit_test_setup(good_status_with_an_errors_sense, fresh),
		cmocka_unit_test_setup(host_status, fresh),
		cmocka_unit_test_setup(driver_status, fresh),
		cmocka_unit_test_setup(other_status, fresh),
		cmocka_unit_test_setup(short_transfer_is_no_data, fresh),
		cmocka_unit_test_setup(not_delivered, fresh),
		cmocka_unit_test_setup(too_long_for_the_system, fresh),
		cmocka_unit_test_setup(harmless_unit_attention_is_repeated_once, fresh),
		cmocka_unit_test_setup(medium_change_is_told, fresh),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
