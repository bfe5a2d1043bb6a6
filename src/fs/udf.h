/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UDF (ECMA-167 and the OSTA documents): recognition, label, revision, and how far the volume reaches. */
#ifndef FS_UDF_H
#define FS_UDF_H

#include <stdbool.h>

#include <discern/image.h>

#include "fs/probe.h"

/** What the volume recognition sequence (ECMA-167 2/9) says. */
enum udf_recognition { UDF_NOT_ANNOUNCED, UDF_ANNOUNCED, UDF_UNREADABLE };

/** Is it a structure that announces UDF (NSR02, NSR03)? */
bool udf_is_announced(const uint8_t *sector);

/** Is it any structure of that sequence (BEA01, TEA01, BOOT2, CDW02 and the above)? */
bool udf_is_recognition_structure(const uint8_t *sector);

struct udf_extent {
	uint32_t lba;
	uint32_t n_sectors;
};

/** A partition descriptor (ECMA-167 3/10.5); where it lies is not checked. */
struct udf_partition {
	uint32_t sequence_number;
	uint16_t number;
	uint32_t start, n_sectors;
	/** Where free space is noted, counted from the partition's start; n_sectors is 0 for none. */
	struct udf_extent spaces[4];
};

enum { UDF_MAX_PARTITIONS = 4, UDF_MAX_STRUCTURE = 32 };

/** A UDF volume as its descriptors tell it. */
struct udf_volume {
	bool is_found;
	char label[129];
	uint16_t revision;
	/** "2026-11-22 09:13:43" UTC, empty if not set. */
	char created[32];
	/** Sectors up to the end of the last partition, volume descriptor sequence or anchor. */
	uint32_t n_sectors;
	/** What udf_space.c needs: partitions, the logical volume descriptor (3/10.6) if there is one, and where anchors
	 *  and descriptors are. */
	size_t n_partitions;
	struct udf_partition partitions[UDF_MAX_PARTITIONS];
	bool has_logical_volume;
	uint8_t logical_volume[DISCERN_SECTOR_SIZE];
	size_t n_structure;
	struct udf_extent structure[UDF_MAX_STRUCTURE];
};

/**
 * Looks for anchors and follows them. Only for a volume that is announced or may be.
 * @param hint_sectors  size by ISO 9660, where the last anchor may be; 0 if not known
 * @return 0 or a trouble of the source
 */
int udf_probe(struct probe *probe, enum udf_recognition recognition, uint32_t hint_sectors,
	      struct udf_volume *ret_volume);

#endif
