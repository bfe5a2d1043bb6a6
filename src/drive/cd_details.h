/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What only the sub-channel Q of a CD tells: pauses, indexes, ISRCs and the catalogue number. */
#ifndef DRIVE_CD_DETAILS_H
#define DRIVE_CD_DETAILS_H

#include <discern/drive.h>

#include "disc/cd_layout.h"

/** Tracks to look at. */
enum cd_details_of { CD_DETAILS_OF_AUDIO, CD_DETAILS_OF_ALL };

/**
 * Adds them to what cd_toc_read() has found. Where a border lies is found by halving what it can
 * lie in, which takes some dozen reads a track.
 * @param is_cancelled  asked between reads; may be NULL
 * @return 0, also if a drive tells nothing of all that; -ECANCELED, -ENOMEM
 */
int cd_details_read(struct discern_drive *drive, struct cd_layout *layout, enum cd_details_of of,
		    bool (*is_cancelled)(void *user), void *user);

#endif
