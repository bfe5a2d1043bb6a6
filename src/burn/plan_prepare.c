/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a medium needs before it is written, and how the drive looks after bad places: blanking, formats, spare areas,
 * stream recording; and where layers change. */
#include <errno.h>
#include <inttypes.h>

#include "base/error.h"
#include "base/text.h"
#include "burn/plan_private.h"

static enum discern_choice wanted_defects(const struct discern_burn_options *options)
{
	return options != NULL ? options->defect_management : DISCERN_CHOICE_AUTO;
}

static enum discern_choice wanted_stream(const struct discern_burn_options *options)
{
	return options != NULL ? options->stream_recording : DISCERN_CHOICE_AUTO;
}

static bool is_bd_r(const struct plan_facts *facts)
{
	return facts->medium->profile == DISCERN_PROFILE_BD_R;
}

/* Media whose drive reads after writing and replaces what is bad. */
static bool can_replace(const struct profile *profile)
{
	return profile->family == FAMILY_BD || profile->number == DISCERN_PROFILE_DVD_RAM;
}

static int admit_bd_r(const struct plan_facts *facts, enum discern_choice defects, struct discern_error *err)
{
	bool has_spares = facts->medium->spare_sectors > 0;

	if (defects == DISCERN_CHOICE_OFF && has_spares)
		return plan_refuse(facts, err, "has spare areas already, for good",
				   "leave --defect-management away; --stream-recording=on makes no use of them");
	if (defects == DISCERN_CHOICE_ON && !has_spares && facts->medium->state != DISCERN_MEDIUM_BLANK)
		return plan_refuse(facts, err, "can be given spare areas only before it is first written",
				   "leave --defect-management away");
	return 0;
}

int plan_admit_preparation(const struct plan_facts *facts, const struct discern_burn_options *options,
			   struct discern_error *err)
{
	const struct profile *profile = plan_profile(facts);
	enum discern_choice defects = options->defect_management;

	if (defects != DISCERN_CHOICE_AUTO && profile->family != FAMILY_BD)
		return plan_refuse(facts, err,
				   profile->number == DISCERN_PROFILE_DVD_RAM
					   ? "gets its spare areas by a format of its own"
					   : "has no spare areas that bad places could be replaced from",
				   profile->number == DISCERN_PROFILE_DVD_RAM
					   ? "discern format --defect-management=on or off, and then burn"
					   : "--defect-management is for BD-R and BD-RE: leave it out");
	if (options->stream_recording == DISCERN_CHOICE_ON && !can_replace(profile))
		return plan_refuse(facts, err, "is written as a stream in any case",
				   "--stream-recording is for BD and DVD-RAM: leave it out");
	if (is_bd_r(facts))
		return admit_bd_r(facts, defects, err);
	return 0;
}

/* The offer of this type, the first or the largest; the drive puts what it proposes first. */
static uint64_t offered(const struct plan_facts *facts, uint8_t type, bool is_largest)
{
	uint64_t found = 0;

	for (size_t i = 0; i < facts->n_offers; i++) {
		if (facts->offers[i].type != type)
			continue;
		if (!is_largest)
			return facts->offers[i].payload_bytes;
		if (facts->offers[i].payload_bytes > found)
			found = facts->offers[i].payload_bytes;
	}
	return found;
}

uint32_t plan_payload_sectors(const struct plan_facts *facts, enum discern_format_kind kind)
{
	bool is_bd = plan_profile(facts)->family == FAMILY_BD;
	uint64_t bytes;

	if (kind == DISCERN_FORMAT_NO_SPARES)
		bytes = is_bd ? offered(facts, PLAN_TYPE_BD_RE_PLAIN, false) : offered(facts, PLAN_TYPE_FULL, true);
	else if (offered(facts, PLAN_TYPE_FULL, false) > 0)
		bytes = offered(facts, PLAN_TYPE_FULL, false);
	else
		bytes = offered(facts, is_bd_r(facts) ? PLAN_TYPE_BD_R_SPARES : PLAN_TYPE_BD_RE_SPARES, false);
	bytes /= DISCERN_SECTOR_SIZE;
	return bytes > INT32_MAX ? INT32_MAX : (uint32_t)bytes;
}

/* BD-RE: what was asked for; else spare areas, unless the image only fits without. */
static enum discern_format_kind choose_bd_re_format(const struct plan_facts *facts, enum discern_choice defects,
						    bool is_unformatted)
{
	bool has_spares = facts->medium->spare_sectors > 0;
	uint32_t n_with_spares = plan_payload_sectors(facts, DISCERN_FORMAT_DEFAULT);

	if (!is_unformatted && (defects == DISCERN_CHOICE_AUTO || (defects == DISCERN_CHOICE_ON) == has_spares))
		return DISCERN_FORMAT_NONE;
	if (defects == DISCERN_CHOICE_OFF)
		return DISCERN_FORMAT_NO_SPARES;
	if (defects == DISCERN_CHOICE_AUTO && n_with_spares > 0 && facts->check->n_sectors > n_with_spares &&
	    facts->check->n_sectors <= plan_payload_sectors(facts, DISCERN_FORMAT_NO_SPARES))
		return DISCERN_FORMAT_NO_SPARES;
	return DISCERN_FORMAT_DEFAULT;
}

static enum discern_format_kind choose_format(const struct plan_facts *facts, enum discern_choice defects)
{
	bool is_unformatted = facts->choice->needs_format;

	if (is_bd_r(facts))
		return defects == DISCERN_CHOICE_ON && facts->medium->spare_sectors == 0 ? DISCERN_FORMAT_DEFAULT
											 : DISCERN_FORMAT_NONE;
	if (facts->medium->profile == DISCERN_PROFILE_BD_RE)
		return choose_bd_re_format(facts, defects, is_unformatted);
	return is_unformatted ? DISCERN_FORMAT_DEFAULT : DISCERN_FORMAT_NONE;
}

static void explain_format(const struct plan_facts *facts, const struct discern_burn_options *options,
			   struct discern_burn_plan *plan)
{
	bool is_asked = wanted_defects(options) != DISCERN_CHOICE_AUTO;

	switch (plan->format) {
	case DISCERN_FORMAT_DEFAULT:
		if (plan_profile(facts)->family == FAMILY_BD)
			plan_note(plan, "formatted with spare areas%s: the drive replaces what it finds bad",
				  is_asked ? ", as asked for" : "");
		else
			plan_note(plan, "formatted first: it never was, and takes no data before");
		return;
	case DISCERN_FORMAT_NO_SPARES:
		plan_note(plan, "formatted without spare areas, %s",
			  is_asked ? "as asked for" : "as the image fits only so; it is read back all the same");
		return;
	case DISCERN_FORMAT_NONE:
	case DISCERN_FORMAT_SIZED:
	case DISCERN_FORMAT_OVERWRITE:
		break;
	}
	if (is_bd_r(facts) && facts->medium->spare_sectors == 0)
		plan_note(plan,
			  "without spare areas: full speed and all of the room, and reading it back finds what is "
			  "bad; --defect-management=on formats it with some");
}

static void set_stream(const struct plan_facts *facts, const struct discern_burn_options *options,
		       struct discern_burn_plan *plan)
{
	const struct profile *profile = plan_profile(facts);
	bool has_spares = plan->format == DISCERN_FORMAT_DEFAULT ||
			  (plan->format == DISCERN_FORMAT_NONE && facts->medium->spare_sectors > 0);

	if (!can_replace(profile))
		return;
	if (profile->family == FAMILY_BD && !has_spares) {
		if (wanted_stream(options) == DISCERN_CHOICE_ON)
			plan_note(plan, "without spare areas it is written as a stream in any case");
		return;
	}
	plan->stream_recording = wanted_stream(options) == DISCERN_CHOICE_ON;
	plan->checks_itself = !plan->stream_recording;
	if (plan->stream_recording)
		plan_note(plan,
			  "stream recording, as asked for: full speed, and the drive replaces nothing that is bad");
	else
		plan_note(plan, "the drive reads what it wrote and replaces what is bad, which halves the speed; "
				"--stream-recording=on is without");
}

/* A DVD+R DL that is closed is filled up to where its layers are alike. So what takes both is divided between them: it
 * is closed soon, and holds nothing but data. What fits onto the first stays there. */
static uint32_t choose_layer_break(const struct plan_facts *facts, const struct discern_burn_plan *plan)
{
	const struct discern_medium *medium = facts->medium;
	const uint32_t unit = plan_profile(facts)->ecc_sectors;

	if (medium->profile != DISCERN_PROFILE_DVD_PLUS_R_DL || medium->state != DISCERN_MEDIUM_BLANK ||
	    medium->is_first_layer_set || plan->leave_open || plan->n_sectors <= medium->first_layer_sectors ||
	    medium->first_layer_sectors == 0)
		return 0;
	return ((plan->n_sectors + unit - 1) / unit + 1) / 2 * unit;
}

static void set_layers(const struct plan_facts *facts, struct discern_burn_plan *plan)
{
	const struct discern_medium *medium = facts->medium;
	uint32_t n_first = medium->first_layer_sectors;

	if (medium->profile != DISCERN_PROFILE_DVD_R_DL && medium->profile != DISCERN_PROFILE_DVD_R_DL_JUMP &&
	    medium->profile != DISCERN_PROFILE_DVD_PLUS_R_DL)
		return;
	plan->layer_break_sectors = choose_layer_break(facts, plan);
	if (plan->layer_break_sectors > 0)
		plan_note(plan,
			  "two layers: they are made to change at LBA %" PRIu32 ", so that both are alike; only a player "
			  "of DVD-Video may show a pause there",
			  plan->layer_break_sectors);
	else if (n_first == 0)
		plan_note(plan, "two layers: the drive does not say where it changes, which is left to it");
	else if ((uint64_t)plan->start_lba + plan->n_sectors <= n_first)
		plan_note(plan, "two layers: all of it lies in the first, which ends at LBA %" PRIu32, n_first);
	else
		plan_note(plan,
			  "two layers: the drive changes at LBA %" PRIu32 ", %s; only a player of DVD-Video may show a "
			  "pause there",
			  n_first,
			  medium->profile != DISCERN_PROFILE_DVD_PLUS_R_DL ? "which is left to it"
			  : medium->is_first_layer_set                     ? "which is set for good"
									   : "as more is to come");
}

int plan_set_preparation(const struct plan_facts *facts, const struct discern_burn_options *options,
			 struct discern_burn_plan *plan, struct discern_error *err)
{
	plan->format = choose_format(facts, wanted_defects(options));
	if (plan->format != DISCERN_FORMAT_NONE && plan_profile(facts)->family == FAMILY_BD) {
		plan->free_sectors = plan_payload_sectors(facts, plan->format);
		if (plan->free_sectors == 0)
			return plan_refuse(facts, err, "cannot be formatted so: the drive offers no such format",
					   "leave --defect-management away");
	}
	explain_format(facts, options, plan);
	set_stream(facts, options, plan);
	set_layers(facts, plan);
	return 0;
}
