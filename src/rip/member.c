/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rip/member.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#include "base/error.h"
#include "base/text.h"
#include "rip/passes_private.h"
#include "rip/team.h"

static int out_of_memory(struct discern_error *err)
{
	return discern_error_set(err, -ENOMEM, "out of memory");
}

void member_leave(const struct passes *passes)
{
	if (passes->member != NULL)
		pthread_mutex_unlock(&passes->member->team->lock);
}

void member_enter(const struct passes *passes)
{
	if (passes->member == NULL)
		return;
	pthread_mutex_lock(&passes->member->team->lock);
	passes->member->claim.n_sectors = 0;
}

/* ---- a virtual drive's clock ---- */

/* Nobody gets ahead by more than this, so that drives that only pretend to need time share the work as others would. */
#define STEP_SECONDS 0.25

/* A clock that is ahead of ours by less, in seconds and in parts of the time that went by, is a real drive's, whose time is
 * merely rounded. */
#define PRETENCE_SECONDS 1.0
#define PRETENCE_PART 0.2

static bool is_ahead(const struct member *member)
{
	const struct team *team = member->team;
	const struct passes *passes = &member->passes;
	double now = passes_now(passes);

	if (passes->ahead_seconds < PRETENCE_SECONDS || passes->ahead_seconds < PRETENCE_PART * (now - passes->started))
		return false;
	for (size_t i = 0; i < team->n_members; i++) {
		const struct member *other = &team->members[i];

		if (other != member && other->state == MEMBER_WORKING &&
		    passes_now(&other->passes) + STEP_SECONDS < now)
			return true;
	}
	return false;
}

static void keep_step(struct member *member)
{
	struct team *team = member->team;

	while (team->code == 0 && is_ahead(member)) {
		struct timespec until;

		/* The others' clocks go on by themselves as well. */
		clock_gettime(CLOCK_REALTIME, &until);
		until.tv_nsec += 20000000;
		if (until.tv_nsec >= 1000000000) {
			until.tv_nsec -= 1000000000;
			until.tv_sec++;
		}
		pthread_cond_timedwait(&team->changed, &team->lock, &until);
	}
}

/* ---- one read ---- */

uint8_t *member_room(struct passes *passes)
{
	return passes->member->buffer;
}

void member_claim(struct passes *passes, const struct map_range *piece)
{
	if (passes->member == NULL)
		return;
	keep_step(passes->member);
	passes->member->claim = *piece;
}

static int put_part(struct passes *passes, const uint8_t *data, const struct map_range *part, struct discern_error *err)
{
	uint32_t size = part->n_sectors * DISCERN_SECTOR_SIZE;
	uint8_t *room = pipeline_room(passes->pipeline, size, (uint64_t)part->start * DISCERN_SECTOR_SIZE);

	if (room == NULL)
		return pipeline_error(passes->pipeline);
	memcpy(room, data, size);
	pipeline_put(passes->pipeline, size);
	return map_set(passes->member->known, part->start, part->n_sectors, MAP_GOOD) < 0 ? out_of_memory(err) : 0;
}

int member_put(struct passes *passes, const struct map_range *piece, struct discern_error *err)
{
	uint32_t end = piece->start + piece->n_sectors;
	int ret = 0;

	for (uint32_t at = piece->start; ret == 0 && at < end;) {
		struct map_range range = map_range_of(passes->map, at);
		uint32_t range_end = range.start + range.n_sectors < end ? range.start + range.n_sectors : end;
		struct map_range part = { at, range_end - at, range.status };

		if (range.status != MAP_GOOD)
			ret = put_part(passes,
				       passes->member->buffer + (size_t)(at - piece->start) * DISCERN_SECTOR_SIZE,
				       &part, err);
		at = range_end;
	}
	return ret;
}

void member_note_good(struct passes *passes)
{
	struct member *member = passes->member;

	if (member != NULL && passes->last_good > member->team->last_good)
		member->team->last_good = passes->last_good;
}

int member_fail(struct passes *passes, const struct map_range *range, enum map_status status, struct discern_error *err)
{
	struct member *member = passes->member;
	uint32_t end = range->start + range->n_sectors;

	for (uint32_t at = range->start; at < end;) {
		struct map_range there = map_range_of(passes->map, at);
		uint32_t there_end = there.start + there.n_sectors < end ? there.start + there.n_sectors : end;

		if (there.status != MAP_GOOD && (map_set(member->known, at, there_end - at, status) < 0 ||
						 map_set(passes->map, at, there_end - at, MAP_FAILED) < 0))
			return out_of_memory(err);
		at = there_end;
	}
	return 0;
}

int member_skip(struct passes *passes, uint32_t start, uint32_t end, struct discern_error *err)
{
	struct member *member = passes->member;
	struct map_range range;

	if (member == NULL)
		return 0;
	if (end > member_stretch_end(passes))
		end = member_stretch_end(passes);
	for (uint32_t at = start; map_next(passes->map, at, MAP_UNTRIED, &range) && range.start < end;
	     at = range.start + range.n_sectors) {
		uint32_t n = range.n_sectors < end - range.start ? range.n_sectors : end - range.start;

		if (map_set(member->known, range.start, n, MAP_UNSCRAPED) < 0)
			return out_of_memory(err);
	}
	return 0;
}

static int check_limits(const struct passes *passes, struct discern_error *err)
{
	const struct passes_limits *limits = &passes->limits;
	double now = passes_now(passes);
	char duration[TEXT_SIZE];

	if (limits->max_seconds > 0 && now - passes->started >= limits->max_seconds)
		return discern_error_set(err, -ETIME, "stopped after %s, as asked",
					 text_duration((uint64_t)limits->max_seconds, duration));
	if (limits->no_progress_seconds > 0 && now - passes->member->team->last_good >= limits->no_progress_seconds)
		return discern_error_set(err, -ETIME, "stopped after %s in which nothing more could be read, as asked",
					 text_duration((uint64_t)limits->no_progress_seconds, duration));
	return 0;
}

int member_after_read(struct passes *passes, struct discern_error *err)
{
	struct member *member = passes->member;
	int ret;

	team_changed(member->team);
	if (member->team->code != 0)
		return discern_error_set(err, -ECANCELED, "stopped");
	ret = member_prove(passes, err);
	return ret == 0 ? check_limits(passes, err) : ret;
}

/* ---- where to read ---- */

uint32_t member_stretch_start(const struct passes *passes)
{
	const struct member *member = passes->member;

	return member->team->division.stretches[member->index].position;
}

uint32_t member_stretch_end(const struct passes *passes)
{
	const struct member *member = passes->member;

	return member->team->division.stretches[member->index].end;
}

void member_advance(struct passes *passes, uint32_t start, uint32_t position)
{
	if (passes->member != NULL)
		division_advance(&passes->member->team->division, passes->member->index, start, position);
}

static bool is_claimed(const struct member *member, uint32_t sector, uint32_t *ret_end)
{
	for (size_t i = 0; i < member->team->n_members; i++) {
		const struct member *other = &member->team->members[i];

		if (other == member || sector < other->claim.start ||
		    sector >= other->claim.start + other->claim.n_sectors)
			continue;
		*ret_end = other->claim.start + other->claim.n_sectors;
		return true;
	}
	return false;
}

bool member_next_lent(const struct passes *passes, uint32_t from, bool may_be_claimed, struct map_range *ret_piece)
{
	const struct member *member = passes->member;
	struct map_range range;

	for (uint32_t at = from; map_next(passes->map, at, MAP_FAILED, &range);) {
		struct map_range known = map_range_of(member->known, range.start);
		uint32_t end = range.start + range.n_sectors, known_end = known.start + known.n_sectors, claim_end;

		end = known_end < end ? known_end : end;
		at = end;
		if (known.status == MAP_FAILED || known.status == MAP_BAD)
			continue;
		if (!may_be_claimed && is_claimed(member, range.start, &claim_end)) {
			at = claim_end;
			continue;
		}
		*ret_piece = (struct map_range){ range.start, end - range.start, MAP_FAILED };
		return true;
	}
	return false;
}

bool member_cut_to_open(const struct passes *passes, bool backward, struct map_range *range, uint32_t *position)
{
	uint32_t end = range->start + range->n_sectors;
	struct map_range known;

	if (passes->member == NULL)
		return true;
	known = map_range_of(passes->member->known, backward ? end - 1 : range->start);
	if (backward && known.start > range->start)
		range->start = known.start;
	if (!backward && known.start + known.n_sectors < end)
		end = known.start + known.n_sectors;
	range->n_sectors = end - range->start;
	*position = backward ? range->start : end;
	return known.status != MAP_BAD;
}

bool member_has_given_up(const struct passes *passes, uint32_t sector)
{
	return passes->member != NULL && (map_range_of(passes->member->known, sector).status == MAP_BAD ||
					  map_range_of(passes->map, sector).status == MAP_GOOD);
}

bool member_has_tried(const struct passes *passes, uint32_t sector)
{
	return passes->member == NULL || map_range_of(passes->member->known, sector).status == MAP_FAILED;
}

bool member_begins_backward(const struct passes *passes)
{
	return passes->member != NULL && passes->member->index % 2 == 1;
}
