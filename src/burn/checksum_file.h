/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Published checksums: the lists that distributions put beside an image, and what a user types. */
#ifndef BURN_CHECKSUM_FILE_H
#define BURN_CHECKSUM_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include <discern/error.h>
#include <discern/progress.h>

#include "base/hash.h"

struct published_sum {
	enum hash_kind kind;
	/** Lower case. */
	char hex[HASH_HEX_SIZE];
	/** The file that it was found in, without folders; empty for one that was typed. */
	char origin[256];
};

/** A checksum as typed; its length tells its kind. -EINVAL with words if it is none. */
int published_sum_from_hex(const char *hex, struct published_sum *ret_sum, struct discern_error *err);

/**
 * Looks in the text of a list for the entry of the file called name.
 * Understood are lines as of GNU coreutils ("HEX  NAME", "HEX *NAME", with a leading backslash for escaped
 * names), BSD lines ("SHA256 (NAME) = HEX"), and, if a list can only mean one file, a lone sum.
 * @param kind          what the lines without a tag hold
 * @param is_own_list   the list belongs to this one file (IMAGE.sha256)
 * @return 0, -ENODATA (not named), or -EBADMSG (named twice, with different sums)
 */
int published_sum_in_text(const char *text, const char *name, enum hash_kind kind, bool is_own_list,
			  struct published_sum *ret_sum);

/**
 * Looks beside the image for SHA256SUMS, IMAGE.sha256 and their like; the first that names the image counts,
 * the strong digests first. Lists that cannot be read are told to the observer and passed over.
 * @return 0, -ENOENT if there is none, -EBADMSG if a list contradicts itself, or -ENOMEM
 */
int published_sum_beside(const char *image_path, const struct discern_observer *observer, struct published_sum *ret_sum,
			 struct discern_error *err);

#endif
