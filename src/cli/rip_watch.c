/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/rip_watch.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "cli/rip_station.h"

enum { STEP_MS = 250, MAX_STATIONS = 64 };

struct watch {
	struct rip_options *options;
	struct workers *workers;
	/* Drives were named: no others are taken up. */
	bool is_given;
	size_t n;
	struct rip_station *stations[MAX_STATIONS];
};

static bool has_station(const struct watch *watch, const char *path)
{
	for (size_t i = 0; i < watch->n; i++)
		if (strcmp(rip_station_path(watch->stations[i]), path) == 0)
			return true;
	return false;
}

static void add_station(struct watch *watch, const char *path)
{
	if (watch->n < MAX_STATIONS && !has_station(watch, path))
		watch->stations[watch->n++] = rip_station_new(watch->options, watch->workers, path);
}

/* The node is there as long as the drive is. Nothing is opened here: a drive that hangs holds up its worker only. */
static void look_for_drives(struct watch *watch)
{
	char path[32];

	for (unsigned i = 0; i < MAX_STATIONS; i++) {
		snprintf(path, sizeof(path), "/dev/sr%u", i);
		if (access(path, F_OK) == 0)
			add_station(watch, path);
	}
}

static int add_given(struct watch *watch, char **drives)
{
	char path[64];

	for (; *drives != NULL; drives++) {
		int length = snprintf(path, sizeof(path), "%s%s", strchr(*drives, '/') == NULL ? "/dev/" : "", *drives);

		if (length >= (int)sizeof(path))
			return cli_usage(watch->options->cli, "%s: no name of a drive", *drives);
		add_station(watch, path);
	}
	return 0;
}

static int check_folder(const struct rip_options *options, struct discern_error *err)
{
	const char *folder = options->folder;
	struct stat status;

	if (mkdir(folder, 0777) < 0 && errno != EEXIST)
		return discern_error_set(err, -errno, "%s: cannot make this folder: %s", folder, strerror(errno));
	if (stat(folder, &status) == 0 && !S_ISDIR(status.st_mode))
		return discern_error_set(err, -ENOTDIR, "%s: is not a folder", folder);
	if (access(folder, R_OK | W_OK | X_OK) < 0)
		return discern_error_set(err, -errno, "%s: cannot make files in it: %s", folder, strerror(errno));
	return 0;
}

static bool is_idle(const struct watch *watch)
{
	for (size_t i = 0; i < watch->n; i++)
		if (!rip_station_is_idle(watch->stations[i]))
			return false;
	return true;
}

/* Whoever asks a second time means it; workers end in an orderly way in any case. */
static void stop(struct watch *watch)
{
	int told = 0;

	workers_say(watch->workers, NULL, "stopping; what is read is kept, and the same discs go on from there");
	while (!is_idle(watch)) {
		if (told != cli_signal())
			for (size_t i = 0; i < watch->n; i++)
				rip_station_stop(watch->stations[i], cli_signal());
		told = cli_signal();
		workers_step(watch->workers, STEP_MS);
	}
}

static void run(struct watch *watch)
{
	if (!watch->is_given)
		look_for_drives(watch);
	if (watch->n == 0)
		workers_say(watch->workers, NULL, "no drive is there yet; those that come are taken up");
	while (cli_signal() == 0) {
		workers_step(watch->workers, STEP_MS);
		if (!watch->is_given)
			look_for_drives(watch);
		for (size_t i = 0; i < watch->n && cli_signal() == 0; i++)
			rip_station_tick(watch->stations[i]);
	}
	stop(watch);
}

int rip_watch(struct rip_options *options, char **drives)
{
	struct watch watch = { .options = options, .is_given = *drives != NULL };
	struct discern_error err = { 0 };
	int ret = 0;

	if (check_folder(options, &err) < 0)
		return cli_fail(options->cli, &err);
	cli_catch_signals();
	watch.workers = workers_new(options->cli);
	ret = add_given(&watch, drives);
	/* Each disc has a line of its own, which is all of the result. */
	options->cli->has_report = true;
	if (ret == 0) {
		run(&watch);
		ret = CLI_EXIT_SIGNAL + cli_signal();
	}
	workers_free(watch.workers);
	for (size_t i = 0; i < watch.n; i++)
		rip_station_free(watch.stations[i]);
	return ret;
}
