/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "cli/vdrive_clock.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/cleanup.h"
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

static void print_line(FILE *file, unsigned number, const struct vdrive_clock_state *state)
{
	fprintf(file,
		"sr%u seconds=%" PRIu64 ".%06" PRIu64 " commands=%" PRIu64 " seeks=%" PRIu64 " spin_ups=%" PRIu64
		" retries=%" PRIu64 " underruns=%" PRIu64 " read_sectors=%" PRIu64 " written_sectors=%" PRIu64,
		number, state->elapsed_us / 1000000, state->elapsed_us % 1000000, state->n_commands, state->n_seeks,
		state->n_spin_ups, state->n_retries, state->n_underruns, state->read_sectors, state->written_sectors);
	fprintf(file, " medium_sectors=%u delivered=%u delivered_last=%.6f\n", state->n_medium_sectors,
		state->n_delivered, (double)state->last_delivered_us / 1e6);
}

/* One value for each thousandth of the disc that the host was given. */
static void print_delivery(FILE *file, unsigned number, const struct vdrive_clock_state *state)
{
	if (state->n_delivered == 0)
		return;
	fprintf(file, "sr%u delivered_at", number);
	for (size_t i = 0; i < VDRIVE_CLOCK_PARTS && state->delivered_us[i] != 0; i++)
		fprintf(file, "%c%.3f", i == 0 ? '=' : ',', (double)state->delivered_us[i] / 1e6);
	fprintf(file, "\n");
}

void vdrive_clock_report(struct cli *cli, const struct session_options *options, const struct session_result *result,
			 const char *path, struct discern_error *err)
{
	AUTO_FREE char *text = NULL;
	size_t length = 0;
	FILE *file = open_memstream(&text, &length);

	if (file == NULL) {
		discern_error_set(err, -ENOMEM, "out of memory");
		return;
	}
	for (size_t i = 0; i < options->n_drives; i++) {
		unsigned number = options->drives[i].number;

		if (cli->verbosity > 0)
			tell(cli, number, &result->clocks[i]);
		print_line(file, number, &result->clocks[i]);
		print_delivery(file, number, &result->clocks[i]);
	}
	if (fclose(file) != 0)
		discern_error_set(err, -ENOMEM, "out of memory");
	else if (path != NULL)
		file_replace(path, text, length, err);
}
