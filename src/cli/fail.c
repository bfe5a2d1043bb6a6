/* SPDX-License-Identifier: GPL-3.0-or-later */
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
	case ECANCELED:
		return cli_signal() > 0 ? CLI_EXIT_SIGNAL + cli_signal() : CLI_EXIT_FAILED;
	default:
		return CLI_EXIT_FAILED;
	}
}

/* For errors whose words already tell all that can be told about this one case; NULL where nothing helps. */
static const char *usual_remedy(int code)
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
	case ENOSPC:
	case EDQUOT:
		return "free some space, or take another place";
	case EACCES:
	case EPERM:
	case EROFS:
		return "take another place, or ask whoever owns this one";
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

int cli_fail(struct cli *cli, const struct discern_error *err)
{
	const char *hint = err->hint[0] != '\0' ? err->hint : usual_remedy(err->code);

	complain(cli, err->text[0] != '\0' ? err->text : "failed without a reason");
	if (hint != NULL)
		print_line("  hint: ", hint);
	return exit_code(cli->verb, err->code);
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
