/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The one table of MMC profiles: ask it instead of comparing profile numbers. */
#ifndef DISC_PROFILE_H
#define DISC_PROFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <discern/medium.h>

enum profile_family { FAMILY_NONE, FAMILY_CD, FAMILY_DVD, FAMILY_BD, FAMILY_HD_DVD };

/** How a medium takes data. */
enum profile_writing {
	WRITING_NEVER,      /**< pressed */
	WRITING_SEQUENTIAL, /**< only at the next writable address */
	WRITING_RANDOM,     /**< anywhere, at any time, once formatted */
};

struct profile {
	enum discern_profile number;
	const char *name;
	enum profile_family family;
	enum profile_writing writing;
	bool is_rewritable;
	/** Sectors of one error-correction unit, which a drive reads as a whole: CD 1, DVD 16, BD 32. */
	uint32_t ecc_sectors;
	/** 1x in kB/s of user data. */
	uint32_t speed_1x_kbps;
	/** Sectors of a common blank of this kind (4.7 GB DVD, 25 GB BD, 80 minute CD); 0 if pressed. */
	uint32_t usual_sectors;
};

/** The entry for a profile; for an unknown number one with family NONE, never NULL. */
const struct profile *profile_find(unsigned number);

/** All entries, for building lists; *ret_n is their number. */
const struct profile *profile_all(size_t *ret_n);

#endif
