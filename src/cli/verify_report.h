/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The outcome of a comparison, in words and as JSON, for verify and for burn's reading back. */
#ifndef CLI_VERIFY_REPORT_H
#define CLI_VERIFY_REPORT_H

#include <discern/verify.h>

#include "cli/command.h"

/** "equal", "differs", "short", "longer" or "unreadable". */
const char *cli_verify_verdict(const struct discern_verify_result *result);

/** The exit code that goes with it; a difference weighs more than unreadable sectors. */
enum cli_exit cli_verify_exit(const struct discern_verify_result *result);

/** One sentence on a result that is not "equal": "3 of 2481 sectors differ, the first is LBA 100". Returns buffer. */
const char *cli_verify_words(const struct discern_verify_result *result, char *buffer, size_t size);

/** Rows on the result, and the members of the JSON object that is open. */
void cli_report_verify(struct report *report, const struct discern_verify_result *result, bool all_ranges);

#endif
