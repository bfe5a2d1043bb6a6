/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "vdrive/fault_lines.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "vdrive/faults_rule.h"

/* No test needs more, and a wrong name may be that of an image. */
enum { MAX_FILE_BYTES = 1 << 20 };

const char *fault_line_rule(const char *line, int *ret_drive)
{
	unsigned number = 0;
	int end = 0;

	*ret_drive = -1;
	if (sscanf(line, "sr%2u: %n", &number, &end) != 1 || end == 0)
		return line;
	*ret_drive = (int)number;
	return line + end;
}

int fault_line_check(const char *line, enum fault_lines_kind kind, struct discern_error *err)
{
	struct fault_rule rule;
	int drive, ret;
	const char *text = fault_line_rule(line, &drive);

	if (drive >= 0 && kind == FAULT_LINES_OF_MEDIUM)
		return discern_error_set(err, -EINVAL, "fault: \"sr%d:\" in the faults of a medium, which has no drive",
					 drive);
	ret = fault_rule_parse(text, &rule, err);
	if (ret == 0)
		fault_rule_release(&rule);
	return ret;
}

static char *trim(char *line)
{
	size_t length;

	line += strspn(line, " \t\r");
	length = strlen(line);
	while (length > 0 && strchr(" \t\r", line[length - 1]) != NULL)
		line[--length] = '\0';
	return line;
}

static bool is_rule(const char *line)
{
	return line[0] != '\0' && line[0] != '#';
}

static int split_lines(enum fault_lines_kind kind, struct fault_lines *lines, struct discern_error *err)
{
	char *rest = lines->text;
	unsigned number = 0;
	char *line;

	while ((line = strsep(&rest, "\n")) != NULL) {
		int ret;

		number++;
		line = trim(line);
		if (!is_rule(line))
			continue;
		ret = fault_line_check(line, kind, err);
		if (ret < 0) {
			discern_error_wrap(err, "line %u", number);
			return ret;
		}
		lines->numbers[lines->n_lines] = number;
		lines->lines[lines->n_lines++] = line;
	}
	return 0;
}

int fault_lines_read(const char *path, enum fault_lines_kind kind, struct fault_lines *ret_lines,
		     struct discern_error *err)
{
	size_t size, n = 1;
	int ret;

	memset(ret_lines, 0, sizeof(*ret_lines));
	ret = file_read_all(path, MAX_FILE_BYTES, &ret_lines->text, &size, err);
	if (ret < 0)
		return ret;
	if (memchr(ret_lines->text, '\0', size) != NULL)
		return discern_error_set(err, -EINVAL, "%s: not a file of fault rules", path);
	for (size_t i = 0; i < size; i++)
		n += ret_lines->text[i] == '\n';
	ret_lines->lines = calloc(n, sizeof(*ret_lines->lines));
	ret_lines->numbers = calloc(n, sizeof(*ret_lines->numbers));
	if (ret_lines->lines == NULL || ret_lines->numbers == NULL)
		return discern_error_set(err, -ENOMEM, "%s: no memory", path);
	return split_lines(kind, ret_lines, err);
}

void fault_lines_free(struct fault_lines *lines)
{
	free(lines->lines);
	free(lines->numbers);
	free(lines->text);
	memset(lines, 0, sizeof(*lines));
}

static int read_text(const char *path, char **ret_text, size_t *ret_size, struct discern_error *err)
{
	int ret = file_read_all(path, MAX_FILE_BYTES, ret_text, ret_size, err);

	if (ret != -ENOENT)
		return ret;
	discern_error_clear(err);
	*ret_size = 0;
	*ret_text = calloc(1, 1);
	return *ret_text != NULL ? 0 : discern_error_set(err, -ENOMEM, "%s: no memory", path);
}

int fault_lines_add(const char *path, const char *line, struct discern_error *err)
{
	char *text = NULL, *longer = NULL;
	size_t size = 0;
	int length, ret = read_text(path, &text, &size, err);

	if (ret < 0)
		return ret;
	length = asprintf(&longer, "%s%s%s\n", text, size > 0 && text[size - 1] != '\n' ? "\n" : "", line);
	if (length < 0)
		ret = discern_error_set(err, -ENOMEM, "%s: no memory", path);
	else
		ret = file_replace(path, longer, (size_t)length, err);
	if (length >= 0)
		free(longer);
	free(text);
	return ret;
}

int fault_lines_remove(const char *path, unsigned number, struct discern_error *err)
{
	char *text = NULL, *kept = NULL, *rest, *line;
	size_t size = 0, n_kept = 0;
	unsigned at = 0;
	int ret = read_text(path, &text, &size, err);

	if (ret == 0)
		kept = malloc(size + 2);
	if (ret == 0 && kept == NULL)
		ret = discern_error_set(err, -ENOMEM, "%s: no memory", path);
	rest = text;
	while (ret == 0 && (line = strsep(&rest, "\n")) != NULL) {
		bool is_one = is_rule(line + strspn(line, " \t\r"));

		at += is_one;
		/* What follows the last line's end is no line. */
		if ((is_one && (number == 0 || at == number)) || (rest == NULL && line[0] == '\0'))
			continue;
		n_kept += (size_t)sprintf(kept + n_kept, "%s\n", line);
	}
	if (ret == 0 && number > at)
		ret = discern_error_set(err, -ENOENT, "%s: there is no rule %u, only %u", path, number, at);
	if (ret == 0)
		ret = file_replace(path, kept, n_kept, err);
	free(text);
	free(kept);
	return ret;
}
