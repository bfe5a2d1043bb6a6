/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "rip/output.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <discern/medium.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/file.h"
#include "base/text.h"
#include "rip/identity.h"

/** Dirty bytes after which the kernel is asked to begin writing, so that the sync at the end is short. */
#define FLUSH_BYTES ((uint64_t)16 << 20)

static int folder_of(const char *path, char ret_folder[PATH_MAX])
{
	const char *slash = strrchr(path, '/');
	size_t length = slash == NULL ? 0 : (size_t)(slash - path);

	if (length >= PATH_MAX)
		return -ENAMETOOLONG;
	memcpy(ret_folder, path, length);
	ret_folder[length] = '\0';
	if (slash == NULL)
		strcpy(ret_folder, ".");
	else if (length == 0)
		strcpy(ret_folder, "/");
	return 0;
}

int output_check_folder(const char *path, struct discern_error *err)
{
	char folder[PATH_MAX];
	struct stat status;
	int ret = folder_of(path, folder);

	if (ret == 0 && stat(folder, &status) < 0)
		ret = -errno;
	else if (ret == 0 && !S_ISDIR(status.st_mode))
		ret = -ENOTDIR;
	else if (ret == 0 && access(folder, W_OK | X_OK) < 0)
		ret = -errno;
	if (ret == 0)
		return 0;
	discern_error_set(err, ret, "cannot make a file in the folder %s: %s", folder, strerror(-ret));
	discern_error_hint(err, "name another place with -o FILE");
	return ret;
}

int output_check_space(const struct output *output, uint64_t size_bytes, struct discern_error *err)
{
	char needed[TEXT_SIZE];
	char available[TEXT_SIZE];
	char missing[TEXT_SIZE];
	char folder[PATH_MAX];
	struct statvfs system;
	struct stat status;
	uint64_t n_free;

	if (folder_of(output->path, folder) < 0 || statvfs(folder, &system) < 0 || fstat(output->fd, &status) < 0)
		return 0;
	n_free = (uint64_t)system.f_bavail * system.f_frsize;
	/* What an earlier call has written already is not needed again. */
	if (size_bytes <= (uint64_t)status.st_blocks * 512 || size_bytes - (uint64_t)status.st_blocks * 512 <= n_free)
		return 0;
	size_bytes -= (uint64_t)status.st_blocks * 512;
	discern_error_set(err, -ENOSPC, "%s: the image needs %s more, but only %s are free in %s: %s are missing",
			  output->path, text_size(size_bytes, needed), text_size(n_free, available), folder,
			  text_size(size_bytes - n_free, missing));
	discern_error_hint(err, "free some space, or name another place with -o FILE");
	return -ENOSPC;
}

int output_explain(const struct output *output, int code, struct discern_error *err)
{
	if (code == -ENOSPC || code == -EDQUOT) {
		discern_error_set(err, code, "%s: no space left to write the image", output->path);
		discern_error_hint(err, "free some space, then the same command goes on from here");
	} else if (code == -EFBIG) {
		discern_error_set(err, code, "%s: the file system cannot hold a file that large", output->path);
		discern_error_hint(err, "name another place with -o FILE");
		/* To the caller -EFBIG would mean a disc that is too small. */
		code = err != NULL ? (err->code = -EOVERFLOW) : -EOVERFLOW;
	} else {
		discern_error_set(err, code, "%s: cannot write: %s", output->path, strerror(-code));
	}
	return code;
}

static int refuse(struct discern_error *err, const char *path, const char *why, const char *hint)
{
	discern_error_set(err, -EEXIST, "%s: %s", path, why);
	discern_error_hint(err, "%s", hint);
	return -EEXIST;
}

static int load_map(const struct output *output, struct map **ret_map, struct map_header *ret_header,
		    struct discern_error *err)
{
	AUTO_FREE char *text = NULL;
	size_t size = 0;
	int ret = file_read_all(output->map_path, MAP_FILE_MAX_BYTES, &text, &size, err);

	if (ret < 0)
		return ret;
	ret = map_parse(text, size, ret_map, ret_header, err);
	if (ret < 0) {
		discern_error_wrap(err, "%s", output->map_path);
		discern_error_hint(err, "rename or remove it, and %s with it, to begin anew", output->path);
	}
	return ret;
}

static int tell_other_process(const struct output *output, struct discern_error *err)
{
	discern_error_set(err, -EBUSY, "%s: another process is working on it", output->path);
	return discern_error_hint(err, "wait until it is done, or name another image with -o FILE");
}

enum existing { MUST_EXIST, MAY_BE_MADE };

/** Opens path and makes sure that no other process works on it. */
static int open_alone(struct output *output, enum existing existing, struct discern_error *err)
{
	struct stat status;

	output->fd = open(output->path, O_RDWR | O_CLOEXEC | O_NOFOLLOW | (existing == MAY_BE_MADE ? O_CREAT : 0),
			  0666);
	if (output->fd < 0)
		return discern_error_set(err, -errno, "%s: cannot open: %s", output->path, strerror(errno));
	if (fstat(output->fd, &status) < 0 || !S_ISREG(status.st_mode))
		return discern_error_set(err, -EEXIST, "%s: exists and is not a regular file", output->path);
	if (flock(output->fd, LOCK_EX | LOCK_NB) < 0 && errno == EWOULDBLOCK)
		return tell_other_process(output, err);
	return 0;
}

/** Takes only that over which the file can hold and the disc has. */
static int fit_map(const struct output *output, struct map *map, uint32_t n_sectors)
{
	struct stat status;
	uint64_t n_held;

	if (fstat(output->fd, &status) < 0)
		return -errno;
	n_held = (uint64_t)status.st_size / DISCERN_SECTOR_SIZE;
	if (n_held < map_n_sectors(map) && map_distrust(map, (uint32_t)n_held) < 0)
		return -ENOMEM;
	return map_resize(map, n_sectors);
}

struct begun {
	const char *identity;
	const struct map *map;
};

/* The label of the volume in the image (ECMA-119 8.4.7), as far as it is there; false if not. */
static bool read_label(const struct output *output, const struct map *map, char ret_label[33])
{
	enum { DESCRIPTOR = 16, LABEL = 40, LENGTH = 32 };
	uint8_t sector[DISCERN_SECTOR_SIZE];
	size_t n = LENGTH;

	if (map_n_sectors(map) <= DESCRIPTOR || map_range_of(map, DESCRIPTOR).status != MAP_GOOD ||
	    file_read_at(output->fd, sector, sizeof(sector), (off_t)DESCRIPTOR * DISCERN_SECTOR_SIZE) !=
		    (ssize_t)sizeof(sector) ||
	    memcmp(sector, "\1CD001", 6) != 0)
		return false;
	while (n > 0 && sector[LABEL + n - 1] == ' ')
		n--;
	memcpy(ret_label, sector + LABEL, n);
	ret_label[n] = '\0';
	return true;
}

static int refuse_disc(const struct output *output, const struct output_job *job, const struct begun *begun,
		       struct discern_error *err)
{
	char words[128], label[33] = "";

	identity_tell_difference(begun->identity, job->identity, words, sizeof(words));
	if (read_label(output, begun->map, label) && label[0] != '\0')
		discern_error_set(err, -ESTALE, "%s was begun with another disc, labelled \"%s\": %s", output->path,
				  label, words);
	else
		discern_error_set(err, -ESTALE, "%s was begun with another disc: %s", output->path, words);
	discern_error_hint(err, "insert that disc, or name another image with -o FILE");
	return -ESTALE;
}

static int resume(struct output *output, const struct output_job *job, struct map **ret_map, struct discern_error *err)
{
	struct map_header header;
	struct map *map = NULL;
	int ret = open_alone(output, MUST_EXIST, err);

	if (ret == 0)
		ret = load_map(output, &map, &header, err);
	if (ret < 0)
		return ret;
	output->is_resumed = true;
	if (header.identity[0] != '\0' && !identity_matches(header.identity, job->identity)) {
		ret = refuse_disc(output, job, &(struct begun){ header.identity, map }, err);
		map_free(map);
		return ret;
	}
	if (header.identity[0] != '\0')
		identity_complete(output->identity, header.identity);
	if (output->path == output->image_path && map_count(map, MAP_GOOD) == 0)
		ret = refuse(err, output->path, "exists, and its map says that nothing of it was read",
			     "rename it, or name another image with -o FILE");
	else if (fit_map(output, map, job->n_sectors) < 0)
		ret = discern_error_set(err, -ENOMEM, "out of memory");
	if (ret < 0)
		map_free(map);
	else
		*ret_map = map;
	return ret;
}

static int begin(struct output *output, const struct output_job *job, struct map **ret_map, struct discern_error *err)
{
	struct map_header header = { .current_status = MAP_UNTRIED };
	AUTO_FREE char *text = NULL;
	struct map *map = NULL;
	size_t size = 0;
	int ret = open_alone(output, MAY_BE_MADE, err);

	if (ret < 0)
		return ret;
	output->is_fresh = true;
	snprintf(header.identity, sizeof(header.identity), "%s", job->identity);
	map = map_new(job->n_sectors);
	if (map != NULL)
		text = map_format(map, &header, &size);
	if (text == NULL)
		ret = discern_error_set(err, -ENOMEM, "out of memory");
	else
		ret = file_replace(output->map_path, text, size, err);
	if (ret < 0)
		map_free(map);
	else
		*ret_map = map;
	return ret;
}

/** A map alone: ours may be replaced, as it can do nothing without its image; another program's may not. */
static int check_lone_map(const struct output *output, struct discern_error *err)
{
	struct map_header header;
	struct map *map = NULL;
	int ret = load_map(output, &map, &header, err);

	map_free(map);
	if (ret == 0 && header.identity[0] != '\0')
		return 0;
	return refuse(err, output->map_path, "exists without an image, and is not of discern's making",
		      "rename it, or name another image with -o FILE");
}

static bool is_empty_file(const char *path)
{
	struct stat status;

	return lstat(path, &status) == 0 && S_ISREG(status.st_mode) && status.st_size == 0;
}

static bool exists(const char *path)
{
	struct stat status;

	return lstat(path, &status) == 0;
}

static int open_job(struct output *output, const struct output_job *job, struct map **ret_map,
		    struct discern_error *err)
{
	bool has_image = exists(output->image_path);
	bool has_part = exists(output->part_path);
	bool has_map = exists(output->map_path);

	if (has_image && (has_part || !has_map))
		return refuse(err, output->image_path, "exists already, and is never overwritten",
			      "name another image with -o FILE");
	if (has_image)
		output->path = output->image_path;
	if (has_map && (has_image || has_part))
		return resume(output, job, ret_map, err);
	/* Left by a call that ended before it read anything; otherwise, whose is it? */
	if (has_part && !is_empty_file(output->part_path))
		return refuse(err, output->part_path, "exists without a map that tells what is in it",
			      "rename it, or name another image with -o FILE");
	if (has_map && check_lone_map(output, err) < 0)
		return -EEXIST;
	return begin(output, job, ret_map, err);
}

int output_open(struct output *output, const struct output_job *job, struct map **ret_map, struct discern_error *err)
{
	int ret;

	memset(output, 0, sizeof(*output));
	output->fd = -1;
	if (snprintf(output->image_path, sizeof(output->image_path), "%s", job->image_path) >=
	    (int)sizeof(output->image_path))
		return discern_error_set(err, -ENAMETOOLONG, "the name of the image is too long");
	snprintf(output->identity, sizeof(output->identity), "%s", job->identity);
	snprintf(output->part_path, sizeof(output->part_path), "%s.part", output->image_path);
	snprintf(output->map_path, sizeof(output->map_path), "%s.map", output->image_path);
	output->path = output->part_path;
	ret = open_job(output, job, ret_map, err);
	if (ret < 0)
		output_close(output, NULL);
	return ret;
}

void output_drop(struct output *output)
{
	output->is_dropped = true;
}

void output_close(struct output *output, const struct map *map)
{
	if (output->fd < 0)
		return;
	if (output->is_fresh && (output->is_dropped || map == NULL || map_count(map, MAP_GOOD) == 0)) {
		unlink(output->part_path);
		unlink(output->map_path);
	}
	close(output->fd);
	output->fd = -1;
}

int output_write(struct output *output, const uint8_t *data, uint32_t size, uint64_t offset)
{
	int ret = file_write_at(output->fd, data, size, (off_t)offset);

	if (ret < 0)
		return ret;
	if (offset != output->flush_end)
		output->flush_start = offset;
	output->flush_end = offset + size;
	if (output->flush_end - output->flush_start >= FLUSH_BYTES) {
		/* A mere wish: the sync before the map is what counts. */
		(void)sync_file_range(output->fd, (off_t)output->flush_start,
				      (off_t)(output->flush_end - output->flush_start), SYNC_FILE_RANGE_WRITE);
		output->flush_start = output->flush_end;
	}
	return 0;
}

int output_save(struct output *output, const char *text, size_t size, struct discern_error *err)
{
	if (fdatasync(output->fd) < 0)
		return output_explain(output, -errno, err);
	return file_replace(output->map_path, text, size, err);
}

int output_rename(const char *from, const char *to)
{
	if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0)
		return 0;
	if (errno != EINVAL && errno != ENOSYS)
		return -errno;
	if (link(from, to) == 0)
		return unlink(from) == 0 ? 0 : -errno;
	/* A file system with neither, such as FAT through some drivers. */
	if (errno == EEXIST || exists(to))
		return -EEXIST;
	return rename(from, to) == 0 ? 0 : -errno;
}

int output_extend(struct output *output, uint64_t size_bytes, struct discern_error *err)
{
	return ftruncate(output->fd, (off_t)size_bytes) < 0 ? output_explain(output, -errno, err) : 0;
}

int output_give_name(const char *from, const char *to, struct discern_error *err)
{
	int ret = output_rename(from, to);

	if (ret == 0)
		ret = file_sync_folder(to);
	return ret < 0 ? discern_error_set(err, ret, "%s: cannot give the image its name: %s", to, strerror(-ret)) : 0;
}

int output_remove(struct output *output, struct discern_error *err)
{
	output->is_fresh = false;
	if (unlink(output->path) < 0)
		return discern_error_set(err, -errno, "%s: cannot remove: %s", output->path, strerror(errno));
	if (unlink(output->map_path) < 0)
		return discern_error_set(err, -errno, "%s: cannot remove: %s", output->map_path, strerror(errno));
	return 0;
}

int output_finish(struct output *output, uint64_t size_bytes, bool keep_map, struct discern_error *err)
{
	int ret = output_extend(output, size_bytes, err);

	output->is_fresh = false;
	if (ret == 0 && fdatasync(output->fd) < 0)
		ret = output_explain(output, -errno, err);
	if (ret < 0)
		return ret;
	if (output->path == output->part_path) {
		ret = output_give_name(output->part_path, output->image_path, err);
		if (ret < 0)
			return ret;
	}
	output->path = output->image_path;
	if (!keep_map && unlink(output->map_path) < 0)
		return discern_error_set(err, -errno, "%s: cannot remove: %s", output->map_path, strerror(errno));
	return 0;
}
