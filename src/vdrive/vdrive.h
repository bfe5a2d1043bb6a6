/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The virtual drive: an MMC drive in software, at the level of command descriptor blocks.
 *
 * It knows nothing of kernels, files on /dev or clients: a front-end hands it commands and passes on its
 * answers. vdrive_execute() and the mechanism calls may be made from several threads; a drive carries out
 * one command at a time, as hardware does. It shares no code with src/drive, or both would share one mistake.
 */
#ifndef VDRIVE_VDRIVE_H
#define VDRIVE_VDRIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <discern/error.h>

struct vdrive;

enum vdrive_direction { VDRIVE_NO_DATA, VDRIVE_TO_HOST, VDRIVE_FROM_HOST };

struct vdrive_command {
	const uint8_t *cdb;
	size_t cdb_length;
	/** What the host announced, which the drive holds against what the CDB says. */
	enum vdrive_direction direction;
	/** Data of the host (FROM_HOST), or room for data_length bytes of answer (TO_HOST). */
	uint8_t *data;
	size_t data_length;
};

/** Host adapter status, as the kernel's sg driver numbers it. */
enum vdrive_host_status {
	VDRIVE_HOST_OK = 0,
	VDRIVE_HOST_NO_CONNECT = 1,
	VDRIVE_HOST_TIME_OUT = 3,
	VDRIVE_HOST_ERROR = 7,
	VDRIVE_HOST_RESET = 8,
};

struct vdrive_answer {
	/** SAM-5 5.3: 0 GOOD, 2 CHECK CONDITION. */
	uint8_t status;
	uint8_t host_status;
	/** Fixed format sense data (SPC-4 4.5.3), valid with CHECK CONDITION. */
	uint8_t sense[32];
	size_t sense_length;
	/** Bytes of command->data that were filled or taken; never more than data_length. */
	size_t transferred;
	/** The drive took this long; the front-end waits before it passes the answer on. */
	uint32_t delay_ms;
};

struct vdrive_options {
	/** INQUIRY data, at most 8, 16 and 4 characters; NULL for "DISCERN ", "VIRTUAL DRIVE   ", "1.00". */
	const char *vendor;
	const char *product;
	const char *revision;
	/** Serial number, feature 0108h; NULL for one made from the address of nothing in particular: "VD0001". */
	const char *serial;
};

/** A drive with an empty, closed tray. options may be NULL. Release with vdrive_free(). */
int vdrive_new(const struct vdrive_options *options, struct vdrive **ret_drive, struct discern_error *err);

/** Ejects, flushes and releases; accepts NULL, returns NULL. */
struct vdrive *vdrive_free(struct vdrive *drive);

/** Carries out one command: always an answer, never an error of its own. */
void vdrive_execute(struct vdrive *drive, const struct vdrive_command *command, struct vdrive_answer *ret_answer);

/**
 * Puts a medium in: the path of a virtual disc (vdrive_disc_create()) or of any plain image, which then is a
 * pressed disc, CD-ROM, DVD-ROM or BD-ROM by its size or by kind ("cd-rom", "dvd-rom", "dvd-rom-dl", "bd-rom"; NULL:
 * by size).
 * The next command is answered with a unit attention, 6/28/00. -EBUSY if a medium is in it.
 */
int vdrive_insert(struct vdrive *drive, const char *path, const char *kind, struct discern_error *err);

/** The eject button: -EBUSY while the host prevents removal. */
int vdrive_press_eject(struct vdrive *drive, struct discern_error *err);

/** Opens the tray without a medium in it. */
void vdrive_open_tray(struct vdrive *drive);

/** Adds a fault rule in words, without the drive's name: "read lba=100-104 sense=3/11/05 count=2". */
int vdrive_add_fault(struct vdrive *drive, const char *rule, struct discern_error *err);

/** What a front-end needs for the kernel's block device: sectors that a read() may ask for, 0 without medium. */
uint32_t vdrive_readable_sectors(struct vdrive *drive);

struct vdrive_disc_options {
	/** A name from the table in disc_media.c: "cd-r", "dvd-rw", "bd-re-dl" and so on. */
	const char *media;
	/** Sectors of user data, rounded down to whole error-correction units; 0 for the usual size of such a medium. */
	uint32_t n_sectors;
};

/** Makes a blank virtual disc: one sparse file, at most a few KiB on disk until it is written. -EEXIST. */
int vdrive_disc_create(const char *path, const struct vdrive_disc_options *options, struct discern_error *err);

#endif
