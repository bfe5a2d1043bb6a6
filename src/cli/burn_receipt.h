/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The receipt that a burn leaves beside its image. */
#ifndef CLI_BURN_RECEIPT_H
#define CLI_BURN_RECEIPT_H

#include <limits.h>
#include <time.h>

#include <discern/burn.h>
#include <discern/verify_cd.h>

#include "cli/command.h"

struct burn_receipt {
	struct cli *cli;
	/** All words of the command, ended by NULL. */
	const char **command;
	time_t start;
	/** Empty if none is written. */
	char path[PATH_MAX];
	/** The session that the image is, of a disc with others or room for some; 0 for all of the disc. */
	unsigned session;
};

/** The time that it tells begins here. Release with burn_receipt_free(). */
void burn_receipt_init(struct burn_receipt *receipt, struct cli *cli, char **argv);
void burn_receipt_free(struct burn_receipt *receipt);

/** Decides where it goes: wanted, NULL for IMAGE.receipt.json. A place that was asked for has to be usable: else the exit
 *  code after a message; about the usual one a note is enough. */
int burn_receipt_place(struct burn_receipt *receipt, const char *wanted, const char *image_path);

/** Adds what the report tells, and a row that says so to the report. 0, or the exit code after a message. */
int burn_receipt_write(const struct burn_receipt *receipt, const struct discern_burn_check *check,
		       struct report *report);

/** The same of a CD with tracks. */
int burn_receipt_write_cd(const struct burn_receipt *receipt, const char *image_path,
			  const struct discern_cd_digest *cd, struct report *report);

#endif
