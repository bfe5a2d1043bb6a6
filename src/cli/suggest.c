/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/suggest.h"

#include <stdint.h>
#include <string.h>

#define MAX_LENGTH 31

static size_t least(size_t a, size_t b, size_t c)
{
	size_t m = a < b ? a : b;

	return m < c ? m : c;
}

/* Letters to insert, delete or change to get from a to b (Levenshtein), one row of the table at a time. */
static size_t distance(const char *a, const char *b)
{
	size_t row[MAX_LENGTH + 1];
	size_t length = strlen(b);

	for (size_t i = 0; i <= length; i++)
		row[i] = i;
	for (size_t k = 1; a[k - 1] != '\0'; k++) {
		size_t diagonal = row[0];

		row[0] = k;
		for (size_t i = 1; i <= length; i++) {
			size_t above = row[i];

			row[i] = least(above + 1, row[i - 1] + 1, diagonal + (a[k - 1] != b[i - 1]));
			diagonal = above;
		}
	}
	return row[length];
}

const char *cli_suggest(const char *word, const char *const *names, size_t n)
{
	const char *nearest = NULL;
	size_t best = SIZE_MAX;

	if (strlen(word) > MAX_LENGTH)
		return NULL;
	for (size_t i = 0; i < n; i++) {
		size_t steps = strlen(names[i]) <= MAX_LENGTH ? distance(word, names[i]) : SIZE_MAX;

		/* More than a third of the letters wrong is another word. */
		if (steps < best && steps <= (strlen(names[i]) + 2) / 3) {
			best = steps;
			nearest = names[i];
		}
	}
	return nearest;
}
