/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The first readings of a disc: forwards, backwards into what was skipped, forwards over what is still left. */
#include <errno.h>
#include <string.h>

#include "base/error.h"
#include "rip/member.h"
#include "rip/passes_private.h"

enum direction { FORWARD, BACKWARD };

/* One reading, and where it is. */
struct sweep {
	struct passes *passes;
	enum direction direction;
	/** Of one of several drives: over what others could not read, else over its stretch. */
	bool is_lent;
	/** Leaves some sectors out where many in a row fail. */
	bool may_skip;
	uint32_t position;
	/** Sectors of the next piece at most: a unit after a failure, then more again; how much in a row was good. */
	uint32_t n_step, n_good_in_row;
	/** Failures without a good read between them, and good reads in a row that were slow. */
	unsigned n_failures, n_slow;
	bool is_leaving_out;
};

/* 32 MiB without a failure: the damage of this disc is elsewhere. */
enum { HEALTHY_SECTORS = 16384 };

/* Why some pieces are read otherwise than the rest. */
static const char before_bad[] = "before the sector that failed, as that is what the drive named";
static const char after_trouble[] = "never read so far, in small steps as something near failed";

/* A failure that takes less costs little more than a seek. */
#define SHORT_FAILURE_SECONDS 0.4

static void note_failure(struct passes *passes, double seconds)
{
	passes->failure_seconds =
		passes->failure_seconds == 0 ? seconds : passes->failure_seconds * 0.9 + seconds * 0.1;
}

/* One place alone is no reason to leave anything out, as what follows may be good; nor are a few failures where each
 * costs little. */
static unsigned n_free_failures(const struct sweep *sweep)
{
	return sweep->passes->failure_seconds < SHORT_FAILURE_SECONDS ? 16 : 1;
}

/* Sectors to leave out after so much trouble in a row: more each time, at most a hundredth of the disc. */
static uint32_t skip_size(const struct sweep *sweep, unsigned n_in_row, unsigned n_free, uint32_t n_unit)
{
	uint32_t n_max = map_n_sectors(sweep->passes->map) / 100;
	unsigned shift;
	uint64_t n_skip;

	if (!sweep->may_skip || n_in_row <= n_free)
		return 0;
	shift = n_in_row - n_free > 20 ? 20 : n_in_row - n_free;
	n_skip = (uint64_t)n_unit << shift;
	return n_skip < n_max ? (uint32_t)n_skip : n_max;
}

static bool find_range(const struct sweep *sweep, struct map_range *range)
{
	const struct passes *passes = sweep->passes;
	uint32_t end;

	if (sweep->is_lent)
		return member_next_lent(passes, sweep->position, false, range);
	if (sweep->direction == BACKWARD)
		return map_previous(passes->map, sweep->position, MAP_UNTRIED, range);
	if (!map_next(passes->map, sweep->position, MAP_UNTRIED, range))
		return false;
	if (passes->member == NULL)
		return true;
	end = member_stretch_end(passes);
	if (range->start >= end)
		return false;
	range->n_sectors = range->n_sectors < end - range->start ? range->n_sectors : end - range->start;
	return true;
}

static bool find_piece(const struct sweep *sweep, struct map_range *piece)
{
	const struct passes *passes = sweep->passes;
	bool backward = sweep->direction == BACKWARD;
	uint32_t first = (uint32_t)((int64_t)passes->plan->first_lba % sweep->n_step), end, border;

	if (!find_range(sweep, piece))
		return false;
	/* To the next multiple of a step on the disc: later failures then concern whole units. */
	end = piece->start + piece->n_sectors;
	if (!backward) {
		border = piece->start + (sweep->n_step - (piece->start + first) % sweep->n_step);
		end = border < end ? border : end;
	} else {
		border = (end - 1 + first) / sweep->n_step * sweep->n_step;
		border = border > first ? border - first : 0;
		piece->start = border > piece->start ? border : piece->start;
	}
	piece->n_sectors = end - piece->start;
	passes_cut_at_gaps(passes, backward, piece);
	return true;
}

static void move_on(struct sweep *sweep, const struct map_range *piece, uint32_t n_skip)
{
	uint32_t end = piece->start + piece->n_sectors, n_all = map_n_sectors(sweep->passes->map);

	if (sweep->direction == FORWARD)
		sweep->position = n_skip < n_all - end ? end + n_skip : n_all;
	else
		sweep->position = n_skip < piece->start ? piece->start - n_skip : 0;
}

/* Leaves out so many sectors behind the piece; the first time in a row it is told why. */
static int leave_out(struct sweep *sweep, const struct map_range *piece, uint32_t n_skip, const char *why,
		     struct discern_error *err)
{
	struct passes *passes = sweep->passes;

	if (n_skip > 0 && !sweep->is_leaving_out)
		observe_message(&passes->meter->observer, DISCERN_LEVEL_DETAIL,
				"LBA %d: %s: leaving out more and more, for later",
				(int)(passes->plan->first_lba + (int32_t)piece->start), why);
	sweep->is_leaving_out = n_skip > 0;
	move_on(sweep, piece, n_skip);
	return sweep->direction == FORWARD ? member_skip(passes, piece->start + piece->n_sectors, sweep->position, err)
					   : 0;
}

/* The sectors before the one that the drive named: good, as a rule. */
static int read_front(struct sweep *sweep, const struct map_range *piece, const struct reading *reading,
		      struct map_range *ret_bad, struct discern_error *err)
{
	struct passes *passes = sweep->passes;
	struct map_range front = { piece->start, reading->bad_sector - piece->start, piece->status };
	struct reading again = { .is_good = true };
	uint32_t end = piece->start + piece->n_sectors, unit_end;
	int ret = front.n_sectors > 0 ? passes_read_because(passes, before_bad, &front, &again, err) : 0;

	if (ret < 0)
		return ret;
	ret_bad->start = again.is_good ? reading->bad_sector : again.bad_sector;
	unit_end = passes_unit_end(passes, ret_bad->start);
	ret_bad->n_sectors = (unit_end < end ? unit_end : end) - ret_bad->start;
	/* Good sectors before it in its own unit: so units are not lost as a whole here, and it is this one alone. */
	if (again.is_good && front.n_sectors > 0 && ret_bad->start != passes_unit_start(passes, ret_bad->start))
		ret_bad->n_sectors = 1;
	return 0;
}

/* A piece failed: finds out what of it to blame, and goes on behind that. */
static int fail(struct sweep *sweep, const struct map_range *piece, const struct reading *reading,
		struct discern_error *err)
{
	struct passes *passes = sweep->passes;
	uint32_t n_unit = passes_unit_end(passes, piece->start) - passes_unit_start(passes, piece->start);
	struct map_range bad = *piece;
	int ret = 0;

	if (reading->is_refused) {
		/* No trouble, and no reason to leave anything out. */
		sweep->n_step = reading->is_located ? sweep->n_step : 1;
		sweep->position = sweep->direction == FORWARD ? piece->start : piece->start + piece->n_sectors;
		return 0;
	}
	note_failure(passes, reading->seconds);
	sweep->n_good_in_row = 0;
	sweep->n_step = n_unit;
	/* Which unit it was shows when they are read one by one: a drive that names the first sector may have named none. */
	if (sweep->direction == FORWARD && reading->bad_sector == piece->start && piece->n_sectors > n_unit) {
		sweep->position = piece->start;
		return 0;
	}
	sweep->n_failures++;
	if (sweep->direction == BACKWARD && piece->n_sectors > n_unit) {
		sweep->position = piece->start + piece->n_sectors;
		return 0;
	}
	if (sweep->direction == FORWARD)
		ret = read_front(sweep, piece, reading, &bad, err);
	if (ret == 0)
		ret = passes_set(passes, bad.start, bad.n_sectors, MAP_FAILED, err);
	if (ret < 0)
		return ret;
	return leave_out(sweep, &bad, skip_size(sweep, sweep->n_failures, n_free_failures(sweep), n_unit),
			 "one failure after the other", err);
}

/* Good, but in a time in which much else could be read: one alone may be a seek, or the disc that got up to speed. */
static int pass_slow(struct sweep *sweep, const struct map_range *piece, struct discern_error *err)
{
	uint32_t n_unit = passes_unit_end(sweep->passes, piece->start) - passes_unit_start(sweep->passes, piece->start);

	return leave_out(sweep, piece, skip_size(sweep, ++sweep->n_slow, 1, n_unit), "slow reads", err);
}

/* What a failure of a larger piece costs more is nothing to what many of them save, if it is the only one for long. */
static uint32_t largest_step(const struct sweep *sweep)
{
	const struct discern_source *source = sweep->passes->source;
	bool is_healthy =
		sweep->n_good_in_row >= HEALTHY_SECTORS && source->largest_sectors > source->preferred_sectors;
	uint32_t n_max = PIPELINE_BLOCK_BYTES / DISCERN_SECTOR_SIZE;
	uint32_t n = is_healthy ? source->largest_sectors : source->preferred_sectors;

	return n == 0 ? 1 : n < n_max ? n : n_max;
}

/* NULL for that of the pass. */
static const char *reason_of(const struct sweep *sweep, const struct plan_range *gap)
{
	if (gap != NULL)
		return "between sessions, where there may be something after all";
	return sweep->passes->pass_name != NULL && strcmp(sweep->passes->pass_name, "sweep") == 0 &&
			       sweep->n_step < sweep->passes->source->preferred_sectors
		       ? after_trouble
		       : NULL;
}

static int step(struct sweep *sweep, const struct map_range *piece, struct discern_error *err)
{
	struct passes *passes = sweep->passes;
	const struct plan_range *gap = rip_plan_find_gap(passes->plan, piece->start);
	struct reading reading;
	bool is_slow;
	int ret = passes_read_because(passes, reason_of(sweep, gap), piece, &reading, err);

	if (ret < 0)
		return ret;
	is_slow = gap == NULL && !reading.is_refused && sweep_pace_note(passes, piece, &reading);
	if (!reading.is_good && gap == NULL)
		return fail(sweep, piece, &reading, err);
	if (!reading.is_good)
		ret = passes_give_up_gap(passes, gap, err);
	sweep->n_failures = 0;
	sweep->n_good_in_row += piece->n_sectors;
	sweep->n_step = sweep->n_step * 2 < largest_step(sweep) ? sweep->n_step * 2 : largest_step(sweep);
	if (ret == 0 && is_slow)
		return pass_slow(sweep, piece, err);
	sweep->n_slow = 0;
	sweep->is_leaving_out = false;
	move_on(sweep, piece, 0);
	return ret;
}

static int run_steps(struct sweep *sweep, struct discern_error *err)
{
	struct passes *passes = sweep->passes;
	struct map_range piece;
	int ret = 0;

	sweep->n_step = largest_step(sweep);
	while (ret == 0 && find_piece(sweep, &piece)) {
		if (!sweep->is_lent)
			member_advance(passes, piece.start, piece.start + piece.n_sectors);
		ret = step(sweep, &piece, err);
		if (!sweep->is_lent)
			member_advance(passes, sweep->position, sweep->position);
		if (ret == 0)
			ret = passes_after_read(passes, MAP_UNTRIED, &piece, err);
	}
	return ret;
}

static int run(struct passes *passes, enum direction direction, bool may_skip, struct discern_error *err)
{
	struct sweep sweep = { .passes = passes, .direction = direction, .may_skip = may_skip };

	sweep_pace_begin(passes);
	sweep.position = direction == FORWARD ? 0 : map_n_sectors(passes->map);
	return run_steps(&sweep, err);
}

int sweep_stretch(struct passes *passes, bool may_skip, struct discern_error *err)
{
	struct sweep sweep = { .passes = passes, .may_skip = may_skip, .position = member_stretch_start(passes) };

	sweep_pace_begin(passes);
	passes_enter(passes, may_skip ? "sweep" : "again", NULL, NULL);
	return run_steps(&sweep, err);
}

int sweep_lent(struct passes *passes, struct discern_error *err)
{
	struct sweep sweep = { .passes = passes, .is_lent = true };

	sweep_pace_begin(passes);
	passes_enter(passes, "copies", NULL, NULL);
	return run_steps(&sweep, err);
}

static void tell(const struct passes *passes, const char *words)
{
	observe_message(&passes->meter->observer, DISCERN_LEVEL_DETAIL, "%s: %u sectors never tried, %u failed", words,
			map_count(passes->map, MAP_UNTRIED), passes_n_bad(passes->map, passes->plan));
}

int sweep_run(struct passes *passes, struct discern_error *err)
{
	int ret = 0;

	if (map_count(passes->map, MAP_UNTRIED) == 0)
		return 0;
	passes_enter(passes, "sweep", NULL, NULL);
	ret = run(passes, FORWARD, true, err);
	if (ret == 0 && map_count(passes->map, MAP_UNTRIED) > 0) {
		passes_enter(passes, "backwards", NULL, NULL);
		tell(passes, "backwards into what was skipped");
		ret = run(passes, BACKWARD, true, err);
	}
	if (ret == 0 && map_count(passes->map, MAP_UNTRIED) > 0) {
		passes_enter(passes, "again", NULL, NULL);
		tell(passes, "forwards over all that was skipped");
		ret = run(passes, FORWARD, false, err);
	}
	return ret;
}

/* ---- units of which not all is lost ---- */

/* The first sector of the piece is to blame at least, as the drive says, or if it names none, as it seems. */
static int divide(struct passes *passes, const struct map_range *piece, struct discern_error *err)
{
	struct map_range rest = { piece->start + 1, piece->n_sectors - 1, piece->status };
	struct reading reading;
	int ret = 0;

	while (ret == 0 && rest.n_sectors > 0) {
		uint32_t n_front;

		ret = passes_read(passes, &rest, &reading, err);
		if (ret == 0 && reading.is_good && rest.start == piece->start + 1)
			return passes_read(passes, &(struct map_range){ piece->start, 1, piece->status }, &reading,
					   err);
		if (ret < 0 || reading.is_good)
			return ret;
		n_front = reading.bad_sector - rest.start;
		if (n_front == 0)
			return 0;
		rest.n_sectors -= n_front;
		ret = passes_read(passes, &(struct map_range){ rest.start, n_front, piece->status }, &reading, err);
		/* The one named may stay behind; what follows it is looked at next. */
		rest.start += n_front + 1;
		rest.n_sectors--;
		if (!reading.is_good)
			return ret;
	}
	return ret;
}

int sweep_divide(struct passes *passes, struct discern_error *err)
{
	const struct source_effort soon = { .gives_up_soon = true };
	struct map_range piece;
	int ret = 0;

	if (passes->source->ecc_sectors <= 1 || passes->failure_seconds > SHORT_FAILURE_SECONDS)
		return 0;
	passes_set_effort(passes, &soon);
	passes_enter(passes, "divide", NULL, NULL);
	for (uint32_t at = 0; ret == 0 && map_next(passes->map, at, MAP_FAILED, &piece);) {
		uint32_t end = passes_unit_end(passes, piece.start);

		if (end < piece.start + piece.n_sectors)
			piece.n_sectors = end - piece.start;
		at = piece.start + piece.n_sectors;
		if (piece.n_sectors > 1)
			ret = divide(passes, &piece, err);
		if (ret == 0)
			ret = passes_after_read(passes, MAP_FAILED, &piece, err);
	}
	return ret;
}
