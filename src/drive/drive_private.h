/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inside the drive layer: the drive as its own files see it. */
#ifndef DRIVE_DRIVE_PRIVATE_H
#define DRIVE_DRIVE_PRIVATE_H

#include <limits.h>

#include "drive/drive.h"
#include "drive/mmc.h"
#include "drive/mmc_parse.h"

struct discern_drive {
	/** Changes when the drive was lost and came back under another name. */
	char path[PATH_MAX];
	struct discern_drive_id id;
	/** One of both at most: the owner of the device. */
	struct transport *transport;
	struct burner *burner;
	struct transport_recorder *recorder;
	/** Holds the lock that keeps udev away, to the end; -1 if it could not be opened. */
	int claim_fd;
	bool is_claimed;
	/** False for a drive on a transport of a test: it cannot be closed, lent and opened again. */
	bool can_reopen;
	/** Names /dev/srN that were taken when it was opened, a bit for each: those of other drives. */
	uint64_t names_at_open;
	/** The eject button is locked by this program. */
	bool is_locked;
	unsigned ready_seconds;
	/** Of drive_tell_readings(). */
	struct readings *readings;
};

/** drive_transport() and transport_run() in one, the drive's path put before an error. */
int drive_run(struct discern_drive *drive, const struct scsi_command *command, size_t *ret_length,
	      struct discern_error *err);

/** A command that was carried out is told to those who want to know of readings, if it is one. NULL for trouble: it went well. */
void drive_note_reading(struct readings *readings, const struct scsi_command *scsi, const char *trouble);

/** Waits at most drive->ready_seconds while the drive says that it is becoming ready; pending unit attentions are
 *  taken. 0, -ENOMEDIUM, -ETIMEDOUT, -ECANCELED (a signal came), or what is wrong with medium or drive. */
int drive_wait_ready(struct discern_drive *drive, struct discern_error *err);

/** For names_at_open. */
uint64_t drive_names_taken(void);

/** For drive_reopen(): opens the device at drive->path for the transport; asks who it is; takes the lock that keeps udev
 *  away, as far as that goes. */
int drive_open_device(struct discern_drive *drive, struct discern_error *err);
int drive_identify(struct discern_drive *drive, struct discern_error *err);
void drive_claim(struct discern_drive *drive);

/** After -ENODEV: waits until the drive is there again and ready, maybe under another name; it is known by who it says
 *  it is. What is in it is not looked at. -ENODEV if it does not come within max_seconds, -ECANCELED if a signal came,
 *  or what drive_wait_ready() says. */
int drive_reopen(struct discern_drive *drive, unsigned max_seconds, struct discern_error *err);

enum { DRIVE_CONFIGURATION_SIZE = 4096 };

/** All features of the drive (GET CONFIGURATION). */
int drive_configuration(struct discern_drive *drive, uint8_t ret_data[DRIVE_CONFIGURATION_SIZE], size_t *ret_length,
			struct discern_error *err);

/** What a drive says of its medium without moving anything. */
enum drive_presence { DRIVE_HAS_NONE, DRIVE_HAS_MEDIUM, DRIVE_IS_BUSY };

/** Asks for media events, and where the drive has none whether it is ready. 0 or -ENODEV. */
int drive_presence(struct transport *transport, enum drive_presence *ret_presence, struct discern_error *err);

/** "sr0" is short for "/dev/sr0", and a link for what it leads to; NULL when memory is out. */
char *drive_resolve_path(const char *path);

/** Sleeps; -ECANCELED if a signal came meanwhile. */
int drive_sleep_ms(unsigned milliseconds);

#endif
