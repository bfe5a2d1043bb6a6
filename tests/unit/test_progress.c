/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/unit.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "ui/progress.h"
#include "ui/progress_line.h"

static const struct discern_progress writing = {
	.phase = DISCERN_PHASE_WRITE,
	.done_bytes = 408000000,
	.total_bytes = 658000000,
	.speed_kbps = 19600,
	.speed_1x_kbps = 1385,
	.seconds_left = 13,
	.seconds_left_bad = UINT32_MAX,
	.fifo_percent = 100,
	.drive_buffer_percent = 98,
};

static void check_line(const struct discern_progress *progress, size_t columns, const char *expected)
{
	char line[PROGRESS_LINE_SIZE];

	progress_line(progress, 12.0, columns, line);
	assert_string_equal(line, expected);
}

static void whole_line(void **state)
{
	(void)state;
	check_line(&writing, 200, "write     62 %  408 of 658 MB  14.2x 19.6 MB/s  buffers 100 % 98 %  0:13 left");
}

static void sizes_in_the_unit_of_the_total(void **state)
{
	struct discern_progress progress = writing;

	(void)state;
	progress.done_bytes = 1239999999;
	progress.total_bytes = 4700000000;
	check_line(&progress, 40, "write     26 %  1.23 of 4.70 GB");
	progress.done_bytes = 9;
	check_line(&progress, 40, "write      0 %  0.00 of 4.70 GB");
	progress.done_bytes = 11999;
	progress.total_bytes = 25000;
	check_line(&progress, 40, "write     47 %  11.9 of 25.0 kB");
	progress.done_bytes = 2048;
	progress.total_bytes = 4096;
	check_line(&progress, 40, "write     50 %  2048 of 4096 bytes");
}

static void narrow_terminals_lose_the_least_important(void **state)
{
	char line[PROGRESS_LINE_SIZE];

	(void)state;
	check_line(&writing, 60, "write     62 %  408 of 658 MB  14.2x 19.6 MB/s  0:13 left");
	check_line(&writing, 50, "write     62 %  408 of 658 MB  14.2x 19.6 MB/s");
	check_line(&writing, 40, "write     62 %  408 of 658 MB");
	check_line(&writing, 20, "write     62 %");
	check_line(&writing, 5, "write");
	for (size_t columns = 1; columns < 120; columns++) {
		progress_line(&writing, 12.0, columns, line);
		assert_true(strlen(line) <= columns);
	}
}

static void several_drives(void **state)
{
	static const struct discern_progress_drive drives[] = {
		{ "sr0", DISCERN_DRIVE_READS, 9870 },
		{ "sr1", DISCERN_DRIVE_RETRIES, 0 },
		{ "sr2", DISCERN_DRIVE_GONE, 0 },
	};
	struct discern_progress progress = writing;

	(void)state;
	progress.phase = DISCERN_PHASE_READ;
	progress.fifo_percent = progress.drive_buffer_percent = DISCERN_PERCENT_UNKNOWN;
	progress.n_drives = 3;
	progress.drives = drives;
	check_line(&progress, 200,
		   "read      62 %  408 of 658 MB  14.2x 19.6 MB/s  sr0 9.9, sr1 retries, sr2 GAVE OUT  0:13 left");
	check_line(&progress, 80, "read      62 %  408 of 658 MB  14.2x 19.6 MB/s  0:13 left");
}

static void bad_areas(void **state)
{
	struct discern_progress progress = writing;

	(void)state;
	progress.phase = DISCERN_PHASE_READ;
	progress.bad_bytes = 40960;
	progress.seconds_left_bad = 125;
	progress.fifo_percent = DISCERN_PERCENT_UNKNOWN;
	progress.drive_buffer_percent = DISCERN_PERCENT_UNKNOWN;
	check_line(&progress, 200,
		   "read      62 %  408 of 658 MB  14.2x 19.6 MB/s  41.0 kB bad  0:13 left and 2:05 for bad areas");
	check_line(&progress, 40, "read      62 %  41.0 kB bad");
	progress.seconds_left = 0;
	progress.speed_kbps = 40;
	check_line(&progress, 200, "read      62 %  408 of 658 MB  41.0 kB bad  2:05 left for bad areas");
	progress.speed_kbps = writing.speed_kbps;
	progress.seconds_left = UINT32_MAX;
	progress.speed_1x_kbps = 0;
	check_line(&progress, 200, "read      62 %  408 of 658 MB  19.6 MB/s  41.0 kB bad  2:05 left for bad areas");
}

static void trying_again(void **state)
{
	struct discern_progress progress = writing;

	(void)state;
	progress.phase = DISCERN_PHASE_READ;
	progress.retry_bytes = 75264;
	progress.fifo_percent = DISCERN_PERCENT_UNKNOWN;
	progress.drive_buffer_percent = DISCERN_PERCENT_UNKNOWN;
	check_line(&progress, 200, "read      62 %  408 of 658 MB  14.2x 19.6 MB/s  trying 75.3 kB again  0:13 left");
	/* Nobody knows how long that takes. */
	progress.seconds_left = 0;
	check_line(&progress, 200, "read      62 %  408 of 658 MB  14.2x 19.6 MB/s  trying 75.3 kB again");
	progress.phase = DISCERN_PHASE_RETRY;
	progress.retry_bytes = 0;
	check_line(&progress, 200, "retry     62 %  408 of 658 MB  14.2x 19.6 MB/s");
}

static void phase_without_numbers(void **state)
{
	struct discern_progress progress = { .phase = DISCERN_PHASE_CLOSE };
	char line[PROGRESS_LINE_SIZE];

	(void)state;
	progress_line(&progress, 75.9, 200, line);
	assert_non_null(strstr(line, "up to 5 minutes"));
	assert_string_equal(line + strlen(line) - 6, "  1:15");
	progress_line(&progress, 75.9, 40, line);
	assert_string_equal(line, "close    the drive finishes the disc, ca");
	progress_last_line(&progress, 75.9, 200, line);
	assert_string_equal(line, "close    done  in 1:16");
}

static void ratio_without_bytes(void **state)
{
	struct discern_progress progress = {
		.phase = DISCERN_PHASE_BLANK,
		.is_ratio = true,
		.done_bytes = 0x4000,
		.total_bytes = 0x10000,
		.seconds_left = 90,
		.seconds_left_bad = UINT32_MAX,
		.fifo_percent = DISCERN_PERCENT_UNKNOWN,
		.drive_buffer_percent = DISCERN_PERCENT_UNKNOWN,
	};
	char line[PROGRESS_LINE_SIZE];

	(void)state;
	check_line(&progress, 200, "blank     25 %  1:30 left");
	progress.done_bytes = 0x10000;
	progress_last_line(&progress, 30.0, 200, line);
	assert_string_equal(line, "blank    100 %  done  in 0:30");
}

static void hundred_only_at_the_end(void **state)
{
	struct discern_progress progress = writing;
	char line[PROGRESS_LINE_SIZE];

	(void)state;
	progress.done_bytes = progress.total_bytes - 1;
	assert_int_equal(progress_percent(&progress), 99);
	check_line(&progress, 40, "write     99 %  657 of 658 MB");
	progress.done_bytes++;
	assert_int_equal(progress_percent(&progress), 100);
	progress.total_bytes = 0;
	assert_int_equal(progress_percent(&progress), -1);
	progress = writing;
	progress.done_bytes = progress.total_bytes;
	progress_last_line(&progress, 35.0, 200, line);
	assert_string_equal(line, "write    100 %  658 MB  13.6x 18.8 MB/s  in 0:35");
	progress.total_bytes = UINT64_MAX;
	progress.done_bytes = UINT64_MAX - 1;
	assert_in_range(progress_percent(&progress), 99, 100);
}

/* What the mode prints for one phase that is shown often, a message between, and a second phase. */
static char *session(enum progress_mode mode, bool leave_no_trace)
{
	struct discern_progress state = writing;
	struct progress *progress;
	char *text = NULL;
	size_t size = 0;
	FILE *out = tmpfile();

	assert_non_null(out);
	progress = progress_new(mode, out);
	if (leave_no_trace)
		progress_leave_no_trace(progress);
	for (unsigned i = 0; i <= 100; i++) {
		state.done_bytes = state.total_bytes / 100 * i;
		progress_show(progress, &state);
	}
	progress_pause(progress);
	fputs("message\n", out);
	state.phase = DISCERN_PHASE_VERIFY;
	progress_show(progress, &state);
	progress_end(progress);
	progress_end(progress);
	progress_free(progress);

	size = (size_t)ftell(out);
	text = calloc(1, size + 1);
	assert_non_null(text);
	rewind(out);
	assert_int_equal(fread(text, 1, size, out), size);
	fclose(out);
	return text;
}

static size_t count(const char *text, const char *word)
{
	size_t n = 0;

	for (; (text = strstr(text, word)) != NULL; text += strlen(word))
		n++;
	return n;
}

static void bar(void **state)
{
	char *text = session(PROGRESS_BAR, false);

	(void)state;
	/* First state, end of write (at the change of phase), verify, end of verify. */
	assert_int_equal(count(text, "\r"), 5);
	assert_non_null(strstr(text, "\r\033[Kmessage\n"));
	assert_non_null(strstr(text, "\rwrite    100 %"));
	assert_string_equal(text + strlen(text) - 1, "\n");
	free(text);
}

static void bar_without_trace(void **state)
{
	char *text = session(PROGRESS_BAR, true);

	(void)state;
	/* Each bar is erased at the end of its phase. */
	assert_int_equal(count(text, "\r"), 4);
	assert_null(strstr(text, "write    100 %"));
	assert_string_equal(text + strlen(text) - 4, "\r\033[K");
	free(text);
}

static void plain(void **state)
{
	char *text = session(PROGRESS_PLAIN, false);

	(void)state;
	assert_int_equal(count(text, "\n"), 5);
	assert_int_equal(count(text, "\r"), 0);
	assert_int_equal(count(text, "\033"), 0);
	free(text);
}

static void json(void **state)
{
	char *text = session(PROGRESS_JSON, false);
	unsigned n = 0;

	(void)state;
	for (char *line = strtok(text, "\n"); line != NULL; line = strtok(NULL, "\n")) {
		json_t *object;

		if (strcmp(line, "message") == 0)
			continue;
		object = json_loads(line, 0, NULL);
		assert_true(json_is_object(object));
		assert_true(json_is_string(json_object_get(object, "phase")));
		assert_int_equal(json_integer_value(json_object_get(object, "total_bytes")), 658000000);
		assert_int_equal(json_is_true(json_object_get(object, "end")), n % 2);
		json_decref(object);
		n++;
	}
	assert_int_equal(n, 4);
	free(text);
}

static void none(void **state)
{
	char *text = session(PROGRESS_NONE, false);

	(void)state;
	assert_string_equal(text, "message\n");
	free(text);
}

static void auto_is_silent_in_a_file(void **state)
{
	char *text = session(PROGRESS_AUTO, false);

	(void)state;
	assert_string_equal(text, "message\n");
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole_line),
		cmocka_unit_test(sizes_in_the_unit_of_the_total),
		cmocka_unit_test(narrow_terminals_lose_the_least_important),
		cmocka_unit_test(several_drives),
		cmocka_unit_test(bad_areas), cmocka_unit_test(trying_again),
		cmocka_unit_test(phase_without_numbers),
		cmocka_unit_test(ratio_without_bytes),
		cmocka_unit_test(hundred_only_at_the_end),
		cmocka_unit_test(bar),
		cmocka_unit_test(bar_without_trace),
		cmocka_unit_test(plain),
		cmocka_unit_test(json),
		cmocka_unit_test(none),
		cmocka_unit_test(auto_is_silent_in_a_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
