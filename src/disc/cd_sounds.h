/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A CD made of files of sound, each of which is a track. */
#ifndef DISC_CD_SOUNDS_H
#define DISC_CD_SOUNDS_H

#include <discern/cd.h>

#include "disc/cd_sheet.h"

/** The sheet that a cue sheet of these files would be; names stand as they were given. -ENOENT, -EINVAL (none, too
 *  many), -ENOMEM. */
int cd_sounds_make_sheet(const struct discern_cd_sounds *sounds, struct cd_sheet **ret_sheet,
			 struct discern_error *err);

#endif
