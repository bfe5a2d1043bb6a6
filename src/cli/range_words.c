/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/range_words.h"

#include <inttypes.h>
#include <stdio.h>

const char *range_words(const struct discern_range *range, char buffer[TEXT_SIZE])
{
	if (range->n_sectors == 1)
		snprintf(buffer, TEXT_SIZE, "LBA %" PRId32, range->lba);
	else
		snprintf(buffer, TEXT_SIZE, "LBA %" PRId32 " to %" PRId64, range->lba,
			 (int64_t)range->lba + range->n_sectors - 1);
	return buffer;
}
