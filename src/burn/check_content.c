/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads an image to its end, and looks at what it is. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "base/observe.h"
#include "base/text.h"
#include "burn/check_private.h"
#include "disc/head_source.h"
#include "fs/volume.h"

enum { READ_SIZE = 1 << 20 };

/* The largest disc there is, a BD-R XL of four layers (BDA: 128 GB); what is compressed may claim anything. */
static const uint64_t largest_disc_bytes = 62500864 * (uint64_t)DISCERN_SECTOR_SIZE;

static const double progress_seconds = 0.1;

uint64_t check_most_bytes(const struct checking *checking)
{
	if (checking->check->kind != DISCERN_IMAGE_PACKED)
		return (uint64_t)INT32_MAX * DISCERN_SECTOR_SIZE;
	return checking->options->max_bytes > 0 ? checking->options->max_bytes : largest_disc_bytes;
}

static int show_progress(const struct discern_observer *observer, struct observe_samples *recent, uint64_t done_bytes,
			 uint64_t total_bytes)
{
	const struct discern_progress progress = {
		.phase = DISCERN_PHASE_CHECK,
		.done_bytes = done_bytes,
		.total_bytes = total_bytes,
	};

	return observe_bytes(observer, recent, &progress);
}

/* Bytes up to the last that is not zero. */
static size_t without_zeros(const uint8_t *data, size_t size)
{
	while (size > 0 && data[size - 1] == 0)
		size--;
	return size;
}

static void take(struct checking *checking, const uint8_t *data, size_t size, uint64_t offset)
{
	size_t content = without_zeros(data, size);
	size_t room = INPUT_HEAD_SIZE - checking->head_size;

	hash_update(checking->sha256, data, size);
	if (checking->other != NULL)
		hash_update(checking->other, data, size);
	embedded_check_update(checking->embedded, data, size);
	if (content > 0)
		checking->content_bytes = offset + content;
	if (checking->head != NULL && room > 0) {
		room = room < size ? room : size;
		memcpy(checking->head + checking->head_size, data, room);
		checking->head_size += room;
	}
}

static int refuse_size(const struct checking *checking, struct discern_error *err)
{
	char size[TEXT_SIZE];

	discern_error_set(err, -EFBIG, "%s: unpacks to more than %s", checking->check->path,
			  text_size(check_most_bytes(checking), size));
	return discern_error_hint(err, "no disc that could be burned here has room for it");
}

static int read_all(struct checking *checking, struct discern_burn_input *input, uint64_t *ret_bytes,
		    struct discern_error *err)
{
	AUTO_FREE uint8_t *buffer = buffer_new(READ_SIZE);
	uint64_t total_bytes = checking->check->image.size_bytes;
	struct observe_samples recent = { 0 };
	double shown = 0;
	ssize_t n;

	if (buffer == NULL)
		return discern_error_set(err, -ENOMEM, "out of memory");
	for (*ret_bytes = 0; (n = input_read(input, buffer, READ_SIZE, err)) > 0;) {
		take(checking, buffer, (size_t)n, *ret_bytes);
		*ret_bytes += (uint64_t)n;
		if (*ret_bytes > check_most_bytes(checking))
			return refuse_size(checking, err);
		if (observe_now() - shown < progress_seconds && *ret_bytes != total_bytes)
			continue;
		shown = observe_now();
		if (show_progress(checking->observer, &recent, *ret_bytes, total_bytes) != 0)
			return discern_error_set(err, -ECANCELED, "%s: stopped while checking", checking->check->path);
	}
	return n < 0 ? (int)n : 0;
}

int check_read(struct checking *checking, struct discern_burn_input *input, struct discern_error *err)
{
	struct discern_burn_check *check = checking->check;
	uint64_t n_bytes;
	int ret = read_all(checking, input, &n_bytes, err);

	if (ret < 0)
		return ret;
	if (check->image.size_bytes == 0)
		check->image.size_bytes = n_bytes;
	if (n_bytes != check->image.size_bytes)
		return discern_error_set(err, -ESTALE, "%s: changed while it was checked", check->path);
	if (n_bytes == 0)
		return discern_error_set(err, -EINVAL, "%s: what is in it is empty", check->path);
	hash_finish(checking->sha256, checking->sha256_hex);
	if (checking->other != NULL)
		hash_finish(checking->other, checking->other_hex);
	memcpy(check->sha256, checking->sha256_hex, sizeof(check->sha256));
	return 0;
}

int check_inspect_head(struct checking *checking, struct discern_error *err)
{
	struct discern_image_info *image = &checking->check->image;
	uint64_t size_bytes = image->size_bytes;
	struct head_source head;
	int ret;

	head_source_init(&head, checking->head, checking->head_size, size_bytes);
	ret = volume_inspect(&head.source, size_bytes, image, err);
	return ret < 0 ? discern_error_wrap(err, "%s", checking->check->path) : 0;
}

/* "the file has", "what it unpacks to has" … */
static const char *subject(const struct discern_burn_check *check)
{
	return check->kind == DISCERN_IMAGE_PACKED ? "what it unpacks to"
	       : check->kind == DISCERN_IMAGE_PIPE ? "what comes"
						   : "the file";
}

int check_judge_content(const struct checking *checking, struct discern_error *err)
{
	const struct discern_burn_check *check = checking->check;
	const struct discern_volume *volume = &check->image.volume;
	bool is_packed = check->kind == DISCERN_IMAGE_PACKED;
	char is_bytes[TEXT_SIZE];
	char says_bytes[TEXT_SIZE];
	uint32_t n_sectors = volume->iso_sectors > volume->udf_sectors ? volume->iso_sectors : volume->udf_sectors;

	if (checking->options->any_file)
		return 0;
	if (!check->image.has_volume) {
		discern_error_set(err, -EINVAL, "%s: %s disc image: there is no ISO 9660 or UDF volume in it",
				  check_name(check), is_packed ? "is compressed, and what is in it is no" : "is not a");
		return discern_error_hint(err, "to burn %s nevertheless, byte for byte, add --any-file",
					  is_packed ? "the compressed file" : "it");
	}
	/* The volume of an image that is appended may be counted from the begin of the disc; the plan knows where that is. */
	if (check->image.is_truncated && !checking->options->append) {
		discern_error_set(err, -EINVAL, "%s: is not complete: %s has %s, its volume is %s long",
				  check_name(check), subject(check), text_size(check->image.size_bytes, is_bytes),
				  text_size((uint64_t)n_sectors * DISCERN_SECTOR_SIZE, says_bytes));
		return discern_error_hint(err, "%s",
					  check->kind == DISCERN_IMAGE_PIPE
						  ? "give the right --size; to burn so much of it, add --any-file"
						  : "download it again; to burn what there is, add --any-file");
	}
	return 0;
}

void check_note_rest(struct checking *checking)
{
	struct discern_burn_check *check = checking->check;
	const struct discern_volume *volume = &check->image.volume;
	uint64_t end = volume->iso_sectors > volume->udf_sectors ? volume->iso_sectors : volume->udf_sectors;

	end = (end > volume->partition_sectors ? end : volume->partition_sectors) * DISCERN_SECTOR_SIZE;
	if (!check->image.has_volume || check->image.size_bytes <= end)
		return;
	check->trailing_bytes = check->image.size_bytes - end;
	check->is_trailing_zero = checking->content_bytes <= end;
}
