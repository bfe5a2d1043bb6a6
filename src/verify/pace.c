/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "verify/pace.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#include "base/error.h"

#define SECONDS_BETWEEN_REPORTS 0.2

double verify_pace_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

void verify_pace_start(struct verify_pace *pace, const struct discern_observer *observer, uint32_t speed_1x_kbps,
		       uint64_t total_bytes)
{
	memset(pace, 0, sizeof(*pace));
	pace->observer = observer;
	pace->started = verify_pace_now();
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

/* Speed since the oldest moment of the window, and what follows from it. */
static void estimate(struct verify_pace *pace, double now)
{
	struct discern_progress *progress = &pace->progress;
	unsigned oldest = pace->n_reports < PACE_WINDOW ? 0 : pace->n_reports % PACE_WINDOW;
	double since = pace->n_reports == 0 ? pace->started : pace->window[oldest].when;
	uint64_t from = pace->n_reports == 0 ? 0 : pace->window[oldest].done_bytes;
	double rate =
		now > since && progress->done_bytes > from ? (double)(progress->done_bytes - from) / (now - since) : 0;
	double left = (double)(progress->total_bytes - progress->done_bytes);

	progress->speed_kbps = rate / 1000 < UINT32_MAX ? (uint32_t)(rate / 1000) : UINT32_MAX;
	progress->seconds_left = rate > 0 && left / rate < UINT32_MAX ? (uint32_t)(left / rate) : UINT32_MAX;
	pace->window[pace->n_reports % PACE_WINDOW].when = now;
	pace->window[pace->n_reports % PACE_WINDOW].done_bytes = progress->done_bytes;
	pace->n_reports++;
	pace->last_report = now;
}

int verify_pace_tick(struct verify_pace *pace, uint64_t done_bytes, uint64_t bad_bytes, struct discern_error *err)
{
	double now = verify_pace_now();

	if (done_bytes > pace->progress.total_bytes)
		done_bytes = pace->progress.total_bytes;
	pace->progress.done_bytes = done_bytes;
	pace->progress.bad_bytes = bad_bytes;
	if (pace->observer == NULL || pace->observer->progress == NULL ||
	    (pace->n_reports > 0 && now - pace->last_report < SECONDS_BETWEEN_REPORTS))
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
	estimate(pace, verify_pace_now());
	pace->progress.seconds_left = 0;
	(void)pace->observer->progress(&pace->progress, pace->observer->user);
}
