/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "vdrive/attach_drive.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "vdrive/clock_file.h"
#include "vdrive/frontend_tcmu.h"
#include "vdrive/server.h"

/* Of the only drive in its process. */
enum { NUMBER = 0 };

struct attach_drive {
	char name[TCMU_NAME_SIZE];
	struct server *server;
	struct attach_faults faults;
	struct clock_file *clock_file;
	enum vdrive_clock clock;
	struct frontend_tcmu *frontend;
	/** A fault has unplugged it, and its device is gone. */
	bool is_unplugged;
	char uio[TCMU_DEVICE_SIZE];
	char block[TCMU_DEVICE_SIZE], generic[TCMU_DEVICE_SIZE];
};

static struct vdrive *vdrive_of(struct attach_drive *drive)
{
	return server_drive(drive->server, NUMBER)->vdrive;
}

static int make_vdrive(struct attach_drive *drive, const struct attach_options *options, struct discern_error *err)
{
	struct server_drive_options desk = { .number = NUMBER, .clock = options->clock, .identity = options->identity };
	char serial[17];
	int ret;

	snprintf(serial, sizeof(serial), "%.16s", drive->name);
	if (desk.identity.serial == NULL)
		desk.identity.serial = serial;
	ret = server_new(&drive->server, err);
	if (ret == 0)
		ret = server_add_drive(drive->server, &desk, err);
	if (ret < 0)
		return ret;
	drive->clock = options->clock;
	drive->faults.drive = vdrive_of(drive);
	if (options->medium != NULL)
		ret = vdrive_insert(vdrive_of(drive), options->medium, options->kind, err);
	if (ret == 0 && options->tray_open)
		vdrive_open_tray(vdrive_of(drive));
	for (size_t i = 0; i < options->n_faults && ret == 0; i++)
		ret = attach_faults_add(&drive->faults, options->faults[i], err);
	if (ret == 0 && options->faults_path != NULL)
		ret = server_watch_faults(drive->server, options->faults_path, err);
	if (ret == 0 && options->clock_path != NULL)
		ret = clock_file_open(drive->server, options->clock_path, drive->name, &drive->clock_file, err);
	return ret;
}

static int make_device(struct attach_drive *drive, struct discern_error *err)
{
	char address[TCMU_DEVICE_SIZE];
	int ret;

	ret = tcmu_make_backstore(drive->name, drive->uio, err);
	if (ret == 0)
		ret = frontend_tcmu_start(server_drive(drive->server, NUMBER), drive->name, drive->uio,
					  &drive->frontend, err);
	if (ret == 0)
		ret = tcmu_make_target(drive->name, address, err);
	if (ret == 0)
		ret = tcmu_find_devices(address, drive->block, drive->generic, err);
	return ret;
}

int attach_drive_new(const struct attach_options *options, struct attach_drive **ret_drive, struct discern_error *err)
{
	struct attach_drive *drive = calloc(1, sizeof(*drive));
	int ret;

	if (drive == NULL)
		return discern_error_set(err, -ENOMEM, "out of memory");
	snprintf(drive->name, sizeof(drive->name), "%s", options->name);
	ret = make_vdrive(drive, options, err);
	if (ret == 0) {
		ret = make_device(drive, err);
		if (ret < 0)
			attach_drive_remove(drive, true, NULL);
	}
	if (ret < 0)
		attach_drive_free(drive);
	else
		*ret_drive = drive;
	return ret;
}

void attach_drive_status(struct attach_drive *drive, struct attach_status *ret_status)
{
	struct vdrive_status status;

	vdrive_get_status(vdrive_of(drive), &status);
	memset(ret_status, 0, sizeof(*ret_status));
	ret_status->state = drive->is_unplugged ? ATTACH_UNPLUGGED : ATTACH_WORKING;
	ret_status->pid = getpid();
	snprintf(ret_status->name, sizeof(ret_status->name), "%s", drive->name);
	if (!drive->is_unplugged) {
		snprintf(ret_status->device, sizeof(ret_status->device), "/dev/%s", drive->block);
		snprintf(ret_status->generic, sizeof(ret_status->generic), "/dev/%s", drive->generic);
	}
	ret_status->clock = drive->clock;
	vdrive_read_clock(vdrive_of(drive), &ret_status->clock_state);
	snprintf(ret_status->faults_error, sizeof(ret_status->faults_error), "%s", server_faults_error(drive->server));
	ret_status->tray_open = status.tray_open;
	snprintf(ret_status->medium, sizeof(ret_status->medium), "%s", status.medium);
	snprintf(ret_status->profile, sizeof(ret_status->profile), "%s", status.profile);
}

void attach_drive_check(struct attach_drive *drive)
{
	if (!drive->is_unplugged && drive->frontend != NULL && frontend_tcmu_is_unplugged(drive->frontend))
		drive->is_unplugged = tcmu_remove_target(drive->name, NULL) == 0;
	if (drive->frontend != NULL && frontend_tcmu_state(drive->frontend) == 0)
		return;
	drive->frontend = frontend_tcmu_stop(drive->frontend);
	tcmu_reset_ring(drive->name);
	frontend_tcmu_start(server_drive(drive->server, NUMBER), drive->name, drive->uio, &drive->frontend, NULL);
}

struct attach_faults *attach_drive_faults(struct attach_drive *drive)
{
	return &drive->faults;
}

static int check_plugged(const struct attach_drive *drive, struct discern_error *err)
{
	if (!drive->is_unplugged)
		return 0;
	discern_error_set(err, -ENODEV, "drive %s is unplugged by a fault", drive->name);
	return discern_error_hint(err, "discern vdrive detach %s; then attach it again", drive->name);
}

int attach_drive_insert(struct attach_drive *drive, const char *medium, const char *kind, struct discern_error *err)
{
	int ret = check_plugged(drive, err);

	if (ret == 0)
		ret = vdrive_insert(vdrive_of(drive), medium, kind[0] != '\0' ? kind : NULL, err);

	if (ret == -EBUSY)
		discern_error_hint(err, "discern vdrive eject %s", drive->name);
	return ret;
}

int attach_drive_eject(struct attach_drive *drive, struct discern_error *err)
{
	int ret = check_plugged(drive, err);

	if (ret == 0)
		ret = vdrive_press_eject(vdrive_of(drive), err);

	if (ret == -EBUSY)
		discern_error_hint(err, "is /dev/%s mounted? umount /dev/%s; or is a program using it?", drive->block,
				   drive->block);
	return ret;
}

/* A file that is open so is in nobody else's use, as a mounted one would be. */
static int take_for_us(const struct attach_drive *drive, struct discern_error *err)
{
	char path[TCMU_DEVICE_SIZE + 8];
	int fd;

	snprintf(path, sizeof(path), "/dev/%s", drive->block);
	fd = open(path, O_RDONLY | O_NONBLOCK | O_EXCL | O_CLOEXEC);
	if (fd >= 0 || errno != EBUSY)
		return fd;
	discern_error_set(err, -EBUSY, "%s is in use", path);
	discern_error_hint(err, "unmount it (umount %s); --force takes the drive away from whoever uses it", path);
	return -EBUSY;
}

int attach_drive_remove(struct attach_drive *drive, bool force, struct discern_error *err)
{
	AUTO_CLOSE int device_fd = -1;
	int ret;

	/* The name of its device may be another's by now. */
	if (!force && !drive->is_unplugged) {
		device_fd = take_for_us(drive, err);
		if (device_fd == -EBUSY)
			return -EBUSY;
	}
	server_stop(drive->server);
	if (drive->frontend != NULL)
		frontend_tcmu_hurry(drive->frontend);
	ret = tcmu_remove_target(drive->name, err);
	if (ret < 0)
		return ret;
	drive->frontend = frontend_tcmu_stop(drive->frontend);
	return tcmu_remove_backstore(drive->name, err);
}

struct attach_drive *attach_drive_free(struct attach_drive *drive)
{
	if (drive == NULL)
		return NULL;
	frontend_tcmu_stop(drive->frontend);
	clock_file_close(drive->clock_file, NULL);
	server_free(drive->server);
	attach_faults_release(&drive->faults);
	free(drive);
	return NULL;
}

int attach_clear(const char *name, struct discern_error *err)
{
	struct frontend_tcmu *frontend = NULL;
	char uio[TCMU_DEVICE_SIZE];
	int ret = 0;

	/* The kernel asks the drive until it is gone, and what it has asked already waits for an answer. */
	if (tcmu_find_uio(name, uio) == 0) {
		ret = frontend_tcmu_start(NULL, name, uio, &frontend, err);
		if (ret == -EPROTO) {
			tcmu_reset_ring(name);
			ret = frontend_tcmu_start(NULL, name, uio, &frontend, err);
		}
	}
	if (ret == 0)
		ret = tcmu_remove_target(name, err);
	frontend_tcmu_stop(frontend);
	if (ret == 0)
		ret = tcmu_remove_backstore(name, err);
	if (ret == 0)
		control_unlink(name);
	return ret;
}
