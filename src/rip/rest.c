/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rip/rest.h"

#include <errno.h>
#include <unistd.h>

#include "base/error.h"
#include "base/text.h"
#include "rip/end.h"
#include "rip/passes_private.h"

/* So long nothing was read, and so many reads have failed, before it is asked whether the drive is to blame. */
#define FIRST_PATIENCE_SECONDS 60.0
enum { MIN_FAILURES = 16 };

/* One good sector takes a seek, and at most a spin-up. */
#define TIRED_SECONDS 8.0

enum { MOST_RESTS = 3 };

/* Without a wish. */
#define USUAL_SECONDS 30.0

double rip_cool_down_seconds(const struct discern_rip_options *options)
{
	return options->cool_down_seconds == 0  ? USUAL_SECONDS
	       : options->cool_down_seconds > 0 ? options->cool_down_seconds
						: 0;
}

void rest_begin(struct passes *passes)
{
	passes->rest.n_failures = 0;
	passes->rest.patience = FIRST_PATIENCE_SECONDS;
	passes->rest.good_busy_seconds = passes->source->busy_seconds;
}

/* By the drive's own clock, if it has one: what this program waits for tires no drive. */
static double seconds_without_success(const struct passes *passes)
{
	if (passes->source->busy_seconds > 0)
		return passes->source->busy_seconds - passes->rest.good_busy_seconds;
	return passes_now(passes) - passes->last_good;
}

void rest_note(struct passes *passes, uint32_t sector, uint32_t n_sectors, bool is_good)
{
	struct rest *rest = &passes->rest;

	if (!is_good) {
		rest->n_failures++;
		return;
	}
	rest_begin(passes);
	/* One that was read without trouble, in a large piece. The first one stays: by the time that it is asked for, no
	 * cache has it any more. */
	if (rest->has_sector || n_sectors < passes->source->preferred_sectors)
		return;
	rest->sector = sector;
	rest->has_sector = true;
}

/* Of a job that was resumed, and has met nothing but damage since: amid the longest range that was read before, maybe in
 * another drive. */
static bool guess_sector(struct passes *passes)
{
	struct map_range best = { 0, 0, MAP_GOOD }, range;

	for (uint32_t at = 0; map_next(passes->map, at, MAP_GOOD, &range); at = range.start + range.n_sectors)
		if (range.n_sectors > best.n_sectors)
			best = range;
	passes->rest.sector = best.start + best.n_sectors / 2;
	return best.n_sectors > 2 * passes->source->preferred_sectors;
}

/* Whether the drive still reads what it has read before, and in a time that is usual. 0, or what ends the job. */
static int ask(struct passes *passes, bool *ret_is_well, struct discern_error *err)
{
	double seconds = 0;
	int ret = passes_look(passes, passes->rest.sector, &seconds, err);

	*ret_is_well = ret == 0 && seconds < TIRED_SECONDS;
	/* -ETIMEDOUT: not yet. */
	return ret == 0 || ret == -ETIMEDOUT || rip_is_bad_sector(ret) ? 0 : ret;
}

static int wait_seconds(struct passes *passes, double seconds, struct discern_error *err)
{
	enum { STEP_US = 50000 };
	double end = observe_now() + seconds;

	while (observe_now() < end) {
		if (!meter_tick(passes->meter))
			return discern_error_set(err, -ECANCELED, "stopped");
		usleep(STEP_US);
	}
	return 0;
}

/* *ret_is_well when the drive reads again. */
static int give_rest(struct passes *passes, double seconds, bool *ret_is_well, struct discern_error *err)
{
	char duration[TEXT_SIZE];
	int ret;

	observe_message(&passes->meter->observer, DISCERN_LEVEL_NOTE,
			"the drive does not read LBA %d any more, which it has read before: it rests for %s",
			(int)(passes->plan->first_lba + (int32_t)passes->rest.sector),
			text_duration((uint64_t)(seconds + 0.5), duration));
	/* A drive that cannot stop its disc has a rest nevertheless: nothing is asked of it. */
	(void)source_set_spinning(passes->source, false, NULL);
	ret = wait_seconds(passes, seconds, err);
	(void)source_set_spinning(passes->source, true, NULL);
	if (ret == 0)
		ret = ask(passes, ret_is_well, err);
	if (ret == 0 && *ret_is_well)
		observe_message(&passes->meter->observer, DISCERN_LEVEL_NOTE,
				"after its rest the drive reads it again");
	return ret;
}

static int rest_until_well(struct passes *passes, struct discern_error *err)
{
	double seconds = passes->rest.seconds, before = passes_now(passes);
	bool is_well = false;
	int ret = 0;

	for (unsigned i = 0; ret == 0 && !is_well && i < MOST_RESTS; i++, seconds *= 2)
		ret = give_rest(passes, seconds, &is_well, err);
	if (ret < 0)
		return ret;
	if (!is_well)
		return discern_error_set(err, -ETIMEDOUT, "the drive reads nothing any more, not even after %d rests",
					 MOST_RESTS);
	/* What the rest took is no time without success. */
	passes->last_good += passes_now(passes) - before;
	rest_begin(passes);
	discern_error_clear(err);
	return 0;
}

/* Of several drives the others go on meanwhile, and take over what this one cannot read. */
static bool may_rest(const struct passes *passes)
{
	return passes->rest.seconds > 0 && passes->member == NULL;
}

int rest_if_due(struct passes *passes, struct discern_error *err)
{
	struct rest *rest = &passes->rest;
	bool is_well = true;
	int ret;

	if (!may_rest(passes) || rest->n_failures < MIN_FAILURES ||
	    seconds_without_success(passes) < rest->patience || (!rest->has_sector && !guess_sector(passes)))
		return 0;
	ret = ask(passes, &is_well, err);
	if (ret < 0)
		return ret;
	if (!is_well && rest->has_sector)
		return rest_until_well(passes, err);
	rest->patience *= 2;
	if (!is_well)
		return 0;
	rest->has_sector = true;
	observe_message(&passes->meter->observer, DISCERN_LEVEL_DETAIL,
			"%u reads have failed, but the drive still reads LBA %d: it is the disc", rest->n_failures,
			(int)(passes->plan->first_lba + (int32_t)rest->sector));
	return 0;
}

int rest_revive(struct passes *passes, struct discern_error *err)
{
	struct discern_error own;
	int ret;

	if (!may_rest(passes) || !passes->rest.has_sector)
		return -ETIMEDOUT;
	ret = rest_until_well(passes, &own);
	/* The source's own words say more. */
	if (ret == 0)
		discern_error_clear(err);
	else if (ret != -ETIMEDOUT && err != NULL)
		*err = own;
	return ret;
}
