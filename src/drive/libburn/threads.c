/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "drive/libburn/threads.h"

#include <dirent.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

void threads_list(struct threads *ret_threads)
{
	DIR *folder = opendir("/proc/self/task");
	const struct dirent *entry;

	ret_threads->n = 0;
	if (folder == NULL)
		return;
	while ((entry = readdir(folder)) != NULL && ret_threads->n < THREADS_MAX)
		if (entry->d_name[0] != '.')
			ret_threads->ids[ret_threads->n++] = (pid_t)strtol(entry->d_name, NULL, 10);
	closedir(folder);
}

static bool is_among(pid_t id, const struct threads *threads)
{
	for (size_t i = 0; i < threads->n; i++)
		if (threads->ids[i] == id)
			return true;
	return false;
}

static bool has_more(const struct threads *before)
{
	struct threads now;

	threads_list(&now);
	for (size_t i = 0; i < now.n; i++)
		if (!is_among(now.ids[i], before))
			return true;
	return false;
}

void threads_wait(const struct threads *before)
{
	enum { POLL_US = 1000, MAX_POLLS = 2000 };

	if (before->n == 0 || before->n == THREADS_MAX)
		return;
	for (unsigned i = 0; i < MAX_POLLS && has_more(before); i++)
		usleep(POLL_US);
}
