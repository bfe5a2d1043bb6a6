/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "disc/packed_file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "base/bytes.h"
#include "base/error.h"
#include "disc/packed_decoder.h"
#include "disc/zstd_file.h"

struct packed_file {
	struct packed_decoder decoder;
};

static const struct {
	const char *name;
	/** ".gz" */
	const char *suffix;
	size_t magic_size;
	uint8_t magic[PACKING_MAGIC_SIZE];
} kinds[] = {
	[PACKING_NONE] = { "", "", 0, { 0 } },
	[PACKING_GZIP] = { "gzip", ".gz", 3, { 0x1f, 0x8b, 8 } },
	[PACKING_XZ] = { "xz", ".xz", 6, { 0xfd, '7', 'z', 'X', 'Z', 0 } },
	[PACKING_ZSTD] = { "zstd", ".zst", 4, { 0x28, 0xb5, 0x2f, 0xfd } },
	[PACKING_BZIP2] = { "bzip2", ".bz2", 3, { 'B', 'Z', 'h' } },
	[PACKING_LZ4] = { "lz4", ".lz4", 4, { 0x04, 0x22, 0x4d, 0x18 } },
	[PACKING_ZIP] = { "zip", ".zip", 4, { 'P', 'K', 3, 4 } },
};

enum packing packing_of(const uint8_t *first_bytes, size_t size)
{
	for (size_t i = PACKING_GZIP; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (size >= kinds[i].magic_size && memcmp(first_bytes, kinds[i].magic, kinds[i].magic_size) == 0)
			return (enum packing)i;
	return PACKING_NONE;
}

const char *packing_name(enum packing packing)
{
	return kinds[packing].name;
}

size_t packing_stem_length(enum packing packing, const char *name)
{
	size_t length = strlen(name), suffix_length = strlen(kinds[packing].suffix);

	if (suffix_length > 0 && length > suffix_length &&
	    strcasecmp(name + length - suffix_length, kinds[packing].suffix) == 0)
		return length - suffix_length;
	return length;
}

/* ---- zstd's seekable format, for which there is a reader already ---- */

struct seekable {
	struct zstd_file *file;
	uint64_t offset;
};

static ssize_t seekable_read(void *self, uint8_t *buffer, size_t size, struct discern_error *err)
{
	struct seekable *seekable = self;
	uint64_t left = zstd_file_size_bytes(seekable->file) - seekable->offset;
	size_t n = left < size ? (size_t)left : size;
	int ret = zstd_file_read(seekable->file, buffer, n, seekable->offset);

	if (ret < 0)
		return discern_error_set(err, ret, "its zstd data are damaged behind byte %ju of the image",
					 (uintmax_t)seekable->offset);
	seekable->offset += n;
	return (ssize_t)n;
}

static void seekable_close(void *self)
{
	struct seekable *seekable = self;

	zstd_file_close(seekable->file);
	free(seekable);
}

static const struct packed_decoder_ops seekable_ops = { seekable_read, seekable_close };

/* 1 if it was one, 0 if not. */
static int seekable_open(int fd, struct packed_decoder *ret_decoder, struct discern_error *err)
{
	struct zstd_file *file = NULL;
	struct seekable *seekable;
	struct stat status;
	int ret;

	if (fstat(fd, &status) < 0)
		return discern_error_set(err, -errno, "%s", strerror(errno));
	ret = zstd_file_open(fd, (uint64_t)status.st_size, &file, err);
	if (ret <= 0)
		return ret;
	seekable = calloc(1, sizeof(*seekable));
	if (seekable == NULL) {
		zstd_file_close(file);
		return discern_error_set(err, -ENOMEM, "out of memory");
	}
	seekable->file = file;
	*ret_decoder = (struct packed_decoder){ .ops = &seekable_ops, .self = seekable };
	return 1;
}

/* ---- all of them ---- */

int packed_file_open(int fd, enum packing packing, struct packed_file **ret_file, struct discern_error *err)
{
	struct packed_file *file = calloc(1, sizeof(*file));
	int ret = 0;

	if (file == NULL)
		return discern_error_set(err, -ENOMEM, "out of memory");
	if (packing == PACKING_ZSTD)
		ret = seekable_open(fd, &file->decoder, err);
	if (ret == 0 && packing == PACKING_GZIP)
		ret = packed_gzip_open(fd, &file->decoder, err);
	else if (ret == 0)
		ret = packed_archive_open(fd, packing, &file->decoder, err);
	if (ret < 0) {
		free(file);
		return ret;
	}
	*ret_file = file;
	return 0;
}

ssize_t packed_file_read(struct packed_file *file, uint8_t *buffer, size_t size, struct discern_error *err)
{
	size_t done = 0;

	while (done < size) {
		ssize_t n = file->decoder.ops->read(file->decoder.self, buffer + done, size - done, err);

		if (n < 0)
			return n;
		if (n == 0)
			break;
		done += (size_t)n;
	}
	return (ssize_t)done;
}

const char *packed_file_member(const struct packed_file *file)
{
	return file->decoder.member;
}

struct packed_file *packed_file_close(struct packed_file *file)
{
	if (file != NULL)
		file->decoder.ops->close(file->decoder.self);
	free(file);
	return NULL;
}
