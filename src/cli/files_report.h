/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which files are damaged, in words and as JSON, for rip, verify and burn. */
#ifndef CLI_FILES_REPORT_H
#define CLI_FILES_REPORT_H

#include <discern/image.h>

#include "cli/command.h"

struct files_damage {
	uint32_t n_files, n_unread_folders;
	size_t n_damaged_files;
	const struct discern_damaged_file *damaged_files;
	/** They were compared, and may differ: verify. */
	bool was_compared;
};

/** Of many damaged files the first ones as text; in JSON all. */
void cli_report_files(struct report *report, const struct files_damage *damage);

#endif
