/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <discern/verify.h>

#include <stdlib.h>
#include <string.h>

#include "fs/damage.h"

bool discern_verify_is_equal(const struct discern_verify_result *result)
{
	return result->n_different_sectors == 0 && !result->is_digest_different && result->n_unreadable_sectors == 0 &&
	       result->tail != DISCERN_TAIL_DATA && result->tail != DISCERN_TAIL_SHORT;
}

void discern_verify_result_clear(struct discern_verify_result *result)
{
	free(result->different);
	free(result->unreadable);
	damage_free_files(result->damaged_files, result->n_damaged_files);
	memset(result, 0, sizeof(*result));
}
