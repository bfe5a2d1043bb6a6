/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of a raw image are called. */
#ifndef RIP_RAW_NAMES_H
#define RIP_RAW_NAMES_H

#include "rip/raw_files.h"

/** "NAME.cue" without its folders. */
const char *raw_names_last(const char *path);

/** There is something at path, if only a link to nowhere. */
bool raw_names_exist(const char *path);

/** Sets the name without ending, of what the caller has named. */
void raw_names_set_base(struct raw_files *files, const char *output);

/** Names all files by that, and says which sectors are in each. */
void raw_names_make(struct raw_files *files, const struct raw_disc *disc,
		    const struct discern_rip_raw_options *options);

/** Any of the job's files, in the end or on the way to it, that there is; its name. */
bool raw_names_find(const struct raw_files *files, char ret_name[PATH_MAX + 8]);

#endif
