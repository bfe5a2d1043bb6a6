/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "disc/file_source.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "disc/packed_file.h"
#include "disc/zstd_file.h"

/* Sectors of one read: 1 MiB, large enough for any disk, small enough for several buffers. */
#define PREFERRED_SECTORS 512

struct file_source {
	struct discern_source source;
	int fd;
	/** Of the image, and of the file: they differ if it is compressed. */
	uint64_t size_bytes, file_bytes;
	struct zstd_file *zstd;
	/** What unpacks it, and up to which byte of the image it has. */
	enum packing packing;
	struct packed_file *packed;
	uint64_t unpacked_bytes;
	struct timespec modified;
	char path[];
};

static const struct file_source *from_source(const struct discern_source *source)
{
	return (const struct file_source *)source;
}

/* ---- a compressed file ---- */

static int begin_unpacking(struct file_source *file, struct discern_error *err)
{
	int ret;

	file->packed = packed_file_close(file->packed);
	file->unpacked_bytes = 0;
	ret = packed_file_open(file->fd, file->packing, &file->packed, err);
	return ret < 0 ? discern_error_wrap(err, "%s", file->path) : 0;
}

static ssize_t unpack(struct file_source *file, uint8_t *buffer, size_t size, struct discern_error *err)
{
	ssize_t n = packed_file_read(file->packed, buffer, size, err);

	if (n < 0)
		discern_error_wrap(err, "%s", file->path);
	else
		file->unpacked_bytes += (uint64_t)n;
	return n;
}

/* Unpacks up to this byte; what it is unpacked into is of no use. */
static int skip_to(struct file_source *file, uint64_t offset, struct discern_error *err)
{
	uint8_t buffer[32 * 1024];
	int ret = 0;

	if (offset < file->unpacked_bytes)
		ret = begin_unpacking(file, err);
	while (ret == 0 && file->unpacked_bytes < offset) {
		uint64_t left = offset - file->unpacked_bytes;
		ssize_t n = unpack(file, buffer, left < sizeof(buffer) ? (size_t)left : sizeof(buffer), err);

		if (n <= 0)
			ret = n < 0 ? (int)n : discern_error_set(err, -EIO, "%s: ends too early", file->path);
	}
	return ret;
}

static ssize_t read_unpacked(struct file_source *file, uint8_t *buffer, size_t size, uint64_t offset,
			     struct discern_error *err)
{
	int ret = skip_to(file, offset, err);

	return ret < 0 ? ret : unpack(file, buffer, size, err);
}

/* ---- the source ---- */

static int file_source_read(struct discern_source *source, int32_t lba, uint32_t n_sectors, uint8_t *buffer,
			    struct discern_error *err)
{
	struct file_source *file = (struct file_source *)source;
	size_t wanted = (size_t)n_sectors * DISCERN_SECTOR_SIZE;
	uint64_t offset = (uint64_t)(lba < 0 ? 0 : lba) * DISCERN_SECTOR_SIZE;
	size_t present = wanted;
	ssize_t got;

	if (lba < 0 || (uint64_t)lba + n_sectors > source->n_sectors) {
		discern_error_set(err, -ENXIO, "%s: sectors %" PRId32 " to %" PRId64 " are outside of the file",
				  file->path, lba, (int64_t)lba + n_sectors - 1);
		return -ENXIO;
	}
	if (present > file->size_bytes - offset)
		present = (size_t)(file->size_bytes - offset);
	if (file->packed != NULL) {
		got = read_unpacked(file, buffer, present, offset, err);
		if (got < 0)
			return -EIO;
	} else if (file->zstd != NULL) {
		got = zstd_file_read(file->zstd, buffer, present, offset);
		got = got == 0 ? (ssize_t)present : got;
	} else {
		got = file_read_at(file->fd, buffer, present, (off_t)offset);
	}
	if (got < 0)
		return discern_error_set(err, -EIO, "%s: cannot read at byte %" PRIu64 ": %s", file->path, offset,
					 strerror((int)-got));
	if ((size_t)got < present)
		return discern_error_set(err, -EIO, "%s: ends at byte %" PRIu64 ", but had %" PRIu64 " bytes",
					 file->path, offset + (uint64_t)got, file->size_bytes);
	memset(buffer + present, 0, wanted - present);
	return 0;
}

static void file_source_close(struct discern_source *source)
{
	struct file_source *file = (struct file_source *)source;

	zstd_file_close(file->zstd);
	packed_file_close(file->packed);
	close(file->fd);
	free(file);
}

static const struct discern_source_ops file_source_ops = {
	.read = file_source_read,
	.close = file_source_close,
};

/* What is made of the bytes of the file. */
enum form { FORM_PLAIN, FORM_SEEKABLE, FORM_UNPACKED };

/* The size of what fd is open on. */
static int measure_file(struct file_source *file, bool *ret_is_regular, struct discern_error *err)
{
	struct stat status;
	off_t end;

	if (fstat(file->fd, &status) < 0)
		return discern_error_set(err, -errno, "%s: %s", file->path, strerror(errno));
	if (S_ISDIR(status.st_mode)) {
		discern_error_set(err, -EISDIR, "%s: is a folder, not an image file", file->path);
		discern_error_hint(err, "name the image file in it");
		return -EISDIR;
	}
	if (!S_ISREG(status.st_mode) && !S_ISBLK(status.st_mode)) {
		discern_error_set(err, -EINVAL, "%s: not a regular file", file->path);
		return discern_error_hint(err, "name an image file");
	}
	end = S_ISBLK(status.st_mode) ? lseek(file->fd, 0, SEEK_END) : status.st_size;
	if (end < 0)
		return discern_error_set(err, -errno, "%s: cannot tell the size: %s", file->path, strerror(errno));
	*ret_is_regular = S_ISREG(status.st_mode);
	file->size_bytes = file->file_bytes = (uint64_t)end;
	file->modified = status.st_mtim;
	return 0;
}

static int unpack_all(struct file_source *file, struct discern_error *err)
{
	uint8_t buffer[32 * 1024];
	ssize_t n;

	while ((n = unpack(file, buffer, sizeof(buffer), err)) > 0)
		if (file->unpacked_bytes > (uint64_t)INT32_MAX * DISCERN_SECTOR_SIZE)
			return discern_error_set(err, -EFBIG, "%s: unpacks to more than any disc holds", file->path);
	return n < 0 ? (int)n : 0;
}

/* The size that the file unpacks to, if it is a compressed one; 0 for size_bytes means that it has to be found. */
static int measure_unpacked(struct file_source *file, uint64_t size_bytes, struct discern_error *err)
{
	uint8_t buffer[PACKING_MAGIC_SIZE];
	ssize_t n = file_read_at(file->fd, buffer, sizeof(buffer), 0);
	int ret;

	file->packing = n > 0 ? packing_of(buffer, (size_t)n) : PACKING_NONE;
	if (file->packing == PACKING_NONE)
		return 0;
	ret = begin_unpacking(file, err);
	if (ret < 0)
		return ret;
	if (size_bytes == 0) {
		ret = unpack_all(file, err);
		size_bytes = file->unpacked_bytes;
		if (ret == 0)
			ret = begin_unpacking(file, err);
	}
	file->size_bytes = size_bytes;
	return ret;
}

static int measure(struct file_source *file, enum form form, uint64_t size_bytes, struct discern_error *err)
{
	bool is_regular = false;
	int ret = measure_file(file, &is_regular, err);

	if (ret < 0 || !is_regular || form == FORM_PLAIN)
		return ret;
	ret = zstd_file_open(file->fd, file->file_bytes, &file->zstd, err);
	if (ret < 0) {
		discern_error_wrap(err, "%s", file->path);
		return ret;
	}
	if (ret > 0)
		file->size_bytes = zstd_file_size_bytes(file->zstd);
	return ret == 0 && form == FORM_UNPACKED ? measure_unpacked(file, size_bytes, err) : 0;
}

static int open_as(const char *path, enum form form, uint64_t size_bytes, struct discern_source **ret_source,
		   struct discern_error *err)
{
	size_t path_size = strlen(path) + 1;
	struct file_source *file = calloc(1, sizeof(*file) + path_size);
	uint64_t n_sectors;
	int ret;

	*ret_source = NULL;
	if (file == NULL)
		return discern_error_set(err, -ENOMEM, "out of memory");
	memcpy(file->path, path, path_size);
	/* O_NONBLOCK: a FIFO must not make us wait for a writer; it means nothing for files. */
	file->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (file->fd < 0) {
		ret = discern_error_set(err, -errno, "%s: cannot open: %s", path, strerror(errno));
		free(file);
		return ret;
	}
	ret = measure(file, form, size_bytes, err);
	n_sectors = file->size_bytes / DISCERN_SECTOR_SIZE + (file->size_bytes % DISCERN_SECTOR_SIZE != 0);
	if (ret == 0 && n_sectors > INT32_MAX)
		ret = discern_error_set(err, -EFBIG, "%s: too large (%" PRIu64 " bytes) for any disc", path,
					file->size_bytes);
	if (ret < 0) {
		file_source_close(&file->source);
		return ret;
	}
	(void)posix_fadvise(file->fd, 0, 0, POSIX_FADV_SEQUENTIAL);
	file->source.ops = &file_source_ops;
	file->source.n_sectors = (uint32_t)n_sectors;
	file->source.preferred_sectors = PREFERRED_SECTORS;
	file->source.ecc_sectors = 1;
	*ret_source = &file->source;
	return 0;
}

int file_source_open(const char *path, struct discern_source **ret_source, struct discern_error *err)
{
	return open_as(path, FORM_SEEKABLE, 0, ret_source, err);
}

int file_source_open_plain(const char *path, struct discern_source **ret_source, struct discern_error *err)
{
	return open_as(path, FORM_PLAIN, 0, ret_source, err);
}

int file_source_open_unpacked(const char *path, uint64_t size_bytes, struct discern_source **ret_source,
			      struct discern_error *err)
{
	return open_as(path, FORM_UNPACKED, size_bytes, ret_source, err);
}

uint64_t file_source_size_bytes(const struct discern_source *source)
{
	return from_source(source)->size_bytes;
}

static int changed(const struct file_source *file, struct discern_error *err)
{
	discern_error_set(err, -ESTALE, "%s: was changed in the meantime", file->path);
	discern_error_hint(err, "wait until nothing writes to it any more, then try again");
	return -ESTALE;
}

int file_source_check_unchanged(const struct discern_source *source, struct discern_error *err)
{
	const struct file_source *file = from_source(source);
	struct stat status;

	if (fstat(file->fd, &status) < 0)
		return discern_error_set(err, -errno, "%s: %s", file->path, strerror(errno));
	if ((S_ISREG(status.st_mode) && (uint64_t)status.st_size != file->file_bytes) ||
	    status.st_mtim.tv_sec != file->modified.tv_sec || status.st_mtim.tv_nsec != file->modified.tv_nsec)
		return changed(file, err);
	return 0;
}
