/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "vdrive/server.h"

#include <errno.h>
#include <linux/cdrom.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "vdrive/server_faults.h"

enum {
	/* How often a sender is asked whether it has given up. */
	GIVEN_UP_US = 50000,
	/* Most that a machine may have overslept for a command to count as sent earlier. */
	MAX_LATE_US = 1000,
};

struct server {
	struct server_drive *drives[SERVER_MAX_DRIVES];
	pthread_mutex_t lock;
	pthread_cond_t stopped;
	atomic_bool is_stopping;
	/** A file of fault rules that may change at any time; NULL without. */
	struct fault_watch *watch;
};

/* A condition whose time limits a change of the wall clock cannot move. */
static void condition_init(pthread_cond_t *condition)
{
	pthread_condattr_t attributes;

	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(condition, &attributes);
	pthread_condattr_destroy(&attributes);
}

/* Rounded up, so that no wait is too short. */
static int64_t now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000 + (now.tv_nsec + 999) / 1000;
}

int server_new(struct server **ret_server, struct discern_error *err)
{
	struct server *server = calloc(1, sizeof(*server));

	if (server == NULL)
		return discern_error_set(err, -ENOMEM, "out of memory");
	pthread_mutex_init(&server->lock, NULL);
	condition_init(&server->stopped);
	*ret_server = server;
	return 0;
}

static void drive_free(struct server_drive *drive)
{
	struct server_handle *handle;

	if (drive == NULL)
		return;
	/* Of clients that are there still when the drive is taken away. */
	while ((handle = drive->handles) != NULL) {
		drive->handles = handle->next;
		free(handle);
	}
	vdrive_free(drive->vdrive);
	pthread_mutex_destroy(&drive->command_lock);
	pthread_mutex_destroy(&drive->lock);
	pthread_cond_destroy(&drive->closed);
	free(drive);
}

struct server *server_free(struct server *server)
{
	if (server == NULL)
		return NULL;
	for (size_t i = 0; i < SERVER_MAX_DRIVES; i++)
		drive_free(server->drives[i]);
	fault_watch_free(server->watch);
	pthread_mutex_destroy(&server->lock);
	pthread_cond_destroy(&server->stopped);
	free(server);
	return NULL;
}

/* A protection is a rule like those of faults, for all discs in the drive. */
static int protect(struct vdrive *vdrive, const struct server_drive_options *options, struct discern_error *err)
{
	AUTO_FREE char *rule = NULL;

	if (options->protection == NULL)
		return options->region == NULL ? 0 : discern_error_set(err, -EINVAL, "region= needs protection=css");
	if (asprintf(&rule, "protection=%s%s%s", options->protection, options->region != NULL ? " region=" : "",
		     options->region != NULL ? options->region : "") < 0) {
		rule = NULL;
		return discern_error_set(err, -ENOMEM, "out of memory");
	}
	return vdrive_add_fault(vdrive, rule, err);
}

static int drive_new(const struct server_drive_options *options, struct server_drive **ret_drive,
		     struct discern_error *err)
{
	struct server_drive *drive = calloc(1, sizeof(*drive));
	int ret;

	if (drive == NULL)
		return discern_error_set(err, -ENOMEM, "out of memory");
	drive->number = options->number;
	snprintf(drive->name, sizeof(drive->name), "sr%u", options->number);
	drive->mode = options->mode;
	drive->uid = options->uid;
	drive->gid = options->gid;
	drive->options = CDO_AUTO_CLOSE | CDO_USE_FFLAGS | CDO_LOCK;
	pthread_mutex_init(&drive->command_lock, NULL);
	pthread_mutex_init(&drive->lock, NULL);
	condition_init(&drive->closed);
	ret = vdrive_new(&options->identity, &drive->vdrive, err);
	if (ret == 0 && options->medium != NULL)
		ret = vdrive_insert(drive->vdrive, options->medium, options->kind, err);
	if (ret == 0)
		ret = protect(drive->vdrive, options, err);
	if (ret == 0 && options->tray_open)
		vdrive_open_tray(drive->vdrive);
	if (ret == 0 && options->clock != VDRIVE_CLOCK_NONE)
		ret = vdrive_set_clock(drive->vdrive, options->clock, err);
	drive->has_real_clock = options->clock == VDRIVE_CLOCK_REAL;
	if (ret < 0)
		drive_free(drive);
	else
		*ret_drive = drive;
	return ret;
}

int server_add_drive(struct server *server, const struct server_drive_options *options, struct discern_error *err)
{
	struct server_drive *drive = NULL;
	int ret;

	if (options->number >= SERVER_MAX_DRIVES)
		return discern_error_set(err, -EINVAL, "sr%u: drives are sr0 to sr%d", options->number,
					 SERVER_MAX_DRIVES - 1);
	if (server->drives[options->number] != NULL)
		return discern_error_set(err, -EEXIST, "sr%u: given twice", options->number);
	ret = drive_new(options, &drive, err);
	if (drive == NULL) {
		discern_error_wrap(err, "sr%u", options->number);
		return ret;
	}
	drive->server = server;
	server->drives[options->number] = drive;
	return 0;
}

int server_add_fault(struct server *server, const char *rule, struct discern_error *err)
{
	unsigned number = 0;
	int end = 0, ret;

	if (sscanf(rule, "sr%2u: %n", &number, &end) != 1 || end == 0)
		return discern_error_set(err, -EINVAL, "fault '%s': does not begin with a drive, as 'sr0: read …'",
					 rule);
	if (server_drive(server, number) == NULL)
		return discern_error_set(err, -EINVAL, "fault '%s': there is no drive sr%u", rule, number);
	ret = vdrive_add_fault(server_drive(server, number)->vdrive, rule + end, err);
	if (ret < 0)
		discern_error_wrap(err, "fault of sr%u", number);
	return ret;
}

int server_watch_faults(struct server *server, const char *path, struct discern_error *err)
{
	fault_watch_free(server->watch);
	return fault_watch_new(server, path, &server->watch, err);
}

const char *server_faults_error(struct server *server)
{
	return server->watch != NULL ? fault_watch_error(server->watch) : "";
}

struct server_drive *server_drive(struct server *server, unsigned number)
{
	return number < SERVER_MAX_DRIVES ? server->drives[number] : NULL;
}

void server_stop(struct server *server)
{
	pthread_mutex_lock(&server->lock);
	server->is_stopping = true;
	pthread_cond_broadcast(&server->stopped);
	pthread_mutex_unlock(&server->lock);
}

static void wait_until(struct server *server, int64_t until_us)
{
	struct timespec until = { .tv_sec = (time_t)(until_us / 1000000), .tv_nsec = (long)(until_us % 1000000) * 1000 };

	if (until_us <= now_us())
		return;
	pthread_mutex_lock(&server->lock);
	while (!server->is_stopping && pthread_cond_timedwait(&server->stopped, &server->lock, &until) != ETIMEDOUT)
		;
	pthread_mutex_unlock(&server->lock);
}

/* False if the sender has given up before. */
static bool wait_patiently(struct server *server, int64_t until_us, const struct server_patience *patience)
{
	if (patience->is_given_up == NULL) {
		wait_until(server, until_us);
		return true;
	}
	for (int64_t now = now_us(); now < until_us && !server->is_stopping; now = now_us()) {
		if (patience->is_given_up(patience->context))
			return false;
		wait_until(server, now + GIVEN_UP_US < until_us ? now + GIVEN_UP_US : until_us);
	}
	return true;
}

/* The kernel's sr driver takes 6/28/00 as word of a new medium, whoever's command meets it. */
static void note_new_medium(struct server_drive *drive, const struct vdrive_answer *answer)
{
	if (answer->sense_length >= 14 && (answer->sense[2] & 0x0f) == 0x06 && answer->sense[12] == 0x28)
		drive->media_changed = true;
}

/* An answer that came late for the machine's sake would have brought the next command so much earlier. */
static int64_t take_lateness(struct server_drive *drive)
{
	int64_t late_us = drive->late_us < MAX_LATE_US ? drive->late_us : MAX_LATE_US;

	drive->late_us = 0;
	return late_us > 0 ? late_us : 0;
}

/* Until the time has passed since the command came, or no longer than the host has patience. */
static void pass_time(struct server_drive *drive, const struct server_patience *patience, int64_t came_us,
		      struct vdrive_answer *answer)
{
	int64_t timeout_us = (int64_t)patience->timeout_ms * 1000;
	bool is_late = answer->delay_us > (uint64_t)timeout_us;

	if (!answer->is_counted_only) {
		drive->busy_until_us = came_us - take_lateness(drive) + (int64_t)answer->delay_us;
		if (!wait_patiently(drive->server, is_late ? came_us + timeout_us : drive->busy_until_us, patience)) {
			/* An abort ends what the drive is at, too. */
			drive->busy_until_us = 0;
			is_late = true;
		}
		if (drive->has_real_clock)
			drive->late_us = now_us() - drive->busy_until_us;
	}
	if (is_late) {
		memset(answer, 0, sizeof(*answer));
		answer->host_status = VDRIVE_HOST_TIME_OUT;
	}
}

void server_execute(struct server_drive *drive, const struct vdrive_command *command, uint32_t timeout_ms,
		    struct vdrive_answer *ret_answer)
{
	const struct server_patience patience = { .timeout_ms = timeout_ms };

	server_execute_patiently(drive, command, &patience, ret_answer);
}

void server_execute_patiently(struct server_drive *drive, const struct vdrive_command *command,
			      const struct server_patience *patience, struct vdrive_answer *ret_answer)
{
	int64_t came_us;

	if (drive->server->watch != NULL)
		fault_watch_refresh(drive->server->watch);
	pthread_mutex_lock(&drive->command_lock);
	memset(ret_answer, 0, sizeof(*ret_answer));
	if (!wait_patiently(drive->server, drive->busy_until_us, patience)) {
		ret_answer->host_status = VDRIVE_HOST_TIME_OUT;
		pthread_mutex_unlock(&drive->command_lock);
		return;
	}
	came_us = now_us();
	vdrive_execute(drive->vdrive, command, ret_answer);
	note_new_medium(drive, ret_answer);
	if (ret_answer->delay_us > 0)
		pass_time(drive, patience, came_us, ret_answer);
	pthread_mutex_unlock(&drive->command_lock);
}
