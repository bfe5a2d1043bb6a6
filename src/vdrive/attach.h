/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Drives that are attached to the system: each a process of its own, which serves the kernel (frontend_tcmu.h) and
 * takes orders on a socket in ATTACH_FOLDER.
 */
#ifndef VDRIVE_ATTACH_H
#define VDRIVE_ATTACH_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include <discern/error.h>

#include "vdrive/tcmu_configfs.h"
#include "vdrive/vdrive.h"

#define ATTACH_FOLDER "/run/discern"

struct attach_options {
	/** NULL for the first of vd0, vd1 … that is free. */
	const char *name;
	/** NULL for none. */
	const char *medium;
	/** See vdrive_insert(). */
	const char *kind;
	/** A serial number that is NULL becomes the name. */
	struct vdrive_options identity;
	bool tray_open;
	/** Rules without a drive's name. */
	char *const *faults;
	size_t n_faults;
	/** A file of such rules that may change meanwhile, and one for the drive's clock; absolute, NULL for none. */
	const char *faults_path, *clock_path;
	enum vdrive_clock clock;
};

enum attach_state {
	ATTACH_WORKING,
	/** Its process is gone, what it had made in the kernel is there. */
	ATTACH_DEAD,
	/** A fault has unplugged it: the kernel's device is gone, its process and medium are there. */
	ATTACH_UNPLUGGED,
};

/** What is to be said of an attached drive. */
struct attach_status {
	enum attach_state state;
	char name[TCMU_NAME_SIZE];
	/** "/dev/sr0" and "/dev/sg0"; empty of a dead or unplugged one. */
	char device[TCMU_DEVICE_SIZE + 8], generic[TCMU_DEVICE_SIZE + 8];
	pid_t pid;
	bool tray_open;
	/** Empty without a medium. */
	char medium[PATH_MAX];
	/** What kind the medium is, as "DVD+R"; empty without. */
	char profile[32];
	enum vdrive_clock clock;
	struct vdrive_clock_state clock_state;
	/** Why the last change of the file of rules was not taken over; empty if it was. */
	char faults_error[256];
};

/** Starts a process that serves a new drive, and waits until the kernel has it. */
int attach_start(const struct attach_options *options, struct attach_status *ret_status, struct discern_error *err);

/**
 * The same in this process, until it is told to detach or gets SIGTERM or SIGINT. Once the drive is there, ready is
 * called, and a service manager that waits for it is told.
 */
int attach_serve(const struct attach_options *options, void (*ready)(void *context, const struct attach_status *status),
		 void *context, struct discern_error *err);

/** Takes a drive away; also what a killed process has left. Without force -EBUSY while a program uses it. */
int attach_detach(const char *name, bool force, struct discern_error *err);

/** Puts a medium into the drive of this name. kind may be NULL. */
int attach_insert(const char *name, const char *medium, const char *kind, struct discern_error *err);

/** Presses the button of the drive of this name. -EBUSY if a program has locked it. */
int attach_eject(const char *name, struct discern_error *err);

/** Rules of the drive of this name that did not come from a file: adds one, removes one (number from 1; 0 for all), tells
 *  one, which is empty behind the last. */
int attach_add_fault(const char *name, const char *rule, struct discern_error *err);
int attach_remove_fault(const char *name, unsigned number, struct discern_error *err);
int attach_get_fault(const char *name, unsigned number, char ret_rule[PATH_MAX], struct discern_error *err);

/** Whether a drive of this name is served. */
bool attach_is_served(const char *name);

/** All attached drives by their names. The caller frees *ret_drives. */
int attach_list(struct attach_status **ret_drives, size_t *ret_n_drives, struct discern_error *err);

#endif
