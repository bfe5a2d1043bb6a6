/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cdrdao's toc files (cdrdao(1), TOC FILES). */
#ifndef DISC_TOC_FILE_H
#define DISC_TOC_FILE_H

#include "disc/cd_sheet.h"
#include "disc/toc_lexer.h"

/** Reads size bytes of text. -EINVAL with the line, -ENOTSUP for FIFOs, -ENOMEM. Release with cd_sheet_free(). */
int toc_file_parse(const char *text, size_t size, struct cd_sheet **ret_sheet, struct discern_error *err);

/** The languages that a LANGUAGE_MAP gives to the numbers of blocks. */
struct toc_languages {
	bool is_used[CD_TEXT_MAX_BLOCKS];
	/** Which of the sheet's blocks. */
	unsigned blocks[CD_TEXT_MAX_BLOCKS];
};

/** Reads a CD_TEXT block behind that word, of the disc (track 0, with the map) or of a track. */
int toc_file_text(struct toc_lexer *lexer, struct cd_text *text, struct toc_languages *languages, unsigned track);

#endif
