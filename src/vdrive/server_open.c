/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Opening and closing a drive's device file, as block/bdev.c and drivers/cdrom/cdrom.c do. */
#include "vdrive/server.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/cdrom.h>
#include <stdlib.h>
#include <time.h>

#include "vdrive/packet.h"

/* The kernel tells of a close after close() has returned; the next open must not fail for that. */
#define SETTLE_S 1

/* Waits until no handle is between the begin and the end of its close; drive->lock is held. */
static void settle(struct server_drive *drive)
{
	struct timespec limit;

	clock_gettime(CLOCK_MONOTONIC, &limit);
	limit.tv_sec += SETTLE_S;
	while (drive->n_closing > 0 && pthread_cond_timedwait(&drive->closed, &drive->lock, &limit) != ETIMEDOUT)
		;
}

static int claim(struct server_handle *handle)
{
	struct server_drive *drive = handle->drive;
	int ret = 0;

	pthread_mutex_lock(&drive->lock);
	if ((handle->flags & O_EXCL) != 0) {
		if (drive->exclusive != NULL)
			settle(drive);
		if (drive->exclusive != NULL)
			ret = -EBUSY;
		else
			drive->exclusive = handle;
	}
	if (ret == 0) {
		drive->n_open++;
		handle->next = drive->handles;
		drive->handles = handle;
	}
	pthread_mutex_unlock(&drive->lock);
	return ret;
}

/* The handle is gone after this. */
static void give_up(struct server_handle *handle)
{
	struct server_drive *drive = handle->drive;
	struct server_handle **link = &drive->handles;

	pthread_mutex_lock(&drive->lock);
	if (drive->exclusive == handle)
		drive->exclusive = NULL;
	if (handle->is_closing)
		drive->n_closing--;
	drive->n_open--;
	while (*link != handle)
		link = &(*link)->next;
	*link = handle->next;
	pthread_cond_broadcast(&drive->closed);
	pthread_mutex_unlock(&drive->lock);
	free(handle);
}

static bool is_for_data(const struct server_handle *handle)
{
	return (handle->flags & O_NONBLOCK) == 0 || (handle->drive->options & CDO_USE_FFLAGS) == 0;
}

static bool may_write(const struct server_handle *handle)
{
	return (handle->flags & O_ACCMODE) != O_RDONLY;
}

/* cdrom_open() without O_NONBLOCK: for the data on the disc, so there must be one. */
static int open_for_data(struct server_handle *handle)
{
	struct server_drive *drive = handle->drive;
	int status = packet_drive_status(drive);

	if (status == CDS_TRAY_OPEN && (drive->options & CDO_AUTO_CLOSE) != 0) {
		if (packet_start_stop(drive, PACKET_LOAD) < 0)
			return -ENOMEDIUM;
		status = packet_drive_status(drive);
	}
	if (status != CDS_DISC_OK)
		return -ENOMEDIUM;
	if (may_write(handle) && !packet_is_random_writable(drive))
		return -EROFS;
	if ((drive->options & CDO_LOCK) != 0)
		packet_lock_door(drive, true);
	return 0;
}

int server_open(struct server_drive *drive, int flags, bool is_privileged, struct server_handle **ret_handle)
{
	struct server_handle *handle = calloc(1, sizeof(*handle));
	int ret;

	if (handle == NULL)
		return -ENOMEM;
	handle->drive = drive;
	handle->flags = flags;
	handle->is_privileged = is_privileged;
	ret = claim(handle);
	if (ret < 0) {
		free(handle);
		return ret;
	}
	/* sr_check_events(): the kernel looks for a new medium first and so meets its unit attention. */
	packet_test_unit_ready(drive, NULL);
	if (is_for_data(handle))
		ret = open_for_data(handle);
	if (ret < 0) {
		give_up(handle);
		return ret;
	}
	*ret_handle = handle;
	return 0;
}

void server_handle_closing(struct server_handle *handle)
{
	struct server_drive *drive = handle->drive;

	pthread_mutex_lock(&drive->lock);
	if (!handle->is_closing) {
		handle->is_closing = true;
		drive->n_closing++;
	}
	pthread_mutex_unlock(&drive->lock);
}

void server_handle_in_use(struct server_handle *handle)
{
	struct server_drive *drive = handle->drive;

	if (!handle->is_closing)
		return;
	pthread_mutex_lock(&drive->lock);
	if (handle->is_closing) {
		handle->is_closing = false;
		drive->n_closing--;
	}
	pthread_mutex_unlock(&drive->lock);
}

/* cdrom_release(): nobody has the drive open any more. */
static void after_last_close(const struct server_handle *handle)
{
	struct server_drive *drive = handle->drive;
	struct packet synchronize_cache = { .cdb = { 0x35 } };

	if (atomic_exchange(&drive->is_dirty, false))
		packet_send(drive, &synchronize_cache);
	if (!drive->keep_locked)
		packet_lock_door(drive, false);
	if (is_for_data(handle) && (drive->options & CDO_AUTO_EJECT) != 0)
		packet_start_stop(drive, PACKET_EJECT);
}

void server_close(struct server_handle *handle)
{
	struct server_drive *drive = handle->drive;
	bool is_last;

	pthread_mutex_lock(&drive->lock);
	is_last = drive->n_open == 1;
	pthread_mutex_unlock(&drive->lock);
	/* Before the handle is given up, so that whoever waits for the close finds the drive at rest. */
	if (is_last)
		after_last_close(handle);
	give_up(handle);
}

unsigned server_open_count(struct server_drive *drive)
{
	unsigned n_open;

	pthread_mutex_lock(&drive->lock);
	if (drive->n_open > 1)
		settle(drive);
	n_open = drive->n_open;
	pthread_mutex_unlock(&drive->lock);
	return n_open;
}
