/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/unit.h"

#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "cli/command.h"
#include "cli/suggest.h"

static const struct option own[] = {
	{ "output", required_argument, NULL, 'o' },
	{ "dry-run", no_argument, NULL, 1 },
	{ 0 },
};
static const struct cli_command command = { .name = "try", .help = "Usage: discern try" };

#define MAX_WORDS 16

struct outcome {
	struct cli cli;
	/* What cli_getopt() returned one after the other, and the last optarg. */
	int found[MAX_WORDS];
	unsigned n_found;
	const char *argument;
	int first_operand;
	char *argv[MAX_WORDS];
	int argc;
};

/* Parses the words of line, which are separated by single blanks. */
static void parse(struct outcome *outcome, char *line)
{
	*outcome = (struct outcome){ .cli = { .verb = "try", .progress_fd = -1 } };
	for (char *word = strtok(line, " "); word != NULL; word = strtok(NULL, " "))
		outcome->argv[outcome->argc++] = word;
	optind = 0;
	do {
		int found = cli_getopt(&outcome->cli, &command, outcome->argc, outcome->argv, "o:", own);

		outcome->found[outcome->n_found++] = found;
		if (found == 'o')
			outcome->argument = optarg;
	} while (outcome->found[outcome->n_found - 1] >= 0 && outcome->found[outcome->n_found - 1] < 1000);
	outcome->first_operand = optind;
}

static void common_options(void **state)
{
	char line[] = "try --json -vv -q --yes --record trace --progress=plain operand";
	struct outcome outcome;

	(void)state;
	parse(&outcome, line);
	assert_int_equal(outcome.n_found, 1);
	assert_int_equal(outcome.found[0], -1);
	assert_true(outcome.cli.json);
	assert_true(outcome.cli.quiet);
	assert_true(outcome.cli.assume_yes);
	assert_int_equal(outcome.cli.verbosity, 2);
	assert_string_equal(outcome.cli.record_path, "trace");
	assert_int_equal(outcome.cli.progress_mode, PROGRESS_PLAIN);
	assert_int_equal(outcome.argc - outcome.first_operand, 1);
	assert_string_equal(outcome.argv[outcome.first_operand], "operand");
	assert_non_null(outcome.cli.progress);
	assert_ptr_equal(outcome.cli.observer.user, &outcome.cli);
	cli_finish(&outcome.cli);
	assert_null(outcome.cli.progress);
}

static void own_options_between_operands(void **state)
{
	char line[] = "try first -o file --dry-run -- --json";
	struct outcome outcome;

	(void)state;
	parse(&outcome, line);
	assert_int_equal(outcome.n_found, 3);
	assert_int_equal(outcome.found[0], 'o');
	assert_int_equal(outcome.found[1], 1);
	assert_int_equal(outcome.found[2], -1);
	assert_string_equal(outcome.argument, "file");
	assert_false(outcome.cli.json);
	assert_int_equal(outcome.argc - outcome.first_operand, 2);
	cli_finish(&outcome.cli);
}

static void wrong_usage(void **state)
{
	static const char *const lines[] = { "try --unknown", "try -Z", "try -o", "try --json=yes", "try --progress=fast",
					     "try --progress", "try --progress-fd=x", "try --progress-fd=1000",
					     "try --progress-fd=2 --progress=bar" };
	struct outcome outcome;
	char line[64];

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		snprintf(line, sizeof(line), "%s", lines[i]);
		parse(&outcome, line);
		assert_int_equal(outcome.n_found, 1);
		assert_int_equal(outcome.found[0], CLI_OPTION_BAD);
		cli_finish(&outcome.cli);
	}
}

static void help_ends(void **state)
{
	char line[] = "try --help --unknown";
	struct outcome outcome;

	(void)state;
	parse(&outcome, line);
	assert_int_equal(outcome.found[0], CLI_OPTION_DONE);
	cli_finish(&outcome.cli);
}

static void progress_goes_to_the_descriptor(void **state)
{
	const struct discern_progress progress = { .phase = DISCERN_PHASE_READ, .done_bytes = 1, .total_bytes = 2 };
	char line[64], text[512] = "";
	struct outcome outcome;
	int ends[2];

	(void)state;
	assert_int_equal(pipe(ends), 0);
	snprintf(line, sizeof(line), "try --progress-fd=%d", ends[1]);
	parse(&outcome, line);
	outcome.cli.observer.user = &outcome.cli;
	assert_int_equal(outcome.cli.observer.progress(&progress, &outcome.cli), 0);
	cli_finish(&outcome.cli);
	assert_true(read(ends[0], text, sizeof(text) - 1) > 0);
	close(ends[0]);
	assert_non_null(strstr(text, "{\"phase\": \"read\", \"done_bytes\": 1, \"total_bytes\": 2, \"percent\": 50"));
}

static int fail_with(int code)
{
	struct cli cli = { .verb = "try" };
	struct discern_error err;

	discern_error_set(&err, code, "/dev/sr0: words");
	discern_error_hint(&err, "a remedy");
	return cli_fail(&cli, &err);
}

static void exit_codes(void **state)
{
	(void)state;
	assert_int_equal(fail_with(-EIO), CLI_EXIT_FAILED);
	assert_int_equal(fail_with(-ENOENT), CLI_EXIT_FAILED);
	assert_int_equal(fail_with(-ENOMEDIUM), CLI_EXIT_MEDIUM);
	assert_int_equal(fail_with(-EMEDIUMTYPE), CLI_EXIT_MEDIUM);
	assert_int_equal(fail_with(-EFBIG), CLI_EXIT_MEDIUM);
	assert_int_equal(fail_with(-EKEYREJECTED), CLI_EXIT_PROTECTED);
	assert_int_equal(fail_with(-ESTALE), CLI_EXIT_OTHER_DISC);
	assert_int_equal(fail_with(-ECANCELED), CLI_EXIT_FAILED);
}

/* Runs last: the program stays asked to stop. */
static void signal_stops_the_job(void **state)
{
	const struct discern_progress progress = { .phase = DISCERN_PHASE_READ };
	char line[] = "try -q";
	struct outcome outcome;

	(void)state;
	parse(&outcome, line);
	cli_catch_signals();
	assert_int_equal(cli_signal(), 0);
	assert_int_equal(outcome.cli.observer.progress(&progress, &outcome.cli), 0);
	assert_int_equal(raise(SIGTERM), 0);
	assert_int_equal(cli_signal(), SIGTERM);
	assert_int_not_equal(outcome.cli.observer.progress(&progress, &outcome.cli), 0);
	assert_int_equal(fail_with(-ECANCELED), 128 + SIGTERM);
	assert_int_equal(fail_with(-EIO), CLI_EXIT_FAILED);
	cli_finish(&outcome.cli);
}

static void suggestions(void **state)
{
	static const char *const names[] = { "drives", "info", "rip", "burn", "verify" };

	(void)state;
	assert_string_equal(cli_suggest("brun", names, 5), "burn");
	assert_string_equal(cli_suggest("veriy", names, 5), "verify");
	assert_string_equal(cli_suggest("drive", names, 5), "drives");
	assert_string_equal(cli_suggest("ripp", names, 5), "rip");
	assert_null(cli_suggest("", names, 5));
	assert_null(cli_suggest("frobnicate", names, 5));
	assert_null(cli_suggest("a-word-that-is-longer-than-any-name-could-be", names, 5));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(common_options),
		cmocka_unit_test(own_options_between_operands),
		cmocka_unit_test(wrong_usage),
		cmocka_unit_test(help_ends),
		cmocka_unit_test(progress_goes_to_the_descriptor),
		cmocka_unit_test(exit_codes),
		cmocka_unit_test(suggestions),
		cmocka_unit_test(signal_stops_the_job),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
