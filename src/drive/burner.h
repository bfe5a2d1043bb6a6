/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A drive in libburn's hands. No type of libburn is seen here; the adapter in drive/libburn/ is the only place
 * that includes its header, and turns its message queue and its 1/0/-1 into struct discern_error.
 *
 * libburn keeps state for the whole process: one burner at a time. It claims the device itself, so our own
 * transport is closed first: drive.c does that, see drive_lend().
 */
#ifndef DRIVE_BURNER_H
#define DRIVE_BURNER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <discern/burn.h>
#include <discern/drive.h>
#include <discern/error.h>
#include <discern/progress.h>

struct burner;
struct transport_recorder;

/** Grabs the drive through libburn (may take many seconds while a disc spins up). recorder may be NULL.
 *  -EBUSY if another burner exists in this process or another process holds the drive. */
int burner_grab(const char *path, struct transport_recorder *recorder, struct burner **ret_burner,
		struct discern_error *err);

/** Releases the drive without ejecting; accepts NULL, returns NULL. */
struct burner *burner_release(struct burner *burner);

/** Adds to medium (filled by our own commands before) what libburn knows: speeds, free space, media id,
 *  manufacturer, and state where ours is unknown. */
int burner_describe(struct burner *burner, struct discern_medium *medium, struct discern_error *err);

/** What libburn chooses for one data track of n_sectors, and what the medium then has room for. */
struct burner_choice {
	enum discern_write_mode mode;
	/** libburn's reasons against the other mode, cleaned to one line; may be empty. */
	char reason[256];
	uint32_t free_sectors;
	/** The medium must be formatted before it takes data; burner_write() then does so. */
	bool needs_format;
};

/** -EMEDIUMTYPE with libburn's reasons if nothing can be written. */
int burner_choose(struct burner *burner, uint32_t n_sectors, struct burner_choice *ret_choice,
		  struct discern_error *err);

struct burner_job {
	uint32_t n_sectors;
	enum discern_write_mode mode;
	bool format;
	/** kB/s of 1000 bytes, 0 for the fastest. */
	uint32_t speed_kbps;
	/** Delivers exactly size bytes of the image (a multiple of 2048), blocking; 0, or a negative errno after
	 *  which the burn is cancelled. Called from a thread of libburn's. */
	int (*deliver)(uint8_t *buffer, size_t size, void *user);
	void *deliver_user;
	/** Called some times a second from the thread that called burner_write(); other than 0 cancels. */
	int (*progress)(const struct discern_progress *progress, void *user);
	void *progress_user;
};

/** Writes one closed session and waits for its end. 0 only if libburn is satisfied, no message of severity
 *  SORRY or worse came, no command was lost in transport, and all sectors were asked for. */
int burner_write(struct burner *burner, const struct burner_job *job, struct discern_error *err);

#endif
