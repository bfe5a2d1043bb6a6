/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A CloneCD control file for a raw image: the counterpart of ccd_file.h. */
#ifndef DISC_CCD_WRITE_H
#define DISC_CCD_WRITE_H

#include "disc/cd_dump.h"

/** Bytes of an entry of READ TOC format 2 (MMC-6 table 487). */
enum { CCD_TOC_ENTRY = 11 };

/** What the lead-ins hold. */
struct ccd_lead_in {
	/** Entries as READ TOC format 2 gives them; without any they are made of the layout. */
	const uint8_t *entries;
	size_t n_entries;
	/** Packs of CD-TEXT. */
	const uint8_t *packs;
	size_t n_packs;
};

/** The text, which is the caller's, free(). NULL without memory. */
char *ccd_write(const struct cd_layout *layout, const struct ccd_lead_in *lead_in);

#endif
