/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The command line of discern burn. */
#ifndef CLI_BURN_OPTIONS_H
#define CLI_BURN_OPTIONS_H

#include <discern/burn.h>

#include "cli/command.h"

struct burn_options {
	struct cli *cli;
	struct discern_burn_options burn;
	const char *image_path;
	/** NULL if none was named. */
	const char *drive_name;
	/** In tenths of the disc's 1x; 0 for the fastest. */
	uint32_t speed_tenths;
	bool is_dry_run;
	bool will_verify;
	bool will_eject;
	/** Where the receipt goes; NULL for beside the image. */
	const char *receipt;
	bool no_receipt;
};

extern const char burn_options_help[];

/** Reads options and operands. -1 to go on, else the exit code. */
int burn_options_parse(struct burn_options *options, int argc, char **argv);

#endif
