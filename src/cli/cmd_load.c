/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <getopt.h>

#include "cli/command.h"
#include "cli/medium_report.h"

static bool has_audio(const struct discern_medium *medium)
{
	for (size_t i = 0; i < medium->n_tracks; i++)
		if (!medium->tracks[i].is_data && !medium->tracks[i].is_blank)
			return true;
	return false;
}

static void tell_medium(struct cli *cli, const struct discern_drive *drive, const struct discern_medium *medium)
{
	struct report *report = cli_report(cli);

	report_string(report, "drive", NULL, discern_drive_path(drive));
	report_string(report, "state", NULL, discern_medium_state_name(medium->state));
	report_string(report, "profile", NULL,
		      medium->state == DISCERN_MEDIUM_NONE ? NULL : discern_profile_name(medium->profile));
	report_bool(report, "has_data", NULL, cli_medium_has_data(medium), NULL);
	report_bool(report, "has_audio", NULL, has_audio(medium), NULL);
	if (medium->state == DISCERN_MEDIUM_NONE)
		report_text(report, "disc", "none in %s%s", discern_drive_path(drive),
			    medium->is_tray_open ? ", and the tray is still open" : "");
	else
		report_text(report, "disc", "%s, %s, in %s", discern_profile_name(medium->profile),
			    discern_medium_state_name(medium->state), discern_drive_path(drive));
	report_finish(report);
}

/** Closes the tray, or waits until somebody has, and tells what is in it. CLI_EXIT_MEDIUM while there is nothing. */
static int look(struct cli *cli, const char *name, bool wait)
{
	struct discern_drive *drive = NULL;
	struct discern_medium medium;
	struct discern_error err;
	int ret = cli_open_drive(cli, name, !wait, &drive, &err);

	if (ret != 0)
		return ret;
	if (discern_drive_medium(drive, DISCERN_MEDIUM_FOR_READING, &medium, &err) < 0) {
		ret = cli_fail(cli, &err);
	} else {
		/* Gone again, or not there yet. */
		if (wait && medium.state == DISCERN_MEDIUM_NONE)
			ret = CLI_EXIT_MEDIUM;
		else
			tell_medium(cli, drive, &medium);
		discern_medium_clear(&medium);
	}
	cli_close_drive(cli, drive);
	return ret;
}

static int wait_and_look(struct cli *cli, const char *name)
{
	struct discern_error err;
	char path[CLI_DRIVE_NAME];
	int ret = cli_name_drive(cli, name, path, &err);

	if (ret != 0)
		return ret;
	cli_catch_signals();
	do {
		if (discern_drive_wait(path, DISCERN_WAIT_FOR_MEDIUM, &cli->observer, &err) < 0)
			return cli_fail(cli, &err);
		progress_end(cli->progress);
		ret = look(cli, path, true);
	} while (ret == CLI_EXIT_MEDIUM && cli->error.code == 0);
	return ret;
}

static int run(struct cli *cli, int argc, char **argv)
{
	static const struct option own[] = { { "wait", no_argument, NULL, 'w' }, { 0 } };
	bool wait = false;
	int ret;

	while ((ret = cli_getopt(cli, &cmd_load, argc, argv, "", own)) != -1) {
		if (ret != 'w')
			return ret == CLI_OPTION_DONE ? CLI_EXIT_GOOD : CLI_EXIT_USAGE;
		wait = true;
	}
	if (argc - optind > 1)
		return cli_usage(cli, "one drive at a time, not %d", argc - optind);
	return wait ? wait_and_look(cli, argv[optind]) : look(cli, argv[optind], false);
}

const struct cli_command cmd_load = {
	.name = "load",
	.summary = "close the tray of a drive and tell what is in it",
	.help = "Usage: discern load [OPTION…] [DRIVE]\n"
		"\n"
		"Closes the tray of DRIVE (/dev/sr0, or just sr0), waits until the drive has looked at the disc, and\n"
		"tells what it is. Drives of laptops have no motor for this: push their tray in by hand.\n"
		"\n"
		"      --wait  leave the tray to people, and wait until there is a disc in the drive\n",
	.run = run,
};
