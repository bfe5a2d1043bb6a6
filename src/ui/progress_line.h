/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One state of a job as a line of text, a part for each thing that is known; pure, for progress.c. */
#ifndef UI_PROGRESS_LINE_H
#define UI_PROGRESS_LINE_H

#include <stdbool.h>
#include <stddef.h>

#include <discern/progress.h>

#define PROGRESS_LINE_SIZE 512

/** "check", "read" …, the words of bar, plain lines and JSON. */
const char *progress_phase_name(enum discern_phase phase);

/** Whole percents; 100 only when all is done. -1 if the total is not known. */
int progress_percent(const struct discern_progress *state);

/**
 * A running phase: "write    62 %  408 of 658 MB  14.2x 19.6 MB/s  buffers 100 % 98 %  0:13 left". The least
 * important parts are left out until it fits into columns.
 */
void progress_line(const struct discern_progress *state, double elapsed, size_t columns,
		   char ret_line[PROGRESS_LINE_SIZE]);

/** A phase that is over: with its average speed and the time that it took. */
void progress_last_line(const struct discern_progress *state, double elapsed, size_t columns,
			char ret_line[PROGRESS_LINE_SIZE]);

#endif
