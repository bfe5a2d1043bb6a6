/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sectors of which two readings differ: more of them are made until two are equal. */
#ifndef RIP_DISPUTE_H
#define RIP_DISPUTE_H

#include "rip/passes.h"

/** Readings of one sector: of these two must be equal. */
#define DISPUTE_READINGS 5

struct dispute {
	uint32_t sector;
	unsigned n_readings;
	/** The first one is what the image holds. */
	uint8_t *readings[DISPUTE_READINGS];
};

/** All zeros: none. Release with disputes_clear(). */
struct disputes {
	size_t n, n_allocated;
	struct dispute *all;
};

/** -ENOMEM. */
int disputes_add(struct disputes *disputes, uint32_t sector, const uint8_t *first, const uint8_t *second);
/** As many as should be kept in memory. */
bool disputes_are_many(const struct disputes *disputes);
void disputes_clear(struct disputes *disputes);

/** Reads each again, until two readings are equal: these are right then, and go into the image. A sector without that
 *  is bad. Empties the list. 0, or what ends the job. */
int disputes_settle(struct disputes *disputes, struct passes *passes, struct discern_error *err);

/** Reads into buffer what has been read before, and counts its time. As source_read(). */
int dispute_read(struct passes *passes, const struct map_range *piece, const char *reason, uint8_t *buffer,
		 struct discern_error *err);
/** source_forget(), its time counted. */
int dispute_forget(struct passes *passes, uint32_t start, uint32_t n_sectors, struct discern_error *err);
/** Puts a sector into the image in place of what is there. 0 or a negative errno. */
int dispute_put(struct passes *passes, uint32_t sector, const uint8_t *data);

#endif
