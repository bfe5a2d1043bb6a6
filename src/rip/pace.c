/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rip/pace.h"

#include <discern/medium.h>

/* Of good reads, before it is known what is slow. */
enum { KNOWN_AFTER = 32 };

/* Healthy reads longer ago than about this many count little: the speed grows with the radius. */
#define MEMORY 256.0

/* A tenth of the usual rate is slow, as with ddrescue; but no seek, and no change of the speed. */
#define SLOW_FACTOR 10.0
#define SLOW_SECONDS 1.0

/* Trouble that costs less costs little more than a seek: what gives in to lower speeds is found later then, in one go. */
#define DEAR_SECONDS 0.4

/* A trial costs two changes of the speed, and must have a chance to pay: so many troubles, which took so long, and a
 * rate so far below that of good sectors at the lower speed. */
enum { FIRST_PATIENCE = 4, MOST_PATIENCE = 256, TRIAL_TROUBLES = 4 };
#define MIN_TROUBLE_SECONDS 4.0
#define MIN_CHANCE 4.0

/* Good time in a row after which the speed is raised. */
#define FIRST_RAISE_SECONDS 2.0
#define MOST_RAISE_SECONDS 32.0

static void add_rung(struct pace *pace, uint32_t kbps)
{
	pace->rungs[pace->n_rungs++] = (struct pace_rung){ .kbps = kbps };
}

static void forget_zone(struct pace *pace)
{
	for (size_t i = 0; i < pace->n_rungs; i++)
		pace->rungs[i] = (struct pace_rung){ .kbps = pace->rungs[i].kbps };
	pace->is_trial = false;
	pace->good_seconds = 0;
}

void pace_restart(struct pace *pace)
{
	forget_zone(pace);
	pace->rung = 0;
	pace->patience = FIRST_PATIENCE;
	pace->raise_seconds = FIRST_RAISE_SECONDS;
	pace->since_raise = MOST_RAISE_SECONDS;
}

void pace_set_rungs(struct pace *pace, uint32_t peak_kbps, uint32_t speed_1x_kbps, uint32_t limit_kbps)
{
	uint32_t top = limit_kbps > 0 && peak_kbps > limit_kbps ? limit_kbps : peak_kbps;

	pace->n_rungs = 0;
	add_rung(pace, 0);
	for (uint32_t part = 2; part <= 4; part *= 2)
		if (top / part > speed_1x_kbps)
			add_rung(pace, top / part);
	if (speed_1x_kbps > 0 && top > speed_1x_kbps)
		add_rung(pace, speed_1x_kbps);
	pace_restart(pace);
}

void pace_refuse(struct pace *pace)
{
	pace->n_rungs = 1;
	pace_restart(pace);
}

uint32_t pace_kbps(const struct pace *pace)
{
	return pace->rungs[pace->rung].kbps;
}

/* Sectors a second of good reads at a rung. */
static double good_rate(const struct pace *pace, size_t rung)
{
	double healthy = pace->healthy_sectors / (pace->healthy_seconds + 1e-9);
	double set = pace->rungs[rung].kbps * 1000.0 / DISCERN_SECTOR_SIZE;

	return rung == 0 || healthy < set ? healthy : set;
}

bool pace_is_slow(const struct pace *pace, uint32_t n_sectors, double seconds)
{
	return pace->n_healthy >= KNOWN_AFTER && seconds > SLOW_SECONDS &&
	       seconds * good_rate(pace, pace->rung) > SLOW_FACTOR * n_sectors;
}

double pace_rate(const struct pace_rung *rung)
{
	return (double)rung->n_sectors / (rung->seconds + 1e-9);
}

/* Whether one rung down might bring so much more that a trial is worth it. */
static bool has_chance(const struct pace *pace)
{
	const struct pace_rung *rung = &pace->rungs[pace->rung];

	return pace->rung + 1 < pace->n_rungs && pace->n_healthy >= KNOWN_AFTER && rung->n_troubles >= pace->patience &&
	       rung->trouble_seconds >= MIN_TROUBLE_SECONDS &&
	       rung->trouble_seconds >= DEAR_SECONDS * rung->n_troubles &&
	       pace_rate(rung) * MIN_CHANCE < good_rate(pace, pace->rung + 1);
}

static void change_rung(struct pace *pace, size_t rung)
{
	pace->rung = rung;
	pace->rungs[rung] = (struct pace_rung){ .kbps = pace->rungs[rung].kbps };
	pace->good_seconds = 0;
}

static enum pace_advice end_trial(struct pace *pace)
{
	const struct pace_rung *above = &pace->rungs[pace->rung - 1];

	pace->is_trial = false;
	if (pace_rate(&pace->rungs[pace->rung]) > pace_rate(above))
		return PACE_STAY;
	change_rung(pace, pace->rung - 1);
	pace->patience = pace->patience * 2 < MOST_PATIENCE ? pace->patience * 2 : MOST_PATIENCE;
	return PACE_BACK;
}

static enum pace_advice raise(struct pace *pace)
{
	forget_zone(pace);
	pace->rung = 0;
	pace->since_raise = 0;
	pace->patience = FIRST_PATIENCE;
	return PACE_RAISE;
}

static enum pace_advice note_trouble(struct pace *pace)
{
	if (pace->is_trial && pace->rungs[pace->rung].n_troubles >= TRIAL_TROUBLES)
		return end_trial(pace);
	if (pace->is_trial || !has_chance(pace))
		return PACE_KEEP;
	/* It was raised too soon. */
	if (pace->rung == 0 && pace->since_raise < pace->raise_seconds * 4 && pace->raise_seconds < MOST_RAISE_SECONDS)
		pace->raise_seconds *= 2;
	change_rung(pace, pace->rung + 1);
	pace->is_trial = true;
	return PACE_LOWER;
}

static void note_healthy(struct pace *pace, const struct pace_read *read)
{
	const double keep = 1.0 - 1.0 / MEMORY;

	pace->n_healthy += pace->n_healthy < KNOWN_AFTER;
	pace->healthy_sectors = pace->healthy_sectors * keep + read->n_sectors;
	pace->healthy_seconds = pace->healthy_seconds * keep + read->seconds;
}

enum pace_advice pace_note(struct pace *pace, const struct pace_read *read)
{
	struct pace_rung *rung = &pace->rungs[pace->rung];
	bool is_trouble = !read->is_good || read->is_slow;

	/* The zone begins with its first trouble. */
	if (is_trouble && pace->rung == 0 && rung->n_troubles == 0)
		*rung = (struct pace_rung){ .kbps = rung->kbps };
	rung->seconds += read->seconds;
	rung->n_sectors += read->is_good ? read->n_sectors : 0;
	pace->since_raise += read->seconds;
	if (is_trouble) {
		rung->n_troubles++;
		rung->trouble_seconds += read->seconds;
		pace->good_seconds = 0;
		return note_trouble(pace);
	}
	pace->good_seconds += read->seconds;
	if (pace->rung == 0 && rung->n_troubles == 0)
		note_healthy(pace, read);
	if (pace->good_seconds < pace->raise_seconds)
		return PACE_KEEP;
	if (pace->rung > 0)
		return raise(pace);
	forget_zone(pace);
	pace->patience = FIRST_PATIENCE;
	if (pace->since_raise > MOST_RAISE_SECONDS)
		pace->raise_seconds = FIRST_RAISE_SECONDS;
	return PACE_KEEP;
}
