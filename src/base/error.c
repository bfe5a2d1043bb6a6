/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void discern_error_clear(struct discern_error *err)
{
	if (err == NULL)
		return;
	memset(err, 0, sizeof(*err));
	err->lba = DISCERN_NO_LBA;
}

int discern_error_set(struct discern_error *err, int code, const char *format, ...)
{
	va_list ap;

	if (err == NULL)
		return code;
	discern_error_clear(err);
	err->code = code;
	va_start(ap, format);
	vsnprintf(err->text, sizeof(err->text), format, ap);
	va_end(ap);
	return code;
}

int discern_error_wrap(struct discern_error *err, const char *format, ...)
{
	char inner[sizeof(err->text)];
	va_list ap;
	size_t length;

	if (err == NULL)
		return -EIO;
	memcpy(inner, err->text, sizeof(inner));
	va_start(ap, format);
	vsnprintf(err->text, sizeof(err->text), format, ap);
	va_end(ap);
	length = strlen(err->text);
	snprintf(err->text + length, sizeof(err->text) - length, ": %s", inner);
	return err->code;
}

int discern_error_hint(struct discern_error *err, const char *format, ...)
{
	va_list ap;

	if (err == NULL)
		return -EIO;
	va_start(ap, format);
	vsnprintf(err->hint, sizeof(err->hint), format, ap);
	va_end(ap);
	return err->code;
}
