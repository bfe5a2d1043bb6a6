/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How often a drive tries a bad sector again by itself: read/write error recovery mode page (MMC-6 7.3). */
#ifndef DRIVE_DRIVE_RECOVERY_H
#define DRIVE_DRIVE_RECOVERY_H

#include <stdint.h>

#include "drive/drive.h"

/** Read retry count as it is set now. -EOPNOTSUPP if the drive has no such page. */
int drive_read_retries(struct discern_drive *drive, uint8_t *ret_n_retries, struct discern_error *err);

/** Sets it, all else on the page left as it is. -EOPNOTSUPP if the drive has no such page or does not let it be set. */
int drive_set_read_retries(struct discern_drive *drive, uint8_t n_retries, struct discern_error *err);

/** What of the page drive_begin_uncorrected() changes. */
struct drive_recovery {
	uint8_t flags, n_retries;
};

/** From now on sectors are given as they are read, without the drive's own layer of correction and tries, as far as
 *  the drive does that. To be ended with what was before. -EOPNOTSUPP where it cannot be set. */
int drive_begin_uncorrected(struct discern_drive *drive, struct drive_recovery *ret_before, struct discern_error *err);
int drive_end_uncorrected(struct discern_drive *drive, const struct drive_recovery *before, struct discern_error *err);

#endif
