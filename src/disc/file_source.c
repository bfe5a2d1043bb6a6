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
#include "disc/zstd_file.h"

/* Sectors of one read: 1 MiB, large enough for any disk, small enough for several buffers. */
#define PREFERRED_SECTORS 512

struct file_source {
	struct discern_source source;
	int fd;
	/** Of the image, and of the file: they differ if it is compressed. */
	uint64_t size_bytes, file_bytes;
	struct zstd_file *zstd;
	struct timespec modified;
	char path[];
};

static const struct file_source *from_source(const struct discern_source *source)
{
	return (const struct file_source *)source;
}

static int file_source_read(struct discern_source *source, int32_t lba, uint32_t n_sectors, uint8_t *buffer,
			    struct discern_error *err)
{
	const struct file_source *file = from_source(source);
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
	if (file->zstd != NULL) {
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
	close(file->fd);
	free(file);
}

static const struct discern_source_ops file_source_ops = {
	.read = file_source_read,
	.close = file_source_close,
};

/* The size of what fd is open on, in file->size_bytes. */
static int measure(struct file_source *file, struct discern_error *err)
{
	struct stat status;
	off_t end;
	int ret;

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
	file->size_bytes = file->file_bytes = (uint64_t)end;
	file->modified = status.st_mtim;
	ret = S_ISREG(status.st_mode) ? zstd_file_open(file->fd, file->file_bytes, &file->zstd, err) : 0;
	if (ret < 0) {
		discern_error_wrap(err, "%s", file->path);
		return ret;
	}
	if (ret > 0)
		file->size_bytes = zstd_file_size_bytes(file->zstd);
	return 0;
}

int file_source_open(const char *path, struct discern_source **ret_source, struct discern_error *err)
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
	ret = measure(file, err);
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
