/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The names under which databases know a CD, computed from where its tracks begin. */
#ifndef DISC_CD_ID_H
#define DISC_CD_ID_H

#include <discern/error.h>

#include "disc/cd_layout.h"

/** Characters with the zero byte: of MusicBrainz (SHA-1 in a base 64 of its own), and of FreeDB (eight hex digits). */
enum { CD_ID_MUSICBRAINZ = 29, CD_ID_FREEDB = 9 };

/** By the tracks up to the last audio track; data behind it, as on a CD-Extra, are not counted, but the lead-out is then
 *  where a second session puts it, 11400 sectors before them (as libdiscid does). -EINVAL without an audio track,
 *  -ENOMEM, -ENOTSUP where libcrypto forbids SHA-1. */
int cd_id_musicbrainz(const struct cd_layout *layout, char ret_id[CD_ID_MUSICBRAINZ], struct discern_error *err);

/** By all tracks of all sessions, data too, as CDDB had it and AccurateRip has it. -EINVAL without a track. */
int cd_id_freedb(const struct cd_layout *layout, char ret_id[CD_ID_FREEDB], struct discern_error *err);

#endif
