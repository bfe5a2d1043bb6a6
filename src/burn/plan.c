/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "burn/plan.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "disc/medium_need.h"
#include "disc/profile.h"

/* Seconds that drives take to close: the lead-out of a CD, the border or session end of DVD and BD, and a flush;
 * and to format a medium so far that it can be written. */
enum { CLOSE_CD_SECONDS = 20, CLOSE_SEQUENTIAL_SECONDS = 40, CLOSE_RANDOM_SECONDS = 5, FORMAT_SECONDS = 60 };

static int refuse(const struct plan_facts *facts, struct discern_error *err, const char *why, const char *hint)
{
	const struct contents *contents = facts->contents;
	bool has_words = !contents->is_empty && contents->words[0] != '\0';

	discern_error_set(err, -EMEDIUMTYPE, "%s: the %s %s%s%s", facts->drive_path,
			  discern_profile_name(facts->medium->profile), why, has_words ? ": it holds " : "",
			  has_words ? contents->words : "");
	discern_error_hint(err, "%s", hint);
	return -EMEDIUMTYPE;
}

/* A sequential medium that is not blank. */
static int refuse_sequential(const struct plan_facts *facts, struct discern_error *err)
{
	const char *why = facts->medium->state == DISCERN_MEDIUM_COMPLETE ? "is closed" : "is not blank";

	if (facts->medium->is_rewritable)
		return refuse(facts, err, why,
			      "blank it first, which destroys what it holds: "
			      "cdrskin -v dev=DRIVE blank=as_needed");
	return refuse(facts, err, why, "what was written to such a disc stays there: insert a blank one");
}

int plan_admit(const struct plan_facts *facts, const struct discern_burn_options *options, struct discern_error *err)
{
	const struct profile *profile = profile_find((unsigned)facts->medium->profile);
	bool may_overwrite = options != NULL && options->overwrite;

	switch (facts->medium->state) {
	case DISCERN_MEDIUM_NONE:
		return medium_need(facts->medium, facts->drive_path, "a blank disc", err);
	case DISCERN_MEDIUM_BLANK:
		return 0;
	case DISCERN_MEDIUM_APPENDABLE:
		return refuse_sequential(facts, err);
	case DISCERN_MEDIUM_COMPLETE:
		if (profile->writing == WRITING_NEVER)
			return refuse(facts, err, "is a pressed disc and cannot be written", "insert a blank disc");
		return refuse_sequential(facts, err);
	case DISCERN_MEDIUM_OVERWRITABLE:
		if (facts->contents->is_empty || may_overwrite)
			return 0;
		return refuse(facts, err, "is not empty", "to burn over what it holds, add --overwrite");
	case DISCERN_MEDIUM_UNUSABLE:
		break;
	}
	return refuse(facts, err, "cannot be used: the drive does not recognise it, or it is damaged",
		      "clean the disc, or insert another one");
}

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
static uint32_t choose_speed(const struct discern_medium *medium, uint32_t wanted_kbps)
{
	uint32_t fastest = 0;
	uint32_t slowest = 0;

	for (size_t i = 0; i < medium->n_write_speeds; i++) {
		uint32_t speed = plan_speed_of_data(medium->profile, medium->write_speeds_kbps[i]);

		/* A drive's 4x may be a few kB/s more than four times 1x. */
		if (speed > fastest && (wanted_kbps == 0 || speed <= wanted_kbps + wanted_kbps / 50))
			fastest = speed;
		if (speed > 0 && (slowest == 0 || speed < slowest))
			slowest = speed;
	}
	if (fastest > 0)
		return fastest;
	return slowest > 0 ? slowest : wanted_kbps;
}

static void explain_mode(const struct plan_facts *facts, struct discern_burn_plan *plan)
{
	const struct profile *profile = profile_find((unsigned)facts->medium->profile);
	const char *why;

	if (plan->mode == DISCERN_WRITE_SAO)
		why = "the disc is blank and the size is known: one session, as players like it best";
	else if (profile->writing == WRITING_RANDOM)
		why = "every sector of such a disc can be written at any time";
	else
		why = facts->choice->reason;
	snprintf(plan->mode_reason, sizeof(plan->mode_reason), "%s", why);
}

/* Drives read about as fast as they write. It is no more than a guess: many begin slowly on the inner tracks. */
static uint32_t estimate_seconds(const struct plan_facts *facts, const struct discern_burn_plan *plan)
{
	const struct profile *profile = profile_find((unsigned)facts->medium->profile);
	double kilobytes = (double)plan->n_sectors * DISCERN_SECTOR_SIZE / 1000;
	double seconds;

	if (plan->speed_kbps == 0)
		return 0;
	seconds = 2 * kilobytes / plan->speed_kbps;
	if (profile->writing == WRITING_RANDOM)
		seconds += CLOSE_RANDOM_SECONDS + (plan->format ? FORMAT_SECONDS : 0);
	else
		seconds += profile->family == FAMILY_CD ? CLOSE_CD_SECONDS : CLOSE_SEQUENTIAL_SECONDS;
	return (uint32_t)(seconds + 0.5);
}

/* A kind of disc on which the image fits, if it is a larger kind than this one. */
static const char *larger_disc(const struct plan_facts *facts, uint32_t n_sectors)
{
	enum profile_family family = profile_find((unsigned)facts->medium->profile)->family;

	if (n_sectors > profile_find(DISCERN_PROFILE_BD_R)->usual_sectors)
		return "a BD-R of several layers (50 to 128 GB)";
	if (n_sectors > profile_find(DISCERN_PROFILE_DVD_PLUS_R)->usual_sectors && family != FAMILY_BD)
		return "a BD-R (25 GB)";
	return family == FAMILY_CD ? "a DVD (4.7 GB)" : "a disc with more room";
}

static int refuse_size(const struct plan_facts *facts, const struct discern_burn_plan *plan, struct discern_error *err)
{
	char image_size[TEXT_SIZE];
	char free_size[TEXT_SIZE];

	text_size((uint64_t)plan->n_sectors * DISCERN_SECTOR_SIZE, image_size);
	text_size((uint64_t)plan->free_sectors * DISCERN_SECTOR_SIZE, free_size);
	if (strcmp(image_size, free_size) == 0) {
		snprintf(image_size, sizeof(image_size), "%" PRIu32 " sectors", plan->n_sectors);
		snprintf(free_size, sizeof(free_size), "%" PRIu32, plan->free_sectors);
	}
	discern_error_set(err, -EFBIG, "%s: does not fit: it has %s, this %s has room for %s", facts->check->path,
			  image_size, discern_profile_name(facts->medium->profile), free_size);
	discern_error_hint(err, "it takes %s", larger_disc(facts, plan->n_sectors));
	return -EFBIG;
}

int plan_make(const struct plan_facts *facts, const struct discern_burn_options *options,
	      struct discern_burn_plan *ret_plan, struct discern_error *err)
{
	const struct profile *profile = profile_find((unsigned)facts->medium->profile);
	uint64_t n_units = ((uint64_t)facts->check->n_sectors + profile->ecc_sectors - 1) / profile->ecc_sectors;

	memset(ret_plan, 0, sizeof(*ret_plan));
	ret_plan->profile = facts->medium->profile;
	ret_plan->state = facts->medium->state;
	ret_plan->capacity_sectors = facts->medium->capacity_sectors;
	memcpy(ret_plan->media_id, facts->medium->media_id, sizeof(ret_plan->media_id));
	memcpy(ret_plan->manufacturer, facts->medium->manufacturer, sizeof(ret_plan->manufacturer));
	ret_plan->mode = facts->choice->mode;
	ret_plan->format = facts->choice->needs_format;
	ret_plan->n_sectors = facts->check->n_sectors;
	ret_plan->free_sectors = facts->choice->free_sectors;
	ret_plan->speed_kbps = choose_speed(facts->medium, options != NULL ? options->speed_kbps : 0);
	ret_plan->speed_1x_kbps = profile->speed_1x_kbps;
	explain_mode(facts, ret_plan);
	if (!facts->contents->is_empty)
		snprintf(ret_plan->overwrites, sizeof(ret_plan->overwrites), "%s", facts->contents->words);
	/* A sequential DVD or BD takes whole units: the last is filled up. */
	if (n_units * profile->ecc_sectors > ret_plan->free_sectors &&
	    (profile->writing == WRITING_SEQUENTIAL || ret_plan->n_sectors > ret_plan->free_sectors))
		return refuse_size(facts, ret_plan, err);
	ret_plan->seconds = estimate_seconds(facts, ret_plan);
	return 0;
}
