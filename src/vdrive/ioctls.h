/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The ioctls of a CD-ROM device (drivers/scsi/sr*.c, drivers/cdrom/cdrom.c, drivers/scsi/scsi_ioctl.c), carried
 * out with commands to the virtual drive. Arguments are read from and written to the client's own memory.
 */
#ifndef VDRIVE_IOCTLS_H
#define VDRIVE_IOCTLS_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "vdrive/server.h"

struct ioctl_call {
	struct server_handle *handle;
	struct server_drive *drive;
	/** The calling thread, blocked until the answer. */
	pid_t thread;
	unsigned command;
	/** A number, or an address in the client. */
	uint64_t argument;
	/** Where the kernel itself brings the answer to the client (ioctls whose number tells their size): room for
	 *  out_size bytes; NULL for the others. */
	void *out;
	size_t out_size;
};

/** What ioctl() returns: 0 or more, or a negative errno; -ENOTTY for what a CD-ROM device does not know. */
int ioctl_run(struct ioctl_call *call);

/** Reads or writes the structure that the argument points to; offset 0 is its beginning. 0, -EFAULT or -EPERM. */
int ioctl_get(struct ioctl_call *call, void *data, size_t size);
int ioctl_put(struct ioctl_call *call, const void *data, size_t size);

/** A buffer of SERVER_MAX_TRANSFER bytes that belongs to the calling thread; NULL if memory is out. */
uint8_t *ioctl_buffer(void);

struct ioctl_entry {
	unsigned command;
	int (*run)(struct ioctl_call *call);
};

/** The families' tables, each ended by an entry without a function. */
extern const struct ioctl_entry ioctl_entries_sg[];
extern const struct ioctl_entry ioctl_entries_cdrom[];
extern const struct ioctl_entry ioctl_entries_disc[];
extern const struct ioctl_entry ioctl_entries_audio[];
extern const struct ioctl_entry ioctl_entries_dvd[];

#endif
