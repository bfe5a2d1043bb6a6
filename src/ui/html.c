/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/html.h"

#include <stdarg.h>
#include <stdlib.h>

#include "ui/printable.h"

void html_text(FILE *out, const char *text)
{
	/* XML has no way at all to write most control characters. */
	char *clean = printable_text(text);

	for (const char *c = clean; c != NULL && *c != '\0'; c++) {
		switch (*c) {
		case '&':
			fputs("&amp;", out);
			break;
		case '<':
			fputs("&lt;", out);
			break;
		case '>':
			fputs("&gt;", out);
			break;
		case '"':
			fputs("&quot;", out);
			break;
		default:
			fputc(*c, out);
		}
	}
	free(clean);
}

void html_printf(FILE *out, const char *format, ...)
{
	char *text = NULL;
	va_list ap;

	va_start(ap, format);
	if (vasprintf(&text, format, ap) < 0)
		text = NULL;
	va_end(ap);
	if (text != NULL)
		html_text(out, text);
	free(text);
}

void html_fact(FILE *out, const char *name, const char *value)
{
	if (value == NULL || value[0] == '\0')
		return;
	fputs("<tr><th scope=\"row\">", out);
	html_text(out, name);
	fputs("</th><td>", out);
	html_text(out, value);
	fputs("</td></tr>\n", out);
}
