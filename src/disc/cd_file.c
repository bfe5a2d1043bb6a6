/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "disc/cd_file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/file.h"
#include "disc/sound_file.h"

struct cd_file {
	int fd;
	uint64_t size_bytes;
	/** When it was opened. */
	off_t stored_bytes;
	struct timespec modified;
	/** Owns nothing of fd, which it reads from; NULL for bytes. */
	struct sound_file *sound;
	char path[PATH_MAX];
};

/* The folder of a file with its slash, "" for the current one. */
static int folder_length(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL ? (int)(slash - path) + 1 : 0;
}

/* True if the path is there, or if it cannot be told that it is not. */
static bool try_path(struct cd_file *file, const char *folder, int length, const char *name)
{
	if (snprintf(file->path, sizeof(file->path), "%.*s%s", length, folder, name) >= (int)sizeof(file->path))
		return false;
	return access(file->path, F_OK) == 0 || errno != ENOENT;
}

/* Another spelling of the name in the folder. */
static bool find_spelling(struct cd_file *file, const char *folder, int length, const char *name)
{
	char path[PATH_MAX];
	AUTO_CLOSEDIR DIR *dir = NULL;
	struct dirent *entry;

	if (snprintf(path, sizeof(path), "%.*s.", length, folder) >= (int)sizeof(path))
		return false;
	dir = opendir(path);
	while (dir != NULL && (entry = readdir(dir)) != NULL)
		if (strcasecmp(entry->d_name, name) == 0)
			return try_path(file, folder, length, entry->d_name);
	return false;
}

/* Without the folders, which are a system's with drive letters or another computer's. */
static const char *last_part(const char *name)
{
	const char *slash = strrchr(name, '/'), *backslash = strrchr(name, '\\');

	if (slash == NULL || (backslash != NULL && backslash > slash))
		slash = backslash;
	return slash != NULL ? slash + 1 : name;
}

static int find(struct cd_file *file, const char *sheet_path, const char *name, struct discern_error *err)
{
	int length = name[0] == '/' ? 0 : folder_length(sheet_path);
	const char *ending = strrchr(sheet_path, '.');
	char own_name[NAME_MAX + 1];

	if (name[0] == '*' && ending != NULL && ending > sheet_path + length) {
		snprintf(own_name, sizeof(own_name), "%.*s%s", (int)(ending - sheet_path) - length, sheet_path + length,
			 name + 1);
		name = own_name;
	}
	if (try_path(file, sheet_path, length, name))
		return 0;
	length = folder_length(sheet_path);
	if (try_path(file, sheet_path, length, last_part(name)) ||
	    find_spelling(file, sheet_path, length, last_part(name)))
		return 0;
	discern_error_set(err, -ENOENT, "%s: no such file in the folder of the text that names it", name);
	discern_error_hint(err, "put it beside %s, or correct its name there", sheet_path);
	return -ENOENT;
}

static int measure(struct cd_file *file, struct discern_error *err)
{
	struct stat status;

	/* O_NONBLOCK: a pipe is refused, not waited for. */
	file->fd = open(file->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (file->fd < 0 || fstat(file->fd, &status) < 0)
		return discern_error_set(err, -errno, "cannot open: %s", strerror(errno));
	if (!S_ISREG(status.st_mode))
		return discern_error_set(err, -EINVAL, "not a file");
	file->size_bytes = (uint64_t)status.st_size;
	file->stored_bytes = status.st_size;
	file->modified = status.st_mtim;
	return 0;
}

/* Sound has a descriptor of its own, whose position nobody else moves. */
static int open_sound(struct cd_file *file, struct discern_error *err)
{
	int fd = open(file->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	int ret;

	if (fd < 0)
		return discern_error_set(err, -errno, "cannot open: %s", strerror(errno));
	ret = sound_file_open(fd, &file->sound, err);
	if (ret == 0)
		file->size_bytes = sound_file_size_bytes(file->sound);
	return ret;
}

int cd_file_open(const char *sheet_path, const char *name, bool is_sound, struct cd_file **ret_file,
		 struct discern_error *err)
{
	struct cd_file *file = calloc(1, sizeof(*file));
	int ret;

	if (file == NULL)
		return discern_error_set(err, -ENOMEM, "out of memory");
	file->fd = -1;
	ret = find(file, sheet_path, name, err);
	if (ret == 0) {
		ret = measure(file, err);
		if (ret == 0 && is_sound)
			ret = open_sound(file, err);
		if (ret < 0)
			discern_error_wrap(err, "%s", file->path);
	}
	if (ret < 0) {
		cd_file_close(file);
		return ret;
	}
	*ret_file = file;
	return 0;
}

void cd_file_close(struct cd_file *file)
{
	if (file == NULL)
		return;
	sound_file_close(file->sound);
	if (file->fd >= 0)
		close(file->fd);
	free(file);
}

uint64_t cd_file_size_bytes(const struct cd_file *file)
{
	return file->size_bytes;
}

const char *cd_file_path(const struct cd_file *file)
{
	return file->path;
}

bool cd_file_has_changed(const struct cd_file *file)
{
	struct stat status;

	if (file == NULL)
		return false;
	return fstat(file->fd, &status) < 0 || status.st_size != file->stored_bytes ||
	       status.st_mtim.tv_sec != file->modified.tv_sec || status.st_mtim.tv_nsec != file->modified.tv_nsec;
}

int cd_file_read(struct cd_file *file, uint64_t offset_bytes, uint8_t *buffer, size_t size)
{
	if (file->sound != NULL)
		return sound_file_read(file->sound, offset_bytes, buffer, size);
	return file_read_at(file->fd, buffer, size, (off_t)offset_bytes) == (ssize_t)size ? 0 : -EIO;
}

int cd_file_lock(struct cd_file *file, struct discern_error *err)
{
	if (flock(file->fd, LOCK_SH | LOCK_NB) == 0)
		return 0;
	if (errno == EWOULDBLOCK)
		return discern_error_set(err, -EBUSY, "%s: in use by another virtual drive", file->path);
	return discern_error_set(err, -errno, "%s: cannot lock it: %s", file->path, strerror(errno));
}
