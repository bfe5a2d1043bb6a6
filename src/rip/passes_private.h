/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the passes share: reading a piece, and what comes after each read. */
#ifndef RIP_PASSES_PRIVATE_H
#define RIP_PASSES_PRIVATE_H

#include "rip/passes.h"

/** What came of reading a piece. */
struct reading {
	bool is_good;
	/** If it is not: the first sector that could not be read, as far as the drive tells; else the piece's first. */
	uint32_t bad_sector;
	double seconds;
	/** The disc may have had to get up to speed for it: its time says nothing of the sectors. */
	bool has_started;
	/** The drive keeps sectors back: bad_sector, which is bad in the map then, or if is_located is not set one of the
	 *  piece, which is to be read in smaller pieces. */
	bool is_refused, is_located;
};

/** Reads one piece into the pipeline, and calls it good in the map if it is; of one that is not, the map says what it
 *  said. 0, or what ends the job. */
int passes_read(struct passes *passes, const struct map_range *piece, struct reading *ret_reading,
		struct discern_error *err);

/** Reads one sector for nothing but to see whether it comes. As source_read(). */
int passes_look(struct passes *passes, uint32_t sector, double *ret_seconds, struct discern_error *err);

/** Everything that was not read of a gap between sessions is bad from now on: nothing will be found there. */
int passes_give_up_gap(struct passes *passes, const struct plan_range *gap, struct discern_error *err);

/** map_set(), with words. Of several drives one only says so of itself: what another one has read stays good. */
int passes_set(struct passes *passes, uint32_t start, uint32_t n_sectors, enum map_status status,
	       struct discern_error *err);

/** A sector that was called good is not. */
int passes_lose(struct passes *passes, uint32_t sector, enum map_status status, struct discern_error *err);

/** After each read: tells, saves, and finds out whether to stop. */
int passes_after_read(struct passes *passes, enum map_status working_on, const struct map_range *piece,
		      struct discern_error *err);

/** First sector of the error-correction unit that holds sector, and the one after its last. */
uint32_t passes_unit_start(const struct passes *passes, uint32_t sector);
uint32_t passes_unit_end(const struct passes *passes, uint32_t sector);

/** What the meter tells: another phase; and how far it is. */
void passes_begin_phase(struct passes *passes, enum discern_phase phase);
void passes_update_meter(struct passes *passes);

/** Cuts a range so that it does not go over a border of a gap: its end, or with backward its start. */
void passes_cut_at_gaps(const struct passes *passes, bool backward, struct map_range *range);

/** Sets how hard the drive tries. False if it does not let all of that be set. */
bool passes_set_effort(struct passes *passes, const struct source_effort *effort);
/** What follows belongs to this pass, in the record. words and where may be NULL. */
void passes_enter(struct passes *passes, const char *name, const char *words, const char *where);

/** Why the next piece is read; NULL for the pass's own reason. */
void passes_because(struct passes *passes, const char *reason);

/** passes_read() for a reason of its own. */
int passes_read_because(struct passes *passes, const char *reason, const struct map_range *piece,
			struct reading *ret_reading, struct discern_error *err);

/** A sweep begins, as the pass that was entered: at full speed, with a drive that gives up soon if it lets itself be told. */
void sweep_pace_begin(struct passes *passes);

/** After each read of a sweep: sets another speed where that pays. True if the read was good, but so slow that what
 *  follows should come later. */
bool sweep_pace_note(struct passes *passes, const struct map_range *piece, const struct reading *reading);

/** Reads all that was never tried, and leaves what cannot be read easily: failed. */
int sweep_run(struct passes *passes, struct discern_error *err);

/** Finds the good sectors within failed units, of drives and discs where not all of a unit is lost. */
int sweep_divide(struct passes *passes, struct discern_error *err);

/** For one of several drives: reads what is untried in its stretch, without leaving anything out if may_skip is not set. */
int sweep_stretch(struct passes *passes, bool may_skip, struct discern_error *err);

/** For one of several drives: reads once what others could not read. */
int sweep_lent(struct passes *passes, struct discern_error *err);

/** Tries failed places again in the ways that pay. */
int retry_run(struct passes *passes, struct discern_error *err);

/** Tries each sector of what is left by itself; what fails is bad then. */
int retry_scrape(struct passes *passes, struct discern_error *err);

#endif
