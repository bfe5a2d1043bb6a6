/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names of the files that differ or cannot be read. */
#ifndef VERIFY_NAMES_H
#define VERIFY_NAMES_H

#include <discern/verify.h>

#include "disc/source.h"

/** First sector of the last session with data; its volume descriptors count (ECMA-119 knows one volume a session).
 *  False if the medium has nothing to look at. */
bool verify_find_session(const struct discern_medium *medium, int32_t *ret_lba);

/**
 * Fills in the files of a result that tells of damage, from the folders in the image, which is whole.
 * @param first_lba  where the image begins on the disc
 * @return 0, also if the image has no volume that can be understood, or -ENOMEM
 */
int verify_name_files(struct discern_source *image, int32_t first_lba, const struct discern_medium *medium,
		      struct discern_verify_result *result);

#endif
