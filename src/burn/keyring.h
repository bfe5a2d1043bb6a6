/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keyrings: files of public keys, and the folder in which gpg gets to see one of them and nothing else. */
#ifndef BURN_KEYRING_H
#define BURN_KEYRING_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

#include <discern/error.h>

struct keyring {
	/** The user's own: then there is no home. */
	bool is_own;
	/** It is in armor, which gpg cannot use as a keyring: it has to be imported. */
	bool is_armored;
	/** The file; words for the user's own. */
	char path[PATH_MAX];
	/** A folder made for this. */
	char home[PATH_MAX];
};

/**
 * Finds the keyring and makes its home.
 * @param name  a path, or the name of a file in /usr/share/keyrings with or without its suffix; NULL for the user's own
 * @return 0, -ENOENT, -EACCES, -EINVAL (no keyring) …; release with keyring_close()
 */
int keyring_open(const char *name, struct keyring *ret_keyring, struct discern_error *err);

/** Removes the home. */
void keyring_close(struct keyring *keyring);

/** The keyrings of /usr/share/keyrings, by name. */
struct keyring_list {
	char **paths;
	size_t n;
};

/** 0 or -ENOMEM; without the folder there are none. */
int keyring_list_system(struct keyring_list *ret_list);
void keyring_list_clear(struct keyring_list *list);

#endif
