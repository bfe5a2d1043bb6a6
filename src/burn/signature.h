/* SPDX-License-Identifier: GPL-3.0-or-later */
/* OpenPGP signatures, by GPGME and so by gpg. No type of GPGME is seen here. */
#ifndef BURN_SIGNATURE_H
#define BURN_SIGNATURE_H

#include <stddef.h>

#include <discern/burn.h>
#include <discern/error.h>

/** What is to be signed: bytes in memory, or if there are none, a file. */
struct signed_data {
	const void *bytes;
	size_t size;
	const char *path;
};

struct signature_bytes {
	const void *bytes;
	size_t size;
};

/**
 * Judges a detached signature, armored or not. Fills all of ret_signature but origin and signed_name.
 * @param keyring  as in struct discern_burn_options
 * @return 0 whatever the verdict; a negative errno if the keyring or the signed file cannot be used
 */
int signature_judge(const char *keyring, const struct signature_bytes *signature, const struct signed_data *data,
		    struct discern_signature *ret_signature, struct discern_error *err);

/** The same with a text that is signed in clear. *ret_text is what gpg says was signed, to be freed by the caller; NULL
 *  if it did not say. */
int signature_judge_clear(const char *keyring, const struct signature_bytes *message, char **ret_text,
			  struct discern_signature *ret_signature, struct discern_error *err);

#endif
