/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "burn/input.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/error.h"

int input_open(const struct discern_burn_check *check, struct discern_burn_input **ret_input, struct discern_error *err)
{
	switch (check->kind) {
	case DISCERN_IMAGE_PACKED:
		return input_packed_open(check, ret_input, err);
	case DISCERN_IMAGE_PIPE:
		if (check->input == NULL)
			return discern_error_set(err, -ESPIPE, "%s: a pipe can be burned only once", check->path);
		*ret_input = check->input;
		return 0;
	case DISCERN_IMAGE_FOLDER:
		return input_folder_open(check, ret_input, err);
	case DISCERN_IMAGE_FILE:
		break;
	}
	return input_file_open(check, ret_input, err);
}

int input_skip(struct discern_burn_input *input, uint64_t n_bytes, struct discern_error *err)
{
	enum { CHUNK_SIZE = 64 * 1024 };
	AUTO_FREE uint8_t *chunk = NULL;

	if (input->ops->skip != NULL) {
		input->ops->skip(input, n_bytes);
		return 0;
	}
	chunk = buffer_new(CHUNK_SIZE);
	if (chunk == NULL)
		return discern_error_set(err, -ENOMEM, "out of memory");
	while (n_bytes > 0) {
		size_t size = n_bytes < CHUNK_SIZE ? (size_t)n_bytes : CHUNK_SIZE;
		ssize_t n = input_read(input, chunk, size, err);

		if (n < 0)
			return (int)n;
		if ((size_t)n < size)
			return discern_error_set(err, -ESTALE, "the image became shorter after it was checked");
		n_bytes -= size;
	}
	return 0;
}

struct discern_burn_input *input_close(struct discern_burn_input *input)
{
	if (input != NULL && !input->is_kept)
		input->ops->close(input);
	return NULL;
}

void discern_burn_check_clear(struct discern_burn_check *check)
{
	if (check->input != NULL)
		check->input->ops->close(check->input);
	memset(check, 0, sizeof(*check));
}
