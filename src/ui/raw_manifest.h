/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The manifest of a raw image of a CD, as discern rip --raw leaves it: which files it is made of, and their sums. */
#ifndef UI_RAW_MANIFEST_H
#define UI_RAW_MANIFEST_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <discern/error.h>

/** Version of this form, and of that of sound. */
#define CD_MANIFEST_VERSION 1

struct raw_manifest_file {
	/** In the folder of the manifest. */
	char path[PATH_MAX];
	uint64_t size_bytes;
	char sha256[65];
};

struct raw_manifest {
	char sheet[PATH_MAX];
	/** Some of the disc is not in the sheet: toc files know of one session. */
	bool is_partial;
	/** Those that have sums: sectors and sub-channels. */
	size_t n_files;
	struct raw_manifest_file *files;
};

/**
 * Reads one, or tells that path is none.
 * @return 1, 0 for a file of another kind, or what the system says; -EINVAL for one that this version does not understand, or
 *         whose members make no sense. Release with raw_manifest_free().
 */
int raw_manifest_load(const char *path, struct raw_manifest **ret_manifest, struct discern_error *err);

/** Accepts NULL, returns NULL. */
struct raw_manifest *raw_manifest_free(struct raw_manifest *manifest);

#endif
