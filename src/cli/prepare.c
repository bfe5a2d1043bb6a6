/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/prepare.h"

#include <stdio.h>

#include "base/text.h"
#include "cli/medium_report.h"

static const char *action_name(enum discern_prepare_action action)
{
	switch (action) {
	case DISCERN_PREPARE_BLANK:
		return "blank";
	case DISCERN_PREPARE_ZERO:
		return "overwrite with zeros";
	case DISCERN_PREPARE_FORMAT:
		return "format";
	case DISCERN_PREPARE_NOTHING:
		break;
	}
	return "nothing";
}

static void report_plan(struct report *report, const struct discern_prepare_plan *plan, struct discern_drive *drive)
{
	bool will_act = plan->action != DISCERN_PREPARE_NOTHING;
	char time[TEXT_SIZE] = "";

	if (plan->seconds > 0)
		text_duration(plan->seconds, time);
	report_text(report, "disc", "%s, %s, in %s", discern_profile_name(plan->profile),
		    discern_medium_state_name(plan->state), discern_drive_path(drive));
	report_text(report, "plan", "%s%s%s%s", action_name(plan->action), will_act && plan->full ? ", all of it" : "",
		    will_act && time[0] != '\0' ? ", up to " : "", will_act ? time : "");
	for (size_t i = 0; i < plan->notes.n; i++)
		report_text(report, "", "%s", plan->notes.lines[i]);
	if (plan->loses[0] != '\0')
		report_text(report, "", "the disc loses what it holds: %s", plan->loses);
	report_string(report, "drive", NULL, discern_drive_path(drive));
	report_open_object(report, "plan");
	report_string(report, "profile", NULL, discern_profile_name(plan->profile));
	report_string(report, "state", NULL, discern_medium_state_name(plan->state));
	report_string(report, "action", NULL, action_name(plan->action));
	report_bool(report, "full", NULL, plan->full, NULL);
	report_number(report, "payload_sectors", NULL, plan->payload_sectors, NULL);
	report_string(report, "loses", NULL, plan->loses);
	report_number(report, "seconds", NULL, plan->seconds, NULL);
	report_open_list(report, "notes");
	for (size_t i = 0; i < plan->notes.n; i++)
		report_string(report, "note", NULL, plan->notes.lines[i]);
	report_close(report);
	report_close(report);
}

/* The drive's own view, asked anew. */
static int report_medium(const struct prepare_job *job, struct report *report, struct discern_drive *drive)
{
	struct discern_medium medium;
	struct discern_error err;

	if (discern_drive_medium(drive, DISCERN_MEDIUM_FOR_WRITING, &medium, &err) < 0)
		return cli_fail(job->cli, &err);
	cli_report_medium(report, &medium);
	discern_medium_clear(&medium);
	return CLI_EXIT_GOOD;
}

static int carry_out(const struct prepare_job *job, struct report *report, const struct discern_prepare_plan *plan,
		     struct discern_drive *drive)
{
	struct discern_error err;

	if (plan->loses[0] != '\0' &&
	    !cli_confirm(job->cli, "%s the %s in %s, which holds %s", job->options.format ? "format" : "blank",
			 discern_profile_name(plan->profile), discern_drive_path(drive), plan->loses))
		return cli_refused(job->cli);
	cli_begin_writing(job->cli, drive, job->options.format ? "formatting a disc" : "erasing a disc");
	if (discern_prepare(drive, plan, &job->cli->observer, &err) < 0)
		return cli_fail(job->cli, &err);
	progress_end(job->cli->progress);
	report_text(report, "done", "the disc is %s; the drive says of it now:",
		    job->options.format ? "formatted" : "erased");
	return report_medium(job, report, drive);
}

static int run_on(const struct prepare_job *job, struct report *report, struct discern_drive *drive,
		  const char **ret_verdict)
{
	struct discern_prepare_plan plan;
	struct discern_error err;
	int ret;

	*ret_verdict = "failed";
	if (discern_prepare_plan(drive, &job->options, &plan, &err) < 0)
		return cli_fail(job->cli, &err);
	report_plan(report, &plan, drive);
	if (plan.action == DISCERN_PREPARE_NOTHING || job->is_dry_run) {
		*ret_verdict = "nothing done";
		report_text(report, job->is_dry_run ? "dry run" : "done", "nothing was written");
		return CLI_EXIT_GOOD;
	}
	ret = carry_out(job, report, &plan, drive);
	if (ret == CLI_EXIT_GOOD)
		*ret_verdict = "done";
	return ret;
}

int prepare_run(const struct prepare_job *job)
{
	struct cli *cli = job->cli;
	struct discern_drive *drive = NULL;
	struct discern_error err;
	struct report *report;
	const char *verdict;
	int ret = cli_open_drive(cli, job->drive_name, true, &drive, &err);

	if (ret != 0)
		return ret;
	cli_catch_signals();
	report = cli_report(cli);
	ret = run_on(job, report, drive, &verdict);
	report_bool(report, "dry_run", NULL, job->is_dry_run, NULL);
	report_string(report, "verdict", NULL, verdict);
	cli_report_error(cli, report);
	report_finish(report);
	cli_close_drive(cli, drive);
	return ret;
}
