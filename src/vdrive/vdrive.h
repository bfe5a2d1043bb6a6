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

#include <limits.h>
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
	/** The drive took this long from the command's arrival; the front-end waits before it passes the answer on. */
	uint64_t delay_us;
	/** It only counts this time (VDRIVE_CLOCK_VIRTUAL): nobody waits, but time limits hold. */
	bool is_counted_only;
};

/** How long commands take. */
enum vdrive_clock {
	VDRIVE_CLOCK_NONE,    /**< as fast as the machine */
	VDRIVE_CLOCK_REAL,    /**< as long as on a real drive */
	VDRIVE_CLOCK_VIRTUAL, /**< as long as on a real drive, by a clock that goes forward by this alone */
};

/** Parts of a medium by which a clock tells how far its reading went. */
#define VDRIVE_CLOCK_PARTS 1000

/** What a drive has done since it got its clock. */
struct vdrive_clock_state {
	uint64_t elapsed_us;
	uint64_t n_commands, n_seeks, n_spin_ups;
	/** Of the drive itself, at units that it could not read at once. */
	uint64_t n_retries;
	uint64_t n_underruns;
	uint64_t read_sectors, written_sectors;
	/** Of the medium: its sectors, how many different ones the host was given, and when the last one. */
	uint32_t n_medium_sectors, n_delivered;
	uint64_t last_delivered_us;
	/** When it had got so many parts and one of the sectors; 0 where it never had. */
	uint64_t delivered_us[VDRIVE_CLOCK_PARTS];
};

/** Where beside the program area of a CD a drive can read. */
enum vdrive_overread {
	VDRIVE_OVERREAD_NONE = 0,
	VDRIVE_OVERREAD_LEAD_IN = 1,
	VDRIVE_OVERREAD_LEAD_OUT = 2,
	VDRIVE_OVERREAD_BOTH = 3,
};

/** Most samples that audio can be shifted by. */
#define VDRIVE_MAX_OFFSET_SAMPLES 11760

/** Fastest drives that there are, in parts of 1x. */
enum { VDRIVE_MAX_CD_X = 52, VDRIVE_MAX_DVD_X = 24, VDRIVE_MAX_BD_X = 16 };

/** How a drive turns its discs. */
enum vdrive_rotation {
	/** As fast at the hub as at the rim, where its highest speed is reached (CAV). */
	VDRIVE_ROTATION_CAV,
	/** Faster at the hub: its highest speed everywhere (CLV). */
	VDRIVE_ROTATION_CLV,
};

struct vdrive_options {
	/** INQUIRY data, at most 8, 16 and 4 characters; NULL for "DISCERN ", "VIRTUAL DRIVE   ", "1.00". */
	const char *vendor;
	const char *product;
	const char *revision;
	/** Serial number, feature 0108h; NULL for one made from the address of nothing in particular: "VD0001". */
	const char *serial;
	/** Audio is read so many samples late: what is at address A begins with what lies so far before it. */
	int32_t read_offset_samples;
	/** Audio is written so many samples late. */
	int32_t write_offset_samples;
	enum vdrive_overread overread;
	bool lacks_c2;
	/** Reads with FUA are answered from its cache as others are. */
	bool ignores_fua;
	bool lacks_cd_text;
	/** Its highest speed with CDs, DVDs and BDs, in parts of 1x; 0 for 48, 16 and 12. */
	uint16_t cd_x, dvd_x, bd_x;
	enum vdrive_rotation rotation;
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

/** Makes these the rules that come from a file; those that were among them before go on with their counts. On an
 *  error all stays as it was. */
int vdrive_replace_faults(struct vdrive *drive, char *const *rules, size_t n_rules, struct discern_error *err);

/** The same with the rules of vdrive_add_fault(). */
int vdrive_replace_given_faults(struct vdrive *drive, char *const *rules, size_t n_rules, struct discern_error *err);

/** Sets how long commands take, from now on; the clock begins at 0. */
int vdrive_set_clock(struct vdrive *drive, enum vdrive_clock clock, struct discern_error *err);

/** All 0 without a clock. */
void vdrive_read_clock(struct vdrive *drive, struct vdrive_clock_state *ret_state);

struct vdrive_status {
	bool tray_open;
	/** A fault has unplugged it: it does not answer any more. */
	bool is_unplugged;
	/** The host has locked the tray. */
	bool removal_prevented;
	/** The medium in the drive or on its tray, and what a medium in the drive is, as "DVD+R"; empty without. */
	char medium[PATH_MAX];
	char profile[32];
};

/** What is to be seen from in front of the drive. */
void vdrive_get_status(struct vdrive *drive, struct vdrive_status *ret_status);

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
