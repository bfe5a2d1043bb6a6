/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "drive/drive_source.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "disc/medium_need.h"
#include "disc/profile.h"
#include "drive/cd_source.h"
#include "drive/drive_recovery.h"
#include "drive/drive_source_private.h"
#include "drive/sense.h"

/* One read command. More gains little: drives read ahead, and the error of a longer one concerns more sectors. Where there
 * are none for long, the time that each command takes by itself counts, at the speeds of BD. */
enum { PREFERRED_BYTES = 256 * 1024, LARGEST_BYTES = 1024 * 1024 };

enum { RETRIES_UNKNOWN = -1, RETRIES_FIXED = -2 };

/* ---- is the drive with us ---- */

/* After several reads over which the drive was lost: are these sectors to blame, or is it the drive? */
static bool still_reads(struct drive_source *source)
{
	uint8_t buffer[DISCERN_SECTOR_SIZE];
	struct scsi_command command;
	const char *before;
	int ret;

	if (source->good_lba < 0)
		return false;
	before = source_because(&source->base, "whether the drive reads anything: a sector that came before");
	mmc_read(&command, source->good_lba, 1, buffer, source->timeout_ms);
	ret = drive_run(source->drive, &command, NULL, NULL);
	source_because(&source->base, before);
	return ret == 0;
}

/* The sectors count as unreadable, as long as the drive reads others. */
static int count_loss(struct drive_source *source, struct discern_error *err)
{
	enum { SUSPICIOUS = 8 };
	char words[sizeof(err->text)];

	if (++source->n_lost % SUSPICIOUS != 0 || still_reads(source))
		return -EIO;
	snprintf(words, sizeof(words), "%s", err->text);
	discern_error_set(err, -ETIMEDOUT, "%s: the drive reads nothing any more: %s", source->drive->path, words);
	return -ETIMEDOUT;
}

/* ---- reading ---- */

enum verdict { VERDICT_DONE, VERDICT_REPEAT, VERDICT_FAILED };

/* What to do after one read command ended with *code; *code and err are those of the source afterwards. */
static enum verdict judge_read(struct drive_source *source, unsigned n_repeated, int *code, struct discern_error *err)
{
	enum { MAX_REPEATS = 3 };
	struct discern_error trouble;
	int ret;

	switch (*code) {
	case 0:
		return VERDICT_DONE;
	case -ENXIO:
	case -EKEYREJECTED:
	case -ENOMEDIUM:
	case -EPROTO:
	case -EMSGSIZE:
		return VERDICT_FAILED;
	case -ESTALE:
		if (drive_source_is_medium_change(err)) {
			*code = drive_source_changed(source, err);
			return VERDICT_FAILED;
		}
		break;
	case -EAGAIN:
	case -ENODEV:
		break;
	case -EOPNOTSUPP:
		/* Who has sent it tries again in another way: without FUA, or with another command. */
		return VERDICT_FAILED;
	case -EIO:
	case -ETIMEDOUT:
	default:
		if (err->sense.key == 0 || err->sense.key == SENSE_NOT_READY)
			break;
		/* The drive says what is wrong with itself, which may be because of these sectors; or with them. */
		if (err->sense.key == SENSE_HARDWARE_ERROR || err->sense.key == SENSE_ABORTED_COMMAND) {
			*code = count_loss(source, err);
			return VERDICT_FAILED;
		}
		source->n_lost = 0;
		*code = -EIO;
		return VERDICT_FAILED;
	}
	/* Lost on the way, reset, or not ready: nothing is known of the sectors before the drive is back. */
	ret = drive_source_get_back(source, *code == -ENODEV, &trouble);
	if (ret < 0) {
		*code = ret;
		if (ret != -ENODEV || trouble.text[0] != '\0')
			*err = trouble;
		return VERDICT_FAILED;
	}
	/* Sectors over which the drive was lost are not tried again here: it may cost a minute each time. */
	if ((*code == -EAGAIN || *code == -ESTALE) && n_repeated < MAX_REPEATS)
		return VERDICT_REPEAT;
	*code = count_loss(source, err);
	return VERDICT_FAILED;
}

static int run_read(struct drive_source *source, const struct scsi_command *command, int32_t lba,
		    struct discern_error *err)
{
	unsigned n_repeated = 0;

	for (;;) {
		struct transport *transport;
		enum verdict verdict;
		int ret = drive_transport(source->drive, &transport, err);

		if (ret == 0) {
			uint64_t before = transport->busy_ms;

			ret = transport_run(transport, command, NULL, err);
			source->base.busy_seconds += (double)(transport->busy_ms - before) / 1000.0;
		}
		verdict = judge_read(source, n_repeated++, &ret, err);
		if (verdict == VERDICT_DONE) {
			source->good_lba = lba;
			source->n_lost = 0;
			source->base.n_recovered += err->sense.key == SENSE_RECOVERED_ERROR;
		}
		if (verdict != VERDICT_REPEAT)
			return ret;
	}
}

int drive_source_read_once(struct drive_source *source, int32_t lba, uint32_t n_sectors, uint8_t *buffer,
			   struct discern_error *err)
{
	struct scsi_command command;
	int ret;

	mmc_read(&command, lba, n_sectors, buffer, source->timeout_ms);
	if (source->n_fua_sectors > 0)
		mmc_force_unit_access(&command);
	ret = run_read(source, &command, lba, err);
	return ret == -EOPNOTSUPP && source->n_fua_sectors == 0 ? -EIO : ret;
}

static int read_past_cache(struct drive_source *source, int32_t lba, uint32_t n_sectors, uint8_t *buffer,
			   struct discern_error *err)
{
	int ret = drive_source_read_once(source, lba, n_sectors, buffer, err);

	if (source->n_fua_sectors == 0)
		return ret;
	if (ret == -EOPNOTSUPP) {
		source->n_fua_sectors = 0;
		source->fua = FUA_IGNORED;
		drive_source_flush(source, lba);
		return drive_source_read_once(source, lba, n_sectors, buffer, err);
	}
	source->n_fua_sectors -= n_sectors < source->n_fua_sectors ? n_sectors : source->n_fua_sectors;
	return ret;
}

static int describe_failure(const struct drive_source *source, int code, int32_t lba, uint32_t n_sectors,
			    struct discern_error *err)
{
	int32_t last = lba + (int32_t)n_sectors - 1;
	int32_t named = err->lba;

	if (code == -ESTALE || code == -ENOMEDIUM || code == -ENODEV || code == -ETIMEDOUT) {
		/* What settle() says has the drive's name already, what the read itself said has not. */
		if (strncmp(err->text, source->drive->path, strlen(source->drive->path)) != 0)
			discern_error_wrap(err, "%s", source->drive->path);
		err->lba = lba;
		return code;
	}
	if (code == -EKEYREJECTED)
		discern_error_hint(err, "the disc is copy-protected, and discern does not remove protection");
	if (n_sectors == 1)
		discern_error_wrap(err, "%s: cannot read LBA %d", source->drive->path, (int)lba);
	else
		discern_error_wrap(err, "%s: cannot read LBA %d-%d", source->drive->path, (int)lba, (int)last);
	/* The drive's word for where it stopped counts only if it can be true. */
	err->lba = named >= lba && named <= last ? named : lba;
	err->code = code;
	return code;
}

static int read_sectors(struct discern_source *base, int32_t lba, uint32_t n_sectors, uint8_t *buffer,
			struct discern_error *err)
{
	struct drive_source *source = (struct drive_source *)base;
	struct discern_error own;

	if (err == NULL)
		err = &own;
	if (n_sectors == 0 || (int64_t)lba + n_sectors > INT32_MAX)
		return discern_error_set(err, -ENXIO, "%s: no such sectors", source->drive->path);
	while (n_sectors > 0) {
		uint32_t n = n_sectors < source->max_sectors ? n_sectors : source->max_sectors;
		int ret = read_past_cache(source, lba, n, buffer, err);

		if (ret == -EMSGSIZE && n > 1) {
			source->max_sectors = n / 2;
			if (source->base.preferred_sectors > source->max_sectors)
				source->base.preferred_sectors = source->max_sectors;
			source->base.largest_sectors = source->max_sectors;
			continue;
		}
		if (ret < 0)
			return describe_failure(source, ret, lba, n, err);
		lba += (int32_t)n;
		n_sectors -= n;
		buffer += (size_t)n * DISCERN_SECTOR_SIZE;
	}
	return 0;
}

int drive_source_read_raw(struct discern_source *base, const struct mmc_raw_read *read, uint8_t *buffer,
			  struct discern_error *err)
{
	struct drive_source *source = (struct drive_source *)base;
	struct mmc_raw_read rest = *read;
	struct discern_error own;
	uint32_t sector_bytes = (uint32_t)mmc_raw_bytes(read);

	if (err == NULL)
		err = &own;
	while (rest.n_sectors > 0) {
		uint32_t n_max = source->max_sectors * DISCERN_SECTOR_SIZE / sector_bytes, n_left = rest.n_sectors;
		struct scsi_command command;
		int ret;

		rest.n_sectors = n_max == 0 ? 1 : n_left < n_max ? n_left : n_max;
		mmc_read_raw(&command, &rest, buffer, source->timeout_ms);
		ret = run_read(source, &command, rest.lba, err);
		if (ret == -EMSGSIZE && rest.n_sectors > 1) {
			source->max_sectors = source->max_sectors > 1 ? source->max_sectors / 2 : 1;
			rest.n_sectors = n_left;
			continue;
		}
		if (ret == -EOPNOTSUPP)
			return ret;
		if (ret < 0)
			return describe_failure(source, ret, rest.lba, rest.n_sectors, err);
		buffer += (size_t)rest.n_sectors * sector_bytes;
		rest.lba += (int32_t)rest.n_sectors;
		rest.n_sectors = n_left - rest.n_sectors;
	}
	return 0;
}

/* ---- effort ---- */

static int set_retries(struct drive_source *source, bool gives_up_soon)
{
	/* Not none at all, which some drives take for as many as they like. */
	enum { AT_LEAST = 1 };
	uint8_t n_usual;
	int ret;

	if (gives_up_soon == source->gives_up_soon)
		return 0;
	if (source->usual_retries == RETRIES_UNKNOWN)
		source->usual_retries =
			drive_read_retries(source->drive, &n_usual, NULL) == 0 ? n_usual : RETRIES_FIXED;
	if (source->usual_retries <= AT_LEAST)
		return -EOPNOTSUPP;
	ret = drive_set_read_retries(source->drive, gives_up_soon ? AT_LEAST : (uint8_t)source->usual_retries, NULL);
	if (ret < 0)
		source->usual_retries = RETRIES_FIXED;
	else
		source->gives_up_soon = gives_up_soon;
	return ret;
}

static int set_effort(struct discern_source *base, const struct source_effort *effort)
{
	struct drive_source *source = (struct drive_source *)base;
	uint32_t kbps = effort->speed_kbps > 0 ? effort->speed_kbps : source->usual_kbps;
	int ret = set_retries(source, effort->gives_up_soon);

	if (kbps == source->speed_kbps)
		return ret;
	if (discern_drive_set_speed(source->drive, kbps, 0, NULL) < 0)
		return -EOPNOTSUPP;
	source->speed_kbps = kbps;
	base->n_starts++;
	return ret;
}

void drive_source_renew_effort(struct drive_source *source)
{
	if (source->gives_up_soon) {
		source->gives_up_soon = false;
		set_retries(source, true);
	}
	if (source->speed_kbps != 0)
		discern_drive_set_speed(source->drive, source->speed_kbps, 0, NULL);
	source->base.n_starts++;
}

static int set_spinning(struct discern_source *base, bool is_spinning, struct discern_error *err)
{
	struct discern_drive *drive = ((struct drive_source *)base)->drive;
	struct scsi_command command;
	int ret;

	base->n_starts++;
	mmc_start_stop_unit(&command, is_spinning ? MMC_START : MMC_STOP);
	ret = drive_run(drive, &command, NULL, err);
	return is_spinning ? drive_wait_ready(drive, err) : ret;
}

static void close_source(struct discern_source *base)
{
	const struct source_effort usual = { 0 };

	set_effort(base, &usual);
	free(base);
}

static const struct discern_source_ops drive_source_ops = { .read = read_sectors,
							    .set_effort = set_effort,
							    .forget = drive_source_forget,
							    .set_spinning = set_spinning,
							    .close = close_source };

/* ---- opening ---- */

/* Without READ CAPACITY, where the tracks that hold something end. */
static uint32_t believed_sectors(const struct discern_medium *medium)
{
	uint32_t n_sectors = medium->read_capacity_sectors;

	if (n_sectors > 0)
		return n_sectors;
	for (size_t i = 0; i < medium->n_tracks; i++) {
		const struct discern_track *track = &medium->tracks[i];
		int64_t end = (int64_t)track->start_lba + track->n_sectors;

		if (!track->is_blank && end > n_sectors && end <= INT32_MAX)
			n_sectors = (uint32_t)end;
	}
	return n_sectors;
}

/* What the kernel lets through in one command, 0 if it does not say (linux/Documentation/block/queue-sysfs.rst). */
static uint32_t system_limit_bytes(const char *path)
{
	const char *slash = strrchr(path, '/');
	AUTO_FCLOSE FILE *file = NULL;
	unsigned limit_kib;
	char name[256];

	snprintf(name, sizeof(name), "/sys/block/%s/queue/max_sectors_kb", slash == NULL ? path : slash + 1);
	file = fopen(name, "re");
	if (file == NULL || fscanf(file, "%u", &limit_kib) != 1 || limit_kib > UINT32_MAX / 1024)
		return 0;
	return limit_kib * 1024;
}

/* Of commands of so many bytes, as far as the system lets them through. */
static uint32_t command_sectors(const char *path, uint32_t ecc_sectors, uint32_t n_bytes)
{
	uint32_t limit = system_limit_bytes(path);
	uint32_t n_sectors = (limit > 0 && limit < n_bytes ? limit : n_bytes) / DISCERN_SECTOR_SIZE;

	if (n_sectors > ecc_sectors)
		n_sectors -= n_sectors % ecc_sectors;
	return n_sectors > 0 ? n_sectors : 1;
}

int drive_source_open(struct discern_drive *drive, const struct discern_medium *medium,
		      const struct drive_source_options *options, struct discern_source **ret_source,
		      struct discern_error *err)
{
	const struct profile *profile = profile_find((unsigned)medium->profile);
	struct drive_source *source;
	uint32_t capacity = 0;

	if (medium_need(medium, drive->path, "a disc", err) < 0)
		return -ENOMEDIUM;
	drive_wait_ready(drive, NULL);
	if (drive_source_capacity(drive, &capacity, NULL) == 0 && medium->read_capacity_sectors > 0 &&
	    capacity != medium->read_capacity_sectors)
		return discern_error_set(err, -ESTALE, "%s: the disc was changed", drive->path);
	source = calloc(1, sizeof(*source));
	if (source == NULL)
		return discern_error_set(err, -ENOMEM, "out of memory");
	source->base.ops = &drive_source_ops;
	source->base.readings = drive->readings;
	source->base.n_sectors = believed_sectors(medium);
	source->base.ecc_sectors = profile->ecc_sectors;
	source->base.preferred_sectors = command_sectors(drive->path, profile->ecc_sectors, PREFERRED_BYTES);
	source->base.largest_sectors = command_sectors(drive->path, profile->ecc_sectors, LARGEST_BYTES);
	source->drive = drive;
	source->max_sectors = source->base.largest_sectors;
	source->timeout_ms = options != NULL && options->timeout_ms > 0 ? options->timeout_ms : MMC_READ_TIMEOUT_MS;
	source->capacity_sectors = capacity;
	source->good_lba = -1;
	source->usual_retries = RETRIES_UNKNOWN;
	if (options != NULL) {
		source->usual_kbps = source->speed_kbps = options->speed_kbps;
		source->reconnect_seconds = options->reconnect_seconds;
		source->on_drop_out = options->on_drop_out;
		source->on_reset = options->on_reset;
		source->user = options->user;
	}
	if (options != NULL && options->past_cache)
		source->n_fua_sectors = MORE_THAN_CACHES;
	*ret_source = &source->base;
	return options != NULL && options->with_proof ? cd_source_wrap(drive, medium, ret_source, err) : 0;
}
