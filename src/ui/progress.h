/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Shows struct discern_progress on stderr: as a bar on a terminal, plain lines, JSON lines, or not at all. */
#ifndef UI_PROGRESS_H
#define UI_PROGRESS_H

#include <stdio.h>

#include <discern/progress.h>

enum progress_mode {
	PROGRESS_AUTO, /**< bar on a terminal, else none */
	PROGRESS_BAR,
	PROGRESS_PLAIN, /**< a line at the start and end of each phase and every few seconds */
	PROGRESS_JSON,  /**< one JSON object a line */
	PROGRESS_NONE,
};

/** What PROGRESS_AUTO is on out: a bar on a terminal, plain lines on one that cannot move its cursor, else nothing. */
enum progress_mode progress_choose_mode(enum progress_mode mode, FILE *out);

struct progress;

/** out is stderr, or the stream of --progress-fd for JSON. Release with progress_free(). */
struct progress *progress_new(enum progress_mode mode, FILE *out);

/** The bar of a phase goes away at its end instead of leaving a line: for a job whose results are printed on the
 *  same terminal and tell it all again. */
void progress_leave_no_trace(struct progress *progress);

/** Shows one state; at most a few lines a second come out, the last of each phase always. */
void progress_show(struct progress *progress, const struct discern_progress *state);

/** Makes room for a line of other text: erases the bar until the next progress_show(). */
void progress_pause(struct progress *progress);

/** Ends the line of the current phase, as done. */
void progress_end(struct progress *progress);

/** Ends the line of the current phase as it stands, for a job that stopped in the middle of it. */
void progress_break(struct progress *progress);

/** Accepts NULL; a phase that is not ended is broken off. */
void progress_free(struct progress *progress);

#endif
