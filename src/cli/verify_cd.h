/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Comparing a CD with what it was made of, in words and as JSON. */
#ifndef CLI_VERIFY_CD_H
#define CLI_VERIFY_CD_H

#include <discern/verify_cd.h>

#include "cli/command.h"

/** A difference weighs more than what could not be read. */
enum cli_exit cli_verify_cd_exit(const struct discern_verify_cd_result *result);

/** "equal", "differs" or "unreadable". */
const char *cli_verify_cd_verdict(const struct discern_verify_cd_result *result);

/** Rows on the result, and the members of the JSON object that is open. */
void cli_report_verify_cd(struct report *report, const struct discern_verify_cd_result *result);

struct verify_cd_image {
	const char *path;
	/** With whose sums its files were compared, and how many there are; NULL if with none. */
	const char *manifest;
	size_t n_files;
};

/** discern verify with a CD of several tracks: an exit code. */
int verify_cd(struct cli *cli, const struct verify_cd_image *image, const char *drive_name,
	      const struct discern_verify_cd_options *options);

/** What a receipt says of a CD. */
struct verify_cd_receipt {
	const char *path;
	struct discern_cd_digest digest;
};

/** The same with a receipt, without the image. */
int verify_cd_receipt(struct cli *cli, const struct verify_cd_receipt *receipt, const char *drive_name,
		      const struct discern_verify_cd_options *options);

#endif
