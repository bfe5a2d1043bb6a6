/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "disc/sector_code.h"

#include <string.h>

/*
 * Where no vector has only two erasures left, P and Q together may still tell them all: each bad byte of a plane is an
 * unknown, each vector has two linear equations in GF(2^8), 138 in a plane, solved by Gaussian elimination.
 */
enum { MAX_UNKNOWNS = CODE_VECTORS, N_EQUATIONS = CODE_VECTORS };

struct equations {
	const struct code_tables *tables;
	unsigned n_unknowns, n_equations;
	uint16_t unknowns[MAX_UNKNOWNS];
	/* The last coefficient is the right side. */
	uint8_t rows[N_EQUATIONS][MAX_UNKNOWNS + 1];
};

/* False if there are more unknowns than equations. */
static bool collect_unknowns(struct equations *equations, const struct code *code, unsigned plane)
{
	equations->n_unknowns = 0;
	for (unsigned at = plane; at < CODE_BYTES; at += 2) {
		if (!code->is_suspect[at])
			continue;
		if (equations->n_unknowns == MAX_UNKNOWNS)
			return false;
		equations->unknowns[equations->n_unknowns++] = (uint16_t)at;
	}
	return true;
}

static void add_vector(struct equations *equations, const struct code *code, unsigned vector)
{
	uint8_t(*rows)[MAX_UNKNOWNS + 1] = &equations->rows[equations->n_equations];
	const struct code_tables *tables = code->tables;

	memset(rows, 0, 2 * sizeof(*rows));
	for (unsigned i = 0; i < equations->n_unknowns; i++) {
		unsigned at = equations->unknowns[i];
		bool is_p = vector < CODE_P_VECTORS;

		if ((is_p ? tables->p_of[at] : tables->q_of[at]) != vector)
			continue;
		rows[0][i] = 1;
		rows[1][i] = tables->power[is_p ? tables->p_weight[at] : tables->q_weight[at]];
	}
	rows[0][equations->n_unknowns] = code->syndromes[vector].sum;
	rows[1][equations->n_unknowns] = code->syndromes[vector].weighted;
	equations->n_equations += 2;
}

static void swap_rows(struct equations *equations, unsigned a, unsigned b)
{
	uint8_t row[MAX_UNKNOWNS + 1];

	if (a == b)
		return;
	memcpy(row, equations->rows[a], sizeof(row));
	memcpy(equations->rows[a], equations->rows[b], sizeof(row));
	memcpy(equations->rows[b], row, sizeof(row));
}

/* Takes factor times one row from another, from a column on. */
static void subtract_row(struct equations *equations, unsigned from, unsigned row, unsigned column)
{
	const struct code_tables *tables = equations->tables;
	const uint8_t *source = equations->rows[row];
	uint8_t *target = equations->rows[from];
	unsigned factor = tables->log[target[column]];

	for (unsigned i = column; i <= equations->n_unknowns; i++)
		target[i] ^= tables->power[tables->log[source[i]] + factor];
}

/* Makes the row begin with one in this column, and all others with zero. False if no row has this unknown. */
static bool eliminate(struct equations *equations, unsigned column)
{
	const struct code_tables *tables = equations->tables;
	unsigned pivot = column, inverse;

	while (pivot < equations->n_equations && equations->rows[pivot][column] == 0)
		pivot++;
	if (pivot == equations->n_equations)
		return false;
	swap_rows(equations, pivot, column);
	inverse = 255u - tables->log[equations->rows[column][column]];
	for (unsigned i = column; i <= equations->n_unknowns; i++)
		equations->rows[column][i] = tables->power[tables->log[equations->rows[column][i]] + inverse];
	for (unsigned row = 0; row < equations->n_equations; row++)
		if (row != column && equations->rows[row][column] != 0)
			subtract_row(equations, row, column, column);
	return true;
}

static void mend_plane(struct equations *equations, struct code *code, unsigned plane)
{
	equations->n_equations = 0;
	if (!collect_unknowns(equations, code, plane) || equations->n_unknowns == 0)
		return;
	for (unsigned vector = plane; vector < CODE_VECTORS; vector += 2)
		add_vector(equations, code, vector);
	for (unsigned column = 0; column < equations->n_unknowns; column++)
		if (!eliminate(equations, column))
			return;
	/* What is left of the other equations is 0 = 0, or some byte is wrong that nobody has pointed out. */
	for (unsigned row = equations->n_unknowns; row < equations->n_equations; row++)
		if (equations->rows[row][equations->n_unknowns] != 0)
			return;
	for (unsigned i = 0; i < equations->n_unknowns; i++)
		code_change(code, equations->unknowns[i], equations->rows[i][equations->n_unknowns]);
}

void code_mend_suspects(struct code *code)
{
	struct equations equations = { .tables = code->tables };

	for (unsigned plane = 0; plane < 2; plane++)
		mend_plane(&equations, code, plane);
}
