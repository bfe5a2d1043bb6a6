/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Telling the caller of a long job how far it is, at a pace that people can read. */
#ifndef BASE_OBSERVE_H
#define BASE_OBSERVE_H

#include <stdint.h>

#include <discern/progress.h>

/** One line to the caller; observer and its members may be NULL. */
void observe_message(const struct discern_observer *observer, enum discern_level level, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/** Speed over the last seconds. */
struct observe_samples {
	/** A ring of what was done when. */
	struct {
		double seconds;
		uint64_t bytes;
	} samples[16];
	unsigned n_samples;
	unsigned next;
};

/** Seconds of a clock that only goes forwards. */
double observe_now(void);

/** Sets speed_kbps and seconds_left of progress from its done_bytes and total_bytes at the time now. */
void observe_speed(struct observe_samples *recent, double now, struct discern_progress *progress);

/** Tells how far a job is that knows its bytes only: of progress are taken phase, done_bytes, total_bytes, bad_bytes and
 *  speed_1x_kbps. observer and its members may be NULL. Not 0 if the caller wants it to stop. */
int observe_bytes(const struct discern_observer *observer, struct observe_samples *recent,
		  const struct discern_progress *progress);

/** Forgets what was, at the begin of another phase. */
void observe_restart(struct observe_samples *recent);

#endif
