/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "vdrive/clock_file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/file.h"

/* How old it may be. */
enum { INTERVAL_MS = 200 };

enum { LINE_BYTES = 320 };

struct clock_file {
	struct server *server;
	char *path, *temporary_path;
	const char *name;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t closing;
	bool is_closing;
	/** What it says now. */
	char text[SERVER_MAX_DRIVES * LINE_BYTES];
};

static size_t print_line(char *text, const char *name, const struct vdrive_clock_state *state)
{
	int n = snprintf(
		text, LINE_BYTES,
		"%s seconds=%" PRIu64 ".%06" PRIu64 " commands=%" PRIu64 " seeks=%" PRIu64 " spin_ups=%" PRIu64
		" retries=%" PRIu64 " underruns=%" PRIu64 " read_sectors=%" PRIu64 " written_sectors=%" PRIu64 "\n",
		name, state->elapsed_us / 1000000, state->elapsed_us % 1000000, state->n_commands, state->n_seeks,
		state->n_spin_ups, state->n_retries, state->n_underruns, state->read_sectors, state->written_sectors);

	return n > 0 && n < LINE_BYTES ? (size_t)n : 0;
}

static void print_clocks(const struct clock_file *file, char text[SERVER_MAX_DRIVES * LINE_BYTES])
{
	size_t length = 0;

	text[0] = '\0';
	for (unsigned number = 0; number < SERVER_MAX_DRIVES; number++) {
		struct server_drive *drive = server_drive(file->server, number);
		struct vdrive_clock_state state;

		if (drive == NULL)
			continue;
		vdrive_read_clock(drive->vdrive, &state);
		length += print_line(text + length, file->name != NULL ? file->name : drive->name, &state);
	}
}

/* Not synced: what it says is of no use after a power loss. */
static int replace(const struct clock_file *file, const char *text)
{
	AUTO_CLOSE int fd = open(file->temporary_path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	int ret = fd < 0 ? -errno : file_write_at(fd, text, strlen(text), 0);

	if (ret == 0 && rename(file->temporary_path, file->path) < 0)
		ret = -errno;
	return ret;
}

static int update(struct clock_file *file)
{
	char text[SERVER_MAX_DRIVES * LINE_BYTES];
	int ret;

	print_clocks(file, text);
	if (strcmp(text, file->text) == 0)
		return 0;
	ret = replace(file, text);
	if (ret == 0)
		memcpy(file->text, text, sizeof(text));
	return ret;
}

static void *keep_up(void *data)
{
	struct clock_file *file = data;
	struct timespec until;

	pthread_mutex_lock(&file->lock);
	while (!file->is_closing) {
		/* What cannot be written now is told at the end. */
		update(file);
		clock_gettime(CLOCK_MONOTONIC, &until);
		until.tv_nsec += INTERVAL_MS * 1000000L;
		until.tv_sec += until.tv_nsec / 1000000000;
		until.tv_nsec %= 1000000000;
		pthread_cond_timedwait(&file->closing, &file->lock, &until);
	}
	pthread_mutex_unlock(&file->lock);
	return NULL;
}

static void release(struct clock_file *file)
{
	pthread_mutex_destroy(&file->lock);
	pthread_cond_destroy(&file->closing);
	free(file->path);
	free(file->temporary_path);
	free(file);
}

int clock_file_open(struct server *server, const char *path, const char *name, struct clock_file **ret_file,
		    struct discern_error *err)
{
	struct clock_file *file = calloc(1, sizeof(*file));
	pthread_condattr_t attributes;
	int ret;

	if (file == NULL)
		return discern_error_set(err, -ENOMEM, "out of memory");
	pthread_mutex_init(&file->lock, NULL);
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&file->closing, &attributes);
	pthread_condattr_destroy(&attributes);
	file->server = server;
	file->name = name;
	file->path = strdup(path);
	if (file->path == NULL || asprintf(&file->temporary_path, "%s.tmp", path) < 0) {
		file->temporary_path = NULL;
		release(file);
		return discern_error_set(err, -ENOMEM, "out of memory");
	}
	ret = update(file);
	if (ret < 0)
		discern_error_set(err, ret, "%s: cannot be written: %s", path, strerror(-ret));
	else
		ret = -pthread_create(&file->thread, NULL, keep_up, file);
	if (ret < 0)
		release(file);
	else
		*ret_file = file;
	return ret;
}

int clock_file_close(struct clock_file *file, struct discern_error *err)
{
	int ret;

	if (file == NULL)
		return 0;
	pthread_mutex_lock(&file->lock);
	file->is_closing = true;
	pthread_cond_signal(&file->closing);
	pthread_mutex_unlock(&file->lock);
	pthread_join(file->thread, NULL);
	ret = update(file);
	if (ret < 0)
		discern_error_set(err, ret, "%s: cannot be written: %s", file->path, strerror(-ret));
	release(file);
	return ret;
}
