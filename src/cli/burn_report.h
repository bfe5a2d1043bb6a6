/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rows of discern burn. */
#ifndef CLI_BURN_REPORT_H
#define CLI_BURN_REPORT_H

#include <stdbool.h>

#include <discern/burn.h>
#include <discern/verify.h>

#include "ui/report.h"

/** A path without its folders. */
const char *burn_base_name(const char *path);
/** "ASUS DRW-24D5MT 1.00" */
void burn_name_drive(const struct discern_drive_id *id, char *ret, size_t size);
/** "16x (22.2 MB/s)" */
void burn_tell_speed(uint32_t kbps, uint32_t speed_1x_kbps, char *ret, size_t size);
/** "about 6 minutes": no more exact than it can be. */
void burn_tell_estimate(uint32_t seconds, char *ret, size_t size);

void burn_report_image(struct report *report, const struct discern_burn_check *check);
void burn_report_disc(struct report *report, const struct discern_burn_plan *plan, struct discern_drive *drive);

/** What is to be done with the plan, beyond the plan. */
struct burn_intent {
	bool will_verify;
	/** What the check took; of a pipe it is done only while it is burned. */
	double check_seconds;
	bool is_checked_later;
};

/** What the check took, and how long the rest is going to take; 0 for what is not done, or not known. */
struct burn_times {
	double check_seconds;
	bool is_checked_later;
	uint32_t prepare_seconds, write_seconds, close_seconds, verify_seconds;
};
void burn_report_times(struct report *report, const struct burn_times *times);
void burn_report_plan(struct report *report, const struct discern_burn_plan *plan, const struct burn_intent *intent);
void burn_report_write(struct report *report, const struct discern_burn_plan *plan,
		       const struct discern_burn_result *result);
void burn_report_verify(struct report *report, const struct discern_verify_result *result);

/** Nothing if the medium has no spare areas. */
void burn_report_spares(struct report *report, const struct discern_spares *before, const struct discern_spares *after);

#endif
