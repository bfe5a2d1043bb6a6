/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tags of FLAC files (the metadata block VORBIS_COMMENT), as far as a CD has a place for them. */
#ifndef DISC_FLAC_TAGS_H
#define DISC_FLAC_TAGS_H

#include <stdbool.h>

#include "disc/cd_layout.h"

enum { FLAC_TAG_SIZE = 256 };

/** Texts in UTF-8, "" without; codes only if they are sound. */
struct flac_tags {
	char title[FLAC_TAG_SIZE], artist[FLAC_TAG_SIZE], album[FLAC_TAG_SIZE], album_artist[FLAC_TAG_SIZE];
	char isrc[CD_ISRC_LENGTH + 1], mcn[CD_MCN_LENGTH + 1];
	bool has_pre_emphasis;
};

/** Empty tags for whatever is no FLAC file or has none. */
void flac_tags_read(const char *path, struct flac_tags *ret_tags);

#endif
