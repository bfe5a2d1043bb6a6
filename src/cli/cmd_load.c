/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <getopt.h>

#include "cli/command.h"

static int tell_medium(struct cli *cli, struct discern_drive *drive, struct discern_error *err)
{
	struct discern_medium medium;
	struct report *report;

	if (discern_drive_medium(drive, DISCERN_MEDIUM_FOR_READING, &medium, err) < 0)
		return cli_fail(cli, err);
	report = cli_report(cli);
	report_string(report, "drive", NULL, discern_drive_path(drive));
	report_string(report, "state", NULL, discern_medium_state_name(medium.state));
	report_string(report, "profile", NULL,
		      medium.state == DISCERN_MEDIUM_NONE ? NULL : discern_profile_name(medium.profile));
	if (medium.state == DISCERN_MEDIUM_NONE)
		report_text(report, "disc", "none in %s%s", discern_drive_path(drive),
			    medium.is_tray_open ? ", and the tray is still open" : "");
	else
		report_text(report, "disc", "%s, %s, in %s", discern_profile_name(medium.profile),
			    discern_medium_state_name(medium.state), discern_drive_path(drive));
	report_finish(report);
	discern_medium_clear(&medium);
	return CLI_EXIT_GOOD;
}

static int run(struct cli *cli, int argc, char **argv)
{
	static const struct option own[] = { { 0 } };
	struct discern_drive *drive = NULL;
	struct discern_error err;
	int ret = cli_getopt(cli, &cmd_load, argc, argv, "", own);

	if (ret != -1)
		return ret == CLI_OPTION_DONE ? CLI_EXIT_GOOD : CLI_EXIT_USAGE;
	if (argc - optind > 1)
		return cli_usage(cli, "one drive at a time, not %d", argc - optind);
	ret = cli_open_drive(cli, argv[optind], true, &drive, &err);
	if (ret != 0)
		return ret;
	if (discern_drive_load(drive, &err) < 0)
		ret = cli_fail(cli, &err);
	else
		ret = tell_medium(cli, drive, &err);
	cli_close_drive(cli, drive);
	return ret;
}

const struct cli_command cmd_load = {
	.name = "load",
	.summary = "close the tray of a drive and tell what is in it",
	.help = "Usage: discern load [DRIVE]\n"
		"\n"
		"Closes the tray of DRIVE (/dev/sr0, or just sr0), waits until the drive has looked at the disc, and\n"
		"tells what it is. Drives of laptops have no motor for this: push their tray in by hand.\n",
	.run = run,
};
