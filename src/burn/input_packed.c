/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a compressed file unpacks to. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "burn/input.h"
#include "disc/packed_file.h"

struct packed {
	struct discern_burn_input base;
	const struct discern_burn_check *check;
	int fd;
	struct packed_file *file;
};

static ssize_t packed_read(struct discern_burn_input *input, uint8_t *buffer, size_t size, struct discern_error *err)
{
	struct packed *packed = (struct packed *)input;
	ssize_t n = packed_file_read(packed->file, buffer, size, err);

	if (n < 0)
		discern_error_wrap(err, "%s", packed->check->path);
	return n;
}

static int packed_compare(struct discern_burn_input *input, struct discern_error *err)
{
	struct packed *packed = (struct packed *)input;

	return input_file_compare(packed->check, packed->fd, err);
}

static void packed_close(struct discern_burn_input *input)
{
	struct packed *packed = (struct packed *)input;

	packed_file_close(packed->file);
	if (packed->fd >= 0)
		close(packed->fd);
	free(packed);
}

static int begin(struct packed *packed, struct discern_error *err)
{
	uint8_t magic[PACKING_MAGIC_SIZE];
	ssize_t n;
	int ret;

	packed->fd = input_file_descriptor(packed->check, err);
	if (packed->fd < 0)
		return packed->fd;
	n = file_read_at(packed->fd, magic, sizeof(magic), 0);
	if (n < 0)
		return discern_error_set(err, (int)n, "%s: cannot read: %s", packed->check->path, strerror((int)-n));
	ret = packed_file_open(packed->fd, packing_of(magic, (size_t)n), &packed->file, err);
	if (ret < 0)
		discern_error_wrap(err, "%s", packed->check->path);
	return ret;
}

int input_packed_open(const struct discern_burn_check *check, struct discern_burn_input **ret_input,
		      struct discern_error *err)
{
	static const struct input_ops ops = { .read = packed_read, .compare = packed_compare, .close = packed_close };
	struct packed *packed = calloc(1, sizeof(*packed));
	int ret;

	if (packed == NULL)
		return discern_error_set(err, -ENOMEM, "out of memory");
	packed->base.ops = &ops;
	packed->check = check;
	ret = begin(packed, err);
	if (ret < 0) {
		packed_close(&packed->base);
		return ret;
	}
	*ret_input = &packed->base;
	return 0;
}
