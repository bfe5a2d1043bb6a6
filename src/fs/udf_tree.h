/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The folders of a UDF volume (ECMA-167 part 4, UDF 1.02 to 2.60). */
#ifndef FS_UDF_TREE_H
#define FS_UDF_TREE_H

#include "fs/files.h"
#include "fs/probe.h"

/**
 * Adds all files and folders with their extents. The ICB of a file, without which it cannot be opened, is both its own
 * and structure; structure are also descriptors, anchors, tables, space bitmaps and the metadata files. As files_list().
 */
int udf_list_files(struct probe *probe, const struct discern_volume *volume, struct file_list *list);

#endif
