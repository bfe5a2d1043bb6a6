/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A drive that drops out or is reset in the middle of a job, and comes back: with the same disc in it? */
#include <errno.h>

#include "base/error.h"
#include "base/text.h"
#include "rip/job_private.h"

/* Only what has its place in the image already. */
static int compare_with_image(struct job *job, struct discern_source *source, struct discern_error *err)
{
	if (job->pipeline == NULL || pipeline_drain(job->pipeline) < 0)
		return 0;
	return identity_compare(source, &job->plan, job->map, job->output.fd, err);
}

/* By the marks of the disc, and by sectors that were read from it before. */
static int compare_disc(struct job *job, struct discern_source *source, struct discern_error *err)
{
	char identity[IDENTITY_SIZE];
	int ret;

	/* Nothing was read yet that counts. */
	if (job->identity[0] == '\0')
		return 0;
	source_because(source, "the drive was away: is it the same disc");
	ret = identity_make(job->medium, source, &job->plan, identity, err);
	if (ret == 0 && !identity_matches(job->identity, identity))
		ret = discern_error_set(err, -ESTALE, "its marks differ from those of the disc before");
	return ret == 0 ? compare_with_image(job, source, err) : ret;
}

int rip_on_drop_out(struct discern_source *source, const char *drive, void *user, struct discern_error *err)
{
	const struct rip_drop_out *drop_out = user;
	struct job *job = drop_out->job;
	char duration[TEXT_SIZE];
	int ret;

	if (job == NULL)
		return 0;
	if (source == NULL) {
		observe_message(&job->meter.observer, DISCERN_LEVEL_NOTE,
				"%s: the connection to the drive is lost; waiting for it up to %s", drive,
				text_duration(drop_out->wait_seconds, duration));
		return 0;
	}
	ret = compare_disc(job, source, err);
	if (ret == -ESTALE)
		discern_error_wrap(err, "%s: there is another disc in the drive since it is back", drive);
	if (ret == 0)
		observe_message(&job->meter.observer, DISCERN_LEVEL_NOTE,
				"the drive is back as %s, with the same disc in it: going on", drive);
	return ret;
}

int rip_on_reset(struct discern_source *source, const char *drive, void *user, struct discern_error *err)
{
	const struct rip_drop_out *drop_out = user;
	const char *before;
	int ret;

	if (drop_out->job == NULL || drop_out->job->n_copies > 0)
		return 0;
	before = source_because(source, "the drive was reset: is it the same disc");
	ret = compare_with_image(drop_out->job, source, err);
	source_because(source, before);
	if (ret == -ESTALE)
		discern_error_wrap(err, "%s: there is another disc in the drive since it was reset", drive);
	return ret;
}
