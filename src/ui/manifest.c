/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/manifest.h"

#include <errno.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/file.h"
#include "ui/manifest_private.h"
#include "ui/raw_manifest.h"
#include "ui/receipt.h"

/* Hundreds of runs. */
#define MAX_BYTES ((size_t)256 << 20)

/* Numbers of seconds that are days, with their milliseconds. */
#define REALS JSON_REAL_PRECISION(10)

struct manifest *manifest_empty(void)
{
	struct manifest *manifest = manifest_must(calloc(1, sizeof(*manifest)));

	manifest->root = manifest_must(json_object());
	return manifest;
}

struct manifest *manifest_new(void)
{
	struct manifest *manifest = manifest_empty();

	manifest_put(manifest->root, "discern_manifest", json_integer(MANIFEST_VERSION));
	return manifest;
}

struct manifest *manifest_free(struct manifest *manifest)
{
	if (manifest == NULL)
		return NULL;
	json_decref(manifest->root);
	free(manifest);
	return NULL;
}

/* 0, or -EINVAL with words for a file that is none of that kind. */
static int check_kind(const json_t *root, enum manifest_kind kind, const char *path, struct discern_error *err)
{
	static const struct {
		const char *key, *name;
		int version;
	} kinds[] = {
		[MANIFEST_KIND_MANIFEST] = { "discern_manifest", "manifest", MANIFEST_VERSION },
		[MANIFEST_KIND_RECEIPT] = { "discern_receipt", "receipt", RECEIPT_VERSION },
		[MANIFEST_KIND_RAW] = { "discern_raw_manifest", "manifest", CD_MANIFEST_VERSION },
		[MANIFEST_KIND_AUDIO] = { "discern_audio_manifest", "manifest", CD_MANIFEST_VERSION },
	};
	const json_t *version = json_object_get(root, kinds[kind].key);

	if (!json_is_integer(version))
		return discern_error_set(err, -EINVAL, "%s: no %s of discern's making", path, kinds[kind].name);
	if (json_integer_value(version) != kinds[kind].version)
		return discern_error_set(err, -EINVAL,
					 "%s: a %s of a version that this program does not understand", path,
					 kinds[kind].name);
	return 0;
}

static int load_json(const char *path, json_t **ret_root, struct discern_error *err)
{
	AUTO_FREE char *text = NULL;
	size_t size = 0;
	int ret = file_read_all(path, MAX_BYTES, &text, &size, err);

	if (ret == 0)
		*ret_root = json_loadb(text, size, 0, NULL);
	return ret;
}

int manifest_load_kind(const char *path, enum manifest_kind kind, struct manifest **ret_manifest,
		       struct discern_error *err)
{
	json_t *root = NULL;
	int ret = load_json(path, &root, err);

	if (ret == 0)
		ret = check_kind(root, kind, path, err);
	if (ret < 0) {
		json_decref(root);
		return ret;
	}
	*ret_manifest = manifest_must(calloc(1, sizeof(**ret_manifest)));
	(*ret_manifest)->root = root;
	return 0;
}

int manifest_load(const char *path, struct manifest **ret_manifest, struct discern_error *err)
{
	return manifest_load_kind(path, MANIFEST_KIND_MANIFEST, ret_manifest, err);
}

int manifest_load_any(const char *path, struct manifest **ret_manifest, struct discern_error *err)
{
	enum manifest_kind kind = MANIFEST_KIND_MANIFEST;
	json_t *root = NULL;
	int ret = load_json(path, &root, err);

	if (ret < 0)
		return ret;
	if (json_object_get(root, "discern_raw_manifest") != NULL)
		kind = MANIFEST_KIND_RAW;
	else if (json_object_get(root, "discern_audio_manifest") != NULL)
		kind = MANIFEST_KIND_AUDIO;
	json_decref(root);
	return manifest_load_kind(path, kind, ret_manifest, err);
}

int manifest_load_digest(const char *path, struct discern_image_digest *ret_digest, struct discern_error *err)
{
	struct manifest *manifest = NULL;
	json_t *root = NULL;
	enum manifest_kind kind;
	int ret = load_json(path, &root, err);

	if (ret < 0)
		return ret;
	kind = json_object_get(root, "discern_receipt") != NULL ? MANIFEST_KIND_RECEIPT : MANIFEST_KIND_MANIFEST;
	json_decref(root);
	ret = manifest_load_kind(path, kind, &manifest, err);
	if (ret < 0)
		return ret;
	ret = manifest_digest(manifest, ret_digest, err);
	if (ret < 0)
		discern_error_wrap(err, "%s", path);
	manifest_free(manifest);
	return ret;
}

const char *manifest_identity(const struct manifest *manifest)
{
	return manifest_string(json_object_get(manifest->root, "disc"), "identity");
}

int manifest_digest(const struct manifest *manifest, struct discern_image_digest *ret_digest, struct discern_error *err)
{
	const char *sha256 = manifest_string(json_object_get(manifest->root, "hashes"), "sha256");
	int64_t size_bytes = manifest_integer(manifest->root, "image_bytes");

	if (size_bytes <= 0 || strlen(sha256) != sizeof(ret_digest->sha256) - 1 ||
	    strspn(sha256, "0123456789abcdef") != strlen(sha256))
		return discern_error_set(err, -EINVAL, "no SHA-256 of a complete image is in it");
	ret_digest->size_bytes = (uint64_t)size_bytes;
	memcpy(ret_digest->sha256, sha256, sizeof(ret_digest->sha256));
	return 0;
}

/* ---- writing: a line for each thing that holds no other, so that people can read it too ---- */

static bool is_flat(json_t *value)
{
	const char *key;
	json_t *member;
	size_t i;

	if (json_is_array(value))
		json_array_foreach(value, i, member) if (json_is_object(member) || json_is_array(member)) return false;
	if (json_is_object(value))
		json_object_foreach(value, key,
				    member) if (json_is_object(member) || json_is_array(member)) return false;
	return true;
}

static void indent(FILE *out, size_t depth)
{
	for (size_t i = 0; i < depth; i++)
		fputs("  ", out);
}

/* Before a member or an element. */
static void begin_line(FILE *out, size_t depth, bool is_first)
{
	fputs(is_first ? "\n" : ",\n", out);
	indent(out, depth);
}

static void print_value(FILE *out, json_t *value, size_t depth)
{
	const char *key;
	bool is_first = true;
	json_t *member;
	size_t i;

	if (depth > 0 && is_flat(value)) {
		json_dumpf(value, out, JSON_ENCODE_ANY | REALS);
		return;
	}
	fputc(json_is_array(value) ? '[' : '{', out);
	if (json_is_array(value)) {
		json_array_foreach(value, i, member)
		{
			begin_line(out, depth + 1, is_first);
			print_value(out, member, depth + 1);
			is_first = false;
		}
	} else {
		json_object_foreach(value, key, member)
		{
			json_t *name = manifest_must(json_string(key));

			begin_line(out, depth + 1, is_first);
			json_dumpf(name, out, JSON_ENCODE_ANY);
			json_decref(name);
			fputs(": ", out);
			print_value(out, member, depth + 1);
			is_first = false;
		}
	}
	fputc('\n', out);
	indent(out, depth);
	fputc(json_is_array(value) ? ']' : '}', out);
}

int manifest_write(const struct manifest *manifest, const char *path, struct discern_error *err)
{
	AUTO_FREE char *text = NULL;
	size_t size = 0;
	FILE *out = manifest_must(open_memstream(&text, &size));

	print_value(out, manifest->root, 0);
	fputc('\n', out);
	if (fclose(out) != 0)
		return discern_error_set(err, -ENOMEM, "out of memory");
	return file_replace(path, text, size, err);
}
