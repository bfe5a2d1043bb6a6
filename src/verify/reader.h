/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads a disc so that every sector is known to be read, unreadable, or behind the end. */
#ifndef VERIFY_READER_H
#define VERIFY_READER_H

#include <stdbool.h>
#include <stdint.h>

#include <discern/error.h>

#include "disc/source.h"
#include "verify/pace.h"

struct reader {
	struct discern_source *source;
	/** On the disc; all other numbers are counted from here. */
	int32_t first_lba;
	/** End of the disc by its table of contents: a sector there that cannot be read does not exist. */
	uint32_t n_disc_sectors;
	/** Last sectors of the disc that may be run-out, which no drive can read: not worth a second try. */
	uint32_t n_run_out_sectors;
	/** Something is recorded up to here, as a probe for the end has shown. */
	uint32_t recorded_until;
	/** Ticks while a damaged area takes its time; the numbers are the caller's. */
	struct verify_pace *pace;
};

/** A piece of the disc, counted from first_lba. */
struct reader_piece {
	uint32_t lba;
	uint32_t n_sectors;
	/** Room for n_sectors sectors; zeros where is_bad is set. */
	uint8_t *buffer;
	/** One for each sector: it cannot be read. */
	bool *is_bad;
};

/**
 * Reads a piece.
 * @param ret_n  sectors of it that exist: less than n_sectors only where the disc ends
 * @return 0, -ECANCELED, or a trouble of the source
 */
int verify_read(struct reader *reader, const struct reader_piece *piece, uint32_t *ret_n, struct discern_error *err);

#endif
