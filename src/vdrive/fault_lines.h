/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files of fault rules: a rule a line, empty lines, comments after '#' at the beginning of a line. */
#ifndef VDRIVE_FAULT_LINES_H
#define VDRIVE_FAULT_LINES_H

#include <stddef.h>

#include <discern/error.h>

/** Of a drive, where "srN: " before a rule tells which and a rule without it is of all drives; or of a medium. */
enum fault_lines_kind { FAULT_LINES_OF_DRIVES, FAULT_LINES_OF_MEDIUM };

struct fault_lines {
	/** Rules without blanks around them, in the file's order; they point into text. */
	char **lines;
	size_t n_lines;
	/** Line numbers, from 1. */
	unsigned *numbers;
	char *text;
};

/** Reads a file and checks each rule. -ENOENT, -EINVAL with the line's number in words. Release what it gave with
 *  fault_lines_free(), also after an error. */
int fault_lines_read(const char *path, enum fault_lines_kind kind, struct fault_lines *ret_lines,
		     struct discern_error *err);
void fault_lines_free(struct fault_lines *lines);

/** The rule behind "srN: "; *ret_drive is N, or -1 without such a beginning. */
const char *fault_line_rule(const char *line, int *ret_drive);

/** Checks one line: a rule, with "srN: " before it where kind allows. -EINVAL with words. */
int fault_line_check(const char *line, enum fault_lines_kind kind, struct discern_error *err);

/** Adds a line to a file, which is made if it does not exist. */
int fault_lines_add(const char *path, const char *line, struct discern_error *err);

/** Takes the rule with this number, from 1, out of the file; 0: all rules. Comments stay. -ENOENT. */
int fault_lines_remove(const char *path, unsigned number, struct discern_error *err);

#endif
