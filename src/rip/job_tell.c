/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rip/job_private.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"

uint64_t job_image_bytes(const struct job *job)
{
	return (uint64_t)job->plan.n_sectors * DISCERN_SECTOR_SIZE;
}

/* Who opens the image sees the first one, or where audio comes first, nothing. */
static void tell_sessions(const struct job *job)
{
	int32_t session = rip_plan_last_session(job->medium);

	if (job->has_volume && job->volume.has_iso9660 && session > 0)
		observe_message(&job->meter.observer, DISCERN_LEVEL_NOTE,
				"%s: \"mount -t iso9660 -o loop,sbsector=%d\" shows %s",
				rip_plan_data_start(&job->plan) > 0 ? "the data come behind audio"
								    : "the disc has several sessions",
				session,
				rip_plan_data_start(&job->plan) == (uint32_t)session ? "them" : "the last one");
}

void job_tell_size(const struct job *job)
{
	const struct discern_observer *observer = &job->meter.observer;

	for (size_t i = 0; i < job->plan.n_candidates; i++)
		observe_message(observer, DISCERN_LEVEL_DETAIL, "size: %" PRIu32 " sectors by %s%s",
				job->plan.candidates[i].n_sectors, job->plan.candidates[i].source,
				job->plan.candidates[i].is_chosen ? " (chosen)" : "");
	observe_message(observer, DISCERN_LEVEL_DETAIL, "size: %" PRIu32 " sectors: %s", job->plan.n_sectors,
			job->plan.reason);
	if (job->plan.left_out[0] != '\0')
		observe_message(observer, DISCERN_LEVEL_NOTE, "%s", job->plan.left_out);
	tell_sessions(job);
	if (job->plan.n_sectors < job->plan.n_volume_sectors)
		observe_message(observer, DISCERN_LEVEL_WARNING,
				"the file system is %" PRIu32
				" sectors longer than what the disc holds: it was cut off "
				"when it was written",
				job->plan.n_volume_sectors - job->plan.n_sectors);
}

void job_copy_plan(const struct job *job)
{
	struct discern_rip_result *result = job->result;

	result->size_bytes = job_image_bytes(job);
	result->first_lba = job->plan.first_lba;
	result->n_candidates = job->plan.n_candidates;
	memcpy(result->candidates, job->plan.candidates, sizeof(result->candidates));
	memcpy(result->size_reason, job->plan.reason, sizeof(result->size_reason));
	memcpy(result->left_out, job->plan.left_out, sizeof(result->left_out));
}

static int list_files(const struct job *job, struct file_list *ret_list, struct losses_view *ret_view)
{
	*ret_view = (struct losses_view){
		.fd = job->output.fd,
		.map = job->map,
		.plan = &job->plan,
		.session_lba = rip_plan_last_session(job->medium),
		.volume = &job->volume,
	};
	memset(ret_list, 0, sizeof(*ret_list));
	return job->has_volume ? losses_list(ret_view, ret_list, NULL) : 0;
}

/* From what is in the file by now; a volume that cannot be understood gives no zones. */
int job_find_zones(enum losses_worth worth, struct losses_zones *ret_zones, void *user)
{
	struct job *job = user;
	struct losses_view view;
	struct file_list list;
	int ret;

	*ret_zones = (struct losses_zones){ 0 };
	if (pipeline_drain(job->pipeline) < 0)
		return 0;
	ret = list_files(job, &list, &view);
	if (ret == 0)
		ret = losses_find_zones(&list, &job->plan, worth, ret_zones);
	files_clear(&list);
	return ret == -ENOMEM ? ret : 0;
}

int job_tell_losses(struct job *job)
{
	struct losses_view view;
	struct file_list list;
	int ret = list_files(job, &list, &view);

	if (ret == 0 && (list.n_files > 0 || list.n_unread_folders > 0))
		ret = losses_tell(&list, &view, job->result);
	files_clear(&list);
	return ret == -ENOMEM ? discern_error_set(job->err, ret, "out of memory") : 0;
}

void job_list_bad(struct job *job)
{
	struct discern_rip_result *result = job->result;
	struct map_range range = { 0 };

	result->n_bad_sectors = passes_n_bad(job->map, &job->plan);
	if (job->refused != NULL)
		result->n_protected_sectors = map_count(job->refused, MAP_BAD);
	result->is_encrypted = result->protection == DISCERN_PROTECTION_AACS ||
			       (result->protection == DISCERN_PROTECTION_CSS && result->n_protected_sectors == 0);
	for (uint32_t at = 0; result->n_bad_ranges < DISCERN_RIP_MAX_RANGES && map_next(job->map, at, MAP_BAD, &range);
	     at = range.start + range.n_sectors) {
		if (rip_plan_is_gap(&job->plan, range.start))
			continue;
		result->bad_ranges[result->n_bad_ranges].lba = job->plan.first_lba + (int32_t)range.start;
		result->bad_ranges[result->n_bad_ranges].n_sectors = range.n_sectors;
		result->n_bad_ranges++;
	}
}

void job_tell_resumed(const struct job *job)
{
	char done[TEXT_SIZE];
	char all[TEXT_SIZE];

	if (job->output.is_resumed)
		observe_message(&job->meter.observer, DISCERN_LEVEL_NOTE, "going on with %s: %s of %s are read",
				job->output.path,
				text_size((uint64_t)map_count(job->map, MAP_GOOD) * DISCERN_SECTOR_SIZE, done),
				text_size(job_image_bytes(job), all));
}

int job_begin_record(struct job *job)
{
	int ret = record_disc(job->record, job->medium, &job->plan, job->map);

	return ret < 0 ? discern_error_set(job->err, ret, "out of memory") : 0;
}

/* Also of a job that was stopped. */
void job_end_record(struct job *job, int code)
{
	bool is_tried = map_count(job->map, MAP_UNTRIED) == 0;

	/* When all is tried but not given up, it is known what files are missing so far. */
	if (code < 0 && is_tried && job->result->damaged_files == NULL)
		(void)job_tell_losses(job);
	job->result->record = record_finish(job->record, passes_now(&job->passes));
	job->record = NULL;
	if (job->result->record != NULL)
		memcpy(job->result->record->identity, job->identity, sizeof(job->identity));
}
