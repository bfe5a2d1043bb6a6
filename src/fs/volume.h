/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which file systems a source holds: ISO 9660 (ECMA-119), Joliet, Rock Ridge, UDF (ECMA-167), El Torito. */
#ifndef FS_VOLUME_H
#define FS_VOLUME_H

#include <stdbool.h>

#include <discern/image.h>

#include "disc/source.h"

/**
 * Looks for volumes on any source, from the sector start_lba on (the first of the last session; 0 for most).
 * Finding none is no error: *ret_found says. Unreadable descriptors are skipped; -ENOMEDIUM, -ESTALE, -ENODEV
 * and other troubles of the source itself are returned.
 */
int volume_probe(struct discern_source *source, int32_t start_lba, struct discern_volume *ret_volume, bool *ret_found,
		 struct discern_error *err);

/** What struct discern_image_info says of an image of size_bytes that source delivers. -EIO if it cannot be read where a
 *  volume begins. */
int volume_inspect(struct discern_source *source, uint64_t size_bytes, struct discern_image_info *ret_info,
		   struct discern_error *err);

#endif
