/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where on the disc the pieces of a sheet come to lie, once it is known how long their files are. */
#ifndef DISC_CD_PLACE_H
#define DISC_CD_PLACE_H

#include "disc/cd_sheet.h"

/** One piece on the disc. Addresses are in bytes of whole sectors from LBA 0 on: LBA times 2352. */
struct cd_place {
	uint64_t at, end;
	/** Of the sheet's piece; for audio end - at, for data at least one byte of each sector. */
	uint64_t size_bytes;
	const struct cd_sheet_piece *piece;
};

/**
 * Lays the sheet out. file_bytes are the sizes of its files. *ret_places, in order, one for each of the sheet's pieces,
 * are the caller's, to be freed before the sheet. -EINVAL for what cannot be, with the line; -EFBIG if no CD is that
 * long; -ENOMEM.
 */
int cd_place_all(const struct cd_sheet *sheet, const uint64_t *file_bytes, struct cd_layout *ret_layout,
		 struct cd_place **ret_places, struct discern_error *err);

#endif
