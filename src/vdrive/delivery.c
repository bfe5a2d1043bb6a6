/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "vdrive/delivery.h"

#include <stdlib.h>
#include <string.h>

void delivery_forget(struct delivery *delivery, struct vdrive_clock_state *state)
{
	free(delivery->bits);
	*delivery = (struct delivery){ 0 };
	state->n_delivered = 0;
	state->n_medium_sectors = 0;
	state->last_delivered_us = 0;
	memset(state->delivered_us, 0, sizeof(state->delivered_us));
}

static bool begin(struct delivery *delivery, struct vdrive_clock_state *state, uint32_t n_all)
{
	if (delivery->bits == NULL && n_all > 0) {
		delivery->bits = calloc((size_t)n_all / 8 + 1, 1);
		delivery->n_sectors = n_all;
		state->n_medium_sectors = n_all;
	}
	return delivery->bits != NULL;
}

static void count_one(struct vdrive_clock_state *state)
{
	uint32_t n_all = state->n_medium_sectors;
	uint64_t before = (uint64_t)state->n_delivered * VDRIVE_CLOCK_PARTS / n_all, after;

	state->n_delivered++;
	state->last_delivered_us = state->elapsed_us;
	after = (uint64_t)state->n_delivered * VDRIVE_CLOCK_PARTS / n_all;
	for (uint64_t part = before; part < after; part++)
		state->delivered_us[part] = state->elapsed_us;
}

/* n sectors from lba on, of a medium of n_all. Out of memory, nothing is counted. */
static void note(struct delivery *delivery, struct vdrive_clock_state *state, uint32_t n_all,
		 const struct vdrive_address *address)
{
	if (address->lba < 0 || !begin(delivery, state, n_all))
		return;
	for (uint32_t i = 0; i < address->n_sectors; i++) {
		uint64_t sector = (uint64_t)address->lba + i;
		uint8_t bit = (uint8_t)(1U << (sector % 8));

		if (sector >= delivery->n_sectors)
			return;
		if (delivery->bits[sector / 8] & bit)
			continue;
		delivery->bits[sector / 8] |= bit;
		count_one(state);
	}
}

void delivery_note_read(struct delivery *delivery, struct vdrive_clock_state *state, const struct vdrive_call *call,
			const struct vdrive_address *address)
{
	struct vdrive_address given = *address;
	bool is_plain_read = call->cdb[0] == 0x28 || call->cdb[0] == 0xa8;

	if (!faults_is_read(call->cdb[0]) || address->n_sectors == 0 || call->drive->disc == NULL ||
	    call->answer->host_status != 0)
		return;
	if (call->answer->status != 0)
		given.n_sectors = is_plain_read ? (uint32_t)(call->answer->transferred / DISC_SECTOR) : 0;
	note(delivery, state, disc_recorded_end(call->drive->disc), &given);
}
