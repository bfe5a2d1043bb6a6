/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The results of a burn on several drives. */
#ifndef CLI_BURN_TABLE_H
#define CLI_BURN_TABLE_H

#include "ui/answer.h"
#include "ui/report.h"

/** One disc. */
struct burn_row {
	char drive[64];
	/** Of a queue; NULL otherwise. */
	char *task;
	/** What the burn, or the plan where nothing was burned, has answered; NULL if it did not. */
	struct answer *answer;
	int code;
	char words[512];
	/** Rows are sorted by it, and come behind those with the same number. */
	size_t place;
};

struct burn_table {
	struct burn_row *rows;
	size_t n;
};

/** Adds a disc; all is copied. The program is aborted when memory is out. */
void burn_table_add(struct burn_table *table, const struct burn_row *row);

/** A line of a table on what is planned for a drive. */
void burn_table_report_plan(struct report *report, const char *name, const struct answer *plan, const char *words);

void burn_table_report(const struct burn_table *table, struct report *report);

/** The worst of the exit codes: stopped, different, unreadable, failed, no usable disc, wrong usage, good. */
int burn_table_code(const struct burn_table *table);

/** "good", "different" …, of an exit code. */
const char *burn_table_verdict(const struct burn_row *row);

void burn_table_clear(struct burn_table *table);

#endif
