/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <getopt.h>

#include "cli/command.h"

static int run(struct cli *cli, int argc, char **argv)
{
	static const struct option own[] = { { 0 } };
	struct discern_drive *drive = NULL;
	struct discern_error err;
	struct report *report;
	int ret = cli_getopt(cli, &cmd_eject, argc, argv, "", own);

	if (ret != -1)
		return ret == CLI_OPTION_DONE ? CLI_EXIT_GOOD : CLI_EXIT_USAGE;
	if (argc - optind > 1)
		return cli_usage(cli, "one drive at a time, not %d", argc - optind);
	ret = cli_open_drive(cli, argv[optind], false, &drive, &err);
	if (ret != 0)
		return ret;
	if (discern_drive_eject(drive, &err) < 0) {
		ret = cli_fail(cli, &err);
	} else {
		report = cli_report(cli);
		report_string(report, "drive", NULL, discern_drive_path(drive));
		report_string(report, "tray", NULL, "open");
		report_finish(report);
	}
	cli_close_drive(cli, drive);
	return ret;
}

const struct cli_command cmd_eject = {
	.name = "eject",
	.summary = "open the tray of a drive",
	.help = "Usage: discern eject [DRIVE]\n"
		"\n"
		"Opens the tray of DRIVE (/dev/sr0, or just sr0). Without DRIVE it is the only drive, or the only\n"
		"one with a disc. A drive that is in use, by a mount or another program, stays closed.\n",
	.run = run,
};
