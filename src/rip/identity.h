/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Telling discs apart, so that what is read of one never ends up in the image of another. */
#ifndef RIP_IDENTITY_H
#define RIP_IDENTITY_H

#include <stdbool.h>
#include <stddef.h>

#include <discern/medium.h>

#include "disc/source.h"
#include "rip/map.h"
#include "rip/rip_plan.h"

#define IDENTITY_SIZE 256

/**
 * One line on the disc: its kind, a digest of the track layout, its size, and digests of sectors as far as they are readable:
 * volume descriptors, anchor, root directory, and a few from all over the disc, in which another edition differs.
 * @return 0, or the source's own trouble
 */
int identity_make(const struct discern_medium *medium, struct discern_source *source, const struct rip_plan *plan,
		  char ret_identity[IDENTITY_SIZE], struct discern_error *err);

/** Whether both lines can be of one disc: what is unreadable, or not there, in one of them does not count, nor does a size that
 *  two drives report a little differently. */
bool identity_matches(const char *a, const char *b);

/** What is different in two lines that do not match: "3000 sectors, not 5000". */
void identity_tell_difference(const char *of, const char *from, char *words, size_t size);

/** Takes from other what is not known in identity, which must match it. */
void identity_complete(char identity[IDENTITY_SIZE], const char *other);

/**
 * Compares a few sectors that the map calls read with the disc.
 * @return 0, -ESTALE if one differs, which err then names, or trouble with the source or file
 */
int identity_compare(struct discern_source *source, const struct rip_plan *plan, const struct map *map, int fd,
		     struct discern_error *err);

/** The same with fewer, at the begin and the end, which takes a single seek. */
int identity_compare_ends(struct discern_source *source, const struct rip_plan *plan, const struct map *map, int fd,
			  struct discern_error *err);

/** Compares what the map calls read with the marks that were taken of the disc before, which needs no reading of the disc. As
 *  identity_compare(). */
int identity_compare_marks(const char *identity, const struct rip_plan *plan, const struct map *map, int fd,
			   struct discern_error *err);

#endif
