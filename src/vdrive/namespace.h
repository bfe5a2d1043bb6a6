/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A private view of the system for one program and what it starts: a /dev with virtual drives and without real
 * ones. Works without root by a user namespace. All of it ends with the last process in it.
 */
#ifndef VDRIVE_NAMESPACE_H
#define VDRIVE_NAMESPACE_H

#include <sys/types.h>

#include <discern/error.h>

/** Moves this process to a mount namespace of its own, and if it is not root to a user namespace of its own
 *  with the same user and group. */
int namespace_enter(struct discern_error *err);

/** Mounts a file system over /dev that has all of the old /dev but optical drives. */
int namespace_make_dev(struct discern_error *err);

/** Mounts a FUSE file system in the new /dev; *ret_fd is its /dev/fuse, for the server. */
int namespace_mount_fuse(int *ret_fd, struct discern_error *err);

/** Puts srNUMBER of the FUSE file system, which must be served by now, to /dev/srNUMBER. */
int namespace_bind_drive(unsigned number, struct discern_error *err);

/** Makes the links /dev/cdrom and /dev/dvd to a drive, and takes the FUSE folder away, its files left in place. */
int namespace_finish(unsigned first_number, struct discern_error *err);

#endif
