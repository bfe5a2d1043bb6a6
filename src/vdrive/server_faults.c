/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "vdrive/server_faults.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/error.h"
#include "vdrive/fault_lines.h"

struct fault_watch {
	struct server *server;
	char *path;
	pthread_mutex_t lock;
	/** What the file was when it was read. */
	struct stat status;
	struct discern_error error;
};

static bool is_same_file(const struct stat *a, const struct stat *b)
{
	return a->st_ino == b->st_ino && a->st_dev == b->st_dev && a->st_size == b->st_size &&
	       a->st_mtim.tv_sec == b->st_mtim.tv_sec && a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

static int check_drives(struct server *server, const struct fault_lines *lines, struct discern_error *err)
{
	int drive;

	for (size_t i = 0; i < lines->n_lines; i++) {
		fault_line_rule(lines->lines[i], &drive);
		if (drive >= 0 && server_drive(server, (unsigned)drive) == NULL)
			return discern_error_set(err, -ENODEV, "line %u: there is no drive sr%d", lines->numbers[i],
						 drive);
	}
	return 0;
}

static int give_to_drive(struct server_drive *drive, const struct fault_lines *lines, struct discern_error *err)
{
	char **rules = calloc(lines->n_lines + 1, sizeof(*rules));
	size_t n_rules = 0;
	int number, ret;

	if (rules == NULL)
		return discern_error_set(err, -ENOMEM, "out of memory");
	for (size_t i = 0; i < lines->n_lines; i++) {
		const char *rule = fault_line_rule(lines->lines[i], &number);

		if (number < 0 || (unsigned)number == drive->number)
			rules[n_rules++] = lines->lines[i] + (rule - lines->lines[i]);
	}
	ret = vdrive_replace_faults(drive->vdrive, rules, n_rules, err);
	free(rules);
	return ret;
}

static int read_rules(struct fault_watch *watch, struct discern_error *err)
{
	struct fault_lines lines = { 0 };
	int ret = fault_lines_read(watch->path, FAULT_LINES_OF_DRIVES, &lines, err);

	if (ret == 0)
		ret = check_drives(watch->server, &lines, err);
	for (unsigned number = 0; number < SERVER_MAX_DRIVES && ret == 0; number++)
		if (server_drive(watch->server, number) != NULL)
			ret = give_to_drive(server_drive(watch->server, number), &lines, err);
	fault_lines_free(&lines);
	if (ret < 0)
		discern_error_wrap(err, "%s", watch->path);
	return ret;
}

int fault_watch_new(struct server *server, const char *path, struct fault_watch **ret_watch, struct discern_error *err)
{
	struct fault_watch *watch = calloc(1, sizeof(*watch));
	int ret;

	*ret_watch = NULL;
	if (watch == NULL || (watch->path = strdup(path)) == NULL) {
		free(watch);
		return discern_error_set(err, -ENOMEM, "out of memory");
	}
	watch->server = server;
	pthread_mutex_init(&watch->lock, NULL);
	if (stat(path, &watch->status) < 0)
		memset(&watch->status, 0, sizeof(watch->status));
	ret = read_rules(watch, err);
	if (ret < 0)
		fault_watch_free(watch);
	else
		*ret_watch = watch;
	return ret;
}

void fault_watch_free(struct fault_watch *watch)
{
	if (watch == NULL)
		return;
	pthread_mutex_destroy(&watch->lock);
	free(watch->path);
	free(watch);
}

void fault_watch_refresh(struct fault_watch *watch)
{
	struct stat status;

	pthread_mutex_lock(&watch->lock);
	/* A file that is gone, maybe while an editor replaces it, is no change. */
	if (stat(watch->path, &status) == 0 && !is_same_file(&status, &watch->status)) {
		watch->status = status;
		if (read_rules(watch, &watch->error) == 0)
			discern_error_clear(&watch->error);
	}
	pthread_mutex_unlock(&watch->lock);
}

const char *fault_watch_error(struct fault_watch *watch)
{
	return watch->error.text;
}
