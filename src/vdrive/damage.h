/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is wrong with the medium itself: scratches, rings, rot, and bad sectors put there by design. A sector under
 * such a mark is good for ever, can be read at low speed, can be read after some tries, or never: which of these is
 * a function of the mark's seed and the sector's error-correction unit, so it is the same in every run. Where a mark
 * is one of writing, the medium takes no data at all, and gives none.
 */
#ifndef VDRIVE_DAMAGE_H
#define VDRIVE_DAMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <discern/error.h>

#include "vdrive/disc.h"

enum damage_kind {
	DAMAGE_SCRATCH, /**< along a radius: hits at each turn */
	DAMAGE_RING,    /**< a range of sectors */
	DAMAGE_ROT,     /**< the likelier the farther from the hub */
	DAMAGE_DESIGN,  /**< many short bad runs */
	DAMAGE_DEFECT,  /**< scattered units that cannot be written */
};

/** Marks of one kind, as a rule describes them. */
struct damage_marks {
	enum damage_kind kind;
	bool has_lba, has_radius, has_angle;
	/** Its units cannot be written either. */
	bool is_on_write;
	int32_t first_lba, last_lba;
	double first_mm, last_mm;
	/** Of a scratch: how wide, and where on the turn (0 to 1). */
	double width_mm, angle;
	/** Scratches or runs. */
	uint32_t count;
	/** Sectors of a run. */
	uint32_t length;
	uint64_t seed;
	/** Share of the units under the mark that are bad, and share of these that nothing helps. */
	double severity, dead;
};

/** True for scratch, ring, rot, design, defect. */
bool damage_is_kind(const char *word);

/** What a rule that begins with this word is before its other words are read. */
void damage_init(const char *word, struct damage_marks *ret_marks);

/** One word of such a rule, KEY=VALUE. -EINVAL. */
int damage_parse_word(const char *key, const char *value, struct damage_marks *marks, struct discern_error *err);

/** After the last word. -EINVAL for marks that lie nowhere. */
int damage_check(const struct damage_marks *marks, struct discern_error *err);

struct damage;

/** Puts marks on a disc. *ret_damage is NULL without any. Release with damage_free(). */
int damage_new(const struct disc *disc, const struct damage_marks *marks, size_t n_marks, struct damage **ret_damage);
void damage_free(struct damage *damage);

/** What reading found. */
struct damage_result {
	/** Sectors from the first on that can be read now. */
	uint32_t n_good;
	/** Units under marks that the speed was low enough for; that gave in to tries; whether one did not. */
	uint32_t n_slow, n_recovered;
	bool has_failed;
	/** damage_try(): a number to draw errors from, another at each try. */
	uint64_t random;
};

/** A try at sectors. */
struct damage_try {
	int64_t lba;
	uint32_t n_sectors;
	/** Of the drive's highest speed for the medium. */
	unsigned speed_percent;
	/** How often the drive tries by itself what it cannot read. */
	unsigned n_retries;
};

/** What comes of it; damage may be NULL. */
void damage_read(struct damage *damage, const struct damage_try *wanted, struct damage_result *ret_result);

/** A try at one sector of a CD, which may be given with its errors. False if it is good. is_again: what the last try
 *  found is looked at once more. */
bool damage_try_one(struct damage *damage, const struct damage_try *wanted, bool is_again,
		    struct damage_result *ret_result);

/** The first sector from lba on that is in a unit with damage, at most end. */
int64_t damage_next(const struct damage *damage, int64_t lba, int64_t end);

/** The first sector from lba on that cannot be written, at most end. */
int64_t damage_next_unwritable(const struct damage *damage, int64_t lba, int64_t end);

/** Whether the unit there can be written, and read at this speed at the first try; true outside of the medium. */
bool damage_is_sound(const struct damage *damage, int64_t lba, unsigned speed_percent);

/** Units that are bad in some way, and those that nothing helps. */
uint32_t damage_count(const struct damage *damage, uint32_t *ret_n_dead);

#endif
