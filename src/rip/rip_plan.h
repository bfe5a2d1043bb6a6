/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which sectors of a disc make its image. Pure: everything that the disc and its file systems say goes in,
 * a decision with its reasons comes out; end.h then asks the disc what only reading can tell.
 */
#ifndef RIP_RIP_PLAN_H
#define RIP_RIP_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <discern/image.h>
#include <discern/medium.h>
#include <discern/rip.h>

#include "disc/data_area.h"

/** A stretch of sectors counted from the image's first one. */
struct plan_range {
	uint32_t start;
	uint32_t n_sectors;
};

#define PLAN_MAX_GAPS DATA_AREA_MAX_GAPS
#define PLAN_MAX_CANDIDATES 12

struct rip_plan {
	/** Where the image begins on the disc: image sector 0, which is LBA 0. */
	int32_t first_lba;
	/** Sectors of the image as the drive and the disc's structure tell. */
	uint32_t n_sectors;
	/** What drive and disc say, without file systems. */
	uint32_t n_recorded;
	/** A file system needs at least these; 0 if there is none. */
	uint32_t n_volume_sectors;
	/** How many sectors beyond the volume may be mere padding up to a unit of the medium, or run-out. */
	uint32_t n_padding_max;
	/** Burning programs fill the last unit of so many sectors with zeros; 0 where they do not, or nobody burned it. */
	uint32_t n_unit_sectors;
	/** The image ends with a track of a CD. */
	bool is_cd_track;
	/** CD: the track may end in two sectors that are no data (5/64/00), and on one that was burned also in two that
	 *  cannot be read, which hold nothing. */
	bool has_run_out;
	bool was_burned;
	/** Between sessions: nothing is recorded there for the user. And what is before the first data: audio. */
	size_t n_gaps;
	struct plan_range gaps[PLAN_MAX_GAPS];
	/** First image sector of the session before each gap. */
	uint32_t session_starts[PLAN_MAX_GAPS];
	size_t n_candidates;
	struct discern_size_candidate candidates[PLAN_MAX_CANDIDATES];
	char reason[160];
	/** What of the disc is not in the image, in words; empty if all of it is. */
	char left_out[160];
};

/** Run-out: the link sectors at the end of a CD track that was written by itself (track at once, packets). */
#define PLAN_RUN_OUT_SECTORS 2

/**
 * Decides from what is known without reading on.
 * @param volume  what volume_probe() found at the last session of the data area, NULL if nothing
 * @return 0, -ENOMEDIUM, or -EMEDIUMTYPE (blank, audio only, unusable)
 */
int rip_plan_make(const struct discern_medium *medium, const struct discern_volume *volume, struct rip_plan *ret_plan,
		  struct discern_error *err);

/** First sector of the last session with data, where the valid volume descriptors are; 0 if the medium has no tracks. */
int32_t rip_plan_last_session(const struct discern_medium *medium);

/** Where the ISO 9660 volume ends, in sectors from LBA 0, whose session begins at session and whose recorded area ends
 *  before recorded_end: its writer may have counted from the session or from LBA 0. */
int64_t rip_plan_iso_end(const struct discern_volume *volume, int64_t session, int64_t recorded_end);

/** The first image sector with data: 0, unless audio comes first. */
uint32_t rip_plan_data_start(const struct rip_plan *plan);

/** Whether an image sector lies between sessions. */
bool rip_plan_is_gap(const struct rip_plan *plan, uint32_t sector);

/** n_padding_max of burned discs, from n_sectors, n_volume_sectors and n_unit_sectors. */
void rip_plan_find_padding(struct rip_plan *plan);

/** The gap that holds an image sector, NULL if it is in none. */
const struct plan_range *rip_plan_find_gap(const struct rip_plan *plan, uint32_t sector);

#endif
