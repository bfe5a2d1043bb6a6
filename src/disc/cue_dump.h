/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A cue sheet for a raw image (cd_dump.h): every sector in files of 2352 bytes each, data as well as sound. */
#ifndef DISC_CUE_DUMP_H
#define DISC_CUE_DUMP_H

#include "disc/cd_dump.h"
#include "disc/cue_write.h"

/** Names in the sheet's folder. */
struct cue_dump_files {
	/** One file for all; or a file for each track, by its place in the layout, that begins with its pause. */
	const char *all;
	const char *tracks[CD_MAX_TRACKS];
	/** Packs of CD-TEXT; NULL without. */
	const char *text;
};

/** The sheet in UTF-8, as cue_write() makes it. Sessions are told in REM, as redump.org has it. NULL without memory. */
char *cue_dump(const struct cd_layout *layout, const struct cd_text *text, const struct cue_dump_files *files,
	       const struct cue_write_remarks *remarks);

#endif
