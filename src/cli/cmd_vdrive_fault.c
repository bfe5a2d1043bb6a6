/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/vdrive_paths.h"
#include "vdrive/attach.h"
#include "vdrive/fault_lines.h"

extern const struct cli_command cmd_vdrive_fault;

/* All words behind the file, as one rule: it need not be quoted. */
static char *join(char **words, int n)
{
	size_t size = 1;
	char *text;

	for (int i = 0; i < n; i++)
		size += strlen(words[i]) + 1;
	text = calloc(1, size);
	for (int i = 0; i < n && text != NULL; i++) {
		if (i > 0)
			strcat(text, " ");
		strcat(text, words[i]);
	}
	return text;
}

/* The name of a drive that is attached; a file of such a name is reached as ./NAME. */
static bool is_attached(const char *name)
{
	return tcmu_check_name(name, NULL) == 0 && attach_is_served(name);
}

static int add_to_drive(struct cli *cli, const char *name, const char *rule)
{
	AUTO_FREE char *absolute = vdrive_absolute_rule(rule);
	struct discern_error err = { 0 };
	int number;

	if (absolute == NULL)
		return cli_usage(cli, "no memory");
	fault_line_rule(rule, &number);
	if (number >= 0)
		return cli_usage(cli, "drive %s is one by itself: the rule without \"sr%d:\"", name, number);
	return attach_add_fault(name, absolute, &err) < 0 ? cli_fail(cli, &err) : CLI_EXIT_GOOD;
}

static int add(struct cli *cli, const char *path, char **words, int n_words)
{
	AUTO_FREE char *rule = join(words, n_words);
	struct discern_error err = { 0 };

	if (rule == NULL)
		return cli_usage(cli, "no memory");
	if (n_words == 0)
		return cli_usage(cli, "no rule given, such as 'sr0: read lba=100 sense=3/11/05'");
	if (strchr(rule, '\n') != NULL || rule[0] == '#')
		return cli_usage(cli, "a rule is one line, and no comment");
	if (fault_line_check(rule, FAULT_LINES_OF_DRIVES, &err) < 0)
		return cli_usage(cli, "%s", err.text);
	if (is_attached(path))
		return add_to_drive(cli, path, rule);
	return fault_lines_add(path, rule, &err) < 0 ? cli_fail(cli, &err) : CLI_EXIT_GOOD;
}

static void report_rule(struct report *report, size_t number, const char *rule)
{
	char text[24];

	snprintf(text, sizeof(text), "%zu", number);
	report_open_object(report, NULL);
	report_string(report, "rule", text, rule);
	report_close(report);
}

static int list_drive(struct cli *cli, const char *name)
{
	struct discern_error err = { 0 };
	struct report *report;
	char rule[PATH_MAX];

	if (attach_get_fault(name, 1, rule, &err) < 0)
		return cli_fail(cli, &err);
	report = cli_report(cli);
	report_open_list(report, "faults");
	for (unsigned number = 1; rule[0] != '\0'; number++) {
		report_rule(report, number, rule);
		if (attach_get_fault(name, number + 1, rule, &err) < 0)
			break;
	}
	report_close(report);
	report_finish(report);
	return err.code < 0 ? cli_fail(cli, &err) : CLI_EXIT_GOOD;
}

static int list(struct cli *cli, const char *path)
{
	struct fault_lines lines;
	struct discern_error err = { 0 };
	struct report *report;
	int ret;

	if (is_attached(path))
		return list_drive(cli, path);
	ret = fault_lines_read(path, FAULT_LINES_OF_DRIVES, &lines, &err);
	if (ret < 0) {
		fault_lines_free(&lines);
		return cli_fail(cli, &err);
	}
	report = cli_report(cli);
	report_open_list(report, "faults");
	for (size_t i = 0; i < lines.n_lines; i++)
		report_rule(report, i + 1, lines.lines[i]);
	report_close(report);
	report_finish(report);
	fault_lines_free(&lines);
	return CLI_EXIT_GOOD;
}

/* number 0: all of them. */
static int take_away(struct cli *cli, const char *path, unsigned number)
{
	struct discern_error err = { 0 };
	int ret = is_attached(path) ? attach_remove_fault(path, number, &err) : fault_lines_remove(path, number, &err);

	return ret < 0 ? cli_fail(cli, &err) : CLI_EXIT_GOOD;
}

static int take_out(struct cli *cli, const char *path, const char *word)
{
	int64_t number;

	if (!text_to_number(word, 1, 1000000, &number))
		return cli_usage(cli, "\"%s\" is no number of a rule; discern vdrive fault list tells them", word);
	return take_away(cli, path, (unsigned)number);
}

static int run(struct cli *cli, int argc, char **argv)
{
	static const struct option own[] = { { 0 } };
	int option = cli_getopt(cli, &cmd_vdrive_fault, argc, argv, "+", own);
	const char *what, *path;

	if (option == CLI_OPTION_BAD || option == CLI_OPTION_DONE)
		return option == CLI_OPTION_BAD ? CLI_EXIT_USAGE : CLI_EXIT_GOOD;
	if (argc - optind < 2)
		return cli_usage(cli, "what is to be done with which FILE or drive: add, list, remove or clear?");
	if (cli_refuse_record(cli) != 0)
		return CLI_EXIT_USAGE;
	what = argv[optind];
	path = argv[optind + 1];
	argc -= optind + 2;
	argv += optind + 2;
	if (strcmp(what, "add") == 0)
		return add(cli, path, argv, argc);
	if (strcmp(what, "remove") == 0 && argc == 1)
		return take_out(cli, path, argv[0]);
	if (strcmp(what, "list") == 0 && argc == 0)
		return list(cli, path);
	if (strcmp(what, "clear") == 0 && argc == 0)
		return take_away(cli, path, 0);
	return cli_usage(cli, "it is: add FILE RULE, list FILE, remove FILE NUMBER or clear FILE");
}

const struct cli_command cmd_vdrive_fault = {
	.name = "vdrive fault",
	.summary = "change the faults of a virtual drive",
	.help = "Usage: discern vdrive fault add FILE RULE\n"
		"       discern vdrive fault list FILE\n"
		"       discern vdrive fault remove FILE NUMBER\n"
		"       discern vdrive fault clear FILE\n"
		"\n"
		"Changes a file of fault rules, that of a running drive (discern vdrive run --faults=FILE), which "
		"takes\n"
		"the change over at its next command, or that of a medium (MEDIUM.faults), which is read when the "
		"medium\n"
		"is put in. Instead of FILE may stand the NAME of a drive that is attached: its rules of --fault and\n"
		"those added here, without a drive before them. discern-vdrive(1) tells the rules.\n"
		"\n"
		"  add                     a rule, as 'sr0: read lba=100-104 sense=3/11/05', or without a drive for "
		"all\n"
		"  list                    the rules with their numbers\n"
		"  remove                  the rule with this number\n"
		"  clear                   all rules\n",
	.run = run,
};
