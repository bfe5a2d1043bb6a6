/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Spare areas: error-correction units that did not take data are replaced by spare ones (MMC-6 4.5.3 of BD, 4.3.5 of
 * DVD-RAM), one after another, until none is left.
 *
 * The sectors' data always stands at its logical address in the disc's file. What a replacement changes is where on the
 * medium that would be, which is what marks, seeks and the drive's answers ask for: its place.
 */
#ifndef VDRIVE_DISC_DEFECTS_H
#define VDRIVE_DISC_DEFECTS_H

#include "vdrive/disc.h"

/** Sectors of the primary spare area of a DVD-RAM, which no format takes away (ECMA-330 clause 16). */
#define DISC_PRIMARY_SPARES 12800

/** True on a medium whose writes are verified and whose bad units are replaced: DVD-RAM, BD with spares. */
bool disc_manages_defects(const struct disc *disc);

/** Sectors of the spare areas, and how many of them nothing has taken yet. primary: of DVD-RAM only. */
struct disc_spare_areas {
	uint32_t primary_sectors, primary_free;
	/** The supplementary one of DVD-RAM, all those of BD. */
	uint32_t n_sectors, n_free;
};

void disc_spare_areas(const struct disc *disc, struct disc_spare_areas *ret_areas);

/** Units that have been replaced. */
uint32_t disc_n_replaced(const struct disc *disc);

/** The first replaced unit that begins at lba or behind it; its first sector, or -1. */
int64_t disc_next_replaced(const struct disc *disc, int64_t lba);

/** Where the sector lies: at its lba, or in a spare area, which are behind disc_capacity() but for the primary one,
 *  whose places are below 0. */
int64_t disc_place(const struct disc *disc, int64_t lba);

/** Replaces the unit that holds lba, also a spare one that stood for it. -EROFS without defect management, -ENOSPC if no
 *  spare is left, -EIO. *ret_place: that of the unit's first sector. */
int disc_replace_unit(struct disc *disc, int32_t lba, int64_t *ret_place);

/** Empties the table, as a format does. */
void disc_forget_replaced(struct disc *disc);

#endif
