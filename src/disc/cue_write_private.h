/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lines of a cue sheet, which cue_write.c and cue_dump.c both have. */
#ifndef DISC_CUE_WRITE_PRIVATE_H
#define DISC_CUE_WRITE_PRIVATE_H

#include <stdio.h>

#include "disc/cd_layout.h"
#include "disc/cd_text.h"

/** In quotes; what cannot stand there becomes an apostrophe or a blank. */
void cue_put_quoted(FILE *out, const char *text);

/** Texts of the disc (track 0) or of a track; texts may be NULL. */
void cue_put_texts(FILE *out, const struct cd_text_block *texts, unsigned track, const char *margin);

void cue_put_time(FILE *out, const char *word, int32_t n_sectors);

void cue_put_flags(FILE *out, const struct cd_track *track);

#endif
