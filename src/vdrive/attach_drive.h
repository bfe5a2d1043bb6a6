/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One drive of the system, from the making of its device to the end of it; see attach.h. */
#ifndef VDRIVE_ATTACH_DRIVE_H
#define VDRIVE_ATTACH_DRIVE_H

#include <discern/error.h>

#include "vdrive/attach.h"
#include "vdrive/attach_control.h"
#include "vdrive/attach_faults.h"

struct attach_drive;

/** Makes drive and device. The name is options->name, which has to be free. */
int attach_drive_new(const struct attach_options *options, struct attach_drive **ret_drive, struct discern_error *err);

void attach_drive_status(struct attach_drive *drive, struct attach_status *ret_status);

/** Looks whether the kernel's ring is in order, and resets it where it is not; takes the kernel's device of a drive away
 *  that a fault has unplugged. */
void attach_drive_check(struct attach_drive *drive);

struct attach_faults *attach_drive_faults(struct attach_drive *drive);

int attach_drive_insert(struct attach_drive *drive, const char *medium, const char *kind, struct discern_error *err);
int attach_drive_eject(struct attach_drive *drive, struct discern_error *err);

/** Takes the device away, and flushes the medium. Without force -EBUSY while a program has it for itself. */
int attach_drive_remove(struct attach_drive *drive, bool force, struct discern_error *err);

/** After attach_drive_remove(), whatever its result. Accepts NULL, returns NULL. */
struct attach_drive *attach_drive_free(struct attach_drive *drive);

/** Takes away what a process that was killed has left in the kernel. */
int attach_clear(const char *name, struct discern_error *err);

#endif
