/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/burn_cd.h"

#include <limits.h>

#include "base/error.h"
#include "cli/burn_cd_report.h"
#include "cli/burn_report.h"
#include "cli/reload.h"
#include "cli/verify_cd.h"

/* There is nothing to read back of what was not written. */
static bool will_verify(const struct burn_options *options)
{
	return options->will_verify && !options->burn.simulate;
}

bool burn_cd_is_wanted(const struct burn_options *options)
{
	return options->is_audio || discern_cd_is_one(options->image_path);
}

int burn_cd_open(const struct burn_options *options, struct discern_cd **ret_cd)
{
	const struct discern_cd_sounds sounds = { options->n_sounds, (const char *const *)options->sounds,
						  options->n_gap_sectors };
	struct discern_error err;
	int ret = options->is_audio ? discern_cd_open_sounds(&sounds, ret_cd, &err)
				    : discern_cd_open(options->image_path, ret_cd, &err);

	return ret < 0 ? cli_fail(options->cli, &err) : CLI_EXIT_GOOD;
}

static int check_image(struct burn_cd_job *job)
{
	struct discern_error err;

	if (discern_burn_cd_check(job->cd, &job->burn, &job->cli->observer, &job->check, &err) < 0)
		return cli_fail(job->cli, &err);
	progress_end(job->cli->progress);
	burn_cd_report_image(job->report, job->cd, &job->check);
	if (job->receipt.path[0] == '\0')
		return CLI_EXIT_GOOD;
	if (discern_cd_digest(job->cd, &job->cli->observer, &job->digest, &err) < 0)
		return cli_fail(job->cli, &err);
	progress_end(job->cli->progress);
	return CLI_EXIT_GOOD;
}

static int make_plan(struct burn_cd_job *job)
{
	struct discern_error err;
	int ret = job->drive != NULL ? 0 : cli_open_drive(job->cli, job->options->drive_name, true, &job->drive, &err);

	if (ret != 0)
		return ret;
	job->burn.overwrite = job->options->burn.overwrite || burn_options_may_ask(job->options);
	job->burn.speed_kbps = speed_option_kbps(&job->options->speed, discern_profile_1x_kbps(DISCERN_PROFILE_CD_R));
	if (discern_burn_cd_plan(job->drive, job->cd, &job->check, &job->burn, &job->plan, &err) < 0)
		return cli_fail(job->cli, &err);
	burn_cd_report_plan(job->report, job);
	if (!job->plan.has_text)
		job->digest.n_text_packs = 0;
	return CLI_EXIT_GOOD;
}

static int agree_to_loss(struct burn_cd_job *job)
{
	char disc[CLI_DRIVE_NAME];

	snprintf(disc, sizeof(disc), "the %s in %s", discern_profile_name(job->plan.profile),
		 discern_drive_path(job->drive));
	if (!job->plan.blank || cli_confirm_loss(job->cli, "blank", disc, job->plan.overwrites))
		return CLI_EXIT_GOOD;
	return cli_refused(job->cli);
}

static int write_disc(struct burn_cd_job *job)
{
	const struct discern_burn_cd_job burn = { job->cd, &job->check, &job->plan, &job->burn };
	/* For the rows that all burns have alike. */
	const struct discern_burn_plan plan = { .profile = job->plan.profile,
						.speed_1x_kbps = job->plan.speed_1x_kbps,
						.simulate = job->burn.is_test };
	struct discern_burn_result result;
	struct discern_error err;

	cli_begin_writing(job->cli, job->drive, "burning a disc");
	job->has_begun = true;
	if (discern_burn_cd(job->drive, &burn, &job->cli->observer, &result, &err) < 0)
		return cli_fail(job->cli, &err);
	job->is_burned = true;
	progress_end(job->cli->progress);
	burn_report_write(job->report, &plan, &result);
	return CLI_EXIT_GOOD;
}

static int verify(struct burn_cd_job *job)
{
	const struct discern_verify_cd_options options = { .no_text = !job->plan.has_text };
	struct discern_verify_cd_result result;
	struct discern_error err;
	bool is_reloaded = false;
	int ret;

	if (cli_signal() == 0 && !cli_reload(job->cli, job->drive, &is_reloaded)) {
		cli_complain(job->cli, "burned, but not verified: the tray stayed open");
		fprintf(stderr, "  hint: close it, then: discern verify %s %s\n", job->options->image_path,
			discern_drive_path(job->drive));
		return CLI_EXIT_FAILED;
	}
	ret = discern_verify_cd(job->drive, job->cd, &options, &job->cli->observer, &result, &err);
	if (ret < 0) {
		ret = cli_fail(job->cli, &err);
		cli_complain(job->cli, "burned, but not verified");
		if (job->cli->error.hint[0] == '\0' && !job->options->is_audio && job->cli->image_words == NULL)
			fprintf(stderr, "  hint: the disc is complete; compare it later: discern verify %s %s\n",
				job->options->image_path, discern_drive_path(job->drive));
		return ret;
	}
	progress_end(job->cli->progress);
	burn_cd_report_verify(job->report, &result);
	report_bool(job->report, "reloaded", NULL, is_reloaded, NULL);
	return cli_verify_cd_exit(&result);
}

/* Once more than the words says it for programs. */
static void report_verdict(struct burn_cd_job *job, int code)
{
	struct report *report = job->report;
	const char *image = cli_image_words(job->cli, job->options->image_path);
	const size_t n_more = job->options->n_sounds > 1 ? job->options->n_sounds - 1 : 0;
	const char *verdict = "failed";
	char sounds[PATH_MAX + 32];

	if (n_more > 0) {
		snprintf(sounds, sizeof(sounds), "%s and %zu file%s more", image, n_more, n_more == 1 ? "" : "s");
		image = sounds;
	}

	if (job->cli->is_image_incomplete && code == CLI_EXIT_GOOD) {
		verdict = "incomplete";
		report_text(report, "bad", "the disc holds no more than what could be read of %s", image);
	} else if (job->options->is_dry_run && code == CLI_EXIT_GOOD) {
		verdict = "not burned";
		report_text(report, "dry run", "nothing was written");
	} else if (code == CLI_EXIT_GOOD && job->burn.is_test) {
		verdict = "simulated";
		report_text(report, "trial", "the drive took all of it; nothing was written, and the disc is blank");
	} else if (code == CLI_EXIT_GOOD && job->options->will_verify) {
		verdict = "good";
		report_text(report, "good", "the disc equals %s%s%s", image,
			    job->plan.lacks[0] != '\0' ? ", but lacks " : "", job->plan.lacks);
	} else if (code == CLI_EXIT_GOOD) {
		verdict = "not verified";
		report_text(report, "burned", "not verified: what is on the disc was not read back");
	} else if (code == CLI_EXIT_DIFFERENT) {
		verdict = "different";
		report_text(report, "bad", "the disc does not equal %s: burn another one, slower or in another drive",
			    image);
	} else if (code == CLI_EXIT_UNREADABLE) {
		verdict = "unreadable";
		report_text(report, "bad", "not all of the disc can be read back in this drive");
	} else if (job->is_burned) {
		verdict = "not verified";
	}
	report_bool(report, "dry_run", NULL, job->options->is_dry_run, NULL);
	report_string(report, "verdict", NULL, verdict);
}

static int run_steps(struct burn_cd_job *job)
{
	const struct burn_options *options = job->options;
	int ret = burn_cd_open(options, &job->cd);

	job->burn.write_offset_samples = options->write_offset_samples;
	job->burn.no_text = options->no_text;
	job->burn.remake_sectors = options->burn.any_file;
	job->burn.is_test = options->burn.simulate;
	if (ret == CLI_EXIT_GOOD && !options->no_receipt && !options->is_dry_run && !options->burn.simulate)
		ret = burn_receipt_place(&job->receipt, options->receipt, options->image_path);
	if (ret == CLI_EXIT_GOOD)
		ret = check_image(job);
	if (ret == CLI_EXIT_GOOD)
		ret = make_plan(job);
	if (ret != CLI_EXIT_GOOD || options->is_dry_run)
		return ret;
	ret = agree_to_loss(job);
	if (ret == CLI_EXIT_GOOD)
		ret = write_disc(job);
	if (ret == CLI_EXIT_GOOD && will_verify(options))
		ret = verify(job);
	return ret;
}

int burn_cd_refuse_options(const struct burn_options *options)
{
	if (options->burn.append || options->burn.multi)
		return cli_usage(options->cli, "--append and --multi are not for CDs with tracks");
	if (options->burn.checksum != NULL)
		return cli_usage(options->cli, "a checksum is one of an image in one file; %s has tracks",
				 options->image_path);
	return CLI_EXIT_GOOD;
}

static int eject(struct burn_cd_job *job, int code)
{
	struct discern_error err;

	if (!job->options->will_eject || job->options->is_dry_run || job->drive == NULL ||
	    discern_drive_eject(job->drive, &err) == 0)
		return code;
	return code == CLI_EXIT_GOOD ? cli_fail(job->cli, &err) : code;
}

int burn_cd(const struct burn_options *options, char **argv)
{
	struct burn_cd_job job = { .options = options, .cli = options->cli };
	int written = CLI_EXIT_GOOD;
	int ret = burn_cd_refuse_options(options);

	if (ret != CLI_EXIT_GOOD)
		return ret;
	burn_receipt_init(&job.receipt, job.cli, argv);
	job.report = cli_report(job.cli);
	ret = run_steps(&job);
	report_verdict(&job, ret);
	ret = eject(&job, ret);
	cli_report_error(job.cli, job.report);
	if (job.has_begun)
		written = burn_receipt_write_cd(&job.receipt, options->image_path, &job.digest, job.report);
	report_finish(job.report);
	cli_close_drive(job.cli, job.drive);
	discern_cd_close(job.cd);
	burn_receipt_free(&job.receipt);
	return ret == CLI_EXIT_GOOD ? written : ret;
}
