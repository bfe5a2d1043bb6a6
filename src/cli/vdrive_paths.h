/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Paths as the process of an attached drive finds them, which has a working folder of its own. */
#ifndef CLI_VDRIVE_PATHS_H
#define CLI_VDRIVE_PATHS_H

#include <discern/error.h>

/** Of a file that is there, and of one that need not be. The caller frees it; NULL with words in err. */
char *vdrive_absolute_path(const char *path, struct discern_error *err);
char *vdrive_absolute_new_path(const char *path, struct discern_error *err);

/** A fault rule with such a path in exchange=. The caller frees it; NULL without memory. */
char *vdrive_absolute_rule(const char *rule);

#endif
