/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A source whose drive drops out: waits for it, and goes on only with the same disc. */
#include <errno.h>

#include "base/error.h"
#include "drive/drive_source_private.h"

static int look_at_disc(struct drive_source *source, struct discern_error *err)
{
	const char *path = source->drive->path;
	uint32_t capacity;

	if (drive_source_capacity(source->drive, &capacity, NULL) == 0 && capacity != source->capacity_sectors)
		return discern_error_set(err, -ESTALE, "%s: there is another disc in the drive since it was back", path);
	drive_source_renew_effort(source);
	return source->on_drop_out != NULL ? source->on_drop_out(&source->base, path, source->user, err) : 0;
}

int drive_source_reconnect(struct drive_source *source, struct discern_error *err)
{
	/* Plugs that are loose come out again. */
	enum { MOST_TRIES = 4 };
	unsigned n_tries = 0;
	int ret = 0;

	if (source->reconnect_seconds == 0 || source->is_reconnecting)
		return -ENODEV;
	source->is_reconnecting = true;
	if (source->on_drop_out != NULL)
		ret = source->on_drop_out(NULL, source->drive->path, source->user, err);
	while (ret == 0) {
		ret = drive_reopen(source->drive, source->reconnect_seconds, err);
		if (ret < 0)
			break;
		ret = look_at_disc(source, err);
		if (ret != -ENODEV || ++n_tries == MOST_TRIES)
			break;
		ret = 0;
	}
	source->is_reconnecting = false;
	return ret;
}
