/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The folders of an ISO 9660 volume, with the names of Rock Ridge, Joliet or ISO 9660 itself. */
#ifndef FS_ISO9660_TREE_H
#define FS_ISO9660_TREE_H

#include "fs/files.h"
#include "fs/probe.h"

/** Adds all files and folders, and as structure the descriptors and path tables. As files_list(). */
int iso9660_list_files(struct probe *probe, const struct discern_volume *volume, struct file_list *list);

#endif
