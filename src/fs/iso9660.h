/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ISO 9660 (ECMA-119), Joliet and Rock Ridge: what the descriptors and the root directory tell. */
#ifndef FS_ISO9660_H
#define FS_ISO9660_H

#include <stdbool.h>

#include <discern/image.h>

#include "fs/probe.h"

/** ECMA-119 8.1: volume descriptor types. */
enum iso9660_descriptor {
	ISO9660_BOOT_RECORD = 0,
	ISO9660_PRIMARY = 1,
	ISO9660_SUPPLEMENTARY = 2,
	ISO9660_TERMINATOR = 255,
	ISO9660_NONE = -1,
};

/** What else is needed of the primary volume descriptor. */
struct iso9660_primary {
	uint32_t block_size;
	/** First block of the root directory's data. */
	uint32_t root_block;
};

/** The type of the descriptor in sector, ISO9660_NONE if it is none (no "CD001"). */
int iso9660_descriptor_type(const uint8_t *sector);

/** Takes a primary volume descriptor (8.4) over into volume; label is the volume identifier. False if it makes
 *  no sense. */
bool iso9660_parse_primary(const uint8_t *sector, struct discern_volume *volume, struct iso9660_primary *ret_primary);

/** Is it Joliet (escape sequences for UCS-2)? Then its label is in ret_label. */
bool iso9660_parse_joliet(const uint8_t *sector, char *ret_label, size_t label_size);

/** Looks for Rock Ridge in the first record of the root directory (SUSP 5.3). 0 or a trouble of the source. */
int iso9660_find_rock_ridge(struct probe *probe, const struct iso9660_primary *primary, bool *ret_found);

#endif
