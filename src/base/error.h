/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Setting and wrapping struct discern_error. All of these accept err == NULL. */
#ifndef BASE_ERROR_H
#define BASE_ERROR_H

#include <discern/error.h>

/** Empties err: code 0, no LBA, no sense, no text. */
void discern_error_clear(struct discern_error *err);

/** Sets code (a negative errno) and text, forgets LBA, sense and hint; returns code. */
int discern_error_set(struct discern_error *err, int code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/** Puts "context: " before the text that is there; returns err->code (or -EIO if err is NULL). */
int discern_error_wrap(struct discern_error *err, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/** Sets the remedy, replacing an earlier one; returns err->code (or -EIO if err is NULL). */
int discern_error_hint(struct discern_error *err, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#endif
