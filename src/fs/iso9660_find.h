/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One file of an ISO 9660 volume, found without reading more than the folders on the way to it. */
#ifndef FS_ISO9660_FIND_H
#define FS_ISO9660_FIND_H

#include <discern/error.h>

#include "disc/source.h"

/** Where a file or folder lies, LBA on the disc. */
struct iso9660_place {
	uint32_t lba;
	uint32_t size_bytes;
};

/**
 * Looks for a path such as "VIDEO_TS/VTS_01_1.VOB" by the plain names of the primary volume, without their versions.
 * @param start_lba  first sector of the session that the volume is in
 * @return 1 found, 0 not there or unreadable, or trouble of the source
 */
int iso9660_find(struct discern_source *source, int32_t start_lba, const char *path, struct iso9660_place *ret_place,
		 struct discern_error *err);

#endif
