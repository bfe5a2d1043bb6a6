/* SPDX-License-Identifier: GPL-3.0-or-later */
/* File names made from volume labels. */
#ifndef RIP_NAME_H
#define RIP_NAME_H

#include <stddef.h>

/** Room for any name that name_from_label() makes. */
#define NAME_SIZE 192

/**
 * "DEBIAN 12" becomes "DEBIAN 12.iso": without slashes, control characters, broken UTF-8, or a leading dot or
 * dash; "disc.iso" if nothing is left. number above 1 gives "DEBIAN 12-2.iso". Returns ret_name.
 */
const char *name_from_label(const char *label, unsigned number, char ret_name[NAME_SIZE]);

/** The same without an ending, "" if nothing is left; at most size - 1 bytes. Returns its length. */
size_t name_make_safe(const char *label, char *ret, size_t size);

#endif
