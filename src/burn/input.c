/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "burn/input.h"

#include <errno.h>
#include <string.h>

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
