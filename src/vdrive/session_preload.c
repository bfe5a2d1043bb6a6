/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "vdrive/session.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"

#define MODULE "discern-preload.so"

/* The folder of the running program, without '/' at the end. */
static int program_folder(char ret_folder[PATH_MAX])
{
	ssize_t length = readlink("/proc/self/exe", ret_folder, PATH_MAX - 1);
	char *slash;

	if (length < 0)
		return -errno;
	ret_folder[length] = '\0';
	slash = strrchr(ret_folder, '/');
	if (slash == NULL)
		return -ENOENT;
	*slash = '\0';
	return 0;
}

static bool is_module(const char *path)
{
	return access(path, R_OK) == 0;
}

/* In a build folder, where libtool keeps modules and, behind a script, programs in .libs. An installation that was
 * moved as a whole (DESTDIR) has the module as far from the program as configure put it. */
static bool find_beside_program(char ret_path[PATH_MAX])
{
	char folder[PATH_MAX - sizeof(PKGLIBDIR) - sizeof(MODULE) - 16];
	char whole[PATH_MAX];
	size_t length, bin_length = strlen(BINDIR);

	if (program_folder(whole) < 0 || strlen(whole) >= sizeof(folder))
		return false;
	strcpy(folder, whole);
	snprintf(ret_path, PATH_MAX, "%s/" MODULE, folder);
	if (is_module(ret_path))
		return true;
	snprintf(ret_path, PATH_MAX, "%s/.libs/" MODULE, folder);
	if (is_module(ret_path))
		return true;
	length = strlen(folder);
	if (length < bin_length || strcmp(folder + length - bin_length, BINDIR) != 0)
		return false;
	folder[length - bin_length] = '\0';
	snprintf(ret_path, PATH_MAX, "%s" PKGLIBDIR "/" MODULE, folder);
	return is_module(ret_path);
}

int session_find_preload(char **ret_path, struct discern_error *err)
{
	const char *wanted = getenv("DISCERN_PRELOAD");
	char path[PATH_MAX] = PKGLIBDIR "/" MODULE;

	*ret_path = NULL;
	if (wanted != NULL && wanted[0] == '\0')
		return 0;
	if (wanted != NULL) {
		if (!is_module(wanted))
			return discern_error_set(err, -ENOENT, "DISCERN_PRELOAD=%s: cannot be read", wanted);
		*ret_path = realpath(wanted, NULL);
	} else {
		if (!find_beside_program(path) && !is_module(strcpy(path, PKGLIBDIR "/" MODULE))) {
			discern_error_set(err, -ENOENT,
					  "cannot find " MODULE ", neither beside this program nor in " PKGLIBDIR);
			return discern_error_hint(err,
						  "install discern as a whole, or name the file in DISCERN_PRELOAD "
						  "(empty: do without; some programs then refuse the drives)");
		}
		*ret_path = strdup(path);
	}
	return *ret_path == NULL ? discern_error_set(err, -ENOMEM, "out of memory") : 0;
}
