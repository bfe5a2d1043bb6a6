/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <signal.h>
#include <stddef.h>

#include "cli/command.h"

static volatile sig_atomic_t caught;

static void remember(int number)
{
	caught = number;
}

int cli_signal(void)
{
	return caught;
}

void cli_catch_signals(void)
{
	/* SA_RESTART: the job notices at its next step; no command to a drive may be cut short. */
	struct sigaction action = { .sa_handler = remember, .sa_flags = SA_RESTART };
	struct sigaction before;

	sigemptyset(&action.sa_mask);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	/* nohup(1) means it. */
	if (sigaction(SIGHUP, NULL, &before) == 0 && before.sa_handler != SIG_IGN)
		sigaction(SIGHUP, &action, NULL);
	/* A reader of the output who goes away must not kill a burn. */
	action.sa_handler = SIG_IGN;
	sigaction(SIGPIPE, &action, NULL);
}
