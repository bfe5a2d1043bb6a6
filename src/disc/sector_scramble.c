/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "disc/sector.h"

/* ECMA-130 annex B: a register of 15 bits, x^15 + x + 1, preset to 1 behind the sync of each sector. */
void sector_scramble(uint8_t sector[SECTOR_RAW])
{
	unsigned bits = 1;

	for (size_t i = SECTOR_HEADER_AT; i < SECTOR_RAW; i++) {
		unsigned byte = 0;

		for (unsigned bit = 0; bit < 8; bit++) {
			byte |= (bits & 1) << bit;
			bits = bits >> 1 | ((bits ^ bits >> 1) & 1) << 14;
		}
		sector[i] ^= (uint8_t)byte;
	}
}
