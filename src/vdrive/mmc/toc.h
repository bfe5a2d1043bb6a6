/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of contents as the lead-in of a CD has it. */
#ifndef VDRIVE_MMC_TOC_H
#define VDRIVE_MMC_TOC_H

#include "disc/cd_layout.h"
#include "vdrive/disc.h"

/** Bytes of an item, and of all that a session can have: tracks, A0h to A2h, B0h, C0h. */
enum { TOC_ENTRY = 11, TOC_MAX_SESSION = (CD_MAX_TRACKS + 5) * TOC_ENTRY };

/** Items of a session that is there, as READ TOC format 2 gives them (MMC-6 6.26.3.4). Their bytes. */
size_t toc_put_session(const struct disc *disc, unsigned number, uint8_t *ret_entries);

#endif
