/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of the plan share. */
#ifndef BURN_PLAN_PRIVATE_H
#define BURN_PLAN_PRIVATE_H

#include "burn/plan.h"
#include "disc/profile.h"

/** Format types (MMC-6 6.5.4.2): full; BD-RE with spare areas and without; BD-R with spare areas. */
enum {
	PLAN_TYPE_FULL = 0x00,
	PLAN_TYPE_BD_RE_SPARES = 0x30,
	PLAN_TYPE_BD_RE_PLAIN = 0x31,
	PLAN_TYPE_BD_R_SPARES = 0x32,
};

/** "PATH: the DVD+R WHY", and a hint; returns -EMEDIUMTYPE. */
int plan_refuse(const struct plan_facts *facts, struct discern_error *err, const char *why, const char *hint);

/** One more line on the plan. */
void plan_note(struct discern_burn_plan *plan, const char *format, ...) __attribute__((format(printf, 2, 3)));

static inline const struct profile *plan_profile(const struct plan_facts *facts)
{
	return profile_find((unsigned)facts->medium->profile);
}

/** DVD-R and DVD-RW in sequence, of one layer or two: what knows disc at once and incremental. */
bool plan_is_dvd_minus(enum discern_profile profile);

/** Two layers of which the first one is written to its end before the other: DVD-R DL, which holds one session. */
bool plan_has_one_session(enum discern_profile profile);

/** Whether options go with this kind of medium. */
int plan_admit_mode(const struct plan_facts *facts, const struct discern_burn_options *options,
		    struct discern_error *err);
int plan_admit_preparation(const struct plan_facts *facts, const struct discern_burn_options *options,
			   struct discern_error *err);

/** Fills mode, its name and reason. */
void plan_set_mode(const struct plan_facts *facts, const struct discern_burn_options *options,
		   struct discern_burn_plan *plan);

/** Fills format, blank, stream_recording and their notes, and sets free_sectors to what the format leaves. */
int plan_set_preparation(const struct plan_facts *facts, const struct discern_burn_options *options,
			 struct discern_burn_plan *plan, struct discern_error *err);

/** Fills the speeds, and the seconds that all of it takes. */
void plan_set_speed(const struct plan_facts *facts, const struct discern_burn_options *options,
		    struct discern_burn_plan *plan);

#endif
