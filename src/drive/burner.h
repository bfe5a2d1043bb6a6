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

/** How a job is watched. */
struct burner_watch {
	/** Called some times a second from the thread that called the burner; other than 0 asks it to stop. */
	int (*progress)(const struct discern_progress *progress, void *user);
	void *user;
};

/** What one data track is to be, for burner_choose(). */
struct burner_wish {
	uint32_t n_sectors;
	/** False: libburn chooses. */
	bool has_mode;
	enum discern_write_mode mode;
	bool leave_open;
	bool simulate;
};

/** What libburn chooses, and what the medium then has room for. */
struct burner_choice {
	enum discern_write_mode mode;
	/** libburn's reasons against the other mode, cleaned to one line; may be empty. */
	char reason[256];
	uint32_t free_sectors;
	/** Where the track will begin. */
	int32_t start_lba;
	/** The medium must be formatted before it takes data. */
	bool needs_format;
};

/** -EMEDIUMTYPE with libburn's reasons if nothing can be written so. */
int burner_choose(struct burner *burner, const struct burner_wish *wish, struct burner_choice *ret_choice,
		  struct discern_error *err);

struct burner_job {
	uint32_t n_sectors;
	/** Room for them, as burner_choose() found it. */
	uint32_t free_sectors;
	enum discern_write_mode mode;
	/** Nobody asked for this mode: a drive that turns out not to have it is tried in the other one. */
	bool may_change_mode;
	bool leave_open;
	bool simulate;
	bool stream_recording;
	/** kB/s of 1000 bytes, 0 for the fastest. */
	uint32_t speed_kbps;
	/** Delivers exactly size bytes of the image (a multiple of 2048), blocking; 0, or a negative errno after
	 *  which the burn is cancelled. Called from a thread of libburn's. */
	int (*deliver)(uint8_t *buffer, size_t size, void *user);
	void *deliver_user;
	struct burner_watch watch;
};

/** Writes one session and waits for its end. 0 only if libburn is satisfied, no message of severity
 *  SORRY or worse came, no command was lost in transport, and all sectors were asked for. */
int burner_write(struct burner *burner, const struct burner_job *job, struct discern_error *err);

/** BLANK of a CD-RW or DVD-RW, all of it if thorough, and waits for its end: it cannot be stopped. 0 only if
 *  the drive then calls the medium blank. */
int burner_blank(struct burner *burner, bool is_thorough, const struct burner_watch *watch, struct discern_error *err);

struct burner_format {
	enum discern_format_kind kind;
	/** Of DISCERN_FORMAT_SIZED: what is left for data. */
	uint64_t payload_bytes;
	/** Certify all sectors, or write them once: takes as long as to write the disc. */
	bool is_full;
};

/** FORMAT UNIT, and waits for its end: it cannot be stopped. */
int burner_format(struct burner *burner, const struct burner_format *format, const struct burner_watch *watch,
		  struct discern_error *err);

/** Writes zeros to sectors of a medium that takes data anywhere; both in units of 32 KiB. Stops when asked to
 *  (-ECANCELED). */
int burner_zero(struct burner *burner, const struct discern_range *range, const struct burner_watch *watch,
		struct discern_error *err);

/** One of the formats that the drive offers for the medium (READ FORMAT CAPACITIES, MMC-6 6.24.3.3). */
struct burner_offer {
	uint8_t type;
	uint64_t payload_bytes;
};

/** Lists them, at most max. */
size_t burner_list_formats(struct burner *burner, struct burner_offer *ret_offers, size_t max);

#endif
