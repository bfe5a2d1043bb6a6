/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A test write: the laser stays at reading power, so all that happens is told as if it had, and then forgotten. */
#include "vdrive/disc_state.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "disc/cd_text.h"

/** The disc as it is. */
struct disc_backup {
	struct disc_state state;
	uint8_t *recorded, *keeping, *text_packs;
	int32_t session_next_lba;
	struct disc_next_track next_track;
};

int disc_store(struct disc *disc, const void *data, size_t size, off_t offset)
{
	return disc->backup != NULL ? 0 : file_write_at(disc->fd, data, size, offset);
}

static void free_backup(struct disc_backup *backup)
{
	free(backup->recorded);
	free(backup->keeping);
	free(backup->text_packs);
	free(backup);
}

/* A copy of what may be there; false without memory. */
static bool copy(uint8_t **ret_copy, const uint8_t *data, size_t size)
{
	*ret_copy = NULL;
	if (data == NULL || size == 0)
		return true;
	*ret_copy = malloc(size);
	if (*ret_copy != NULL)
		memcpy(*ret_copy, data, size);
	return *ret_copy != NULL;
}

int disc_begin_test(struct disc *disc)
{
	struct disc_backup *backup;

	if (disc->is_pressed)
		return -EROFS;
	if (disc->backup != NULL)
		return 0;
	backup = calloc(1, sizeof(*backup));
	if (backup == NULL)
		return -ENOMEM;
	backup->state = disc->state;
	backup->session_next_lba = disc->session_next_lba;
	backup->next_track = disc->next_track;
	if (!copy(&backup->recorded, disc->recorded, disc_bitmap_bytes(&disc->state)) ||
	    !copy(&backup->keeping, disc->keeping, disc_keeping_bytes(disc)) ||
	    !copy(&backup->text_packs, disc->text_packs, disc->state.n_text_packs * (size_t)CD_TEXT_PACK)) {
		free_backup(backup);
		return -ENOMEM;
	}
	disc->backup = backup;
	return 0;
}

bool disc_is_test(const struct disc *disc)
{
	return disc->backup != NULL;
}

void disc_end_test(struct disc *disc)
{
	struct disc_backup *backup = disc->backup;
	uint8_t *text_packs = disc->text_packs;

	if (backup == NULL)
		return;
	disc->backup = NULL;
	disc->state = backup->state;
	disc->session_next_lba = backup->session_next_lba;
	disc->next_track = backup->next_track;
	if (backup->recorded != NULL)
		memcpy(disc->recorded, backup->recorded, disc_bitmap_bytes(&disc->state));
	if (backup->keeping != NULL)
		memcpy(disc->keeping, backup->keeping, disc_keeping_bytes(disc));
	disc->text_packs = backup->text_packs;
	backup->text_packs = text_packs;
	if (disc->layout != NULL)
		disc->layout->is_current = false;
	free_backup(backup);
}
