/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What happened while a disc was read: where on the disc, when, and in which way of trying. A part of the result of
 * discern_rip().
 */
#ifndef DISCERN_RECORD_H
#define DISCERN_RECORD_H

#include <stddef.h>
#include <stdint.h>

#include <discern/medium.h>
#include <discern/progress.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Reads of a zone, of a stretch of time, or of a pass. */
struct discern_rip_tally {
	/** Reads that brought data, and those that did not. */
	uint32_t n_reads, n_errors;
	/** Sectors that were delivered. */
	uint32_t n_sectors;
	/** What both kinds of reads took. */
	double read_seconds, error_seconds;
};

/** All readings in one way of trying; entered several times, where ways take turns. */
struct discern_rip_pass {
	/** "sweep", "backwards", "again", "divide", "retry", "scrape", "hash". */
	char name[16];
	/** How: "at 2.8 MB/s, with the drive's own retries"; and what was tried: "files". Empty if that needs no words. */
	char words[80];
	char where[32];
	/** When it was entered first, counted from the begin of reading, and for how long in all. */
	double start_seconds, seconds;
	struct discern_rip_tally tally;
	/** Times that it has gone over all places, and sectors still missing when it was left. */
	uint32_t n_rounds, n_left;
};

/** A line that was told on the way. */
struct discern_rip_event {
	double seconds;
	enum discern_level level;
	char *text;
};

enum discern_sector_state {
	DISCERN_SECTOR_UNTRIED,  /**< was never read: the rip was stopped */
	DISCERN_SECTOR_FAILED,   /**< could not be read so far; the rip was stopped before all was tried */
	DISCERN_SECTOR_BAD,      /**< could not be read */
	DISCERN_SECTOR_DOUBTFUL, /**< was read, but only after its unit had failed */
};

/** Sectors on the disc of which something is to be told. */
struct discern_rip_range {
	int32_t lba;
	uint32_t n_sectors;
	enum discern_sector_state state;
};

#define DISCERN_RECORD_ZONES 1000
#define DISCERN_RECORD_SLOTS 256
#define DISCERN_RECORD_PASSES 64

struct discern_rip_record {
	/** One line that tells this disc from others. */
	char identity[256];
	/** As the drive described it. */
	struct discern_medium medium;
	/** What reading took by the job's clock: ours, or a drive's that says that its commands took longer. */
	double seconds;
	/** Sectors of the image, and what is known of them; what lies between sessions is in none of them. */
	uint32_t n_sectors, n_good, n_bad, n_failed, n_untried;
	/** The image in zones of equal size; the last one may be shorter. */
	uint32_t zone_sectors;
	size_t n_zones;
	struct discern_rip_tally zones[DISCERN_RECORD_ZONES];
	/** The time in slots of equal length. */
	double slot_seconds;
	size_t n_slots;
	struct discern_rip_tally slots[DISCERN_RECORD_SLOTS];
	size_t n_passes;
	struct discern_rip_pass passes[DISCERN_RECORD_PASSES];
	/** All that is not read, then all that is doubtful, each in order. */
	size_t n_ranges;
	struct discern_rip_range *ranges;
	/** Decisions and warnings, and how many more there were. */
	size_t n_events, n_events_left_out;
	struct discern_rip_event *events;
};

#ifdef __cplusplus
}
#endif
#endif
