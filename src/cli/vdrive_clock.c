/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "cli/vdrive_clock.h"

#include <inttypes.h>

#include "base/text.h"

static void tell(struct cli *cli, unsigned number, const struct vdrive_clock_state *state)
{
	char duration[TEXT_SIZE];

	cli_say(cli,
		"sr%u: %s (%.3f s) by the drive's clock; %" PRIu64 " commands, %" PRIu64 " seeks, %" PRIu64 " retries",
		number, text_duration(state->elapsed_us / 1000000, duration), (double)state->elapsed_us / 1e6,
		state->n_commands, state->n_seeks, state->n_retries);
}

void vdrive_clock_report(struct cli *cli, const struct session_options *options, const struct session_result *result)
{
	for (size_t i = 0; i < options->n_drives && cli->verbosity > 0; i++)
		tell(cli, options->drives[i].number, &result->clocks[i]);
}
