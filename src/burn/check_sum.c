/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is published of an image, and who has signed it. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "base/file.h"
#include "burn/check_private.h"
#include "burn/keyring.h"
#include "burn/pgp_text.h"
#include "burn/signature.h"

/* Longer than any signature, and than any key that somebody put there by mistake. */
enum { MAX_SIGNATURE_SIZE = 1 << 20 };

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash == NULL ? path : slash + 1;
}

/* ---- signatures ---- */

/* A signature that does not fit, or was made with a key that is not to be trusted any more, ends it here. */
static int refuse_bad(const struct discern_signature *signature, const char *path, struct discern_error *err)
{
	if (signature->state == DISCERN_SIGNATURE_BAD) {
		discern_error_set(err, -EBADMSG, "%s: its signature %s is bad: this is not what %s has signed", path,
				  signature->origin,
				  signature->signer[0] != '\0' ? signature->signer : signature->fingerprint);
		return discern_error_hint(err,
					  "%s was changed, or the signature is one of another file: download both "
					  "again",
					  signature->signed_name);
	}
	if (signature->state == DISCERN_SIGNATURE_REVOKED) {
		discern_error_set(err, -EBADMSG, "%s: its signature %s is by a key that has been revoked: %s (%s)",
				  path, signature->origin, signature->fingerprint, signature->signer);
		return discern_error_hint(err,
					  "whoever signed it may not be who they say: get a list signed by another "
					  "key");
	}
	return 0;
}

/* The better of two signatures on the same thing; a bad one has ended it before. */
static void keep_signature(struct discern_burn_check *check, const struct discern_signature *signature)
{
	static const unsigned char ranks[] = {
		[DISCERN_SIGNATURE_NONE] = 9,     [DISCERN_SIGNATURE_GOOD] = 0,    [DISCERN_SIGNATURE_UNKNOWN_KEY] = 2,
		[DISCERN_SIGNATURE_EXPIRED] = 1,  [DISCERN_SIGNATURE_REVOKED] = 4, [DISCERN_SIGNATURE_BAD] = 5,
		[DISCERN_SIGNATURE_UNUSABLE] = 3,
	};

	if (ranks[signature->state] < ranks[check->signature.state])
		check->signature = *signature;
}

/* Looks for signatures beside data->path and judges them. */
static int judge_beside(struct checking *checking, const struct signed_data *data, struct discern_error *err)
{
	const char *suffix;

	for (unsigned i = 0; (suffix = published_signature_suffix(i)) != NULL; i++) {
		char path[PATH_MAX];
		AUTO_FREE char *bytes = NULL;
		struct signature_bytes signature = { 0 };
		struct discern_signature verdict;
		int ret;

		if (snprintf(path, sizeof(path), "%s%s", data->path, suffix) >= (int)sizeof(path) ||
		    file_read_all(path, MAX_SIGNATURE_SIZE, &bytes, &signature.size, NULL) < 0)
			continue;
		/* "IMAGE.asc" may be a list of checksums that is signed in clear. */
		if (pgp_text_is_clear_signed(bytes))
			continue;
		signature.bytes = bytes;
		ret = signature_judge(checking->options->keyring, &signature, data, &verdict, err);
		if (ret < 0)
			return ret;
		snprintf(verdict.origin, sizeof(verdict.origin), "%.255s", base_name(path));
		snprintf(verdict.signed_name, sizeof(verdict.signed_name), "%.255s", base_name(data->path));
		ret = refuse_bad(&verdict, data->path, err);
		if (ret < 0)
			return ret;
		keep_signature(checking->check, &verdict);
	}
	return 0;
}

/* The sum has to be in what gpg says was signed. */
static int compare_signed_text(struct checking *checking, const char *text, struct discern_error *err)
{
	const struct published_list *list = &checking->list;
	struct published_sum sum = { 0 };
	const char *name = base_name(checking->check->path);
	char inner[sizeof(checking->check->member)];
	int ret;

	snprintf(inner, sizeof(inner), "%s", checking->check->member);
	ret = published_sum_in_text(text, checking->sum.is_of_inner ? inner : name, list->kind, list->is_own_list,
				    &sum);
	if (ret == -ENOMEM)
		return discern_error_set(err, ret, "out of memory");
	if (ret < 0 || strcmp(sum.hex, checking->sum.hex) != 0)
		return discern_error_set(err, -EBADMSG, "%s: its checksum of %s is not in what is signed", list->path,
					 name);
	return 0;
}

static int judge_clear(struct checking *checking, struct discern_error *err)
{
	const struct published_list *list = &checking->list;
	const struct signature_bytes message = { list->text, list->size };
	struct discern_signature verdict;
	AUTO_FREE char *text = NULL;
	int ret = signature_judge_clear(checking->options->keyring, &message, &text, &verdict, err);

	if (ret < 0)
		return ret;
	snprintf(verdict.origin, sizeof(verdict.origin), "%.255s", base_name(list->path));
	snprintf(verdict.signed_name, sizeof(verdict.signed_name), "%.255s", base_name(list->path));
	ret = refuse_bad(&verdict, list->path, err);
	if (ret == 0 && verdict.state == DISCERN_SIGNATURE_GOOD)
		ret = text != NULL ? compare_signed_text(checking, text, err)
				   : discern_error_set(err, -ENOMEM, "out of memory");
	if (ret == 0)
		keep_signature(checking->check, &verdict);
	return ret;
}

static int judge_list(struct checking *checking, struct discern_error *err)
{
	const struct published_list *list = &checking->list;
	const struct signed_data data = { list->text, list->size, list->path };

	if (pgp_text_is_clear_signed(list->text))
		return judge_clear(checking, err);
	return judge_beside(checking, &data, err);
}

/* The image itself may be signed: beside it, or inside. It is read once more for that. */
static int judge_image(struct checking *checking, struct discern_error *err)
{
	const struct signed_data data = { NULL, 0, checking->check->path };

	if (checking->check->signature.state == DISCERN_SIGNATURE_GOOD || checking->check->kind == DISCERN_IMAGE_FOLDER)
		return 0;
	return judge_beside(checking, &data, err);
}

int check_require_signature(const struct checking *checking, struct discern_error *err)
{
	const struct discern_signature *signature = &checking->check->signature;

	if (!checking->options->require_signature || signature->state == DISCERN_SIGNATURE_GOOD)
		return 0;
	if (signature->state == DISCERN_SIGNATURE_NONE) {
		discern_error_set(err, -EBADMSG, "%s: there is no signature, and one is required",
				  checking->check->path);
		return discern_error_hint(err, "download the signature, and the list of checksums that it is of, into "
					       "the same folder");
	}
	discern_error_set(err, -EBADMSG, "%s: a good signature is required; that of %s cannot be called so: %s%s%s",
			  checking->check->path, signature->signed_name, discern_signature_state_name(signature->state),
			  signature->state == DISCERN_SIGNATURE_UNKNOWN_KEY ? " "
			  : signature->reason[0]                            ? ", "
									    : "",
			  signature->state == DISCERN_SIGNATURE_UNKNOWN_KEY ? signature->fingerprint
									    : signature->reason);
	if (signature->state == DISCERN_SIGNATURE_UNKNOWN_KEY && signature->keyring[0] != '\0')
		return discern_error_hint(err, "%s has that key: add --keyring=%s", signature->keyring,
					  signature->keyring);
	return discern_error_hint(err, "name the keyring that has the key: --keyring=FILE");
}

/* ---- sums ---- */

static int find_beside(struct checking *checking, const char *inner_name, struct discern_error *err)
{
	struct discern_burn_check *check = checking->check;
	const struct published_names names = { check->path, inner_name };
	int ret = published_sum_beside(&names, checking->observer, &checking->sum, &checking->list, err);

	if (ret == -ENODATA)
		snprintf(check->other_lists, sizeof(check->other_lists), "%s", checking->sum.origin);
	if (ret == -ENODATA || ret == -ENOENT)
		memset(&checking->sum, 0, sizeof(checking->sum));
	if (ret == 0)
		return judge_list(checking, err);
	return ret == -ENODATA || ret == -ENOENT ? 0 : ret;
}

int check_find_sum(struct checking *checking, const char *inner_name, struct discern_error *err)
{
	struct keyring keyring;
	bool is_of_image;
	int ret;

	/* Also where nothing turns out to be signed: whoever named it relies on it. */
	ret = keyring_open(checking->options->keyring, &keyring, err);
	if (ret < 0)
		return ret;
	keyring_close(&keyring);
	if (checking->options->checksum != NULL)
		ret = published_sum_from_hex(checking->options->checksum, &checking->sum, err);
	else
		ret = find_beside(checking, inner_name, err);
	if (ret < 0)
		return ret;
	is_of_image = checking->check->kind != DISCERN_IMAGE_PACKED || checking->sum.is_of_inner ||
		      checking->options->checksum != NULL;
	if (is_of_image && checking->sum.hex[0] != '\0' && checking->sum.kind != HASH_SHA256)
		return hash_new(checking->sum.kind, &checking->other, err);
	return 0;
}

/* The digest of the compressed file. */
static int hash_file(const char *path, enum hash_kind kind, char ret_hex[HASH_HEX_SIZE], struct discern_error *err)
{
	enum { CHUNK_SIZE = 1 << 20 };
	AUTO_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC);
	AUTO_FREE uint8_t *buffer = buffer_new(CHUNK_SIZE);
	struct hash *hash;
	off_t offset = 0;
	ssize_t n;
	int ret;

	if (fd < 0)
		return discern_error_set(err, -errno, "%s: cannot open: %s", path, strerror(errno));
	if (buffer == NULL)
		return discern_error_set(err, -ENOMEM, "out of memory");
	ret = hash_new(kind, &hash, err);
	if (ret < 0)
		return ret;
	while ((n = file_read_at(fd, buffer, CHUNK_SIZE, offset)) > 0) {
		hash_update(hash, buffer, (size_t)n);
		offset += n;
	}
	hash_finish(hash, ret_hex);
	hash_free(hash);
	return n < 0 ? discern_error_set(err, (int)n, "%s: cannot read: %s", path, strerror((int)-n)) : 0;
}

/* A sum that was typed may be of the file or of what is in it. */
static int find_digest(struct checking *checking, char ret_hex[HASH_HEX_SIZE], struct discern_error *err)
{
	const struct published_sum *sum = &checking->sum;
	const char *of_image = sum->kind == HASH_SHA256 ? checking->sha256_hex : checking->other_hex;
	bool is_packed = checking->check->kind == DISCERN_IMAGE_PACKED;

	memcpy(ret_hex, of_image, HASH_HEX_SIZE);
	if (!is_packed || sum->is_of_inner || (checking->options->checksum != NULL && strcmp(of_image, sum->hex) == 0))
		return 0;
	checking->check->is_checksum_of_file = true;
	return hash_file(checking->check->path, sum->kind, ret_hex, err);
}

int check_compare_sum(struct checking *checking, struct discern_error *err)
{
	struct discern_burn_check *check = checking->check;
	const struct published_sum *sum = &checking->sum;
	const char *origin = sum->origin[0] != '\0' ? sum->origin : "the one given";
	char is[HASH_HEX_SIZE];
	int ret;

	if (sum->hex[0] != '\0') {
		ret = find_digest(checking, is, err);
		if (ret < 0)
			return ret;
		if (strcmp(is, sum->hex) != 0) {
			discern_error_set(err, -EBADMSG, "%s: %s differs from %s: it is %s, not %s", check->path,
					  hash_name(sum->kind), origin, is, sum->hex);
			return discern_error_hint(err, "the file is damaged or another one: download it again");
		}
		snprintf(check->checksum_kind, sizeof(check->checksum_kind), "%s", hash_name(sum->kind));
		snprintf(check->checksum_origin, sizeof(check->checksum_origin), "%s", sum->origin);
	}
	return judge_image(checking, err);
}

/* checkmedia's images may have a signature on the field that holds the checksum. */
static int judge_embedded(struct checking *checking, struct discern_error *err)
{
	const uint8_t *field;
	const char *text = embedded_check_signature(checking->embedded, &field);
	const struct signed_data data = { field, EMBEDDED_FIELD_SIZE, NULL };
	struct signature_bytes signature = { text, text != NULL ? strlen(text) : 0 };
	struct discern_signature verdict;
	int ret;

	if (text == NULL || checking->check->signature.state == DISCERN_SIGNATURE_GOOD)
		return 0;
	ret = signature_judge(checking->options->keyring, &signature, &data, &verdict, err);
	if (ret < 0)
		return ret;
	snprintf(verdict.origin, sizeof(verdict.origin), "in the image");
	snprintf(verdict.signed_name, sizeof(verdict.signed_name), "its own checksum");
	ret = refuse_bad(&verdict, checking->check->path, err);
	if (ret == 0)
		keep_signature(checking->check, &verdict);
	return ret;
}

int check_compare_embedded(struct checking *checking, struct discern_error *err)
{
	struct discern_burn_check *check = checking->check;
	struct embedded_sum sum;
	bool is_right = embedded_check_finish(checking->embedded, &sum);

	if (sum.kind == EMBEDDED_NONE)
		return 0;
	if (!is_right) {
		discern_error_set(err, -EBADMSG, "%s: differs from the checksum that it holds itself (%s, by %s)",
				  check->path, hash_name(sum.hash_kind), embedded_kind_name(sum.kind));
		return discern_error_hint(err,
					  "the file is damaged, or was changed after it was made: download it again");
	}
	snprintf(check->embedded_kind, sizeof(check->embedded_kind), "%s", embedded_kind_name(sum.kind));
	snprintf(check->embedded_digest, sizeof(check->embedded_digest), "%s", hash_name(sum.hash_kind));
	return judge_embedded(checking, err);
}
