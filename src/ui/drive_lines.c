/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/drive_lines.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "ui/printable.h"
#include "ui/progress_line.h"

/* Seconds between two drawings, and between two plain lines of a drive in one phase. */
static const double draw_seconds = 0.2;
static const double plain_seconds = 5;

enum { NAME_SIZE = 64, NAME_COLUMNS = 8 };

struct line {
	char path[NAME_SIZE];
	/* Set by drive_lines_say(); empty if what is shown is progress. */
	char words[PROGRESS_LINE_SIZE];
	bool has_progress;
	struct discern_progress progress;
	double elapsed;
	double shown;
};

struct drive_lines {
	enum progress_mode mode;
	FILE *out;
	struct line *lines;
	size_t n;
	/* Lines that stand on the screen above the cursor. */
	size_t n_drawn;
	double drawn;
	bool is_held;
};

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static size_t columns(const struct drive_lines *lines)
{
	struct winsize window = { 0 };

	if (lines->mode != PROGRESS_BAR)
		return PROGRESS_LINE_SIZE - 1;
	if (ioctl(fileno(lines->out), TIOCGWINSZ, &window) != 0 || window.ws_col <= 2 * NAME_COLUMNS)
		return 79;
	return window.ws_col > PROGRESS_LINE_SIZE ? PROGRESS_LINE_SIZE - 1 : window.ws_col - 1u;
}

struct drive_lines *drive_lines_new(enum progress_mode mode, FILE *out)
{
	struct drive_lines *lines = calloc(1, sizeof(*lines));

	if (lines == NULL)
		abort();
	lines->mode = progress_choose_mode(mode, out);
	lines->out = out;
	return lines;
}

size_t drive_lines_add(struct drive_lines *lines, const char *path)
{
	struct line *grown = reallocarray(lines->lines, lines->n + 1, sizeof(*grown));

	if (grown == NULL)
		abort();
	lines->lines = grown;
	memset(&grown[lines->n], 0, sizeof(*grown));
	snprintf(grown[lines->n].path, NAME_SIZE, "%s", path);
	return lines->n++;
}

static const char *short_name(const struct line *line)
{
	const char *slash = strrchr(line->path, '/');

	return slash != NULL ? slash + 1 : line->path;
}

/* Cut by bytes, but not within a character. */
static void cut(char *text, size_t n_columns)
{
	if (strlen(text) <= n_columns)
		return;
	while (n_columns > 0 && ((unsigned char)text[n_columns] & 0xc0) == 0x80)
		n_columns--;
	text[n_columns] = '\0';
}

static bool compose(const struct drive_lines *lines, const struct line *line, char ret_text[PROGRESS_LINE_SIZE])
{
	size_t room = columns(lines) - NAME_COLUMNS;

	if (line->words[0] != '\0')
		snprintf(ret_text, PROGRESS_LINE_SIZE, "%s", line->words);
	else if (line->has_progress)
		progress_line(&line->progress, line->elapsed, room, ret_text);
	else
		return false;
	cut(ret_text, room);
	return true;
}

static void print_line(struct drive_lines *lines, const struct line *line)
{
	char text[PROGRESS_LINE_SIZE];

	if (compose(lines, line, text))
		fprintf(lines->out, "%-*s%s\n", NAME_COLUMNS - 1, short_name(line), text);
}

void drive_lines_say(struct drive_lines *lines, size_t drive, const char *words)
{
	struct line *line = &lines->lines[drive];
	char *clean = printable_text(words);
	bool is_new = clean != NULL && strcmp(clean, line->words) != 0;

	if (is_new)
		snprintf(line->words, sizeof(line->words), "%s", clean);
	free(clean);
	line->has_progress = false;
	line->shown = 0;
	if (is_new && lines->mode == PROGRESS_PLAIN)
		print_line(lines, line);
	fflush(lines->out);
}

void drive_lines_progress(struct drive_lines *lines, size_t drive, struct answer *answer)
{
	struct line *line = &lines->lines[drive];
	enum discern_phase before = line->progress.phase;
	bool had_progress = line->has_progress;

	if (!answer_progress(answer, &line->progress, &line->elapsed))
		return;
	line->has_progress = true;
	line->words[0] = '\0';
	if (lines->mode == PROGRESS_JSON) {
		answer_set_string(answer, "drive", line->path);
		answer_print(answer, lines->out);
		fflush(lines->out);
	} else if (lines->mode == PROGRESS_PLAIN && (!had_progress || before != line->progress.phase ||
						     now() - line->shown >= plain_seconds)) {
		line->shown = now();
		print_line(lines, line);
		fflush(lines->out);
	}
}

/* The cursor goes back to where the first line begins; what was there is erased. */
void drive_lines_pause(struct drive_lines *lines)
{
	if (lines->n_drawn == 0)
		return;
	fprintf(lines->out, "\r\033[%zuA\033[J", lines->n_drawn);
	fflush(lines->out);
	lines->n_drawn = 0;
	lines->drawn = 0;
}

void drive_lines_hold(struct drive_lines *lines, bool is_held)
{
	drive_lines_pause(lines);
	lines->is_held = is_held;
}

void drive_lines_draw(struct drive_lines *lines)
{
	char text[PROGRESS_LINE_SIZE];
	size_t n = 0;

	if (lines->mode != PROGRESS_BAR || lines->is_held || now() - lines->drawn < draw_seconds)
		return;
	if (lines->n_drawn > 0)
		fprintf(lines->out, "\r\033[%zuA", lines->n_drawn);
	for (size_t i = 0; i < lines->n; i++) {
		if (!compose(lines, &lines->lines[i], text))
			continue;
		fprintf(lines->out, "\033[K%-*s%s\n", NAME_COLUMNS - 1, short_name(&lines->lines[i]), text);
		n++;
	}
	fputs("\033[J", lines->out);
	fflush(lines->out);
	lines->n_drawn = n;
	lines->drawn = now();
}

void drive_lines_free(struct drive_lines *lines)
{
	if (lines == NULL)
		return;
	drive_lines_pause(lines);
	free(lines->lines);
	free(lines);
}
