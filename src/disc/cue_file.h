/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Cue sheets, as CDRWIN brought them up and others went on with them. */
#ifndef DISC_CUE_FILE_H
#define DISC_CUE_FILE_H

#include "disc/cd_sheet.h"

/** Reads size bytes of text. -EINVAL with the line, -ENOTSUP for CD+G, -ENOMEM. Release with cd_sheet_free(). */
int cue_file_parse(const char *text, size_t size, struct cd_sheet **ret_sheet, struct discern_error *err);

#endif
