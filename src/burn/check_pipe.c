/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What can be known of a pipe before it is burned. */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "burn/check_private.h"
#include "disc/head_source.h"
#include "fs/volume.h"

enum { USUAL_TIMEOUT_SECONDS = 300 };

/* Standard input may be a file, of which the size is known. */
static uint64_t file_size(int fd)
{
	struct stat status;
	off_t offset;

	if (fstat(fd, &status) < 0 || !S_ISREG(status.st_mode))
		return 0;
	offset = lseek(fd, 0, SEEK_CUR);
	return offset >= 0 && offset < status.st_size ? (uint64_t)(status.st_size - offset) : 0;
}

static uint64_t volume_bytes(const struct discern_volume *volume)
{
	uint64_t n_sectors = volume->iso_sectors > volume->udf_sectors ? volume->iso_sectors : volume->udf_sectors;

	if (volume->partition_sectors > n_sectors)
		n_sectors = volume->partition_sectors;
	return n_sectors * DISCERN_SECTOR_SIZE;
}

/* With more than zeros. */
static bool goes_on(const struct checking *checking, uint64_t size_bytes)
{
	for (uint64_t i = size_bytes; i < checking->head_size; i++)
		if (checking->head[i] != 0)
			return true;
	return false;
}

/* By what was said, what it is, what has come, or what the volume in it says. */
static int find_size(struct checking *checking, int fd, bool is_all, struct discern_error *err)
{
	struct discern_burn_check *check = checking->check;
	struct head_source head;
	uint64_t said = checking->options->size_bytes;

	if (is_all && said > checking->head_size) {
		discern_error_set(err, -EINVAL, "%s: only %zu bytes came, not %ju as --size says", check_name(check),
				  checking->head_size, (uintmax_t)said);
		return discern_error_hint(err, "look at the program that writes to it");
	}
	if (said > 0 && goes_on(checking, said)) {
		discern_error_set(err, -EINVAL, "%s: more came than the %ju bytes that --size says", check_name(check),
				  (uintmax_t)said);
		return discern_error_hint(err, "give the right --size, or leave it out");
	}
	if (said == 0)
		said = is_all ? checking->head_size : file_size(fd);
	if (said == 0) {
		head_source_init(&head, checking->head, checking->head_size, (uint64_t)INT32_MAX * DISCERN_SECTOR_SIZE);
		if (volume_inspect(&head.source, 0, &check->image, err) < 0)
			return discern_error_wrap(err, "%s", check_name(check));
		said = check->image.has_volume ? volume_bytes(&check->image.volume) : 0;
		check->is_size_from_volume = true;
	}
	if (said == 0) {
		discern_error_set(err, -EINVAL, "%s: nobody knows how much will come through the pipe",
				  check_name(check));
		return discern_error_hint(err, "give its size in bytes: --size=N");
	}
	if (said > check_most_bytes(checking))
		return discern_error_set(err, -EFBIG, "%s: is larger than any disc", check_name(check));
	check->image.size_bytes = said;
	return 0;
}

static int refuse_signature(const struct checking *checking, struct discern_error *err)
{
	discern_error_set(err, -EBADMSG, "%s: a signature is required, but there is none for what comes through a pipe",
			  check_name(checking->check));
	return discern_error_hint(err, "write it to a file first, beside its signature");
}

int check_pipe(struct checking *checking, int fd, struct discern_error *err)
{
	const struct discern_burn_options *options = checking->options;
	struct discern_burn_check *check = checking->check;
	const struct input_pipe_options pipe_options = {
		.check = check,
		.fd = fd,
		.timeout_seconds =
			options->pipe_timeout_seconds > 0 ? options->pipe_timeout_seconds : USUAL_TIMEOUT_SECONDS,
		.checksum = options->checksum,
		.observer = checking->observer,
	};
	bool is_all;
	int ret;

	check->kind = DISCERN_IMAGE_PIPE;
	if (options->require_signature) {
		if (fd > STDIN_FILENO)
			close(fd);
		return refuse_signature(checking, err);
	}
	ret = input_pipe_open(&pipe_options, &check->input, err);
	if (ret == -ETIMEDOUT)
		return discern_error_hint(err, "look at the program that writes to it");
	if (ret < 0)
		return ret;
	/* The head stays the input's; checking only looks at it. */
	checking->head = input_pipe_head(check->input, &checking->head_size, &is_all);
	if (checking->head_size == 0)
		ret = discern_error_set(err, -EINVAL, "%s: nothing came through the pipe", check_name(check));
	if (ret == 0)
		ret = find_size(checking, fd, is_all, err);
	if (ret == 0)
		ret = check_inspect_head(checking, err);
	if (ret == 0)
		ret = check_judge_content(checking, err);
	checking->head = NULL;
	return ret;
}
