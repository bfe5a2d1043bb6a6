/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The drive that is ripped, or several with copies of one disc. */
#ifndef CLI_RIP_DRIVES_H
#define CLI_RIP_DRIVES_H

#include <discern/rip.h>

#include "cli/command.h"
#include "ui/report.h"

struct rip_drives {
	size_t n;
	struct discern_drive *all[DISCERN_RIP_MAX_DRIVES];
	/** All paths, with commas. */
	char names[512];
};

/** Opens n drives; with none named it is the one that is there. One of several that does not answer is told and left out.
 *  0, or an exit code after a message. */
int rip_drives_open(struct cli *cli, char **names, size_t n, struct rip_drives *ret_drives);

void rip_drives_close(struct cli *cli, struct rip_drives *drives);

/** What a drive has done; NULL if it was the only one. */
const struct discern_rip_drive *rip_drives_part(const struct discern_rip_result *result,
						const struct discern_drive *drive);

/** What each of several drives has done. */
void rip_drives_report(struct report *report, const struct rip_drives *drives, const struct discern_rip_result *result);

#endif
