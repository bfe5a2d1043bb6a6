/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which sectors of a CD a raw image keeps, and where: of the first session from LBA 0 on, of others from index 1 of their
 * first track on, each up to its lead-out, one behind the other. Lead-ins, lead-outs and the pause before LBA 0 and before
 * later sessions are in no image, as redump.org's discs, CloneCD's and cdrdao's images have it.
 */
#ifndef DISC_CD_DUMP_H
#define DISC_CD_DUMP_H

#include "disc/cd_layout.h"
#include "disc/cd_text.h"

/** The first sector that an image has of the track in this place of the layout, which is of its pause where it has one. */
int32_t cd_dump_begin(const struct cd_layout *layout, unsigned i);

/** Where that sector is in the image, counted in sectors; for n_tracks those of the whole image. */
uint32_t cd_dump_index(const struct cd_layout *layout, unsigned i);

/** True for the first track of a session. */
bool cd_dump_begins_session(const struct cd_layout *layout, unsigned i);

#endif
