/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "rip/team.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/buffer.h"
#include "base/error.h"
#include "rip/gap_map.h"
#include "rip/member.h"
#include "rip/passes_private.h"

/* Where stretches begin. */
enum { ALIGN_SECTORS = 128 };

/* The observer is asked so often. */
enum { POLL_MS = 50 };

#define SPEED_SECONDS 1.0

/* ---- what members say ---- */

static void queue_message(enum discern_level level, const char *text, void *user)
{
	struct member *member = user;
	struct team *team = member->team;
	struct team_message *grown;
	char *line = NULL;

	if (asprintf(&line, "%s: %s", member->name, text) < 0)
		return;
	pthread_mutex_lock(&team->messages_lock);
	grown = reallocarray(team->messages, team->n_messages + 1, sizeof(*grown));
	if (grown != NULL) {
		team->messages = grown;
		team->messages[team->n_messages++] = (struct team_message){ level, line };
		line = NULL;
	}
	pthread_mutex_unlock(&team->messages_lock);
	free(line);
}

void team_tell_messages(struct team *team)
{
	struct team_message *messages;
	size_t n;

	pthread_mutex_lock(&team->messages_lock);
	messages = team->messages;
	n = team->n_messages;
	team->messages = NULL;
	team->n_messages = 0;
	pthread_mutex_unlock(&team->messages_lock);
	for (size_t i = 0; i < n; i++) {
		observe_message(&team->job.meter->observer, messages[i].level, "%s", messages[i].text);
		free(messages[i].text);
	}
	free(messages);
}

/* In a member's thread, which holds the lock. */
static int ask_to_stop(const struct discern_progress *progress, void *user)
{
	const struct member *member = user;

	(void)progress;
	return member->team->code != 0;
}

/* ---- making and unmaking ---- */

static int member_begin(struct member *member, struct discern_error *err)
{
	const struct team_job *job = &member->team->job;
	const struct rip_copy *copy = &job->copies[member->index];
	const struct discern_observer observer = { ask_to_stop, queue_message, member };
	uint32_t n_sectors = map_n_sectors(job->usual.map);

	member->name = copy->name;
	meter_init(&member->meter, &observer, job->meter->progress.speed_1x_kbps);
	member->record = record_new();
	member->known = map_new(n_sectors);
	member->to_prove = map_new(n_sectors);
	member->spare = map_new(n_sectors);
	member->buffer = buffer_new(PIPELINE_BLOCK_BYTES);
	if (member->record == NULL || member->known == NULL || member->to_prove == NULL || member->spare == NULL ||
	    member->buffer == NULL || record_disc(member->record, copy->medium, job->usual.plan, job->usual.map) < 0)
		return discern_error_set(err, -ENOMEM, "out of memory");
	record_observe(member->record, &member->meter.observer);
	member->passes = job->usual;
	member->passes.source = copy->source;
	member->passes.meter = &member->meter;
	member->passes.record = member->record;
	member->passes.member = member;
	if (copy->source->readings != NULL) {
		readings_tell(copy->source->readings);
		copy->source->readings->observer = observer;
	}
	return reread_begin(&member->reread, &member->passes, job->output, job->is_paranoid, err);
}

static void member_end(struct member *member)
{
	reread_end(&member->reread, NULL);
	/* Its words would come from a member that is no more. */
	if (member->passes.source != NULL && member->passes.source->readings != NULL)
		readings_begin(member->passes.source->readings, NULL);
	member->record = record_free(member->record);
	member->known = map_free(member->known);
	member->to_prove = map_free(member->to_prove);
	member->spare = map_free(member->spare);
	free(member->buffer);
	member->buffer = NULL;
}

int team_new(const struct team_job *job, struct team **ret_team, struct discern_error *err)
{
	struct team *team = calloc(1, sizeof(*team));
	int ret = 0;

	if (team == NULL)
		return discern_error_set(err, -ENOMEM, "out of memory");
	team->job = *job;
	team->job.usual.meter = job->meter;
	team->n_members = job->n_copies;
	pthread_mutex_init(&team->lock, NULL);
	pthread_mutex_init(&team->messages_lock, NULL);
	pthread_cond_init(&team->changed, NULL);
	for (size_t i = 0; i < team->n_members; i++) {
		team->members[i].team = team;
		team->members[i].index = i;
	}
	for (size_t i = 0; ret == 0 && i < team->n_members; i++)
		ret = member_begin(&team->members[i], err);
	if (ret < 0)
		team_free(team);
	else
		*ret_team = team;
	return ret;
}

struct team *team_free(struct team *team)
{
	if (team == NULL)
		return NULL;
	team->job.meter->progress.n_drives = 0;
	for (size_t i = 0; i < team->n_members; i++)
		member_end(&team->members[i]);
	for (size_t i = 0; i < team->n_messages; i++)
		free(team->messages[i].text);
	free(team->messages);
	pthread_cond_destroy(&team->changed);
	pthread_mutex_destroy(&team->messages_lock);
	pthread_mutex_destroy(&team->lock);
	free(team);
	return NULL;
}

/* ---- while the drives read ---- */

double team_now(const struct team *team)
{
	double latest = 0;

	for (size_t i = 0; i < team->n_members; i++) {
		double now = passes_now(&team->members[i].passes);

		latest = now > latest ? now : latest;
	}
	return latest;
}

static enum discern_drive_activity activity_of(const struct member *member)
{
	switch (member->state) {
	case MEMBER_WORKING:
		return member->team->division.stretches[member->index].is_active ? DISCERN_DRIVE_READS
										 : DISCERN_DRIVE_RETRIES;
	case MEMBER_WAITING:
		return DISCERN_DRIVE_WAITS;
	case MEMBER_DONE:
		return DISCERN_DRIVE_DONE;
	case MEMBER_GONE:
	default:
		return DISCERN_DRIVE_GONE;
	}
}

static void update_drives(struct team *team)
{
	double now = observe_now();
	bool is_due = now - team->counted >= SPEED_SECONDS;

	for (size_t i = 0; i < team->n_members; i++) {
		const struct member *member = &team->members[i];
		struct discern_progress_drive *drive = &team->drives[i];

		drive->name = member->name;
		drive->activity = activity_of(member);
		if (!is_due)
			continue;
		if (team->counted > 0)
			drive->speed_kbps = (uint32_t)((double)(member->meter.good_bytes - team->counted_bytes[i]) /
						       1000.0 / (now - team->counted));
		team->counted_bytes[i] = member->meter.good_bytes;
	}
	if (is_due)
		team->counted = now;
	team->job.meter->progress.n_drives = team->n_members;
	team->job.meter->progress.drives = team->drives;
}

/* What the job's meter is told, from what all members' meters were. */
static void update_meter(struct team *team)
{
	struct meter *meter = team->job.meter;
	struct passes *usual = &team->job.usual;
	unsigned n_working = 0;

	meter->good_bytes = meter->n_bad_reads = 0;
	meter->good_seconds = meter->bad_seconds = 0;
	usual->n_ways_left = 0;
	for (size_t i = 0; i < team->n_members; i++) {
		const struct member *member = &team->members[i];

		n_working += member->state == MEMBER_WORKING;
		meter->good_bytes += member->meter.good_bytes;
		meter->good_seconds += member->meter.good_seconds;
		meter->bad_seconds += member->meter.bad_seconds;
		meter->n_bad_reads += member->meter.n_bad_reads;
		if (member->passes.n_ways_left > usual->n_ways_left)
			usual->n_ways_left = member->passes.n_ways_left;
	}
	if (n_working > 0) {
		meter->good_seconds /= n_working;
		meter->bad_seconds /= n_working;
	}
	if (meter->progress.phase == DISCERN_PHASE_READ && map_count(usual->map, MAP_UNTRIED) == 0 &&
	    map_count(usual->map, MAP_FAILED) > 0)
		passes_begin_phase(usual, DISCERN_PHASE_RETRY);
	passes_update_meter(usual);
	update_drives(team);
}

/* The map on disk says nothing of what is not proved yet. */
static int save_now_and_then(struct team *team)
{
	struct passes *usual = &team->job.usual;
	struct map *map;
	size_t size = 0;
	char *text;

	if (observe_now() < usual->next_checkpoint)
		return 0;
	usual->checkpoint_interval *= 2;
	if (usual->checkpoint_interval > usual->checkpoint_seconds)
		usual->checkpoint_interval = usual->checkpoint_seconds;
	usual->next_checkpoint = observe_now() + usual->checkpoint_interval;
	map = team_proved_map(team);
	usual->header.current_status = map_count(usual->map, MAP_UNTRIED) > 0 ? MAP_UNTRIED : MAP_FAILED;
	text = map != NULL ? gap_map_format(map, usual->plan, &usual->header, &size) : NULL;
	map_free(map);
	if (text == NULL)
		return -ENOMEM;
	pipeline_checkpoint(usual->pipeline, text, size);
	return 0;
}

static bool is_running(const struct team *team)
{
	for (size_t i = 0; i < team->n_members; i++)
		if (team->members[i].state == MEMBER_WORKING || team->members[i].state == MEMBER_WAITING)
			return true;
	return false;
}

static void stop(struct team *team, int code, const char *words)
{
	if (team->code != 0)
		return;
	team->code = discern_error_set(&team->err, code, "%s", words);
	team_changed(team);
}

/* The lock is held. */
static void wait_a_little(struct team *team)
{
	struct timespec until;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_nsec += POLL_MS * 1000000L;
	if (until.tv_nsec >= 1000000000) {
		until.tv_nsec -= 1000000000;
		until.tv_sec++;
	}
	while (is_running(team) && pthread_cond_timedwait(&team->changed, &team->lock, &until) != ETIMEDOUT)
		continue;
}

static void watch(struct team *team)
{
	bool goes_on = true;

	pthread_mutex_lock(&team->lock);
	while (is_running(team)) {
		wait_a_little(team);
		update_meter(team);
		if (save_now_and_then(team) < 0)
			stop(team, -ENOMEM, "out of memory");
		pthread_mutex_unlock(&team->lock);
		team_tell_messages(team);
		goes_on = meter_tick(team->job.meter);
		pthread_mutex_lock(&team->lock);
		if (!goes_on)
			stop(team, -ECANCELED, "stopped");
	}
	pthread_mutex_unlock(&team->lock);
}

/* Signals are for the thread that made the call. */
static int start(struct team *team, struct discern_error *err)
{
	sigset_t all, before;
	int ret = 0;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	pthread_mutex_lock(&team->lock);
	for (size_t i = 0; ret == 0 && i < team->n_members; i++) {
		struct member *member = &team->members[i];

		ret = -pthread_create(&member->thread, NULL, team_member_thread, member);
		member->is_running = ret == 0;
	}
	for (size_t i = 0; ret < 0 && i < team->n_members; i++)
		if (!team->members[i].is_running)
			team->members[i].state = MEMBER_DONE;
	if (ret < 0)
		stop(team, ret, "cannot start a thread");
	pthread_mutex_unlock(&team->lock);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return ret < 0 ? discern_error_set(err, ret, "cannot start a thread: %s", strerror(-ret)) : 0;
}

static void join(struct team *team)
{
	for (size_t i = 0; i < team->n_members; i++) {
		if (team->members[i].is_running)
			pthread_join(team->members[i].thread, NULL);
		team->members[i].is_running = false;
	}
}

/* What all drives have given up is bad. Something else can only be left if a drive gave out when no other one was there. */
static int give_up_rest(struct team *team)
{
	struct map *map = team->job.usual.map;
	struct map_range range;

	if (team->code != 0)
		return 0;
	for (size_t i = 0; map_count(map, MAP_UNTRIED) > 0 && i < team->n_members; i++)
		if (!member_is_alive(&team->members[i])) {
			team->err = team->members[i].err;
			team->code = team->err.code;
			return 0;
		}
	for (uint32_t at = 0; map_next(map, at, MAP_FAILED, &range); at = range.start + range.n_sectors)
		if (map_set(map, range.start, range.n_sectors, MAP_BAD) < 0)
			return -ENOMEM;
	return 0;
}

int team_run(struct team *team, struct discern_error *err)
{
	struct passes *usual = &team->job.usual;
	int ret = passes_reopen(usual, err);

	if (ret < 0)
		return ret;
	passes_start(usual);
	for (size_t i = 0; i < team->n_members; i++)
		passes_start(&team->members[i].passes);
	team->last_good = observe_now();
	team->division.n_align = ALIGN_SECTORS;
	team->division.first = (uint32_t)((int64_t)usual->plan->first_lba % ALIGN_SECTORS);
	division_begin(&team->division, team->n_members, usual->map);
	passes_begin_phase(usual, DISCERN_PHASE_READ);
	ret = start(team, err);
	watch(team);
	join(team);
	team_tell_messages(team);
	if (team_give_back(team) < 0 || give_up_rest(team) < 0)
		stop(team, -ENOMEM, "out of memory");
	update_meter(team);
	meter_report(team->job.meter);
	usual->ahead_seconds = team_now(team) - observe_now();
	for (size_t i = 0; i < team->n_members; i++)
		usual->is_bad_by_design = usual->is_bad_by_design || team->members[i].passes.is_bad_by_design;
	if (ret == 0 && team->code != 0) {
		*err = team->err;
		ret = team->code;
	}
	return ret;
}

/* ---- the result ---- */

static void tell_drive(struct member *member, struct discern_rip_drive *drive)
{
	const struct meter *meter = &member->meter;

	snprintf(drive->path, sizeof(drive->path), "%s", member->team->job.copies[member->index].path);
	drive->n_sectors = map_count(member->known, MAP_GOOD);
	drive->n_errors = (uint32_t)meter->n_bad_reads;
	if (meter->good_bytes > 0 && meter->good_seconds > 0)
		drive->speed_kbps = (uint32_t)((double)meter->good_bytes / 1000.0 / meter->good_seconds);
	if (!member_is_alive(member))
		drive->error = member->err;
	record_keep_delivered(member->record, member->known);
	drive->record = record_finish(member->record, passes_now(&member->passes));
	member->record = NULL;
}

void team_tell(struct team *team, struct discern_rip_result *result)
{
	struct reread *all = &team->members[0].reread;

	for (size_t i = 1; i < team->n_members; i++)
		(void)reread_add(all, &team->members[i].reread);
	reread_end(all, result);
	result->drives = calloc(team->n_members, sizeof(*result->drives));
	if (result->drives == NULL)
		return;
	result->n_drives = team->n_members;
	for (size_t i = 0; i < team->n_members; i++)
		tell_drive(&team->members[i], &result->drives[i]);
}
