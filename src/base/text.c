/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/text.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

const char *text_size(uint64_t size_bytes, char buffer[TEXT_SIZE])
{
	static const char *const units[] = { "kB", "MB", "GB", "TB", "PB", "EB" };
	double value = (double)size_bytes / 1000.0;
	size_t unit = 0;

	if (size_bytes < 10000) {
		snprintf(buffer, TEXT_SIZE, "%" PRIu64 " byte%s", size_bytes, size_bytes == 1 ? "" : "s");
		return buffer;
	}
	while (value >= 999.5 && unit + 1 < sizeof(units) / sizeof(units[0])) {
		value /= 1000.0;
		unit++;
	}
	snprintf(buffer, TEXT_SIZE, "%.*f %s", value < 9.995 ? 2 : value < 99.95 ? 1 : 0, value, units[unit]);
	return buffer;
}

const char *text_duration(uint64_t seconds, char buffer[TEXT_SIZE])
{
	uint64_t hours = seconds / 3600;
	unsigned minutes = (unsigned)(seconds / 60 % 60);

	if (hours > 0)
		snprintf(buffer, TEXT_SIZE, "%" PRIu64 ":%02u:%02u", hours, minutes, (unsigned)(seconds % 60));
	else
		snprintf(buffer, TEXT_SIZE, "%u:%02u", minutes, (unsigned)(seconds % 60));
	return buffer;
}

bool text_to_number(const char *text, int64_t min, int64_t max, int64_t *ret_number)
{
	char *end = NULL;
	bool hexadecimal = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
	long long value;

	if (text[0] != '-' && (text[0] < '0' || text[0] > '9'))
		return false;
	errno = 0;
	value = strtoll(text, &end, hexadecimal ? 16 : 10);
	if (errno != 0 || end == text || *end != '\0' || value < min || value > max)
		return false;
	*ret_number = value;
	return true;
}

void text_from_field(const uint8_t *field, size_t size, char *ret)
{
	while (size > 0 && (field[size - 1] == ' ' || field[size - 1] == '\0'))
		size--;
	for (size_t i = 0; i < size; i++)
		ret[i] = field[i] >= 0x20 && field[i] < 0x7f ? (char)field[i] : '?';
	ret[size] = '\0';
}
