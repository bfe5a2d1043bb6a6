/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Why a disc is read: whoever is about to read says his reason, and each command that then goes to the device is told
 * with it; one by one as DISCERN_LEVEL_DEBUG, and all of one reason and way together as DISCERN_LEVEL_DETAIL. Used by
 * one thread at a time, as the source is. All calls accept NULL.
 */
#ifndef DISC_READINGS_H
#define DISC_READINGS_H

#include <stdbool.h>
#include <stdint.h>

#include <discern/progress.h>

enum { READINGS_REASON_SIZE = 160, READINGS_WAY_SIZE = 48, READINGS_KINDS = 8 };

/** Commands of one reason and way, until they are told. */
struct readings_kind {
	char reason[READINGS_REASON_SIZE], way[READINGS_WAY_SIZE];
	int32_t first_lba, end_lba;
	uint32_t n_least, n_most;
	uint64_t n_commands, n_failed;
};

struct readings {
	struct discern_observer observer;
	/** Why what comes next is read. */
	const char *reason;
	struct readings_kind kinds[READINGS_KINDS];
	unsigned n_kinds;
};

/** One command, as the device has answered it. */
struct readings_command {
	int32_t lba;
	uint32_t n_sectors;
	/** How it was asked for, "" for plain user data. */
	const char *way;
	/** What the device said if it failed; else NULL. */
	const char *trouble;
};

/** observer may be NULL; its members are copied. */
void readings_begin(struct readings *readings, const struct discern_observer *observer);

/** From the next command on; reason must live until there is another one. Returns the one before, to be set again. */
const char *readings_because(struct readings *readings, const char *reason);

void readings_note(struct readings *readings, const struct readings_command *command);

/** Tells what has come together: at the end of a pass, and at the end. */
void readings_tell(struct readings *readings);

#endif
