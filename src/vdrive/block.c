/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "vdrive/block.h"

#include <errno.h>
#include <string.h>

#include "base/bytes.h"
#include "vdrive/packet.h"

enum { OP_READ = 0x28, OP_WRITE = 0x2a };

/* Sectors of one READ or WRITE: the copy stays in the processor's cache. */
#define CHUNK_SECTORS 64U

/* sr.c, get_sectorsize(): 512-byte units that an empty drive is said to have. */
#define CAPACITY_UNKNOWN ((uint64_t)0x1fffff * 512)

/* Sectors that went over. */
static uint32_t transfer(struct server_drive *drive, uint8_t opcode, uint32_t lba, uint32_t n_sectors, void *data)
{
	size_t length = (size_t)n_sectors * BLOCK_SECTOR;
	struct packet packet = { .cdb = { opcode },
				 .data = data,
				 .length = length,
				 .direction = opcode == OP_READ ? VDRIVE_TO_HOST : VDRIVE_FROM_HOST };

	put_be32(packet.cdb + 2, lba);
	put_be16(packet.cdb + 7, (uint16_t)n_sectors);
	/* The drive gives the sectors before a bad one, and names that; of a write that failed nothing is known. */
	if (packet_send_once(drive, &packet) < 0 && (opcode != OP_READ || !packet.has_lba))
		return 0;
	return (uint32_t)(packet.transferred / BLOCK_SECTOR);
}

/* Whole sectors; how many were good before the first bad one. */
static uint32_t read_sectors(struct server_drive *drive, uint32_t lba, uint32_t n_sectors, uint8_t *buffer)
{
	uint32_t n_done = 0;

	while (n_done < n_sectors) {
		uint32_t n = n_sectors - n_done < CHUNK_SECTORS ? n_sectors - n_done : CHUNK_SECTORS;
		uint32_t n_good = transfer(drive, OP_READ, lba + n_done, n, buffer + (size_t)n_done * BLOCK_SECTOR);

		n_done += n_good;
		if (n_good < n)
			break;
	}
	return n_done;
}

/* A part of one sector. */
static ssize_t read_part(struct server_drive *drive, uint8_t *buffer, size_t size, uint64_t offset)
{
	uint8_t sector[BLOCK_SECTOR];
	size_t begin = (size_t)(offset % BLOCK_SECTOR);

	if (size > BLOCK_SECTOR - begin)
		size = BLOCK_SECTOR - begin;
	if (read_sectors(drive, (uint32_t)(offset / BLOCK_SECTOR), 1, sector) == 0)
		return -EIO;
	memcpy(buffer, sector + begin, size);
	return (ssize_t)size;
}

ssize_t block_read(struct server_drive *drive, void *buffer, size_t size, uint64_t offset)
{
	uint64_t end = (uint64_t)vdrive_readable_sectors(drive->vdrive) * BLOCK_SECTOR;
	uint8_t *to = buffer;
	size_t done = 0;

	if (offset >= end)
		return 0;
	if (size > end - offset)
		size = (size_t)(end - offset);
	while (done < size) {
		uint64_t at = offset + done;
		size_t left = size - done, n_wanted, n_bytes;
		ssize_t n;

		if (at % BLOCK_SECTOR != 0 || left < BLOCK_SECTOR) {
			n = read_part(drive, to + done, left, at);
			if (n < 0)
				return done > 0 ? (ssize_t)done : n;
			done += (size_t)n;
			continue;
		}
		n_wanted = left / BLOCK_SECTOR;
		n_bytes = (size_t)read_sectors(drive, (uint32_t)(at / BLOCK_SECTOR), (uint32_t)n_wanted, to + done) *
			  BLOCK_SECTOR;
		done += n_bytes;
		if (n_bytes < n_wanted * BLOCK_SECTOR)
			return done > 0 ? (ssize_t)done : -EIO;
	}
	return (ssize_t)done;
}

ssize_t block_write(struct server_drive *drive, const void *data, size_t size, uint64_t offset)
{
	uint64_t end = block_device_size(drive);
	uint8_t sectors[CHUNK_SECTORS * BLOCK_SECTOR];
	size_t done = 0;

	if (size % BLOCK_SECTOR != 0 || offset % BLOCK_SECTOR != 0)
		return -EINVAL;
	if (offset >= end)
		return -ENOSPC;
	if (size > end - offset)
		size = (size_t)(end - offset);
	while (done < size) {
		size_t n_bytes = size - done < sizeof(sectors) ? size - done : sizeof(sectors);

		/* A command's data are not const, as it may go either way. */
		memcpy(sectors, (const uint8_t *)data + done, n_bytes);
		if (transfer(drive, OP_WRITE, (uint32_t)((offset + done) / BLOCK_SECTOR),
			     (uint32_t)(n_bytes / BLOCK_SECTOR), sectors) < n_bytes / BLOCK_SECTOR)
			return done > 0 ? (ssize_t)done : -EIO;
		drive->is_dirty = true;
		done += n_bytes;
	}
	return (ssize_t)done;
}

uint64_t block_device_size(struct server_drive *drive)
{
	uint8_t capacity[8] = { 0 };
	struct packet packet = {
		.cdb = { 0x25 }, .direction = VDRIVE_TO_HOST, .data = capacity, .length = sizeof(capacity)
	};

	if (packet_send(drive, &packet) < 0 || packet.transferred < sizeof(capacity))
		return CAPACITY_UNKNOWN;
	return ((uint64_t)get_be32(capacity) + 1) * BLOCK_SECTOR;
}

int block_flush(struct server_drive *drive)
{
	struct packet packet = { .cdb = { 0x35 } };

	if (!atomic_exchange(&drive->is_dirty, false))
		return 0;
	return packet_send(drive, &packet) < 0 ? -EIO : 0;
}
