/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "disc/sector.h"

#include <string.h>

#include "base/bytes.h"

/* ECMA-130 14.3: (x^16 + x^15 + x^2 + 1)(x^16 + x^2 + x + 1), least significant bit first. */
static const uint32_t edc_polynomial = 0xd8018001;

uint32_t sector_edc(const uint8_t *data, size_t size)
{
	uint32_t nibbles[16], edc = 0;

	for (uint32_t i = 0; i < 16; i++) {
		nibbles[i] = i;
		for (int bit = 0; bit < 4; bit++)
			nibbles[i] = nibbles[i] >> 1 ^ (nibbles[i] & 1 ? edc_polynomial : 0);
	}
	for (size_t i = 0; i < size; i++) {
		edc ^= data[i];
		edc = nibbles[edc & 15] ^ edc >> 4;
		edc = nibbles[edc & 15] ^ edc >> 4;
	}
	return edc;
}

/* Multiplication by alpha in GF(2^8) of x^8 + x^4 + x^3 + x^2 + 1 (ECMA-130 annex A). */
static uint8_t times_alpha(uint8_t a)
{
	return (uint8_t)(a << 1 ^ (a & 0x80 ? 0x1d : 0));
}

/* Shape of one of the two codes: bytes in a vector, number of vectors, and the steps between them, in the 1118 words
 * behind the sync (ECMA-130 annex A.4, A.5). Both interleave even and odd bytes, the two planes of the words. */
struct parity {
	unsigned length, n_vectors, major, minor;
	size_t at;
};

static const struct parity p_parity = { .length = 24, .n_vectors = 86, .major = 2, .minor = 86, .at = SECTOR_P_AT };
static const struct parity q_parity = { .length = 43, .n_vectors = 52, .major = 86, .minor = 88, .at = SECTOR_Q_AT };

/*
 * The two parity bytes x, y of a vector d[0..n-1] make both sums of the extended vector zero:
 *   sum d[i] + x + y = 0   and   sum d[i] alpha^(n+1-i) + x alpha + y = 0.
 */
static void add_parity(uint8_t *sector, const struct parity *shape, const uint8_t over[256])
{
	const uint8_t *words = sector + SECTOR_HEADER_AT;
	/* Bytes that Q wraps around in: header, data and P. */
	const unsigned size = shape->n_vectors * shape->length;

	for (unsigned vector = 0; vector < shape->n_vectors; vector++) {
		unsigned index = (vector >> 1) * shape->major + (vector & 1);
		uint8_t sum = 0, weighted = 0;

		for (unsigned i = 0; i < shape->length; i++) {
			weighted = times_alpha(weighted ^ words[index]);
			sum ^= words[index];
			index += shape->minor;
			if (index >= size)
				index -= size;
		}
		/* weighted alpha + x alpha + y = 0 and y = sum + x give x (alpha + 1) = weighted alpha + sum. */
		weighted = over[times_alpha(weighted) ^ sum];
		sector[shape->at + vector] = weighted;
		sector[shape->at + shape->n_vectors + vector] = weighted ^ sum;
	}
}

static uint8_t to_bcd(unsigned number)
{
	return (uint8_t)(number / 10 % 10 << 4 | number % 10);
}

void sector_make_mode1(uint8_t ret_sector[SECTOR_RAW], int32_t lba, const uint8_t user_data[SECTOR_USER])
{
	unsigned frames = (unsigned)(lba + 150);
	/* a / (alpha + 1) for each a. */
	uint8_t over[256];

	memset(ret_sector, 0, SECTOR_RAW);
	memset(ret_sector + 1, 0xff, 10);
	ret_sector[SECTOR_HEADER_AT] = to_bcd(frames / (60 * 75));
	ret_sector[SECTOR_HEADER_AT + 1] = to_bcd(frames / 75 % 60);
	ret_sector[SECTOR_HEADER_AT + 2] = to_bcd(frames % 75);
	ret_sector[SECTOR_HEADER_AT + 3] = 1;
	memcpy(ret_sector + SECTOR_USER_AT, user_data, SECTOR_USER);
	put_le32(ret_sector + SECTOR_EDC_AT, sector_edc(ret_sector, SECTOR_EDC_AT));
	for (unsigned i = 0; i < 256; i++)
		over[times_alpha((uint8_t)i) ^ i] = (uint8_t)i;
	add_parity(ret_sector, &p_parity, over);
	add_parity(ret_sector, &q_parity, over);
}
