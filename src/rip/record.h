/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Keeps what happens during a rip: reads by zone of the disc, by time and by pass, and every line that is told. It
 * stands between the job and the observer, so that -v and the record say the same. All calls accept NULL.
 */
#ifndef RIP_RECORD_H
#define RIP_RECORD_H

#include <stdbool.h>

#include <discern/record.h>

#include "rip/map.h"
#include "rip/rip_plan.h"

struct record;

/** NULL when memory is out. Release with record_free(), or with record_finish(). */
struct record *record_new(void);

struct record *record_free(struct record *record);

/** Puts the record before the observer: what is told is kept, then told. The record must live as long. */
void record_observe(struct record *record, struct discern_observer *observer);

/** What is read: map stays the caller's, and must live until record_finish(). 0 or -ENOMEM. */
int record_disc(struct record *record, const struct discern_medium *medium, const struct rip_plan *plan,
		const struct map *map);

/** Reading begins; now is the job's clock, in this and all later calls. */
void record_start(struct record *record, double now);

/** What the next reads belong to. words and where may be NULL. */
struct record_pass {
	const char *name, *words, *where;
};
void record_pass(struct record *record, double now, const struct record_pass *pass);

/** The pass has gone over all places once. */
void record_round(struct record *record);

/** One read, of sectors of the image. */
struct record_read {
	uint32_t start, n_sectors;
	bool is_good;
	/** The one that was to blame, if it was not good. */
	uint32_t bad_sector;
	double seconds;
};
void record_read(struct record *record, double now, const struct record_read *read);

/** Sectors that count as failed from now on. */
void record_failed(struct record *record, uint32_t start, uint32_t n_sectors);

/** Of several drives': what has failed counts only where this drive has read it in the end, as the map delivered says. */
void record_keep_delivered(struct record *record, const struct map *delivered);

/** The end: hands the record over, to be released with record_release(). NULL if no disc was told, or memory is out. */
struct discern_rip_record *record_finish(struct record *record, double now);

/** Releases what record_finish() has given; accepts NULL. */
void record_release(struct discern_rip_record *record);

#endif
