/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inside the drive layer: who uses a device. Needs no access to the device itself. */
#ifndef DRIVE_HOLDER_H
#define DRIVE_HOLDER_H

#include <stdbool.h>
#include <stddef.h>

#include <discern/error.h>

/**
 * Names who holds the device: "mounted on /media/x", "packet writing device pktcdvd0", "cdrskin (process 123)".
 * This process does not count. False, and an empty text, if nobody is seen; processes of other users are
 * seen by root only.
 */
bool holder_find(const char *path, char *ret_text, size_t size);

/** Sets err to -EBUSY with the holder's name and what can be done about it; returns -EBUSY. */
int holder_error(const char *path, struct discern_error *err);

#endif
