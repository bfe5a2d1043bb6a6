/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whole CD sectors as they lie on the disc, before scrambling (ECMA-130 clause 14). */
#ifndef DISC_SECTOR_H
#define DISC_SECTOR_H

#include <stddef.h>
#include <stdint.h>

/** Bytes of a sector, and where its parts begin in Mode 1: 12 bytes sync, 4 header, 2048 user data, 288 of error
 *  detection and correction. */
enum {
	SECTOR_RAW = 2352,
	SECTOR_HEADER_AT = 12,
	SECTOR_USER_AT = 16,
	SECTOR_USER = 2048,
	SECTOR_EDC_AT = SECTOR_USER_AT + SECTOR_USER,
	SECTOR_P_AT = 2076,
	SECTOR_Q_AT = 2248,
};

/** The error detection code over size bytes (ECMA-130 14.3), as it is stored: lowest byte first. */
uint32_t sector_edc(const uint8_t *data, size_t size);

/** Makes a Mode 1 sector with sync, header, EDC and P and Q parity around 2048 bytes of user data. lba from -150 to
 *  449849 (99:59:74); beyond, the header's minutes have no decimal form and are cut to two digits. */
void sector_make_mode1(uint8_t ret_sector[SECTOR_RAW], int32_t lba, const uint8_t user_data[SECTOR_USER]);

#endif
