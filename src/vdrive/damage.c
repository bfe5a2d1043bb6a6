/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "vdrive/damage.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "vdrive/geometry.h"
#include "vdrive/random.h"

/*
 * What a unit needs to be read, the worse the higher: 0 nothing; 1 to 100: a speed of at most 100 less this many
 * per cent of the highest; 101 to 250: this many tries more than 100; 255: nothing helps.
 */
enum { UNIT_GOOD = 0, UNIT_TRIES = 100, UNIT_DEAD = 255 };

/* Tries that help are at most so many, and at a quarter of the speed half of them. One is what a drive does at a
 * command with the retry count that it usually has; with another count, so many parts of it. */
enum { MOST_TRIES = 12, SLOW_PERCENT = 25, USUAL_RETRIES = 32 };

/* Which of the numbers of a unit is used for what. */
enum { DRAW_BAD = 0, DRAW_DEAD, DRAW_KIND, DRAW_DEGREE, N_DRAWS };

struct damage {
	uint32_t unit_sectors;
	uint32_t n_units;
	uint8_t *units;
	/** Retries of the drive, up to UINT16_MAX. */
	uint16_t *retries;
	/** One for each unit that cannot be written. */
	bool *unwritable;
	uint64_t seed;
};

static double draw(const struct damage_marks *marks, uint64_t unit, unsigned which)
{
	return random_fraction(random_of(marks->seed, unit * N_DRAWS + which));
}

/* The unit is under a mark which makes it bad with a probability. */
static void mark_unit(struct damage *damage, const struct damage_marks *marks, int64_t unit, double probability)
{
	double degree;
	uint8_t state;

	if (unit < 0 || unit >= damage->n_units || draw(marks, (uint64_t)unit, DRAW_BAD) >= probability)
		return;
	degree = draw(marks, (uint64_t)unit, DRAW_DEGREE);
	if (marks->is_on_write) {
		damage->unwritable[unit] = true;
		state = UNIT_DEAD;
	} else if (draw(marks, (uint64_t)unit, DRAW_DEAD) < marks->dead)
		state = UNIT_DEAD;
	else if (draw(marks, (uint64_t)unit, DRAW_KIND) < 0.5)
		/* At most 75 to 5 per cent of the highest speed. */
		state = (uint8_t)(25 + degree * 70);
	else
		state = (uint8_t)(UNIT_TRIES + 2 + degree * (MOST_TRIES - 1));
	if (state > damage->units[unit])
		damage->units[unit] = state;
}

static void mark_sectors(struct damage *damage, const struct damage_marks *marks, int64_t first, int64_t last)
{
	int64_t end = (int64_t)damage->n_units * damage->unit_sectors;

	if (first < 0)
		first = 0;
	if (last >= end)
		last = end - 1;
	for (int64_t unit = first / damage->unit_sectors; first <= last && unit <= last / damage->unit_sectors; unit++)
		mark_unit(damage, marks, unit, marks->severity);
}

/* Between two radii on a layer the sector at this angle of each turn, and its neighbours as far as the scratch is
 * wide. The spiral begins at angle 0. */
static void scratch_layer(struct damage *damage, const struct damage_marks *marks, const struct geometry *geometry,
			  unsigned layer)
{
	double first_turn = ceil((marks->first_mm - geometry->inner_mm) / geometry->pitch_mm - marks->angle);
	double last_turn = floor((marks->last_mm - geometry->inner_mm) / geometry->pitch_mm - marks->angle);
	int64_t half = (int64_t)(marks->width_mm / 2 / geometry->sector_mm);
	int64_t begin = (int64_t)layer * geometry->layer_sectors, last = begin + geometry->layer_sectors - 1;

	if (last >= geometry->n_sectors)
		last = geometry->n_sectors - 1;
	for (double turn = first_turn < 0 ? 0 : first_turn; turn <= last_turn; turn++) {
		double radius = geometry->inner_mm + (turn + marks->angle) * geometry->pitch_mm;
		int64_t lba = geometry_lba_at(geometry, layer, radius);

		if (lba - half > last || lba + half < begin) {
			/* Beyond the last sector, on the way outwards, there is nothing more. */
			if (layer % 2 == 0 && lba - half > last)
				return;
			continue;
		}
		mark_sectors(damage, marks, lba - half > begin ? lba - half : begin,
			     lba + half < last ? lba + half : last);
	}
}

/* Radii for marks that have an lba or nothing: of all the data. */
static void find_radii(struct damage_marks *marks, const struct geometry *geometry)
{
	int64_t first = marks->has_lba ? marks->first_lba : 0;
	int64_t last = marks->has_lba ? marks->last_lba : (int64_t)geometry->n_sectors - 1;
	double swap;

	if (marks->has_radius)
		return;
	if (!marks->has_lba && last >= geometry->layer_sectors)
		last = geometry->layer_sectors - 1;
	marks->first_mm = geometry_radius(geometry, first);
	marks->last_mm = geometry_radius(geometry, last);
	if (marks->first_mm > marks->last_mm) {
		swap = marks->first_mm;
		marks->first_mm = marks->last_mm;
		marks->last_mm = swap;
	}
}

/* One scratch goes over the whole range; of several each has its own place and length within it. */
static void add_scratches(struct damage *damage, const struct damage_marks *marks, const struct geometry *geometry)
{
	struct damage_marks all = *marks, one;
	uint64_t state = random_mix(marks->seed);
	double range;

	find_radii(&all, geometry);
	range = all.last_mm - all.first_mm;
	for (uint32_t i = 0; i < marks->count; i++) {
		one = all;
		if (!marks->has_angle)
			one.angle = random_fraction(random_next(&state));
		if (marks->count > 1) {
			double length = range * (0.02 + 0.18 * random_fraction(random_next(&state)));

			one.first_mm += (range - length) * random_fraction(random_next(&state));
			one.last_mm = one.first_mm + length;
		}
		for (unsigned layer = 0; layer < geometry->n_layers; layer++)
			scratch_layer(damage, &one, geometry, layer);
	}
}

static bool is_between(const struct damage_marks *marks, const struct geometry *geometry, int64_t lba)
{
	double radius = geometry_radius(geometry, lba);

	if (marks->has_lba)
		return lba <= marks->last_lba && lba >= marks->first_lba;
	return radius >= marks->first_mm && radius <= marks->last_mm;
}

/* A ring that is given by radii, and rot, go over all units there; rot with the square of the way to its outer end. */
static void add_by_radius(struct damage *damage, const struct damage_marks *marks, const struct geometry *geometry)
{
	struct damage_marks all = *marks;
	double range;

	find_radii(&all, geometry);
	range = all.last_mm - all.first_mm;
	for (int64_t unit = 0; unit < damage->n_units; unit++) {
		int64_t lba = unit * damage->unit_sectors;
		double way = range > 0 ? (geometry_radius(geometry, lba) - all.first_mm) / range : 1;

		if (is_between(&all, geometry, lba))
			mark_unit(damage, &all, unit, all.kind == DAMAGE_ROT ? all.severity * way * way : all.severity);
	}
}

static void add_runs(struct damage *damage, const struct damage_marks *marks, const struct geometry *geometry)
{
	uint64_t state = random_mix(marks->seed);
	int64_t first = 0, last = (int64_t)geometry->n_sectors - 1;

	if (marks->has_lba) {
		first = marks->first_lba;
		last = marks->last_lba < last ? marks->last_lba : last;
	} else if (marks->has_radius) {
		first = geometry_lba_at(geometry, 0, marks->first_mm);
		last = geometry_lba_at(geometry, 0, marks->last_mm);
	}
	for (uint32_t i = 0; i < marks->count && last >= first; i++) {
		int64_t at = first + (int64_t)(random_next(&state) % (uint64_t)(last - first + 1));
		int64_t end = at + marks->length - 1;

		mark_sectors(damage, marks, at, end < last ? end : last);
	}
}

static void add_marks(struct damage *damage, const struct damage_marks *marks, const struct geometry *geometry)
{
	if (marks->kind == DAMAGE_SCRATCH)
		add_scratches(damage, marks, geometry);
	else if (marks->kind == DAMAGE_DESIGN)
		add_runs(damage, marks, geometry);
	else if ((marks->kind == DAMAGE_RING || marks->kind == DAMAGE_DEFECT) && marks->has_lba)
		mark_sectors(damage, marks, marks->first_lba, marks->last_lba);
	else
		add_by_radius(damage, marks, geometry);
}

int damage_new(const struct disc *disc, const struct damage_marks *marks, size_t n_marks, struct damage **ret_damage)
{
	uint32_t unit_sectors = disc_profile(disc)->ecc_sectors > 0 ? disc_profile(disc)->ecc_sectors : 1;
	struct geometry geometry;
	struct damage *damage;

	*ret_damage = NULL;
	if (n_marks == 0)
		return 0;
	damage = calloc(1, sizeof(*damage));
	if (damage == NULL)
		return -ENOMEM;
	geometry_init(&geometry, disc);
	damage->unit_sectors = unit_sectors;
	/* Spare areas are marked like the sectors before them. */
	damage->n_units = (uint32_t)(((uint64_t)disc_all_sectors(disc) + unit_sectors - 1) / unit_sectors);
	damage->units = calloc(damage->n_units, 1);
	damage->retries = calloc(damage->n_units, sizeof(*damage->retries));
	damage->unwritable = calloc(damage->n_units, sizeof(*damage->unwritable));
	if (damage->units == NULL || damage->retries == NULL || damage->unwritable == NULL) {
		damage_free(damage);
		return -ENOMEM;
	}
	for (size_t i = 0; i < n_marks; i++) {
		add_marks(damage, &marks[i], &geometry);
		damage->seed = random_of(damage->seed, marks[i].seed);
	}
	*ret_damage = damage;
	return 0;
}

void damage_free(struct damage *damage)
{
	if (damage == NULL)
		return;
	free(damage->units);
	free(damage->retries);
	free(damage->unwritable);
	free(damage);
}

static bool gives_in(uint8_t unit, unsigned n_retries, unsigned speed_percent)
{
	unsigned n_needed = (unsigned)(unit - UNIT_TRIES) * USUAL_RETRIES;

	if (unit == UNIT_DEAD)
		return false;
	if (unit <= UNIT_TRIES)
		return speed_percent + unit <= UNIT_TRIES;
	return n_retries >= (speed_percent <= SLOW_PERCENT ? n_needed / 2 : n_needed);
}

static unsigned add_retries(struct damage *damage, int64_t unit, unsigned n_retries)
{
	unsigned n = damage->retries[unit] + (n_retries > 0 ? n_retries : 1);

	damage->retries[unit] = (uint16_t)(n < UINT16_MAX ? n : UINT16_MAX);
	return damage->retries[unit];
}

void damage_read(struct damage *damage, const struct damage_try *wanted, struct damage_result *ret_result)
{
	int64_t lba = wanted->lba, end = lba + wanted->n_sectors, at = lba;

	*ret_result = (struct damage_result){ .n_good = wanted->n_sectors };
	if (damage == NULL)
		return;
	while ((at = damage_next(damage, at, end)) < end) {
		int64_t unit = at / damage->unit_sectors;
		unsigned n_retries = add_retries(damage, unit, wanted->n_retries);

		if (!gives_in(damage->units[unit], n_retries, wanted->speed_percent)) {
			ret_result->n_good = (uint32_t)(at - lba);
			ret_result->has_failed = true;
			return;
		}
		if (damage->units[unit] <= UNIT_TRIES)
			ret_result->n_slow++;
		else
			ret_result->n_recovered++;
		at = (unit + 1) * damage->unit_sectors;
	}
}

bool damage_try_one(struct damage *damage, const struct damage_try *wanted, bool is_again,
		    struct damage_result *ret_result)
{
	int64_t unit;

	*ret_result = (struct damage_result){ .n_good = 1 };
	if (damage == NULL || damage_next(damage, wanted->lba, wanted->lba + 1) > wanted->lba || wanted->lba < 0)
		return false;
	unit = wanted->lba / damage->unit_sectors;
	if (!is_again)
		damage_read(damage, wanted, ret_result);
	else
		ret_result->has_failed = !gives_in(damage->units[unit], damage->retries[unit], wanted->speed_percent);
	ret_result->random = random_of(damage->seed ^ (uint64_t)wanted->lba, damage->retries[unit]);
	return ret_result->has_failed;
}

int64_t damage_next(const struct damage *damage, int64_t lba, int64_t end)
{
	int64_t at = lba < 0 ? 0 : lba;

	if (damage == NULL)
		return end;
	while (at < end && at / damage->unit_sectors < damage->n_units) {
		if (damage->units[at / damage->unit_sectors] != UNIT_GOOD)
			return at;
		at = (at / damage->unit_sectors + 1) * damage->unit_sectors;
	}
	return end;
}

int64_t damage_next_unwritable(const struct damage *damage, int64_t lba, int64_t end)
{
	int64_t at = lba;

	while ((at = damage_next(damage, at, end)) < end) {
		if (damage->unwritable[at / damage->unit_sectors])
			return at;
		at = (at / damage->unit_sectors + 1) * damage->unit_sectors;
	}
	return end;
}

bool damage_is_sound(const struct damage *damage, int64_t lba, unsigned speed_percent)
{
	int64_t unit;

	if (damage == NULL || lba < 0 || lba / damage->unit_sectors >= damage->n_units)
		return true;
	unit = lba / damage->unit_sectors;
	return damage->units[unit] == UNIT_GOOD ||
	       (damage->units[unit] <= UNIT_TRIES && gives_in(damage->units[unit], 1, speed_percent));
}

uint32_t damage_count(const struct damage *damage, uint32_t *ret_n_dead)
{
	uint32_t n = 0;

	*ret_n_dead = 0;
	for (uint32_t unit = 0; damage != NULL && unit < damage->n_units; unit++) {
		n += damage->units[unit] != UNIT_GOOD;
		*ret_n_dead += damage->units[unit] == UNIT_DEAD;
	}
	return n;
}
