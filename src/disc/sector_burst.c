/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "disc/sector_code.h"

#include <string.h>

/*
 * Two erasures a P vector can mend are two rows of a plane: 86 words in a run, and with both planes 172 bytes of a
 * sector, wherever they begin. Which ones they are, nobody tells; but only at the right place all Q vectors of the plane
 * become zero. From one place to the next, only one column has another pair of rows.
 */
enum { COLUMNS = CODE_P_VECTORS / 2, PLACES = (CODE_P_LENGTH - 2) * COLUMNS + 1 };

static unsigned n_bad_q(const struct code *code, unsigned plane)
{
	unsigned n_bad = 0;

	for (unsigned q = plane; q < CODE_Q_VECTORS; q += 2)
		n_bad += !syndrome_is_zero(code->syndromes[CODE_P_VECTORS + q]);
	return n_bad;
}

static void take_back(struct code *trial, const struct code *code, unsigned vector, unsigned row)
{
	for (unsigned i = row; i < row + 2; i++) {
		unsigned at = code->tables->at[vector][i];

		code_change(trial, at, trial->bytes[at] ^ code->bytes[at]);
	}
}

/* Rows that a column has in a run which begins at a place. */
static unsigned row_at(unsigned place, unsigned column)
{
	return place / COLUMNS + (column < place % COLUMNS ? 1 : 0);
}

static void mend_at(struct code *code, unsigned plane, unsigned place)
{
	for (unsigned column = 0; column < COLUMNS; column++) {
		unsigned row = row_at(place, column);

		code_mend_pair(code, 2 * column + plane, row, row + 1);
	}
}

static bool mend_plane(struct code *code, unsigned plane)
{
	unsigned best = n_bad_q(code, plane), best_place = PLACES;
	struct code trial = *code;

	if (best == 0)
		return false;
	mend_at(&trial, plane, 0);
	for (unsigned place = 0; place < PLACES && best > 0; place++) {
		unsigned n_bad = n_bad_q(&trial, plane), vector = place % COLUMNS * 2 + plane, row = place / COLUMNS;

		if (n_bad < best) {
			best = n_bad;
			best_place = place;
		}
		if (place + 1 < PLACES) {
			take_back(&trial, code, vector, row);
			code_mend_pair(&trial, vector, row + 1, row + 2);
		}
	}
	if (best_place == PLACES)
		return false;
	mend_at(code, plane, best_place);
	return true;
}

bool code_mend_burst(struct code *code)
{
	bool is_even_mended = mend_plane(code, 0);

	return mend_plane(code, 1) || is_even_mended;
}
