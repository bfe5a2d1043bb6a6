/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "vdrive/ioctls.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "vdrive/block.h"
#include "vdrive/client.h"

#define READ_AHEAD_512 256UL

static pthread_key_t buffer_key;
static pthread_once_t buffer_once = PTHREAD_ONCE_INIT;

static void make_buffer_key(void)
{
	pthread_key_create(&buffer_key, free);
}

uint8_t *ioctl_buffer(void)
{
	void *buffer;

	pthread_once(&buffer_once, make_buffer_key);
	buffer = pthread_getspecific(buffer_key);
	if (buffer == NULL && posix_memalign(&buffer, 4096, SERVER_MAX_TRANSFER) == 0)
		pthread_setspecific(buffer_key, buffer);
	return buffer;
}

int ioctl_get(struct ioctl_call *call, void *data, size_t size)
{
	return client_copy(call->thread, CLIENT_READ, call->argument, data, size);
}

int ioctl_put(struct ioctl_call *call, const void *data, size_t size)
{
	uint8_t copy[2352];

	if (call->out != NULL) {
		if (size > call->out_size)
			return -EINVAL;
		memcpy(call->out, data, size);
		return 0;
	}
	/* struct iovec has no const, though writing to a client only reads here. */
	if (size > sizeof(copy))
		return -EINVAL;
	memcpy(copy, data, size);
	return client_copy(call->thread, CLIENT_WRITE, call->argument, copy, size);
}

static int get_size64(struct ioctl_call *call)
{
	uint64_t size = block_device_size(call->drive);

	return ioctl_put(call, &size, sizeof(size));
}

static int get_size(struct ioctl_call *call)
{
	unsigned long size = (unsigned long)(block_device_size(call->drive) / 512);

	return ioctl_put(call, &size, sizeof(size));
}

static int put_int(struct ioctl_call *call, int value)
{
	return ioctl_put(call, &value, sizeof(value));
}

static int get_sector_size(struct ioctl_call *call)
{
	return put_int(call, BLOCK_SECTOR);
}

static int get_zero(struct ioctl_call *call)
{
	return put_int(call, 0);
}

static int get_max_sectors(struct ioctl_call *call)
{
	unsigned short max_sectors = SERVER_MAX_TRANSFER / 512;

	return ioctl_put(call, &max_sectors, sizeof(max_sectors));
}

static int get_read_ahead(struct ioctl_call *call)
{
	unsigned long read_ahead = READ_AHEAD_512;

	return ioctl_put(call, &read_ahead, sizeof(read_ahead));
}

/* There is no cache in front of the drive whose size could be set. */
static int accept_from_root(struct ioctl_call *call)
{
	return call->handle->is_privileged ? 0 : -EACCES;
}

static int flush_buffers(struct ioctl_call *call)
{
	return call->handle->is_privileged ? block_flush(call->drive) : -EACCES;
}

/* A CD-ROM has no partition table. */
static int refuse_argument(struct ioctl_call *call)
{
	(void)call;
	return -EINVAL;
}

static const struct ioctl_entry entries_block[] = {
	{ BLKGETSIZE64, get_size64 },    { BLKGETSIZE, get_size },        { BLKSSZGET, get_sector_size },
	{ BLKPBSZGET, get_sector_size }, { BLKBSZGET, get_sector_size },  { BLKIOMIN, get_sector_size },
	{ BLKIOOPT, get_zero },          { BLKALIGNOFF, get_zero },       { BLKROGET, get_zero },
	{ BLKSECTGET, get_max_sectors }, { BLKRAGET, get_read_ahead },    { BLKFRAGET, get_read_ahead },
	{ BLKRASET, accept_from_root },  { BLKFRASET, accept_from_root }, { BLKBSZSET, accept_from_root },
	{ BLKFLSBUF, flush_buffers },    { BLKRRPART, refuse_argument },  { 0, NULL },
};

int ioctl_run(struct ioctl_call *call)
{
	static const struct ioctl_entry *const families[] = { ioctl_entries_sg,   ioctl_entries_cdrom,
							      ioctl_entries_disc, ioctl_entries_audio,
							      ioctl_entries_dvd,  entries_block };

	for (size_t i = 0; i < sizeof(families) / sizeof(families[0]); i++)
		for (const struct ioctl_entry *entry = families[i]; entry->run != NULL; entry++)
			if (entry->command == call->command)
				return entry->run(call);
	return -ENOTTY;
}
