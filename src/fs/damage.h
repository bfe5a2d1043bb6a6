/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which files are damaged, and how much of each, from what is known of their sectors. */
#ifndef FS_DAMAGE_H
#define FS_DAMAGE_H

#include <discern/image.h>

#include "fs/files.h"

/** What is wrong with sectors. */
struct damage_count {
	/** Cannot be read, or are missing. */
	uint32_t n_bad;
	/** Hold something else than they should. */
	uint32_t n_different;
};

/** Adds what is wrong with sectors of the disc to count; sectors that it knows nothing of are good. */
typedef void damage_counter(void *user, uint32_t lba, uint32_t n_sectors, struct damage_count *count);

struct damage {
	/** Without folders. */
	uint32_t n_files;
	/** By path. */
	size_t n_damaged_files;
	struct discern_damaged_file *damaged_files;
};

/** 0 or -ENOMEM; what ret_damage has is released with damage_free_files(). */
int damage_find(const struct file_list *list, damage_counter *counter, void *user, struct damage *ret_damage);

void damage_free_files(struct discern_damaged_file *files, size_t n);

#endif
