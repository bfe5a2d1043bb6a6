/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Shows several drives at once on stderr: a line for each, redrawn in place on a terminal; plain lines with the drive's name; JSON
 * lines with it; or nothing. */
#ifndef UI_DRIVE_LINES_H
#define UI_DRIVE_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "ui/answer.h"
#include "ui/progress.h"

struct drive_lines;

/** Release with drive_lines_free(). The program is aborted when memory is out. */
struct drive_lines *drive_lines_new(enum progress_mode mode, FILE *out);

/** Adds a drive, "/dev/sr0", which people see as "sr0"; its line comes when it has something to tell. Returns its number. */
size_t drive_lines_add(struct drive_lines *lines, const char *path);

/** Its line from now on, "" for none. Plain lines come when it changes. */
void drive_lines_say(struct drive_lines *lines, size_t drive, const char *words);

/** A line of a worker's --progress=json; an answer without progress is passed over. */
void drive_lines_progress(struct drive_lines *lines, size_t drive, struct answer *answer);

/** Makes room for other text: erases the lines until drive_lines_draw(). */
void drive_lines_pause(struct drive_lines *lines);

/** Erases the lines and draws none until it is called again with false: something else is typed there. */
void drive_lines_hold(struct drive_lines *lines, bool is_held);

/** Draws the lines again, if it is time for it. */
void drive_lines_draw(struct drive_lines *lines);

/** Erases the lines; accepts NULL. */
void drive_lines_free(struct drive_lines *lines);

#endif
