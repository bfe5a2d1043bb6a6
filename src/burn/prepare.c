/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <discern/prepare.h>

#include <errno.h>
#include <string.h>

#include "base/error.h"
#include "base/observe.h"
#include "burn/prepare_plan.h"
#include "drive/burner.h"
#include "drive/drive.h"

/* Most formats that drives offer for one medium. */
enum { MAX_OFFERS = 32 };

/* The formats on offer are asked through libburn, for media whose plan depends on them. */
static int list_offers(struct discern_drive *drive, const struct discern_prepare_options *options,
		       struct plan_facts *facts, struct burner_offer *offers, struct discern_error *err)
{
	struct burner *burner;
	int ret;

	if (!options->format || facts->medium->state == DISCERN_MEDIUM_NONE)
		return 0;
	ret = drive_lend(drive, &burner, err);
	if (ret < 0)
		return ret;
	facts->n_offers = burner_list_formats(burner, offers, MAX_OFFERS);
	return 0;
}

int discern_prepare_plan(struct discern_drive *drive, const struct discern_prepare_options *options,
			 struct discern_prepare_plan *ret_plan, struct discern_error *err)
{
	struct burner_offer offers[MAX_OFFERS];
	struct discern_medium medium;
	struct contents contents;
	struct plan_facts facts = {
		.drive_path = discern_drive_path(drive), .medium = &medium, .contents = &contents, .offers = offers
	};
	int ret;

	discern_error_clear(err);
	memset(ret_plan, 0, sizeof(*ret_plan));
	ret = discern_drive_medium(drive, DISCERN_MEDIUM_FOR_WRITING, &medium, err);
	if (ret < 0)
		return ret;
	ret = contents_find(drive, &medium, &contents, err);
	if (ret == 0)
		ret = list_offers(drive, options, &facts, offers, err);
	if (ret == 0)
		ret = prepare_plan_make(&facts, options, ret_plan, err);
	discern_medium_clear(&medium);
	return ret;
}

struct preparing {
	const struct discern_prepare_plan *plan;
	const struct discern_observer *observer;
	struct observe_samples recent;
	/** Ranges of zeros that are done. */
	uint64_t done_bytes, all_bytes;
	bool is_told;
};

/* For struct burner_watch. */
static int on_progress(const struct discern_progress *from_burner, void *user)
{
	struct preparing *preparing = user;
	struct discern_progress progress = *from_burner;
	bool wants_stop;

	if (preparing->all_bytes > 0) {
		progress.done_bytes += preparing->done_bytes;
		progress.total_bytes = preparing->all_bytes;
		progress.speed_1x_kbps = discern_profile_1x_kbps(preparing->plan->profile);
	}
	observe_speed(&preparing->recent, observe_now(), &progress);
	/* What a drive says of its progress has no unit. */
	if (preparing->all_bytes == 0)
		progress.speed_kbps = 0;
	if (preparing->observer == NULL || preparing->observer->progress == NULL)
		return 0;
	wants_stop = preparing->observer->progress(&progress, preparing->observer->user) != 0;
	if (wants_stop && preparing->all_bytes == 0 && !preparing->is_told) {
		preparing->is_told = true;
		observe_message(preparing->observer, DISCERN_LEVEL_NOTE,
				"the drive cannot be stopped in this: its end is waited for");
	}
	return wants_stop;
}

static int write_zeros(struct preparing *preparing, struct burner *burner, struct discern_error *err)
{
	const struct burner_watch watch = { .progress = on_progress, .user = preparing };
	struct discern_range ranges[2];
	unsigned n = prepare_zero_ranges(preparing->plan, ranges);
	int ret = 0;

	for (unsigned i = 0; i < n; i++)
		preparing->all_bytes += (uint64_t)ranges[i].n_sectors * DISCERN_SECTOR_SIZE;
	for (unsigned i = 0; i < n && ret == 0; i++) {
		ret = burner_zero(burner, &ranges[i], &watch, err);
		preparing->done_bytes += (uint64_t)ranges[i].n_sectors * DISCERN_SECTOR_SIZE;
	}
	if (ret == -ECANCELED)
		discern_error_hint(err, "what the disc held is partly erased");
	return ret;
}

/* Of zeros at the begin of a disc nobody but the disc itself can say that they are there. */
static int check_empty(struct discern_drive *drive, struct discern_error *err)
{
	struct discern_medium medium;
	struct contents contents;
	int ret = discern_drive_medium(drive, DISCERN_MEDIUM_FOR_READING, &medium, err);

	if (ret < 0)
		return ret;
	ret = contents_find(drive, &medium, &contents, err);
	if (ret == 0 && !contents.is_empty)
		ret = discern_error_set(err, -EIO, "%s: took zeros, but still holds %s", discern_drive_path(drive),
					contents.words);
	discern_medium_clear(&medium);
	return ret;
}

/* Says in the hint what has become of the disc. */
static void tell_disc(struct discern_drive *drive, const char *verb, struct discern_error *err)
{
	struct discern_medium medium;

	if (err == NULL || err->hint[0] != '\0')
		return;
	if (discern_drive_medium(drive, DISCERN_MEDIUM_FOR_READING, &medium, NULL) < 0) {
		discern_error_hint(err, "the disc may be unusable until it is %s again: the drive cannot say what "
					"state it is in",
				   verb);
		return;
	}
	if (medium.state == DISCERN_MEDIUM_NONE)
		discern_error_hint(err, "there is no disc in the drive any more");
	else
		discern_error_hint(err, "the disc is %s, says the drive; it may have lost what it held, and can be %s "
					"again",
				   discern_medium_state_name(medium.state), verb);
	discern_medium_clear(&medium);
}

static int carry_out(struct preparing *preparing, struct discern_drive *drive, struct discern_error *err)
{
	const struct discern_prepare_plan *plan = preparing->plan;
	const struct burner_watch watch = { .progress = on_progress, .user = preparing };
	const struct burner_format format = {
		.kind = plan->format,
		.payload_bytes = (uint64_t)plan->payload_sectors * DISCERN_SECTOR_SIZE,
		.is_full = plan->full,
	};
	struct burner *burner;
	int ret = drive_lend(drive, &burner, err);

	if (ret < 0)
		return ret;
	switch (plan->action) {
	case DISCERN_PREPARE_BLANK:
		return burner_blank(burner, plan->full, &watch, err);
	case DISCERN_PREPARE_FORMAT:
		return burner_format(burner, &format, &watch, err);
	case DISCERN_PREPARE_ZERO:
		ret = write_zeros(preparing, burner, err);
		return ret < 0 ? ret : check_empty(drive, err);
	case DISCERN_PREPARE_NOTHING:
		break;
	}
	return 0;
}

int discern_prepare(struct discern_drive *drive, const struct discern_prepare_plan *plan,
		    const struct discern_observer *observer, struct discern_error *err)
{
	struct preparing preparing = { .plan = plan, .observer = observer };
	int ret;

	discern_error_clear(err);
	if (plan->action == DISCERN_PREPARE_NOTHING)
		return 0;
	ret = carry_out(&preparing, drive, err);
	if (ret < 0)
		tell_disc(drive, plan->action == DISCERN_PREPARE_FORMAT ? "formatted" : "blanked", err);
	return ret;
}
