/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The manifest of an image: what it was read from, how, and what came of it, as JSON (doc/manifest.md), and the same
 * as a page of HTML. The program is aborted when memory is out.
 */
#ifndef UI_MANIFEST_H
#define UI_MANIFEST_H

#include <stdbool.h>
#include <time.h>

#include <discern/drive.h>
#include <discern/error.h>
#include <discern/rip.h>
#include <discern/verify.h>

#define MANIFEST_VERSION 1

struct manifest;

/** An empty one. Release with manifest_free(). */
struct manifest *manifest_new(void);

/** Accepts NULL, returns NULL. */
struct manifest *manifest_free(struct manifest *manifest);

/** Reads one. -ENOENT and what else the system says; -EINVAL for a file that is no manifest, or none that this version
 *  understands. */
int manifest_load(const char *path, struct manifest **ret_manifest, struct discern_error *err);

/** Reads one for manifest_html(): that of an image, of a raw image of a CD, or of sound. */
int manifest_load_any(const char *path, struct manifest **ret_manifest, struct discern_error *err);

/** Size and SHA-256 of the image; -EINVAL if it has none, as of an image that is not complete. */
int manifest_digest(const struct manifest *manifest, struct discern_image_digest *ret_digest,
		    struct discern_error *err);

/** The same of the manifest or the receipt (ui/receipt.h) at path, with path in the words of an error. */
int manifest_load_digest(const char *path, struct discern_image_digest *ret_digest, struct discern_error *err);

/** The disc that it tells of, as in struct discern_rip_record. */
const char *manifest_identity(const struct manifest *manifest);

/** One run of discern rip, as the program knows it. */
struct manifest_run {
	const struct discern_rip_result *result;
	const char *drive_path;
	const struct discern_drive_id *drive;
	/** Who made the disc, as far as it tells; NULL for what the record has. */
	const struct discern_medium *medium;
	/** Ended by NULL. */
	const char *const *command;
	const char *version;
	time_t start, end;
	/** What ended it: its code is 0 if every sector was tried. */
	const struct discern_error *error;
	/** Of several drives the one that this tells of: each is a run. NULL for a single drive. */
	const struct discern_rip_drive *part;
};

/** Adds a run, which has a record (and so has part), and brings the rest up to date. */
void manifest_add_run(struct manifest *manifest, const struct manifest_run *run);

/** Writes it in place of what is at path: either the old or the new one is there at any time. */
int manifest_write(const struct manifest *manifest, const char *path, struct discern_error *err);

/** The page; the caller frees it. */
char *manifest_html(const struct manifest *manifest);

/** Writes a page over what is at path, unless that is something else than such a page: -EEXIST. */
int manifest_write_html(const struct manifest *manifest, const char *path, struct discern_error *err);

/** Whether manifest_write_html() would replace what is at path. 0 or -EEXIST with words. */
int manifest_check_html(const char *path, struct discern_error *err);

#endif
