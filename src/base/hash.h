/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Message digests over a stream of bytes (libcrypto). One hash object belongs to one thread at a time. */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include <stddef.h>

#include <discern/error.h>

/** CRC-32 is that of ISO-HDLC, as zlib and ZIP have it. */
enum hash_kind { HASH_MD5, HASH_SHA1, HASH_SHA224, HASH_SHA256, HASH_SHA384, HASH_SHA512, HASH_CRC32 };

/** Room for the longest digest as lower-case hexadecimal digits and a zero byte. */
#define HASH_HEX_SIZE 129

struct hash;

/** Starts a digest. 0, -ENOMEM, or -ENOTSUP where libcrypto forbids this digest. Release with hash_free(). */
int hash_new(enum hash_kind kind, struct hash **ret_hash, struct discern_error *err);

/** Adds size bytes. Cannot fail after a good hash_new(). */
void hash_update(struct hash *hash, const void *data, size_t size);

/** Writes the digest of all bytes so far as hex; the hash can only be freed afterwards. */
void hash_finish(struct hash *hash, char ret_hex[HASH_HEX_SIZE]);

/** Releases the hash; accepts NULL, returns NULL. */
struct hash *hash_free(struct hash *hash);

/** "MD5", "SHA-256" … */
const char *hash_name(enum hash_kind kind);

/** Number of hex digits of the digest: 8, 32, 40, 56, 64, 96 or 128. */
size_t hash_hex_length(enum hash_kind kind);

#endif
