/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/unit.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ui/answer.h"
#include "ui/drive_lines.h"
#include "ui/progress.h"

static struct answer *parse(const char *text)
{
	return answer_parse(text, strlen(text));
}

static void members(void **state)
{
	struct answer *answer = parse("{\"a\": \"x\", \"b\": {\"c\": 7, \"d\": true}, \"e\": null, \"f\": 1e300}");

	(void)state;
	assert_string_equal(answer_string(answer, "a"), "x");
	assert_int_equal(answer_number(answer, "b.c"), 7);
	assert_true(answer_bool(answer, "b.d"));
	assert_false(answer_has(answer, "e"));
	assert_string_equal(answer_string(answer, "b.c"), "");
	assert_string_equal(answer_string(answer, "b.x.y"), "");
	assert_int_equal(answer_number(answer, "f"), 1000000000000000);
	assert_string_equal(answer_string(NULL, "a"), "");
	answer_free(answer);
	assert_null(parse("[1]"));
	assert_null(parse("{\"a\": "));
	assert_null(parse(""));
}

/* What a worker says of its progress is what it was told. */
static void progress_comes_back(void **state)
{
	const struct discern_progress progress = {
		.phase = DISCERN_PHASE_VERIFY,
		.done_bytes = 408000000,
		.total_bytes = 658000000,
		.bad_bytes = 2048,
		.speed_kbps = 19600,
		.speed_1x_kbps = 1385,
		.seconds_left = 13,
		.seconds_left_bad = UINT32_MAX,
		.fifo_percent = 100,
		.drive_buffer_percent = DISCERN_PERCENT_UNKNOWN,
	};
	struct discern_progress back;
	struct progress *shown;
	struct answer *answer;
	char *text = NULL;
	double seconds;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	(void)state;
	shown = progress_new(PROGRESS_JSON, out);
	progress_show(shown, &progress);
	fflush(out);
	answer = answer_parse(text, strcspn(text, "\n"));
	assert_true(answer_progress(answer, &back, &seconds));
	assert_int_equal(back.phase, DISCERN_PHASE_VERIFY);
	assert_int_equal(back.done_bytes, 408000000);
	assert_int_equal(back.total_bytes, 658000000);
	assert_int_equal(back.bad_bytes, 2048);
	assert_in_range(back.speed_1x_kbps, 1384, 1386);
	assert_int_equal(back.seconds_left, 13);
	assert_int_equal(back.seconds_left_bad, UINT32_MAX);
	assert_int_equal(back.fifo_percent, 100);
	assert_int_equal(back.drive_buffer_percent, DISCERN_PERCENT_UNKNOWN);
	answer_free(answer);
	progress_free(shown);
	fclose(out);
	free(text);
	answer = parse("{\"phase\": \"nonsense\"}");
	assert_false(answer_progress(answer, &back, &seconds));
	answer_free(answer);
	answer = parse("{\"phase\": \"read\", \"done_bytes\": -1}");
	assert_false(answer_progress(answer, &back, &seconds));
	answer_free(answer);
}

static void show(struct drive_lines *lines, size_t drive, const char *text)
{
	struct answer *answer = parse(text);

	drive_lines_progress(lines, drive, answer);
	answer_free(answer);
}

/* Two drives on a terminal: two lines, drawn over themselves, and gone when other text is to come. */
static void lines_in_place(void **state)
{
	struct drive_lines *lines;
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	(void)state;
	lines = drive_lines_new(PROGRESS_BAR, out);
	drive_lines_add(lines, "/dev/sr0");
	drive_lines_add(lines, "/dev/sr10");
	show(lines, 0, "{\"phase\": \"read\", \"done_bytes\": 50000, \"total_bytes\": 100000}");
	drive_lines_say(lines, 1, "the drive\033[2J is not there");
	drive_lines_draw(lines);
	assert_non_null(strstr(text, "\033[Ksr0    read      50 %  50 of 100 kB\n"));
	assert_non_null(strstr(text, "\033[Ksr10   the drive"));
	assert_null(strstr(text, "\033[2J"));
	drive_lines_pause(lines);
	assert_non_null(strstr(text, "\033[2A\033[J"));
	drive_lines_free(lines);
	fclose(out);
	free(text);
}

static void lines_of_json_name_the_drive(void **state)
{
	struct drive_lines *lines;
	struct answer *answer;
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	(void)state;
	lines = drive_lines_new(PROGRESS_JSON, out);
	drive_lines_add(lines, "/dev/sr0");
	drive_lines_add(lines, "/dev/sr1");
	show(lines, 1, "{\"phase\": \"read\", \"done_bytes\": 5, \"total_bytes\": 10}");
	show(lines, 0, "{\"other\": 1}");
	answer = answer_parse(text, size);
	assert_string_equal(answer_string(answer, "drive"), "/dev/sr1");
	assert_int_equal(answer_number(answer, "done_bytes"), 5);
	answer_free(answer);
	drive_lines_free(lines);
	fclose(out);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(members),
		cmocka_unit_test(progress_comes_back),
		cmocka_unit_test(lines_in_place),
		cmocka_unit_test(lines_of_json_name_the_drive),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
