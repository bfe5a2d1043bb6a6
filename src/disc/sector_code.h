/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The product code of a sector (ECMA-130 annex A) as its decoder sees it: 2340 bytes behind the sync, 86 P vectors of 26
 * and 52 Q vectors of 45 bytes. Each byte is in one vector of each kind, but Q's own parity, which is in one. Even and
 * odd bytes, the two planes of the words, have nothing to do with each other.
 */
#ifndef DISC_SECTOR_CODE_H
#define DISC_SECTOR_CODE_H

#include <stdbool.h>
#include <stdint.h>

#include "disc/sector.h"

enum {
	CODE_BYTES = SECTOR_RAW - SECTOR_HEADER_AT,
	CODE_P_VECTORS = 86,
	CODE_P_LENGTH = 26,
	CODE_Q_VECTORS = 52,
	CODE_Q_LENGTH = 45,
	/* Bytes that are in both; Q's parity follows. */
	CODE_PRODUCT = CODE_P_VECTORS * CODE_P_LENGTH,
	/* P vectors and those before them of all vectors, in one row. */
	CODE_VECTORS = CODE_P_VECTORS + CODE_Q_VECTORS,
	/* No place. */
	CODE_NOWHERE = 0xffff,
};

/** What a vector's bytes add up to: both are zero if all is well. */
struct syndrome {
	uint8_t sum, weighted;
};

/** Places, logarithms and powers of GF(2^8). Powers go round twice, and then are zero, as log of zero wants. */
struct code_tables {
	uint8_t power[1024];
	uint16_t log[256];
	/** The bytes of each vector; P vectors first. Their weights are alpha^(length - 1 - i). */
	uint16_t at[CODE_VECTORS][CODE_Q_LENGTH];
	/** The vectors of each byte and its logarithms of weight there; P CODE_NOWHERE where there is none. */
	uint16_t p_of[CODE_BYTES], q_of[CODE_BYTES];
	uint8_t p_weight[CODE_BYTES], q_weight[CODE_BYTES];
};

/** A sector that is being mended. */
struct code {
	const struct code_tables *tables;
	uint8_t bytes[CODE_BYTES];
	struct syndrome syndromes[CODE_VECTORS];
	/** Bytes that may be wrong while all others are held for right. */
	bool is_suspect[CODE_BYTES];
};

void code_make_tables(struct code_tables *ret_tables);

static inline unsigned code_length(unsigned vector)
{
	return vector < CODE_P_VECTORS ? CODE_P_LENGTH : CODE_Q_LENGTH;
}

static inline bool syndrome_is_zero(struct syndrome syndrome)
{
	return (syndrome.sum | syndrome.weighted) == 0;
}

static inline uint8_t code_multiply(const struct code_tables *tables, uint8_t a, unsigned log)
{
	return tables->power[tables->log[a] + log];
}

static inline uint8_t code_divide(const struct code_tables *tables, uint8_t a, uint8_t by)
{
	return tables->power[tables->log[a] + 255 - tables->log[by]];
}

/** Computes all syndromes of the bytes. */
void code_begin(struct code *code);

/** Adds error to a byte, and to the syndromes of its vectors. */
void code_change(struct code *code, unsigned at, uint8_t error);

/** If one wrong byte explains the syndrome: its place, and the error is the syndrome's sum. Otherwise CODE_NOWHERE. */
unsigned code_find_single(const struct code *code, unsigned vector);

/** Mends two bytes of a vector, its i-th and j-th, whatever the others are. */
void code_mend_pair(struct code *code, unsigned vector, unsigned i, unsigned j);

/** True if no syndrome is left. */
bool code_is_clean(const struct code *code);

/** Mends all suspects of both planes at once, up to 138 bytes each, if P and Q together say what they are and nothing
 *  else is wrong there. */
void code_mend_suspects(struct code *code);

/** Looks in each plane for one burst, of up to two rows of it, that P mends so that Q agrees; true if it mended any. */
bool code_mend_burst(struct code *code);

#endif
