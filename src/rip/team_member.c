/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One drive's thread: its stretches, then what others could not read, then what nobody could. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "rip/end.h"
#include "rip/member.h"
#include "rip/passes_private.h"
#include "rip/team.h"

/* As much is gathered before it is read a second time (doubt.c). */
enum { ZONE_SECTORS = 16384 };

static void say(const struct member *member, const char *words)
{
	observe_message(&member->meter.observer, DISCERN_LEVEL_DETAIL, "%s", words);
}

/* ---- reading twice ---- */

/* Who has least to do for others; NULL if no other drive is with us. */
static struct member *find_prover(const struct member *member)
{
	struct member *best = NULL;

	for (size_t i = 0; i < member->team->n_members; i++) {
		struct member *other = &member->team->members[i];

		if (other == member || (other->state != MEMBER_WORKING && other->state != MEMBER_WAITING))
			continue;
		if (best == NULL || map_count(other->to_prove, MAP_GOOD) < map_count(best->to_prove, MAP_GOOD))
			best = other;
	}
	return best;
}

/* What the other one could not read, or has left out because of failures, stays. */
static int hand_over(const struct map *from, struct map *pending, struct member *to)
{
	struct map_range range;

	for (uint32_t at = 0; map_next(from, at, MAP_GOOD, &range);) {
		struct map_range known = map_range_of(to->known, range.start);
		uint32_t end = range.start + range.n_sectors, known_end = known.start + known.n_sectors;

		at = known_end < end ? known_end : end;
		if (known.status != MAP_UNTRIED && known.status != MAP_GOOD)
			continue;
		if (map_set(to->to_prove, range.start, at - range.start, MAP_GOOD) < 0 ||
		    map_set(pending, range.start, at - range.start, MAP_UNTRIED) < 0)
			return -ENOMEM;
	}
	return 0;
}

/* Another copy's second reading proves more, and nobody's cache is in its way; what no other one can read is read here. */
static int give_to_prove(struct member *member, struct discern_error *err)
{
	struct map *pending = member->reread.doubt.pending;
	struct member *prover = find_prover(member);

	if (prover != NULL && hand_over(pending, pending, prover) < 0)
		return discern_error_set(err, -ENOMEM, "out of memory");
	team_changed(member->team);
	return doubt_settle(&member->passes, MAP_BAD, err);
}

/* Reads what others have given. */
static int prove(struct member *member, struct discern_error *err)
{
	struct doubt *doubt = &member->reread.doubt;
	struct map *own = doubt->pending;
	int ret;

	/* Others may give more meanwhile. */
	doubt->pending = member->to_prove;
	member->to_prove = member->spare;
	member->spare = own;
	doubt->is_unordered = true;
	ret = doubt_settle(&member->passes, MAP_BAD, err);
	/* Empty, or what is left after an error. */
	member->spare = doubt->pending;
	doubt->pending = own;
	return ret;
}

static bool is_paranoid(const struct member *member)
{
	return member->team->job.is_paranoid;
}

int member_prove(struct passes *passes, struct discern_error *err)
{
	struct member *member = passes->member;
	int ret = 0;

	if (!is_paranoid(member))
		return 0;
	if (map_count(member->reread.doubt.pending, MAP_GOOD) >= ZONE_SECTORS)
		ret = give_to_prove(member, err);
	if (ret == 0 && map_count(member->to_prove, MAP_GOOD) >= ZONE_SECTORS)
		ret = prove(member, err);
	return ret;
}

/* Before a pause. */
static int prove_all(struct member *member, struct discern_error *err)
{
	int ret = 0;

	if (!is_paranoid(member))
		return 0;
	if (map_count(member->reread.doubt.pending, MAP_GOOD) > 0)
		ret = give_to_prove(member, err);
	if (ret == 0 && map_count(member->to_prove, MAP_GOOD) > 0)
		ret = prove(member, err);
	return ret;
}

/* ---- what to do next ---- */

static bool has_to_prove(const struct member *member)
{
	return is_paranoid(member) &&
	       (map_count(member->to_prove, MAP_GOOD) > 0 || map_count(member->reread.doubt.pending, MAP_GOOD) > 0);
}

/* Or may find something to do, as things have changed since they looked. */
static bool others_work(const struct member *member)
{
	const struct team *team = member->team;

	for (size_t i = 0; i < team->n_members; i++) {
		const struct member *other = &team->members[i];

		if (other != member && (other->state == MEMBER_WORKING ||
					(other->state == MEMBER_WAITING && other->n_seen != team->n_changes)))
			return true;
	}
	return false;
}

/* Others read what was never tried, so that more may fail. */
static bool others_sweep(const struct member *member)
{
	const struct division *division = &member->team->division;

	for (size_t i = 0; i < division->n; i++)
		if (i != member->index && division->stretches[i].is_active &&
		    member->team->members[i].state == MEMBER_WORKING)
			return true;
	return false;
}

/* Something is missing that this drive has not given up. */
static bool has_open(const struct member *member)
{
	struct map_range range;

	for (uint32_t at = 0; map_next(member->passes.map, at, MAP_FAILED, &range);) {
		struct map_range known = map_range_of(member->known, range.start);
		uint32_t end = range.start + range.n_sectors, known_end = known.start + known.n_sectors;

		if (known.status != MAP_BAD)
			return true;
		at = known_end < end ? known_end : end;
	}
	return false;
}

static int sweep(struct member *member, const struct division_taken *taken, struct discern_error *err)
{
	struct team *team = member->team;
	const struct stretch *stretch = &team->division.stretches[member->index];
	static const char *const why[] = {
		[DIVISION_NOTHING] = "its share",
		[DIVISION_FREE] = "which nobody reads",
		[DIVISION_PART] = "which was still before",
		[DIVISION_SKIPPED] = "which it had left out because of failures",
	};
	int32_t first = team->job.usual.plan->first_lba;
	int ret;

	observe_message(&member->meter.observer, DISCERN_LEVEL_DETAIL, "reads LBA %d to %d, %s%s%s",
			first + (int32_t)stretch->position, first + (int32_t)stretch->end - 1, why[taken->kind],
			taken->kind == DIVISION_PART ? " " : "",
			taken->kind == DIVISION_PART ? team->members[taken->from].name : "");
	ret = sweep_stretch(&member->passes, taken->kind != DIVISION_SKIPPED, err);
	/* Of a drive that gave out others take it. */
	division_leave(&team->division, member->index);
	team_changed(team);
	return ret;
}

static int try_again(struct member *member, struct discern_error *err)
{
	int ret = sweep_divide(&member->passes, err);

	if (ret == 0)
		ret = retry_run(&member->passes, err);
	return ret == 0 ? retry_scrape(&member->passes, err) : ret;
}

/* A clock that only goes on while its drive works would have the others wait for it. */
static void set_clock(struct member *member)
{
	const struct team *team = member->team;
	double now = passes_now(&member->passes), others = 0;

	for (size_t i = 0; i < team->n_members; i++) {
		const struct member *other = &team->members[i];
		double theirs = passes_now(&other->passes);

		if (other != member && other->state == MEMBER_WORKING && (others == 0 || theirs < others))
			others = theirs;
	}
	if (others > now)
		member->passes.ahead_seconds += others - now;
}

static void wait_for_others(struct member *member)
{
	member->state = MEMBER_WAITING;
	member->n_seen = member->team->n_changes;
	pthread_cond_broadcast(&member->team->changed);
	pthread_cond_wait(&member->team->changed, &member->team->lock);
	set_clock(member);
	member->state = MEMBER_WORKING;
}

/* One thing; false in *ret_done when there was nothing to do. */
static int do_next(struct member *member, bool *ret_done, struct discern_error *err)
{
	struct team *team = member->team;
	struct passes *passes = &member->passes;
	struct map_range lent;
	struct division_taken taken = division_take(&team->division, member->index, passes->map, member->known, false);

	*ret_done = true;
	if (taken.kind != DIVISION_NOTHING)
		return sweep(member, &taken, err);
	if (member_next_lent(passes, 0, false, &lent)) {
		say(member, "tries what others could not read");
		return sweep_lent(passes, err);
	}
	/* Others may be able to read that. */
	taken = division_take(&team->division, member->index, passes->map, member->known, !others_sweep(member));
	if (taken.kind != DIVISION_NOTHING)
		return sweep(member, &taken, err);
	if (has_to_prove(member))
		return prove_all(member, err);
	/* What has never been tried here comes before what has failed. */
	if (!others_sweep(member) && !member_next_lent(passes, 0, true, &lent) && has_open(member)) {
		passes->n_retry_sectors = map_count(passes->map, MAP_FAILED);
		return try_again(member, err);
	}
	*ret_done = false;
	return 0;
}

static int work(struct member *member, struct discern_error *err)
{
	const struct source_effort usual = { 0 };
	struct team *team = member->team;
	bool has_done = true;
	int ret = 0;

	if (team->division.stretches[member->index].is_active)
		ret = sweep(member, &(struct division_taken){ .kind = DIVISION_NOTHING }, err);
	while (ret == 0) {
		if (team->code != 0)
			return discern_error_set(err, -ECANCELED, "stopped");
		ret = do_next(member, &has_done, err);
		if (ret < 0 || has_done)
			continue;
		if (!others_work(member))
			break;
		wait_for_others(member);
	}
	passes_set_effort(&member->passes, &usual);
	return ret == 0 && !is_paranoid(member) ? doubt_end(&member->passes, ret, err) : ret;
}

/* ---- the end ---- */

/* It concerns all, not only this drive. */
static bool ends_all(const struct member *member, int code)
{
	return code == -ECANCELED || code == -ETIME || code == -ENOMEM || code == -EKEYREJECTED ||
	       pipeline_error(member->passes.pipeline) != 0;
}

static bool is_last(const struct member *member)
{
	for (size_t i = 0; i < member->team->n_members; i++)
		if (&member->team->members[i] != member && member->team->members[i].state != MEMBER_GONE)
			return false;
	return true;
}

static void give_out(struct member *member, int code)
{
	struct team *team = member->team;
	struct map *const left[] = { member->reread.doubt.pending, member->to_prove, member->spare };
	struct member *prover = find_prover(member);

	member->state = MEMBER_GONE;
	member->err.code = code;
	if (is_last(member) && team->code == 0) {
		team->code = code;
		team->err = member->err;
		return;
	}
	for (size_t i = 0; is_paranoid(member) && prover != NULL && i < sizeof(left) / sizeof(left[0]); i++)
		if (hand_over(left[i], left[i], prover) < 0)
			team->code = -ENOMEM;
	observe_message(&member->meter.observer, DISCERN_LEVEL_WARNING, "gave out, the others go on: %s",
			member->err.text);
}

static void end(struct member *member, int code)
{
	struct team *team = member->team;

	division_leave(&team->division, member->index);
	if (code == 0) {
		member->state = MEMBER_DONE;
	} else if (ends_all(member, code)) {
		member->state = MEMBER_DONE;
		if (team->code == 0) {
			team->code = code;
			team->err = member->err;
		}
	} else {
		give_out(member, code);
	}
	team_changed(team);
}

void *team_member_thread(void *argument)
{
	struct member *member = argument;

	pthread_mutex_lock(&member->team->lock);
	end(member, work(member, &member->err));
	pthread_mutex_unlock(&member->team->lock);
	return NULL;
}

/* ---- what was not proved ---- */

static int take_away(const struct map *unproved, struct map *map)
{
	struct map_range range, good;

	for (uint32_t at = 0; map_next(unproved, at, MAP_GOOD, &range); at = range.start + range.n_sectors) {
		uint32_t end = range.start + range.n_sectors;

		for (uint32_t from = range.start; map_next(map, from, MAP_GOOD, &good) && good.start < end;
		     from = good.start + good.n_sectors) {
			if (good.n_sectors > end - good.start)
				good.n_sectors = end - good.start;
			if (map_set(map, good.start, good.n_sectors, MAP_UNTRIED) < 0)
				return -ENOMEM;
		}
	}
	return 0;
}

static int take_all_away(const struct team *team, struct map *map)
{
	int ret = 0;

	for (size_t i = 0; team->job.is_paranoid && ret == 0 && i < team->n_members; i++) {
		const struct member *member = &team->members[i];

		ret = take_away(member->reread.doubt.pending, map);
		if (ret == 0)
			ret = take_away(member->to_prove, map);
		if (ret == 0)
			ret = take_away(member->spare, map);
	}
	return ret;
}

int team_give_back(struct team *team)
{
	return take_all_away(team, team->job.usual.map);
}

struct map *team_proved_map(const struct team *team)
{
	const struct map *map = team->job.usual.map;
	struct map *copy = map_new(map_n_sectors(map));

	for (size_t i = 0; copy != NULL && i < map_n_ranges(map); i++) {
		struct map_range range = map_range_at(map, i);

		if (map_set(copy, range.start, range.n_sectors, range.status) < 0)
			return map_free(copy);
	}
	return copy != NULL && take_all_away(team, copy) < 0 ? map_free(copy) : copy;
}
