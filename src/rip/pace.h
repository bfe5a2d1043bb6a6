/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * At which speed a sweep goes through a damaged zone, and whether a read was slow. A lower speed is worth it only where
 * it brings more sectors in the same time: where a failure takes long, and fewer reads fail at the lower speed. Neither
 * is known beforehand, so it is tried on the zone's own sectors and measured; where it does not pay, the next try comes
 * after twice as much trouble. Pure: no drive here.
 */
#ifndef RIP_PACE_H
#define RIP_PACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PACE_RUNGS_MAX 4

/** A speed, and what it has brought in the zone where the sweep is. */
struct pace_rung {
	/** 0: as fast as the drive likes. */
	uint32_t kbps;
	uint64_t n_sectors;
	double seconds;
	/** Reads that failed or were slow, and the time that they took. */
	unsigned n_troubles;
	double trouble_seconds;
};

/** What to do next. */
enum pace_advice {
	PACE_KEEP,
	/** Trouble has begun that costs much: one rung down, for a trial. */
	PACE_LOWER,
	/** The trial has brought more than the rung above it. */
	PACE_STAY,
	/** It has not: back up. */
	PACE_BACK,
	/** The zone is behind us: at full speed again. */
	PACE_RAISE,
};

struct pace {
	size_t n_rungs, rung;
	struct pace_rung rungs[PACE_RUNGS_MAX];
	bool is_trial;
	/** Good reads at full speed where nothing is wrong; what is longer ago counts less. */
	double healthy_sectors, healthy_seconds;
	unsigned n_healthy;
	/** Good time in a row, and how much of it ends a zone at a lower speed; more where trouble came back soon. */
	double good_seconds, raise_seconds, since_raise;
	/** So many troubles at a rung before a lower one is tried. */
	unsigned patience;
};

/** One read of the sweep. */
struct pace_read {
	uint32_t n_sectors;
	bool is_good, is_slow;
	double seconds;
};

/** For a drive that reads good sectors at peak_kbps at most, and whose lowest speed worth trying is speed_1x_kbps; below
 *  limit_kbps if not 0. What is known of good reads stays. */
void pace_set_rungs(struct pace *pace, uint32_t peak_kbps, uint32_t speed_1x_kbps, uint32_t limit_kbps);

/** Whether a good read has taken so long that it should rather come later. */
bool pace_is_slow(const struct pace *pace, uint32_t n_sectors, double seconds);

/** After each read. The caller sets the drive to the rung's speed when it is another one. */
enum pace_advice pace_note(struct pace *pace, const struct pace_read *read);

/** The drive does not let its speed be set. */
void pace_refuse(struct pace *pace);

/** Another sweep: at full speed again, and what is known of the zone is forgotten. */
void pace_restart(struct pace *pace);

/** kB/s of the rung; 0 for full speed. */
uint32_t pace_kbps(const struct pace *pace);

/** Sectors a second that a rung has brought in this zone. */
double pace_rate(const struct pace_rung *rung);

#endif
