/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Words of the texts that describe a CD. */
#ifndef DISC_SHEET_WORDS_H
#define DISC_SHEET_WORDS_H

#include <stdbool.h>

#include "disc/cd_layout.h"
#include "disc/cd_text.h"

/** EBU Tech 3264 appendix 3: the language of texts that name none. */
#define CD_TEXT_ENGLISH 0x09

/** The next word of a line, in quotes or up to a blank, which is cut there; *words goes behind it. NULL at the end. */
char *sheet_next_word(char **words);

/** Cuts the last word off and returns it, NULL if there is but one. */
char *sheet_last_word(char *words);

/** Takes blanks, and the carriage return of DOS, off both ends. */
void sheet_trim(char **words);

/** Which field of CD-TEXT has this name: TITLE, PERFORMER ... */
bool sheet_text_field(const char *name, enum cd_text_field *ret_field);

/** Copies an ISRC, in capitals and without hyphens; false if it is none. Zeros and nothing are "". */
bool sheet_isrc(const char *text, char ret_isrc[CD_ISRC_LENGTH + 1]);

#endif
