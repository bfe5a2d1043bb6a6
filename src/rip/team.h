/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Several drives with copies of one disc at one image. Each drive has a thread, which runs the passes as a single drive's job
 * does; one lock is held by whoever does anything but wait for his drive, so that map, pipeline and what else they share is
 * used by one thread at a time. The thread that made the call tells the observer, and saves the map.
 */
#ifndef RIP_TEAM_H
#define RIP_TEAM_H

#include <pthread.h>

#include "rip/division.h"
#include "rip/job.h"
#include "rip/passes.h"
#include "rip/reread.h"

enum member_state {
	MEMBER_WORKING,
	MEMBER_WAITING, /**< others may still leave something to it */
	MEMBER_DONE,
	MEMBER_GONE, /**< its drive is in trouble */
};

struct team;

/** One drive; all but its buffer and what its thread reads is under the team's lock. */
struct member {
	struct team *team;
	size_t index;
	const char *name;
	struct passes passes;
	struct meter meter;
	struct record *record;
	struct reread reread;
	/** What this drive knows: good is what it delivered, failed what it could not read, bad what it has given
	 *  up, unscraped what it has left out because of failures. */
	struct map *known;
	/** Read once by others, and to be read a second time here. */
	struct map *to_prove;
	/** Empty, or what it has read itself, while it proves. */
	struct map *spare;
	/** What it is reading now. */
	struct map_range claim;
	enum member_state state;
	/** Of the team's changes, when it found nothing to do. */
	uint64_t n_seen;
	uint8_t *buffer;
	pthread_t thread;
	bool is_running;
	/** What ended it, if its drive did. */
	struct discern_error err;
};

struct team_message {
	enum discern_level level;
	char *text;
};

/** What a team works on: one drive's passes as they would be, without source, meter and record. */
struct team_job {
	struct passes usual;
	const struct output *output;
	const struct rip_copy *copies;
	size_t n_copies;
	bool is_paranoid;
	/** Of the caller: told by team_run() only. */
	struct meter *meter;
};

struct team {
	struct team_job job;
	pthread_mutex_t lock;
	/** Something has changed that others may wait for; and how often that was. */
	pthread_cond_t changed;
	uint64_t n_changes;
	struct division division;
	size_t n_members;
	struct member members[DISCERN_RIP_MAX_DRIVES];
	/** Everybody stops, with this code. */
	int code;
	struct discern_error err;
	/** When something new was read last, by the job's clock. */
	double last_good;
	/** What is told of drives, for the observer; what they had read when that was last counted, and when. */
	struct discern_progress_drive drives[DISCERN_RIP_MAX_DRIVES];
	uint64_t counted_bytes[DISCERN_RIP_MAX_DRIVES];
	double counted;

	/** Lines to be told, under a lock of their own. */
	pthread_mutex_t messages_lock;
	size_t n_messages;
	struct team_message *messages;
};

/** -ENOMEM. Release with team_free(), which accepts NULL. The job's parts must live as long. */
int team_new(const struct team_job *job, struct team **ret_team, struct discern_error *err);
struct team *team_free(struct team *team);

/** passes_run() with all drives. One that gives out does not end it, unless it was the last. */
int team_run(struct team *team, struct discern_error *err);

/** Tells in the result what was read again, and of each drive what it did; hands their records over. */
void team_tell(struct team *team, struct discern_rip_result *result);

/** When the drive that has worked longest is done, by the job's clock. */
double team_now(const struct team *team);

/** Tells what members have said; in the thread that made the call. */
void team_tell_messages(struct team *team);

/* ---- team_member.c: the members' threads ---- */

static inline void team_changed(struct team *team)
{
	team->n_changes++;
	pthread_cond_broadcast(&team->changed);
}

void *team_member_thread(void *argument);

/** Whether a drive is with us. */
static inline bool member_is_alive(const struct member *member)
{
	return member->state != MEMBER_GONE;
}

/** What was to be proved, and was not, does not count as read: after all members have ended. -ENOMEM. */
int team_give_back(struct team *team);

/** A map for the file: without what is still to be proved. NULL when memory is out. */
struct map *team_proved_map(const struct team *team);

/* ---- team_seams.c ---- */

/** Has each drive read some sectors that others have delivered, at the borders, or where all was read twice what differed;
 *  differences are told. After all members have ended, in the thread that made the call. 0, or what ends the job. */
int team_compare_copies(struct team *team, struct discern_error *err);

#endif
