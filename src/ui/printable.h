/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Text from discs, drives and file names may hold anything: made safe for a terminal and for JSON here. */
#ifndef UI_PRINTABLE_H
#define UI_PRINTABLE_H

#include <stddef.h>

/** A copy in which bytes that are no UTF-8, and control characters, which could change the terminal, are
 *  replaced by '?'. NULL when memory is out; the caller frees it. */
char *printable_text(const char *text);

/** A copy in which bytes that are no UTF-8 are replaced by U+FFFD; control characters stay, JSON escapes them.
 *  NULL when memory is out; the caller frees it. */
char *printable_utf8(const char *text);

/** Terminal columns of text, taking each character as one column wide. */
size_t printable_columns(const char *text);

#endif
