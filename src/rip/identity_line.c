/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What two lines on a disc say of each other; pure, of words such as "CD 01234567 sectors=3000 16=89abcdef 17=-". */
#include "rip/identity.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/** Drives differ in counting the run-out of a CD, or fill up to the next unit of a DVD or BD. */
#define SIZE_TOLERANCE 32

/* Digests that are equal on a disc of which one drive tells other tracks than another one. */
enum { SUFFICIENT = 4 };

enum { MAX_WORDS = 16 };

struct line {
	char text[IDENTITY_SIZE];
	size_t n_words;
	/** kind, layout, size, and sectors as "number=digits". */
	const char *words[MAX_WORDS];
};

enum { WORD_KIND, WORD_LAYOUT, WORD_SIZE, WORD_SECTORS };

static void split(const char *text, struct line *line)
{
	char *rest = NULL;

	memset(line, 0, sizeof(*line));
	snprintf(line->text, sizeof(line->text), "%s", text);
	for (char *word = strtok_r(line->text, " ", &rest); word != NULL && line->n_words < MAX_WORDS;
	     word = strtok_r(NULL, " ", &rest))
		line->words[line->n_words++] = word;
}

static const char *value_of(const char *word)
{
	const char *sign = strchr(word, '=');

	return sign != NULL ? sign + 1 : "";
}

static bool is_known(const char *word)
{
	return value_of(word)[0] != '\0' && strcmp(value_of(word), "-") != 0;
}

/* The other line's word on the same sector, NULL if it has none. */
static const char *find_sector(const struct line *line, const char *word)
{
	size_t length = (size_t)(value_of(word) - word);

	for (size_t i = WORD_SECTORS; length > 0 && i < line->n_words; i++)
		if (strncmp(line->words[i], word, length) == 0)
			return line->words[i];
	return NULL;
}

static long long size_of(const struct line *line)
{
	return strtoll(value_of(line->words[WORD_SIZE]), NULL, 10);
}

static bool has_same_size(const struct line *a, const struct line *b)
{
	long long difference = size_of(a) - size_of(b);

	return difference >= -SIZE_TOLERANCE && difference <= SIZE_TOLERANCE;
}

/* The first sector of a that b knows differently; NULL if there is none. */
static const char *find_difference(const struct line *a, const struct line *b, unsigned *ret_n_equal)
{
	*ret_n_equal = 0;
	for (size_t i = WORD_SECTORS; i < a->n_words; i++) {
		const char *other = find_sector(b, a->words[i]);

		if (other == NULL || !is_known(other) || !is_known(a->words[i]))
			continue;
		if (strcmp(other, a->words[i]) != 0)
			return a->words[i];
		++*ret_n_equal;
	}
	return NULL;
}

/* A drive that only reads may not tell all tracks of a recordable DVD or BD. */
static bool has_same_tracks(const struct line *a, const struct line *b, unsigned n_equal)
{
	return strcmp(a->words[WORD_LAYOUT], b->words[WORD_LAYOUT]) == 0 ||
	       (strcmp(a->words[WORD_KIND], "CD") != 0 && n_equal >= SUFFICIENT);
}

bool identity_matches(const char *a, const char *b)
{
	struct line line_a, line_b;
	unsigned n_equal;

	split(a, &line_a);
	split(b, &line_b);
	return line_a.n_words >= WORD_SECTORS && line_b.n_words >= WORD_SECTORS &&
	       strcmp(line_a.words[WORD_KIND], line_b.words[WORD_KIND]) == 0 && has_same_size(&line_a, &line_b) &&
	       find_difference(&line_a, &line_b, &n_equal) == NULL && has_same_tracks(&line_a, &line_b, n_equal);
}

void identity_tell_difference(const char *of, const char *from, char *words, size_t size)
{
	struct line was, is;
	const char *sector;
	unsigned n_equal;

	split(of, &was);
	split(from, &is);
	snprintf(words, size, "the map tells of none");
	if (was.n_words < WORD_SECTORS || is.n_words < WORD_SECTORS)
		return;
	sector = find_difference(&was, &is, &n_equal);
	if (strcmp(was.words[WORD_KIND], is.words[WORD_KIND]) != 0)
		snprintf(words, size, "a %s, not a %s", was.words[WORD_KIND], is.words[WORD_KIND]);
	else if (!has_same_size(&was, &is))
		snprintf(words, size, "%lld sectors, not %lld", size_of(&was), size_of(&is));
	else if (!has_same_tracks(&was, &is, n_equal))
		snprintf(words, size, "other tracks (TOC)");
	else if (sector != NULL)
		snprintf(words, size, "sector %lld differs", strtoll(sector, NULL, 10));
}

void identity_complete(char identity[IDENTITY_SIZE], const char *other)
{
	struct line line, more;
	size_t length = 0;

	split(identity, &line);
	split(other, &more);
	for (size_t i = 0; i < line.n_words && length < IDENTITY_SIZE; i++) {
		const char *word = line.words[i];
		const char *better = i >= WORD_SECTORS && !is_known(word) ? find_sector(&more, word) : NULL;

		length += (size_t)snprintf(identity + length, IDENTITY_SIZE - length, "%s%s", i > 0 ? " " : "",
					   better != NULL ? better : word);
	}
}
