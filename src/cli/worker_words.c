/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The command line of a worker, made of that of its parent. */
#include "config.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/workers.h"

static void add(struct worker_words *words, char *word)
{
	char **grown = reallocarray(words->list, words->n + 2, sizeof(*grown));

	if (grown == NULL || word == NULL)
		abort();
	words->list = grown;
	words->list[words->n++] = word;
	words->list[words->n] = NULL;
}

void worker_words_add(struct worker_words *words, const char *word)
{
	add(words, strdup(word));
}

void worker_words_add_option(struct worker_words *words, const struct option *options, int found, const char *value)
{
	char *word = NULL;

	for (; options->name != NULL; options++) {
		if (options->val != found)
			continue;
		if (asprintf(&word, "--%s%s%s", options->name, value != NULL ? "=" : "", value != NULL ? value : "") < 0)
			abort();
		add(words, word);
		return;
	}
}

void worker_words_add_common(struct worker_words *words, const struct cli *cli)
{
	for (int i = 0; i < cli->verbosity; i++)
		worker_words_add(words, "--verbose");
	if (cli->quiet)
		worker_words_add(words, "--quiet");
}

void worker_words_clear(struct worker_words *words)
{
	for (size_t i = 0; i < words->n; i++)
		free(words->list[i]);
	free(words->list);
	*words = (struct worker_words){ 0 };
}
