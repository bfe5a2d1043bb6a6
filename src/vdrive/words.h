/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Values in rules of faults. */
#ifndef VDRIVE_WORDS_H
#define VDRIVE_WORDS_H

#include <stdbool.h>
#include <stdint.h>

#include <discern/error.h>

/** Digits with or without a point, within [min, max], nothing after them. */
bool words_to_decimal(const char *text, double min, double max, double *ret_number);

/** "0.25" or "25%". */
bool words_to_share(const char *text, double *ret_share);

/** "A" or "A-B", sectors from -150 on. -EINVAL with words. */
int words_to_lba(const char *text, int32_t *ret_first, int32_t *ret_last, struct discern_error *err);

#endif
