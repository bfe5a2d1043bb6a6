/* SPDX-License-Identifier: GPL-3.0-or-later */
/* CD-TEXT that goes with the description of a CD. */
#ifndef DISC_CD_IMAGE_TEXT_H
#define DISC_CD_IMAGE_TEXT_H

#include "disc/cd_sheet.h"

/**
 * The packs that the sheet has, or its text file, or those made from its texts; NULL and none without. Characters
 * that the language's code page does not have become question marks. *ret_packs is the caller's.
 */
int cd_image_find_text(const char *sheet_path, const struct cd_sheet *sheet, uint8_t **ret_packs, size_t *ret_n_packs,
		       struct discern_error *err);

#endif
