/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rip/meter.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define REPORT_SECONDS 0.2

void meter_tell(const struct discern_observer *observer, enum discern_level level, const char *format, ...)
{
	char text[512];
	va_list ap;

	if (observer == NULL || observer->message == NULL)
		return;
	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	observer->message(level, text, observer->user);
}

double meter_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

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
	meter->n_samples = 0;
	meter->next_report = 0;
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

static void add_sample(struct meter *meter, double now)
{
	uint64_t done = meter->progress.done_bytes;

	if (meter->n_samples == METER_N_SAMPLES)
		memmove(meter->samples, meter->samples + 1, --meter->n_samples * sizeof(meter->samples[0]));
	meter->samples[meter->n_samples].time = now;
	meter->samples[meter->n_samples].done_bytes = done;
	meter->n_samples++;
	meter->progress.speed_kbps = 0;
	if (now > meter->samples[0].time && done > meter->samples[0].done_bytes)
		meter->progress.speed_kbps = (uint32_t)((double)(done - meter->samples[0].done_bytes) / 1000.0 /
							(now - meter->samples[0].time));
}

static void estimate(struct meter *meter)
{
	struct discern_progress *progress = &meter->progress;

	progress->seconds_left = UINT32_MAX;
	progress->seconds_left_bad = meter->n_bad_reads_left == 0 ? 0 : UINT32_MAX;
	if (progress->phase == DISCERN_PHASE_HASH && progress->speed_kbps > 0)
		progress->seconds_left = whole_seconds((double)(progress->total_bytes - progress->done_bytes) / 1000.0 /
						       progress->speed_kbps);
	else if (meter->untried_bytes == 0)
		progress->seconds_left = 0;
	else if (meter->good_bytes > 0)
		progress->seconds_left =
			whole_seconds((double)meter->untried_bytes * meter->good_seconds / (double)meter->good_bytes);
	if (meter->n_bad_reads_left > 0 && meter->n_bad_reads > 0)
		progress->seconds_left_bad = whole_seconds((double)meter->n_bad_reads_left * meter->bad_seconds /
							   (double)meter->n_bad_reads);
}

bool meter_report(struct meter *meter)
{
	double now = meter_now();

	add_sample(meter, now);
	estimate(meter);
	meter->next_report = now + REPORT_SECONDS;
	if (meter->observer.progress != NULL && !meter->is_cancelled &&
	    meter->observer.progress(&meter->progress, meter->observer.user) != 0)
		meter->is_cancelled = true;
	return !meter->is_cancelled;
}

bool meter_tick(struct meter *meter)
{
	if (meter_now() < meter->next_report)
		return !meter->is_cancelled;
	return meter_report(meter);
}
