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
	/** It is that of the image in a compressed file, not of the file. */
	bool is_of_inner;
};

/** A checksum as typed; its length tells its kind. -EINVAL with words if it is none. */
int published_sum_from_hex(const char *hex, struct published_sum *ret_sum, struct discern_error *err);

/** What lines without a tag hold: one kind of digest, or whichever the number of digits tells. */
enum { PUBLISHED_ANY_KIND = -1 };

/**
 * Looks in the text of a list for the entry of the file called name. Of a text that is signed in clear only what is signed
 * counts.
 * Understood are lines as of GNU coreutils ("HEX  NAME", "HEX *NAME", with a leading backslash for escaped
 * names), BSD lines ("SHA256 (NAME) = HEX"), lines under a heading ("# SHA512 HASH"), and, if a list can only mean one
 * file, a lone sum.
 * @param kind          what the lines without a tag hold: an enum hash_kind, or PUBLISHED_ANY_KIND
 * @param is_own_list   the list belongs to this one file (IMAGE.sha256)
 * @return 0, -ENODATA (not named), -ENOMSG (named, but without a checksum that makes sense), -EBADMSG (named twice, with
 *         different sums; or signed in clear and cut off), -ENOMEM
 */
int published_sum_in_text(const char *text, const char *name, int kind, bool is_own_list,
			  struct published_sum *ret_sum);

/** Which file is meant. */
struct published_names {
	const char *image_path;
	/** Name of the image in a compressed file; NULL if it is none. */
	const char *inner_name;
};

/** The list that a sum was found in. */
struct published_list {
	char path[4096];
	char *text;
	size_t size;
	/** What published_sum_in_text() was told. */
	int kind;
	bool is_own_list;
};

/**
 * Looks beside the image for SHA256SUMS, IMAGE.sha256, NAME-CHECKSUM and their like. Of the lists that name it, one with a
 * signature counts before one without, where its digests are strong; then the strongest digests count. Lists that cannot be
 * read are told to the observer and passed over.
 * @param ret_sum   with -ENODATA its origin has the names of the lists
 * @param ret_list  release with published_list_clear(), whatever was returned
 * @return 0, -ENOENT if there is no list, -ENODATA if none names it, -EBADMSG if a list contradicts itself or names it
 *         without a checksum, or -ENOMEM
 */
int published_sum_beside(const struct published_names *names, const struct discern_observer *observer,
			 struct published_sum *ret_sum, struct published_list *ret_list, struct discern_error *err);

void published_list_clear(struct published_list *list);

/** Suffixes of a signature that lies beside what it signs: ".gpg", ".sign" …; NULL behind the last. */
const char *published_signature_suffix(unsigned index);

#endif
