/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "disc/sheet_words.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

#define BLANKS " \t\r"

char *sheet_next_word(char **words)
{
	char *word = *words + strspn(*words, BLANKS);
	char *end;

	if (*word == '\0') {
		*words = word;
		return NULL;
	}
	word += *word == '"';
	end = word + strcspn(word, word > *words && word[-1] == '"' ? "\"" : BLANKS);
	*words = *end != '\0' ? end + 1 : end;
	*end = '\0';
	return word;
}

void sheet_trim(char **words)
{
	size_t length;

	*words += strspn(*words, BLANKS);
	length = strlen(*words);
	while (length > 0 && strchr(BLANKS, (*words)[length - 1]) != NULL)
		length--;
	(*words)[length] = '\0';
}

char *sheet_last_word(char *words)
{
	char *blank;

	sheet_trim(&words);
	blank = strrchr(words, ' ');
	if (blank == NULL)
		blank = strrchr(words, '\t');
	if (blank == NULL)
		return NULL;
	*blank = '\0';
	sheet_trim(&words);
	return blank + 1;
}

bool sheet_text_field(const char *name, enum cd_text_field *ret_field)
{
	static const char *const names[] = {
		[CD_TEXT_TITLE] = "TITLE",       [CD_TEXT_PERFORMER] = "PERFORMER", [CD_TEXT_SONGWRITER] = "SONGWRITER",
		[CD_TEXT_COMPOSER] = "COMPOSER", [CD_TEXT_ARRANGER] = "ARRANGER",   [CD_TEXT_MESSAGE] = "MESSAGE",
		[CD_TEXT_DISC_ID] = "DISC_ID",   [CD_TEXT_GENRE] = "GENRE",
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcasecmp(names[i], name) == 0) {
			*ret_field = (enum cd_text_field)i;
			return true;
		}
	}
	return false;
}

bool sheet_isrc(const char *text, char ret_isrc[CD_ISRC_LENGTH + 1])
{
	char isrc[CD_ISRC_LENGTH + 1] = "";
	size_t n = 0;

	for (; *text != '\0'; text++) {
		if (*text == '-')
			continue;
		if (n == CD_ISRC_LENGTH)
			return false;
		isrc[n++] = (char)(*text >= 'a' && *text <= 'z' ? *text - 'a' + 'A' : *text);
	}
	isrc[n] = '\0';
	/* Some programs write zeros for none. */
	if (strspn(isrc, "0") == n)
		isrc[0] = '\0';
	else if (!cd_isrc_is_sound(isrc))
		return false;
	memcpy(ret_isrc, isrc, sizeof(isrc));
	return true;
}
