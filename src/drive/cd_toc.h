/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the lead-ins of a CD say: sessions, tracks and CD-TEXT. */
#ifndef DRIVE_CD_TOC_H
#define DRIVE_CD_TOC_H

#include <discern/drive.h>

#include "disc/cd_layout.h"

/** From the answer to READ TOC format 2, or of format 0 where a drive has only that, which knows of no sessions. Pauses
 *  and indexes are in no lead-in: index 0 is where index 1 is, but for the first track. Modes of data tracks are those
 *  that the session's kind stands for. False if it tells of no disc that could be. */
bool cd_toc_parse_raw(const uint8_t *data, size_t length, struct cd_layout *ret_layout);
bool cd_toc_parse_tracks(const uint8_t *data, size_t length, struct cd_layout *ret_layout);

/** -EMEDIUMTYPE if the drive tells nothing that could be of a CD, or what the command says. */
int cd_toc_read(struct discern_drive *drive, struct cd_layout *ret_layout, struct discern_error *err);

/** All entries of the lead-ins, 11 bytes each, as READ TOC format 2 gives them; *ret_entries is the caller's, free(), and
 *  NULL from a drive that tells none, which is no error. -ENOMEM. */
int cd_toc_read_entries(struct discern_drive *drive, uint8_t **ret_entries, size_t *ret_n_entries,
			struct discern_error *err);

/** Packs of CD-TEXT; *ret_packs is the caller's, free(), and NULL without any, which is no error. -ENOMEM. */
int cd_toc_read_text(struct discern_drive *drive, uint8_t **ret_packs, size_t *ret_n_packs, struct discern_error *err);

#endif
