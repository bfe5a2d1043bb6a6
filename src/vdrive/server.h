/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Several virtual drives in one process, as a kernel's sr driver would present them: who has a drive open, how
 * long a command takes, when a command has timed out. A front-end passes on what its clients ask for.
 *
 * Every call may be made from several threads. A drive carries out one command at a time and is busy for the
 * whole of answer.delay_us; the other drives go on meanwhile.
 */
#ifndef VDRIVE_SERVER_H
#define VDRIVE_SERVER_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include <discern/error.h>

#include "vdrive/vdrive.h"

#define SERVER_MAX_DRIVES 16

/** Most bytes that one command may move (the block layer's max_hw_sectors). */
#define SERVER_MAX_TRANSFER ((size_t)1 << 20)

/** Time limit of the commands that the kernel's sr driver sends on its own (sr.h, SR_TIMEOUT). */
#define SERVER_KERNEL_TIMEOUT_MS 30000

struct server;

/** What to put on a desk: one drive and its medium. */
struct server_drive_options {
	/** "sr0" to "sr15". */
	unsigned number;
	/** A virtual disc or an image; NULL for none. */
	const char *medium;
	/** See vdrive_insert(); NULL: by the image's size. */
	const char *kind;
	/** Of the medium, see protection.h: what follows "protection=" and "region="; NULL for none. */
	const char *protection, *region;
	bool tray_open;
	enum vdrive_clock clock;
	struct vdrive_options identity;
	/** Who may open the device file. */
	mode_t mode;
	uid_t uid;
	gid_t gid;
};

struct server_handle;

struct server_drive {
	struct server *server;
	unsigned number;
	char name[8];
	struct vdrive *vdrive;

	/** Held while a command is carried out, and while its delay passes. */
	pthread_mutex_t command_lock;
	/** Until then a command that its sender gave up still occupies the drive (CLOCK_MONOTONIC). */
	int64_t busy_until_us;
	/** Commands take as long as on a real drive; and how much later than it was due the last answer came, as the
	 *  machine oversleeps. */
	bool has_real_clock;
	int64_t late_us;

	/** Protects all that follows. */
	pthread_mutex_t lock;
	pthread_cond_t closed;
	mode_t mode;
	uid_t uid;
	gid_t gid;
	unsigned n_open;
	/** All open handles. */
	struct server_handle *handles;
	/** Handles whose close() has begun: the kernel tells of the end of it a moment later. */
	unsigned n_closing;
	struct server_handle *exclusive;
	/** CDROM_LOCKDOOR: stays locked after the last close. */
	atomic_bool keep_locked;
	/** CDROM_SET_OPTIONS, the CDO_ bits of linux/cdrom.h. */
	atomic_uint options;

	/** A new medium was seen since the last CDROM_MEDIA_CHANGED. */
	atomic_bool media_changed;
	/** A write() reached the medium since the last SYNCHRONIZE CACHE. */
	atomic_bool is_dirty;
};

/** An open device file. */
struct server_handle {
	struct server_drive *drive;
	struct server_handle *next;
	/** As given to open(), with O_EXCL. */
	int flags;
	atomic_bool is_closing;
	/** CAP_SYS_RAWIO: may send any command. */
	bool is_privileged;
	/** SG_SET_TIMEOUT, for commands that bring none; 0: the default. */
	atomic_uint timeout_ms;
};

/** Release with server_free(). */
int server_new(struct server **ret_server, struct discern_error *err);

/** Adds a drive and puts its medium in; -EEXIST if the number is taken. */
int server_add_drive(struct server *server, const struct server_drive_options *options, struct discern_error *err);

/** Adds a fault rule "sr0: RULE", see vdrive_add_fault(). */
int server_add_fault(struct server *server, const char *rule, struct discern_error *err);

/** Takes rules from a file too, and again whenever it changes; see fault_lines.h. -ENOENT, -EINVAL, and -ENODEV for a
 *  drive that is not there. */
int server_watch_faults(struct server *server, const char *path, struct discern_error *err);

/** Why the file's last change was not taken over, and the rules are those of before; "" if all is well. */
const char *server_faults_error(struct server *server);

/** The drive with this number, NULL if there is none. */
struct server_drive *server_drive(struct server *server, unsigned number);

/** Ends all waiting for slow drives: answers still come, but at once. */
void server_stop(struct server *server);

/** Flushes the media and releases all; no other call may be running. Accepts NULL, returns NULL. */
struct server *server_free(struct server *server);

/** One command, with the time it takes. After timeout_ms the answer is host status TIME_OUT, and the drive stays
 *  busy as long as the command would have taken. */
void server_execute(struct server_drive *drive, const struct vdrive_command *command, uint32_t timeout_ms,
		    struct vdrive_answer *ret_answer);

/** When the sender of a command stops waiting: after timeout_ms, or as soon as is_given_up, if that is not NULL, says so,
 *  which is asked now and then. */
struct server_patience {
	uint32_t timeout_ms;
	bool (*is_given_up)(void *context);
	void *context;
};

/** The same; a sender that has given up finds host status TIME_OUT, and the drive is at nothing any more. */
void server_execute_patiently(struct server_drive *drive, const struct vdrive_command *command,
			      const struct server_patience *patience, struct vdrive_answer *ret_answer);

/**
 * open(): -EBUSY if flags ask for O_EXCL and another handle holds it; without O_NONBLOCK also -ENOMEDIUM
 * without a medium and -EROFS for writing where the medium cannot be written in place.
 */
int server_open(struct server_drive *drive, int flags, bool is_privileged, struct server_handle **ret_handle);

/** A close() of one of its file descriptors has begun, maybe of the last. */
void server_handle_closing(struct server_handle *handle);

/** It is in use, so another file descriptor of it is still open. */
void server_handle_in_use(struct server_handle *handle);

/** The last close of this handle. */
void server_close(struct server_handle *handle);

/** How many handles are open, after those being closed are gone. */
unsigned server_open_count(struct server_drive *drive);

#endif
