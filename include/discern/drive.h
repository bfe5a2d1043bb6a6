/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Optical drives: finding them, opening one for exclusive use, and what is in it.
 *
 * A drive may be used by one thread at a time; different drives are independent, except that only one
 * drive in a process can be burning (libburn keeps state for the whole process).
 */
#ifndef DISCERN_DRIVE_H
#define DISCERN_DRIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <discern/error.h>
#include <discern/medium.h>
#include <discern/progress.h>

#ifdef __cplusplus
extern "C" {
#endif

struct discern_drive;

/** Who a drive is, from INQUIRY (SPC-4 6.6) or the system's device database. Empty where unknown. */
struct discern_drive_id {
	char vendor[9];
	char product[17];
	char revision[5];
	char serial[64];
};

/** One drive of the system. */
struct discern_drive_entry {
	/** "/dev/sr0" */
	char path[64];
	/** A name that stays the same when drives are added, "/dev/disk/by-id/…"; empty if there is none. */
	char stable_path[256];
	struct discern_drive_id id;
	/** "USB", "ATA" …; empty if not known. */
	char bus[16];
	/** Medium in it as the system last saw it: 1 yes, 0 no, -1 not known. */
	int has_medium;
	enum discern_profile profile;
	/** Who uses it now: "mounted on /media/x", "cdrskin (process 123)"; empty if free. */
	char holder[256];
};

/**
 * Lists the system's drives without opening one that is in use.
 * @return 0 (also with no drive at all) or -ENOMEM; the caller releases *ret_entries with free().
 */
int discern_drive_list(struct discern_drive_entry **ret_entries, size_t *ret_n, struct discern_error *err);

struct discern_drive_options {
	/** Every command and answer is written to this file, for bug reports; NULL for none. An earlier recording
	 *  of that name is replaced, any other file is refused (-EEXIST). */
	const char *record_path;
	/** Seconds to wait for a drive that is becoming ready; 0 for the usual 60. */
	unsigned ready_seconds;
	/** Close an open tray before looking for a medium. */
	bool load;
};

/**
 * Opens a drive for exclusive use and waits until it is ready or clearly has no medium.
 * @param path     "/dev/sr0", a link to it, or the short form "sr0"
 * @param options  may be NULL
 * @return 0, or -ENOENT (no such drive), -ENOTBLK (not an optical drive), -EBUSY (err->text says who holds
 *         it), -EACCES (err->hint says which group), -EIO. Release with discern_drive_close().
 */
int discern_drive_open(const char *path, const struct discern_drive_options *options, struct discern_drive **ret_drive,
		       struct discern_error *err);

/** Whether all was recorded so far: 0 (also without a recording), or the errno of the first write that failed.
 *  The drive goes on without its recording; ask before it is closed. */
int discern_drive_recording(const struct discern_drive *drive, struct discern_error *err);

/** Unlocks the tray and releases the drive; accepts NULL, returns NULL. */
struct discern_drive *discern_drive_close(struct discern_drive *drive);

/** Valid until the drive is closed. */
const char *discern_drive_path(const struct discern_drive *drive);
const struct discern_drive_id *discern_drive_id(const struct discern_drive *drive);

/** What a drive can do: profiles it reads or writes (MMC-6 5.3.1) and some features. */
struct discern_drive_abilities {
	size_t n_profiles;
	enum discern_profile profiles[48];
	uint32_t buffer_kib;
	uint32_t max_read_kbps;
	bool can_c2;
	bool can_underrun_proof;
	bool can_eject;
	bool can_lock;
};

/** 0 or a negative errno. */
int discern_drive_abilities(struct discern_drive *drive, struct discern_drive_abilities *ret_abilities,
			    struct discern_error *err);

enum discern_medium_detail {
	/** What reading needs; only a few commands, also on a damaged disc. */
	DISCERN_MEDIUM_FOR_READING,
	/** Also what libburn knows: write speeds, free space, manufacturer. */
	DISCERN_MEDIUM_FOR_WRITING,
};

/**
 * Looks at the medium. No medium is an answer (state NONE), not an error.
 * @param ret_medium  need not be initialised; the caller releases it with discern_medium_clear()
 */
int discern_drive_medium(struct discern_drive *drive, enum discern_medium_detail detail,
			 struct discern_medium *ret_medium, struct discern_error *err);

/** How many spare sectors are left on a BD or DVD-RAM medium of this profile (MMC-6 6.22.3.2.11, 6.22.3.3.4); not known for
 *  any other medium, and for one without spare areas. -ENOMEDIUM, -EIO. */
int discern_drive_spares(struct discern_drive *drive, enum discern_profile profile, struct discern_spares *ret_spares,
			 struct discern_error *err);

/** Opens the tray. -EBUSY if something holds the medium, -ENOTSUP if the drive cannot. */
int discern_drive_eject(struct discern_drive *drive, struct discern_error *err);

/** Closes the tray and waits until the medium is ready; 0 also when the tray is empty. */
int discern_drive_load(struct discern_drive *drive, struct discern_error *err);

enum discern_drive_wait {
	DISCERN_WAIT_FOR_MEDIUM,  /**< until a medium is in the drive and the tray is closed */
	DISCERN_WAIT_FOR_REMOVAL, /**< until there is none */
};

/**
 * Waits until somebody puts a medium in, or takes it out. The drive is not open meanwhile, is asked in a way that moves and wakes
 * nothing, at the pace of the system's events where there are some, and not at all while another program uses it.
 * @param path      as for discern_drive_open()
 * @param observer  its progress is called about twice a second
 * @return 0, -ECANCELED, -ENODEV (the drive is gone), or what opening it says
 */
int discern_drive_wait(const char *path, enum discern_drive_wait what, const struct discern_observer *observer,
		       struct discern_error *err);

/** Names whoever else has the drive open, without being in the way of exclusive use, as "cat (process 123)": what it does to
 *  the drive may disturb a burn. False if nobody is seen; processes of other users are seen by root only. */
bool discern_drive_other_user(const struct discern_drive *drive, char *ret_words, size_t size);

/** Locks or unlocks the eject button. */
int discern_drive_lock(struct discern_drive *drive, bool locked, struct discern_error *err);

/** Sets read and write speed in kB/s of 1000 bytes of user data; 0 means as fast as possible. */
int discern_drive_set_speed(struct discern_drive *drive, uint32_t read_kbps, uint32_t write_kbps,
			    struct discern_error *err);

#ifdef __cplusplus
}
#endif
#endif
