/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "burn/keyring.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/file.h"

static const char system_folder[] = "/usr/share/keyrings";

static const char *const suffixes[] = { "", ".gpg", ".pgp", ".kbx", ".asc" };
enum { N_SUFFIXES = sizeof(suffixes) / sizeof(suffixes[0]), MAX_SYSTEM_KEYRINGS = 64 };

/* gpg shall believe these keys, start nothing and ask nobody. */
static const char configuration[] = "trust-model always\nno-autostart\nno-auto-key-retrieve\nno-auto-key-locate\n";

/* A keybox of gpg's own has this in its first blob (g10's kbx format). */
enum { KEYBOX_MAGIC_AT = 8 };
static const char keybox_magic[] = "KBXf";

static int find(const char *name, char ret_path[PATH_MAX], struct discern_error *err)
{
	char path[PATH_MAX];

	if (realpath(name, ret_path) != NULL)
		return 0;
	for (size_t i = 0; strchr(name, '/') == NULL && i < N_SUFFIXES; i++)
		if (snprintf(path, sizeof(path), "%s/%s%s", system_folder, name, suffixes[i]) < (int)sizeof(path) &&
		    realpath(path, ret_path) != NULL)
			return 0;
	discern_error_set(err, -ENOENT, "%s: there is no such keyring", name);
	return discern_error_hint(err, "name a file of public keys, or one of those in %s", system_folder);
}

/* Under which name gpg takes the file for a keyring: NULL if it is in armor. */
static int find_kind(const char *path, const char **ret_name, struct discern_error *err)
{
	AUTO_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	unsigned char head[64] = { 0 };
	struct stat status;
	ssize_t n;

	if (fd < 0 || fstat(fd, &status) < 0)
		return discern_error_set(err, -errno, "%s: cannot open: %s", path, strerror(errno));
	if (!S_ISREG(status.st_mode))
		return discern_error_set(err, -EINVAL, "%s: is no file", path);
	n = file_read_at(fd, head, sizeof(head), 0);
	if (n < 0)
		return discern_error_set(err, (int)n, "%s: cannot read: %s", path, strerror((int)-n));
	if (memcmp(head + KEYBOX_MAGIC_AT, keybox_magic, sizeof(keybox_magic) - 1) == 0)
		*ret_name = "pubring.kbx";
	else if (memcmp(head, "-----BEGIN PGP", 14) == 0)
		*ret_name = NULL;
	else if ((head[0] & 0x80) != 0)
		/* Bit 7 of a packet's first byte is set (RFC 4880 4.2). */
		*ret_name = "pubring.gpg";
	else
		return discern_error_set(err, -EINVAL, "%s: is no keyring", path);
	return 0;
}

static int make_home(struct keyring *keyring, const char *name, struct discern_error *err)
{
	const char *folder = getenv("TMPDIR");
	char path[PATH_MAX + 16];
	AUTO_CLOSE int fd = -1;

	if (folder == NULL || folder[0] != '/')
		folder = "/tmp";
	if (snprintf(keyring->home, sizeof(keyring->home), "%s/discern-keys-XXXXXX", folder) >=
		    (int)sizeof(keyring->home) ||
	    mkdtemp(keyring->home) == NULL) {
		keyring->home[0] = '\0';
		return discern_error_set(err, -errno, "%s: cannot make a folder for gpg: %s", folder, strerror(errno));
	}
	snprintf(path, sizeof(path), "%s/gpg.conf", keyring->home);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0 || file_write_at(fd, configuration, sizeof(configuration) - 1, 0) < 0)
		return discern_error_set(err, -EIO, "%s: cannot write", path);
	snprintf(path, sizeof(path), "%s/%s", keyring->home, name != NULL ? name : "");
	if (name != NULL && symlink(keyring->path, path) < 0)
		return discern_error_set(err, -errno, "%s: cannot be made: %s", path, strerror(errno));
	return 0;
}

int keyring_open(const char *name, struct keyring *ret_keyring, struct discern_error *err)
{
	const char *file_name = NULL;
	int ret;

	memset(ret_keyring, 0, sizeof(*ret_keyring));
	if (name == NULL) {
		ret_keyring->is_own = true;
		snprintf(ret_keyring->path, sizeof(ret_keyring->path), "your keyring");
		return 0;
	}
	ret = find(name, ret_keyring->path, err);
	if (ret == 0)
		ret = find_kind(ret_keyring->path, &file_name, err);
	if (ret < 0)
		return ret;
	ret_keyring->is_armored = file_name == NULL;
	ret = make_home(ret_keyring, file_name, err);
	if (ret < 0)
		keyring_close(ret_keyring);
	return ret;
}

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *place)
{
	(void)status;
	(void)type;
	(void)place;
	return remove(path) < 0 && errno != ENOENT ? -1 : 0;
}

void keyring_close(struct keyring *keyring)
{
	enum { MAX_OPEN = 8 };

	if (keyring->home[0] != '\0')
		(void)nftw(keyring->home, remove_one, MAX_OPEN, FTW_DEPTH | FTW_PHYS);
	keyring->home[0] = '\0';
}

static int is_keyring_name(const struct dirent *entry)
{
	const char *dot = strrchr(entry->d_name, '.');

	for (size_t i = 1; dot != NULL && i < N_SUFFIXES; i++)
		if (strcmp(dot, suffixes[i]) == 0)
			return 1;
	return 0;
}

int keyring_list_system(struct keyring_list *ret_list)
{
	struct dirent **entries = NULL;
	int n = scandir(system_folder, &entries, is_keyring_name, alphasort);
	int ret = 0;

	memset(ret_list, 0, sizeof(*ret_list));
	if (n > 0)
		ret_list->paths = calloc((size_t)n, sizeof(*ret_list->paths));
	for (int i = 0; i < n; i++) {
		if (ret_list->paths == NULL ||
		    (ret_list->n < MAX_SYSTEM_KEYRINGS &&
		     asprintf(&ret_list->paths[ret_list->n++], "%s/%s", system_folder, entries[i]->d_name) < 0)) {
			ret_list->n -= ret_list->paths != NULL;
			ret = -ENOMEM;
		}
		free(entries[i]);
	}
	free(entries);
	if (ret < 0)
		keyring_list_clear(ret_list);
	return ret;
}

void keyring_list_clear(struct keyring_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		free(list->paths[i]);
	free(list->paths);
	memset(list, 0, sizeof(*list));
}
