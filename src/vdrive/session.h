/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Runs a program that finds virtual drives in its /dev. A process of its own holds drives and media: as hardware
 * it outlives its clients, and what it was doing for a client that is killed it brings to an end.
 */
#ifndef VDRIVE_SESSION_H
#define VDRIVE_SESSION_H

#include <stdbool.h>
#include <stddef.h>

#include <discern/error.h>

#include "vdrive/server.h"

/** Bytes of a message in a result. */
#define SESSION_TEXT 512

struct session_options {
	const struct server_drive_options *drives;
	size_t n_drives;
	/** "sr0: RULE", see server_add_fault(). */
	char *const *faults;
	size_t n_faults;
	/** A file of rules that may change meanwhile, see server_watch_faults(); NULL for none. */
	const char *faults_path;
	/** A file for the drives' clocks, see clock_file.h; NULL for none. */
	const char *clock_path;
	/** Module that makes stat() tell of block devices; NULL for none. */
	const char *preload;
	/** The program, its arguments, NULL. */
	char *const *argv;
};

struct session_result {
	/** The error is that the program cannot be executed. */
	bool is_not_executable;
	/** As from waitpid(). */
	int wait_status;
	/** What the drives' clocks told at the end, in the order of the drives given; all 0 for one without. */
	struct vdrive_clock_state clocks[SERVER_MAX_DRIVES];
	/** Why the last change of the file of rules was not taken over; "" if it was. */
	char faults_error[SESSION_TEXT];
	/** Why the clocks could not be written at the end; "" if they were. */
	char clock_error[SESSION_TEXT];
};

/**
 * Runs the program until it ends, then ends the drives, with their media flushed. To be called once by a process
 * that has one thread and after this only reports and exits: it stays in the namespaces.
 */
int session_run(const struct session_options *options, struct session_result *ret_result, struct discern_error *err);

/**
 * Finds the preload module: DISCERN_PRELOAD in the environment (empty: none), else beside the running program in
 * a build folder, else where it was installed. *ret_path is NULL for none, and else the caller frees it. -ENOENT.
 */
int session_find_preload(char **ret_path, struct discern_error *err);

/** Sets what a drive is: vendor, product, revision, serial, read-offset, overread, c2, cdtext, fua, cd-speed, dvd-speed,
 *  bd-speed, rotation. The result may point to value. -EINVAL. */
int session_set_drive_option(const char *key, const char *value, struct vdrive_options *options,
			     struct discern_error *err);

/**
 * Fills in options from words: "sr0=MEDIUM[,kind=K][,protection=P][,region=N][,tray=open][,KEY=VALUE…][,mode=OCTAL][,uid=N]
 * [,gid=N]" with the keys of session_set_drive_option(). words is cut up, and the result points into it. -EINVAL.
 */
int session_parse_drive(char *words, struct server_drive_options *ret_options, struct discern_error *err);

/** What stands behind "sr0=" there: the medium, "" for none, and the options. -EINVAL. */
int session_parse_medium(char *words, struct server_drive_options *options, struct discern_error *err);

#endif
