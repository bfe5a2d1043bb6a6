/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Looks at an image before any disc is touched: can all of it be read, is it an image, is it the right one. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "base/observe.h"
#include "burn/check_private.h"
#include "disc/packed_file.h"

/* ---- what it is ---- */

static int take_file(struct discern_burn_check *check, const struct stat *status, struct discern_error *err)
{
	if (status->st_size == 0) {
		discern_error_set(err, -EINVAL, "%s: is empty", check->path);
		return discern_error_hint(err, "was its download cut off, or is it another file that was meant?");
	}
	if (status->st_size > (off_t)INT32_MAX * DISCERN_SECTOR_SIZE)
		return discern_error_set(err, -EFBIG, "%s: is larger than any disc", check->path);
	check->image.size_bytes = check->file_bytes = (uint64_t)status->st_size;
	check->inode = (uint64_t)status->st_ino;
	check->modified_ns = (int64_t)status->st_mtim.tv_sec * 1000000000 + status->st_mtim.tv_nsec;
	return 0;
}

static int refuse_kind(const char *path, const struct stat *status, struct discern_error *err)
{
	if (S_ISDIR(status->st_mode)) {
		discern_error_set(err, -EISDIR, "%s: is a folder, not an image", path);
		return discern_error_hint(err, "to burn what is in it, add --files; a disc is made an image by "
					       "\"discern rip\"");
	}
	discern_error_set(err, -EINVAL, "%s: is not a regular file", path);
	return discern_error_hint(err, "name an image file; a disc is made one by \"discern rip\"");
}

/* A compressed file is known by its first bytes, but not if it is an image nevertheless. */
static int find_packing(struct checking *checking, int fd, enum packing *ret_packing, struct discern_error *err)
{
	struct discern_burn_check *check = checking->check;
	uint64_t size_bytes = check->image.size_bytes;
	uint8_t magic[PACKING_MAGIC_SIZE];
	ssize_t n = file_read_at(fd, magic, sizeof(magic), 0);
	int ret;

	if (n < 0)
		return discern_error_set(err, (int)n, "%s: cannot read: %s", check->path, strerror((int)-n));
	*ret_packing = packing_of(magic, (size_t)n);
	if (*ret_packing != PACKING_NONE && !checking->options->any_file) {
		check->kind = DISCERN_IMAGE_PACKED;
		check->image.size_bytes = 0;
		return 0;
	}
	*ret_packing = PACKING_NONE;
	ret = discern_image_inspect(check->path, &check->image, err);
	if (ret == 0 && check->image.size_bytes != size_bytes)
		/* An image in zstd's seekable format is looked into; here it counts as the file that it is. */
		check->image = (struct discern_image_info){ .size_bytes = size_bytes };
	return ret;
}

/* ---- the check ---- */

static int begin(struct checking *checking, struct discern_error *err)
{
	int ret = hash_new(HASH_SHA256, &checking->sha256, err);

	if (ret == 0)
		ret = embedded_check_new(&checking->embedded, err);
	if (ret < 0)
		return ret;
	checking->head = malloc(INPUT_HEAD_SIZE);
	return checking->head != NULL ? 0 : discern_error_set(err, -ENOMEM, "out of memory");
}

/* Of other images than pipes the size is known; but whoever says what it has to be is listened to. */
static int compare_size(const struct checking *checking, struct discern_error *err)
{
	const struct discern_burn_check *check = checking->check;
	uint64_t said = checking->options->size_bytes;

	if (said == 0 || said == check->image.size_bytes)
		return 0;
	return discern_error_set(err, -EINVAL, "%s: has %ju bytes, not %ju", check->path,
				 (uintmax_t)check->image.size_bytes, (uintmax_t)said);
}

/* After the end of reading. */
static int end(struct checking *checking, struct discern_burn_input *input, struct discern_error *err)
{
	struct discern_burn_check *check = checking->check;
	int ret = input_compare(input, err);

	if (ret == -ESTALE) {
		discern_error_set(err, -ESTALE, "%s: changed while it was checked", check->path);
		return discern_error_hint(err, "wait until the download is complete");
	}
	if (ret == 0)
		ret = compare_size(checking, err);
	if (ret == 0 && check->kind != DISCERN_IMAGE_FILE)
		ret = check_inspect_head(checking, err);
	if (ret == 0)
		ret = check_judge_content(checking, err);
	if (ret == 0)
		ret = check_compare_sum(checking, err);
	if (ret == 0)
		ret = check_compare_embedded(checking, err);
	if (ret == 0)
		ret = check_require_signature(checking, err);
	check_note_rest(checking);
	return ret;
}

static int read_input(struct checking *checking, struct discern_error *err)
{
	struct discern_burn_check *check = checking->check;
	struct discern_burn_input *input = NULL;
	int ret = begin(checking, err);

	if (ret == 0)
		ret = input_open(check, &input, err);
	if (ret == 0 && check->kind == DISCERN_IMAGE_FOLDER)
		input_folder_describe(input, &check->image.size_bytes, &check->n_files);
	if (ret == 0 && check->image.size_bytes > (uint64_t)INT32_MAX * DISCERN_SECTOR_SIZE)
		ret = discern_error_set(err, -EFBIG, "%s: is larger than any disc", check->path);
	if (ret == 0)
		ret = check_read(checking, input, err);
	if (ret == 0)
		ret = end(checking, input, err);
	input_close(input);
	return ret;
}

/* The name of what is in it, "x.iso" for "x.iso.xz". */
static int name_inner(struct checking *checking, int fd, enum packing packing, struct discern_error *err)
{
	struct discern_burn_check *check = checking->check;
	const char *slash = strrchr(check->path, '/');
	const char *name = slash != NULL ? slash + 1 : check->path;
	struct packed_file *file = NULL;
	int ret = packed_file_open(fd, packing, &file, err);

	if (ret < 0)
		return discern_error_wrap(err, "%s", check->path);
	snprintf(check->packing, sizeof(check->packing), "%s", packing_name(packing));
	if (packed_file_member(file)[0] != '\0')
		snprintf(check->member, sizeof(check->member), "%s", packed_file_member(file));
	else
		snprintf(check->member, sizeof(check->member), "%.*s", (int)packing_stem_length(packing, name), name);
	packed_file_close(file);
	return 0;
}

static int check_file(struct checking *checking, int fd, struct discern_error *err)
{
	enum packing packing = PACKING_NONE;
	int ret = find_packing(checking, fd, &packing, err);

	if (ret == 0 && packing != PACKING_NONE)
		ret = name_inner(checking, fd, packing, err);
	else if (ret == 0)
		ret = check_judge_content(checking, err);
	if (ret == 0)
		ret = check_find_sum(checking, packing != PACKING_NONE ? checking->check->member : NULL, err);
	return ret == 0 ? read_input(checking, err) : ret;
}

/* A label of at most 32 bytes, not cut within a character of UTF-8. */
static void set_label(struct discern_burn_check *check, const char *label)
{
	size_t length;

	snprintf(check->label, sizeof(check->label), "%s", label);
	length = strlen(check->label);
	if (label[length] == '\0')
		return;
	while (length > 0 && ((unsigned char)label[length] & 0xc0) == 0x80)
		length--;
	check->label[length] = '\0';
}

static int check_folder(struct checking *checking, struct discern_error *err)
{
	struct discern_burn_check *check = checking->check;
	char path[PATH_MAX];
	struct stat status;
	const char *slash;

	if (realpath(check->path, path) == NULL || stat(path, &status) < 0)
		return discern_error_set(err, -errno, "%s: cannot open: %s", check->path, strerror(errno));
	if (!S_ISDIR(status.st_mode)) {
		discern_error_set(err, -ENOTDIR, "%s: is no folder", check->path);
		return discern_error_hint(err, "leave out --files to burn an image");
	}
	slash = strrchr(path, '/');
	check->kind = DISCERN_IMAGE_FOLDER;
	check->created = (int64_t)time(NULL);
	set_label(check, checking->options->label != NULL ? checking->options->label
			 : slash[1] != '\0'               ? slash + 1
							  : "ROOT");
	return read_input(checking, err);
}

static int check_path(struct checking *checking, struct discern_error *err)
{
	struct discern_burn_check *check = checking->check;
	struct stat status;
	int fd, ret;

	if (checking->options->is_folder)
		return check_folder(checking, err);
	if (strcmp(check->path, "-") == 0)
		return check_pipe(checking, STDIN_FILENO, err);
	if (stat(check->path, &status) == 0 && S_ISFIFO(status.st_mode)) {
		/* Not waiting here for somebody who writes: the reader does, and not for ever. */
		fd = open(check->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
		return fd >= 0 ? check_pipe(checking, fd, err)
			       : discern_error_set(err, -errno, "%s: cannot open: %s", check->path, strerror(errno));
	}
	fd = open(check->path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd < 0)
		return discern_error_set(err, -errno, "%s: cannot open: %s", check->path, strerror(errno));
	if (fstat(fd, &status) < 0)
		ret = discern_error_set(err, -errno, "%s: %s", check->path, strerror(errno));
	else if (!S_ISREG(status.st_mode))
		ret = refuse_kind(check->path, &status, err);
	else
		ret = take_file(check, &status, err);
	if (ret == 0)
		ret = check_file(checking, fd, err);
	close(fd);
	return ret;
}

int discern_burn_check(const char *image_path, const struct discern_burn_options *options,
		       const struct discern_observer *observer, struct discern_burn_check *ret_check,
		       struct discern_error *err)
{
	static const struct discern_burn_options usual = { 0 };
	struct checking checking = {
		.check = ret_check,
		.options = options != NULL ? options : &usual,
		.observer = observer,
	};
	double begun = observe_now();
	int ret;

	discern_error_clear(err);
	memset(ret_check, 0, sizeof(*ret_check));
	if (snprintf(ret_check->path, sizeof(ret_check->path), "%s", image_path) >= (int)sizeof(ret_check->path))
		return discern_error_set(err, -ENAMETOOLONG, "%.200s…: name too long", image_path);
	ret = check_path(&checking, err);
	ret_check->n_sectors =
		(uint32_t)((ret_check->image.size_bytes + DISCERN_SECTOR_SIZE - 1) / DISCERN_SECTOR_SIZE);
	ret_check->seconds = observe_now() - begun;
	hash_free(checking.sha256);
	hash_free(checking.other);
	embedded_check_free(checking.embedded);
	published_list_clear(&checking.list);
	free(checking.head);
	return ret;
}
