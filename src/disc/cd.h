/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inside the library: what is behind struct discern_cd. */
#ifndef DISC_CD_H
#define DISC_CD_H

#include <discern/cd.h>

#include "disc/cd_image.h"

/** One thread at a time reads it. */
struct cd_image *cd_image_of(struct discern_cd *cd);
const struct cd_layout *cd_layout_of(const struct discern_cd *cd);

#endif
