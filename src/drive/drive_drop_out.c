/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A source whose drive is reset, hangs, or drops out: waits for it, and goes on only with the same disc. */
#include <errno.h>

#include "base/error.h"
#include "drive/drive_source_private.h"
#include "drive/sense.h"

int drive_source_capacity(struct discern_drive *drive, uint32_t *ret_n_sectors, struct discern_error *err)
{
	struct scsi_command command;
	uint8_t data[8];
	size_t length;
	int ret;

	*ret_n_sectors = 0;
	mmc_read_capacity(&command, data);
	ret = drive_run(drive, &command, &length, err);
	if (ret == 0)
		mmc_parse_capacity(data, length, ret_n_sectors);
	return ret;
}

int drive_source_changed(const struct drive_source *source, struct discern_error *err)
{
	return discern_error_set(err, -ESTALE, "%s: the disc was changed", source->drive->path);
}

bool drive_source_is_medium_change(const struct discern_error *err)
{
	return err->sense.key == SENSE_UNIT_ATTENTION && err->sense.asc == ASC_MEDIUM_MAY_HAVE_CHANGED;
}

/* By its size, or because the drive says so just now. A drive that tells no size may have any disc. */
static bool has_other_disc(const struct drive_source *source)
{
	struct discern_error err;
	uint32_t capacity;
	int ret = drive_source_capacity(source->drive, &capacity, &err);

	return ret == 0 ? capacity != source->capacity_sectors : ret == -ESTALE && drive_source_is_medium_change(&err);
}

/* After a reset, a timeout or "not ready": waits until the drive is there again, with the same disc in it. */
static int settle(struct drive_source *source, struct discern_error *err)
{
	enum { POLL_MS = 200 };
	unsigned n_tries = source->drive->ready_seconds * (1000 / POLL_MS);
	struct scsi_command command;

	mmc_test_unit_ready(&command);
	for (unsigned i = 0; i < n_tries; i++) {
		struct discern_error own;
		int ret = drive_run(source->drive, &command, NULL, &own);

		if (ret == -ESTALE && drive_source_is_medium_change(&own))
			return drive_source_changed(source, err);
		if (ret == -ENODEV || ret == -ENOMEDIUM || ret == -EPROTO) {
			*err = own;
			return ret;
		}
		if (ret == 0)
			return has_other_disc(source) ? drive_source_changed(source, err) : 0;
		if (ret != -ESTALE && drive_sleep_ms(POLL_MS) < 0)
			break;
	}
	return discern_error_set(err, -ETIMEDOUT, "%s: the drive does not get ready again", source->drive->path);
}

static int look_at_disc(struct drive_source *source, struct discern_error *err)
{
	const char *path = source->drive->path;
	uint32_t capacity;

	if (drive_source_capacity(source->drive, &capacity, NULL) == 0 && capacity != source->capacity_sectors)
		return discern_error_set(err, -ESTALE, "%s: there is another disc in the drive since it was back",
					 path);
	drive_source_renew_effort(source);
	return source->on_drop_out != NULL ? source->on_drop_out(&source->base, path, source->user, err) : 0;
}

static int reconnect(struct drive_source *source, struct discern_error *err)
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

int drive_source_get_back(struct drive_source *source, bool is_gone, struct discern_error *err)
{
	int ret = is_gone ? -ENODEV : settle(source, err);

	if (ret == -ENODEV) {
		discern_error_clear(err);
		return reconnect(source, err);
	}
	if (ret == 0)
		drive_source_renew_effort(source);
	if (ret < 0 || source->on_reset == NULL || source->is_reconnecting)
		return ret;
	source->is_reconnecting = true;
	ret = source->on_reset(&source->base, source->drive->path, source->user, err);
	source->is_reconnecting = false;
	return ret;
}
