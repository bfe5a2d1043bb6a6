/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which sectors of the medium the host has got, and when: by this programs that rescue data can be compared. */
#ifndef VDRIVE_DELIVERY_H
#define VDRIVE_DELIVERY_H

#include "vdrive/drive.h"

struct delivery {
	/** One bit a sector; NULL before the first one. */
	uint8_t *bits;
	uint32_t n_sectors;
};

/** Another medium: what was delivered before is no part of it. */
void delivery_forget(struct delivery *delivery, struct vdrive_clock_state *state);

/** After a read command of these sectors: those that it gave, before a bad one included, at state->elapsed_us. */
void delivery_note_read(struct delivery *delivery, struct vdrive_clock_state *state, const struct vdrive_call *call,
			const struct vdrive_address *address);

#endif
