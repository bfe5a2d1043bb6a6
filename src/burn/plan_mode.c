/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Write modes: which ones a kind of medium has, what they are called on it, and why one was chosen. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "burn/plan_private.h"

bool plan_is_dvd_minus(enum discern_profile profile)
{
	return profile == DISCERN_PROFILE_DVD_R || profile == DISCERN_PROFILE_DVD_RW || plan_has_one_session(profile);
}

bool plan_has_one_session(enum discern_profile profile)
{
	return profile == DISCERN_PROFILE_DVD_R_DL || profile == DISCERN_PROFILE_DVD_R_DL_JUMP ||
	       profile == DISCERN_PROFILE_DVD_RW_DL;
}

/* Test write of mode page 05h (MMC-6 7.5.3.9): other media are written for real whatever it says. */
static bool can_simulate(const struct profile *profile)
{
	return profile->writing == WRITING_SEQUENTIAL &&
	       (profile->family == FAMILY_CD || plan_is_dvd_minus(profile->number));
}

static int admit_sessions(const struct plan_facts *facts, const struct discern_burn_options *options,
			  struct discern_error *err)
{
	const struct profile *profile = plan_profile(facts);

	if (!options->multi && !options->append)
		return 0;
	if (profile->writing == WRITING_RANDOM)
		return plan_refuse(facts, err, "has no sessions: it can be written again at any time",
				   options->append ? "xorriso -dev DRIVE adds files to what it holds"
						   : "leave --multi away: nothing ever closes such a disc");
	if (plan_has_one_session(profile->number))
		return plan_refuse(facts, err, "holds one session, which closes it",
				   "leave --multi and --append away, or take a DVD+R DL");
	return 0;
}

int plan_admit_mode(const struct plan_facts *facts, const struct discern_burn_options *options,
		    struct discern_error *err)
{
	const struct profile *profile = plan_profile(facts);

	if (options->simulate && !can_simulate(profile))
		return plan_refuse(facts, err,
				   "would be written for real: a trial is only for CD-R, CD-RW, DVD-R and DVD-RW in "
				   "sequence",
				   "--dry-run tells what would be done, on every disc");
	return admit_sessions(facts, options, err);
}

/* Size announced before, or not, for a mode by its name; false if the medium does not know it. */
static bool translate(const struct profile *profile, enum discern_burn_mode mode, enum discern_write_mode *ret_mode)
{
	bool is_minus = plan_is_dvd_minus(profile->number);

	switch (mode) {
	case DISCERN_BURN_SAO:
		*ret_mode = DISCERN_WRITE_SAO;
		return true;
	case DISCERN_BURN_DAO:
		*ret_mode = DISCERN_WRITE_SAO;
		return profile->family == FAMILY_CD || is_minus;
	case DISCERN_BURN_TAO:
		*ret_mode = DISCERN_WRITE_TAO;
		return true;
	case DISCERN_BURN_INCREMENTAL:
		*ret_mode = DISCERN_WRITE_TAO;
		return profile->family != FAMILY_CD;
	case DISCERN_BURN_AUTO:
		break;
	}
	return true;
}

static int refuse_mode(const struct plan_facts *facts, struct discern_error *err)
{
	const struct profile *profile = plan_profile(facts);

	if (profile->writing == WRITING_RANDOM)
		return plan_refuse(facts, err, "has no write modes: each sector can be written at any time",
				   "leave --mode away");
	if (profile->family == FAMILY_CD)
		return plan_refuse(facts, err, "would take packets then, which only file systems made for them can use",
				   "the modes of a CD are sao and tao");
	return plan_refuse(facts, err, "knows no disc at once",
			   "its modes are sao, in a reserved track, and incremental");
}

int plan_wish(const struct plan_facts *facts, const struct discern_burn_options *options, struct burner_wish *ret_wish,
	      struct discern_error *err)
{
	const struct profile *profile = plan_profile(facts);
	struct burner_wish wish = { .n_sectors = facts->check->n_sectors };

	if (options != NULL) {
		wish.has_mode = options->mode != DISCERN_BURN_AUTO;
		wish.leave_open = options->multi;
		wish.simulate = options->simulate;
		if (wish.has_mode && profile->writing == WRITING_RANDOM)
			return refuse_mode(facts, err);
		if (!translate(profile, options->mode, &wish.mode))
			return refuse_mode(facts, err);
	}
	if (wish.has_mode && wish.mode == DISCERN_WRITE_TAO && plan_has_one_session(profile->number))
		return plan_refuse(facts, err, "is written at once: it takes one session of a size known before",
				   "leave --mode away, or give --mode=dao");
	if (wish.has_mode && wish.leave_open && wish.mode == DISCERN_WRITE_SAO && plan_is_dvd_minus(profile->number))
		return plan_refuse(facts, err, "is closed by a burn at once",
				   "give --mode=incremental to leave it open, or no --mode");
	*ret_wish = wish;
	return 0;
}

static const char *mode_name(const struct profile *profile, enum discern_write_mode mode)
{
	if (profile->writing == WRITING_RANDOM)
		return "random access";
	if (profile->family == FAMILY_CD)
		return mode == DISCERN_WRITE_SAO ? "SAO" : "TAO";
	if (mode == DISCERN_WRITE_TAO)
		return "incremental";
	return plan_is_dvd_minus(profile->number) ? "DAO" : "SAO";
}

static const char *mode_reason(const struct plan_facts *facts, const struct discern_burn_options *options,
			       enum discern_write_mode mode)
{
	if (plan_profile(facts)->writing == WRITING_RANDOM)
		return "every sector of such a disc can be written at any time";
	if (options != NULL && options->mode != DISCERN_BURN_AUTO)
		return "as asked for";
	if (mode == DISCERN_WRITE_SAO)
		return "the disc is blank and the size is known: one session, as players like it best";
	if (facts->medium->state == DISCERN_MEDIUM_APPENDABLE && options != NULL && options->append)
		return "what is at once takes a blank disc, and this one holds a session";
	if (options != NULL && options->multi)
		return "the disc stays open for another session";
	return facts->choice->reason;
}

void plan_set_mode(const struct plan_facts *facts, const struct discern_burn_options *options,
		   struct discern_burn_plan *plan)
{
	plan->mode = facts->choice->mode;
	plan->mode_name = mode_name(plan_profile(facts), plan->mode);
	snprintf(plan->mode_reason, sizeof(plan->mode_reason), "%s", mode_reason(facts, options, plan->mode));
	plan->leave_open = options != NULL && options->multi;
	plan->simulate = options != NULL && options->simulate;
	if (plan->simulate)
		plan_note(plan,
			  "a trial with the laser at the power of reading: it proves that the drive takes the job "
			  "and the data come in time, and nothing of the disc");
	if (plan_profile(facts)->family == FAMILY_CD && plan->mode == DISCERN_WRITE_TAO)
		plan_note(plan, "a track at once ends in two sectors that cannot be read; they hold nothing");
}
