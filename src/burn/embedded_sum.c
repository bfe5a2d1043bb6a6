/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "burn/embedded_sum.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/bytes.h"
#include "base/error.h"

enum {
	SECTOR_SIZE = 2048,
	/** checkmedia counts in these. */
	BLOCK_SIZE = 512,
	/** It takes the master boot record for zeros. */
	MBR_SIZE = 512,
	/** In the block with the signature the first bytes stay, and are these. */
	SIGNATURE_HEAD_SIZE = 64,
	DESCRIPTOR_AT = 16 * SECTOR_SIZE,
};

static const char signature_magic[] = "7984fc91-a43f-4e45-bf27-6d3aa08b24cf";

/* ---- the field: "key = value;key=value;…" ---- */

struct tag {
	const char *key, *value;
	size_t key_length, value_length;
};

static void trim(const char **text, size_t *length)
{
	while (*length > 0 && (*text)[0] == ' ') {
		(*text)++;
		(*length)--;
	}
	while (*length > 0 && ((*text)[*length - 1] == ' ' || (*text)[*length - 1] == '\0'))
		(*length)--;
}

/* The tag at *at, which goes behind it; false at the end. */
static bool next_tag(const char *field, size_t *at, struct tag *ret_tag)
{
	const char *begin = field + *at;
	size_t left = EMBEDDED_FIELD_SIZE - *at;
	const char *end;
	const char *equal;

	if (left == 0)
		return false;
	end = memchr(begin, ';', left);
	*at += end != NULL ? (size_t)(end - begin) + 1 : left;
	end = end != NULL ? end : begin + left;
	equal = memchr(begin, '=', (size_t)(end - begin));
	ret_tag->key = begin;
	ret_tag->key_length = (size_t)((equal != NULL ? equal : end) - begin);
	ret_tag->value = equal != NULL ? equal + 1 : end;
	ret_tag->value_length = (size_t)(end - ret_tag->value);
	trim(&ret_tag->key, &ret_tag->key_length);
	trim(&ret_tag->value, &ret_tag->value_length);
	return true;
}

static bool is_key(const struct tag *tag, const char *key)
{
	return strlen(key) == tag->key_length && strncasecmp(tag->key, key, tag->key_length) == 0;
}

/* A decimal number of at most nine digits. */
static bool take_number(const struct tag *tag, uint64_t *ret_number)
{
	uint64_t number = 0;

	if (tag->value_length == 0 || tag->value_length > 9)
		return false;
	for (size_t i = 0; i < tag->value_length; i++) {
		if (!isdigit((unsigned char)tag->value[i]))
			return false;
		number = number * 10 + (uint64_t)(tag->value[i] - '0');
	}
	*ret_number = number;
	return true;
}

/* "ISO MD5SUM" is isomd5sum's, "sha256sum" and its like checkmedia's. */
static void take_digest(const struct tag *tag, struct embedded_sum *sum)
{
	static const struct {
		const char *key;
		enum embedded_kind kind;
		enum hash_kind hash_kind;
	} keys[] = {
		{ "ISO MD5SUM", EMBEDDED_ISOMD5SUM, HASH_MD5 },    { "md5sum", EMBEDDED_CHECKMEDIA, HASH_MD5 },
		{ "sha1sum", EMBEDDED_CHECKMEDIA, HASH_SHA1 },     { "sha224sum", EMBEDDED_CHECKMEDIA, HASH_SHA224 },
		{ "sha256sum", EMBEDDED_CHECKMEDIA, HASH_SHA256 }, { "sha384sum", EMBEDDED_CHECKMEDIA, HASH_SHA384 },
		{ "sha512sum", EMBEDDED_CHECKMEDIA, HASH_SHA512 },
	};

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		if (!is_key(tag, keys[i].key) || tag->value_length != hash_hex_length(keys[i].hash_kind))
			continue;
		for (size_t j = 0; j < tag->value_length; j++) {
			if (!isxdigit((unsigned char)tag->value[j]))
				return;
			sum->hex[j] = (char)tolower((unsigned char)tag->value[j]);
		}
		sum->hex[tag->value_length] = '\0';
		sum->kind = keys[i].kind;
		sum->hash_kind = keys[i].hash_kind;
	}
}

void embedded_sum_parse(const uint8_t descriptor[2048], struct embedded_sum *ret_sum)
{
	const char *field = (const char *)descriptor + EMBEDDED_FIELD_AT - DESCRIPTOR_AT;
	uint64_t n_sectors = get_be32(descriptor + 84);
	uint64_t n_skipped = 0, n_pad = 0, signature_block = 0, n_left_out;
	struct tag tag;
	size_t at = 0;

	memset(ret_sum, 0, sizeof(*ret_sum));
	if (descriptor[0] != 1 || memcmp(descriptor + 1, "CD001", 5) != 0)
		return;
	while (next_tag(field, &at, &tag)) {
		take_digest(&tag, ret_sum);
		if (is_key(&tag, "SKIPSECTORS"))
			(void)take_number(&tag, &n_skipped);
		else if (is_key(&tag, "pad"))
			(void)take_number(&tag, &n_pad);
		else if (is_key(&tag, "signature"))
			(void)take_number(&tag, &signature_block);
	}
	n_left_out = ret_sum->kind == EMBEDDED_ISOMD5SUM ? n_skipped : n_pad;
	if (ret_sum->kind == EMBEDDED_NONE || n_left_out >= n_sectors) {
		memset(ret_sum, 0, sizeof(*ret_sum));
		return;
	}
	ret_sum->size_bytes = (n_sectors - n_left_out) * SECTOR_SIZE;
	ret_sum->zero_bytes = ret_sum->kind == EMBEDDED_CHECKMEDIA ? n_pad * SECTOR_SIZE : 0;
	ret_sum->signature_at = signature_block * BLOCK_SIZE;
}

const char *embedded_kind_name(enum embedded_kind kind)
{
	return kind == EMBEDDED_ISOMD5SUM ? "isomd5sum" : kind == EMBEDDED_CHECKMEDIA ? "checkmedia" : "";
}

/* ---- the image ---- */

struct embedded_check {
	struct embedded_sum sum;
	struct hash *hash;
	uint64_t offset;
	uint8_t field[EMBEDDED_FIELD_SIZE];
	uint8_t signature_block[SECTOR_SIZE];
	uint8_t buffer[64 * 1024];
};

int embedded_check_new(struct embedded_check **ret_check, struct discern_error *err)
{
	*ret_check = calloc(1, sizeof(**ret_check));
	return *ret_check != NULL ? 0 : discern_error_set(err, -ENOMEM, "out of memory");
}

/* A span of the image. */
struct span {
	uint64_t at;
	size_t size;
};

/* Where in a piece of the image, which begins at offset, a span begins; *ret_size of its bytes are in the piece. */
static size_t find_overlap(const struct span *span, const struct span *piece, size_t *ret_size)
{
	uint64_t begin = span->at > piece->at ? span->at : piece->at;
	uint64_t span_end = span->at + span->size, piece_end = piece->at + piece->size;
	uint64_t end = span_end < piece_end ? span_end : piece_end;

	*ret_size = end > begin ? (size_t)(end - begin) : 0;
	return end > begin ? (size_t)(begin - piece->at) : 0;
}

static void put_over(uint8_t *data, const struct span *piece, const struct span *span, int value)
{
	size_t size;
	size_t at = find_overlap(span, piece, &size);

	memset(data + at, value, size);
}

/* Makes a piece as it was before the checksum was put in. */
static void normalize(const struct embedded_check *check, uint8_t *data, const struct span *piece)
{
	const struct span field = { EMBEDDED_FIELD_AT, EMBEDDED_FIELD_SIZE };
	const struct span mbr = { 0, MBR_SIZE };
	const struct span signature = { check->sum.signature_at + SIGNATURE_HEAD_SIZE,
					SECTOR_SIZE - SIGNATURE_HEAD_SIZE };

	put_over(data, piece, &field, ' ');
	if (check->sum.kind == EMBEDDED_CHECKMEDIA)
		put_over(data, piece, &mbr, 0);
	if (check->sum.signature_at > 0)
		put_over(data, piece, &signature, 0);
}

static void keep_signature(struct embedded_check *check, const uint8_t *data, const struct span *piece)
{
	const struct span block = { check->sum.signature_at, SECTOR_SIZE };
	size_t size;
	size_t at = find_overlap(&block, piece, &size);

	if (size > 0)
		memcpy(check->signature_block + (piece->at + at - block.at), data + at, size);
}

static void begin(struct embedded_check *check, const uint8_t *data, size_t size)
{
	if (size < DESCRIPTOR_AT + SECTOR_SIZE)
		return;
	embedded_sum_parse(data + DESCRIPTOR_AT, &check->sum);
	memcpy(check->field, data + EMBEDDED_FIELD_AT, EMBEDDED_FIELD_SIZE);
	/* Without the digest in libcrypto (MD5 where FIPS rules) there is nothing to check with. */
	if (check->sum.kind != EMBEDDED_NONE && hash_new(check->sum.hash_kind, &check->hash, NULL) < 0)
		memset(&check->sum, 0, sizeof(check->sum));
}

void embedded_check_update(struct embedded_check *check, const uint8_t *data, size_t size)
{
	if (check->offset == 0)
		begin(check, data, size);
	if (check->hash == NULL)
		check->offset += size;
	while (check->hash != NULL && size > 0) {
		size_t n = size < sizeof(check->buffer) ? size : sizeof(check->buffer);
		const struct span piece = { check->offset, n };
		uint64_t left = check->offset < check->sum.size_bytes ? check->sum.size_bytes - check->offset : 0;

		if (check->sum.signature_at > 0)
			keep_signature(check, data, &piece);
		memcpy(check->buffer, data, n);
		normalize(check, check->buffer, &piece);
		hash_update(check->hash, check->buffer, left < n ? (size_t)left : n);
		check->offset += n;
		data += n;
		size -= n;
	}
}

bool embedded_check_finish(struct embedded_check *check, struct embedded_sum *ret_sum)
{
	char hex[HASH_HEX_SIZE];

	*ret_sum = check->sum;
	/* The padding is in the image, too: so no more zeros are counted than there are bytes. */
	if (check->hash == NULL || check->offset < check->sum.size_bytes + check->sum.zero_bytes)
		return false;
	memset(check->buffer, 0, sizeof(check->buffer));
	for (uint64_t left = check->sum.zero_bytes; left > 0;) {
		size_t n = left < sizeof(check->buffer) ? (size_t)left : sizeof(check->buffer);

		hash_update(check->hash, check->buffer, n);
		left -= n;
	}
	hash_finish(check->hash, hex);
	return strcmp(hex, check->sum.hex) == 0;
}

const char *embedded_check_signature(const struct embedded_check *check, const uint8_t **ret_field)
{
	const char *text = (const char *)check->signature_block + SIGNATURE_HEAD_SIZE;

	*ret_field = check->field;
	if (check->sum.signature_at == 0 ||
	    memcmp(check->signature_block, signature_magic, sizeof(signature_magic) - 1) != 0 || text[0] == '\0' ||
	    memchr(text, '\0', EMBEDDED_SIGNATURE_SIZE) == NULL)
		return NULL;
	return text;
}

struct embedded_check *embedded_check_free(struct embedded_check *check)
{
	if (check != NULL)
		hash_free(check->hash);
	free(check);
	return NULL;
}
