/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/observe.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum {
	N_SAMPLES =
		sizeof(((struct observe_samples *)NULL)->samples) / sizeof(((struct observe_samples *)NULL)->samples[0])
};

/* Sixteen samples at least this far apart: the speed of the last four seconds. */
static const double sample_seconds = 0.25;

void observe_message(const struct discern_observer *observer, enum discern_level level, const char *format, ...)
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

double observe_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

void observe_restart(struct observe_samples *recent)
{
	memset(recent, 0, sizeof(*recent));
}

void observe_speed(struct observe_samples *recent, double now, struct discern_progress *progress)
{
	unsigned newest = (recent->next + N_SAMPLES - 1) % N_SAMPLES;
	unsigned oldest = recent->n_samples < N_SAMPLES ? 0 : recent->next;
	double seconds;
	double bytes;

	progress->speed_kbps = 0;
	progress->seconds_left = UINT32_MAX;
	if (recent->n_samples > 0) {
		seconds = now - recent->samples[oldest].seconds;
		bytes = (double)progress->done_bytes - (double)recent->samples[oldest].bytes;
		if (seconds >= sample_seconds && bytes > 0) {
			progress->speed_kbps = (uint32_t)(bytes / seconds / 1000);
			if (progress->total_bytes >= progress->done_bytes)
				progress->seconds_left =
					(uint32_t)((double)(progress->total_bytes - progress->done_bytes) * seconds /
							   bytes +
						   0.5);
		}
	}
	if (recent->n_samples > 0 && now - recent->samples[newest].seconds < sample_seconds)
		return;
	recent->samples[recent->next].seconds = now;
	recent->samples[recent->next].bytes = progress->done_bytes;
	recent->next = (recent->next + 1) % N_SAMPLES;
	if (recent->n_samples < N_SAMPLES)
		recent->n_samples++;
}

int observe_bytes(const struct discern_observer *observer, struct observe_samples *recent,
		  const struct discern_progress *progress)
{
	struct discern_progress told = *progress;

	if (observer == NULL || observer->progress == NULL)
		return 0;
	told.seconds_left_bad = UINT32_MAX;
	told.fifo_percent = told.drive_buffer_percent = DISCERN_PERCENT_UNKNOWN;
	observe_speed(recent, observe_now(), &told);
	return observer->progress(&told, observer->user);
}
