/* SPDX-License-Identifier: GPL-3.0-or-later */
/* CD_TEXT blocks of toc files. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "disc/sheet_words.h"
#include "disc/toc_file.h"

/* As many bytes as one item of a block can have. */
#define MAX_BINARY (CD_TEXT_MAX_PACKS * 12)

static int out_of_memory(const struct toc_lexer *lexer)
{
	return discern_error_set(lexer->err, -ENOMEM, "out of memory");
}

/* "{ 0, 10, 255 }"; what there is room for. */
static int take_binary(struct toc_lexer *lexer, char ret_data[MAX_BINARY + 1], size_t *ret_size)
{
	int ret = toc_lexer_take_sign(lexer, '{');
	uint64_t number;

	*ret_size = 0;
	while (ret == 0 && lexer->kind == TOC_NUMBER) {
		ret = toc_lexer_take_number(lexer, UINT8_MAX, &number);
		if (ret == 0 && *ret_size == MAX_BINARY)
			ret = toc_lexer_refuse(lexer, "more bytes than a CD-TEXT block can hold");
		if (ret < 0)
			return ret;
		ret_data[(*ret_size)++] = (char)number;
		if (lexer->kind != ',')
			break;
		ret = toc_lexer_next(lexer);
	}
	ret_data[*ret_size] = '\0';
	return ret < 0 ? ret : toc_lexer_take_sign(lexer, '}');
}

/* A genre's code in its first two bytes, words behind it. */
static int set_genre(struct toc_lexer *lexer, struct cd_text_block *block, const char *data, size_t size)
{
	AUTO_FREE char *words = NULL;
	int ret;

	if (size >= 2)
		block->genre_code = get_be16((const uint8_t *)data);
	if (size <= 2 || data[2] == '\0')
		return 0;
	ret = cd_sheet_to_utf8(data + 2, strlen(data + 2), &words, lexer->err);
	if (ret == 0 && cd_text_set(block, CD_TEXT_GENRE, 0, words) < 0)
		ret = out_of_memory(lexer);
	return ret;
}

/* The value of one item, which goes into the block where there is one. Tables of contents and sizes are made anew. */
static int take_value(struct toc_lexer *lexer, struct cd_text_block *block, const char *name, unsigned track)
{
	AUTO_FREE char *value = NULL;
	char data[MAX_BINARY + 1];
	enum cd_text_field field = CD_TEXT_CODE;
	bool is_text = sheet_text_field(name, &field) || strcmp(name, "ISRC") == 0 || strcmp(name, "UPC_EAN") == 0;
	size_t size = 0;
	int ret = lexer->kind == '{' ? take_binary(lexer, data, &size) : toc_lexer_take_string(lexer, &value);

	if (ret < 0 || block == NULL || !is_text)
		return ret;
	if (value == NULL && field == CD_TEXT_GENRE)
		return set_genre(lexer, block, data, size);
	if (value == NULL) {
		ret = cd_sheet_to_utf8(data, strlen(data), &value, lexer->err);
		if (ret < 0)
			return ret;
	}
	if (value[0] != '\0' && cd_text_set(block, field, track, value) < 0)
		return out_of_memory(lexer);
	return 0;
}

static bool is_item(const struct toc_lexer *lexer)
{
	static const char *const others[] = { "ISRC",      "UPC_EAN",   "TOC_INFO1", "TOC_INFO2", "RESERVED1",
					      "RESERVED2", "RESERVED3", "RESERVED4", "CLOSED",    "SIZE_INFO" };
	enum cd_text_field field;

	if (lexer->kind != TOC_WORD)
		return false;
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (toc_lexer_is(lexer, others[i]))
			return true;
	return sheet_text_field(lexer->text, &field);
}

/* What newer versions say of the encoding of their strings, which is seen from the strings. */
static bool is_encoding(const struct toc_lexer *lexer)
{
	return lexer->kind == TOC_WORD && strncmp(lexer->text, "ENCODING_", 9) == 0;
}

static int take_language(struct toc_lexer *lexer, struct cd_text *text, const struct toc_languages *languages,
			 unsigned track)
{
	struct cd_text_block *block = NULL;
	uint64_t number = 0;
	int ret = toc_lexer_take_number(lexer, CD_TEXT_MAX_BLOCKS - 1, &number);

	/* Texts in a language that the map does not have are left out, as cdrdao does. */
	if (ret == 0 && languages->is_used[number])
		block = &text->blocks[languages->blocks[number]];
	if (ret == 0)
		ret = toc_lexer_take_sign(lexer, '{');
	while (ret == 0 && lexer->kind != '}') {
		char name[16] = "";

		if (!is_item(lexer) && !is_encoding(lexer))
			return toc_lexer_refuse(lexer, "unknown item of CD-TEXT");
		if (is_item(lexer))
			memcpy(name, lexer->text, strlen(lexer->text) + 1);
		ret = toc_lexer_next(lexer);
		if (ret == 0 && name[0] != '\0')
			ret = take_value(lexer, block, name, track);
	}
	return ret < 0 ? ret : toc_lexer_take_sign(lexer, '}');
}

static int take_map(struct toc_lexer *lexer, struct cd_text *text, struct toc_languages *languages)
{
	int ret = toc_lexer_take_sign(lexer, '{');

	while (ret == 0 && lexer->kind != '}') {
		uint64_t number = 0, language = CD_TEXT_ENGLISH;

		ret = toc_lexer_take_number(lexer, CD_TEXT_MAX_BLOCKS - 1, &number);
		if (ret == 0)
			ret = toc_lexer_take_sign(lexer, ':');
		if (ret == 0)
			ret = toc_lexer_is(lexer, "EN") ? toc_lexer_next(lexer)
							: toc_lexer_take_number(lexer, UINT8_MAX, &language);
		if (ret == 0 && languages->is_used[number])
			ret = toc_lexer_refuse(lexer, "a language has a number twice");
		if (ret < 0)
			return ret;
		languages->is_used[number] = true;
		languages->blocks[number] = text->n_blocks;
		text->blocks[text->n_blocks++].language = (uint8_t)language;
	}
	return ret < 0 ? ret : toc_lexer_take_sign(lexer, '}');
}

int toc_file_text(struct toc_lexer *lexer, struct cd_text *text, struct toc_languages *languages, unsigned track)
{
	int ret = toc_lexer_take_sign(lexer, '{');

	while (ret == 0 && lexer->kind != '}') {
		bool is_map = track == 0 && toc_lexer_is(lexer, "LANGUAGE_MAP");

		if (!is_map && !toc_lexer_is(lexer, "LANGUAGE"))
			return toc_lexer_refuse(lexer, "LANGUAGE is missing");
		ret = toc_lexer_next(lexer);
		if (ret == 0)
			ret = is_map ? take_map(lexer, text, languages) : take_language(lexer, text, languages, track);
	}
	return ret < 0 ? ret : toc_lexer_take_sign(lexer, '}');
}
