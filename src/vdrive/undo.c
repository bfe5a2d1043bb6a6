/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "vdrive/undo.h"

#include <stdlib.h>

/* The newest is the first of the list. */
struct undo {
	struct undo *older;
	int32_t lba;
	uint32_t n_sectors;
	uint8_t data[];
};

void undo_forget(struct undo **undo)
{
	while (*undo != NULL) {
		struct undo *older = (*undo)->older;

		free(*undo);
		*undo = older;
	}
}

void undo_remember(struct undo **undo, struct disc *disc, const struct vdrive_command *command, int32_t lba,
		   uint32_t max_sectors)
{
	uint32_t n_sectors = (uint32_t)(command->data_length / DISC_SECTOR), n = 0;
	struct undo *entry = malloc(sizeof(*entry) + (size_t)n_sectors * DISC_SECTOR);

	if (entry == NULL || n_sectors == 0 || disc_read(disc, lba, n_sectors, entry->data) < 0) {
		free(entry);
		return;
	}
	entry->lba = lba;
	entry->n_sectors = n_sectors;
	entry->older = *undo;
	*undo = entry;
	while (entry != NULL && n < max_sectors) {
		n += entry->n_sectors;
		if (n >= max_sectors)
			undo_forget(&entry->older);
		entry = entry->older;
	}
}

void undo_apply(struct undo **undo, struct disc *disc, uint32_t n_sectors)
{
	const struct undo *entry = *undo;
	uint32_t n_left = n_sectors;

	for (; entry != NULL && n_left > 0; entry = entry->older) {
		/* Of a write that came to the medium in part its end is lost. */
		uint32_t n = entry->n_sectors < n_left ? entry->n_sectors : n_left;
		uint32_t n_kept = entry->n_sectors - n;

		disc_write(disc, entry->lba + (int32_t)n_kept, n, entry->data + (size_t)n_kept * DISC_SECTOR);
		n_left -= n;
	}
	undo_forget(undo);
}
