/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "cli/vdrive_clock.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"

static void tell(struct cli *cli, unsigned number, const struct vdrive_clock_state *state)
{
	char duration[TEXT_SIZE];

	cli_say(cli,
		"sr%u: %s (%.3f s) by the drive's clock; %" PRIu64 " commands, %" PRIu64 " seeks, %" PRIu64 " retries",
		number, text_duration(state->elapsed_us / 1000000, duration), (double)state->elapsed_us / 1e6,
		state->n_commands, state->n_seeks, state->n_retries);
}

static int print_line(char *text, size_t size, unsigned number, const struct vdrive_clock_state *state)
{
	return snprintf(
		text, size,
		"sr%u seconds=%" PRIu64 ".%06" PRIu64 " commands=%" PRIu64 " seeks=%" PRIu64 " spin_ups=%" PRIu64
		" retries=%" PRIu64 " underruns=%" PRIu64 " read_sectors=%" PRIu64 " written_sectors=%" PRIu64 "\n",
		number, state->elapsed_us / 1000000, state->elapsed_us % 1000000, state->n_commands, state->n_seeks,
		state->n_spin_ups, state->n_retries, state->n_underruns, state->read_sectors, state->written_sectors);
}

void vdrive_clock_report(struct cli *cli, const struct session_options *options, const struct session_result *result,
			 const char *path, struct discern_error *err)
{
	enum { LINE = 300 };
	char text[SERVER_MAX_DRIVES * LINE];
	size_t length = 0;

	for (size_t i = 0; i < options->n_drives; i++) {
		unsigned number = options->drives[i].number;

		if (cli->verbosity > 0)
			tell(cli, number, &result->clocks[i]);
		length += (size_t)print_line(text + length, LINE, number, &result->clocks[i]);
	}
	if (path != NULL)
		file_replace(path, text, length, err);
}
