/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the observer is told of a rip, a few times a second. */
#ifndef RIP_METER_H
#define RIP_METER_H

#include <stdbool.h>
#include <stdint.h>

#include <discern/progress.h>

#include "base/observe.h"

struct meter {
	struct discern_observer observer;
	/** What is told next; the job keeps phase and bytes up to date. */
	struct discern_progress progress;
	/** The observer asked to stop; stays set. */
	bool is_cancelled;
	double next_report;
	struct observe_samples recent;
	/** Reads that brought data, and those that did not. */
	double good_seconds;
	uint64_t good_bytes;
	double bad_seconds;
	uint64_t n_bad_reads;
	/** Bytes never tried, those of them and of others that are still to be read a second time, and reads still to be made in
	 *  damaged areas. */
	uint64_t untried_bytes, second_bytes;
	uint64_t n_bad_reads_left;
	/** The job does not keep these two, so that the time left comes from its bytes. */
	bool goes_by_bytes;
	double phase_began;
};

void meter_init(struct meter *meter, const struct discern_observer *observer, uint32_t speed_1x_kbps);

/** A new phase begins: speeds start anew. */
void meter_phase(struct meter *meter, enum discern_phase phase, uint64_t total_bytes);

/** A read of size bytes ended. */
void meter_read(struct meter *meter, bool is_good, uint32_t size_bytes, double seconds);

/** Tells the observer if it is time to. False once the job shall stop. */
bool meter_tick(struct meter *meter);

/** Tells the observer at once, at the end of a phase. False once the job shall stop. */
bool meter_report(struct meter *meter);

#endif
