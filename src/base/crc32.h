/* SPDX-License-Identifier: GPL-3.0-or-later */
/* CRC-32 as ZIP, PNG and redump have it (CRC-32/ISO-HDLC). */
#ifndef BASE_CRC32_H
#define BASE_CRC32_H

#include <stddef.h>
#include <stdint.h>

/** Of all bytes so far and these; 0 of none. */
uint32_t crc32_add(uint32_t crc, const void *data, size_t size);

/** Any CRC of 32 bits, least significant bit first: crc is 0 at the begin. tables[k][n] is that of four bytes of which nibble
 *  k, counted from the lowest, is n. */
uint32_t crc_by_nibbles(const uint32_t tables[8][16], uint32_t crc, const uint8_t *data, size_t size);

#endif
