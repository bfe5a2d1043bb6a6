/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "burn/prepare_plan.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "burn/plan_private.h"
#include "disc/medium_need.h"

/* Erased at each end of a medium that has no blanking, in units of 32 KiB, which every such medium takes. */
enum { END_SECTORS = 512, UNIT_SECTORS = 16 };

/* Seconds that drives take to blank or format quickly. */
enum { QUICK_SECONDS = 60 };

/* Spare areas come in clusters. */
enum { CLUSTER_BYTES = 65536 };

__attribute__((format(printf, 2, 3))) static void note(struct discern_prepare_plan *plan, const char *format, ...)
{
	const size_t max = sizeof(plan->notes.lines) / sizeof(plan->notes.lines[0]);
	va_list ap;

	if (plan->notes.n == max)
		return;
	va_start(ap, format);
	vsnprintf(plan->notes.lines[plan->notes.n++], sizeof(plan->notes.lines[0]), format, ap);
	va_end(ap);
}

/* ---- blank ---- */

static void blank_sequential(const struct plan_facts *facts, struct discern_prepare_plan *plan)
{
	bool is_dvd = plan_profile(facts)->family == FAMILY_DVD;

	if (facts->medium->state == DISCERN_MEDIUM_BLANK && !plan->full) {
		note(plan, "it is blank already; --full erases all of it");
		return;
	}
	plan->action = DISCERN_PREPARE_BLANK;
	if (plan->full) {
		note(plan, "all of the disc is erased, which takes as long as to write it");
		return;
	}
	note(plan, "quickly: what says where data are is erased; the data go when others are written over them");
	if (is_dvd)
		note(plan,
		     "such a disc then takes one session of a size known before (DAO), and no more; --full makes it "
		     "as new");
}

static void blank_random(const struct plan_facts *facts, struct discern_prepare_plan *plan)
{
	if (facts->medium->state == DISCERN_MEDIUM_BLANK) {
		note(plan, "it was never formatted, so it holds nothing");
		return;
	}
	if (facts->contents->is_empty && !plan->full) {
		note(plan, "no volume is on it, nor anything where one would begin; --full overwrites all of it");
		return;
	}
	plan->action = DISCERN_PREPARE_ZERO;
	plan->capacity_sectors -= plan->capacity_sectors % UNIT_SECTORS;
	if (plan->full)
		note(plan, "a %s has no blanking: all of it is overwritten with zeros", plan_profile(facts)->name);
	else
		note(plan,
		     "a %s has no blanking: zeros are written where a volume has its descriptors, at the begin and "
		     "the end; --full overwrites all of it",
		     plan_profile(facts)->name);
}

static int plan_blank(const struct plan_facts *facts, struct discern_prepare_plan *plan, struct discern_error *err)
{
	const struct profile *profile = plan_profile(facts);

	if (profile->writing == WRITING_NEVER)
		return plan_refuse(facts, err, "is a pressed disc: nothing of it can be erased",
				   "insert a rewritable disc");
	if (!profile->is_rewritable)
		return plan_refuse(facts, err, "can be written only once", "what is on it stays: insert a rewritable disc");
	if (profile->writing == WRITING_SEQUENTIAL) {
		blank_sequential(facts, plan);
	} else if (profile->number == DISCERN_PROFILE_DVD_RW_OVERWRITE) {
		plan->action = DISCERN_PREPARE_BLANK;
		note(plan, "it becomes a DVD-RW that is written in sequence; discern format makes it what it is now");
		if (!plan->full)
			note(plan, "quickly: it then takes one session of a size known before (DAO), and no more");
	} else {
		blank_random(facts, plan);
	}
	return 0;
}

/* ---- format ---- */

static int refuse_format_options(const struct plan_facts *facts, const struct discern_prepare_options *options,
				 struct discern_error *err)
{
	const struct profile *profile = plan_profile(facts);
	bool has_defects = profile->family == FAMILY_BD || profile->number == DISCERN_PROFILE_DVD_RAM;
	bool is_dvd_rw =
		profile->number == DISCERN_PROFILE_DVD_RW || profile->number == DISCERN_PROFILE_DVD_RW_OVERWRITE;

	if (options->restricted_overwrite && !is_dvd_rw)
		return plan_refuse(facts, err, "knows no restricted overwrite, which is for DVD-RW",
				   "leave --restricted-overwrite away");
	if (options->defect_management != DISCERN_CHOICE_AUTO && !has_defects)
		return plan_refuse(facts, err, "has no spare areas that bad places could be replaced from",
				   "--defect-management is for BD-R, BD-RE and DVD-RAM: leave it out");
	if (options->spare_bytes > 0 && profile->family != FAMILY_BD)
		return plan_refuse(facts, err, "has spare areas of one size", "give --defect-management=on or off");
	return 0;
}

/* What can be formatted at all. */
static int admit_format(const struct plan_facts *facts, struct discern_error *err)
{
	const struct profile *profile = plan_profile(facts);

	if (profile->writing == WRITING_NEVER)
		return plan_refuse(facts, err, "is a pressed disc: it cannot be formatted", "insert a rewritable disc");
	if (profile->family == FAMILY_CD)
		return plan_refuse(facts, err, "is not formatted: it takes sessions",
				   profile->is_rewritable ? "erase it: discern blank" : "burn it as it is");
	if (profile->number == DISCERN_PROFILE_BD_R) {
		if (facts->medium->state == DISCERN_MEDIUM_BLANK && facts->medium->spare_sectors == 0)
			return 0;
		return plan_refuse(facts, err,
				   facts->medium->state == DISCERN_MEDIUM_BLANK
					   ? "is formatted already, for good"
					   : "can be formatted only before it is first written",
				   "insert a new one");
	}
	if (!profile->is_rewritable)
		return plan_refuse(facts, err, "can be written only once, and is not formatted", "burn it as it is");
	return 0;
}

/* Of all sectors so many are spares; the drive has a least and a most. */
static int plan_spares(const struct plan_facts *facts, uint64_t spare_bytes, struct discern_prepare_plan *plan,
		       struct discern_error *err)
{
	uint64_t least = UINT64_MAX, most = 0, all = (uint64_t)plan->capacity_sectors * DISCERN_SECTOR_SIZE;
	uint64_t spares = (spare_bytes + CLUSTER_BYTES - 1) / CLUSTER_BYTES * CLUSTER_BYTES;
	char from[TEXT_SIZE], to[TEXT_SIZE];

	if (plan->profile == DISCERN_PROFILE_BD_RE)
		all = (uint64_t)plan_payload_sectors(facts, DISCERN_FORMAT_NO_SPARES) * DISCERN_SECTOR_SIZE;
	for (size_t i = 0; i < facts->n_offers; i++) {
		uint64_t payload = facts->offers[i].payload_bytes;

		if (facts->offers[i].type != PLAN_TYPE_BD_RE_SPARES && facts->offers[i].type != PLAN_TYPE_BD_R_SPARES)
			continue;
		if (payload >= all)
			continue;
		least = all - payload < least ? all - payload : least;
		most = all - payload > most ? all - payload : most;
	}
	if (most == 0)
		return plan_refuse(facts, err, "offers no choice of the size of spare areas",
				   "give --defect-management=on or off");
	if (spares < least || spares > most) {
		discern_error_set(err, -EMEDIUMTYPE, "%s: this %s can have from %s to %s of spare areas",
				  facts->drive_path, plan_profile(facts)->name, text_size(least, from),
				  text_size(most, to));
		return -EMEDIUMTYPE;
	}
	plan->format = DISCERN_FORMAT_SIZED;
	plan->payload_sectors = (uint32_t)((all - spares) / DISCERN_SECTOR_SIZE);
	return 0;
}

static void explain_format(const struct plan_facts *facts, struct discern_prepare_plan *plan)
{
	const struct profile *profile = plan_profile(facts);
	bool has_spares = profile->family == FAMILY_BD || profile->number == DISCERN_PROFILE_DVD_RAM;
	char size[TEXT_SIZE];

	if (plan->format == DISCERN_FORMAT_OVERWRITE)
		note(plan, "restricted overwrite: it can then be written anywhere, like a DVD+RW");
	else if (plan->format == DISCERN_FORMAT_NO_SPARES)
		note(plan, "without spare areas: all of the room, full speed, and nothing replaces bad places");
	else if (has_spares)
		note(plan,
		     "with spare areas: the drive reads what it writes and replaces bad places, at half the speed");
	if (profile->number == DISCERN_PROFILE_BD_R)
		note(plan, "a BD-R is formatted once, for good");
	if (profile->number == DISCERN_PROFILE_DVD_PLUS_RW)
		note(plan, "it takes data at once, and the drive formats what is left in the background%s",
		     plan->full ? ": --full adds nothing" : "");
	if (plan->payload_sectors > 0)
		note(plan, "it then has %s for data",
		     text_size((uint64_t)plan->payload_sectors * DISCERN_SECTOR_SIZE, size));
	if (has_spares && profile->is_rewritable)
		note(plan, plan->full ? "all of it is tried, which takes as long as to write it"
				      : "quickly: nothing of it is tried; --full does");
}

static int plan_format(const struct plan_facts *facts, const struct discern_prepare_options *options,
		       struct discern_prepare_plan *plan, struct discern_error *err)
{
	const struct profile *profile = plan_profile(facts);
	int ret = refuse_format_options(facts, options, err);

	if (ret == 0)
		ret = admit_format(facts, err);
	if (ret < 0)
		return ret;
	if (profile->number == DISCERN_PROFILE_DVD_PLUS_RW && facts->medium->state != DISCERN_MEDIUM_BLANK) {
		note(plan, "a DVD+RW is formatted once, and this one is; to empty it: discern blank");
		return 0;
	}
	if (profile->number == DISCERN_PROFILE_BD_R && options->defect_management == DISCERN_CHOICE_OFF) {
		note(plan, "a BD-R that is not formatted has no spare areas: it is as wanted");
		return 0;
	}
	plan->action = DISCERN_PREPARE_FORMAT;
	plan->format = DISCERN_FORMAT_DEFAULT;
	if (profile->number == DISCERN_PROFILE_DVD_RW || profile->number == DISCERN_PROFILE_DVD_RW_OVERWRITE)
		plan->format = DISCERN_FORMAT_OVERWRITE;
	else if (options->spare_bytes > 0)
		ret = plan_spares(facts, options->spare_bytes, plan, err);
	else if (options->defect_management == DISCERN_CHOICE_OFF)
		plan->format = DISCERN_FORMAT_NO_SPARES;
	if (ret == 0 && plan->format != DISCERN_FORMAT_SIZED && plan->format != DISCERN_FORMAT_OVERWRITE)
		plan->payload_sectors = plan_payload_sectors(facts, plan->format);
	if (ret == 0)
		explain_format(facts, plan);
	return ret;
}

/* ---- both ---- */

static uint32_t estimate_seconds(const struct plan_facts *facts, const struct discern_prepare_plan *plan)
{
	const struct discern_medium *medium = facts->medium;
	uint32_t n_sectors = plan->capacity_sectors > 0 ? plan->capacity_sectors : plan_profile(facts)->usual_sectors;
	uint32_t kbps =
		medium->n_write_speeds > 0 ? plan_speed_of_data(medium->profile, medium->write_speeds_kbps[0]) : 0;

	if (plan->action == DISCERN_PREPARE_NOTHING)
		return 0;
	if (!plan->full)
		return QUICK_SECONDS;
	return kbps > 0 ? (uint32_t)((double)n_sectors * DISCERN_SECTOR_SIZE / 1000 / kbps) + QUICK_SECONDS : 0;
}

int prepare_plan_make(const struct plan_facts *facts, const struct discern_prepare_options *options,
		      struct discern_prepare_plan *ret_plan, struct discern_error *err)
{
	int ret = medium_need(facts->medium, facts->drive_path, "the disc to be prepared", err);

	memset(ret_plan, 0, sizeof(*ret_plan));
	if (ret < 0)
		return ret;
	ret_plan->profile = facts->medium->profile;
	ret_plan->state = facts->medium->state;
	ret_plan->full = options->full;
	ret_plan->capacity_sectors = facts->medium->capacity_sectors;
	ret = options->format ? plan_format(facts, options, ret_plan, err) : plan_blank(facts, ret_plan, err);
	if (ret < 0)
		return ret;
	if (ret_plan->action != DISCERN_PREPARE_NOTHING && facts->medium->state == DISCERN_MEDIUM_UNUSABLE)
		snprintf(ret_plan->loses, sizeof(ret_plan->loses), "what the drive cannot read");
	else if (ret_plan->action != DISCERN_PREPARE_NOTHING && !facts->contents->is_empty)
		snprintf(ret_plan->loses, sizeof(ret_plan->loses), "%s", facts->contents->words);
	ret_plan->seconds = estimate_seconds(facts, ret_plan);
	return 0;
}

unsigned prepare_zero_ranges(const struct discern_prepare_plan *plan, struct discern_range ret_ranges[2])
{
	uint32_t n_sectors = plan->capacity_sectors;

	if (plan->full || n_sectors <= 2 * END_SECTORS) {
		ret_ranges[0] = (struct discern_range){ 0, n_sectors };
		return 1;
	}
	ret_ranges[0] = (struct discern_range){ 0, END_SECTORS };
	ret_ranges[1] = (struct discern_range){ (int32_t)(n_sectors - END_SECTORS), END_SECTORS };
	return 2;
}
