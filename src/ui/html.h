/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Text in HTML that is XML as well. */
#ifndef UI_HTML_H
#define UI_HTML_H

#include <stdio.h>

/** Text as it is to be read, in an element or in an attribute's quotes: nothing of it is markup, and what no page may
 *  hold is replaced. */
void html_text(FILE *out, const char *text);

/** The same, of formatted words. */
void html_printf(FILE *out, const char *format, ...) __attribute__((format(printf, 2, 3)));

/** A row of a table of two columns: a name and its value; nothing if the value is empty. */
void html_fact(FILE *out, const char *name, const char *value);

#endif
