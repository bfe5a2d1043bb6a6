/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Partition maps of a UDF volume, and the tables and files that they need to be followed. */
#ifndef FS_UDF_MAPS_H
#define FS_UDF_MAPS_H

#include "fs/files.h"
#include "fs/udf_space.h"

/** Makes ret_space from what volume has of the descriptors; files that maps need become structure in list. A map that
 *  cannot be followed leads nowhere. 0 or a negative errno. Release with udf_space_clear() in every case. */
int udf_maps_open(struct probe *probe, const struct udf_volume *volume, struct udf_space *ret_space,
		  struct file_list *list);

/** Adds the sectors of runs to a file of the list, or to FILES_STRUCTURE. 0 or a negative errno. */
int udf_add_extents(const struct udf_space *space, const struct udf_runs *runs, uint32_t file, struct file_list *list);

#endif
