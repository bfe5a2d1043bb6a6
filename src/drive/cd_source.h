/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The data of a CD with proof: whole sectors are read, and what is given of them has the right address and the right
 * EDC. What the drive gives up is read as it lies on the disc, with C2 pointers where the drive has them, and mended
 * here, out of several copies if one is not enough (cd_copies.h).
 */
#ifndef DRIVE_CD_SOURCE_H
#define DRIVE_CD_SOURCE_H

#include <discern/drive.h>

#include "disc/source.h"

/** Puts itself before *source, a source of drive_source_open(), if medium is a CD; takes it over, and closes it if this
 *  fails. A drive that refuses whole sectors is read as without it. 0 or -ENOMEM. */
int cd_source_wrap(struct discern_drive *drive, const struct discern_medium *medium, struct discern_source **source,
		   struct discern_error *err);

#endif
