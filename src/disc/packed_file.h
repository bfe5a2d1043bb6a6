/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * An image in a compressed file (gzip, xz, Zstandard, bzip2, lz4), or the one image in a ZIP archive, read from its begin
 * to its end. What the file's headers say of sizes is not believed: the end of the image is where unpacking ends.
 */
#ifndef DISC_PACKED_FILE_H
#define DISC_PACKED_FILE_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <discern/error.h>

enum packing { PACKING_NONE, PACKING_GZIP, PACKING_XZ, PACKING_ZSTD, PACKING_BZIP2, PACKING_LZ4, PACKING_ZIP };

/** Bytes of a file that packing_of() looks at. */
enum { PACKING_MAGIC_SIZE = 6 };

/** By the first bytes of a file. */
enum packing packing_of(const uint8_t *first_bytes, size_t size);

/** "gzip", "xz", "zstd", "bzip2", "lz4", "zip"; "" for PACKING_NONE. */
const char *packing_name(enum packing packing);

/** name without the suffix of the packing (".gz"), for what is in "x.iso.gz"; its length if it has no such suffix. */
size_t packing_stem_length(enum packing packing, const char *name);

struct packed_file;

/**
 * Begins to unpack fd, which stays the caller's, must stay open, and is read with pread().
 * @return 0, -ENOTSUP (built without the library for it), -EINVAL (not what packing says; a ZIP archive with no image, or with
 *         several), -ENOMEM. Release with packed_file_close().
 */
int packed_file_open(int fd, enum packing packing, struct packed_file **ret_file, struct discern_error *err);

/** The next size bytes; fewer only at the end. -EBADMSG for damaged or cut data, or an error of reading. */
ssize_t packed_file_read(struct packed_file *file, uint8_t *buffer, size_t size, struct discern_error *err);

/** Its name inside of an archive, without folders; "" where there is none. */
const char *packed_file_member(const struct packed_file *file);

/** Accepts NULL, returns NULL. */
struct packed_file *packed_file_close(struct packed_file *file);

#endif
