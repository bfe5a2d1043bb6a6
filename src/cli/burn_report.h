/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rows of discern burn. */
#ifndef CLI_BURN_REPORT_H
#define CLI_BURN_REPORT_H

#include <stdbool.h>

#include <discern/burn.h>
#include <discern/verify.h>

#include "ui/report.h"

void burn_report_image(struct report *report, const struct discern_burn_check *check);
void burn_report_disc(struct report *report, const struct discern_burn_plan *plan, struct discern_drive *drive);

/** What is to be done with the plan, beyond the plan. */
struct burn_intent {
	bool will_verify;
	/** Also tell the reasons. */
};
void burn_report_plan(struct report *report, const struct discern_burn_plan *plan, const struct burn_intent *intent);
void burn_report_write(struct report *report, const struct discern_burn_plan *plan,
		       const struct discern_burn_result *result);
void burn_report_verify(struct report *report, const struct discern_verify_result *result);

/** Nothing if the medium has no spare areas. */
void burn_report_spares(struct report *report, const struct discern_spares *before, const struct discern_spares *after);

#endif
