/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a drive can do and which medium is in it, in words and as JSON. */
#ifndef CLI_MEDIUM_REPORT_H
#define CLI_MEDIUM_REPORT_H

#include <discern/drive.h>

#include "ui/report.h"

/** Rows and members of the open object on the drive's abilities; nothing if it does not tell them. */
void cli_report_abilities(struct report *report, struct discern_drive *drive);

/** Rows on the medium, and the JSON object "medium". */
void cli_report_medium(struct report *report, const struct discern_medium *medium);

/** A data track is on it. */
bool cli_medium_has_data(const struct discern_medium *medium);

#endif
