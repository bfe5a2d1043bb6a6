/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An image of a folder, made while it is read. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "burn/input.h"
#include "fs/image_maker.h"

struct folder {
	struct discern_burn_input base;
	const struct discern_burn_check *check;
	struct image_maker *maker;
	uint64_t size_bytes;
};

static int explain_change(const struct folder *folder, struct discern_error *err)
{
	if (image_maker_compare(folder->maker, err) < 0)
		return -ESTALE;
	return discern_error_set(err, -ESTALE, "%s: its files changed after they were checked", folder->check->path);
}

static ssize_t folder_read(struct discern_burn_input *input, uint8_t *buffer, size_t size, struct discern_error *err)
{
	struct folder *folder = (struct folder *)input;

	if (atomic_load(&input->is_cancelled))
		return discern_error_set(err, -ECANCELED, "%s: stopped", folder->check->path);
	return image_maker_read(folder->maker, buffer, size, err);
}

static int folder_compare(struct discern_burn_input *input, struct discern_error *err)
{
	return image_maker_compare(((struct folder *)input)->maker, err);
}

static void folder_close(struct discern_burn_input *input)
{
	struct folder *folder = (struct folder *)input;

	image_maker_free(folder->maker);
	free(folder);
}

void input_folder_describe(const struct discern_burn_input *input, uint64_t *ret_size_bytes, uint32_t *ret_n_files)
{
	const struct folder *folder = (const struct folder *)input;

	*ret_size_bytes = folder->size_bytes;
	*ret_n_files = image_maker_n_nodes(folder->maker);
}

int input_folder_open(const struct discern_burn_check *check, struct discern_burn_input **ret_input,
		      struct discern_error *err)
{
	static const struct input_ops ops = { .read = folder_read, .compare = folder_compare, .close = folder_close };
	const struct image_maker_options options = { .label = check->label, .created = check->created };
	struct folder *folder = calloc(1, sizeof(*folder));
	int ret;

	if (folder == NULL)
		return discern_error_set(err, -ENOMEM, "out of memory");
	folder->base.ops = &ops;
	folder->check = check;
	ret = image_maker_new(&options, &folder->maker, err);
	if (ret == 0)
		ret = image_maker_add_folder(folder->maker, check->path, err);
	if (ret == 0)
		ret = image_maker_begin(folder->maker, &folder->size_bytes, err);
	if (ret == 0 && check->image.size_bytes != 0 && folder->size_bytes != check->image.size_bytes)
		ret = explain_change(folder, err);
	if (ret < 0) {
		folder_close(&folder->base);
		return ret;
	}
	*ret_input = &folder->base;
	return 0;
}
