/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "cli/vdrive_paths.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error.h"

char *vdrive_absolute_path(const char *path, struct discern_error *err)
{
	char *absolute = realpath(path, NULL);

	if (absolute == NULL)
		discern_error_set(err, -errno, "%s: cannot be found: %s", path, strerror(errno));
	return absolute;
}

char *vdrive_absolute_new_path(const char *path, struct discern_error *err)
{
	AUTO_FREE char *folder = get_current_dir_name();
	char *absolute = NULL;

	if (path[0] == '/')
		absolute = strdup(path);
	else if (folder == NULL || asprintf(&absolute, "%s/%s", folder, path) < 0)
		absolute = NULL;
	if (absolute == NULL)
		discern_error_set(err, -errno, "%s: cannot be made out: %s", path, strerror(errno));
	return absolute;
}

char *vdrive_absolute_rule(const char *rule)
{
	static const char key[] = " exchange=";
	/* Its value goes on to the end, blanks and all. */
	const char *found = strstr(rule, key);
	AUTO_FREE char *path = NULL;
	struct discern_error err;
	char *absolute;

	if (found == NULL || found[strlen(key)] == '\0')
		return strdup(rule);
	found += strlen(key);
	path = vdrive_absolute_new_path(found, &err);
	if (path == NULL || asprintf(&absolute, "%.*s%s", (int)(found - rule), rule, path) < 0)
		return NULL;
	return absolute;
}
