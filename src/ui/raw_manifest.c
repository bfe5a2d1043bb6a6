/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/raw_manifest.h"

#include <errno.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/file.h"
#include "ui/manifest_private.h"

enum { MAX_BYTES = 16 << 20, MAX_FILES = 200 };

/* The files may have been moved together with it since. False if there is no name. */
static bool put_path(const char *manifest, const char *name, char ret_path[PATH_MAX])
{
	const char *slash = strrchr(name, '/'), *folder_end = strrchr(manifest, '/');
	int folder = folder_end != NULL ? (int)(folder_end - manifest) + 1 : 0;

	name = slash != NULL ? slash + 1 : name;
	return name[0] != '\0' && snprintf(ret_path, PATH_MAX, "%.*s%s", folder, manifest, name) < PATH_MAX;
}

static bool put_file(const char *path, const json_t *member, struct raw_manifest_file *ret_file)
{
	const char *sha256 = manifest_string(member, "sha256");

	if (strlen(sha256) != sizeof(ret_file->sha256) - 1 ||
	    !put_path(path, manifest_string(member, "path"), ret_file->path))
		return false;
	memcpy(ret_file->sha256, sha256, sizeof(ret_file->sha256));
	ret_file->size_bytes = manifest_amount(member, "bytes");
	return true;
}

static int take(const char *path, const json_t *root, struct raw_manifest *manifest, struct discern_error *err)
{
	const json_t *files = json_object_get(root, "files");
	size_t n = json_array_size(files);

	if (manifest_integer(root, "discern_raw_manifest") != CD_MANIFEST_VERSION)
		return discern_error_set(err, -EINVAL,
					 "%s: a manifest of a version that this program does not understand", path);
	manifest->files = manifest_must(calloc(n > 0 ? n : 1, sizeof(*manifest->files)));
	for (size_t i = 0; i < n && n <= MAX_FILES; i++) {
		const json_t *member = json_array_get(files, i);

		/* Texts have none. */
		if (manifest_string(member, "sha256")[0] == '\0')
			continue;
		if (!put_file(path, member, &manifest->files[manifest->n_files++]))
			return discern_error_set(err, -EINVAL, "%s: a file in it has no name, or no SHA-256", path);
	}
	if (manifest->n_files == 0 || !put_path(path, manifest_string(root, "sheet"), manifest->sheet) ||
	    strlen(manifest->sheet) <= strlen(".toc"))
		return discern_error_set(err, -EINVAL, "%s: no files of an image are in it", path);
	manifest->is_partial = manifest_integer(root, "sessions") > 1 &&
			       strcmp(manifest->sheet + strlen(manifest->sheet) - strlen(".toc"), ".toc") == 0;
	return 0;
}

int raw_manifest_load(const char *path, struct raw_manifest **ret_manifest, struct discern_error *err)
{
	AUTO_FREE char *text = NULL;
	struct raw_manifest *manifest;
	size_t size = 0;
	json_t *root;
	int ret = file_read_all(path, MAX_BYTES, &text, &size, err);

	if (ret == -EFBIG)
		return 0;
	if (ret < 0)
		return ret;
	root = json_loadb(text, size, 0, NULL);
	if (json_object_get(root, "discern_raw_manifest") == NULL) {
		json_decref(root);
		return 0;
	}
	manifest = manifest_must(calloc(1, sizeof(*manifest)));
	ret = take(path, root, manifest, err);
	json_decref(root);
	if (ret < 0) {
		raw_manifest_free(manifest);
		return ret;
	}
	*ret_manifest = manifest;
	return 1;
}

struct raw_manifest *raw_manifest_free(struct raw_manifest *manifest)
{
	if (manifest != NULL)
		free(manifest->files);
	free(manifest);
	return NULL;
}
