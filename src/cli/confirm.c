/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/command.h"

static bool read_answer(void)
{
	char answer[32];

	if (fgets(answer, sizeof(answer), stdin) == NULL) {
		fputc('\n', stderr);
		return false;
	}
	answer[strcspn(answer, "\n")] = '\0';
	return strcmp(answer, "y") == 0 || strcmp(answer, "Y") == 0 || strcmp(answer, "yes") == 0;
}

bool cli_confirm(struct cli *cli, const char *format, ...)
{
	char question[1024];
	va_list ap;

	if (cli->assume_yes)
		return true;
	va_start(ap, format);
	vsnprintf(question, sizeof(question), format, ap);
	va_end(ap);
	if (!isatty(STDIN_FILENO)) {
		cli_complain(cli, "%s: give --yes to agree where nobody can be asked", question);
		return false;
	}
	if (cli->progress != NULL)
		progress_break(cli->progress);
	fflush(stdout);
	fprintf(stderr, "%s? [y/N] ", question);
	fflush(stderr);
	return read_answer();
}
