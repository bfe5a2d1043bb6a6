/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "disc/toc_lexer.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "disc/cd_sheet.h"

/* Longer than any number of samples or bytes of a CD, and far from overflowing. */
#define MAX_NUMBER ((uint64_t)1 << 40)

int toc_lexer_refuse(const struct toc_lexer *lexer, const char *what)
{
	return discern_error_set(lexer->err, -EINVAL, "line %u: %s", lexer->line, what);
}

int toc_lexer_begin(struct toc_lexer *lexer, const char *text, struct discern_error *err)
{
	*lexer = (struct toc_lexer){ .at = text, .line = 1, .err = err };
	lexer->text = malloc(strlen(text) + 1);
	if (lexer->text == NULL)
		return discern_error_set(err, -ENOMEM, "out of memory");
	return toc_lexer_next(lexer);
}

void toc_lexer_end(struct toc_lexer *lexer)
{
	free(lexer->text);
	lexer->text = NULL;
}

/* Blanks, and comments from two slashes to the end of the line. */
static void skip_blanks(struct toc_lexer *lexer)
{
	for (;; lexer->at++) {
		if (lexer->at[0] == '/' && lexer->at[1] == '/')
			lexer->at += strcspn(lexer->at, "\n");
		if (*lexer->at == '\n')
			lexer->line++;
		else if (*lexer->at == '\0' || strchr(" \t\r", *lexer->at) == NULL)
			return;
	}
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_word(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_' || is_digit(c);
}

static bool is_octal(const char *at)
{
	return at[0] >= '0' && at[0] <= '3' && at[1] >= '0' && at[1] <= '7' && at[2] >= '0' && at[2] <= '7';
}

static int read_number(struct toc_lexer *lexer)
{
	lexer->number = 0;
	for (; is_digit(*lexer->at); lexer->at++) {
		lexer->number = lexer->number * 10 + (uint64_t)(*lexer->at - '0');
		if (lexer->number > MAX_NUMBER)
			return toc_lexer_refuse(lexer, "a number is too large");
	}
	lexer->kind = TOC_NUMBER;
	return 0;
}

/* Behind a backslash stands a quote or a character in octal; else it stands for itself. */
static int read_string(struct toc_lexer *lexer)
{
	size_t n = 0;

	for (lexer->at++; *lexer->at != '"'; lexer->at++) {
		if (*lexer->at == '\0' || *lexer->at == '\n')
			return toc_lexer_refuse(lexer, "a string does not end on its line");
		if (lexer->at[0] == '\\' && lexer->at[1] == '"') {
			lexer->at++;
		} else if (lexer->at[0] == '\\' && is_octal(lexer->at + 1)) {
			const char *digits = lexer->at + 1;

			lexer->text[n] = (char)((digits[0] - '0') << 6 | (digits[1] - '0') << 3 | (digits[2] - '0'));
			if (lexer->text[n++] == '\0')
				return toc_lexer_refuse(lexer, "a zero byte in a string");
			lexer->at += 3;
			continue;
		}
		lexer->text[n++] = *lexer->at;
	}
	lexer->at++;
	lexer->text[n] = '\0';
	lexer->kind = TOC_STRING;
	return 0;
}

int toc_lexer_next(struct toc_lexer *lexer)
{
	size_t n = 0;

	skip_blanks(lexer);
	lexer->text[0] = '\0';
	if (*lexer->at == '\0') {
		lexer->kind = TOC_END;
		return 0;
	}
	if (is_digit(*lexer->at))
		return read_number(lexer);
	if (*lexer->at == '"')
		return read_string(lexer);
	while (is_word(*lexer->at))
		lexer->text[n++] = *lexer->at++;
	lexer->text[n] = '\0';
	lexer->kind = TOC_WORD;
	if (n > 0)
		return 0;
	lexer->kind = TOC_WRONG;
	if (strchr("{}:,#", *lexer->at) == NULL)
		return toc_lexer_refuse(lexer, "a sign that has no place in a toc file");
	lexer->kind = *lexer->at++;
	return 0;
}

bool toc_lexer_is(const struct toc_lexer *lexer, const char *word)
{
	return lexer->kind == TOC_WORD && strcmp(lexer->text, word) == 0;
}

int toc_lexer_take_sign(struct toc_lexer *lexer, char sign)
{
	if (lexer->kind != sign)
		return discern_error_set(lexer->err, -EINVAL, "line %u: \"%c\" is missing", lexer->line, sign);
	return toc_lexer_next(lexer);
}

int toc_lexer_take_string(struct toc_lexer *lexer, char **ret_string)
{
	int ret;

	*ret_string = NULL;
	if (lexer->kind != TOC_STRING)
		return toc_lexer_refuse(lexer, "a string in quotes is missing");
	ret = cd_sheet_to_utf8(lexer->text, strlen(lexer->text), ret_string, lexer->err);
	if (ret == 0)
		ret = toc_lexer_next(lexer);
	if (ret < 0) {
		free(*ret_string);
		*ret_string = NULL;
	}
	return ret;
}

int toc_lexer_take_number(struct toc_lexer *lexer, uint64_t max, uint64_t *ret_number)
{
	if (lexer->kind != TOC_NUMBER)
		return toc_lexer_refuse(lexer, "a number is missing");
	if (lexer->number > max)
		return toc_lexer_refuse(lexer, "a number is too large");
	*ret_number = lexer->number;
	return toc_lexer_next(lexer);
}

int toc_lexer_take_length(struct toc_lexer *lexer, uint64_t units_per_frame, uint64_t *ret_units)
{
	uint64_t first, seconds, frames;
	int ret = toc_lexer_take_number(lexer, MAX_NUMBER, &first);

	*ret_units = first;
	if (ret < 0 || lexer->kind != ':')
		return ret;
	if (first > 99)
		return toc_lexer_refuse(lexer, "more than 99 minutes");
	ret = toc_lexer_next(lexer);
	if (ret == 0)
		ret = toc_lexer_take_number(lexer, 59, &seconds);
	if (ret == 0)
		ret = toc_lexer_take_sign(lexer, ':');
	if (ret == 0)
		ret = toc_lexer_take_number(lexer, 74, &frames);
	if (ret == 0)
		*ret_units = ((first * 60 + seconds) * 75 + frames) * units_per_frame;
	return ret;
}
