/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "vdrive/words.h"

#include <errno.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/text.h"

/* Not by strtod(), which knows a locale's comma, infinities and hexadecimal numbers. */
bool words_to_decimal(const char *text, double min, double max, double *ret_number)
{
	double number = 0, unit = 1;
	unsigned n_digits = 0;
	bool has_point = false;

	for (; *text != '\0'; text++) {
		if (*text == '.' && !has_point) {
			has_point = true;
			continue;
		}
		if (*text < '0' || *text > '9' || ++n_digits > 15)
			return false;
		number = number * 10 + (*text - '0');
		if (has_point)
			unit *= 10;
	}
	number /= unit;
	if (n_digits == 0 || number < min || number > max)
		return false;
	*ret_number = number;
	return true;
}

bool words_to_share(const char *text, double *ret_share)
{
	size_t length = strlen(text);
	char digits[32];

	if (length == 0 || length >= sizeof(digits))
		return false;
	if (text[length - 1] != '%')
		return words_to_decimal(text, 0, 1, ret_share);
	memcpy(digits, text, length - 1);
	digits[length - 1] = '\0';
	if (!words_to_decimal(digits, 0, 100, ret_share))
		return false;
	*ret_share /= 100;
	return true;
}

static int wrong_lba(const char *text, const char *expected, struct discern_error *err)
{
	return discern_error_set(err, -EINVAL, "fault: lba=%s: it takes %s", text, expected);
}

int words_to_lba(const char *text, int32_t *ret_first, int32_t *ret_last, struct discern_error *err)
{
	/* The first may be negative, so the dash between the two is looked for behind it. */
	const char *dash = text[0] == '\0' ? NULL : strchr(text + 1, '-');
	AUTO_FREE char *first_text = dash != NULL ? strndup(text, (size_t)(dash - text)) : strdup(text);
	int64_t first, last;

	if (first_text == NULL)
		return discern_error_set(err, -ENOMEM, "fault: no memory");
	if (!text_to_number(first_text, -150, INT32_MAX, &first))
		return wrong_lba(text, "A or A-B, sectors from -150 on", err);
	last = first;
	if (dash != NULL && !text_to_number(dash + 1, -150, INT32_MAX, &last))
		return wrong_lba(text, "A or A-B, sectors from -150 on", err);
	if (last < first)
		return wrong_lba(text, "the lower sector first", err);
	*ret_first = (int32_t)first;
	*ret_last = (int32_t)last;
	return 0;
}
