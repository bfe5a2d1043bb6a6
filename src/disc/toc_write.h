/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A toc file of cdrdao for one session of a raw image: the counterpart of toc_file.h. */
#ifndef DISC_TOC_WRITE_H
#define DISC_TOC_WRITE_H

#include "disc/cd_dump.h"

/** The text of one session (from 1), with its sectors in this file of the text's folder; it is the caller's, free().
 *  Such a file knows of no other session. Characters beyond ISO 8859-1 become question marks. NULL without memory. */
char *toc_write(const struct cd_layout *layout, unsigned session, const struct cd_text *text, const char *file);

#endif
