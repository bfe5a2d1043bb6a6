/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What check.c, check_content.c, check_sum.c and check_pipe.c share. */
#ifndef BURN_CHECK_PRIVATE_H
#define BURN_CHECK_PRIVATE_H

#include <string.h>

#include "burn/checksum_file.h"
#include "burn/embedded_sum.h"
#include "burn/input.h"

/** A check while it is made. */
struct checking {
	struct discern_burn_check *check;
	/** Never NULL. */
	const struct discern_burn_options *options;
	const struct discern_observer *observer;
	/** What is published; hex is empty if nothing is. */
	struct published_sum sum;
	struct published_list list;
	/** Of the image. other is of the published kind, where that is not SHA-256. */
	struct hash *sha256, *other;
	char sha256_hex[HASH_HEX_SIZE], other_hex[HASH_HEX_SIZE];
	struct embedded_check *embedded;
	/** The begin of the image, and the byte behind the last one that is not zero. */
	uint8_t *head;
	size_t head_size;
	uint64_t content_bytes;
};

/** Reads input to its end. With a size in check->image it has to be that; without, it is set. */
int check_read(struct checking *checking, struct discern_burn_input *input, struct discern_error *err);

/** Looks at what was read, or at the file: what it is, and whether all of it is there. */
int check_inspect_head(struct checking *checking, struct discern_error *err);
int check_judge_content(const struct checking *checking, struct discern_error *err);
void check_note_rest(struct checking *checking);

/** What is published of the image; judges the signature on it. inner_name is the image's in a compressed file, or NULL. */
int check_find_sum(struct checking *checking, const char *inner_name, struct discern_error *err);

/** After check_read(): the published sum, that of the image itself, and signatures on the image. */
int check_compare_sum(struct checking *checking, struct discern_error *err);
int check_compare_embedded(struct checking *checking, struct discern_error *err);
int check_require_signature(const struct checking *checking, struct discern_error *err);

/** A pipe is open on fd; only its begin is read. */
int check_pipe(struct checking *checking, int fd, struct discern_error *err);

/** What messages call the image. */
static inline const char *check_name(const struct discern_burn_check *check)
{
	return strcmp(check->path, "-") == 0 ? "standard input" : check->path;
}

/** More bytes than any disc has: the sectors that SCSI's and libburn's numbers can count. */
uint64_t check_most_bytes(const struct checking *checking);

#endif
