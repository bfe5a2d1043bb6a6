/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The one refusal that every job on a disc begins with. */
#ifndef DISC_MEDIUM_NEED_H
#define DISC_MEDIUM_NEED_H

#include <discern/error.h>
#include <discern/medium.h>

/** 0 if there is a medium, else -ENOMEDIUM with words on drive and tray, and what to do. wanted says which disc:
 *  "a blank disc". */
int medium_need(const struct discern_medium *medium, const char *drive_path, const char *wanted,
		struct discern_error *err);

#endif
