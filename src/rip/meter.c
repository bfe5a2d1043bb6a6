/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rip/meter.h"

#include <string.h>

#define REPORT_SECONDS 0.2

void meter_init(struct meter *meter, const struct discern_observer *observer, uint32_t speed_1x_kbps)
{
	memset(meter, 0, sizeof(*meter));
	if (observer != NULL)
		meter->observer = *observer;
	meter->progress.speed_1x_kbps = speed_1x_kbps;
	meter->progress.fifo_percent = DISCERN_PERCENT_UNKNOWN;
	meter->progress.drive_buffer_percent = DISCERN_PERCENT_UNKNOWN;
}

void meter_phase(struct meter *meter, enum discern_phase phase, uint64_t total_bytes)
{
	meter->progress.phase = phase;
	meter->progress.done_bytes = 0;
	meter->progress.total_bytes = total_bytes;
	observe_restart(&meter->recent);
	meter->next_report = 0;
	meter->phase_began = observe_now();
}

void meter_read(struct meter *meter, bool is_good, uint32_t size_bytes, double seconds)
{
	if (is_good) {
		meter->good_seconds += seconds;
		meter->good_bytes += size_bytes;
	} else {
		meter->bad_seconds += seconds;
		meter->n_bad_reads++;
	}
}

static uint32_t whole_seconds(double seconds)
{
	return seconds >= (double)UINT32_MAX ? UINT32_MAX : (uint32_t)(seconds + 0.5);
}

static void estimate(struct meter *meter)
{
	struct discern_progress *progress = &meter->progress;

	progress->seconds_left_bad = meter->n_bad_reads_left == 0 ? 0 : UINT32_MAX;
	/* The rate of all so far says more than that of the last seconds, which may be a bad area's. */
	if (progress->phase == DISCERN_PHASE_HASH)
		return;
	progress->seconds_left = UINT32_MAX;
	if (meter->goes_by_bytes) {
		if (progress->done_bytes > 0 && progress->total_bytes >= progress->done_bytes)
			progress->seconds_left = whole_seconds((double)(progress->total_bytes - progress->done_bytes) *
							       (observe_now() - meter->phase_began) /
							       (double)progress->done_bytes);
		return;
	}
	if (meter->untried_bytes == 0 && meter->second_bytes == 0)
		progress->seconds_left = 0;
	else if (meter->good_bytes > 0)
		progress->seconds_left =
			whole_seconds((double)(meter->untried_bytes + meter->second_bytes) * meter->good_seconds /
				      (double)meter->good_bytes);
	if (meter->n_bad_reads_left > 0 && meter->n_bad_reads > 0)
		progress->seconds_left_bad = whole_seconds((double)meter->n_bad_reads_left * meter->bad_seconds /
							   (double)meter->n_bad_reads);
}

bool meter_report(struct meter *meter)
{
	double now = observe_now();

	observe_speed(&meter->recent, now, &meter->progress);
	estimate(meter);
	meter->next_report = now + REPORT_SECONDS;
	if (meter->observer.progress != NULL && !meter->is_cancelled &&
	    meter->observer.progress(&meter->progress, meter->observer.user) != 0)
		meter->is_cancelled = true;
	return !meter->is_cancelled;
}

bool meter_tick(struct meter *meter)
{
	if (observe_now() < meter->next_report)
		return !meter->is_cancelled;
	return meter_report(meter);
}
