/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <getopt.h>

#include "cli/prepare.h"

static int run(struct cli *cli, int argc, char **argv)
{
	static const struct option own[] = { { "full", no_argument, NULL, 'f' },
					     { "dry-run", no_argument, NULL, 'n' },
					     { 0 } };
	struct prepare_job job = { .cli = cli };
	int ret;

	while ((ret = cli_getopt(cli, &cmd_blank, argc, argv, "", own)) != -1) {
		if (ret == 'f')
			job.options.full = true;
		else if (ret == 'n')
			job.is_dry_run = true;
		else
			return ret == CLI_OPTION_DONE ? CLI_EXIT_GOOD : CLI_EXIT_USAGE;
	}
	if (argc - optind > 1)
		return cli_usage(cli, "one drive at a time, not %d", argc - optind);
	job.drive_name = argv[optind];
	return prepare_run(&job);
}

const struct cli_command cmd_blank = {
	.name = "blank",
	.summary = "erase a rewritable disc",
	.help = "Usage: discern blank [OPTION…] [DRIVE]\n"
		"\n"
		"Erases the rewritable disc in DRIVE (/dev/sr0, or just sr0), after naming what it holds and asking.\n"
		"A CD-RW or DVD-RW is then blank. A DVD+RW, DVD-RAM or BD-RE knows no blanking: zeros are written\n"
		"where a volume has its descriptors. Afterwards the drive is asked what the disc is.\n"
		"\n"
		"Options:\n"
		"      --full     erase all of the disc, which takes as long as to write it\n"
		"      --dry-run  say what would be done and lost, and stop there\n"
		"\n"
		"Exit codes: 0 done, 1 could not do it, 2 wrong usage, 5 no disc that can be erased, or not agreed.\n",
	.run = run,
};
