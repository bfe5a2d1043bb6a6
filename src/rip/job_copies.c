/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A job in several drives at once. */
#include <errno.h>

#include "base/error.h"
#include "rip/job_private.h"
#include "rip/team.h"

/*
 * As for a single drive, what each has delivered is held against its disc once more: a drive tells of another disc once, and
 * maybe to another program.
 */
static int check_same_discs(struct job *job, struct team *team)
{
	int code = 0;

	for (size_t i = 0; i < team->n_members; i++) {
		struct member *member = &team->members[i];
		struct discern_error err = { 0 };
		struct map_range range;

		source_because(member->passes.source, "is it still the same disc");
		if (!member_is_alive(member) || map_count(member->known, MAP_GOOD) == 0 ||
		    identity_compare(member->passes.source, &job->plan, member->known, job->output.fd, &err) !=
			    -ESTALE ||
		    err.lba == DISCERN_NO_LBA)
			continue;
		for (uint32_t at = 0; map_next(member->known, at, MAP_GOOD, &range); at = range.start + range.n_sectors)
			if (map_set(job->map, range.start, range.n_sectors, MAP_UNTRIED) < 0)
				return discern_error_set(job->err, -ENOMEM, "out of memory");
		discern_error_wrap(&err, "%s: the disc was changed while it was read", member->name);
		*job->err = err;
		code = -ESTALE;
	}
	return code;
}

int job_run_copies(struct job *job)
{
	const struct team_job wanted = {
		.usual = job->passes,
		.output = &job->output,
		.copies = job->copies,
		.n_copies = job->n_copies,
		.is_paranoid = job->options->is_paranoid,
		.meter = &job->meter,
	};
	struct team *team = NULL;
	int ret = team_new(&wanted, &team, job->err);

	if (ret < 0)
		return ret;
	record_start(job->record, passes_now(&job->passes));
	ret = team_run(team, job->err);
	if (ret == 0)
		ret = team_compare_copies(team, job->err);
	if (ret == 0 && pipeline_drain(job->pipeline) == 0)
		ret = check_same_discs(job, team);
	job->passes.header.current_status = map_count(job->map, MAP_UNTRIED) > 0 ? MAP_UNTRIED : MAP_FAILED;
	job->passes.ahead_seconds = team->job.usual.ahead_seconds;
	job->passes.is_bad_by_design = team->job.usual.is_bad_by_design;
	team_tell(team, job->result);
	team_free(team);
	return ret;
}
