/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the passes of one of several drives do otherwise than those of a single one, of which passes->member is NULL. */
#ifndef RIP_MEMBER_H
#define RIP_MEMBER_H

#include "rip/passes.h"

/** Before and after a command to the drive: others may work meanwhile. */
void member_leave(const struct passes *passes);
void member_enter(const struct passes *passes);

/** Room for a piece; NULL is no error of a single drive's pipeline. */
uint8_t *member_room(struct passes *passes);
/** The piece is read now; waits for drives whose clock is behind. */
void member_claim(struct passes *passes, const struct map_range *piece);
/** The piece was read into the room: what of it nobody has read meanwhile goes into the image. 0 or an error. */
int member_put(struct passes *passes, const struct map_range *piece, struct discern_error *err);
/** passes_set() of what is no success: not over what another drive has read. What is bad is given up by this drive only. */
int member_fail(struct passes *passes, const struct map_range *range, enum map_status status,
		struct discern_error *err);
/** This drive leaves sectors out. */
int member_skip(struct passes *passes, uint32_t start, uint32_t end, struct discern_error *err);
/** passes_after_read(). */
int member_after_read(struct passes *passes, struct discern_error *err);
/** Something was read. */
void member_note_good(struct passes *passes);

/** The stretch that is to be swept, and its end, which may come nearer at any time. */
uint32_t member_stretch_start(const struct passes *passes);
uint32_t member_stretch_end(const struct passes *passes);
/** All before start is read, or left out, and what is before position is being read. */
void member_advance(struct passes *passes, uint32_t start, uint32_t position);

/** The next piece at or after from that others could not read and this drive has not tried; one that another drive is just
 *  reading only if it may be claimed. */
bool member_next_lent(const struct passes *passes, uint32_t from, bool may_be_claimed, struct map_range *ret_piece);

/** Cuts a failed range to its first, or last, part that this drive has not given up; where to look next if there is none. */
bool member_cut_to_open(const struct passes *passes, bool backward, struct map_range *range, uint32_t *position);

/** Whether this drive has given a sector up, or another one has read it meanwhile. */
bool member_has_given_up(const struct passes *passes, uint32_t sector);

/** Whether this drive has tried to read a sector. */
bool member_has_tried(const struct passes *passes, uint32_t sector);

/** Every other drive begins at the end. */
bool member_begins_backward(const struct passes *passes);

/** doubt_after_read(): what is to be read twice goes to another drive if there is one. */
int member_prove(struct passes *passes, struct discern_error *err);

#endif
