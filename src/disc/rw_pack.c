/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "disc/rw_pack.h"

#include <stddef.h>
#include <string.h>

/* GF(2^6) of x^6 + x + 1 (IEC 60908 17.7.3). */
enum { FIELD_SIZE = 64, FIELD_POLYNOMIAL = 0x43, SYMBOL_BITS = 0x3f };

/* Where the parities lie: Q behind the two symbols of the instruction, P behind all. */
enum { Q_AT = 2, N_Q = 2, P_AT = 20, N_P = 4, INTERLEAVED_PACKS = 8 };

static uint8_t multiply(uint8_t a, uint8_t b)
{
	uint8_t product = 0;

	for (; b != 0; b >>= 1) {
		if (b & 1)
			product ^= a;
		a = (uint8_t)(a << 1 ^ (a & FIELD_SIZE / 2 ? FIELD_POLYNOMIAL : 0));
	}
	return product & SYMBOL_BITS;
}

/* The remainder of n symbols by (x - 1)(x - alpha) ... with n_parity factors, which goes behind them. */
static void add_remainder(uint8_t *symbols, size_t n, size_t n_parity)
{
	uint8_t generator[N_P + 1] = { 1 }, remainder[N_P] = { 0 }, root = 1;

	for (size_t degree = 1; degree <= n_parity; degree++, root = multiply(root, 2))
		for (size_t i = degree; i > 0; i--)
			generator[i] ^= multiply(generator[i - 1], root);
	for (size_t i = 0; i < n; i++) {
		uint8_t factor = (symbols[i] & SYMBOL_BITS) ^ remainder[0];

		memmove(remainder, remainder + 1, n_parity - 1);
		remainder[n_parity - 1] = 0;
		for (size_t j = 0; j < n_parity; j++)
			remainder[j] ^= multiply(generator[j + 1], factor);
	}
	memcpy(symbols + n, remainder, n_parity);
}

void rw_pack_add_parity(uint8_t symbols[RW_PACK_SYMBOLS])
{
	static const uint8_t none[N_P] = { 0 };

	if (memcmp(symbols + Q_AT, none, N_Q) != 0 || memcmp(symbols + P_AT, none, N_P) != 0)
		return;
	add_remainder(symbols, Q_AT, N_Q);
	add_remainder(symbols, P_AT, N_P);
}

/* Three pairs of columns change places, and each column comes as many packs later as its number modulo 8 says
 * (IEC 60908 17.7.4). */
void rw_pack_interleave(uint8_t ret_symbols[96], const uint8_t packs[RW_WINDOW_SECTORS * 96])
{
	static const uint8_t symbols[RW_PACK_SYMBOLS] = { 0,  18, 5,  23, 4,  2,  6, 7,  8,  9,  10, 11,
							  12, 13, 14, 15, 16, 17, 1, 19, 20, 21, 22, 3 };
	const size_t first_pack = (size_t)(RW_WINDOW_SECTORS - 1) * RW_SECTOR_PACKS;

	for (size_t pack = 0; pack < RW_SECTOR_PACKS; pack++) {
		for (size_t column = 0; column < RW_PACK_SYMBOLS; column++) {
			size_t from = first_pack + pack - column % INTERLEAVED_PACKS;

			ret_symbols[pack * RW_PACK_SYMBOLS + column] =
				packs[from * RW_PACK_SYMBOLS + symbols[column]] & SYMBOL_BITS;
		}
	}
}
