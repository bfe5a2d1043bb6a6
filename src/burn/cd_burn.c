/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <discern/burn_cd.h>
#include <discern/prepare.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/observe.h"
#include "base/text.h"
#include "burn/cd_feed.h"
#include "burn/hint_blank.h"
#include "burn/plan.h"
#include "disc/cd.h"
#include "disc/medium_need.h"
#include "disc/profile.h"
#include "drive/cd_cue_sheet.h"
#include "drive/cd_recorder.h"

enum { FILL_POLL_MS = 100, CLOSE_SECONDS = 20, SECOND = 75, SPEED_1X_KBPS = 176 };

/* ---- the plan ---- */

struct planning {
	struct discern_drive *drive;
	struct discern_cd *cd;
	const struct discern_burn_cd_check *check;
	const struct discern_burn_cd_options *options;
	struct discern_burn_cd_plan *plan;
	struct cd_recorder_abilities abilities;
};

/* may_blank: it need not be blank yet. */
static int check_medium(struct discern_drive *drive, const struct discern_medium *medium, bool may_blank,
			struct discern_error *err)
{
	const struct profile *profile = profile_find((unsigned)medium->profile);
	const char *path = discern_drive_path(drive), *name = discern_profile_name(medium->profile);

	if (medium->state == DISCERN_MEDIUM_NONE)
		return medium_need(medium, path, "a blank CD", err);
	if (profile->family != FAMILY_CD || profile->writing != WRITING_SEQUENTIAL) {
		discern_error_set(err, -EMEDIUMTYPE, "%s: tracks like these need a CD-R or CD-RW, and this is a %s",
				  path, name);
		return discern_error_hint(err, "insert a blank CD");
	}
	if (medium->state == DISCERN_MEDIUM_BLANK || (may_blank && medium->is_rewritable))
		return 0;
	discern_error_set(err, -EMEDIUMTYPE, "%s: the %s is not blank", path, name);
	return discern_error_hint(err, medium->is_rewritable
					       ? "blank it first, which destroys what it holds: add --overwrite, or "
						 "discern blank DRIVE"
					       : "what was written to such a disc stays there: insert a blank one");
}

static int check_list(const struct cd_recorder_abilities *abilities, const struct cd_layout *layout, const char *path,
		      struct discern_error *err)
{
	AUTO_FREE uint8_t *list = malloc(CD_CUE_SHEET_MAX);

	if (list == NULL)
		return discern_error_set(err, -ENOMEM, "out of memory");
	for (unsigned session = 1; session <= layout->n_sessions; session++) {
		const struct cd_cue_options options = { .session = session };
		size_t size = cd_cue_make(layout, &options, list);

		if (abilities->max_list_bytes > 0 && size > abilities->max_list_bytes)
			return discern_error_set(err, -EMEDIUMTYPE,
						 "%s: so many tracks and indexes the drive does not take (its list has "
						 "room for %u bytes, and this one has %zu)",
						 path, abilities->max_list_bytes, size);
	}
	return 0;
}

static int check_drive(const struct planning *planning, struct discern_error *err)
{
	const char *path = discern_drive_path(planning->drive);

	if (!planning->abilities.can_at_once) {
		discern_error_set(err, -EMEDIUMTYPE, "%s: the drive does not write CD sessions at once (SAO)", path);
		return discern_error_hint(err,
					  "without that there are no pauses, indexes and texts: try another drive");
	}
	if (planning->options->is_test && !planning->abilities.can_test)
		return discern_error_set(err, -EMEDIUMTYPE, "%s: the drive cannot pretend to write a CD", path);
	return check_list(&planning->abilities, cd_layout_of(planning->cd), path, err);
}

static void find_lacks(struct planning *planning)
{
	const struct cd_recorder_abilities *abilities = &planning->abilities;
	struct discern_burn_cd_plan *plan = planning->plan;
	bool wants_text = discern_cd_info(planning->cd)->has_text && !planning->options->no_text;

	plan->has_text = wants_text && abilities->can_subchannel && abilities->lead_in_lba != 0;
	plan->has_subchannel = planning->check->has_subchannel && abilities->can_subchannel;
	if (wants_text && !plan->has_text)
		snprintf(plan->lacks, sizeof(plan->lacks), "CD-TEXT, as %s",
			 abilities->can_subchannel ? "the disc does not say where its lead-in begins"
						   : "the drive does not write it");
	if (planning->check->has_subchannel && !plan->has_subchannel)
		snprintf(plan->lacks + strlen(plan->lacks), sizeof(plan->lacks) - strlen(plan->lacks),
			 "%ssub-channels R to W, which the drive does not take", plan->lacks[0] != '\0' ? "; " : "");
}

static int check_room(struct discern_cd *cd, const struct discern_burn_cd_plan *plan, struct discern_error *err)
{
	char needed[TEXT_SIZE], free_time[TEXT_SIZE];

	if (plan->free_sectors == 0 || plan->n_sectors <= plan->free_sectors)
		return 0;
	discern_error_set(err, -EFBIG, "%s: does not fit: it takes %s minutes (%u sectors), the disc has %s (%u)",
			  discern_cd_path(cd), text_duration(plan->n_sectors / SECOND, needed), plan->n_sectors,
			  text_duration(plan->free_sectors / SECOND, free_time), plan->free_sectors);
	return discern_error_hint(err, "leave a track out, or take a disc with more room");
}

static int plan_blanking(struct planning *planning, const struct discern_medium *medium, struct discern_error *err)
{
	const struct discern_prepare_options options = { 0 };
	struct discern_burn_cd_plan *plan = planning->plan;
	struct discern_prepare_plan blanking;
	int ret;

	plan->state = medium->state;
	plan->blank = medium->state != DISCERN_MEDIUM_BLANK;
	if (!plan->blank)
		return 0;
	if (planning->options->is_test) {
		discern_error_set(err, -EMEDIUMTYPE, "%s: the %s would have to be blanked before, which is no trial",
				  discern_drive_path(planning->drive), discern_profile_name(medium->profile));
		return discern_error_hint(err, "blank it: discern blank DRIVE");
	}
	ret = discern_prepare_plan(planning->drive, &options, &blanking, err);
	if (ret < 0)
		return ret;
	memcpy(plan->overwrites, blanking.loses, sizeof(plan->overwrites));
	plan->prepare_seconds = blanking.seconds;
	return 0;
}

static void estimate(const struct planning *planning)
{
	struct discern_burn_cd_plan *plan = planning->plan;

	if (plan->speed_kbps == 0)
		return;
	plan->write_seconds = (uint32_t)((double)plan->n_sectors * DISCERN_SECTOR_SIZE / 1000 / plan->speed_kbps) + 1;
	plan->verify_seconds = plan->write_seconds;
	plan->close_seconds = CLOSE_SECONDS * discern_cd_info(planning->cd)->n_sessions;
	plan->seconds = plan->prepare_seconds + plan->write_seconds + plan->close_seconds + plan->verify_seconds;
}

static int make_plan(struct planning *planning, const struct discern_medium *medium, struct discern_error *err)
{
	struct discern_burn_cd_plan *plan = planning->plan;
	int ret = check_medium(planning->drive, medium, planning->options->overwrite, err);

	if (ret == 0)
		ret = plan_blanking(planning, medium, err);
	if (ret == 0)
		ret = cd_recorder_look(planning->drive, &planning->abilities, err);
	if (ret == 0)
		ret = check_drive(planning, err);
	if (ret < 0)
		return ret;
	plan->profile = medium->profile;
	memcpy(plan->media_id, medium->media_id, sizeof(plan->media_id));
	memcpy(plan->manufacturer, medium->manufacturer, sizeof(plan->manufacturer));
	plan->n_sectors = discern_cd_info(planning->cd)->n_sectors;
	plan->free_sectors = medium->capacity_sectors;
	if (planning->abilities.last_lead_out_lba > 0)
		plan->free_sectors = (uint32_t)planning->abilities.last_lead_out_lba;
	plan->speed_kbps = plan_choose_speed(medium, planning->options->speed_kbps);
	plan->speed_1x_kbps = discern_profile_1x_kbps(medium->profile);
	estimate(planning);
	find_lacks(planning);
	return check_room(planning->cd, plan, err);
}

int discern_burn_cd_plan(struct discern_drive *drive, struct discern_cd *cd, const struct discern_burn_cd_check *check,
			 const struct discern_burn_cd_options *options, struct discern_burn_cd_plan *ret_plan,
			 struct discern_error *err)
{
	struct planning planning = { drive, cd, check, options, ret_plan, { 0 } };
	struct discern_medium medium;
	int ret;

	discern_error_clear(err);
	memset(ret_plan, 0, sizeof(*ret_plan));
	ret = discern_drive_medium(drive, DISCERN_MEDIUM_FOR_WRITING, &medium, err);
	if (ret < 0)
		return ret;
	ret = make_plan(&planning, &medium, err);
	discern_medium_clear(&medium);
	return ret;
}

/* ---- the burn ---- */

struct burning {
	struct discern_drive *drive;
	const struct discern_burn_cd_job *job;
	const struct discern_observer *observer;
	struct cd_feed *feed;
	struct observe_samples recent;
	/** Bytes of the sessions before. */
	uint64_t before_bytes;
	double write_begin, write_seconds;
	bool is_cancelled;
};

static int show(struct burning *burning, const struct discern_progress *from_recorder)
{
	struct discern_progress progress = *from_recorder;
	struct cd_feed_state state;
	double now = observe_now();

	cd_feed_state(burning->feed, &state);
	if (progress.phase == DISCERN_PHASE_WRITE) {
		if (burning->write_begin == 0)
			burning->write_begin = now;
		burning->write_seconds = now - burning->write_begin;
		progress.done_bytes = (uint64_t)state.n_delivered * SECTOR_RAW;
		progress.total_bytes = (uint64_t)burning->job->check->n_sectors * SECTOR_RAW;
		progress.fifo_percent = state.percent;
		observe_speed(&burning->recent, now, &progress);
	}
	progress.speed_1x_kbps = SPEED_1X_KBPS;
	if (burning->observer == NULL || burning->observer->progress == NULL)
		return 0;
	return burning->observer->progress(&progress, burning->observer->user);
}

/* For struct cd_recorder_job. Once stopped, also frees a delivery from waiting for a slow image. */
static int on_progress(const struct discern_progress *progress, void *user)
{
	struct burning *burning = user;

	if (!burning->is_cancelled && show(burning, progress) != 0 && progress->phase == DISCERN_PHASE_WRITE) {
		burning->is_cancelled = true;
		cd_feed_cancel(burning->feed);
	}
	return burning->is_cancelled;
}

/* A file that was written to is named, whenever and however it is noticed. That all bytes were the right ones is not enough:
 * what is there now is what people compare the disc with. */
static int judge_image(const struct burning *burning, int status, struct discern_error *err)
{
	const char *changed = cd_image_changed_file(cd_image_of(burning->job->cd));

	if (changed == NULL || (status < 0 && status != -EIO && status != -ESTALE))
		return status;
	return discern_error_set(err, -ESTALE, "%s was written to after it was checked", changed);
}

/* First the ring, then the laser. */
static int fill_ring(struct burning *burning, struct discern_error *err)
{
	const struct discern_progress progress = {
		.phase = DISCERN_PHASE_WRITE,
		.seconds_left_bad = UINT32_MAX,
		.drive_buffer_percent = DISCERN_PERCENT_UNKNOWN,
	};
	int ret;

	while (!cd_feed_wait_full(burning->feed, FILL_POLL_MS))
		if (on_progress(&progress, burning) != 0)
			return discern_error_set(err, -ECANCELED, "stopped before anything was written");
	burning->write_begin = 0;
	ret = cd_feed_check_begin(burning->feed, burning->job->check->sha256, err);
	ret = judge_image(burning, ret, err);
	if (ret < 0)
		discern_error_wrap(err, "%s", discern_cd_path(burning->job->cd));
	return ret;
}

static int write_sessions(struct burning *burning, struct discern_error *err)
{
	const struct discern_burn_cd_job *job = burning->job;
	const struct cd_layout *layout = cd_layout_of(job->cd);
	struct cd_recorder_job recorder = {
		.layout = layout,
		.is_test = job->options->is_test,
		.has_subchannel = job->plan->has_subchannel,
		.deliver = cd_feed_deliver,
		.deliver_user = burning->feed,
		.progress = on_progress,
		.progress_user = burning,
	};
	int ret = 0;

	for (unsigned session = 1; session <= layout->n_sessions && ret == 0; session++) {
		/* A disc that was only pretended to be written has no second session to come. */
		if (session > 1 && job->options->is_test)
			break;
		recorder.session = session;
		recorder.is_kept_open = session < layout->n_sessions;
		recorder.packs = NULL;
		recorder.n_packs = 0;
		if (session == 1 && job->plan->has_text)
			recorder.packs = cd_image_text(cd_image_of(job->cd), &recorder.n_packs);
		ret = cd_recorder_write(burning->drive, &recorder, err);
	}
	return ret;
}

/* Says in the hint what has become of the disc. */
static void tell_disc(const struct burning *burning, struct discern_error *err)
{
	struct discern_medium medium;
	struct cd_feed_state state;

	if (err == NULL || err->hint[0] != '\0')
		return;
	cd_feed_state(burning->feed, &state);
	if (discern_drive_medium(burning->drive, DISCERN_MEDIUM_FOR_READING, &medium, NULL) < 0) {
		discern_error_hint(err, "the disc may be spoiled: the drive cannot say what state it is in");
		return;
	}
	if (medium.state == DISCERN_MEDIUM_NONE)
		discern_error_hint(err, "there is no disc in the drive any more");
	else if (medium.state == DISCERN_MEDIUM_BLANK)
		hint_blank(err, (uint64_t)state.n_delivered * SECTOR_RAW, medium.is_rewritable);
	else if (medium.is_rewritable)
		discern_error_hint(err, "the disc is incomplete now; it can be blanked and burned again");
	else
		discern_error_hint(err, "the disc is spoiled: use another one");
	discern_medium_clear(&medium);
}

/* Whose fault is it, if it is one? The image's comes first, as it makes the burn fail, too. */
static int judge(struct burning *burning, int status, struct discern_error *err)
{
	struct discern_error feed_error;
	int feed_status;

	if (burning->is_cancelled && status < 0)
		return discern_error_set(err, -ECANCELED, "%s: stopped while burning",
					 discern_drive_path(burning->drive));
	if (burning->job->options->is_test && status == 0 && discern_cd_info(burning->job->cd)->n_sessions > 1)
		return 0;
	discern_error_clear(&feed_error);
	feed_status = cd_feed_finish(burning->feed, burning->job->check->sha256, &feed_error);
	feed_status = judge_image(burning, feed_status, &feed_error);
	if (feed_status == 0 || (status < 0 && feed_status == -ENODATA))
		return status;
	discern_error_wrap(&feed_error, "%s", discern_cd_path(burning->job->cd));
	if (err != NULL)
		*err = feed_error;
	if (status == 0)
		discern_error_hint(err, "the disc does not hold what the image holds now: check it and burn it again");
	return feed_status == -ENODATA ? -EIO : feed_status;
}

static int check_still_blank(struct discern_drive *drive, struct discern_error *err)
{
	struct discern_medium medium;
	int ret = discern_drive_medium(drive, DISCERN_MEDIUM_FOR_READING, &medium, err);

	if (ret == 0)
		ret = check_medium(drive, &medium, false, err);
	discern_medium_clear(&medium);
	return ret;
}

/* Many drives tell how much room there is only when the disc is blank. */
static int blank(const struct burning *burning, struct discern_error *err)
{
	const struct discern_prepare_options options = { 0 };
	struct discern_burn_cd_plan now = *burning->job->plan;
	struct cd_recorder_abilities abilities;
	struct discern_prepare_plan plan;
	int ret = discern_prepare_plan(burning->drive, &options, &plan, err);

	if (ret == 0)
		ret = discern_prepare(burning->drive, &plan, burning->observer, err);
	if (ret == 0)
		ret = cd_recorder_look(burning->drive, &abilities, err);
	if (ret < 0)
		return ret;
	if (abilities.last_lead_out_lba > 0)
		now.free_sectors = (uint32_t)abilities.last_lead_out_lba;
	return check_room(burning->job->cd, &now, err);
}

static void conclude(const struct burning *burning, double begin, struct discern_burn_result *ret_result)
{
	struct cd_feed_state state;

	cd_feed_state(burning->feed, &state);
	ret_result->written_bytes = (uint64_t)state.n_delivered * SECTOR_RAW;
	ret_result->min_fifo_percent = state.min_percent;
	ret_result->n_fifo_empty = state.n_empty;
	ret_result->seconds = observe_now() - begin;
	/* In bytes of data, as the speeds of a plan are. */
	if (burning->write_seconds > 0)
		ret_result->average_kbps =
			(uint32_t)((double)state.n_delivered * DISCERN_SECTOR_SIZE / burning->write_seconds / 1000);
}

static int burn(struct burning *burning, struct discern_error *err)
{
	struct discern_drive *drive = burning->drive;
	const uint32_t speed_kbps = burning->job->plan->speed_kbps;
	bool is_locked;
	int ret = burning->job->plan->blank ? blank(burning, err) : 0;

	if (ret == 0)
		ret = check_still_blank(drive, err);
	if (ret == 0)
		ret = fill_ring(burning, err);
	if (ret < 0) {
		if (err != NULL && err->hint[0] == '\0')
			discern_error_hint(err, "nothing was written to the disc");
		return ret;
	}
	/* What is set stays in the drive: so always set it. One that cannot be set has one speed. */
	discern_drive_set_speed(drive, 0, speed_kbps, NULL);
	is_locked = discern_drive_lock(drive, true, NULL) == 0;
	ret = judge(burning, write_sessions(burning, err), err);
	if (ret < 0)
		tell_disc(burning, err);
	if (is_locked)
		discern_drive_lock(drive, false, NULL);
	return ret;
}

int discern_burn_cd(struct discern_drive *drive, const struct discern_burn_cd_job *job,
		    const struct discern_observer *observer, struct discern_burn_result *ret_result,
		    struct discern_error *err)
{
	struct burning burning = { .drive = drive, .job = job, .observer = observer };
	struct cd_stream stream;
	double begin = observe_now();
	int ret;

	discern_error_clear(err);
	memset(ret_result, 0, sizeof(*ret_result));
	cd_stream_init(&stream, cd_image_of(job->cd), job->options->write_offset_samples);
	ret = cd_feed_new(&stream, job->plan->has_subchannel, &burning.feed, err);
	if (ret < 0)
		return ret;
	ret = burn(&burning, err);
	conclude(&burning, begin, ret_result);
	cd_feed_free(burning.feed);
	return ret;
}
