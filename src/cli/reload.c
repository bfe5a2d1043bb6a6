/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/reload.h"

#include <unistd.h>

bool cli_has_medium(struct discern_drive *drive)
{
	struct discern_medium medium;
	bool has = false;

	if (discern_drive_medium(drive, DISCERN_MEDIUM_FOR_READING, &medium, NULL) == 0) {
		has = medium.state != DISCERN_MEDIUM_NONE;
		discern_medium_clear(&medium);
	}
	return has;
}

/* A drive without a motor that pulls the tray in needs a hand; false if nobody is there. */
static bool ask_for_tray(struct cli *cli)
{
	char line[16];

	if (!isatty(STDIN_FILENO) || cli->assume_yes)
		return false;
	progress_pause(cli->progress);
	fprintf(stderr, "discern: %s: push the tray in, then press Enter: ", cli->verb);
	return fgets(line, sizeof(line), stdin) != NULL;
}

bool cli_reload(struct cli *cli, struct discern_drive *drive, bool *ret_is_reloaded)
{
	const struct discern_progress progress = {
		.phase = DISCERN_PHASE_RELOAD,
		.seconds_left = UINT32_MAX,
		.seconds_left_bad = UINT32_MAX,
		.fifo_percent = DISCERN_PERCENT_UNKNOWN,
		.drive_buffer_percent = DISCERN_PERCENT_UNKNOWN,
	};
	struct discern_error err;

	*ret_is_reloaded = true;
	progress_show(cli->progress, &progress);
	if (discern_drive_eject(drive, &err) < 0) {
		if (!cli->quiet)
			cli_say(cli, "the disc is read back without taking it out first: %s", err.text);
		*ret_is_reloaded = false;
		return true;
	}
	if (discern_drive_load(drive, &err) == 0 && cli_has_medium(drive))
		return true;
	return ask_for_tray(cli) && discern_drive_load(drive, &err) == 0 && cli_has_medium(drive);
}
