/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Who reads what, where several drives read copies of one disc: each has a stretch of it, large enough that nobody seeks; who is
 * done takes what nobody reads, or a part of what another one still has before it. Pure: no drive here.
 */
#ifndef RIP_DIVISION_H
#define RIP_DIVISION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <discern/rip.h>

#include "rip/map.h"

struct stretch {
	/** A drive is reading it; else the rest of it is free. */
	bool is_active;
	/** The first sector that is being read, the next one after these, and the one behind the last. */
	uint32_t start, position, end;
	/** What a sector takes this drive lately; 0 if it is not known. */
	double seconds_each;
};

struct division {
	size_t n;
	/** Stretches begin at multiples of so many sectors, counted from an image sector that is first short of one. */
	uint32_t n_align, first;
	struct stretch stretches[DISCERN_RIP_MAX_DRIVES];
};

enum division_kind {
	DIVISION_NOTHING,
	DIVISION_FREE,    /**< nobody reads it */
	DIVISION_PART,    /**< another drive had it still before it */
	DIVISION_SKIPPED, /**< nobody reads it, and this drive has left it out because of failures */
};

struct division_taken {
	enum division_kind kind;
	/** Whose part it was. */
	size_t from;
};

/** Gives each of n drives an equal part of what is untried, as far as there is enough. */
void division_begin(struct division *division, size_t n, const struct map *map);

/**
 * For a drive that has nothing to read: another stretch.
 * @param skipped  where it is MAP_UNSCRAPED, the drive has left sectors out; taken last, and only with take_skipped
 */
struct division_taken division_take(struct division *division, size_t drive, const struct map *map,
				    const struct map *skipped, bool take_skipped);

/** The drive has read, or left out, all before start, and reads what is before position now. */
void division_advance(struct division *division, size_t drive, uint32_t start, uint32_t position);

/** A read of so many sectors has taken so long. */
void division_note(struct division *division, size_t drive, uint32_t n_sectors, double seconds);

/** The drive does not go on with its stretch: what is untried in it is free. */
void division_leave(struct division *division, size_t drive);

#endif
