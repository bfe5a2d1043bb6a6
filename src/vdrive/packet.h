/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Commands that the kernel's sr driver sends on its own, with its way of turning answers into errno. */
#ifndef VDRIVE_PACKET_H
#define VDRIVE_PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vdrive/server.h"

#define PACKET_CDB_SIZE 12

struct packet {
	uint8_t cdb[PACKET_CDB_SIZE];
	enum vdrive_direction direction;
	void *data;
	size_t length;
	/** After packet_send(): what the drive moved, its sense (0/0/0 for none), and whether that names a sector. */
	size_t transferred;
	uint8_t key, asc, ascq;
	bool has_lba;
};

/**
 * Sends one, again after a unit attention and while the drive becomes ready. 0, -ENOMEDIUM (not ready),
 * -EOPNOTSUPP (5/20/00: the drive does not know the command) or -EIO.
 */
int packet_send(struct server_drive *drive, struct packet *packet);

/** Sends one once, whatever comes. 0 or -EIO. */
int packet_send_once(struct server_drive *drive, struct packet *packet);

/** 0 with a medium that is ready, else as packet_send(); the sense in *ret_packet, which may be NULL. */
int packet_test_unit_ready(struct server_drive *drive, struct packet *ret_packet);

/** START STOP UNIT byte 4 (MMC-6 6.42): what moves the tray. */
enum packet_load { PACKET_STOP = 0, PACKET_START = 1, PACKET_EJECT = 2, PACKET_LOAD = 3 };
int packet_start_stop(struct server_drive *drive, enum packet_load action);

/** PREVENT ALLOW MEDIUM REMOVAL. */
int packet_lock_door(struct server_drive *drive, bool is_locked);

/** GET EVENT STATUS NOTIFICATION for media, byte 5: bit 0 tray open, bit 1 medium present. -EIO if unknown. */
int packet_media_status(struct server_drive *drive);

/** CDS_DISC_OK, CDS_TRAY_OPEN … of linux/cdrom.h. */
int packet_drive_status(struct server_drive *drive);

/** Whether a write() may go to the medium: it takes data anywhere (feature 0020h or 002Ah). */
bool packet_is_random_writable(struct server_drive *drive);

#endif
