/* SPDX-License-Identifier: GPL-3.0-or-later */
/* read() and write() on a drive's device file: the kernel's block device, made of READ and WRITE commands. */
#ifndef VDRIVE_BLOCK_H
#define VDRIVE_BLOCK_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "vdrive/server.h"

#define BLOCK_SECTOR 2048

/** Bytes read; fewer at the end of the medium or before a bad sector; -EIO if the first one is bad. */
ssize_t block_read(struct server_drive *drive, void *buffer, size_t size, uint64_t offset);

/** Writes whole sectors. Bytes written, -ENOSPC at the end of the medium, -EINVAL if not whole sectors, -EIO. */
ssize_t block_write(struct server_drive *drive, const void *data, size_t size, uint64_t offset);

/** What READ CAPACITY says, in bytes; that of the kernel's sr driver if it says nothing. */
uint64_t block_device_size(struct server_drive *drive);

/** SYNCHRONIZE CACHE, if a write() came before. 0 or -EIO. */
int block_flush(struct server_drive *drive);

#endif
