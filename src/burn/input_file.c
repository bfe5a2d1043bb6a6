/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An image file, byte for byte. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "burn/input.h"

struct file {
	struct discern_burn_input base;
	const struct discern_burn_check *check;
	int fd;
	uint64_t offset;
};

static int64_t modified_ns(const struct stat *status)
{
	return (int64_t)status->st_mtim.tv_sec * 1000000000 + status->st_mtim.tv_nsec;
}

static uint64_t file_bytes(const struct discern_burn_check *check)
{
	return check->kind == DISCERN_IMAGE_PACKED ? check->file_bytes : check->image.size_bytes;
}

int input_file_compare(const struct discern_burn_check *check, int fd, struct discern_error *err)
{
	struct stat status;
	struct stat named;

	if (fstat(fd, &status) < 0)
		return discern_error_set(err, -errno, "%s: %s", check->path, strerror(errno));
	if (stat(check->path, &named) < 0)
		return discern_error_set(err, -ESTALE, "%s: went away after it was checked: %s", check->path,
					 strerror(errno));
	if (named.st_ino != status.st_ino || named.st_dev != status.st_dev || (uint64_t)status.st_ino != check->inode)
		return discern_error_set(err, -ESTALE, "%s: was replaced after it was checked", check->path);
	if ((uint64_t)status.st_size != file_bytes(check))
		return discern_error_set(err, -ESTALE,
					 "%s: its size changed after it was checked, from %ju to %jd bytes",
					 check->path, (uintmax_t)file_bytes(check), (intmax_t)status.st_size);
	if (modified_ns(&status) != check->modified_ns)
		return discern_error_set(err, -ESTALE, "%s: was written to after it was checked", check->path);
	return 0;
}

int input_file_descriptor(const struct discern_burn_check *check, struct discern_error *err)
{
	int fd = open(check->path, O_RDONLY | O_CLOEXEC);
	int ret;

	if (fd < 0)
		return discern_error_set(err, -errno, "%s: cannot open: %s", check->path, strerror(errno));
	ret = input_file_compare(check, fd, err);
	if (ret < 0) {
		close(fd);
		return ret;
	}
	posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
	return fd;
}

static ssize_t file_read(struct discern_burn_input *input, uint8_t *buffer, size_t size, struct discern_error *err)
{
	struct file *file = (struct file *)input;
	const struct discern_burn_check *check = file->check;
	uint64_t left = check->image.size_bytes - file->offset;
	ssize_t n;
	struct stat status;

	if (size > left)
		size = (size_t)left;
	n = file_read_at(file->fd, buffer, size, (off_t)file->offset);
	if (n < 0)
		return discern_error_set(err, (int)n, "%s: cannot read at byte %ju: %s", check->path,
					 (uintmax_t)file->offset, strerror((int)-n));
	file->offset += (uint64_t)n;
	if ((size_t)n == size)
		return n;
	/* It may end far before what was read of it already. */
	if (fstat(file->fd, &status) < 0)
		status.st_size = (off_t)file->offset;
	return discern_error_set(err, -ESTALE, "%s: has only %jd bytes now, it had %ju when it was checked",
				 check->path, (intmax_t)status.st_size, (uintmax_t)check->image.size_bytes);
}

static void file_skip(struct discern_burn_input *input, uint64_t n_bytes)
{
	((struct file *)input)->offset += n_bytes;
}

static int file_compare(struct discern_burn_input *input, struct discern_error *err)
{
	struct file *file = (struct file *)input;

	return input_file_compare(file->check, file->fd, err);
}

static void file_close(struct discern_burn_input *input)
{
	close(((struct file *)input)->fd);
	free(input);
}

int input_file_open(const struct discern_burn_check *check, struct discern_burn_input **ret_input,
		    struct discern_error *err)
{
	static const struct input_ops ops = {
		.read = file_read, .skip = file_skip, .compare = file_compare, .close = file_close
	};
	struct file *file = calloc(1, sizeof(*file));

	if (file == NULL)
		return discern_error_set(err, -ENOMEM, "out of memory");
	file->base.ops = &ops;
	file->check = check;
	file->fd = input_file_descriptor(check, err);
	if (file->fd < 0) {
		int ret = file->fd;

		free(file);
		return ret;
	}
	*ret_input = &file->base;
	return 0;
}
