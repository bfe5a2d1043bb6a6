/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether an image was made for the place on the disc where it will lie: all addresses in ISO 9660 count from the first
 * sector of the disc, not of the session. */
#ifndef BURN_SESSION_FIT_H
#define BURN_SESSION_FIT_H

#include <stdbool.h>

#include <discern/burn.h>

/** 0, or -EINVAL if the volume's root directory or path table would not be where its descriptor says, or if it is longer
 *  than the file. first_lba: where the last session begins, for the hint. */
int session_fit_check(const struct discern_burn_check *check, int32_t first_lba, int32_t start_lba,
		      struct discern_error *err);

#endif
