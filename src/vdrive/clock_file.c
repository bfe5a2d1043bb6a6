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

/* Of a drive: one line, and one with a time for each part of the medium. */
enum { LINE_BYTES = 512 + 12 * VDRIVE_CLOCK_PARTS };

struct clock_file {
	struct server *server;
	char *path, *temporary_path;
	const char *name;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t closing;
	bool is_closing;
	/** What it says now, and what it is to say next. */
	char text[SERVER_MAX_DRIVES * LINE_BYTES];
	char next[SERVER_MAX_DRIVES * LINE_BYTES];
};

static void print_line(FILE *stream, const char *name, const struct vdrive_clock_state *state)
{
	fprintf(stream,
		"%s seconds=%" PRIu64 ".%06" PRIu64 " commands=%" PRIu64 " seeks=%" PRIu64 " spin_ups=%" PRIu64
		" retries=%" PRIu64 " underruns=%" PRIu64 " read_sectors=%" PRIu64 " written_sectors=%" PRIu64,
		name, state->elapsed_us / 1000000, state->elapsed_us % 1000000, state->n_commands, state->n_seeks,
		state->n_spin_ups, state->n_retries, state->n_underruns, state->read_sectors, state->written_sectors);
	fprintf(stream, " medium_sectors=%u delivered=%u delivered_last=%.6f\n", state->n_medium_sectors,
		state->n_delivered, (double)state->last_delivered_us / 1e6);
}

/* One value for each thousandth of the disc that the host was given. */
static void print_delivery(FILE *stream, const char *name, const struct vdrive_clock_state *state)
{
	if (state->n_delivered == 0)
		return;
	fprintf(stream, "%s delivered_at", name);
	for (size_t i = 0; i < VDRIVE_CLOCK_PARTS && state->delivered_us[i] != 0; i++)
		fprintf(stream, "%c%.3f", i == 0 ? '=' : ',', (double)state->delivered_us[i] / 1e6);
	fputc('\n', stream);
}

static int print_clocks(struct clock_file *file)
{
	FILE *stream = fmemopen(file->next, sizeof(file->next), "w");

	if (stream == NULL)
		return -errno;
	for (unsigned number = 0; number < SERVER_MAX_DRIVES; number++) {
		struct server_drive *drive = server_drive(file->server, number);
		const char *name = file->name != NULL || drive == NULL ? file->name : drive->name;
		struct vdrive_clock_state state;

		if (drive == NULL)
			continue;
		vdrive_read_clock(drive->vdrive, &state);
		print_line(stream, name, &state);
		print_delivery(stream, name, &state);
	}
	return fclose(stream) == 0 ? 0 : -errno;
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
	int ret = print_clocks(file);

	if (ret < 0 || strcmp(file->next, file->text) == 0)
		return ret;
	ret = replace(file, file->next);
	if (ret == 0)
		memcpy(file->text, file->next, sizeof(file->text));
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
