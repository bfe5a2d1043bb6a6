/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/command.h"
#include "ui/answer.h"

enum { POLL_MS = 200 };

bool cli_can_ask(const struct cli *cli)
{
	return !cli->assume_yes && !cli->json && isatty(STDIN_FILENO) && isatty(STDERR_FILENO);
}

bool cli_will_ask(const struct cli *cli)
{
	return cli_can_ask(cli) || (cli->asks_parent && !cli->assume_yes);
}

/* Reading would go on after a signal, as commands to a drive have to. */
static bool wait_for_answer(void)
{
	struct pollfd input = { .fd = STDIN_FILENO, .events = POLLIN };

	while (cli_signal() == 0)
		if (poll(&input, 1, POLL_MS) > 0)
			return true;
	return false;
}

bool cli_read_answer(void)
{
	char answer[32];

	if (fgets(answer, sizeof(answer), stdin) == NULL)
		return false;
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
	if (!cli_can_ask(cli)) {
		cli_complain(cli, "%s: give --yes to agree where nobody can be asked", question);
		return false;
	}
	if (cli->progress != NULL)
		progress_break(cli->progress);
	fflush(stdout);
	fprintf(stderr, "%s? [y/N] ", question);
	fflush(stderr);
	if (wait_for_answer() && cli_read_answer())
		return true;
	if (cli_signal() != 0 || feof(stdin))
		fputc('\n', stderr);
	return false;
}

/* Puts the question to the process that started this one. Its end is a no. */
static bool ask_parent(struct cli *cli, const char *what, const char *disc, const char *holds)
{
	struct answer *line = answer_new();
	char question[256];

	if (cli->progress_stream == NULL)
		return false;
	snprintf(question, sizeof(question), "%s %s", what, disc);
	answer_set_string(line, "asks", question);
	answer_set_string(line, "loses", holds);
	answer_print(line, cli->progress_stream);
	fflush(cli->progress_stream);
	answer_free(line);
	return wait_for_answer() && cli_read_answer();
}

bool cli_confirm_loss(struct cli *cli, const char *what, const char *disc, const char *holds)
{
	if (cli->agreed_loss[0] != '\0' && strcmp(cli->agreed_loss, holds) == 0)
		return true;
	if (!cli->asks_parent || cli->assume_yes)
		return cli_confirm(cli, "%s %s, which holds %s", what, disc, holds);
	return ask_parent(cli, what, disc, holds);
}

int cli_refused(struct cli *cli)
{
	cli_complain(cli, "nothing was written: the disc is as it was");
	return cli_signal() != 0 ? CLI_EXIT_SIGNAL + cli_signal() : CLI_EXIT_MEDIUM;
}
