/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What unreadable sectors mean for the files on the disc: which to try first, and which are damaged in the end. */
#ifndef RIP_LOSSES_H
#define RIP_LOSSES_H

#include <discern/rip.h>

#include "fs/files.h"
#include "rip/map.h"
#include "rip/rip_plan.h"

/** What is read of the image so far: its file, the map, and which of its sectors the disc has. */
struct losses_view {
	int fd;
	const struct map *map;
	const struct rip_plan *plan;
	/** First sector of the last session, where the volume is. */
	int32_t session_lba;
	const struct discern_volume *volume;
};

/** Lists the files from what is in the image already; *ret_list is cleared by the caller with files_clear(). */
int losses_list(const struct losses_view *view, struct file_list *ret_list, struct discern_error *err);

/** Sectors of the image, sorted, that do not overlap. */
struct losses_zones {
	size_t n;
	struct plan_range *ranges;
};

enum losses_worth {
	LOSSES_FOLDERS, /**< without which names are not known, nor where files are */
	LOSSES_FILES,   /**< both */
};

/** Where folders, or folders and files, lie. The caller frees ranges. -ENOMEM. */
int losses_find_zones(const struct file_list *list, const struct rip_plan *plan, enum losses_worth worth,
		      struct losses_zones *ret_zones);

/** Counts in result the files of which sectors are missing, and lists them. -ENOMEM. */
int losses_tell(const struct file_list *list, const struct losses_view *view, struct discern_rip_result *result);

#endif
