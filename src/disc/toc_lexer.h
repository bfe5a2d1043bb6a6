/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Words, numbers and strings of cdrdao's toc files. */
#ifndef DISC_TOC_LEXER_H
#define DISC_TOC_LEXER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <discern/error.h>

/** What a token is; a sign such as { or : is its character. */
enum { TOC_END = 0, TOC_WORD = 'a', TOC_NUMBER = '0', TOC_STRING = '"', TOC_WRONG = -1 };

/** A text that is being read; kind and the rest are of the token that is next. */
struct toc_lexer {
	const char *at;
	unsigned line;
	struct discern_error *err;
	int kind;
	/** A word; a string in UTF-8, without its quotes. Room for the longest one. */
	char *text;
	uint64_t number;
};

/** Begins to read text, which ends in a zero byte. 0 or -ENOMEM; release with toc_lexer_end(). */
int toc_lexer_begin(struct toc_lexer *lexer, const char *text, struct discern_error *err);
void toc_lexer_end(struct toc_lexer *lexer);

/** Goes on to the next token. 0, or -EINVAL for what is none. */
int toc_lexer_next(struct toc_lexer *lexer);

/** True if the next token is this word. */
bool toc_lexer_is(const struct toc_lexer *lexer, const char *word);

/** Takes a sign, a string, a number up to max; -EINVAL with words if it is not there. The string is the caller's. */
int toc_lexer_take_sign(struct toc_lexer *lexer, char sign);
int toc_lexer_take_string(struct toc_lexer *lexer, char **ret_string);
int toc_lexer_take_number(struct toc_lexer *lexer, uint64_t max, uint64_t *ret_number);

/** A length: minutes:seconds:frames, a frame being so many units, or a number of units. */
int toc_lexer_take_length(struct toc_lexer *lexer, uint64_t units_per_frame, uint64_t *ret_units);

/** "line N: " and the words; -EINVAL. */
int toc_lexer_refuse(const struct toc_lexer *lexer, const char *what);

#endif
