/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Where the blocks of a UDF volume lie on the disc: partition maps of type 1, virtual (a VAT, UDF 2.2.8), sparable
 * (2.2.9) and metadata (2.2.10).
 */
#ifndef FS_UDF_SPACE_H
#define FS_UDF_SPACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fs/probe.h"
#include "fs/udf.h"

enum { UDF_MAX_MAPS = 4 };

/** lb_addr (ECMA-167 4/7.1): a block of the partition that a map is of. */
struct udf_address {
	uint32_t block;
	uint16_t map;
};

/** Blocks in a row, of a file as a rule; nothing is recorded in a hole. */
struct udf_run {
	struct udf_address at;
	uint32_t n_blocks;
	bool is_hole;
	/** Blocks of the file before it: set by udf_runs_add(). */
	uint64_t first;
};

struct udf_runs {
	struct udf_run *items;
	size_t n, room;
};

enum udf_map_kind { UDF_MAP_UNKNOWN, UDF_MAP_PHYSICAL, UDF_MAP_VIRTUAL, UDF_MAP_SPARABLE, UDF_MAP_METADATA };

struct udf_map {
	enum udf_map_kind kind;
	uint16_t partition_number;
	/** Of the partition on the disc. */
	uint32_t start, n_blocks;
	/** Virtual and metadata: the map of the same partition that they lie on. */
	uint16_t base;
	/** Virtual: for each block, where it is on base. Sparable: pairs of a packet's first block and where on the disc
	 *  it was moved to, sorted. */
	uint32_t *table;
	size_t n_table;
	uint32_t packet_blocks;
	/** Metadata: where its blocks are on base, and those of the mirror. */
	struct udf_runs metadata, mirror;
};

struct udf_space {
	struct probe *probe;
	size_t n_maps;
	struct udf_map maps[UDF_MAX_MAPS];
};

/** Adds blocks, to the run before where they follow it. 0, -ENOMEM, -E2BIG. */
int udf_runs_add(struct udf_runs *runs, const struct udf_run *run);
void udf_runs_clear(struct udf_runs *runs);

/** Sectors of the disc. */
struct udf_place {
	int64_t lba;
	uint32_t n_sectors;
};

/** Where the first of n_blocks are: as many as lie in a row. False if there is no such block. */
bool udf_space_find(const struct udf_space *space, struct udf_address at, uint32_t n_blocks,
		    struct udf_place *ret_place);

/** As probe_read(); a block of metadata comes from the mirror if need be. */
int udf_space_read(const struct udf_space *space, struct udf_address at, uint8_t sector[DISCERN_SECTOR_SIZE]);

void udf_space_clear(struct udf_space *space);

#endif
