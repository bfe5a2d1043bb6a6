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

#include "ui/report.h"

#define RECEIPT_VERSION 1

/** One burn. */
struct receipt_burn {
	/** Of the image: its name without folders, size, and SHA-256 in lower-case hex. */
	const char *image;
	uint64_t size_bytes;
	const char *sha256;
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

#endif
