/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Drives as files of a FUSE file system, which takes ioctls like device files. */
#ifndef VDRIVE_FRONTEND_FUSE_H
#define VDRIVE_FRONTEND_FUSE_H

#include <discern/error.h>

#include "vdrive/server.h"

/** Inode of drive sr0; the next ones follow. The folder is inode 1. preload.c knows this too. */
#define FRONTEND_FIRST_INODE 2

/**
 * Serves the file system of which fuse_fd is /dev/fuse, from several threads, until the other end of control_fd
 * is closed or the file system is gone. Commands that are being carried out then are finished.
 */
int frontend_fuse_serve(struct server *server, int fuse_fd, int control_fd, struct discern_error *err);

#endif
