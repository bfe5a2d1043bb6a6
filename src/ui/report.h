/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Results on stdout: each row is given once and becomes a line of text at once, or a JSON member at the end.
 *
 * Text is "label    text", the labels in a column. In every call label NULL means "JSON only", and key NULL
 * means "text only". A report that is dropped without report_finish() prints no JSON.
 */
#ifndef UI_REPORT_H
#define UI_REPORT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct report;
struct json_t;

/** Aborts the program when memory is out. Release with report_finish() or report_free(). */
struct report *report_new(FILE *out, bool json);

/** A string, the same in text and JSON. An empty value is left out of the text and null in JSON. */
void report_string(struct report *report, const char *key, const char *label, const char *value);

/** Text made for people only; goes on under the row before when label is "". */
void report_text(struct report *report, const char *label, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/** A number in JSON, text (NULL: the plain number) on the line. */
void report_number(struct report *report, const char *key, const char *label, int64_t value, const char *text);

/** A fraction in JSON, text (NULL: with one decimal) on the line. */
void report_real(struct report *report, const char *key, const char *label, double value, const char *text);

/** true or false in JSON; text on the line if not NULL. */
void report_bool(struct report *report, const char *key, const char *label, bool value, const char *text);

/** Members that follow go into an object or a list under key, until report_close(). In a list each element
 *  is opened as an object with key NULL, or is a row with any key. */
void report_open_object(struct report *report, const char *key);
void report_open_list(struct report *report, const char *key);
void report_close(struct report *report);

/** Rows that follow are JSON only, until this is taken back. */
void report_hush(struct report *report, bool is_hushed);

/** All members so far as a JSON object of the library jansson, also of a report that is text; the report's, not to be changed. */
struct json_t *report_json_object(const struct report *report);

/** Prints the JSON, if that was asked for, and releases the report. */
void report_finish(struct report *report);

/** Releases the report without printing; accepts NULL. */
void report_free(struct report *report);

#endif
