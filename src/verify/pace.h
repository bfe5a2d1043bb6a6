/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tells the observer a few times a second how far a comparison is, and hears whether to stop. */
#ifndef VERIFY_PACE_H
#define VERIFY_PACE_H

#include <stdbool.h>
#include <stdint.h>

#include <discern/error.h>
#include <discern/progress.h>

#include "base/observe.h"

struct verify_pace {
	const struct discern_observer *observer;
	struct discern_progress progress;
	double started;
	double last_report;
	struct observe_samples recent;
};

/** observer may be NULL. */
void verify_pace_start(struct verify_pace *pace, const struct discern_observer *observer, uint32_t speed_1x_kbps,
		       uint64_t total_bytes);

/** Sets how far the job is; 0, or -ECANCELED when the observer asks to stop. */
int verify_pace_tick(struct verify_pace *pace, uint64_t done_bytes, uint64_t bad_bytes, struct discern_error *err);

/** Reports the end of the phase, whatever the time. */
void verify_pace_end(struct verify_pace *pace);

#endif
