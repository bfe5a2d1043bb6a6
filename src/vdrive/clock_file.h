/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A file that tells how far the clocks of a server's drives are, also while they run. */
#ifndef VDRIVE_CLOCK_FILE_H
#define VDRIVE_CLOCK_FILE_H

#include "vdrive/server.h"

struct clock_file;

/**
 * Writes the file, and again every moment in which a clock went on, from a thread of its own. It is replaced as a whole:
 * a line a drive, "sr0 seconds=1.500000 commands=3 …".
 * @param name  of the only drive, instead of "sr0"; NULL for "sr" and their numbers
 */
int clock_file_open(struct server *server, const char *path, const char *name, struct clock_file **ret_file,
		    struct discern_error *err);

/** Writes it for the last time, and releases; accepts NULL. */
int clock_file_close(struct clock_file *file, struct discern_error *err);

#endif
