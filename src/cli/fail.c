/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/command.h"
#include "ui/printable.h"

static int exit_code(const char *verb, int code)
{
	switch (-code) {
	case ENOMEDIUM:
	case EMEDIUMTYPE:
	case EFBIG:
		return CLI_EXIT_MEDIUM;
	case EKEYREJECTED:
		return CLI_EXIT_PROTECTED;
	case ESTALE:
		/* A burn has no earlier disc: there it is the image that is not what it was. */
		return strcmp(verb, "burn") == 0 ? CLI_EXIT_FAILED : CLI_EXIT_OTHER_DISC;
	case ETIME:
		return CLI_EXIT_LIMIT;
	case ECANCELED:
		return cli_signal() > 0 ? CLI_EXIT_SIGNAL + cli_signal() : CLI_EXIT_FAILED;
	default:
		return CLI_EXIT_FAILED;
	}
}

/* For errors whose words already tell all that can be told about this one case; NULL where nothing helps. */
static const char *usual_remedy(const char *verb, int code)
{
	switch (-code) {
	case ENOMEDIUM:
		return "put a disc in and close the tray; \"discern load\" tells what the drive makes of it";
	case EMEDIUMTYPE:
		return "take another disc; \"discern info\" tells what this one is";
	case EFBIG:
		return "take a larger disc";
	case ENOENT:
		return "is the name right, and is this the right folder?";
	case ENAMETOOLONG:
		return "take a shorter name";
	case ENOSPC:
	case EDQUOT:
		return "free some space, or take another place";
	case EACCES:
	case EPERM:
	case EROFS:
		return "ask its owner for the permission, or take another file or folder";
	case ENODEV:
		return "look at the drive's cables and power, then try again";
	case ETIMEDOUT:
		return "switch the drive off and on, or take its disc out and in, then try again";
	case ESTALE:
		return strcmp(verb, "burn") == 0 ? "leave the image alone while it is checked and burned"
						 : "leave the disc in the drive, and begin again";
	default:
		return NULL;
	}
}

static void print_line(const char *before, const char *text)
{
	char *clean = printable_text(text);

	fprintf(stderr, "%s%s\n", before, clean != NULL ? clean : text);
	free(clean);
}

/* Ends the bar where it stands, and lets what was printed before come first. */
static void make_room(struct cli *cli)
{
	if (cli->progress != NULL)
		progress_break(cli->progress);
	fflush(stdout);
}

static void complain(struct cli *cli, const char *text)
{
	make_room(cli);
	fprintf(stderr, "discern: %s: ", cli->verb);
	print_line("", text);
}

int cli_fail(struct cli *cli, const struct discern_error *told)
{
	struct discern_error err = *told;
	const char *usual = NULL;

	if (cli->feed != NULL)
		cli->feed->explain(cli->feed->user, &err);
	if (err.hint[0] == '\0')
		usual = usual_remedy(cli->verb, err.code);
	if (usual != NULL)
		snprintf(err.hint, sizeof(err.hint), "%s", usual);
	complain(cli, err.text[0] != '\0' ? err.text : "failed without a reason");
	if (err.hint[0] != '\0')
		print_line("  hint: ", err.hint);
	cli->error = err;
	cli->error_exit = exit_code(cli->verb, err.code);
	return cli->error_exit;
}

struct report *cli_report(struct cli *cli)
{
	struct report *begun = cli->begun_report;

	cli->has_report = true;
	cli->begun_report = NULL;
	if (begun != NULL)
		return begun;
	return report_new(cli->is_stdout_taken ? stderr : stdout, cli->json);
}

void cli_report_error(struct cli *cli, struct report *report)
{
	const struct discern_error *err = &cli->error;
	const struct discern_sense *sense = &err->sense;
	char sense_words[16] = "";

	if (err->code == 0)
		return;
	if (sense->key != 0 || sense->asc != 0)
		snprintf(sense_words, sizeof(sense_words), "%X/%02X/%02X", sense->key, sense->asc, sense->ascq);
	report_open_object(report, "error");
	report_string(report, "text", NULL, err->text);
	report_string(report, "hint", NULL, err->hint);
	report_string(report, "code", NULL, strerrorname_np(-err->code));
	if (err->lba != DISCERN_NO_LBA)
		report_number(report, "lba", NULL, err->lba, NULL);
	else
		report_string(report, "lba", NULL, NULL);
	report_string(report, "sense", NULL, sense_words);
	report_number(report, "exit_code", NULL, cli->error_exit, NULL);
	report_close(report);
}

void cli_complain(struct cli *cli, const char *format, ...)
{
	char text[1024];
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	complain(cli, text);
}

void cli_say(struct cli *cli, const char *format, ...)
{
	char text[1024];
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	if (cli->progress != NULL)
		progress_pause(cli->progress);
	fflush(stdout);
	fprintf(stderr, "discern: %s: ", cli->verb);
	print_line("", text);
}

int cli_usage(struct cli *cli, const char *format, ...)
{
	char text[1024];
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	complain(cli, text);
	fprintf(stderr, "  hint: \"discern %s --help\" tells how it is used\n", cli->verb);
	return CLI_EXIT_USAGE;
}
