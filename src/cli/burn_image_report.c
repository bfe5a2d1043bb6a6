/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What discern burn tells of an image that was checked. */
#include "cli/burn_report.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "cli/volume_report.h"

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	if (strcmp(path, "-") == 0)
		return "standard input";
	return slash == NULL || slash[1] == '\0' ? path : slash + 1;
}

/* "658 MB", "658 MB in 402 MB of xz", "658 MB by its volume" */
static void tell_size(const struct discern_burn_check *check, char *ret, size_t size)
{
	char image[TEXT_SIZE], file[TEXT_SIZE];

	text_size(check->image.size_bytes, image);
	if (check->kind == DISCERN_IMAGE_PACKED)
		snprintf(ret, size, "%s in %s of %s", image, text_size(check->file_bytes, file), check->packing);
	else
		snprintf(ret, size, "%s%s", image, check->is_size_from_volume ? " as its volume says" : "");
}

static void tell_volume(struct report *report, const struct discern_burn_check *check)
{
	const struct discern_volume *volume = &check->image.volume;
	char size[2 * TEXT_SIZE + 32];
	char words[512];
	char boot[128];

	tell_size(check, size, sizeof(size));
	if (!check->image.has_volume) {
		report_text(report, "image", "%s, %s, no volume that is known here", base_name(check->path), size);
		return;
	}
	cli_volume_words(volume, words, sizeof(words));
	cli_boot_words(volume, boot, sizeof(boot));
	report_text(report, "image", "%s, %s, %s%s%s", base_name(check->path), size, words,
		    boot[0] != '\0' ? ", boots " : "", boot);
	if (check->kind == DISCERN_IMAGE_FOLDER)
		report_text(report, "", "made of %u files and folders", check->n_files);
}

static void tell_sum(struct report *report, const struct discern_burn_check *check)
{
	const char *of_file = check->is_checksum_of_file ? ", of the compressed file" : "";

	if (check->kind == DISCERN_IMAGE_PIPE)
		report_text(report, "", "its SHA-256 is known when all of it has come");
	else if (check->checksum_kind[0] != '\0' && check->checksum_origin[0] != '\0')
		report_text(report, "", "%s good (%s%s)", check->checksum_kind, check->checksum_origin, of_file);
	else if (check->checksum_kind[0] != '\0')
		report_text(report, "", "%s good (as given%s)", check->checksum_kind, of_file);
	else if (check->other_lists[0] != '\0')
		report_text(report, "", "SHA-256 %s (not compared: %s does not name it)", check->sha256,
			    check->other_lists);
	else if (check->kind == DISCERN_IMAGE_FOLDER)
		report_text(report, "", "SHA-256 %s", check->sha256);
	else
		report_text(report, "", "SHA-256 %s (no list beside it to compare with)", check->sha256);
	if (check->embedded_kind[0] != '\0')
		report_text(report, "", "%s good (its own, by %s)", check->embedded_digest, check->embedded_kind);
}

static void tell_unknown_key(struct report *report, const struct discern_signature *signature)
{
	report_text(report, "", "signature not checked (%s): its key %s is not in the keyring", signature->origin,
		    signature->fingerprint);
	if (signature->keyring[0] != '\0')
		report_text(report, "", "%s has that key: add --keyring=%s", signature->keyring, signature->keyring);
	else
		report_text(report, "", "to get it: gpg --recv-keys %s; then find out whose it is",
			    signature->fingerprint);
}

static void tell_signature(struct report *report, const struct discern_burn_check *check)
{
	const struct discern_signature *signature = &check->signature;
	bool is_named = strcmp(signature->trust, "named") == 0;

	switch (signature->state) {
	case DISCERN_SIGNATURE_NONE:
		if (check->checksum_origin[0] != '\0')
			report_text(report, "", "%s is not signed", check->checksum_origin);
		break;
	case DISCERN_SIGNATURE_GOOD:
		report_text(report, "", "signature good (%s): %s", signature->origin, signature->signer);
		report_text(report, "", "key %s in %s%s%s", signature->fingerprint, signature->keyring,
			    is_named ? "" : ", trust ", is_named ? "" : signature->trust);
		break;
	case DISCERN_SIGNATURE_UNKNOWN_KEY:
		tell_unknown_key(report, signature);
		break;
	case DISCERN_SIGNATURE_EXPIRED:
		report_text(report, "", "signature fits (%s), but %s: %s, key %s", signature->origin, signature->reason,
			    signature->signer, signature->fingerprint);
		break;
	case DISCERN_SIGNATURE_REVOKED:
	case DISCERN_SIGNATURE_BAD:
	case DISCERN_SIGNATURE_UNUSABLE:
		report_text(report, "", "signature not checked (%s): %s", signature->origin, signature->reason);
		break;
	}
}

static void tell_rest(struct report *report, const struct discern_burn_check *check)
{
	char size[TEXT_SIZE];

	if (check->image.is_truncated)
		report_text(report, "", "shorter than its volume says: not complete");
	if (check->trailing_bytes > 0)
		report_text(report, "", "behind the end of its volume: %s of %s",
			    text_size(check->trailing_bytes, size), check->is_trailing_zero ? "zeros" : "other data");
}

static void report_signature(struct report *report, const struct discern_signature *signature)
{
	report_open_object(report, "signature");
	report_string(report, "state", NULL, discern_signature_state_name(signature->state));
	report_string(report, "file", NULL, signature->origin);
	report_string(report, "of", NULL, signature->signed_name);
	report_string(report, "fingerprint", NULL, signature->fingerprint);
	report_string(report, "signer", NULL, signature->signer);
	report_string(report, "trust", NULL, signature->trust);
	report_string(report, "keyring", NULL, signature->keyring);
	report_string(report, "reason", NULL, signature->reason);
	report_close(report);
}

static const char *kind_name(enum discern_image_kind kind)
{
	static const char *const names[] = {
		[DISCERN_IMAGE_FILE] = "file",
		[DISCERN_IMAGE_PACKED] = "compressed file",
		[DISCERN_IMAGE_PIPE] = "pipe",
		[DISCERN_IMAGE_FOLDER] = "folder",
	};

	return names[kind];
}

void burn_report_image(struct report *report, const struct discern_burn_check *check)
{
	tell_volume(report, check);
	tell_sum(report, check);
	tell_signature(report, check);
	tell_rest(report, check);
	report_open_object(report, "image");
	report_string(report, "path", NULL, check->path);
	report_string(report, "kind", NULL, kind_name(check->kind));
	report_number(report, "size_bytes", NULL, (int64_t)check->image.size_bytes, NULL);
	report_number(report, "n_sectors", NULL, check->n_sectors, NULL);
	report_string(report, "packing", NULL, check->packing);
	report_string(report, "member", NULL, check->member);
	report_number(report, "file_bytes", NULL, (int64_t)check->file_bytes, NULL);
	report_bool(report, "size_from_volume", NULL, check->is_size_from_volume, NULL);
	report_string(report, "sha256", NULL, check->sha256);
	report_bool(report, "checksum_compared", NULL, check->checksum_kind[0] != '\0', NULL);
	report_string(report, "checksum_kind", NULL, check->checksum_kind);
	report_string(report, "checksum_origin", NULL, check->checksum_origin);
	report_bool(report, "checksum_of_file", NULL, check->is_checksum_of_file, NULL);
	report_string(report, "lists_that_do_not_name_it", NULL, check->other_lists);
	report_signature(report, &check->signature);
	report_string(report, "embedded_checksum", NULL, check->embedded_kind);
	report_bool(report, "truncated", NULL, check->image.is_truncated, NULL);
	report_number(report, "trailing_bytes", NULL, (int64_t)check->trailing_bytes, NULL);
	report_bool(report, "trailing_zeros", NULL, check->is_trailing_zero, NULL);
	report_string(report, "label", NULL, check->image.volume.label);
	report_real(report, "seconds", NULL, check->seconds, NULL);
	report_close(report);
}
