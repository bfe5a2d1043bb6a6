/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One drive of discern rip --watch: from a disc that is put in to the tray that opens again. */
#ifndef CLI_RIP_STATION_H
#define CLI_RIP_STATION_H

#include "cli/rip_options.h"

struct rip_station;

/** Begins to wait for a disc in the drive at path. The program is aborted when memory is out. Release with rip_station_free(). */
struct rip_station *rip_station_new(const struct rip_options *options, struct workers *workers, const char *path);

const char *rip_station_path(const struct rip_station *station);

/** To be called about once a second: goes on after a pause, and sees whether the drive is there. */
void rip_station_tick(struct rip_station *station);

/** Asks its worker to stop; nothing new begins. */
void rip_station_stop(struct rip_station *station, int signal);

bool rip_station_is_idle(const struct rip_station *station);

/** Once it is idle; returns NULL. */
struct rip_station *rip_station_free(struct rip_station *station);

#endif
