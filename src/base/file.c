/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error.h"

ssize_t file_read_at(int fd, void *buffer, size_t size, off_t offset)
{
	size_t done = 0;

	while (done < size) {
		ssize_t n = pread(fd, (char *)buffer + done, size - done, offset + (off_t)done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			break;
		done += (size_t)n;
	}
	return (ssize_t)done;
}

int file_write_at(int fd, const void *buffer, size_t size, off_t offset)
{
	size_t done = 0;

	while (done < size) {
		ssize_t n = pwrite(fd, (const char *)buffer + done, size - done, offset + (off_t)done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? -errno : -EIO;
		done += (size_t)n;
	}
	return 0;
}

int file_sync_folder(const char *path)
{
	AUTO_FREE char *folder = strdup(path);
	AUTO_CLOSE int fd = -1;
	char *slash;

	if (folder == NULL)
		return -ENOMEM;
	slash = strrchr(folder, '/');
	if (slash == folder)
		slash[1] = '\0';
	else if (slash != NULL)
		*slash = '\0';
	fd = open(slash == NULL ? "." : folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	/* Some network file systems cannot sync a folder; they say EINVAL and there is nothing to do. */
	if (fsync(fd) < 0 && errno != EINVAL)
		return -errno;
	return 0;
}

static int write_and_sync(const char *path, const void *data, size_t size)
{
	AUTO_CLOSE int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	int ret;

	if (fd < 0)
		return -errno;
	ret = file_write_at(fd, data, size, 0);
	if (ret == 0 && fsync(fd) < 0)
		ret = -errno;
	return ret;
}

int file_replace(const char *path, const void *data, size_t size, struct discern_error *err)
{
	char temporary[PATH_MAX];
	int ret;

	if (snprintf(temporary, sizeof(temporary), "%s.tmp", path) >= (int)sizeof(temporary))
		return discern_error_set(err, -ENAMETOOLONG, "%s: name too long", path);
	ret = write_and_sync(temporary, data, size);
	if (ret == 0 && rename(temporary, path) < 0)
		ret = -errno;
	if (ret == 0)
		ret = file_sync_folder(path);
	if (ret < 0) {
		unlink(temporary);
		return discern_error_set(err, ret, "%s: cannot write: %s", path, strerror(-ret));
	}
	return 0;
}

int file_read_all(const char *path, size_t max_size, char **ret_data, size_t *ret_size, struct discern_error *err)
{
	/* O_NONBLOCK: a named pipe is told, not waited for. */
	AUTO_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	AUTO_FREE char *data = NULL;
	struct stat status;
	ssize_t size;

	if (fd < 0 || fstat(fd, &status) < 0)
		return discern_error_set(err, -errno, "%s: cannot open: %s", path, strerror(errno));
	if (!S_ISREG(status.st_mode))
		return discern_error_set(err, -EINVAL, "%s: not a regular file", path);
	if ((uintmax_t)status.st_size > max_size)
		return discern_error_set(err, -EFBIG, "%s: too large (%jd bytes)", path, (intmax_t)status.st_size);
	data = malloc((size_t)status.st_size + 1);
	if (data == NULL)
		return discern_error_set(err, -ENOMEM, "out of memory");
	size = file_read_at(fd, data, (size_t)status.st_size, 0);
	if (size < 0)
		return discern_error_set(err, (int)size, "%s: cannot read: %s", path, strerror((int)-size));
	data[size] = '\0';
	*ret_data = data;
	*ret_size = (size_t)size;
	data = NULL;
	return 0;
}
