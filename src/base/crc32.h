/* SPDX-License-Identifier: GPL-3.0-or-later */
/* CRC-32 as ZIP, PNG and redump have it (CRC-32/ISO-HDLC). */
#ifndef BASE_CRC32_H
#define BASE_CRC32_H

#include <stddef.h>
#include <stdint.h>

struct crc32 {
	/** Of all bytes so far. */
	uint32_t value;
	/** tables[k][b]: byte b with k zero bytes behind it, so that eight bytes take eight lookups that wait for nothing. */
	uint32_t tables[8][256];
};

/** Of no bytes. */
void crc32_init(struct crc32 *crc);

void crc32_update(struct crc32 *crc, const void *data, size_t size);

#endif
