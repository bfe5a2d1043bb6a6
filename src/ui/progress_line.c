/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/progress_line.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

static const struct {
	const char *name;
	/* For a phase that gives no numbers. */
	const char *words;
} phases[] = {
	[DISCERN_PHASE_CHECK] = { "check", "reading the image" },
	[DISCERN_PHASE_READ] = { "read", "reading the disc" },
	[DISCERN_PHASE_RETRY] = { "retry", "trying unreadable sectors again" },
	[DISCERN_PHASE_HASH] = { "hash", "making checksums" },
	[DISCERN_PHASE_FORMAT] = { "format", "the drive prepares the disc, can take minutes; do not open it" },
	[DISCERN_PHASE_WRITE] = { "write", "writing the disc" },
	[DISCERN_PHASE_CLOSE] = { "close", "the drive finishes the disc, can take up to 5 minutes; do not open it" },
	[DISCERN_PHASE_RELOAD] = { "reload", "tray out and in, so that nothing comes from a cache" },
	[DISCERN_PHASE_VERIFY] = { "verify", "comparing disc and image" },
	[DISCERN_PHASE_WAIT] = { "wait", "waiting for a disc to be put in or taken out" },
	[DISCERN_PHASE_COMPRESS] = { "compress", "compressing the image" },
	[DISCERN_PHASE_BLANK] = { "blank", "the drive erases the disc, can take minutes; do not open it" },
};

/* The greatest rank is left out first where a line is too long. */
enum { RANK_NEEDED, RANK_BAD, RANK_SIZE, RANK_SPEED, RANK_TIME, RANK_DRIVES, RANK_BUFFERS };

/* Parts of a line in the order in which they stand. */
struct part {
	unsigned rank;
	char text[96];
};

struct line {
	size_t n_parts;
	struct part parts[10];
};

const char *progress_phase_name(enum discern_phase phase)
{
	return (size_t)phase < sizeof(phases) / sizeof(phases[0]) ? phases[phase].name : "work";
}

static const char *phase_words(enum discern_phase phase)
{
	return (size_t)phase < sizeof(phases) / sizeof(phases[0]) ? phases[phase].words : "";
}

int progress_percent(const struct discern_progress *state)
{
	if (state->total_bytes == 0)
		return -1;
	if (state->done_bytes >= state->total_bytes)
		return 100;
	return (int)((double)state->done_bytes * 100.0 / (double)state->total_bytes);
}

__attribute__((format(printf, 3, 4))) static void add(struct line *line, unsigned rank, const char *format, ...)
{
	struct part *part = &line->parts[line->n_parts++];
	va_list ap;

	part->rank = rank;
	va_start(ap, format);
	vsnprintf(part->text, sizeof(part->text), format, ap);
	va_end(ap);
}

/* The done bytes in the unit of the total, so that both can be compared at a glance: "408 of 658 MB". */
static void add_size(struct line *line, const struct discern_progress *state)
{
	char total[TEXT_SIZE];
	uint64_t unit;
	double all;
	int decimals;

	text_size(state->total_bytes, total);
	if (state->total_bytes < 10000) {
		add(line, RANK_SIZE, "%" PRIu64 " of %s", state->done_bytes, total);
		return;
	}
	for (unit = 1000; state->total_bytes / unit >= 1000 || (double)state->total_bytes / (double)unit >= 999.5;)
		unit *= 1000;
	all = (double)state->total_bytes / (double)unit;
	decimals = all < 9.995 ? 2 : all < 99.95 ? 1 : 0;
	/* Rounded down: "658 of 658 MB" only when it is so. */
	for (int i = 0; i < decimals; i++)
		unit /= 10;
	add(line, RANK_SIZE, "%.*f of %s", decimals,
	    (double)(state->done_bytes / unit) / (decimals == 2 ? 100
						  : decimals    ? 10
								: 1),
	    total);
}

static void add_speed(struct line *line, uint32_t speed_kbps, uint32_t speed_1x_kbps)
{
	double megabytes = (double)speed_kbps / 1000.0;

	/* Nothing, as it is written. */
	if (megabytes < 0.05)
		return;
	if (speed_1x_kbps > 0)
		add(line, RANK_SPEED, "%.1fx %.1f MB/s", (double)speed_kbps / speed_1x_kbps, megabytes);
	else
		add(line, RANK_SPEED, "%.1f MB/s", megabytes);
}

static void add_bad(struct line *line, const struct discern_progress *state)
{
	char size[TEXT_SIZE];

	if (state->bad_bytes == 0)
		return;
	text_size(state->bad_bytes, size);
	add(line, RANK_BAD, "%s %s", size, state->phase == DISCERN_PHASE_VERIFY ? "bad or different" : "bad");
}

static void add_retry(struct line *line, const struct discern_progress *state)
{
	char size[TEXT_SIZE];

	if (state->retry_bytes > 0)
		add(line, RANK_BAD, "trying %s again", text_size(state->retry_bytes, size));
}

static void add_buffers(struct line *line, const struct discern_progress *state)
{
	bool has_fifo = state->fifo_percent <= 100;
	bool has_drive = state->drive_buffer_percent <= 100;

	if (has_fifo && has_drive)
		add(line, RANK_BUFFERS, "buffers %u %% %u %%", state->fifo_percent, state->drive_buffer_percent);
	else if (has_fifo || has_drive)
		add(line, RANK_BUFFERS, "buffer %u %%", has_fifo ? state->fifo_percent : state->drive_buffer_percent);
}

/* "sr0 9.8 MB/s, sr1 retries" */
static void add_drives(struct line *line, const struct discern_progress *state)
{
	static const char *const activities[] = {
		[DISCERN_DRIVE_READS] = "reads", [DISCERN_DRIVE_RETRIES] = "retries", [DISCERN_DRIVE_WAITS] = "waits",
		[DISCERN_DRIVE_DONE] = "done",   [DISCERN_DRIVE_GONE] = "GAVE OUT",
	};
	char text[sizeof(line->parts[0].text)] = "";
	size_t length = 0;

	for (size_t i = 0; i < state->n_drives && length < sizeof(text); i++) {
		const struct discern_progress_drive *drive = &state->drives[i];
		const char *before = i > 0 ? ", " : "";

		if (drive->activity == DISCERN_DRIVE_READS && drive->speed_kbps > 0)
			length += (size_t)snprintf(text + length, sizeof(text) - length, "%s%s %.1f", before,
						   drive->name, drive->speed_kbps / 1000.0);
		else
			length += (size_t)snprintf(text + length, sizeof(text) - length, "%s%s %s", before, drive->name,
						   activities[drive->activity]);
	}
	if (length > 0)
		add(line, RANK_DRIVES, "%s", text);
}

static void add_time_left(struct line *line, const struct discern_progress *state)
{
	char good[TEXT_SIZE], bad[TEXT_SIZE];
	bool has_bad = state->seconds_left_bad != UINT32_MAX && state->seconds_left_bad > 0;
	/* When what is easy is done, nothing left of that tells nothing. */
	bool has_good = state->seconds_left != UINT32_MAX &&
			(state->seconds_left > 0 || (!has_bad && state->retry_bytes == 0 && state->phase != DISCERN_PHASE_RETRY));

	if (has_good)
		text_duration(state->seconds_left, good);
	if (has_bad)
		text_duration(state->seconds_left_bad, bad);
	if (has_good && has_bad)
		add(line, RANK_TIME, "%s left and %s for bad areas", good, bad);
	else if (has_good)
		add(line, RANK_TIME, "%s left", good);
	else if (has_bad)
		add(line, RANK_TIME, "%s left for bad areas", bad);
}

static size_t put_together(const struct line *line, unsigned max_rank, char ret_line[PROGRESS_LINE_SIZE])
{
	size_t length = 0;

	for (size_t i = 0; i < line->n_parts; i++) {
		const struct part *part = &line->parts[i];

		if (part->rank > max_rank)
			continue;
		/* The phase stands in the column of labels, as in a report. */
		length += (size_t)snprintf(ret_line + length, PROGRESS_LINE_SIZE - length, i == 0 ? "%-9s" : "%s",
					   part->text);
		if (i > 0)
			length += (size_t)snprintf(ret_line + length, PROGRESS_LINE_SIZE - length, "  ");
	}
	while (length > 0 && ret_line[length - 1] == ' ')
		ret_line[--length] = '\0';
	return length;
}

static void fit(const struct line *line, size_t columns, char ret_line[PROGRESS_LINE_SIZE])
{
	for (unsigned max_rank = RANK_BUFFERS; max_rank > RANK_NEEDED; max_rank--)
		if (put_together(line, max_rank, ret_line) <= columns)
			return;
	if (put_together(line, RANK_NEEDED, ret_line) > columns)
		ret_line[columns] = '\0';
}

void progress_line(const struct discern_progress *state, double elapsed, size_t columns,
		   char ret_line[PROGRESS_LINE_SIZE])
{
	struct line line = { 0 };
	char time[TEXT_SIZE];

	add(&line, RANK_NEEDED, "%s", progress_phase_name(state->phase));
	if (state->total_bytes == 0) {
		add(&line, RANK_NEEDED, "%s", phase_words(state->phase));
		add(&line, RANK_SIZE, "%s", text_duration((uint64_t)elapsed, time));
	} else {
		add(&line, RANK_NEEDED, "%3d %%", progress_percent(state));
		if (!state->is_ratio)
			add_size(&line, state);
		add_speed(&line, state->speed_kbps, state->speed_1x_kbps);
		add_bad(&line, state);
		add_retry(&line, state);
		add_buffers(&line, state);
		add_drives(&line, state);
		add_time_left(&line, state);
	}
	fit(&line, columns, ret_line);
}

void progress_last_line(const struct discern_progress *state, double elapsed, size_t columns,
			char ret_line[PROGRESS_LINE_SIZE])
{
	struct line line = { 0 };
	char time[TEXT_SIZE], size[TEXT_SIZE];

	add(&line, RANK_NEEDED, "%s", progress_phase_name(state->phase));
	if (state->total_bytes > 0) {
		double kbps = elapsed > 0.05 && !state->is_ratio ? (double)state->done_bytes / 1000.0 / elapsed : 0;

		add(&line, RANK_NEEDED, "%3d %%", progress_percent(state));
		if (state->is_ratio)
			add(&line, RANK_SIZE, "%s", "done");
		else if (state->done_bytes >= state->total_bytes)
			add(&line, RANK_SIZE, "%s", text_size(state->total_bytes, size));
		else
			add_size(&line, state);
		add_speed(&line, kbps < (double)UINT32_MAX ? (uint32_t)kbps : 0, state->speed_1x_kbps);
		add_bad(&line, state);
	} else {
		add(&line, RANK_SIZE, "done");
	}
	add(&line, RANK_TIME, "in %s", text_duration((uint64_t)(elapsed + 0.5), time));
	fit(&line, columns, ret_line);
}
