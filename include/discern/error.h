/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Errors with words.
 *
 * A call that can fail returns 0 or a negative errno, and takes a struct discern_error as its last
 * parameter. The caller owns it, it needs no release, and NULL is allowed where only the number matters.
 */
#ifndef DISCERN_ERROR_H
#define DISCERN_ERROR_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** The lba of an error that concerns no particular sector. */
#define DISCERN_NO_LBA INT32_MIN

/** Sense key, additional sense code and qualifier, as SPC-4 clause 4.5 names them; 0/0/0 is none. */
struct discern_sense {
	uint8_t key;
	uint8_t asc;
	uint8_t ascq;
};

/** What went wrong, where, and what the user can do about it. */
struct discern_error {
	/** Negative errno, 0 while nothing failed. -ENOMEDIUM: no disc. -EMEDIUMTYPE: a disc that cannot be
	 *  used for this. -EFBIG: does not fit on the disc. -ESTALE: not the disc this job began with.
	 *  -ECANCELED: the caller's own callback stopped it. */
	int code;
	/** The sector concerned, or DISCERN_NO_LBA. */
	int32_t lba;
	/** What the drive said; all zero if the drive said nothing. */
	struct discern_sense sense;
	/** One line without newline, outermost context first: "/dev/sr0: cannot read LBA 16: …". */
	char text[512];
	/** The remedy, one line, empty if there is none. */
	char hint[320];
};

#ifdef __cplusplus
}
#endif
#endif
