/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files: whole reads and writes, and results that appear only when they are complete. */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include <stddef.h>
#include <sys/types.h>

#include <discern/error.h>

/** Reads up to size bytes at offset, going on after short reads and EINTR.
 *  The number of bytes read (less than size only at the end of the file), or a negative errno. */
ssize_t file_read_at(int fd, void *buffer, size_t size, off_t offset);

/** Writes all of size bytes at offset. 0 or a negative errno; -EIO if the file system wrote nothing. */
int file_write_at(int fd, const void *buffer, size_t size, off_t offset);

/** Writes text to path.tmp, syncs it, renames it to path and syncs the folder, so that after a power
 *  loss path holds either the old or the new text. 0 or a negative errno with words in err. */
int file_replace(const char *path, const void *data, size_t size, struct discern_error *err);

/** Syncs the folder that holds path, so that a rename in it survives a power loss. 0 or a negative errno. */
int file_sync_folder(const char *path);

/** Reads a whole file of at most max_size bytes. The caller frees *ret_data, which ends in an additional
 *  zero byte. -EFBIG if it is longer. */
int file_read_all(const char *path, size_t max_size, char **ret_data, size_t *ret_size, struct discern_error *err);

#endif
