/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "burn/pgp_text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const char message_line[] = "-----BEGIN PGP SIGNED MESSAGE-----";
static const char signature_line[] = "-----BEGIN PGP SIGNATURE-----";

/* Length without blanks at its end, as an armor line may have some (RFC 4880 6.2). */
static size_t line_length(const char *line)
{
	size_t length = strcspn(line, "\n");

	while (length > 0 && strchr(" \t\r", line[length - 1]) != NULL)
		length--;
	return length;
}

static bool is_line(const char *line, const char *expected)
{
	return line_length(line) == strlen(expected) && strncmp(line, expected, strlen(expected)) == 0;
}

static const char *next_line(const char *line)
{
	line += strcspn(line, "\n");
	return *line == '\n' ? line + 1 : line;
}

/* The first line that is like this; NULL if none is. */
static const char *find_line(const char *text, const char *expected)
{
	for (; *text != '\0'; text = next_line(text))
		if (is_line(text, expected))
			return text;
	return NULL;
}

bool pgp_text_is_clear_signed(const char *text)
{
	return find_line(text, message_line) != NULL;
}

bool pgp_text_is_signature(const char *text)
{
	return is_line(text, signature_line);
}

int pgp_text_body(const char *text, char **ret_body)
{
	const char *line = find_line(text, message_line);
	const char *end;
	char *body;

	if (line == NULL)
		return -ENODATA;
	/* Headers, such as "Hash: SHA256", up to an empty line. */
	for (line = next_line(line); *line != '\0' && line_length(line) > 0; line = next_line(line))
		if (line[0] == '-')
			return -EBADMSG;
	line = next_line(line);
	end = find_line(line, signature_line);
	if (end == NULL)
		return -EBADMSG;
	body = malloc((size_t)(end - line) + 1);
	if (body == NULL)
		return -ENOMEM;
	*ret_body = body;
	while (line < end) {
		const char *next = next_line(line);

		if (line[0] == '-' && line[1] == ' ')
			line += 2;
		memcpy(body, line, (size_t)(next - line));
		body += next - line;
		line = next;
	}
	*body = '\0';
	return 0;
}
