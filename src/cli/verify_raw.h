/* SPDX-License-Identifier: GPL-3.0-or-later */
/* discern verify --manifest with the manifest of a raw image. */
#ifndef CLI_VERIFY_RAW_H
#define CLI_VERIFY_RAW_H

#include "cli/verify_cd.h"

/** The files against their sums, and then the disc against the files: an exit code, or -1 for a manifest of another kind. */
int verify_raw(struct cli *cli, const char *path, const char *drive_name,
	       const struct discern_verify_cd_options *options);

#endif
