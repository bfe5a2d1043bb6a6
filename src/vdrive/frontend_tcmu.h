/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A drive as a SCSI device of the kernel: answers the commands of one TCMU device (linux/target_core_user.h) through
 * its UIO file. What makes the device is tcmu_configfs.h.
 *
 * TCMU has no words for what happens on the way to a drive. A command that takes longer than its sender waits, or a fault
 * with host=3 (time-out), has no answer until the kernel gives it up. For another host status the loop to the kernel is
 * cut for a moment, and the command given back to be sent again, which then fails with the kernel's own host status 0Eh,
 * DID_TRANSPORT_DISRUPTED. A drive that was unplugged stays cut off: whoever made its device is to take that away.
 */
#ifndef VDRIVE_FRONTEND_TCMU_H
#define VDRIVE_FRONTEND_TCMU_H

#include <discern/error.h>

#include "vdrive/server.h"

struct frontend_tcmu;

/**
 * Serves the device from a thread of its own, one command after the other.
 * @param drive  NULL for a drive that does not answer any more: every command fails with 4/3E/01
 * @param name   of its target
 * @param uio    the name of the UIO device, "uio0"
 */
int frontend_tcmu_start(struct server_drive *drive, const char *name, const char *uio,
			struct frontend_tcmu **ret_frontend, struct discern_error *err);

/** Commands that wait for the kernel to give them up end now. */
void frontend_tcmu_hurry(struct frontend_tcmu *frontend);

/** -EPROTO once the kernel's ring could not be made out any more, and nothing is answered; else 0. */
int frontend_tcmu_state(struct frontend_tcmu *frontend);

/** A fault has unplugged the drive. */
bool frontend_tcmu_is_unplugged(struct frontend_tcmu *frontend);

/** Ends the thread after the command that it is at. Accepts NULL, returns NULL. */
struct frontend_tcmu *frontend_tcmu_stop(struct frontend_tcmu *frontend);

#endif
