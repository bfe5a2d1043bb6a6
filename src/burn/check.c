/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Looks at an image before any disc is touched: can all of it be read, is it an image, is it the right one. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <discern/burn.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/text.h"
#include "burn/checksum_file.h"
#include "base/observe.h"

enum { READ_SIZE = 1 << 20 };

static const double progress_seconds = 0.1;

/* The digests that are made in the one pass over the file. */
struct digests {
	struct hash *sha256;
	/** Of the published kind, where that is not SHA-256. */
	struct hash *other;
	char sha256_hex[HASH_HEX_SIZE];
	char other_hex[HASH_HEX_SIZE];
};

static int digests_open(struct digests *digests, const struct published_sum *sum, struct discern_error *err)
{
	int ret = hash_new(HASH_SHA256, &digests->sha256, err);

	if (ret == 0 && sum->hex[0] != '\0' && sum->kind != HASH_SHA256)
		ret = hash_new(sum->kind, &digests->other, err);
	return ret;
}

static void digests_update(struct digests *digests, const void *data, size_t size)
{
	hash_update(digests->sha256, data, size);
	if (digests->other != NULL)
		hash_update(digests->other, data, size);
}

static void digests_finish(struct digests *digests)
{
	hash_finish(digests->sha256, digests->sha256_hex);
	if (digests->other != NULL)
		hash_finish(digests->other, digests->other_hex);
}

static void digests_close(struct digests *digests)
{
	digests->sha256 = hash_free(digests->sha256);
	digests->other = hash_free(digests->other);
}

static int show_progress(const struct discern_observer *observer, struct observe_samples *recent, uint64_t done_bytes,
			 uint64_t total_bytes)
{
	struct discern_progress progress = {
		.phase = DISCERN_PHASE_CHECK,
		.done_bytes = done_bytes,
		.total_bytes = total_bytes,
		.seconds_left_bad = UINT32_MAX,
		.fifo_percent = DISCERN_PERCENT_UNKNOWN,
		.drive_buffer_percent = DISCERN_PERCENT_UNKNOWN,
	};

	if (observer == NULL || observer->progress == NULL)
		return 0;
	observe_speed(recent, observe_now(), &progress);
	return observer->progress(&progress, observer->user);
}

/* Reads the file to its end, through the digests. */
static int read_to_end(int fd, const struct discern_burn_check *check, const struct discern_observer *observer,
		       struct digests *digests, struct discern_error *err)
{
	AUTO_FREE uint8_t *buffer = malloc(READ_SIZE);
	uint64_t size_bytes = check->image.size_bytes;
	struct observe_samples recent = { 0 };
	double shown = 0;

	if (buffer == NULL)
		return discern_error_set(err, -ENOMEM, "out of memory");
	posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
	for (uint64_t offset = 0; offset < size_bytes;) {
		ssize_t n = file_read_at(fd, buffer, READ_SIZE, (off_t)offset);

		if (n < 0)
			return discern_error_set(err, (int)n, "%s: cannot read at byte %ju: %s", check->path,
						 (uintmax_t)offset, strerror((int)-n));
		if (n == 0)
			return discern_error_set(err, -ESTALE, "%s: became shorter while it was checked", check->path);
		digests_update(digests, buffer, (size_t)n);
		offset += (uint64_t)n;
		if (observe_now() - shown < progress_seconds && offset < size_bytes)
			continue;
		shown = observe_now();
		if (show_progress(observer, &recent, offset, size_bytes) != 0)
			return discern_error_set(err, -ECANCELED, "%s: stopped while checking", check->path);
	}
	digests_finish(digests);
	return 0;
}

static int open_image(const char *path, struct discern_burn_check *check, struct discern_error *err)
{
	struct stat status;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	int ret = 0;

	if (fd < 0)
		return discern_error_set(err, -errno, "%s: cannot open: %s", path, strerror(errno));
	if (fstat(fd, &status) < 0)
		ret = discern_error_set(err, -errno, "%s: %s", path, strerror(errno));
	else if (!S_ISREG(status.st_mode))
		ret = discern_error_set(err, S_ISDIR(status.st_mode) ? -EISDIR : -EINVAL, "%s: %s", path,
					S_ISDIR(status.st_mode) ? "is a folder, not an image"
								: "is not a regular file");
	else if (status.st_size == 0)
		ret = discern_error_set(err, -EINVAL, "%s: is empty", path);
	else if (status.st_size > (off_t)INT32_MAX * DISCERN_SECTOR_SIZE)
		ret = discern_error_set(err, -EFBIG, "%s: is larger than any disc", path);
	if (ret == -EISDIR || (ret == -EINVAL && !S_ISREG(status.st_mode)))
		discern_error_hint(err, "name an image file; a disc is made one by \"discern rip\"");
	else if (ret == -EINVAL)
		discern_error_hint(err, "was its download cut off, or is it another file that was meant?");
	if (ret < 0) {
		close(fd);
		return ret;
	}
	check->image.size_bytes = (uint64_t)status.st_size;
	check->n_sectors = (uint32_t)((status.st_size - 1) / DISCERN_SECTOR_SIZE + 1);
	check->inode = (uint64_t)status.st_ino;
	check->modified_ns = (int64_t)status.st_mtim.tv_sec * 1000000000 + status.st_mtim.tv_nsec;
	return fd;
}

/* Is it an image, and all of it? */
static int judge_content(const struct discern_burn_check *check, bool is_appended, struct discern_error *err)
{
	const struct discern_volume *volume = &check->image.volume;
	char is_bytes[TEXT_SIZE];
	char says_bytes[TEXT_SIZE];
	uint32_t n_sectors = volume->iso_sectors > volume->udf_sectors ? volume->iso_sectors : volume->udf_sectors;

	if (!check->image.has_volume) {
		discern_error_set(err, -EINVAL, "%s: is not a disc image: there is no ISO 9660 or UDF volume in it",
				  check->path);
		return discern_error_hint(err, "to burn it nevertheless, byte for byte, add --any-file");
	}
	/* The volume of an image that is appended may be counted from the begin of the disc; the plan knows where that is. */
	if (check->image.is_truncated && !is_appended) {
		discern_error_set(err, -EINVAL, "%s: is not complete: the file has %s, its volume is %s long",
				  check->path, text_size(check->image.size_bytes, is_bytes),
				  text_size((uint64_t)n_sectors * DISCERN_SECTOR_SIZE, says_bytes));
		return discern_error_hint(err, "download it again; to burn what there is, add --any-file");
	}
	return 0;
}

static int find_sum(const struct discern_burn_check *check, const struct discern_burn_options *options,
		    const struct discern_observer *observer, struct published_sum *ret_sum, struct discern_error *err)
{
	int ret;

	memset(ret_sum, 0, sizeof(*ret_sum));
	if (options != NULL && options->checksum != NULL)
		return published_sum_from_hex(options->checksum, ret_sum, err);
	ret = published_sum_beside(check->path, observer, ret_sum, err);
	if (ret == -ENOENT)
		memset(ret_sum, 0, sizeof(*ret_sum));
	return ret == -ENOENT ? 0 : ret;
}

static int compare_sum(struct discern_burn_check *check, const struct published_sum *sum, const struct digests *digests,
		       struct discern_error *err)
{
	const char *is = sum->kind == HASH_SHA256 ? digests->sha256_hex : digests->other_hex;
	const char *origin = sum->origin[0] != '\0' ? sum->origin : "the one given";

	if (sum->hex[0] == '\0')
		return 0;
	if (strcmp(is, sum->hex) != 0) {
		discern_error_set(err, -EBADMSG, "%s: %s differs from %s: it is %s, not %s", check->path,
				  hash_name(sum->kind), origin, is, sum->hex);
		return discern_error_hint(err, "the file is damaged or another one: download it again");
	}
	snprintf(check->checksum_kind, sizeof(check->checksum_kind), "%s", hash_name(sum->kind));
	snprintf(check->checksum_origin, sizeof(check->checksum_origin), "%s", sum->origin);
	return 0;
}

/* The file must not have changed under the check either. */
static int compare_file(int fd, const struct discern_burn_check *check, struct discern_error *err)
{
	struct stat status;

	if (fstat(fd, &status) < 0)
		return discern_error_set(err, -errno, "%s: %s", check->path, strerror(errno));
	if ((uint64_t)status.st_size == check->image.size_bytes &&
	    (int64_t)status.st_mtim.tv_sec * 1000000000 + status.st_mtim.tv_nsec == check->modified_ns)
		return 0;
	discern_error_set(err, -ESTALE, "%s: changed while it was checked", check->path);
	return discern_error_hint(err, "wait until the download is complete");
}

/* What the image's own structures say; the size is that of the open file. */
static int inspect(const char *path, const struct discern_burn_options *options, struct discern_burn_check *check,
		   struct discern_error *err)
{
	uint64_t size_bytes = check->image.size_bytes;
	int ret = discern_image_inspect(path, &check->image, err);

	if (ret < 0)
		return ret;
	if (check->image.size_bytes != size_bytes)
		return discern_error_set(err, -ESTALE, "%s: changed while it was checked", path);
	if (options != NULL && options->any_file)
		return 0;
	return judge_content(check, options != NULL && options->append, err);
}

int discern_burn_check(const char *image_path, const struct discern_burn_options *options,
		       const struct discern_observer *observer, struct discern_burn_check *ret_check,
		       struct discern_error *err)
{
	AUTO_CLOSE int fd = -1;
	struct digests digests = { 0 };
	struct published_sum sum;
	int ret;

	discern_error_clear(err);
	memset(ret_check, 0, sizeof(*ret_check));
	if (snprintf(ret_check->path, sizeof(ret_check->path), "%s", image_path) >= (int)sizeof(ret_check->path))
		return discern_error_set(err, -ENAMETOOLONG, "%.200s…: name too long", image_path);
	fd = open_image(image_path, ret_check, err);
	if (fd < 0)
		return fd;
	ret = inspect(image_path, options, ret_check, err);
	if (ret == 0)
		ret = find_sum(ret_check, options, observer, &sum, err);
	if (ret == 0)
		ret = digests_open(&digests, &sum, err);
	if (ret == 0)
		ret = read_to_end(fd, ret_check, observer, &digests, err);
	if (ret == 0)
		ret = compare_file(fd, ret_check, err);
	if (ret == 0)
		ret = compare_sum(ret_check, &sum, &digests, err);
	if (ret == 0)
		memcpy(ret_check->sha256, digests.sha256_hex, sizeof(ret_check->sha256));
	digests_close(&digests);
	return ret;
}
