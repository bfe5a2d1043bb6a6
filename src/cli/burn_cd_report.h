/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rows of a burn of a CD with tracks. */
#ifndef CLI_BURN_CD_REPORT_H
#define CLI_BURN_CD_REPORT_H

#include "cli/burn_cd.h"
#include "cli/verify_cd.h"

/** What the image is, with its tracks. check may be NULL. */
void burn_cd_report_image(struct report *report, const struct discern_cd *cd,
			  const struct discern_burn_cd_check *check);
/** The disc, and what will be done. */
void burn_cd_report_plan(struct report *report, const struct burn_cd_job *job);
void burn_cd_report_verify(struct report *report, const struct discern_verify_cd_result *result);

#endif
