/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Locals that release themselves. Use either these or one out: label in a function, never both. */
#ifndef BASE_CLEANUP_H
#define BASE_CLEANUP_H

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static inline void cleanup_free(void *p)
{
	free(*(void **)p);
}

static inline void cleanup_close(const int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

static inline void cleanup_fclose(FILE **file)
{
	if (*file != NULL)
		fclose(*file);
}

static inline void cleanup_closedir(DIR **dir)
{
	if (*dir != NULL)
		closedir(*dir);
}

#define AUTO_FREE __attribute__((cleanup(cleanup_free)))
#define AUTO_CLOSE __attribute__((cleanup(cleanup_close)))
#define AUTO_FCLOSE __attribute__((cleanup(cleanup_fclose)))
#define AUTO_CLOSEDIR __attribute__((cleanup(cleanup_closedir)))

#endif
