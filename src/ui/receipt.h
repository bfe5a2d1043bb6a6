/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The receipt of an image: each disc that it was burned to, and what came of it, as JSON (doc/receipt.md). The program
 * is aborted when memory is out.
 */
#ifndef UI_RECEIPT_H
#define UI_RECEIPT_H

#include <stdint.h>
#include <time.h>

#include <discern/error.h>
#include <discern/verify_cd.h>

#include "ui/report.h"

#define RECEIPT_VERSION 1

/** One burn. */
struct receipt_burn {
	/** Of the image: its name without folders, size, and SHA-256 in lower-case hex. */
	const char *image;
	uint64_t size_bytes;
	const char *sha256;
	/** Of a CD with tracks, in place of size and SHA-256; NULL for an image in one piece. */
	const struct discern_cd_digest *cd;
	/** The session that the image is, of a disc with others or with room for some; 0 for all of the disc. */
	unsigned session;
	/** Ended by NULL. */
	const char *const *command;
	const char *version;
	time_t start, end;
	/** Its members become those of the burn. */
	const struct report *report;
};

/** May a burn be added to the file at path? -EEXIST if something else is there, -EACCES, -EROFS, -ENOENT … if its
 *  folder cannot be written to. */
int receipt_check(const char *path, struct discern_error *err);

/** Adds a burn to the receipt at path, or begins one; several processes may do so at once. Either the old or the new
 *  one is there at any time. */
int receipt_add(const char *path, const struct receipt_burn *burn, struct discern_error *err);

/** 1 if the file is the receipt of a CD with tracks, of which *ret_cd is filled; 0 if it is something else; -EINVAL if its
 *  numbers make no sense, -ENOENT … */
int receipt_load_cd(const char *path, struct discern_cd_digest *ret_cd, struct discern_error *err);

/** The session that the last burn made; 0 for all of the disc, or if the file is no receipt. */
unsigned receipt_session(const char *path);

#endif
