/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A plain image file (.iso), or a block device that holds one, or one in zstd's seekable format (.iso.zst), as a source of
 * sectors. */
#ifndef DISC_FILE_SOURCE_H
#define DISC_FILE_SOURCE_H

#include "disc/source.h"

/**
 * Opens path for reading. A partial last sector is delivered filled up with zeros. Release with source_close().
 * @return 0, or -ENOENT, -EACCES …, -EISDIR, -EINVAL (neither a regular file nor a block device), -EFBIG (more
 *         sectors than a disc can address)
 */
int file_source_open(const char *path, struct discern_source **ret_source, struct discern_error *err);

/** A file as it is, whatever it holds: no zstd is unpacked. Otherwise as file_source_open(). */
int file_source_open_plain(const char *path, struct discern_source **ret_source, struct discern_error *err);

/**
 * The image in a compressed file or archive (disc/packed_file.h), or as file_source_open() where it is none. It is made to
 * be read from begin to end: going back means unpacking from the begin.
 * @param size_bytes  of the image; 0 to find it, by unpacking all of it once
 * @return as file_source_open(), or as packed_file_open()
 */
int file_source_open_unpacked(const char *path, uint64_t size_bytes, struct discern_source **ret_source,
			      struct discern_error *err);

/** The image's size when it was opened, without compression. The source must come from file_source_open(). */
uint64_t file_source_size_bytes(const struct discern_source *source);

/** 0 if the file has the size and the time of modification that it had when it was opened, else -ESTALE. */
int file_source_check_unchanged(const struct discern_source *source, struct discern_error *err);

#endif
