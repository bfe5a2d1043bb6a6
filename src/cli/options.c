/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "cli/command.h"
#include "cli/suggest.h"

/* Values of the common options, above those of any command. */
enum { OPTION_JSON = 256, OPTION_PROGRESS, OPTION_PROGRESS_FD, OPTION_RECORD };

static const char common_short[] = "hqvy";
static const struct option common[] = {
	{ "json", no_argument, NULL, OPTION_JSON },
	{ "progress", required_argument, NULL, OPTION_PROGRESS },
	{ "progress-fd", required_argument, NULL, OPTION_PROGRESS_FD },
	{ "record", required_argument, NULL, OPTION_RECORD },
	{ "yes", no_argument, NULL, 'y' },
	{ "quiet", no_argument, NULL, 'q' },
	{ "verbose", no_argument, NULL, 'v' },
	{ "help", no_argument, NULL, 'h' },
};
#define N_COMMON (sizeof(common) / sizeof(common[0]))
#define MAX_OPTIONS 64

static const char common_help[] =
	"\n"
	"Common options:\n"
	"      --json             print the result as JSON\n"
	"      --progress=MODE    auto, bar, plain, json or none; auto is a bar on a terminal\n"
	"      --progress-fd=N    write the progress as JSON lines to file descriptor N\n"
	"      --record=FILE      write every drive command and answer to FILE, for a bug report\n"
	"  -y, --yes              answer every question with yes\n"
	"  -q, --quiet            no progress, no notes; warnings and errors only\n"
	"  -v, --verbose          tell reasons and decisions; -vv every step\n"
	"  -h, --help             this text";

static int on_progress(const struct discern_progress *state, void *user)
{
	struct cli *cli = user;

	progress_show(cli->progress, state);
	return cli_signal() != 0;
}

static void on_message(enum discern_level level, const char *text, void *user)
{
	struct cli *cli = user;
	bool is_wanted = true;

	switch (level) {
	case DISCERN_LEVEL_DEBUG:
		is_wanted = cli->verbosity >= 2;
		break;
	case DISCERN_LEVEL_DETAIL:
		is_wanted = cli->verbosity >= 1;
		break;
	case DISCERN_LEVEL_NOTE:
		is_wanted = !cli->quiet;
		break;
	case DISCERN_LEVEL_WARNING:
		break;
	}
	if (is_wanted)
		cli_say(cli, "%s%s", level == DISCERN_LEVEL_WARNING ? "warning: " : "", text);
}

static int set_progress_mode(struct cli *cli, const char *word)
{
	static const char *const words[] = {
		[PROGRESS_AUTO] = "auto", [PROGRESS_BAR] = "bar",   [PROGRESS_PLAIN] = "plain",
		[PROGRESS_JSON] = "json", [PROGRESS_NONE] = "none",
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strcmp(words[i], word) == 0) {
			cli->progress_mode = (enum progress_mode)i;
			return 0;
		}
	}
	cli_usage(cli, "--progress=%s: possible are auto, bar, plain, json and none", word);
	return CLI_OPTION_BAD;
}

static int set_progress_fd(struct cli *cli, const char *word)
{
	int64_t number;

	if (!text_to_number(word, 0, 1 << 20, &number)) {
		cli_usage(cli, "--progress-fd=%s: not the number of a file descriptor", word);
		return CLI_OPTION_BAD;
	}
	if (fcntl((int)number, F_GETFD) < 0) {
		cli_usage(cli, "--progress-fd=%s: this file descriptor is not open", word);
		return CLI_OPTION_BAD;
	}
	cli->progress_fd = (int)number;
	return 0;
}

static int set_common(struct cli *cli, const struct cli_command *command, int option)
{
	switch (option) {
	case OPTION_JSON:
		cli->json = true;
		return 0;
	case OPTION_PROGRESS:
		return set_progress_mode(cli, optarg);
	case OPTION_PROGRESS_FD:
		return set_progress_fd(cli, optarg);
	case OPTION_RECORD:
		cli->record_path = optarg;
		return 0;
	case 'y':
		cli->assume_yes = true;
		return 0;
	case 'q':
		cli->quiet = true;
		return 0;
	case 'v':
		cli->verbosity++;
		return 0;
	default:
		puts(command->help);
		puts(common_help + (command->help[strlen(command->help) - 1] == '\n'));
		return CLI_OPTION_DONE;
	}
}

/* A command may use a letter of the common options for itself. */
static bool is_own(const char *own_short, int option)
{
	return option < OPTION_JSON && (strchr(own_short, option) != NULL || strchr(common_short, option) == NULL);
}

/* "--pro" may be the beginning of several options; of none that it begins, one may be near. */
static int explain_long_option(struct cli *cli, const struct option *all, const char *word)
{
	const char *names[MAX_OPTIONS + N_COMMON];
	const char *nearest;
	size_t n_beginning = 0, n = 0;

	for (; all[n].name != NULL; n++) {
		names[n] = all[n].name;
		n_beginning += strncmp(all[n].name, word + 2, strlen(word + 2)) == 0;
	}
	nearest = cli_suggest(word + 2, names, n);
	if (n_beginning > 1)
		cli_usage(cli, "%s is the beginning of several options", word);
	else if (nearest != NULL)
		cli_usage(cli, "unknown option %s; --%s?", word, nearest);
	else
		cli_usage(cli, "unknown option %s", word);
	return CLI_OPTION_BAD;
}

static int explain_bad_option(struct cli *cli, int found, const struct option *all, char **argv)
{
	const char *word = argv[optind - 1];

	if (found == ':')
		cli_usage(cli, "%s: a value is missing", word);
	else if (optopt > 0 && optopt < 256 && strncmp(word, "--", 2) != 0)
		cli_usage(cli, "unknown option -%c", optopt);
	else if (optopt > 0)
		cli_usage(cli, "%s: this option takes no value", word);
	else
		return explain_long_option(cli, all, word);
	return CLI_OPTION_BAD;
}

/* After the last option: progress and messages go where the options say. */
static int start(struct cli *cli)
{
	FILE *out = stderr;

	if (cli->progress_fd >= 0) {
		if (cli->progress_mode != PROGRESS_AUTO && cli->progress_mode != PROGRESS_JSON) {
			cli_usage(cli, "--progress-fd gives JSON lines only");
			return CLI_OPTION_BAD;
		}
		out = cli->progress_stream != NULL ? cli->progress_stream : fdopen(cli->progress_fd, "w");
		if (out == NULL) {
			cli_usage(cli, "--progress-fd=%d: cannot write to it: %s", cli->progress_fd, strerror(errno));
			return CLI_OPTION_BAD;
		}
		cli->progress_stream = out;
		cli->progress_mode = PROGRESS_JSON;
	} else if (cli->quiet && cli->progress_mode == PROGRESS_AUTO) {
		cli->progress_mode = PROGRESS_NONE;
	}
	progress_free(cli->progress);
	cli->progress = progress_new(cli->progress_mode, out);
	if (!cli->json && isatty(STDOUT_FILENO))
		progress_leave_no_trace(cli->progress);
	cli->observer = (struct discern_observer){ on_progress, on_message, cli };
	return -1;
}

const char **cli_command_words(char **argv)
{
	const char **words;
	size_t n = 0;

	while (argv[n] != NULL)
		n++;
	words = calloc(n + 2, sizeof(*words));
	if (words == NULL)
		abort();
	words[0] = "discern";
	memcpy(words + 1, argv, n * sizeof(*argv));
	return words;
}

int cli_refuse_record(struct cli *cli)
{
	if (cli->record_path == NULL)
		return CLI_EXIT_GOOD;
	return cli_usage(cli, "--record is for a command that works with one drive; this one does not");
}

void cli_stay_awake(struct cli *cli, const char *why)
{
	if (cli->awake.kind != INHIBIT_NOTHING)
		return;
	inhibit_begin(why, &cli->awake);
	if (cli->awake.kind == INHIBIT_SLEEP && cli->verbosity > 0)
		cli_say(cli, "a shutdown is not held back: %s", cli->awake.reason);
	else if (cli->awake.kind == INHIBIT_NOTHING && cli->verbosity > 0)
		cli_say(cli, "sleep and shutdown are not held back: %s", cli->awake.reason);
}

void cli_finish(struct cli *cli)
{
	inhibit_end(&cli->awake);
	progress_free(cli->progress);
	cli->progress = NULL;
	if (cli->progress_stream != NULL)
		fclose(cli->progress_stream);
	cli->progress_stream = NULL;
}

static void add_common(char *all_short, size_t size, const char *own_short)
{
	size_t length;

	/* ':' makes getopt tell a missing value from an unknown option; '+' has to stay first. */
	if (own_short[0] == '+')
		snprintf(all_short, size, "+:%s", own_short + 1);
	else
		snprintf(all_short, size, ":%s", own_short);
	for (const char *letter = common_short; *letter != '\0'; letter++) {
		length = strlen(all_short);
		if (strchr(all_short, *letter) == NULL && length + 1 < size) {
			all_short[length] = *letter;
			all_short[length + 1] = '\0';
		}
	}
}

int cli_getopt(struct cli *cli, const struct cli_command *command, int argc, char **argv, const char *own_short,
	       const struct option *own)
{
	struct option all[MAX_OPTIONS + N_COMMON + 1] = { 0 };
	char all_short[128];
	size_t n_own = 0;
	int found;

	while (n_own < MAX_OPTIONS && own[n_own].name != NULL)
		n_own++;
	memcpy(all, own, n_own * sizeof(*own));
	memcpy(all + n_own, common, sizeof(common));
	add_common(all_short, sizeof(all_short), own_short);
	opterr = 0;
	for (;;) {
		found = getopt_long(argc, argv, all_short, all, NULL);
		if (found == -1)
			return start(cli);
		if (found == '?' || found == ':')
			return explain_bad_option(cli, found, all, argv);
		if (is_own(own_short, found))
			return found;
		found = set_common(cli, command, found);
		if (found != 0)
			return found;
	}
}
