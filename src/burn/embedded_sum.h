/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Checksums that an image holds of itself, in the application use field of its primary volume descriptor (ECMA-119
 * 8.4.32): those of isomd5sum (implantisomd5: Fedora, RHEL) and of checkmedia (tagmedia: SUSE).
 */
#ifndef BURN_EMBEDDED_SUM_H
#define BURN_EMBEDDED_SUM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <discern/error.h>

#include "base/hash.h"

enum embedded_kind { EMBEDDED_NONE, EMBEDDED_ISOMD5SUM, EMBEDDED_CHECKMEDIA };

/** The field, and where it lies in an image. */
enum { EMBEDDED_FIELD_AT = 16 * 2048 + 883, EMBEDDED_FIELD_SIZE = 512 };

/** An OpenPGP signature of the field, which checkmedia's images may hold; ends in a zero byte. */
enum { EMBEDDED_SIGNATURE_SIZE = 2048 - 64 };

struct embedded_sum {
	enum embedded_kind kind;
	enum hash_kind hash_kind;
	/** Lower case. */
	char hex[HASH_HEX_SIZE];
	/** Bytes of the image that it is made of, and zeros that count behind them. */
	uint64_t size_bytes;
	uint64_t zero_bytes;
	/** Where the block with the signature begins; 0 if there is none. */
	uint64_t signature_at;
};

/** Looks at a primary volume descriptor; EMBEDDED_NONE if there is no checksum in it that makes sense. */
void embedded_sum_parse(const uint8_t descriptor[2048], struct embedded_sum *ret_sum);

/** "isomd5sum", "checkmedia". */
const char *embedded_kind_name(enum embedded_kind kind);

/** The check of an image that streams past. */
struct embedded_check;

/** 0, or -ENOMEM. Release with embedded_check_free(). */
int embedded_check_new(struct embedded_check **ret_check, struct discern_error *err);

/** The next bytes of the image. The first call has to bring all of the volume descriptor: 36 KiB or the whole image. */
void embedded_check_update(struct embedded_check *check, const uint8_t *data, size_t size);

/** After all of the image: what was found, and whether it is right. *ret_sum's kind says if there was any. */
bool embedded_check_finish(struct embedded_check *check, struct embedded_sum *ret_sum);

/** The armored signature and what it signs; NULL if there is none. Until embedded_check_free(). */
const char *embedded_check_signature(const struct embedded_check *check, const uint8_t **ret_field);

/** Accepts NULL, returns NULL. */
struct embedded_check *embedded_check_free(struct embedded_check *check);

#endif
