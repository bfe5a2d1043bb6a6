/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/progress.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "ui/progress_line.h"

/* Seconds between two lines of the same phase. */
static const double interval[] = {
	[PROGRESS_BAR] = 0.1,
	[PROGRESS_PLAIN] = 5.0,
	[PROGRESS_JSON] = 0.5,
};

struct progress {
	enum progress_mode mode;
	FILE *out;
	bool leaves_no_trace;
	bool has_phase;
	/* The bar is on the screen: its line has to be ended or erased before other text. */
	bool is_bar_drawn;
	struct discern_progress last;
	/* last has not been shown yet. */
	bool is_last_due;
	double phase_began;
	double shown;
};

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

enum progress_mode progress_choose_mode(enum progress_mode mode, FILE *out)
{
	const char *terminal = getenv("TERM");

	if (mode != PROGRESS_AUTO)
		return mode;
	if (!isatty(fileno(out)))
		return PROGRESS_NONE;
	return terminal == NULL || strcmp(terminal, "dumb") == 0 ? PROGRESS_PLAIN : PROGRESS_BAR;
}

/* Asked for each line: a window may change its size at any time. The last column stays free, as some
 * terminals go to the next line when it is used. */
static size_t columns(const struct progress *progress)
{
	struct winsize window = { 0 };

	if (progress->mode != PROGRESS_BAR)
		return PROGRESS_LINE_SIZE - 1;
	if (ioctl(fileno(progress->out), TIOCGWINSZ, &window) != 0 || window.ws_col < 2)
		return 79;
	return window.ws_col > PROGRESS_LINE_SIZE ? PROGRESS_LINE_SIZE - 1 : window.ws_col - 1u;
}

struct progress *progress_new(enum progress_mode mode, FILE *out)
{
	struct progress *progress = calloc(1, sizeof(*progress));

	if (progress == NULL)
		abort();
	progress->mode = progress_choose_mode(mode, out);
	progress->out = out;
	return progress;
}

void progress_leave_no_trace(struct progress *progress)
{
	progress->leaves_no_trace = true;
}

static void show_drives(FILE *out, const struct discern_progress *state)
{
	static const char *const activities[] = {
		[DISCERN_DRIVE_READS] = "reads", [DISCERN_DRIVE_RETRIES] = "retries", [DISCERN_DRIVE_WAITS] = "waits",
		[DISCERN_DRIVE_DONE] = "done",   [DISCERN_DRIVE_GONE] = "gone",
	};

	if (state->n_drives == 0)
		return;
	fprintf(out, ", \"drives\": [");
	for (size_t i = 0; i < state->n_drives; i++)
		fprintf(out, "%s{\"drive\": \"%s\", \"activity\": \"%s\", \"speed_kbps\": %" PRIu32 "}",
			i > 0 ? ", " : "", state->drives[i].name, activities[state->drives[i].activity],
			state->drives[i].speed_kbps);
	fprintf(out, "]");
}

static void show_json(struct progress *progress, bool is_end)
{
	const struct discern_progress *state = &progress->last;
	FILE *out = progress->out;

	fprintf(out, "{\"phase\": \"%s\", \"done_bytes\": %" PRIu64 ", \"total_bytes\": %" PRIu64,
		progress_phase_name(state->phase), state->done_bytes, state->total_bytes);
	if (state->total_bytes > 0)
		fprintf(out, ", \"percent\": %d", progress_percent(state));
	fprintf(out, ", \"bad_bytes\": %" PRIu64 ", \"speed_kbps\": %" PRIu32, state->bad_bytes, state->speed_kbps);
	if (state->speed_1x_kbps > 0)
		fprintf(out, ", \"speed_x\": %.2f", (double)state->speed_kbps / state->speed_1x_kbps);
	if (state->retry_bytes > 0)
		fprintf(out, ", \"retry_bytes\": %" PRIu64, state->retry_bytes);
	if (state->seconds_left != UINT32_MAX)
		fprintf(out, ", \"seconds_left\": %" PRIu32, state->seconds_left);
	if (state->seconds_left_bad != UINT32_MAX)
		fprintf(out, ", \"seconds_left_bad\": %" PRIu32, state->seconds_left_bad);
	if (state->fifo_percent <= 100)
		fprintf(out, ", \"fifo_percent\": %u", state->fifo_percent);
	if (state->drive_buffer_percent <= 100)
		fprintf(out, ", \"drive_buffer_percent\": %u", state->drive_buffer_percent);
	show_drives(out, state);
	fprintf(out, ", \"seconds\": %.1f, \"end\": %s}\n", now() - progress->phase_began, is_end ? "true" : "false");
}

static void draw(struct progress *progress, bool is_end)
{
	double elapsed = now() - progress->phase_began;
	char line[PROGRESS_LINE_SIZE];

	if (progress->mode == PROGRESS_JSON) {
		show_json(progress, is_end);
	} else {
		if (is_end)
			progress_last_line(&progress->last, elapsed, columns(progress), line);
		else
			progress_line(&progress->last, elapsed, columns(progress), line);
		if (progress->mode == PROGRESS_BAR)
			fprintf(progress->out, "\r%s\033[K%s", line, is_end ? "\n" : "");
		else
			fprintf(progress->out, "%s\n", line);
	}
	fflush(progress->out);
	progress->is_bar_drawn = progress->mode == PROGRESS_BAR && !is_end;
	progress->is_last_due = false;
	progress->shown = now();
}

void progress_show(struct progress *progress, const struct discern_progress *state)
{
	if (progress->mode == PROGRESS_NONE)
		return;
	if (progress->has_phase && progress->last.phase != state->phase)
		progress_end(progress);
	if (!progress->has_phase) {
		progress->has_phase = true;
		progress->phase_began = now();
		progress->shown = 0;
	}
	progress->last = *state;
	progress->is_last_due = true;
	if (now() - progress->shown >= interval[progress->mode])
		draw(progress, false);
}

void progress_pause(struct progress *progress)
{
	if (!progress->is_bar_drawn)
		return;
	fputs("\r\033[K", progress->out);
	fflush(progress->out);
	progress->is_bar_drawn = false;
	progress->shown = 0;
}

void progress_end(struct progress *progress)
{
	if (!progress->has_phase)
		return;
	if (progress->mode == PROGRESS_BAR && progress->leaves_no_trace)
		progress_pause(progress);
	else
		draw(progress, true);
	progress->has_phase = false;
}

void progress_break(struct progress *progress)
{
	if (progress->has_phase && progress->is_last_due)
		draw(progress, false);
	if (progress->is_bar_drawn)
		fputc('\n', progress->out);
	fflush(progress->out);
	progress->is_bar_drawn = false;
	progress->has_phase = false;
}

void progress_free(struct progress *progress)
{
	if (progress == NULL)
		return;
	progress_break(progress);
	free(progress);
}
