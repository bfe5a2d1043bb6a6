/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "cli/burn_queue.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/file.h"

enum { MAX_BYTES = 1 << 24 };

struct burn_queue {
	char *path;
	char *text;
	/* Lines that are being burned or have failed in this run, each as often as it is. */
	struct worker_words held;
};

static int read_file(struct burn_queue *queue, struct discern_error *err)
{
	char *text = NULL;
	size_t size = 0;
	int ret = file_read_all(queue->path, MAX_BYTES, &text, &size, err);

	if (ret < 0)
		return ret;
	free(queue->text);
	queue->text = text;
	return 0;
}

int burn_queue_open(const char *path, struct burn_queue **ret_queue, struct discern_error *err)
{
	struct burn_queue *queue = calloc(1, sizeof(*queue));
	int ret;

	if (queue == NULL || (queue->path = strdup(path)) == NULL)
		abort();
	ret = read_file(queue, err);
	if (ret < 0)
		burn_queue_free(queue);
	else
		*ret_queue = queue;
	return ret;
}

/* The next line of the text, without blanks around it; its begin and length. False at the end. */
static bool next_line(const char **text, const char **ret_line, size_t *ret_length)
{
	size_t length = strcspn(*text, "\n");
	size_t blanks = strspn(*text, " \t");

	if (**text == '\0')
		return false;
	blanks = blanks < length ? blanks : length;
	*ret_line = *text + blanks;
	*ret_length = length - blanks;
	*text += length + ((*text)[length] == '\n');
	while (*ret_length > 0 && strchr(" \t\r", (*ret_line)[*ret_length - 1]) != NULL)
		--*ret_length;
	return true;
}

static bool is_line(const char *line, size_t length, const char *other)
{
	return strlen(other) == length && memcmp(line, other, length) == 0;
}

/* The first line that is not held, and how many there are. */
static int find(const struct burn_queue *queue, const char **ret_line, size_t *ret_length)
{
	AUTO_FREE bool *is_met = calloc(queue->held.n + 1, sizeof(*is_met));
	const char *text = queue->text, *line;
	size_t length;
	int n = 0;

	if (is_met == NULL)
		abort();
	while (next_line(&text, &line, &length)) {
		size_t i = 0;

		if (length == 0 || line[0] == '#')
			continue;
		while (i < queue->held.n && (is_met[i] || !is_line(line, length, queue->held.list[i])))
			i++;
		is_met[i] = true;
		if (i == queue->held.n && n++ == 0) {
			*ret_line = line;
			*ret_length = length;
		}
		is_met[queue->held.n] = false;
	}
	return n;
}

int burn_queue_left(struct burn_queue *queue, struct discern_error *err)
{
	const char *line;
	size_t length;
	int ret = read_file(queue, err);

	return ret < 0 ? ret : find(queue, &line, &length);
}

char *burn_queue_take(struct burn_queue *queue)
{
	const char *line;
	size_t length;
	char *taken;

	if (find(queue, &line, &length) == 0)
		return NULL;
	taken = strndup(line, length);
	if (taken == NULL)
		abort();
	worker_words_add(&queue->held, taken);
	return taken;
}

void burn_queue_give_back(struct burn_queue *queue, const char *line)
{
	struct worker_words *held = &queue->held;

	for (size_t i = 0; i < held->n; i++) {
		if (strcmp(held->list[i], line) != 0)
			continue;
		free(held->list[i]);
		held->n--;
		memmove(held->list + i, held->list + i + 1, (held->n - i) * sizeof(held->list[0]));
		return;
	}
}

/* The file again, with what is said of the line before it, or the line made a comment. */
static void rewrite(const struct burn_queue *queue, const char *line, bool is_good, const char *words, FILE *out)
{
	const char *text = queue->text, *found, *before = text;
	bool is_told = false;
	size_t length;

	while (next_line(&text, &found, &length)) {
		if (!is_told && is_line(found, length, line)) {
			is_told = true;
			fprintf(out, "# %s\n", words);
			if (is_good)
				fputs("#done ", out);
			fprintf(out, "%s\n", line);
		} else {
			fwrite(before, 1, (size_t)(text - before), out);
		}
		before = text;
	}
}

int burn_queue_record(struct burn_queue *queue, const char *line, bool is_good, const char *words,
		      struct discern_error *err)
{
	AUTO_FREE char *text = NULL;
	char time_words[32], told[600];
	time_t now = time(NULL);
	struct tm local;
	size_t size = 0;
	FILE *out;
	int ret = read_file(queue, err);

	if (ret < 0)
		return ret;
	localtime_r(&now, &local);
	strftime(time_words, sizeof(time_words), "%Y-%m-%dT%H:%M:%S%z", &local);
	snprintf(told, sizeof(told), "%s %s", time_words, words);
	for (char *c = told; *c != '\0'; c++)
		if ((unsigned char)*c < ' ')
			*c = ' ';
	out = open_memstream(&text, &size);
	if (out == NULL)
		abort();
	rewrite(queue, line, is_good, told, out);
	if (fclose(out) != 0)
		abort();
	/* One that has failed stays held, and so is not tried again by this run. */
	if (is_good)
		burn_queue_give_back(queue, line);
	ret = file_replace(queue->path, text, size, err);
	return ret < 0 ? ret : read_file(queue, err);
}

bool burn_queue_split(const char *line, struct worker_words *ret_words)
{
	AUTO_FREE char *word = malloc(strlen(line) + 1);
	size_t length = 0;
	bool has_word = false;
	char quote = '\0';

	if (word == NULL)
		abort();
	for (; *line != '\0'; line++) {
		if (quote == '\0' && (*line == '\'' || *line == '"')) {
			quote = *line;
			has_word = true;
		} else if (quote != '\0' && *line == quote) {
			quote = '\0';
		} else if (quote == '\0' && strchr(" \t", *line) != NULL) {
			word[length] = '\0';
			if (has_word)
				worker_words_add(ret_words, word);
			length = 0;
			has_word = false;
		} else {
			if (*line == '\\' && quote != '\'' && line[1] != '\0')
				line++;
			word[length++] = *line;
			has_word = true;
		}
	}
	word[length] = '\0';
	if (has_word)
		worker_words_add(ret_words, word);
	return quote == '\0';
}

struct burn_queue *burn_queue_free(struct burn_queue *queue)
{
	if (queue == NULL)
		return NULL;
	worker_words_clear(&queue->held);
	free(queue->text);
	free(queue->path);
	free(queue);
	return NULL;
}
