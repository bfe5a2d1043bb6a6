/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/receipt.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "ui/manifest_private.h"
#include "ui/printable.h"
#include "ui/receipt_private.h"

/* The folder of path; the caller frees it. */
static char *folder_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	if (slash == NULL)
		return manifest_must(strdup("."));
	return manifest_must(slash == path ? strdup("/") : strndup(path, (size_t)(slash - path)));
}

/* -ENOENT if there is none. */
static int load(const char *path, struct manifest **ret_receipt, struct discern_error *err)
{
	int ret = manifest_load_kind(path, MANIFEST_KIND_RECEIPT, ret_receipt, err);

	if (ret == -EINVAL) {
		ret = discern_error_set(err, -EEXIST, "%s: there is a file that is no receipt", path);
		discern_error_hint(err, "rename it, name another file with --receipt, or burn with --no-receipt");
	}
	return ret;
}

int receipt_check(const char *path, struct discern_error *err)
{
	AUTO_FREE char *folder = folder_of(path);
	struct manifest *receipt = NULL;
	int ret;

	/* The new one takes the old one's place: the folder is what has to be writable. */
	if (faccessat(AT_FDCWD, folder, W_OK | X_OK, AT_EACCESS) < 0)
		return discern_error_set(err, -errno, "%s: cannot write a receipt there: %s", path, strerror(errno));
	ret = load(path, &receipt, err);
	manifest_free(receipt);
	return ret == -ENOENT ? 0 : ret;
}

static json_t *make_text(const char *value)
{
	AUTO_FREE char *clean = manifest_must(printable_utf8(value));

	return json_string(clean);
}

static json_t *make_time(time_t time)
{
	char words[32] = "";
	struct tm parts;

	if (gmtime_r(&time, &parts) != NULL)
		strftime(words, sizeof(words), "%Y-%m-%dT%H:%M:%SZ", &parts);
	return json_string(words);
}

static json_t *make_burn(const struct receipt_burn *burn)
{
	json_t *object = manifest_must(json_object());
	json_t *command = manifest_must(json_array());

	for (size_t i = 0; burn->command[i] != NULL; i++)
		manifest_append(command, make_text(burn->command[i]));
	manifest_put(object, "version", json_string(burn->version));
	manifest_put(object, "command", command);
	manifest_put(object, "start", make_time(burn->start));
	manifest_put(object, "end", make_time(burn->end));
	if (json_object_update(object, report_json_object(burn->report)) != 0)
		manifest_must(NULL);
	return object;
}

static void put_image(json_t *root, const struct receipt_burn *burn)
{
	json_t *hashes = manifest_must(json_object());

	manifest_put(hashes, "sha256", json_string(burn->sha256));
	manifest_put(root, "image_bytes", json_integer((json_int_t)burn->size_bytes));
	manifest_put(root, "hashes", hashes);
}

static void add(struct manifest *receipt, const struct receipt_burn *burn)
{
	static const char *const of_image[] = { "image_bytes", "hashes", "session", RECEIPT_CD_MEMBERS };
	json_t *burns = json_incref(json_object_get(receipt->root, "burns"));

	if (!json_is_array(burns)) {
		json_decref(burns);
		burns = manifest_must(json_array());
	}
	manifest_append(burns, make_burn(burn));
	for (size_t i = 0; i < sizeof(of_image) / sizeof(of_image[0]); i++)
		json_object_del(receipt->root, of_image[i]);
	json_object_del(receipt->root, "burns");
	manifest_put(receipt->root, "discern_receipt", json_integer(RECEIPT_VERSION));
	manifest_put(receipt->root, "image", make_text(burn->image));
	if (burn->cd != NULL)
		receipt_put_cd(receipt->root, burn->cd);
	else
		put_image(receipt->root, burn);
	if (burn->session > 0)
		manifest_put(receipt->root, "session", json_integer(burn->session));
	manifest_put(receipt->root, "burns", burns);
}

/* The file itself is replaced, so that a lock on it would be one on the old one. Whoever holds the folder's for other
 * reasons is not waited for long: this is about burns that end at the same moment. */
static int lock_folder(const char *folder)
{
	const struct timespec pause = { .tv_nsec = 50 * 1000000L };
	enum { MAX_TRIES = 100 };
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	for (int i = 0; fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) < 0 && i < MAX_TRIES; i++)
		nanosleep(&pause, NULL);
	return fd;
}

int receipt_add(const char *path, const struct receipt_burn *burn, struct discern_error *err)
{
	AUTO_FREE char *folder = folder_of(path);
	struct manifest *receipt = NULL;
	int lock = lock_folder(folder);
	int ret;

	ret = load(path, &receipt, err);
	if (ret == -ENOENT) {
		receipt = manifest_empty();
		ret = 0;
	}
	if (ret == 0) {
		add(receipt, burn);
		ret = manifest_write(receipt, path, err);
	}
	manifest_free(receipt);
	if (lock >= 0)
		close(lock);
	return ret;
}

/* ---- what it says of the image ---- */

int receipt_load_cd(const char *path, struct discern_cd_digest *ret_cd, struct discern_error *err)
{
	struct manifest *receipt = NULL;
	int ret = manifest_load_kind(path, MANIFEST_KIND_RECEIPT, &receipt, err);

	/* A manifest, or what its own reader complains of. */
	if (ret == -EINVAL)
		return 0;
	if (ret < 0)
		return ret;
	ret = json_object_get(receipt->root, "tracks") != NULL;
	if (ret == 1 && !receipt_get_cd(receipt->root, ret_cd))
		ret = discern_error_set(err, -EINVAL, "%s: what it says of the tracks makes no sense", path);
	manifest_free(receipt);
	return ret;
}

unsigned receipt_session(const char *path)
{
	enum { MOST = 0xfffe };
	struct manifest *receipt = NULL;
	int64_t session = 0;

	if (manifest_load_kind(path, MANIFEST_KIND_RECEIPT, &receipt, NULL) == 0)
		session = manifest_integer(receipt->root, "session");
	manifest_free(receipt);
	return session > 0 && session <= MOST ? (unsigned)session : 0;
}
