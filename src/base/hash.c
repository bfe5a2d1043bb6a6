/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/hash.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include <openssl/evp.h>

#include "base/crc32.h"
#include "base/error.h"

struct hash {
	/** NULL for CRC-32, which is no matter of libcrypto. */
	EVP_MD_CTX *context;
	uint32_t crc32;
};

static const struct {
	const char *name;
	const char *algorithm;
	size_t hex_length;
} kinds[] = {
	[HASH_MD5] = { "MD5", "MD5", 32 },
	[HASH_SHA1] = { "SHA-1", "SHA1", 40 },
	[HASH_SHA224] = { "SHA-224", "SHA224", 56 },
	[HASH_SHA256] = { "SHA-256", "SHA256", 64 },
	[HASH_SHA384] = { "SHA-384", "SHA384", 96 },
	[HASH_SHA512] = { "SHA-512", "SHA512", 128 },
	[HASH_CRC32] = { "CRC-32", NULL, 8 },
};

const char *hash_name(enum hash_kind kind)
{
	return kinds[kind].name;
}

size_t hash_hex_length(enum hash_kind kind)
{
	return kinds[kind].hex_length;
}

int hash_new(enum hash_kind kind, struct hash **ret_hash, struct discern_error *err)
{
	struct hash *hash = calloc(1, sizeof(*hash));
	EVP_MD *algorithm;
	int ret = 0;

	if (kind == HASH_CRC32) {
		if (hash == NULL)
			return discern_error_set(err, -ENOMEM, "out of memory");
		hash->crc32 = 0;
		*ret_hash = hash;
		return 0;
	}
	algorithm = EVP_MD_fetch(NULL, kinds[kind].algorithm, NULL);
	if (hash == NULL || (hash->context = EVP_MD_CTX_new()) == NULL)
		ret = discern_error_set(err, -ENOMEM, "out of memory");
	else if (algorithm == NULL || EVP_DigestInit_ex(hash->context, algorithm, NULL) != 1)
		ret = discern_error_set(err, -ENOTSUP, "libcrypto does not offer %s on this system",
					kinds[kind].name);
	EVP_MD_free(algorithm);
	if (ret < 0)
		hash_free(hash);
	else
		*ret_hash = hash;
	return ret;
}

void hash_update(struct hash *hash, const void *data, size_t size)
{
	if (hash->context != NULL)
		EVP_DigestUpdate(hash->context, data, size);
	else
		hash->crc32 = crc32_add(hash->crc32, data, size);
}

void hash_finish(struct hash *hash, char ret_hex[HASH_HEX_SIZE])
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned int length = 0;

	if (hash->context == NULL) {
		snprintf(ret_hex, HASH_HEX_SIZE, "%08x", (unsigned)hash->crc32);
		return;
	}
	EVP_DigestFinal_ex(hash->context, digest, &length);
	for (unsigned int i = 0; i < length; i++)
		snprintf(ret_hex + 2 * i, 3, "%02x", digest[i]);
}

struct hash *hash_free(struct hash *hash)
{
	if (hash != NULL)
		EVP_MD_CTX_free(hash->context);
	free(hash);
	return NULL;
}
