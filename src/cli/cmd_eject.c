/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <getopt.h>

#include "cli/command.h"

/** Opens the tray; path becomes the drive's full one. With wait it is no error that a drive cannot do that by itself, if
 *  somebody takes the disc out. */
static int eject(struct cli *cli, char path[CLI_DRIVE_NAME], bool wait)
{
	struct discern_drive *drive = NULL;
	struct discern_error err;
	int ret = cli_open_drive(cli, path, false, &drive, &err);

	if (ret != 0)
		return ret;
	snprintf(path, CLI_DRIVE_NAME, "%s", discern_drive_path(drive));
	if (discern_drive_eject(drive, &err) < 0) {
		if (wait && err.code != -ENODEV)
			cli_say(cli, "%s; take the disc out by hand", err.text);
		else
			ret = cli_fail(cli, &err);
	}
	cli_close_drive(cli, drive);
	return ret;
}

static int run(struct cli *cli, int argc, char **argv)
{
	static const struct option own[] = { { "wait", no_argument, NULL, 'w' }, { 0 } };
	char path[CLI_DRIVE_NAME];
	struct discern_error err;
	struct report *report;
	bool wait = false;
	int ret;

	while ((ret = cli_getopt(cli, &cmd_eject, argc, argv, "", own)) != -1) {
		if (ret != 'w')
			return ret == CLI_OPTION_DONE ? CLI_EXIT_GOOD : CLI_EXIT_USAGE;
		wait = true;
	}
	if (argc - optind > 1)
		return cli_usage(cli, "one drive at a time, not %d", argc - optind);
	ret = cli_name_drive(cli, argv[optind], path, &err);
	if (ret == 0)
		ret = eject(cli, path, wait);
	if (ret != 0)
		return ret;
	if (wait) {
		cli_catch_signals();
		if (discern_drive_wait(path, DISCERN_WAIT_FOR_REMOVAL, &cli->observer, &err) < 0)
			return cli_fail(cli, &err);
		progress_end(cli->progress);
	}
	report = cli_report(cli);
	report_string(report, "drive", NULL, path);
	report_string(report, "tray", NULL, "open");
	report_finish(report);
	return CLI_EXIT_GOOD;
}

const struct cli_command cmd_eject = {
	.name = "eject",
	.summary = "open the tray of a drive",
	.help = "Usage: discern eject [OPTION…] [DRIVE]\n"
		"\n"
		"Opens the tray of DRIVE (/dev/sr0, or just sr0). Without DRIVE it is the only drive, or the only\n"
		"one with a disc. A drive that is in use, by a mount or another program, stays closed.\n"
		"\n"
		"      --wait  go on when the disc is out; of a drive that cannot open its tray it is taken out by hand\n",
	.run = run,
};
