/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What lies between sessions, and audio before the data: the job finds nothing there, and gives it up; in the map file it is
 * finished, as the zeros of the image are all that there ever will be. So ddrescuelog counts no loss where none is.
 */
#ifndef RIP_GAP_MAP_H
#define RIP_GAP_MAP_H

#include "rip/map.h"
#include "rip/rip_plan.h"

/** map_format() of it; NULL when memory is out. */
char *gap_map_format(const struct map *map, const struct rip_plan *plan, const struct map_header *header,
		     size_t *ret_size);

/** After the file was read: gaps that are finished in it are given up again. 0 or -ENOMEM. */
int gap_map_take(struct map *map, const struct rip_plan *plan);

#endif
