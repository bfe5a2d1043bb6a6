/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Opening and closing a drive, and who of us owns the device: our own transport or libburn. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/error.h"
#include "drive/drive_private.h"
#include "drive/sense.h"
#include "drive/transport_sgio.h"

/* A drive needs up to half a minute to recognise a disc, one with scratches longer. */
enum { READY_SECONDS = 60, READY_POLL_MS = 200 };

/* More pending unit attentions than this is a drive that never gets ready. */
enum { MAX_UNIT_ATTENTIONS = 10 };

/* ---- readiness ---- */

int drive_sleep_ms(unsigned milliseconds)
{
	struct timespec time = { milliseconds / 1000, (long)(milliseconds % 1000) * 1000000 };

	return nanosleep(&time, NULL) < 0 && errno == EINTR ? -ECANCELED : 0;
}

static uint64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static bool wants_start(const struct discern_error *err)
{
	return err->sense.key == SENSE_NOT_READY && err->sense.asc == ASC_NOT_READY && err->sense.ascq == 0x02;
}

static int not_ready_in_time(struct discern_drive *drive, const struct discern_error *last, struct discern_error *err)
{
	discern_error_set(err, -ETIMEDOUT, "%s: not ready after %u s: %s", drive->path, drive->ready_seconds,
			  sense_text(last->sense));
	if (err != NULL)
		err->sense = last->sense;
	return discern_error_hint(err, "wait until the drive has ended what it is doing, then try again");
}

int drive_wait_ready(struct discern_drive *drive, struct discern_error *err)
{
	uint64_t deadline_ms = now_ms() + (uint64_t)drive->ready_seconds * 1000;
	struct scsi_command ready, start;
	struct discern_error own;
	unsigned n_attentions = 0;
	bool has_started = false;

	mmc_test_unit_ready(&ready);
	mmc_start_stop_unit(&start, MMC_START);
	for (;;) {
		int ret = drive_run(drive, &ready, NULL, &own);

		if (ret == -ESTALE && n_attentions++ < MAX_UNIT_ATTENTIONS)
			continue;
		if (ret != -EAGAIN) {
			if (ret < 0 && err != NULL)
				*err = own;
			return ret;
		}
		if (wants_start(&own) && !has_started) {
			has_started = true;
			drive_run(drive, &start, NULL, NULL);
			continue;
		}
		if (now_ms() >= deadline_ms)
			return not_ready_in_time(drive, &own, err);
		if (drive_sleep_ms(READY_POLL_MS) < 0)
			return discern_error_set(err, -ECANCELED, "%s: stopped while waiting for the drive",
						 drive->path);
	}
}

/* ---- the owner of the device ---- */

int drive_open_device(struct discern_drive *drive, struct discern_error *err)
{
	struct transport *transport = NULL;
	int ret;

	ret = transport_sgio_open(drive->path, &transport, err);
	if (ret < 0)
		return ret;
	if (drive->recorder != NULL) {
		struct transport *recording = NULL;

		ret = transport_record(transport, drive->recorder, &recording, err);
		if (ret < 0) {
			transport_close(transport);
			return ret;
		}
		transport = recording;
	}
	drive->transport = transport;
	transport->readings = drive->readings;
	return 0;
}

/* Others look at a device for a moment when it was closed or a disc came in (udev, desktops). */
static int open_patiently(struct discern_drive *drive, unsigned max_tries, struct discern_error *err)
{
	enum { PAUSE_MS = 200 };
	int ret;

	for (unsigned i = 1;; i++) {
		ret = drive_open_device(drive, err);
		if (ret != -EBUSY || i >= max_tries)
			return ret;
		drive_sleep_ms(PAUSE_MS);
	}
}

int drive_transport(struct discern_drive *drive, struct transport **ret_transport, struct discern_error *err)
{
	enum { TRIES_AFTER_LIBBURN = 10 };
	struct scsi_command lock;
	int ret;

	if (drive->transport != NULL) {
		*ret_transport = drive->transport;
		return 0;
	}
	drive->burner = burner_release(drive->burner);
	ret = open_patiently(drive, TRIES_AFTER_LIBBURN, err);
	if (ret < 0)
		return ret;
	/* libburn takes unit attentions without telling, so what is pending now tells nothing either. */
	drive_wait_ready(drive, NULL);
	if (drive->is_locked) {
		mmc_prevent_removal(&lock, true);
		transport_run(drive->transport, &lock, NULL, NULL);
	}
	*ret_transport = drive->transport;
	return 0;
}

/* systemd, "Locking Block Device Access": udev leaves a device alone while another has a lock on it. Tried again if
 * udev itself had it at the first time. */
void drive_claim(struct discern_drive *drive)
{
	if (drive->is_claimed || !drive->can_reopen)
		return;
	if (drive->claim_fd < 0)
		drive->claim_fd = open(drive->path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	drive->is_claimed = drive->claim_fd >= 0 && flock(drive->claim_fd, LOCK_EX | LOCK_NB) == 0;
	if (!drive->is_claimed)
		transport_recorder_note(drive->recorder, "no lock on the device, udev may look at it meanwhile");
}

int drive_lend(struct discern_drive *drive, struct burner **ret_burner, struct discern_error *err)
{
	int ret;

	if (drive->burner == NULL) {
		if (!drive->can_reopen)
			return discern_error_set(err, -ENOTSUP, "%s: not a device that libburn could open",
						 drive->path);
		ret = transport_sgio_may_write(drive->path, err);
		if (ret < 0)
			return ret;
		drive_claim(drive);
		drive->transport = transport_close(drive->transport);
		ret = burner_grab(drive->path, drive->recorder, &drive->burner, err);
		if (ret < 0)
			return ret;
	}
	*ret_burner = drive->burner;
	return 0;
}

int drive_run(struct discern_drive *drive, const struct scsi_command *command, size_t *ret_length,
	      struct discern_error *err)
{
	struct transport *transport;
	int ret;

	ret = drive_transport(drive, &transport, err);
	if (ret < 0)
		return ret;
	ret = transport_run(transport, command, ret_length, err);
	if (ret < 0)
		discern_error_wrap(err, "%s", drive->path);
	return ret;
}

/* ---- who it is ---- */

int drive_configuration(struct discern_drive *drive, uint8_t ret_data[DRIVE_CONFIGURATION_SIZE], size_t *ret_length,
			struct discern_error *err)
{
	enum { HEADER_SIZE = 8 };
	struct scsi_command command;
	uint64_t size;
	int ret;

	/* First its length: some USB bridges fail when they are asked for more than the drive gives. */
	mmc_get_configuration(&command, ret_data, HEADER_SIZE);
	ret = drive_run(drive, &command, ret_length, err);
	if (ret < 0 || *ret_length < HEADER_SIZE)
		return ret;
	size = 4 + (uint64_t)get_be32(ret_data);
	if (size <= HEADER_SIZE)
		return 0;
	if (size > DRIVE_CONFIGURATION_SIZE)
		size = DRIVE_CONFIGURATION_SIZE;
	mmc_get_configuration(&command, ret_data, (uint16_t)size);
	return drive_run(drive, &command, ret_length, err);
}

static void read_serial(struct discern_drive *drive)
{
	uint8_t data[DRIVE_CONFIGURATION_SIZE];
	enum { SERIAL_SIZE = 4 + sizeof(drive->id.serial) };
	struct mmc_feature_view feature;
	struct scsi_command command;
	size_t length;

	mmc_inquiry_serial(&command, data, SERIAL_SIZE);
	if (drive_run(drive, &command, &length, NULL) == 0 &&
	    mmc_parse_inquiry_serial(data, length, drive->id.serial, sizeof(drive->id.serial)))
		return;
	if (drive_configuration(drive, data, &length, NULL) == 0 &&
	    mmc_find_feature(data, length, MMC_FEATURE_SERIAL_NUMBER, &feature))
		mmc_copy_serial(&feature, drive->id.serial, sizeof(drive->id.serial));
}

static int not_a_drive(const struct discern_drive *drive, struct discern_error *err)
{
	struct stat status;

	discern_error_set(err, -ENOTBLK, "%s: not an optical drive", drive->path);
	if (stat(drive->path, &status) == 0 && S_ISREG(status.st_mode))
		return discern_error_hint(err, "it is a file; a drive is named like /dev/sr0");
	return discern_error_hint(err, "\"discern drives\" lists the drives of this system");
}

/* Sends nothing but INQUIRY before it is sure that this is an optical drive. */
int drive_identify(struct discern_drive *drive, struct discern_error *err)
{
	enum { STANDARD_SIZE = 36 };
	uint8_t data[STANDARD_SIZE], device_type;
	struct scsi_command command;
	size_t length;
	int ret;

	mmc_inquiry(&command, data, sizeof(data));
	ret = drive_run(drive, &command, &length, err);
	/* ENOTTY, EINVAL, ENOSYS: no file that takes SCSI commands. */
	if (ret == -ENOTTY || ret == -EINVAL || ret == -ENOSYS)
		return not_a_drive(drive, err);
	if (ret < 0)
		return ret;
	if (!mmc_parse_inquiry(data, length, &device_type, &drive->id))
		return discern_error_set(err, -EIO, "%s: the drive does not tell what it is", drive->path);
	if (device_type != MMC_DEVICE_TYPE_CD_DVD)
		return not_a_drive(drive, err);
	read_serial(drive);
	return 0;
}

/* ---- open and close ---- */

/* The device itself behind a link; "sr0" is short for "/dev/sr0". */
char *drive_resolve_path(const char *path)
{
	char in_dev[PATH_MAX];
	char *resolved;

	if (strchr(path, '/') == NULL && snprintf(in_dev, sizeof(in_dev), "/dev/%s", path) < (int)sizeof(in_dev)) {
		resolved = realpath(in_dev, NULL);
		if (resolved != NULL)
			return resolved;
	}
	resolved = realpath(path, NULL);
	return resolved != NULL ? resolved : strdup(path);
}

static struct discern_drive *new_drive(const char *path, const struct discern_drive_options *options)
{
	struct discern_drive *drive = calloc(1, sizeof(*drive));

	if (drive == NULL)
		return NULL;
	snprintf(drive->path, sizeof(drive->path), "%s", path);
	drive->claim_fd = -1;
	drive->ready_seconds = options != NULL && options->ready_seconds > 0 ? options->ready_seconds : READY_SECONDS;
	return drive;
}

/* No medium, or one that is damaged, is no reason not to open the drive. */
static int wait_after_open(struct discern_drive *drive, struct discern_error *err)
{
	struct discern_error own;
	int ret = drive_wait_ready(drive, &own);

	if (ret != -ETIMEDOUT && ret != -ECANCELED && ret != -ENODEV && ret != -EPROTO)
		return 0;
	if (err != NULL)
		*err = own;
	return ret;
}

static int set_up(struct discern_drive *drive, const struct discern_drive_options *options, struct discern_error *err)
{
	enum { TRIES_AT_FIRST = 3 };
	int ret;

	if (options != NULL && options->record_path != NULL) {
		ret = transport_recorder_open(options->record_path, &drive->recorder, err);
		if (ret < 0)
			return ret;
	}
	ret = open_patiently(drive, TRIES_AT_FIRST, err);
	if (ret < 0)
		return ret;
	ret = drive_identify(drive, err);
	if (ret < 0)
		return ret;
	drive_claim(drive);
	if (options != NULL && options->load)
		return discern_drive_load(drive, err);
	return wait_after_open(drive, err);
}

int discern_drive_open(const char *path, const struct discern_drive_options *options, struct discern_drive **ret_drive,
		       struct discern_error *err)
{
	char *resolved = drive_resolve_path(path);
	struct discern_drive *drive = resolved == NULL ? NULL : new_drive(resolved, options);
	int ret;

	free(resolved);
	if (drive == NULL)
		return discern_error_set(err, -ENOMEM, "out of memory");
	drive->can_reopen = true;
	drive->names_at_open = drive_names_taken();
	ret = set_up(drive, options, err);
	if (ret < 0) {
		discern_drive_close(drive);
		return ret;
	}
	*ret_drive = drive;
	return 0;
}

int drive_open_on(struct transport *transport, const char *path, struct discern_drive **ret_drive,
		  struct discern_error *err)
{
	struct discern_drive *drive = new_drive(path, NULL);
	int ret;

	if (drive == NULL) {
		transport_close(transport);
		return discern_error_set(err, -ENOMEM, "out of memory");
	}
	drive->transport = transport;
	ret = drive_identify(drive, err);
	if (ret == 0)
		ret = wait_after_open(drive, err);
	if (ret < 0) {
		discern_drive_close(drive);
		return ret;
	}
	*ret_drive = drive;
	return 0;
}

int discern_drive_recording(const struct discern_drive *drive, struct discern_error *err)
{
	return transport_recorder_status(drive->recorder, err);
}

struct discern_drive *discern_drive_close(struct discern_drive *drive)
{
	struct scsi_command unlock;

	if (drive == NULL)
		return NULL;
	if (drive->is_locked && drive->transport != NULL) {
		mmc_prevent_removal(&unlock, false);
		transport_run(drive->transport, &unlock, NULL, NULL);
	}
	/* libburn unlocks when it lets the drive go. */
	burner_release(drive->burner);
	transport_close(drive->transport);
	transport_recorder_close(drive->recorder, NULL);
	if (drive->claim_fd >= 0)
		close(drive->claim_fd);
	free(drive);
	return NULL;
}

const char *discern_drive_path(const struct discern_drive *drive)
{
	return drive->path;
}

const struct discern_drive_id *discern_drive_id(const struct discern_drive *drive)
{
	return &drive->id;
}
