/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/crc32.h"

#include <stdbool.h>

#include "base/bytes.h"

#ifdef __x86_64__
#include <immintrin.h>
#endif

/* x^32 + x^26 + x^23 + … of IEEE 802.3, least significant bit first. */
static const uint32_t crc32_of_nibble[8][16] = {
	{ 0x00000000, 0xb8bc6765, 0xaa09c88b, 0x12b5afee, 0x8f629757, 0x37def032, 0x256b5fdc, 0x9dd738b9,
	  0xc5b428ef, 0x7d084f8a, 0x6fbde064, 0xd7018701, 0x4ad6bfb8, 0xf26ad8dd, 0xe0df7733, 0x58631056 },
	{ 0x00000000, 0x5019579f, 0xa032af3e, 0xf02bf8a1, 0x9b14583d, 0xcb0d0fa2, 0x3b26f703, 0x6b3fa09c,
	  0xed59b63b, 0xbd40e1a4, 0x4d6b1905, 0x1d724e9a, 0x764dee06, 0x2654b999, 0xd67f4138, 0x866616a7 },
	{ 0x00000000, 0x01c26a37, 0x0384d46e, 0x0246be59, 0x0709a8dc, 0x06cbc2eb, 0x048d7cb2, 0x054f1685,
	  0x0e1351b8, 0x0fd13b8f, 0x0d9785d6, 0x0c55efe1, 0x091af964, 0x08d89353, 0x0a9e2d0a, 0x0b5c473d },
	{ 0x00000000, 0x1c26a370, 0x384d46e0, 0x246be590, 0x709a8dc0, 0x6cbc2eb0, 0x48d7cb20, 0x54f16850,
	  0xe1351b80, 0xfd13b8f0, 0xd9785d60, 0xc55efe10, 0x91af9640, 0x8d893530, 0xa9e2d0a0, 0xb5c473d0 },
	{ 0x00000000, 0x191b3141, 0x32366282, 0x2b2d53c3, 0x646cc504, 0x7d77f445, 0x565aa786, 0x4f4196c7,
	  0xc8d98a08, 0xd1c2bb49, 0xfaefe88a, 0xe3f4d9cb, 0xacb54f0c, 0xb5ae7e4d, 0x9e832d8e, 0x87981ccf },
	{ 0x00000000, 0x4ac21251, 0x958424a2, 0xdf4636f3, 0xf0794f05, 0xbabb5d54, 0x65fd6ba7, 0x2f3f79f6,
	  0x3b83984b, 0x71418a1a, 0xae07bce9, 0xe4c5aeb8, 0xcbfad74e, 0x8138c51f, 0x5e7ef3ec, 0x14bce1bd },
	{ 0x00000000, 0x77073096, 0xee0e612c, 0x990951ba, 0x076dc419, 0x706af48f, 0xe963a535, 0x9e6495a3,
	  0x0edb8832, 0x79dcb8a4, 0xe0d5e91e, 0x97d2d988, 0x09b64c2b, 0x7eb17cbd, 0xe7b82d07, 0x90bf1d91 },
	{ 0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4, 0x4db26158, 0x5005713c,
	  0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c, 0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c },
};

uint32_t crc_by_nibbles(const uint32_t tables[8][16], uint32_t crc, const uint8_t *data, size_t size)
{
	/* Linear: that of four bytes is the sum of those of their nibbles, of which none waits for another. */
	for (; size >= 4; size -= 4, data += 4) {
		uint32_t word = crc ^ get_le32(data);

		crc = 0;
		for (unsigned i = 0; i < 8; i++)
			crc ^= tables[i][word >> 4 * i & 15];
	}
	for (; size > 0; size--, data++) {
		crc ^= *data;
		crc = tables[7][crc & 15] ^ crc >> 4;
		crc = tables[7][crc & 15] ^ crc >> 4;
	}
	return crc;
}

#ifdef __x86_64__
#define CARRYLESS __attribute__((target("pclmul,sse4.1")))

/* What is in x, moved on by as many bits as the constants stand for, onto what is there. */
CARRYLESS static __m128i fold(__m128i x, __m128i constants, __m128i there)
{
	__m128i low = _mm_clmulepi64_si128(x, constants, 0x00), high = _mm_clmulepi64_si128(x, constants, 0x11);

	return _mm_xor_si128(_mm_xor_si128(low, high), there);
}

static __m128i load(const uint8_t *bytes)
{
	return _mm_loadu_si128((const __m128i *)(const void *)bytes);
}

/* 128 bits to the 32 of the CRC, at last by Barrett's reduction. */
CARRYLESS static uint32_t reduce(__m128i x, __m128i by_128)
{
	const __m128i by_64 = _mm_set_epi64x(0, 0x163cd6124), polynomials = _mm_set_epi64x(0x1f7011641, 0x1db710641);
	const __m128i low_words = _mm_setr_epi32(-1, 0, -1, 0);
	__m128i y = _mm_clmulepi64_si128(x, by_128, 0x10);

	x = _mm_xor_si128(_mm_srli_si128(x, 8), y);
	y = _mm_srli_si128(x, 4);
	x = _mm_xor_si128(_mm_clmulepi64_si128(_mm_and_si128(x, low_words), by_64, 0x00), y);
	y = _mm_clmulepi64_si128(_mm_and_si128(x, low_words), polynomials, 0x10);
	y = _mm_clmulepi64_si128(_mm_and_si128(y, low_words), polynomials, 0x00);
	return (uint32_t)_mm_extract_epi32(_mm_xor_si128(x, y), 1);
}

/* By carry-less multiplication, many times as fast (Gopal and others, Intel 2009). At least 64 bytes, a multiple of 16. */
CARRYLESS static uint32_t update_quickly(uint32_t value, const uint8_t *bytes, size_t size)
{
	const __m128i by_512 = _mm_set_epi64x(0x1c6e41596, 0x154442bd4),
		      by_128 = _mm_set_epi64x(0x0ccaa009e, 0x1751997d0);
	__m128i x[4];

	for (int i = 0; i < 4; i++)
		x[i] = load(bytes + 16 * i);
	x[0] = _mm_xor_si128(x[0], _mm_cvtsi32_si128((int)value));
	for (bytes += 64, size -= 64; size >= 64; bytes += 64, size -= 64)
		for (int i = 0; i < 4; i++)
			x[i] = fold(x[i], by_512, load(bytes + 16 * i));
	for (int i = 1; i < 4; i++)
		x[0] = fold(x[0], by_128, x[i]);
	for (; size >= 16; bytes += 16, size -= 16)
		x[0] = fold(x[0], by_128, load(bytes));
	return reduce(x[0], by_128);
}

static bool is_quick(void)
{
	return __builtin_cpu_supports("pclmul") && __builtin_cpu_supports("sse4.1");
}
#else
static uint32_t update_quickly(uint32_t value, const uint8_t *bytes, size_t size)
{
	(void)bytes;
	(void)size;
	return value;
}

static bool is_quick(void)
{
	return false;
}
#endif

uint32_t crc32_add(uint32_t crc, const void *data, size_t size)
{
	const uint8_t *bytes = data;
	size_t n_quick = size >= 64 && is_quick() ? size / 16 * 16 : 0;

	crc = ~crc;
	if (n_quick > 0)
		crc = update_quickly(crc, bytes, n_quick);
	return ~crc_by_nibbles(crc32_of_nibble, crc, bytes + n_quick, size - n_quick);
}
