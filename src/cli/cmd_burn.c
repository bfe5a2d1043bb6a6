/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <discern/burn.h>
#include <discern/verify.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "cli/burn_cd.h"
#include "cli/burn_options.h"
#include "cli/burn_receipt.h"
#include "cli/burn_report.h"
#include "cli/burn_several.h"
#include "cli/command.h"
#include "cli/reload.h"
#include "cli/verify_report.h"
#include "disc/packed_file.h"

struct job {
	struct cli *cli;
	struct report *report;
	struct discern_drive *drive;
	struct burn_options options;
	struct discern_burn_check check;
	struct discern_burn_plan plan;
	struct discern_burn_result result;
	struct burn_receipt receipt;
	/* The disc was begun; and all of it was written and closed. */
	bool has_begun;
	bool is_burned;
	/* Burned as it came, but not all of it could be had. */
	bool is_flawed;
};

/* There is nothing to read back of what was not written. */
static bool will_verify(const struct job *job)
{
	return job->options.will_verify && !job->options.burn.simulate;
}

/* ---- steps; each gives an exit code ---- */

static int open_drive(struct job *job, struct discern_error *err)
{
	return job->drive != NULL ? 0 : cli_open_drive(job->cli, job->options.drive_name, true, &job->drive, err);
}

static bool is_packed(const char *path)
{
	uint8_t magic[PACKING_MAGIC_SIZE];
	AUTO_FCLOSE FILE *file = fopen(path, "re");

	return file != NULL && packing_of(magic, fread(magic, 1, sizeof(magic), file)) != PACKING_NONE;
}

/* Before minutes go into the check: is there a drive, may it be used, and is a disc in it? Where the check takes but
 * a moment, what is wrong with the image is told first. */
static int find_drive(struct job *job)
{
	enum { A_MOMENT_BYTES = 100000000 };
	struct discern_medium medium;
	struct discern_error err;
	struct stat status;
	int ret;

	if (stat(job->options.image_path, &status) < 0 || !S_ISREG(status.st_mode) ||
	    (status.st_size < A_MOMENT_BYTES && !is_packed(job->options.image_path)))
		return CLI_EXIT_GOOD;
	ret = open_drive(job, &err);
	if (ret != 0)
		return ret;
	if (discern_drive_medium(job->drive, DISCERN_MEDIUM_FOR_READING, &medium, &err) < 0)
		return cli_fail(job->cli, &err);
	if (medium.state == DISCERN_MEDIUM_NONE) {
		discern_error_set(&err, -ENOMEDIUM, "%s: no disc in the drive", discern_drive_path(job->drive));
		ret = cli_fail(job->cli, &err);
	}
	/* Nothing is unpacked that this disc has no room for. */
	job->options.burn.max_bytes = (uint64_t)medium.capacity_sectors * DISCERN_SECTOR_SIZE;
	discern_medium_clear(&medium);
	return ret;
}

static int check_image(struct job *job)
{
	struct discern_error err;

	if (job->options.window_fd >= 0) {
		/* Another process has checked it for several. */
		if (discern_burn_window_open(job->options.window_fd, &job->check, &err) < 0)
			return cli_fail(job->cli, &err);
	} else if (discern_burn_check(job->options.image_path, &job->options.burn, &job->cli->observer, &job->check,
				      &err) < 0)
		return cli_fail(job->cli, &err);
	progress_end(job->cli->progress);
	if (job->cli->feed != NULL)
		snprintf(job->check.path, sizeof(job->check.path), "%s", job->cli->feed->origin);
	burn_report_image(job->report, &job->check);
	return CLI_EXIT_GOOD;
}

/* An x depends on the medium. */
static int translate_speed(struct job *job, struct discern_error *err)
{
	struct discern_medium medium;
	int ret = discern_drive_medium(job->drive, DISCERN_MEDIUM_FOR_READING, &medium, err);

	if (ret < 0)
		return ret;
	job->options.burn.speed_kbps = speed_option_kbps(&job->options.speed, discern_profile_1x_kbps(medium.profile));
	discern_medium_clear(&medium);
	return 0;
}

static int make_plan(struct job *job)
{
	const struct burn_intent intent = { .will_verify = will_verify(job),
					    .check_seconds = job->check.seconds,
					    .is_checked_later = job->check.kind == DISCERN_IMAGE_PIPE };
	struct discern_error err;
	int ret = open_drive(job, &err);

	/* Who can be asked, is asked, when it is known what would be lost. */
	if (burn_options_may_ask(&job->options))
		job->options.burn.overwrite = true;

	if (ret != 0)
		return ret;
	if (translate_speed(job, &err) < 0 ||
	    discern_burn_plan(job->drive, &job->check, &job->options.burn, &job->plan, &err) < 0)
		return cli_fail(job->cli, &err);
	burn_report_disc(job->report, &job->plan, job->drive);
	burn_report_plan(job->report, &job->plan, &intent);
	return CLI_EXIT_GOOD;
}

/* What is blanked is gone even if the burn then fails; and what is written over is gone as well. */
static int agree_to_loss(struct job *job)
{
	const struct discern_burn_plan *plan = &job->plan;
	const char *what = plan->blank ? "blank" : plan->format != DISCERN_FORMAT_NONE ? "format" : "burn over";
	char disc[CLI_DRIVE_NAME];

	if (!plan->blank && (plan->overwrites[0] == '\0' || !cli_will_ask(job->cli)))
		return CLI_EXIT_GOOD;
	if (plan->blank && plan->state == DISCERN_MEDIUM_APPENDABLE && cli_can_ask(job->cli))
		cli_say(job->cli, "--append would add a session to this disc, and keep what it holds");
	snprintf(disc, sizeof(disc), "the %s in %s", discern_profile_name(plan->profile),
		 discern_drive_path(job->drive));
	if (cli_confirm_loss(job->cli, what, disc, plan->overwrites))
		return CLI_EXIT_GOOD;
	return cli_refused(job->cli);
}

static int write_disc(struct job *job)
{
	struct discern_spares before, after;
	struct discern_error err;

	cli_begin_writing(job->cli, job->drive, "burning a disc");
	discern_drive_spares(job->drive, job->plan.profile, &before, NULL);
	job->has_begun = true;
	if (job->plan.start_lba > 0 || job->plan.leave_open)
		job->receipt.session = job->plan.session;
	if (job->cli->feed != NULL)
		job->cli->feed->is_burning = true;
	if (discern_burn(job->drive, &job->check, &job->plan, &job->options.burn, &job->cli->observer, &job->result,
			 &err) < 0)
		return cli_fail(job->cli, &err);
	job->is_burned = true;
	/* Of a pipe it was not known before. */
	memcpy(job->check.sha256, job->result.sha256, sizeof(job->check.sha256));
	progress_end(job->cli->progress);
	burn_report_write(job->report, &job->plan, &job->result);
	discern_drive_spares(job->drive, job->plan.profile, &after, NULL);
	burn_report_spares(job->report, &before, &after);
	return CLI_EXIT_GOOD;
}

static int judge_verify(const struct job *job, const struct discern_verify_result *result)
{
	int code = cli_verify_exit(result);

	/* Equal to the file as it is now; it also has to be what was checked. */
	if (code == CLI_EXIT_GOOD && strcmp(result->disc_sha256, job->result.sha256) != 0)
		code = CLI_EXIT_DIFFERENT;
	return code;
}

/* Of a disc that is burned, but not compared. */
static void hint_verify(const struct job *job, const char *first)
{
	if (job->check.kind == DISCERN_IMAGE_FILE || job->check.kind == DISCERN_IMAGE_PACKED)
		fprintf(stderr, "  hint: %sdiscern verify %s %s\n", first, job->options.image_path,
			discern_drive_path(job->drive));
}

static int verify(struct job *job)
{
	struct discern_verify_result result;
	struct discern_error err;
	bool is_reloaded = false;
	int ret;

	if (cli_signal() == 0 && !cli_reload(job->cli, job->drive, &is_reloaded)) {
		cli_complain(job->cli, "burned, but not verified: the tray stayed open");
		hint_verify(job, "close it, then: ");
		return CLI_EXIT_FAILED;
	}
	ret = discern_verify_burned(job->drive, &job->check, job->plan.start_lba, &job->cli->observer, &result, &err);
	if (ret < 0) {
		ret = cli_fail(job->cli, &err);
		cli_complain(job->cli, "burned, but not verified");
		if (job->cli->error.hint[0] == '\0')
			hint_verify(job, "the disc is complete; compare it later: ");
	} else {
		progress_end(job->cli->progress);
		burn_report_verify(job->report, &result);
		report_bool(job->report, "reloaded", NULL, is_reloaded, NULL);
		ret = judge_verify(job, &result);
	}
	discern_verify_result_clear(&result);
	return ret;
}

static const char *image_name(const struct job *job)
{
	return strcmp(job->options.image_path, "-") == 0 ? "what came from standard input"
								: cli_image_words(job->cli, job->options.image_path);
}

/* The last row; nothing more is said of a failure that was already told. */
static void report_verdict(struct job *job, int code)
{
	struct report *report = job->report;
	const char *verdict = "failed";

	if (job->is_flawed) {
		verdict = "incomplete";
		report_text(report, "bad", "the disc holds no more than what could be read of %s", image_name(job));
	} else if (job->options.is_dry_run && code == CLI_EXIT_GOOD) {
		verdict = "not burned";
		report_text(report, "dry run", "nothing was written");
	} else if (code == CLI_EXIT_GOOD && job->options.burn.simulate) {
		verdict = "simulated";
		report_text(report, "trial", "the drive took all of it; nothing was written, and the disc is %s",
			    discern_medium_state_name(job->plan.state));
	} else if (code == CLI_EXIT_GOOD && job->options.will_verify) {
		verdict = "good";
		report_text(report, "good", "the %s equals %s", job->plan.start_lba > 0 ? "session" : "disc",
			    image_name(job));
	} else if (code == CLI_EXIT_GOOD) {
		verdict = "not verified";
		report_text(report, "burned", "not verified: what is on the disc was not read back");
	} else if (code == CLI_EXIT_DIFFERENT) {
		verdict = "different";
		report_text(report, "bad", "the disc does not equal %s: burn another one, slower or in another drive",
			    image_name(job));
	} else if (code == CLI_EXIT_UNREADABLE) {
		verdict = "unreadable";
		report_text(report, "bad",
			    "not all of the disc can be read: burn another one, slower or in another "
			    "drive");
	} else if (job->is_burned) {
		verdict = "not verified";
	}
	report_bool(report, "dry_run", NULL, job->options.is_dry_run, NULL);
	report_string(report, "verdict", NULL, verdict);
}

static int run_steps(struct job *job)
{
	int ret = find_drive(job);

	if (ret == CLI_EXIT_GOOD && !job->options.no_receipt && !job->options.is_dry_run && !job->options.burn.simulate)
		ret = burn_receipt_place(&job->receipt, job->options.receipt, job->options.image_path);
	if (ret == CLI_EXIT_GOOD)
		ret = check_image(job);
	if (ret == CLI_EXIT_GOOD)
		ret = make_plan(job);
	if (ret != CLI_EXIT_GOOD || job->options.is_dry_run)
		return ret;
	ret = agree_to_loss(job);
	if (ret == CLI_EXIT_GOOD)
		ret = write_disc(job);
	if (ret == CLI_EXIT_GOOD && will_verify(job))
		ret = verify(job);
	return ret;
}

/* What is made while it is burned has an end of its own. */
static int judge_feed(struct job *job, int code)
{
	const struct cli_feed *feed = job->cli->feed;
	int both = feed != NULL ? feed->judge(feed->user, job->report, code) : code;

	job->is_flawed = code == CLI_EXIT_GOOD && (both != code || job->cli->is_image_incomplete);
	return both;
}

/* Done at the end whatever came of it, but not to a disc that a dry run only looked at. */
static int eject(struct job *job, int code)
{
	struct discern_error err;

	if (!job->options.will_eject || job->options.is_dry_run || job->drive == NULL)
		return code;
	if (discern_drive_eject(job->drive, &err) == 0)
		return code;
	return code == CLI_EXIT_GOOD ? cli_fail(job->cli, &err) : code;
}

static int run(struct cli *cli, int argc, char **argv)
{
	struct job job = { .cli = cli, .options = { .cli = cli, .will_verify = true, .window_fd = -1 } };
	int written = CLI_EXIT_GOOD;
	int ret = burn_options_parse(&job.options, argc, argv);

	if (ret != -1) {
		worker_words_clear(&job.options.words);
		return ret;
	}
	if (burn_options_are_several(&job.options)) {
		ret = burn_several(&job.options);
		worker_words_clear(&job.options.words);
		return ret;
	}
	if (burn_cd_is_wanted(&job.options)) {
		cli_catch_signals();
		ret = burn_cd(&job.options, argv);
		worker_words_clear(&job.options.words);
		return ret;
	}
	burn_receipt_init(&job.receipt, cli, argv);
	cli_catch_signals();
	job.report = cli_report(cli);
	ret = judge_feed(&job, run_steps(&job));
	report_verdict(&job, ret);
	ret = eject(&job, ret);
	cli_report_error(cli, job.report);
	if (job.has_begun)
		written = burn_receipt_write(&job.receipt, &job.check, job.report);
	report_finish(job.report);
	cli_close_drive(cli, job.drive);
	burn_receipt_free(&job.receipt);
	discern_burn_window_free(job.check.window);
	discern_burn_check_clear(&job.check);
	worker_words_clear(&job.options.words);
	return ret == CLI_EXIT_GOOD ? written : ret;
}

const struct cli_command cmd_burn = {
	.name = "burn",
	.summary = "write an image onto a disc and verify it",
	.help = burn_options_help,
	.run = run,
};
