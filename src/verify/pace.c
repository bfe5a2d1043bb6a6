/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "verify/pace.h"

#include <errno.h>
#include <string.h>

#include "base/error.h"

#define SECONDS_BETWEEN_REPORTS 0.2

void verify_pace_start(struct verify_pace *pace, const struct discern_observer *observer, uint32_t speed_1x_kbps,
		       uint64_t total_bytes)
{
	memset(pace, 0, sizeof(*pace));
	pace->observer = observer;
	pace->started = observe_now();
	pace->progress = (struct discern_progress){
		.phase = DISCERN_PHASE_VERIFY,
		.total_bytes = total_bytes,
		.speed_1x_kbps = speed_1x_kbps,
		.seconds_left = UINT32_MAX,
		.seconds_left_bad = UINT32_MAX,
		.fifo_percent = DISCERN_PERCENT_UNKNOWN,
		.drive_buffer_percent = DISCERN_PERCENT_UNKNOWN,
	};
}

static void estimate(struct verify_pace *pace, double now)
{
	observe_speed(&pace->recent, now, &pace->progress);
	pace->last_report = now;
}

int verify_pace_tick(struct verify_pace *pace, uint64_t done_bytes, uint64_t bad_bytes, struct discern_error *err)
{
	double now = observe_now();

	if (done_bytes > pace->progress.total_bytes)
		done_bytes = pace->progress.total_bytes;
	pace->progress.done_bytes = done_bytes;
	pace->progress.bad_bytes = bad_bytes;
	if (pace->observer == NULL || pace->observer->progress == NULL ||
	    now - pace->last_report < SECONDS_BETWEEN_REPORTS)
		return 0;
	estimate(pace, now);
	if (pace->observer->progress(&pace->progress, pace->observer->user) != 0)
		return discern_error_set(err, -ECANCELED, "stopped; not all of the disc has been compared");
	return 0;
}

void verify_pace_end(struct verify_pace *pace)
{
	if (pace->observer == NULL || pace->observer->progress == NULL)
		return;
	estimate(pace, observe_now());
	pace->progress.seconds_left = 0;
	(void)pace->observer->progress(&pace->progress, pace->observer->user);
}
