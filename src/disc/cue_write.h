/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A cue sheet for a CD whose sound lies in files: the counterpart of cue_file.h. */
#ifndef DISC_CUE_WRITE_H
#define DISC_CUE_WRITE_H

#include <stddef.h>

#include "disc/cd_layout.h"
#include "disc/cd_text.h"

/** Names of the files in the sheet's folder. Each track's file begins at its index 1 and ends where the next one's does,
 *  so that pauses lie at the end of the file before, as most programs have it; or there is one file for all. */
struct cue_write_files {
	/** "BINARY", or "WAVE", which stands for all formats of sound. */
	const char *type;
	/** By the track's place in the layout; tracks without are left out, with a remark. */
	const char *tracks[CD_MAX_TRACKS];
	/** What lies from LBA 0 to index 1 of the first track; without, that is a PREGAP. */
	const char *hidden;
	/** One file instead of all of these, from this LBA on. */
	const char *all;
	int32_t all_lba;
};

/** Lines of REM, without it. */
struct cue_write_remarks {
	size_t n;
	const char *const *lines;
};

/** The sheet in UTF-8, which is the caller's, free(). Only the first language of text, which may be NULL; what a cue
 *  sheet cannot hold, quotes and line ends, becomes an apostrophe and a blank. NULL without memory. */
char *cue_write(const struct cd_layout *layout, const struct cd_text *text, const struct cue_write_files *files,
		const struct cue_write_remarks *remarks);

#endif
