/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "disc/sector_code.h"

#include <string.h>

/* Words of a plane, and columns of its matrix: P goes down a column, Q along a diagonal. */
enum { COLUMNS = 43, WORDS = CODE_PRODUCT / 2, NO_LOG = 512 };

static void make_powers(struct code_tables *tables)
{
	unsigned power = 1;

	memset(tables->power, 0, sizeof(tables->power));
	tables->log[0] = NO_LOG;
	for (unsigned i = 0; i < 255; i++) {
		tables->power[i] = tables->power[i + 255] = (uint8_t)power;
		tables->log[power] = (uint16_t)i;
		power = power << 1 ^ (power & 0x80 ? 0x11d : 0);
	}
}

static void make_vector(struct code_tables *tables, unsigned vector, unsigned i, unsigned at)
{
	unsigned weight = code_length(vector) - 1 - i;

	tables->at[vector][i] = (uint16_t)at;
	if (vector < CODE_P_VECTORS) {
		tables->p_of[at] = (uint16_t)vector;
		tables->p_weight[at] = (uint8_t)weight;
	} else {
		tables->q_of[at] = (uint16_t)vector;
		tables->q_weight[at] = (uint8_t)weight;
	}
}

void code_make_tables(struct code_tables *ret_tables)
{
	make_powers(ret_tables);
	for (unsigned at = 0; at < CODE_BYTES; at++)
		ret_tables->p_of[at] = CODE_NOWHERE;
	for (unsigned vector = 0; vector < CODE_P_VECTORS; vector++)
		for (unsigned i = 0; i < CODE_P_LENGTH; i++)
			make_vector(ret_tables, vector, i, vector + CODE_P_VECTORS * i);
	for (unsigned q = 0; q < CODE_Q_VECTORS; q++) {
		for (unsigned i = 0; i < COLUMNS; i++) {
			unsigned word = (q / 2 * COLUMNS + i * (COLUMNS + 1)) % WORDS;

			make_vector(ret_tables, CODE_P_VECTORS + q, i, 2 * word + q % 2);
		}
		make_vector(ret_tables, CODE_P_VECTORS + q, COLUMNS, CODE_PRODUCT + q);
		make_vector(ret_tables, CODE_P_VECTORS + q, COLUMNS + 1, CODE_PRODUCT + CODE_Q_VECTORS + q);
	}
}

void code_begin(struct code *code)
{
	const struct code_tables *tables = code->tables;

	for (unsigned vector = 0; vector < CODE_VECTORS; vector++) {
		unsigned length = code_length(vector);
		uint8_t sum = 0, weighted = 0;

		for (unsigned i = 0; i < length; i++) {
			uint8_t byte = code->bytes[tables->at[vector][i]];

			sum ^= byte;
			weighted = (uint8_t)(weighted << 1 ^ (weighted & 0x80 ? 0x1d : 0) ^ byte);
		}
		code->syndromes[vector] = (struct syndrome){ .sum = sum, .weighted = weighted };
	}
}

void code_change(struct code *code, unsigned at, uint8_t error)
{
	const struct code_tables *tables = code->tables;
	struct syndrome *q = &code->syndromes[tables->q_of[at]];

	code->bytes[at] ^= error;
	q->sum ^= error;
	q->weighted ^= code_multiply(tables, error, tables->q_weight[at]);
	if (tables->p_of[at] != CODE_NOWHERE) {
		struct syndrome *p = &code->syndromes[tables->p_of[at]];

		p->sum ^= error;
		p->weighted ^= code_multiply(tables, error, tables->p_weight[at]);
	}
}

unsigned code_find_single(const struct code *code, unsigned vector)
{
	struct syndrome syndrome = code->syndromes[vector];
	unsigned length = code_length(vector), weight;

	if (syndrome.sum == 0 || syndrome.weighted == 0)
		return CODE_NOWHERE;
	weight = code->tables->log[code_divide(code->tables, syndrome.weighted, syndrome.sum)];
	return weight < length ? code->tables->at[vector][length - 1 - weight] : CODE_NOWHERE;
}

/* With errors a and b: sum = a + b, weighted = a alpha^u + b alpha^v, so a = (weighted + sum alpha^v) / (alpha^u +
 * alpha^v). */
void code_mend_pair(struct code *code, unsigned vector, unsigned i, unsigned j)
{
	const struct code_tables *tables = code->tables;
	struct syndrome syndrome = code->syndromes[vector];
	unsigned u = code_length(vector) - 1 - i, v = code_length(vector) - 1 - j;
	uint8_t above = syndrome.weighted ^ code_multiply(tables, syndrome.sum, v);
	uint8_t error = code_divide(tables, above, tables->power[u] ^ tables->power[v]);

	code_change(code, tables->at[vector][i], error);
	code_change(code, tables->at[vector][j], error ^ syndrome.sum);
}

bool code_is_clean(const struct code *code)
{
	for (unsigned vector = 0; vector < CODE_VECTORS; vector++)
		if (!syndrome_is_zero(code->syndromes[vector]))
			return false;
	return true;
}
