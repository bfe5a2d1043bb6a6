/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/speed_option.h"

#include <string.h>
#include <strings.h>

#include "base/text.h"

enum { MAX_SPEED_TENTHS = 10000, MAX_SPEED_KBPS = 1000000 };

/* The number that a word begins with, of at most 15 characters out of accepted; the rest of the word, or NULL. */
static const char *take_number(const char *word, const char *accepted, char ret_digits[16])
{
	size_t length = strspn(word, accepted);

	if (length == 0 || length >= 16)
		return NULL;
	memcpy(ret_digits, word, length);
	ret_digits[length] = '\0';
	return word + length;
}

/* Tenths, so that DVD+RW's 2.4x can be said. */
static bool read_factor(const char *word, uint32_t *ret_tenths)
{
	char digits[16];
	const char *rest = take_number(word, "0123456789.", digits);
	char *point;
	int64_t whole;
	int64_t tenth = 0;

	if (rest == NULL || (*rest != '\0' && strcasecmp(rest, "x") != 0))
		return false;
	point = strchr(digits, '.');
	if (point != NULL)
		*point++ = '\0';
	if (!text_to_number(digits, 0, MAX_SPEED_TENTHS / 10, &whole) ||
	    (point != NULL && !text_to_number(point, 0, 9, &tenth)))
		return false;
	*ret_tenths = (uint32_t)(whole * 10 + tenth);
	return *ret_tenths > 0;
}

bool speed_option_read(const char *word, struct speed_option *ret_speed)
{
	char digits[16];
	const char *rest;
	int64_t kbps;

	*ret_speed = (struct speed_option){ 0 };
	if (strcmp(word, "max") == 0 || read_factor(word, &ret_speed->tenths))
		return true;
	rest = take_number(word, "0123456789", digits);
	if (rest == NULL || strcmp(rest, "kB/s") != 0 || !text_to_number(digits, 1, MAX_SPEED_KBPS, &kbps))
		return false;
	ret_speed->kbps = (uint32_t)kbps;
	return true;
}

uint32_t speed_option_kbps(const struct speed_option *speed, uint32_t speed_1x_kbps)
{
	return speed->tenths > 0 ? (uint32_t)((uint64_t)speed->tenths * speed_1x_kbps / 10) : speed->kbps;
}
