/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/rip_raw.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/file.h"

/* ---- the manifest ---- */

/* What is in its way is told before anything is read. */
static int begin(const struct discern_raw_begin *begin, void *user, struct discern_error *err)
{
	struct rip_raw_run *run = user;

	if (snprintf(run->manifest, sizeof(run->manifest), "%s.json", begin->base_path) >= (int)sizeof(run->manifest))
		return discern_error_set(err, -ENAMETOOLONG, "the name of the image is too long");
	return rip_manifest_check_place(run->manifest, begin->is_resumed ? "\"discern_raw_manifest\"" : NULL, err);
}

int rip_raw_write_manifest(struct rip_raw_run *run)
{
	AUTO_FREE char *text = NULL;
	struct discern_error err = { 0 };
	struct report *report;
	size_t size = 0;
	FILE *out;

	if (run->manifest[0] == '\0')
		return CLI_EXIT_GOOD;
	out = open_memstream(&text, &size);
	if (out == NULL)
		return CLI_EXIT_FAILED;
	report = report_new(out, true);
	rip_raw_report(report, run);
	report_finish(report);
	if (fclose(out) != 0)
		return CLI_EXIT_FAILED;
	return file_replace(run->manifest, text, size, &err) < 0 ? cli_fail(run->options->cli, &err) : CLI_EXIT_GOOD;
}

/* ---- the end ---- */

static int judge(const struct rip_raw_run *run)
{
	const struct discern_rip_raw_result *result = run->result;
	const char *drive = discern_drive_path(run->run.drive);
	struct cli *cli = run->options->cli;
	const uint32_t n_wrong = result->n_states[DISCERN_RAW_WRONG];
	const uint32_t n_out_of_reach = result->n_states[DISCERN_RAW_OUT_OF_REACH];
	const uint32_t n_unsure = result->n_bad_sectors - n_wrong - n_out_of_reach;

	if (n_wrong > 0)
		cli_complain(cli, "%s: %" PRIu32 " sector%s in the image as read: the checksum or address is wrong",
			     drive, n_wrong, n_wrong == 1 ? " is" : "s are");
	if (n_out_of_reach > 0)
		cli_complain(cli, RIP_OUT_OF_REACH, drive, n_out_of_reach, n_out_of_reach == 1 ? "" : "s");
	if (n_unsure > 0)
		cli_complain(cli,
			     "%s: %" PRIu32 " sector%s could not be read for sure; the same command tries again, also "
			     "in another drive",
			     drive, n_unsure, n_unsure == 1 ? "" : "s");
	if (result->n_lost_subchannels > 0)
		cli_complain(cli, "%s: the sub-channels of %" PRIu32 " sector%s could not be read", drive,
			     result->n_lost_subchannels, result->n_lost_subchannels == 1 ? "" : "s");
	if (result->n_bad_sectors > 0 && run->options->raw.dat_path != NULL)
		cli_complain(cli, "with bad sectors the tracks are not looked up in %s", run->options->raw.dat_path);
	if (result->n_bad_sectors > 0 || result->n_lost_subchannels > 0)
		return CLI_EXIT_UNREADABLE;
	if (result->dat != DISCERN_RAW_DAT_PART && result->dat != DISCERN_RAW_DAT_OTHER)
		return CLI_EXIT_GOOD;
	cli_complain(cli, "%s: the disc is none that %s knows", drive, run->options->raw.dat_path);
	return CLI_EXIT_DIFFERENT;
}

int rip_raw(struct rip_options *options, struct discern_drive *drive, const char *const *command)
{
	/* Too large for the stack of a small thread, and there is only one. */
	static struct discern_rip_raw_result result;
	static struct rip_raw_run run;
	struct discern_error err = { 0 };
	struct report *report;
	int ret, written;

	run = (struct rip_raw_run){ options, &result, { drive, command, time(NULL) }, "" };
	options->raw.output = options->rip.output;
	options->raw.retries = options->rip.retries;
	options->raw.max_seconds = options->rip.max_seconds;
	options->raw.speed_kbps = options->rip.speed_kbps;
	options->raw.offset_samples = options->audio.offset_samples;
	if (!options->no_manifest) {
		options->raw.begin = begin;
		options->raw.user = &run;
	}
	if (discern_rip_raw(drive, &options->raw, &options->cli->observer, &result, &err) < 0)
		return cli_fail(options->cli, &err);
	progress_end(options->cli->progress);
	written = rip_raw_write_manifest(&run);
	if (written == CLI_EXIT_GOOD)
		written = rip_manifest_write_page(options, run.manifest);
	report = cli_report(options->cli);
	rip_raw_report(report, &run);
	if (written == CLI_EXIT_GOOD && options->report != NULL)
		report_string(report, "report", "report", options->report);
	report_finish(report);
	ret = judge(&run);
	return ret == CLI_EXIT_GOOD ? written : ret;
}
