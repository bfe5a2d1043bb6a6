/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <discern/burn.h>

#include "base/error.h"
#include "burn/contents.h"
#include "burn/feed.h"
#include "burn/hint_blank.h"
#include "base/observe.h"
#include "burn/plan.h"
#include "burn/session_fit.h"
#include "disc/profile.h"
#include "drive/burner.h"
#include "drive/drive.h"

enum { FILL_POLL_MS = 100 };

/* Most formats that drives offer for one medium. */
enum { MAX_OFFERS = 32 };

/* All that a plan is made of. */
struct planning {
	struct discern_drive *drive;
	const struct discern_burn_options *options;
	struct discern_medium medium;
	struct contents contents;
	struct burner_choice choice;
	struct burner_offer offers[MAX_OFFERS];
	struct plan_facts facts;
};

/* What libburn makes of the wish; of a medium that is to be blanked first it cannot be asked yet. */
static int choose(struct planning *planning, struct discern_error *err)
{
	struct burner_wish wish;
	struct burner *burner;
	int ret = plan_wish(&planning->facts, planning->options, &wish, err);

	if (ret < 0)
		return ret;
	if (plan_needs_blank(&planning->medium, planning->options)) {
		plan_foresee(&planning->facts, &wish, &planning->choice);
		return 0;
	}
	ret = drive_lend(planning->drive, &burner, err);
	if (ret < 0)
		return ret;
	planning->facts.n_offers = burner_list_formats(burner, planning->offers, MAX_OFFERS);
	return burner_choose(burner, &wish, &planning->choice, err);
}

static int check_fit(const struct planning *planning, const struct discern_burn_plan *plan, struct discern_error *err)
{
	int32_t first_lba = 0, next_lba;

	if (planning->options != NULL && planning->options->any_file)
		return 0;
	discern_medium_next_session(&planning->medium, &first_lba, &next_lba);
	return session_fit_check(planning->facts.check, first_lba, plan->start_lba, err);
}

int discern_burn_plan(struct discern_drive *drive, const struct discern_burn_check *check,
		      const struct discern_burn_options *options, struct discern_burn_plan *ret_plan,
		      struct discern_error *err)
{
	struct planning planning = { .drive = drive, .options = options };
	int ret;

	planning.facts = (struct plan_facts){ .drive_path = discern_drive_path(drive),
					      .check = check,
					      .medium = &planning.medium,
					      .contents = &planning.contents,
					      .choice = &planning.choice,
					      .offers = planning.offers };
	discern_error_clear(err);
	memset(ret_plan, 0, sizeof(*ret_plan));
	ret = discern_drive_medium(drive, DISCERN_MEDIUM_FOR_WRITING, &planning.medium, err);
	if (ret < 0)
		return ret;
	ret = contents_find(drive, &planning.medium, &planning.contents, err);
	if (ret == 0)
		ret = plan_admit(&planning.facts, options, err);
	if (ret == 0)
		ret = choose(&planning, err);
	if (ret == 0)
		ret = plan_make(&planning.facts, options, ret_plan, err);
	if (ret == 0)
		ret = check_fit(&planning, ret_plan, err);
	discern_medium_clear(&planning.medium);
	return ret;
}

/* What the progress of burner_write() is enriched with. */
struct burning {
	struct feed *feed;
	const struct discern_burn_plan *plan;
	const struct discern_observer *observer;
	struct observe_samples recent;
	enum discern_phase phase;
	double write_seconds;
	double begin;
	bool is_cancelled;
	/* The drive's buffer: it was nearly full once, and its least fill since. */
	bool was_filled;
	uint8_t min_drive_buffer_percent;
	/* The disc before a session is appended. */
	struct discern_medium earlier;
};

static void watch_drive_buffer(struct burning *burning, const struct discern_progress *progress)
{
	enum { NEARLY_FULL_PERCENT = 80 };
	uint8_t percent = progress->drive_buffer_percent;

	/* At the end it runs empty, as it should. */
	if (percent == DISCERN_PERCENT_UNKNOWN || progress->phase != DISCERN_PHASE_WRITE ||
	    progress->done_bytes == progress->total_bytes)
		return;
	if (percent >= NEARLY_FULL_PERCENT)
		burning->was_filled = true;
	if (burning->was_filled && percent < burning->min_drive_buffer_percent)
		burning->min_drive_buffer_percent = percent;
}

static int show(struct burning *burning, const struct discern_progress *from_burner)
{
	struct discern_progress progress = *from_burner;
	struct feed_state state;
	double now = observe_now();

	if (progress.phase != burning->phase) {
		if (burning->phase == DISCERN_PHASE_WRITE)
			burning->write_seconds = now - burning->begin;
		if (progress.phase == DISCERN_PHASE_WRITE)
			burning->begin = now;
		burning->phase = progress.phase;
		observe_restart(&burning->recent);
	}
	watch_drive_buffer(burning, &progress);
	feed_state(burning->feed, &state);
	progress.fifo_percent = progress.phase == DISCERN_PHASE_WRITE ? state.percent : DISCERN_PERCENT_UNKNOWN;
	progress.speed_1x_kbps = burning->plan->speed_1x_kbps;
	progress.seconds_left_bad = UINT32_MAX;
	if (progress.phase == DISCERN_PHASE_WRITE)
		observe_speed(&burning->recent, now, &progress);
	if (burning->observer == NULL || burning->observer->progress == NULL)
		return 0;
	return burning->observer->progress(&progress, burning->observer->user);
}

/* For struct burner_job. Once stopped, also frees libburn's thread from waiting for a slow image. */
static int on_progress(const struct discern_progress *progress, void *user)
{
	struct burning *burning = user;

	if (!burning->is_cancelled && show(burning, progress) != 0) {
		burning->is_cancelled = true;
		feed_cancel(burning->feed);
	}
	return burning->is_cancelled;
}

/* A CD or old DVD-R drive is spoiled by a feed that stutters at the begin: first the ring, then the laser. */
static int fill_ring(struct burning *burning, struct discern_error *err)
{
	struct discern_progress progress = {
		.phase = DISCERN_PHASE_WRITE,
		.total_bytes = (uint64_t)burning->plan->n_sectors * DISCERN_SECTOR_SIZE,
		.drive_buffer_percent = DISCERN_PERCENT_UNKNOWN,
	};

	while (!feed_wait_full(burning->feed, FILL_POLL_MS))
		if (on_progress(&progress, burning) != 0)
			return discern_error_set(err, -ECANCELED, "stopped before anything was written");
	return feed_check_begin(burning->feed, err);
}

/* Has the medium changed since the plan was made? */
static int check_choice(struct burner *burner, const struct discern_burn_plan *plan, const char *path,
			struct discern_error *err)
{
	const struct burner_wish wish = {
		.n_sectors = plan->n_sectors,
		.has_mode = true,
		.mode = plan->mode,
		.leave_open = plan->leave_open,
		.simulate = plan->simulate,
	};
	struct burner_choice choice;
	int ret = burner_choose(burner, &wish, &choice, err);

	if (ret < 0)
		return ret;
	if (choice.start_lba != plan->start_lba || choice.free_sectors < plan->n_sectors)
		return discern_error_set(err, -EMEDIUMTYPE,
					 "%s: the disc is not the one that the plan was made for, or has less room",
					 path);
	return 0;
}

/* Blanks and formats as planned. What cannot be stopped is not; what was asked for meanwhile is done afterwards. */
static int prepare_medium(struct burning *burning, struct burner *burner, struct discern_error *err)
{
	const struct discern_burn_plan *plan = burning->plan;
	const struct burner_watch watch = { .progress = on_progress, .user = burning };
	const struct burner_format format = { .kind = plan->format };
	int ret = 0;

	if (plan->blank)
		ret = burner_blank(burner, plan->blank_thoroughly, &watch, err);
	/* A DVD+RW is formatted by libburn inside the burn. */
	else if (plan->format != DISCERN_FORMAT_NONE && plan->profile != DISCERN_PROFILE_DVD_PLUS_RW)
		ret = burner_format(burner, &format, &watch, err);
	if (ret == 0 && burning->is_cancelled)
		ret = discern_error_set(err, -ECANCELED,
					"stopped when the disc was ready, before anything was written");
	return ret;
}

/* Says in the hint what has become of the disc. */
static void tell_disc(struct discern_drive *drive, const struct discern_burn_plan *plan, uint64_t delivered_bytes,
		      struct discern_error *err)
{
	struct discern_medium medium;
	const struct profile *profile;
	enum discern_medium_state state;

	if (err == NULL || err->hint[0] != '\0')
		return;
	if (discern_drive_medium(drive, DISCERN_MEDIUM_FOR_READING, &medium, NULL) < 0) {
		discern_error_hint(err, "the disc may be spoiled: the drive cannot say what state it is in");
		return;
	}
	profile = profile_find((unsigned)medium.profile);
	state = medium.state;
	discern_medium_clear(&medium);
	if (state == DISCERN_MEDIUM_NONE)
		discern_error_hint(err, "there is no disc in the drive any more");
	else if (state == DISCERN_MEDIUM_BLANK)
		hint_blank(err, delivered_bytes, profile->is_rewritable);
	else if (delivered_bytes == 0 && state == DISCERN_MEDIUM_OVERWRITABLE)
		discern_error_hint(err, "nothing was written to the disc");
	else if (state == DISCERN_MEDIUM_APPENDABLE && plan->start_lba > 0)
		discern_error_hint(err, "what the disc held before is still there; the new session is not complete");
	else if (profile->is_rewritable)
		discern_error_hint(err, "the disc is incomplete now; it can be %s",
				   profile->writing == WRITING_RANDOM ? "burned again with --overwrite"
								      : "blanked and burned again");
	else
		discern_error_hint(err, "the disc is spoiled: use another one");
}

/* After the burn: whose fault is it, if it is one? The image's comes first, as it makes the burner fail too. */
static int judge(struct burning *burning, int burner_status, const char *path, struct discern_error *err)
{
	struct discern_error feed_error;
	int feed_status;

	/* Who asks to stop when all is written gets a finished disc. */
	if (burning->is_cancelled && burner_status < 0)
		return discern_error_set(err, -ECANCELED, "%s: stopped while burning", path);
	discern_error_clear(&feed_error);
	feed_status = feed_finish(burning->feed, &feed_error);
	if (feed_status == 0)
		return burner_status;
	/* A drive that gave up did not take all of the image either; that is not the image's fault. */
	if (burner_status < 0 && feed_status == -ENODATA)
		return burner_status;
	if (err != NULL)
		*err = feed_error;
	if (burner_status == 0 && err != NULL && err->hint[0] == '\0')
		discern_error_hint(err,
				   "the disc does not hold what the file holds now: check the file and burn it again");
	return feed_status == -ENODATA ? -EIO : feed_status;
}

/* The first track of earlier that is no longer where it was; NULL if all are. */
static const struct discern_track *find_moved(const struct discern_medium *earlier, const struct discern_medium *now)
{
	for (size_t i = 0; i < earlier->n_tracks; i++) {
		const struct discern_track *track = &earlier->tracks[i];
		bool is_there = track->is_blank;

		for (size_t k = 0; k < now->n_tracks && !is_there; k++)
			is_there = !now->tracks[k].is_blank && now->tracks[k].start_lba == track->start_lba &&
				   now->tracks[k].session == track->session;
		if (!is_there)
			return track;
	}
	return NULL;
}

/* What the drive says afterwards. A simulation must have left the disc as it was; else the session must be there, and
 * all the others where they were. */
static int check_medium(const struct burning *burning, struct discern_drive *drive,
			struct discern_burn_result *result, struct discern_error *err)
{
	const struct discern_burn_plan *plan = burning->plan;
	const char *path = discern_drive_path(drive);
	const struct discern_track *moved;
	struct discern_medium medium;
	bool has_session = false;
	int ret = discern_drive_medium(drive, DISCERN_MEDIUM_FOR_READING, &medium, err);

	if (ret < 0)
		return discern_error_wrap(err, "cannot see what became of the disc");
	result->state = medium.state;
	for (size_t i = 0; i < medium.n_tracks; i++) {
		const struct discern_track *track = &medium.tracks[i];

		if (!track->is_blank && track->start_lba == plan->start_lba)
			has_session = true;
	}
	if (plan->simulate && medium.state != plan->state)
		ret = discern_error_set(err, -EIO, "%s: the drive simulated, but the disc is %s now", path,
					discern_medium_state_name(medium.state));
	else if (!plan->simulate && plan->start_lba > 0 && (!has_session || medium.n_sessions < plan->session))
		ret = discern_error_set(err, -EIO, "%s: took all data, but shows no session at LBA %" PRId32, path,
					plan->start_lba);
	moved = ret == 0 && !plan->simulate && plan->start_lba > 0 ? find_moved(&burning->earlier, &medium) : NULL;
	if (moved != NULL)
		ret = discern_error_set(err, -EIO, "%s: took all data, but does not show track %u at LBA %" PRId32 " any more",
					path, moved->number, moved->start_lba);
	discern_medium_clear(&medium);
	return ret;
}

/* The write itself, on a medium that is ready. */
static int write_medium(struct burning *burning, struct burner *burner, const struct discern_burn_options *options,
			struct discern_error *err)
{
	const struct discern_burn_plan *plan = burning->plan;
	const struct burner_job job = {
		.n_sectors = plan->n_sectors,
		.free_sectors = plan->free_sectors,
		.mode = plan->mode,
		.may_change_mode = options == NULL || options->mode == DISCERN_BURN_AUTO,
		.leave_open = plan->leave_open,
		.simulate = plan->simulate,
		.stream_recording = plan->stream_recording,
		.speed_kbps = plan_speed_of_drive(plan->profile, plan->speed_kbps),
		.deliver = feed_deliver,
		.deliver_user = burning->feed,
		.watch = { .progress = on_progress, .user = burning },
	};
	int ret = burner_write(burner, &job, err);

	if (burning->phase == DISCERN_PHASE_WRITE)
		burning->write_seconds = observe_now() - burning->begin;
	return ret;
}

/* A drive that does not take it changes where it would have. */
static int set_layer_break(struct burning *burning, struct discern_drive *drive, struct burner **ret_burner,
			   struct discern_error *err)
{
	struct discern_error own;

	discern_error_clear(&own);
	if (drive_set_layer_break(drive, burning->plan->layer_break_sectors, &own) < 0)
		observe_message(burning->observer, DISCERN_LEVEL_WARNING, "%s; they change where the drive has it",
				own.text);
	return drive_lend(drive, ret_burner, err);
}

/* All that comes before the first byte. */
static int get_ready(struct burning *burning, struct discern_drive *drive, struct burner **ret_burner,
		     struct discern_error *err)
{
	int ret = 0;

	if (burning->plan->start_lba > 0)
		ret = discern_drive_medium(drive, DISCERN_MEDIUM_FOR_READING, &burning->earlier, err);
	if (ret == 0)
		ret = drive_lend(drive, ret_burner, err);
	if (ret < 0)
		return ret;
	ret = prepare_medium(burning, *ret_burner, err);
	if (ret < 0)
		tell_disc(drive, burning->plan, 0, err);
	if (ret == 0)
		ret = check_choice(*ret_burner, burning->plan, discern_drive_path(drive), err);
	if (ret == 0)
		ret = fill_ring(burning, err);
	if (ret < 0 && err != NULL && err->hint[0] == '\0')
		discern_error_hint(err, "nothing was written to the disc");
	if (ret == 0 && burning->plan->layer_break_sectors > 0)
		ret = set_layer_break(burning, drive, ret_burner, err);
	return ret;
}

static int burn(struct burning *burning, struct discern_drive *drive, const struct discern_burn_options *options,
		struct discern_burn_result *result, struct discern_error *err)
{
	const char *path = discern_drive_path(drive);
	struct feed_state state = { 0 };
	struct burner *burner;
	int ret = get_ready(burning, drive, &burner, err);

	if (ret < 0)
		return ret;
	ret = write_medium(burning, burner, options, err);
	feed_state(burning->feed, &state);
	ret = judge(burning, ret, path, err);
	if (ret < 0)
		tell_disc(drive, burning->plan, state.delivered_bytes, err);
	else
		ret = check_medium(burning, drive, result, err);
	result->written_bytes = state.delivered_bytes;
	result->min_fifo_percent = state.min_percent;
	result->behind_bytes = state.behind_bytes;
	result->n_fifo_empty = state.n_empty;
	memcpy(result->sha256, feed_sha256(burning->feed), sizeof(result->sha256));
	return ret;
}

int discern_burn(struct discern_drive *drive, const struct discern_burn_check *check,
		 const struct discern_burn_plan *plan, const struct discern_burn_options *options,
		 const struct discern_observer *observer, struct discern_burn_result *ret_result,
		 struct discern_error *err)
{
	struct burning burning = { .plan = plan,
				   .observer = observer,
				   .phase = DISCERN_PHASE_CHECK,
				   .min_drive_buffer_percent = DISCERN_PERCENT_UNKNOWN };
	size_t buffer_bytes = FEED_BUFFER_SIZE;
	double begin = observe_now();
	int ret;

	discern_error_clear(err);
	memset(ret_result, 0, sizeof(*ret_result));
	if (plan->n_sectors != check->n_sectors)
		return discern_error_set(err, -EINVAL, "%s: the plan is not one for %s", discern_drive_path(drive),
					 check->path);
	if (options != NULL && options->buffer_bytes > FEED_BUFFER_SIZE)
		buffer_bytes = options->buffer_bytes;
	ret = feed_new(check, buffer_bytes, &burning.feed, err);
	if (ret < 0)
		return ret;
	ret = burn(&burning, drive, options, ret_result, err);
	ret_result->min_drive_buffer_percent = burning.min_drive_buffer_percent;
	ret_result->seconds = observe_now() - begin;
	if (burning.write_seconds > 0)
		ret_result->average_kbps = (uint32_t)((double)ret_result->written_bytes / burning.write_seconds / 1000);
	feed_free(burning.feed);
	discern_medium_clear(&burning.earlier);
	return ret;
}
