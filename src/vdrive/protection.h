/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Copy protection that a disc has, as far as it is seen from outside: the drive tells of it, hands out no key, and keeps
 * back what it may not give without. Nothing is encrypted by it nor decrypted. In words, as a rule among those of faults:
 * protection=css|cprm|aacs[:A-B…] [region=N…]
 */
#ifndef VDRIVE_PROTECTION_H
#define VDRIVE_PROTECTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <discern/error.h>

enum protection_kind { PROTECTION_NONE, PROTECTION_CSS, PROTECTION_CPRM, PROTECTION_AACS };

#define PROTECTION_MAX_RANGES 8

struct protection {
	enum protection_kind kind;
	/** A bit for each region from 1 where the disc may not be played. */
	uint8_t closed_regions;
	/** Protected sectors. Without a range: of CSS those that hold MPEG packs, as the files of DVD-Video do. */
	size_t n_ranges;
	struct protection_range {
		int32_t first_lba, last_lba;
	} ranges[PROTECTION_MAX_RANGES];
};

/** True for the first word of such a rule, "protection=…". */
bool protection_is_word(const char *word);

/** One word of it, KEY=VALUE. -EINVAL. */
int protection_parse_word(const char *key, const char *value, struct protection *protection, struct discern_error *err);

/** Whether a range was given that holds the sector. */
bool protection_covers(const struct protection *protection, int64_t lba);

#endif
