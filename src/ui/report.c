/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/report.h"

#include <jansson.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "ui/printable.h"

#define MAX_DEPTH 16
/* Labels and the blanks after them: "image    debian-12.iso". */
#define LABEL_COLUMNS 9

struct report {
	FILE *out;
	/* Rows are printed as text. */
	bool is_text, is_hushed;
	/* The root object and what is open in it. */
	json_t *stack[MAX_DEPTH];
	size_t depth;
};

static void *must(void *p)
{
	if (p == NULL) {
		fprintf(stderr, "discern: out of memory\n");
		abort();
	}
	return p;
}

struct report *report_new(FILE *out, bool json)
{
	struct report *report = must(calloc(1, sizeof(*report)));

	report->out = out;
	report->is_text = !json;
	report->stack[0] = must(json_object());
	return report;
}

struct json_t *report_json_object(const struct report *report)
{
	return report->stack[0];
}

void report_hush(struct report *report, bool is_hushed)
{
	report->is_hushed = is_hushed;
}

/* Puts value, which is taken over, under key, or at the end of the open list. */
static void add(struct report *report, const char *key, json_t *value)
{
	json_t *open = report->stack[report->depth];
	int ret;

	must(value);
	if (json_is_array(open))
		ret = json_array_append_new(open, value);
	else
		ret = json_object_set_new(open, key, value);
	if (ret != 0)
		must(NULL);
}

static void print_row(struct report *report, const char *label, const char *text)
{
	char *clean;

	if (!report->is_text || report->is_hushed)
		return;
	clean = must(printable_text(text));
	if (strlen(label) < LABEL_COLUMNS)
		fprintf(report->out, "%-*s%s\n", LABEL_COLUMNS, label, clean);
	else
		fprintf(report->out, "%s  %s\n", label, clean);
	free(clean);
}

static json_t *json_text(const char *value)
{
	char *clean = must(printable_utf8(value));
	json_t *string = json_string(clean);

	free(clean);
	return string;
}

void report_string(struct report *report, const char *key, const char *label, const char *value)
{
	bool is_empty = value == NULL || value[0] == '\0';

	if (key != NULL)
		add(report, key, is_empty ? json_null() : json_text(value));
	if (label != NULL && !is_empty)
		print_row(report, label, value);
}

void report_text(struct report *report, const char *label, const char *format, ...)
{
	char *text = NULL;
	va_list ap;

	if (label == NULL)
		return;
	va_start(ap, format);
	if (vasprintf(&text, format, ap) < 0)
		must(NULL);
	va_end(ap);
	print_row(report, label, text);
	free(text);
}

void report_number(struct report *report, const char *key, const char *label, int64_t value, const char *text)
{
	if (key != NULL)
		add(report, key, json_integer(value));
	if (text != NULL)
		report_text(report, label, "%s", text);
	else
		report_text(report, label, "%lld", (long long)value);
}

void report_real(struct report *report, const char *key, const char *label, double value, const char *text)
{
	if (key != NULL)
		add(report, key, isfinite(value) ? json_real(value) : json_null());
	if (text != NULL)
		report_text(report, label, "%s", text);
	else
		report_text(report, label, "%.1f", value);
}

void report_bool(struct report *report, const char *key, const char *label, bool value, const char *text)
{
	if (key != NULL)
		add(report, key, json_boolean(value));
	if (text != NULL)
		report_text(report, label, "%s", text);
}

static void open_container(struct report *report, const char *key, json_t *container)
{
	add(report, key, container);
	if (report->depth + 1 == MAX_DEPTH)
		abort();
	report->stack[++report->depth] = container;
}

void report_open_object(struct report *report, const char *key)
{
	open_container(report, key, json_object());
}

void report_open_list(struct report *report, const char *key)
{
	open_container(report, key, json_array());
}

void report_close(struct report *report)
{
	if (report->depth > 0)
		report->depth--;
}

void report_finish(struct report *report)
{
	if (!report->is_text &&
	    json_dumpf(report->stack[0], report->out, JSON_INDENT(2) | JSON_REAL_PRECISION(6)) == 0)
		fputc('\n', report->out);
	fflush(report->out);
	report_free(report);
}

void report_free(struct report *report)
{
	if (report == NULL)
		return;
	json_decref(report->stack[0]);
	free(report);
}
