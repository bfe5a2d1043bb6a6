/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files of a UDF volume: what their information control blocks say (ECMA-167 4/14.6 to 4/14.17), and their bytes. */
#ifndef FS_UDF_NODE_H
#define FS_UDF_NODE_H

#include "fs/udf_space.h"

/** ECMA-167 4/14.6.6 and UDF 2.3.5.2. */
enum udf_file_type {
	UDF_FILE_UNSPECIFIED = 0,
	UDF_FILE_FOLDER = 4,
	UDF_FILE_VAT = 248,
	UDF_FILE_METADATA = 250,
	UDF_FILE_METADATA_MIRROR = 251,
	UDF_FILE_METADATA_BITMAP = 252,
};

struct udf_node {
	uint8_t type;
	uint64_t size_bytes;
	/** Its sectors: of the ICB and of allocation descriptors, those that cannot be read as well. */
	struct udf_runs icb;
	/** Its data, up to size_bytes; none if they lie in the ICB itself. */
	struct udf_runs data;
	bool is_embedded;
	/** The last sector of its ICB, and where in it embedded data are. */
	uint8_t sector[DISCERN_SECTOR_SIZE];
	struct udf_address address;
	size_t embedded_at, embedded_size;
};

/** 0; 1: not readable, or no file (then ret_node has its ICB's sectors); or a negative errno. Release with
 *  udf_node_clear() in every case. */
int udf_node_read(const struct udf_space *space, struct udf_address icb, struct udf_node *ret_node);

void udf_node_clear(struct udf_node *node);

/** The bytes of a file in memory. */
struct udf_content {
	uint8_t *bytes;
	size_t size;
	/** Numbers of its blocks (of the first byte's block on, of each), and which of them are missing: zeros in bytes. */
	uint32_t *blocks;
	bool *is_missing;
	size_t n_blocks, n_missing;
};

/** Reads all of it; 0, 1 if it is longer than max_bytes, or a negative errno. Release with udf_content_clear(). */
int udf_node_content(const struct udf_space *space, const struct udf_node *node, size_t max_bytes,
		     struct udf_content *ret_content);

void udf_content_clear(struct udf_content *content);

#endif
