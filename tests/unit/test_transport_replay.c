/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/unit.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "drive/mmc.h"
#include "drive/recorder.h"
#include "drive/transport.h"
#include "support/fake_transport.h"

static char path[] = "/tmp/discern-test-replay.XXXXXX";
static struct fake_transport fake;
static struct discern_error err;

static int make_file(void **state)
{
	(void)state;
	int fd = mkstemp(path);

	if (fd < 0)
		return -1;
	close(fd);
	return 0;
}

static int remove_file(void **state)
{
	(void)state;
	return unlink(path);
}

static void write_text(const char *text)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	fputs(text, file);
	assert_int_equal(fclose(file), 0);
}

/* What a small job asks: ready, a size, two sectors of which the second is bad, and a parameter list. */
static void ask(struct transport *transport, struct scsi_result results[5], uint8_t sectors[2][2048])
{
	uint8_t capacity[8] = { 0 }, streaming[MMC_STREAMING_SIZE];
	struct scsi_command command;

	mmc_test_unit_ready(&command);
	assert_int_equal(transport->ops->execute(transport, &command, &results[0]), 0);
	mmc_read_capacity(&command, capacity);
	assert_int_equal(transport->ops->execute(transport, &command, &results[1]), 0);
	assert_int_equal(capacity[3], 99);
	mmc_read(&command, 5, 1, sectors[0], 1000);
	assert_int_equal(transport->ops->execute(transport, &command, &results[2]), 0);
	mmc_read(&command, 6, 1, sectors[1], 1000);
	assert_int_equal(transport->ops->execute(transport, &command, &results[3]), 0);
	mmc_set_streaming(&command, streaming, 99, 1000, 1000);
	assert_int_equal(transport->ops->execute(transport, &command, &results[4]), 0);
}

static void record(bool keep_sectors, struct scsi_result results[5], uint8_t sectors[2][2048])
{
	static const uint8_t capacity[8] = { 0, 0, 0, 99, 0, 0, 8, 0 };
	struct transport_recorder *recorder = NULL;
	struct transport *recording = NULL;
	struct fake_answer *answer;
	int status = -1;

	fake_transport_init(&fake);
	fake_transport_answer(&fake, MMC_TEST_UNIT_READY);
	answer = fake_transport_answer(&fake, MMC_READ_CAPACITY);
	answer->data = capacity;
	answer->data_length = sizeof(capacity);
	fake_transport_answer(&fake, MMC_READ_10)->count = 1;
	fake_transport_fail(&fake, MMC_READ_10, 1, SENSE(3, 0x11, 0x05));
	fake_transport_answer(&fake, MMC_SET_STREAMING)->host_status = 3;
	assert_int_equal(transport_recorder_open(path, &recorder, &err), 0);
	if (keep_sectors)
		transport_recorder_keep_sectors(recorder);
	assert_int_equal(transport_record(&fake.transport, recorder, &recording, &err), 0);
	transport_recorder_note(recorder, "a note\nin two lines");
	ask(recording, results, sectors);
	assert_null(transport_close(recording));
	assert_true(fake.is_closed);
	assert_null(transport_recorder_close(recorder, &status));
	assert_int_equal(status, 0);
}

static void same_results(const struct scsi_result *a, const struct scsi_result *b)
{
	for (size_t i = 0; i < 5; i++) {
		assert_int_equal(a[i].status, b[i].status);
		assert_int_equal(a[i].host_status, b[i].host_status);
		assert_int_equal(a[i].driver_status, b[i].driver_status);
		assert_int_equal(a[i].residual, b[i].residual);
		assert_int_equal(a[i].sense_length, b[i].sense_length);
		assert_memory_equal(a[i].sense, b[i].sense, sizeof(a[i].sense));
	}
}

static void replays_what_was_recorded(void **state)
{
	struct scsi_result recorded[5], played[5];
	uint8_t sectors[2][2048], again[2][2048];
	struct transport *replay = NULL;
	struct scsi_command command;
	struct scsi_result result;

	(void)state;
	record(true, recorded, sectors);
	assert_int_equal(transport_replay_open(path, &replay, &err), 0);
	ask(replay, played, again);
	same_results(recorded, played);
	assert_memory_equal(sectors[0], again[0], 2048);
	/* The recording is over. */
	mmc_test_unit_ready(&command);
	assert_int_equal(replay->ops->execute(replay, &command, &result), -EPROTO);
	transport_close(replay);
}

static void contents_stay_out_of_it(void **state)
{
	struct scsi_result recorded[5], played[5];
	uint8_t sectors[2][2048], again[2][2048];
	struct transport *replay = NULL;
	char line[8192];
	FILE *file;
	bool has_digest = false;

	(void)state;
	record(false, recorded, sectors);
	file = fopen(path, "r");
	assert_non_null(file);
	while (fgets(line, sizeof(line), file) != NULL) {
		/* 2048 bytes of 05h */
		assert_null(strstr(line, "0505050505050505"));
		if (strstr(line, " sha256=") != NULL)
			has_digest = true;
	}
	fclose(file);
	assert_true(has_digest);
	assert_int_equal(transport_replay_open(path, &replay, &err), 0);
	ask(replay, played, again);
	same_results(recorded, played);
	assert_int_equal(again[0][100], 0);
	transport_close(replay);
}

static void another_command_fails(void **state)
{
	struct scsi_result results[5], result;
	uint8_t sectors[2][2048], inquiry[36];
	struct transport *replay = NULL;
	struct scsi_command command;

	(void)state;
	record(true, results, sectors);
	assert_int_equal(transport_replay_open(path, &replay, &err), 0);
	mmc_inquiry(&command, inquiry, sizeof(inquiry));
	assert_int_equal(transport_run(replay, &command, NULL, &err), -EPROTO);
	assert_int_equal(replay->ops->execute(replay, &command, &result), -EPROTO);
	transport_close(replay);
}

static void other_parameters_fail(void **state)
{
	uint8_t parameters[MMC_STREAMING_SIZE];
	struct transport *replay = NULL;
	struct scsi_command command;
	struct scsi_result result;

	(void)state;
	write_text(
		"# discern recording 1\n"
		"cmd t=0 op=SET_STREAMING cdb=b60000000000000000001c00 dir=out len=28 timeout=1 ret=0 status=00 host=0 "
		"driver=0 residual=0 ms=0 sense=- "
		"data=00000000000000000000006300000bb8000003e8000003e8000003e8\n");
	assert_int_equal(transport_replay_open(path, &replay, &err), 0);
	mmc_set_streaming(&command, parameters, 99, 1000, 1000);
	assert_int_equal(replay->ops->execute(replay, &command, &result), -EPROTO);
	transport_close(replay);
	/* The same line, and the command that it tells of. */
	assert_int_equal(transport_replay_open(path, &replay, &err), 0);
	mmc_set_streaming(&command, parameters, 99, 3000, 1000);
	assert_int_equal(replay->ops->execute(replay, &command, &result), 0);
	transport_close(replay);
}

static void failed_delivery_is_replayed(void **state)
{
	struct transport *replay = NULL;
	struct scsi_command command;
	struct scsi_result result;

	(void)state;
	write_text("# discern recording 1\n# words\n\n"
		   "cmd t=0 op=TEST_UNIT_READY cdb=000000000000 dir=none len=0 timeout=1 ret=19\n");
	assert_int_equal(transport_replay_open(path, &replay, &err), 0);
	mmc_test_unit_ready(&command);
	assert_int_equal(replay->ops->execute(replay, &command, &result), -19);
	transport_close(replay);
}

static void malformed_lines_fail(void **state)
{
	static const char *const lines[] = {
		"cmd\n",
		"cmd t=0\n",
		"cmd cdb=000000000000 dir=none len=0 timeout=1\n",
		"cmd cdb=00000000000 dir=none len=0 ret=0 status=00 host=0 driver=0 residual=0 ms=0 sense=-\n",
		"cmd cdb=000000000000 dir=none len=x ret=0 status=00 host=0 driver=0 residual=0 ms=0 sense=-\n",
		"cmd cdb=000000000000 dir=none len=0 ret=0 status=00 host=0 driver=0 residual=0 ms=0 sense=7\n",
		"cmd cdb=000000000000 dir=none len=0 ret=0 status=100 host=0 driver=0 residual=0 ms=0 sense=-\n",
		"cmd cdb=000000000000 dir=none len=0 ret=99999999999999999999 status=00\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		struct transport *replay = NULL;
		struct scsi_command command;
		struct scsi_result result;
		char text[512];

		snprintf(text, sizeof(text), "# discern recording 1\n%s", lines[i]);
		write_text(text);
		assert_int_equal(transport_replay_open(path, &replay, &err), 0);
		mmc_test_unit_ready(&command);
		assert_int_equal(replay->ops->execute(replay, &command, &result), -EPROTO);
		transport_close(replay);
	}
}

static void not_a_recording(void **state)
{
	struct transport *replay = NULL;

	(void)state;
	write_text("# discern recording 10\n");
	assert_int_equal(transport_replay_open(path, &replay, &err), -EINVAL);
	write_text("");
	assert_int_equal(transport_replay_open(path, &replay, &err), -EINVAL);
	assert_int_equal(transport_replay_open("/nonexistent/recording", &replay, &err), -ENOENT);
}

static void only_a_recording_is_replaced(void **state)
{
	struct transport_recorder *recorder = NULL;

	(void)state;
	write_text("# discern recording 1\ncmd of an earlier one\n");
	assert_int_equal(transport_recorder_open(path, &recorder, &err), 0);
	transport_recorder_close(recorder, NULL);
	write_text("# discern recording 10\n");
	assert_int_equal(transport_recorder_open(path, &recorder, &err), -EEXIST);
	write_text("X");
	assert_int_equal(transport_recorder_open(path, &recorder, &err), -EEXIST);
	write_text("");
	assert_int_equal(transport_recorder_open(path, &recorder, &err), 0);
	transport_recorder_close(recorder, NULL);
}

static void a_full_disk_is_told(void **state)
{
	struct transport_recorder *recorder = NULL;
	int status = 0;

	(void)state;
	assert_int_equal(transport_recorder_open("/dev/full", &recorder, &err), 0);
	assert_int_equal(transport_recorder_status(recorder, &err), 0);
	transport_recorder_note(recorder, "lost");
	assert_int_equal(transport_recorder_status(recorder, &err), -ENOSPC);
	assert_non_null(strstr(err.text, "/dev/full"));
	assert_null(transport_recorder_close(recorder, &status));
	assert_int_equal(status, -ENOSPC);
	assert_int_equal(transport_recorder_open("/nonexistent/recording", &recorder, &err), -ENOENT);
	assert_null(transport_recorder_close(NULL, &status));
	assert_int_equal(status, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(replays_what_was_recorded),
		cmocka_unit_test(contents_stay_out_of_it),
		cmocka_unit_test(another_command_fails),
		cmocka_unit_test(other_parameters_fail),
		cmocka_unit_test(failed_delivery_is_replayed),
		cmocka_unit_test(malformed_lines_fail),
		cmocka_unit_test(not_a_recording),
		cmocka_unit_test(only_a_recording_is_replaced),
		cmocka_unit_test(a_full_disk_is_told),
	};

	return cmocka_run_group_tests(tests, make_file, remove_file);
}
