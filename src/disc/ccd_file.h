/* SPDX-License-Identifier: GPL-3.0-or-later */
/* CloneCD's ccd files, which lie beside an img file with all sectors and mostly a sub file with all sub-channels. */
#ifndef DISC_CCD_FILE_H
#define DISC_CCD_FILE_H

#include "disc/cd_sheet.h"

/** Reads size bytes of text. -EINVAL with the line, -ENOTSUP for scrambled sectors, -ENOMEM. Release with
 *  cd_sheet_free(). */
int ccd_file_parse(const char *text, size_t size, struct cd_sheet **ret_sheet, struct discern_error *err);

/** The img file of a disc of several sessions has only their tracks, or also the pauses that they begin with, or all
 *  that lies between them, which its size tells. */
void ccd_file_fit(struct cd_sheet *sheet, uint64_t img_bytes);

#endif
