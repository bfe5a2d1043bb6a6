/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An image in zstd's seekable format (frames and a table of them at the end), read in any place. */
#ifndef DISC_ZSTD_FILE_H
#define DISC_ZSTD_FILE_H

#include <stddef.h>
#include <stdint.h>

#include <discern/error.h>

struct zstd_file;

/**
 * Looks whether fd, a file of file_bytes, is one. It stays the caller's, and must stay open.
 * @return 1 it is, 0 it is something else, or -EINVAL (its table makes no sense), -ENOTSUP (built without zstd), -ENOMEM,
 *         -EIO. Release with zstd_file_close().
 */
int zstd_file_open(int fd, uint64_t file_bytes, struct zstd_file **ret_file, struct discern_error *err);

/** Of the image. */
uint64_t zstd_file_size_bytes(const struct zstd_file *file);

/** size bytes of the image from offset on, all of which it has. 0, -EIO, or -EBADMSG for damaged data. */
int zstd_file_read(struct zstd_file *file, uint8_t *buffer, size_t size, uint64_t offset);

/** Accepts NULL, returns NULL. */
struct zstd_file *zstd_file_close(struct zstd_file *file);

#endif
