/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Drives get hot over damage, and lose their way: then nothing can be read any more, as if the disc were worse than it
 * is. A sector that was read before tells which of the two it is. If it does not come any more, the disc is stopped for
 * a while.
 */
#ifndef RIP_REST_H
#define RIP_REST_H

#include <stdbool.h>
#include <stdint.h>

#include <discern/rip.h>

struct passes;

struct rest {
	/** Of the first rest; each further one in a row is twice as long. 0: the drive never has any. */
	double seconds;
	/** The passes' own: a sector that was read, by its place in the image; reads that failed since the last good one. */
	bool has_sector;
	uint32_t sector;
	unsigned n_failures;
	/** After so long without a good read the sector is asked for; twice as long after each time that it came. */
	double patience;
	/** What the drive's clock said at the last good read. */
	double good_busy_seconds;
};

/** Of a caller's options. */
double rip_cool_down_seconds(const struct discern_rip_options *options);

/** From now on it counts how long nothing is read. */
void rest_begin(struct passes *passes);

/** A read of so many sectors has ended. */
void rest_note(struct passes *passes, uint32_t sector, uint32_t n_sectors, bool is_good);

/** After each read: if nothing was read for long, looks whether the drive is to blame, and lets it rest. 0; -ECANCELED; or
 *  -ETIMEDOUT if it reads nothing any more, even so. */
int rest_if_due(struct passes *passes, struct discern_error *err);

/** The source says that the drive reads nothing any more, in err: 0 if it does after a rest. */
int rest_revive(struct passes *passes, struct discern_error *err);

#endif
