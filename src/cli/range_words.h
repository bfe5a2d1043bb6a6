/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sectors of a disc, in words. */
#ifndef CLI_RANGE_WORDS_H
#define CLI_RANGE_WORDS_H

#include <discern/medium.h>

#include "base/text.h"

/** "LBA 12", or "LBA 12 to 15". Returns buffer. */
const char *range_words(const struct discern_range *range, char buffer[TEXT_SIZE]);

#endif
