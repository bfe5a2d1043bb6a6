/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A drive as a SCSI device of the kernel: answers the commands of one TCMU device (linux/target_core_user.h) through
 * its UIO file. What makes the device is tcmu_configfs.h.
 *
 * TCMU has no words for what happens on the way to a drive. A fault with host=3 (time-out) is a command without an
 * answer until the kernel gives it up; another host status is ABORTED COMMAND, 0B/08/00.
 */
#ifndef VDRIVE_FRONTEND_TCMU_H
#define VDRIVE_FRONTEND_TCMU_H

#include <discern/error.h>

#include "vdrive/server.h"

struct frontend_tcmu;

/**
 * Serves the device from a thread of its own, one command after the other.
 * @param drive  NULL for a drive that does not answer any more: every command fails with 4/3E/01
 * @param uio    the name of the UIO device, "uio0"
 */
int frontend_tcmu_start(struct server_drive *drive, const char *uio, struct frontend_tcmu **ret_frontend,
			struct discern_error *err);

/** Commands that wait for the kernel to give them up end now. */
void frontend_tcmu_hurry(struct frontend_tcmu *frontend);

/** -EPROTO once the kernel's ring could not be made out any more, and nothing is answered; else 0. */
int frontend_tcmu_state(struct frontend_tcmu *frontend);

/** Ends the thread after the command that it is at. Accepts NULL, returns NULL. */
struct frontend_tcmu *frontend_tcmu_stop(struct frontend_tcmu *frontend);

#endif
