/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The check of Q and of CD-TEXT packs: x^16 + x^12 + x^5 + 1 from zero, stored inverted (ECMA-130 22.3.6). */
#ifndef DISC_CRC16_H
#define DISC_CRC16_H

#include <stddef.h>
#include <stdint.h>

static inline uint16_t crc16_inverted(const uint8_t *data, size_t size)
{
	unsigned crc = 0;

	for (size_t i = 0; i < size; i++) {
		/* A byte at a time: the polynomial's few terms let the quotient be had by shifts. */
		unsigned quotient = (crc >> 8 ^ data[i]) & 0xff;

		quotient ^= quotient >> 4;
		crc = (crc << 8 ^ quotient << 12 ^ quotient << 5 ^ quotient) & 0xffff;
	}
	return (uint16_t)(crc ^ 0xffff);
}

#endif
