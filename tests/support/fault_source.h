/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A source of sectors that fails where a test wants it to. Each sector holds what fault_source_fill() makes. */
#ifndef SUPPORT_FAULT_SOURCE_H
#define SUPPORT_FAULT_SOURCE_H

#include <stdbool.h>

#include "disc/source.h"

struct fault {
	int32_t lba;
	uint32_t n_sectors;
	/** How many reads that touch these sectors fail; 0: all of them, for ever. */
	unsigned n_times;
	/** What such a read returns, a negative errno; 0 to be only slow. */
	int code;
	struct discern_sense sense;
	unsigned delay_ms;
	/** Of a source with a clock: only reads at a higher speed fail; 0: at any. */
	uint32_t max_kbps;
	/** Of such a one, with code 0: a read takes as long as a failure; or the disc had stopped, and gets up to speed. */
	bool is_slow, is_start;
};

struct fault_source {
	struct discern_source base;
	struct fault faults[256];
	size_t n_faults;
	/** Other contents for some sectors: NULL, or called after the usual filling. */
	void (*overlay)(int32_t lba, uint8_t *sector, void *user);
	void *user;
	/** Gives a different disc of the same size. */
	uint8_t seed;
	/** From this read on the source itself fails with trouble_code; 0 never. */
	unsigned trouble_at_read;
	int trouble_code;
	/** Until its disc was stopped so often; 0: for ever. */
	unsigned n_stops_help, n_stops;
	/** A clock, if full_kbps is not 0: what good reads take at the speed that is set, and what each failure takes. */
	uint32_t full_kbps, speed_kbps;
	double failure_seconds;
	/** Sectors read at full speed, and at lower ones. */
	uint32_t n_fast, n_slow;
	/** What was asked. */
	unsigned n_reads;
	uint32_t largest_read;
	/** How often a sector was asked for, for the first sectors. */
	unsigned n_asked[4096];
};

/** A source on which everything can be read; it needs no release. */
void fault_source_init(struct fault_source *source, uint32_t n_sectors, uint32_t preferred_sectors,
		       uint32_t ecc_sectors);

/** Sectors that fail n_times (0: for ever) with code and sense. */
void fault_source_add(struct fault_source *source, int32_t lba, uint32_t n_sectors, unsigned n_times, int code);

/** Forgets all faults. */
void fault_source_repair(struct fault_source *source);

/** What sector lba holds. */
void fault_source_fill(const struct fault_source *source, int32_t lba, uint8_t *sector);

#endif
