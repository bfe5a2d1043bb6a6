/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/crc32.h"

#include <stdbool.h>

#include "base/bytes.h"

#ifdef __x86_64__
#include <immintrin.h>
#endif

#define POLYNOMIAL 0xedb88320U

void crc32_init(struct crc32 *crc)
{
	crc->value = 0;
	for (uint32_t i = 0; i < 256; i++) {
		uint32_t value = i;

		for (int bit = 0; bit < 8; bit++)
			value = (value >> 1) ^ ((value & 1) != 0 ? POLYNOMIAL : 0);
		crc->tables[0][i] = value;
	}
	for (uint32_t i = 0; i < 256; i++)
		for (int k = 1; k < 8; k++)
			crc->tables[k][i] = (crc->tables[k - 1][i] >> 8) ^ crc->tables[0][crc->tables[k - 1][i] & 0xff];
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

void crc32_update(struct crc32 *crc, const void *data, size_t size)
{
	const uint32_t(*tables)[256] = (const uint32_t(*)[256])crc->tables;
	uint32_t value = ~crc->value;
	const uint8_t *bytes = data;
	size_t n_quick = size >= 64 && is_quick() ? size / 16 * 16 : 0;

	if (n_quick > 0) {
		value = update_quickly(value, bytes, n_quick);
		bytes += n_quick;
		size -= n_quick;
	}
	for (; size >= 8; size -= 8, bytes += 8) {
		uint32_t low = value ^ get_le32(bytes), high = get_le32(bytes + 4);

		value = tables[7][low & 0xff] ^ tables[6][(low >> 8) & 0xff] ^ tables[5][(low >> 16) & 0xff] ^
			tables[4][low >> 24] ^ tables[3][high & 0xff] ^ tables[2][(high >> 8) & 0xff] ^
			tables[1][(high >> 16) & 0xff] ^ tables[0][high >> 24];
	}
	for (; size > 0; size--, bytes++)
		value = (value >> 8) ^ tables[0][(value ^ *bytes) & 0xff];
	crc->value = ~value;
}
