/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What making and mending of sectors share. */
#ifndef DISC_SECTOR_PRIVATE_H
#define DISC_SECTOR_PRIVATE_H

#include "disc/sector.h"

enum { SECTOR_SYNC = 12, SECTOR_MODE_AT = 15, SECTOR_SUBMODE_FORM_2 = 0x20 };

extern const uint8_t sector_sync[SECTOR_SYNC];

/** P and Q parity over header, user data and what lies between them, as they stand there (ECMA-130 annex A). */
void sector_add_parity(uint8_t sector[SECTOR_RAW]);

/** As sector_is_sound(), of a sector whose form is known. */
bool sector_edc_is_right(const uint8_t sector[SECTOR_RAW], enum sector_form form);

#endif
