/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One of the files that hold the sectors of a CD image: bytes, or sound that is unpacked to bytes. */
#ifndef DISC_CD_FILE_H
#define DISC_CD_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <discern/error.h>

struct cd_file;

/**
 * Opens a file by the name that the text sheet_path gives it: relative to the text's folder; if it is not there, by
 * its last part alone, whose letters' case then does not count, since many texts come from other systems. A name
 * "*.img" is the text's own with another ending.
 * -ENOENT, -EINVAL, -ENOTSUP. Release with cd_file_close().
 */
int cd_file_open(const char *sheet_path, const char *name, bool is_sound, struct cd_file **ret_file,
		 struct discern_error *err);
/** Accepts NULL. */
void cd_file_close(struct cd_file *file);

uint64_t cd_file_size_bytes(const struct cd_file *file);
/** Where it was found. */
const char *cd_file_path(const struct cd_file *file);

/** It is not as it was when it was opened: written to, or of another size. False of NULL. */
bool cd_file_has_changed(const struct cd_file *file);

/** 0, or -EIO also where the file has become shorter. Sound in steps of four bytes. */
int cd_file_read(struct cd_file *file, uint64_t offset_bytes, uint8_t *buffer, size_t size);

/** A shared lock, as long as it is open; -EBUSY if it is somebody's alone. */
int cd_file_lock(struct cd_file *file, struct discern_error *err);

#endif
