/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Speeds, and how long all of it takes. */
#include <stddef.h>

#include "burn/plan_private.h"

/* Seconds that drives take to close: the lead-out of a CD, the border or session end of DVD and BD, and a flush;
 * to format a medium so far that it can be written; and to blank one quickly. */
enum {
	CLOSE_CD_SECONDS = 20,
	CLOSE_SEQUENTIAL_SECONDS = 40,
	CLOSE_RANDOM_SECONDS = 5,
	FORMAT_SECONDS = 60,
	BLANK_SECONDS = 60,
};

/* Red Book: a CD sector has 2352 bytes, of which Mode 1 leaves 2048 (ECMA-130 14). */
enum { CD_SECTOR_SIZE = 2352 };

static bool counts_raw_sectors(enum discern_profile profile)
{
	return profile_find((unsigned)profile)->family == FAMILY_CD;
}

/* Rounded up both ways: a drive that is asked for a little less than it offers takes the next lower speed. */
uint32_t plan_speed_of_data(enum discern_profile profile, uint32_t drive_kbps)
{
	if (!counts_raw_sectors(profile))
		return drive_kbps;
	return (uint32_t)(((uint64_t)drive_kbps * DISCERN_SECTOR_SIZE + CD_SECTOR_SIZE - 1) / CD_SECTOR_SIZE);
}

uint32_t plan_speed_of_drive(enum discern_profile profile, uint32_t data_kbps)
{
	uint64_t kbps = data_kbps;

	if (counts_raw_sectors(profile))
		kbps = (kbps * CD_SECTOR_SIZE + DISCERN_SECTOR_SIZE - 1) / DISCERN_SECTOR_SIZE;
	return kbps > UINT32_MAX ? UINT32_MAX : (uint32_t)kbps;
}

/* The fastest speed that was asked for or less; the slowest there is if all are faster; what was asked for if the
 * drive offers none. */
uint32_t plan_choose_speed(const struct discern_medium *medium, uint32_t wanted_kbps)
{
	uint32_t fastest = 0;
	uint32_t slowest = 0;

	for (size_t i = 0; i < medium->n_write_speeds; i++) {
		uint32_t speed = plan_speed_of_data(medium->profile, medium->write_speeds_kbps[i]);

		/* A drive's 4x may be a few kB/s more than four times 1x. */
		if (speed > fastest && (wanted_kbps == 0 || speed <= (uint64_t)wanted_kbps + wanted_kbps / 50))
			fastest = speed;
		if (speed > 0 && (slowest == 0 || speed < slowest))
			slowest = speed;
	}
	if (fastest > 0)
		return fastest;
	return slowest > 0 ? slowest : wanted_kbps;
}

static uint32_t estimate_preparation(const struct discern_burn_plan *plan)
{
	uint32_t seconds = plan->format != DISCERN_FORMAT_NONE ? FORMAT_SECONDS : 0;

	if (!plan->blank)
		return seconds;
	return seconds + (plan->blank_thoroughly ? (uint32_t)(plan->capacity_sectors * (DISCERN_SECTOR_SIZE / 1000.0) /
							      plan->speed_kbps)
						 : BLANK_SECONDS);
}

/* Drives read about as fast as they write. It is no more than a guess: many begin slowly on the inner tracks. */
static void estimate(const struct plan_facts *facts, struct discern_burn_plan *plan)
{
	const struct profile *profile = plan_profile(facts);
	double kilobytes = (double)plan->n_sectors * DISCERN_SECTOR_SIZE / 1000;

	if (plan->speed_kbps == 0)
		return;
	plan->verify_seconds = (uint32_t)(kilobytes / plan->speed_kbps) + 1;
	/* Once more read by the drive where it checks itself. */
	plan->write_seconds = (plan->checks_itself ? 2 : 1) * plan->verify_seconds;
	plan->prepare_seconds = estimate_preparation(plan);
	if (profile->writing == WRITING_RANDOM)
		plan->close_seconds = CLOSE_RANDOM_SECONDS;
	else
		plan->close_seconds = profile->family == FAMILY_CD ? CLOSE_CD_SECONDS : CLOSE_SEQUENTIAL_SECONDS;
	plan->seconds = plan->prepare_seconds + plan->write_seconds + plan->close_seconds + plan->verify_seconds;
}

void plan_set_speed(const struct plan_facts *facts, const struct discern_burn_options *options,
		    struct discern_burn_plan *plan)
{
	const struct discern_medium *medium = facts->medium;
	const size_t max = sizeof(plan->speeds_kbps) / sizeof(plan->speeds_kbps[0]);

	plan->wanted_kbps = options != NULL ? options->speed_kbps : 0;
	plan->speed_kbps = plan_choose_speed(medium, plan->wanted_kbps);
	plan->speed_1x_kbps = plan_profile(facts)->speed_1x_kbps;
	for (size_t i = 0; i < medium->n_write_speeds && plan->n_speeds < max; i++)
		plan->speeds_kbps[plan->n_speeds++] = plan_speed_of_data(medium->profile, medium->write_speeds_kbps[i]);
	estimate(facts, plan);
}
