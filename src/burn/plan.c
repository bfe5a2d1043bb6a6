/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "burn/plan.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "burn/plan_private.h"
#include "disc/medium_need.h"

void plan_note(struct discern_burn_plan *plan, const char *format, ...)
{
	const size_t max = sizeof(plan->notes.lines) / sizeof(plan->notes.lines[0]);
	va_list ap;

	if (plan->notes.n == max)
		return;
	va_start(ap, format);
	vsnprintf(plan->notes.lines[plan->notes.n++], sizeof(plan->notes.lines[0]), format, ap);
	va_end(ap);
}

int plan_refuse(const struct plan_facts *facts, struct discern_error *err, const char *why, const char *hint)
{
	const struct contents *contents = facts->contents;
	bool has_words = !contents->is_empty && contents->words[0] != '\0';

	discern_error_set(err, -EMEDIUMTYPE, "%s: the %s %s%s%s", facts->drive_path,
			  discern_profile_name(facts->medium->profile), why, has_words ? "; it holds " : "",
			  has_words ? contents->words : "");
	discern_error_hint(err, "%s", hint);
	return -EMEDIUMTYPE;
}

static bool may_overwrite(const struct discern_burn_options *options)
{
	return options != NULL && options->overwrite;
}

/* A sequential medium that is not blank. */
static int admit_written(const struct plan_facts *facts, const struct discern_burn_options *options,
			 struct discern_error *err)
{
	bool is_open = facts->medium->state == DISCERN_MEDIUM_APPENDABLE;
	const char *why = is_open ? "is not blank" : "is closed";

	if (is_open && options != NULL && options->append)
		return 0;
	if (facts->medium->is_rewritable && may_overwrite(options)) {
		if (options->simulate)
			return plan_refuse(facts, err, "would have to be blanked before, which is no trial",
					   "blank it: discern blank DRIVE");
		return 0;
	}
	if (is_open)
		return plan_refuse(facts, err, why,
				   facts->medium->is_rewritable
					   ? "--append adds a session; --overwrite blanks the disc first, which "
					     "destroys what it holds"
					   : "--append adds a session; what was written stays there");
	if (facts->medium->is_rewritable)
		return plan_refuse(
			facts, err, why,
			"blank it first, which destroys what it holds: add --overwrite, or discern blank DRIVE");
	return plan_refuse(facts, err, why, "what was written to such a disc stays there: insert a blank one");
}

/* Where the next session would begin the drive says that something is wrong. */
static bool is_damaged(const struct discern_medium *medium)
{
	for (size_t i = 0; i < medium->n_tracks; i++)
		if (medium->tracks[i].is_damaged)
			return true;
	return false;
}

static int admit_overwritable(const struct plan_facts *facts, const struct discern_burn_options *options,
			      struct discern_error *err)
{
	if (facts->contents->is_empty || may_overwrite(options))
		return 0;
	return plan_refuse(facts, err, "is not empty", "to burn over what it holds, add --overwrite");
}

static int admit_state(const struct plan_facts *facts, const struct discern_burn_options *options,
		       struct discern_error *err)
{
	const struct profile *profile = plan_profile(facts);

	switch (facts->medium->state) {
	case DISCERN_MEDIUM_NONE:
		return medium_need(facts->medium, facts->drive_path, "a blank disc", err);
	case DISCERN_MEDIUM_BLANK:
		return 0;
	case DISCERN_MEDIUM_APPENDABLE:
		if (options != NULL && options->append && is_damaged(facts->medium))
			return plan_refuse(facts, err, "was left open by a burn that failed: nothing can be added",
					   "insert a blank disc");
		return admit_written(facts, options, err);
	case DISCERN_MEDIUM_COMPLETE:
		if (profile->writing == WRITING_NEVER)
			return plan_refuse(facts, err, "is a pressed disc and cannot be written",
					   "insert a blank disc");
		return admit_written(facts, options, err);
	case DISCERN_MEDIUM_OVERWRITABLE:
		return admit_overwritable(facts, options, err);
	case DISCERN_MEDIUM_UNUSABLE:
		break;
	}
	if (plan_needs_blank(facts->medium, options))
		return 0;
	return plan_refuse(facts, err, "cannot be used: the drive does not recognise it, or it is damaged",
			   profile->is_rewritable ? "discern blank --full may make it usable again"
						  : "clean the disc, or insert another one");
}

int plan_admit(const struct plan_facts *facts, const struct discern_burn_options *options, struct discern_error *err)
{
	bool has_medium = facts->medium->state != DISCERN_MEDIUM_NONE && plan_profile(facts)->writing != WRITING_NEVER;
	int ret = 0;

	/* A wish that this kind of medium can never fulfil is told before the state of this one. */
	if (has_medium && options != NULL)
		ret = plan_admit_mode(facts, options, err);
	if (ret == 0 && has_medium && options != NULL)
		ret = plan_admit_preparation(facts, options, err);
	return ret < 0 ? ret : admit_state(facts, options, err);
}

bool plan_needs_blank(const struct discern_medium *medium, const struct discern_burn_options *options)
{
	const struct profile *profile = profile_find((unsigned)medium->profile);

	if (!may_overwrite(options) || !profile->is_rewritable || profile->writing != WRITING_SEQUENTIAL)
		return false;
	if (medium->state == DISCERN_MEDIUM_APPENDABLE)
		return !options->append;
	return medium->state == DISCERN_MEDIUM_COMPLETE || medium->state == DISCERN_MEDIUM_UNUSABLE;
}

void plan_foresee(const struct plan_facts *facts, const struct burner_wish *wish, struct burner_choice *ret_choice)
{
	uint32_t n_sectors = facts->medium->capacity_sectors;

	*ret_choice = (struct burner_choice){
		.mode = wish->has_mode     ? wish->mode
			: wish->leave_open ? DISCERN_WRITE_TAO
					   : DISCERN_WRITE_SAO,
		.free_sectors = n_sectors > 0 ? n_sectors : plan_profile(facts)->usual_sectors,
	};
}

/* A DVD-RW that was blanked quickly takes one session of a known size, and nothing else. */
static void set_blank(const struct plan_facts *facts, const struct discern_burn_options *options,
		      struct discern_burn_plan *plan)
{
	bool is_dvd = plan_profile(facts)->family == FAMILY_DVD;

	plan->blank = plan_needs_blank(facts->medium, options);
	if (!plan->blank)
		return;
	plan->blank_thoroughly =
		(is_dvd && plan->mode == DISCERN_WRITE_TAO) || facts->medium->state == DISCERN_MEDIUM_UNUSABLE;
	plan_note(plan, "blanked first, %s",
		  !plan->blank_thoroughly ? "quickly: its lead-in goes"
		  : is_dvd                ? "all of it: one that is blanked quickly takes a burn at once only"
					  : "all of it, as the drive does not recognise it");
}

static void set_sessions(const struct plan_facts *facts, struct discern_burn_plan *plan)
{
	int32_t first_lba, next_lba;

	plan->session = 1;
	plan->start_lba = facts->choice->start_lba;
	if (facts->medium->state != DISCERN_MEDIUM_APPENDABLE || plan->blank)
		return;
	/* Drives count the session that is to come. */
	plan->session = facts->medium->n_sessions;
	if (discern_medium_next_session(facts->medium, &first_lba, &next_lba) && next_lba != plan->start_lba)
		plan_note(plan, "the drive names two places for the session: LBA %" PRId32 " and %" PRId32, next_lba,
			  plan->start_lba);
	snprintf(plan->appends_to, sizeof(plan->appends_to), "%s", facts->contents->words);
}

static void set_contents(const struct plan_facts *facts, struct discern_burn_plan *plan)
{
	if (plan->appends_to[0] == '\0' && !facts->contents->is_empty)
		snprintf(plan->overwrites, sizeof(plan->overwrites), "%s", facts->contents->words);
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

/* The image has no room because of spare areas that the medium need not have. */
static bool may_leave_spares(const struct plan_facts *facts, const struct discern_burn_plan *plan)
{
	if (facts->medium->profile == DISCERN_PROFILE_BD_R)
		return plan->format == DISCERN_FORMAT_DEFAULT && plan->n_sectors <= facts->choice->free_sectors;
	return facts->medium->profile == DISCERN_PROFILE_BD_RE && plan->format != DISCERN_FORMAT_NO_SPARES &&
	       plan->n_sectors <= plan_payload_sectors(facts, DISCERN_FORMAT_NO_SPARES);
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
	if (may_leave_spares(facts, plan))
		discern_error_hint(err, "it fits without spare areas: add --defect-management=off%s",
				   facts->medium->profile == DISCERN_PROFILE_BD_R ? "" : " --overwrite");
	else
		discern_error_hint(err, "it takes %s", larger_disc(facts, plan->n_sectors));
	return -EFBIG;
}

/* A sequential DVD or BD takes whole units: the last is filled up. */
static int check_size(const struct plan_facts *facts, const struct discern_burn_plan *plan, struct discern_error *err)
{
	const struct profile *profile = plan_profile(facts);
	uint64_t n_units = ((uint64_t)plan->n_sectors + profile->ecc_sectors - 1) / profile->ecc_sectors;

	if (n_units * profile->ecc_sectors > plan->free_sectors &&
	    (profile->writing == WRITING_SEQUENTIAL || plan->n_sectors > plan->free_sectors))
		return refuse_size(facts, plan, err);
	return 0;
}

int plan_make(const struct plan_facts *facts, const struct discern_burn_options *options,
	      struct discern_burn_plan *ret_plan, struct discern_error *err)
{
	int ret;

	memset(ret_plan, 0, sizeof(*ret_plan));
	ret_plan->profile = facts->medium->profile;
	ret_plan->state = facts->medium->state;
	ret_plan->capacity_sectors = facts->medium->capacity_sectors;
	memcpy(ret_plan->media_id, facts->medium->media_id, sizeof(ret_plan->media_id));
	memcpy(ret_plan->manufacturer, facts->medium->manufacturer, sizeof(ret_plan->manufacturer));
	ret_plan->n_sectors = facts->check->n_sectors;
	ret_plan->free_sectors = facts->choice->free_sectors;
	plan_set_mode(facts, options, ret_plan);
	set_blank(facts, options, ret_plan);
	set_sessions(facts, ret_plan);
	set_contents(facts, ret_plan);
	ret = plan_set_preparation(facts, options, ret_plan, err);
	if (ret == 0)
		ret = check_size(facts, ret_plan, err);
	if (ret < 0)
		return ret;
	plan_set_speed(facts, options, ret_plan);
	return 0;
}
