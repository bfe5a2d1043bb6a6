/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/burn_table.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "cli/burn_report.h"
#include "cli/command.h"

enum { SPEED_SIZE = 64 };

void burn_table_add(struct burn_table *table, const struct burn_row *row)
{
	struct burn_row *grown = reallocarray(table->rows, table->n + 1, sizeof(*grown));
	size_t i;

	if (grown == NULL)
		abort();
	table->rows = grown;
	for (i = table->n; i > 0 && grown[i - 1].place > row->place; i--)
		grown[i] = grown[i - 1];
	grown[i] = *row;
	grown[i].answer = answer_keep(row->answer);
	grown[i].task = row->task != NULL ? strdup(row->task) : NULL;
	table->n++;
}

void burn_table_clear(struct burn_table *table)
{
	for (size_t i = 0; i < table->n; i++) {
		answer_free(table->rows[i].answer);
		free(table->rows[i].task);
	}
	free(table->rows);
	*table = (struct burn_table){ 0 };
}

/* "16x (22.2 MB/s)" */
static const char *speed_words(const struct answer *answer, const char *key, char ret[SPEED_SIZE])
{
	double kbps = (double)answer_number(answer, key);
	double kbps_1x = (double)answer_number(answer, "plan.speed_1x_kbps");

	if (kbps <= 0)
		snprintf(ret, SPEED_SIZE, "-");
	else if (kbps_1x > 0)
		snprintf(ret, SPEED_SIZE, "%.*fx (%.1f MB/s)", kbps / kbps_1x < 9.95 ? 1 : 0, kbps / kbps_1x,
			 kbps / 1000);
	else
		snprintf(ret, SPEED_SIZE, "%.1f MB/s", kbps / 1000);
	return ret;
}

void burn_table_report_plan(struct report *report, const char *name, const struct answer *plan, const char *words)
{
	const char *holds = answer_string(plan, "disc.holds");
	char size[2 + TEXT_SIZE] = "", speed[SPEED_SIZE], time[64];

	if (words[0] != '\0') {
		report_text(report, name, "%s", words);
		return;
	}
	if (!answer_has(plan, "plan")) {
		report_text(report, name, "%s, %s", answer_string(plan, "profile"), answer_string(plan, "state"));
		return;
	}
	/* A full CD does not say what it takes once it is blanked. */
	if (answer_number(plan, "disc.capacity_sectors") > 0) {
		memcpy(size, ", ", 2);
		text_size((uint64_t)answer_number(plan, "disc.capacity_sectors") * DISCERN_SECTOR_SIZE, size + 2);
	}
	burn_tell_estimate((uint32_t)answer_number(plan, "plan.seconds"), time, sizeof(time));
	report_text(report, name, "%s, %s%s (%s), %s at %s, %s", answer_string(plan, "disc.profile"),
		    holds[0] == '\0' ? "blank" : answer_string(plan, "disc.state"), size,
		    answer_string(plan, "disc.media_id"), answer_string(plan, "plan.mode"),
		    speed_words(plan, "plan.speed_kbps", speed), time);
	if (holds[0] != '\0')
		report_text(report, "", "the disc loses what it holds: %s", holds);
}

const char *burn_table_verdict(const struct burn_row *row)
{
	const char *verdict = answer_string(row->answer, "verdict");

	if (row->code == CLI_EXIT_MEDIUM)
		return "no usable disc";
	if (row->code > CLI_EXIT_SIGNAL)
		return "stopped";
	return verdict[0] != '\0' ? verdict : "failed";
}

static void report_row(struct report *report, const struct burn_row *row)
{
	const char *keys[] = { "disc.profile", "disc.media_id", "verify.verdict", "verify.disc_sha256" };
	const char *names[] = { "profile", "media_id", "verify", "disc_sha256" };

	report_open_object(report, NULL);
	report_string(report, "drive", NULL, row->drive);
	if (row->task != NULL)
		report_string(report, "task", NULL, row->task);
	report_string(report, "verdict", NULL, burn_table_verdict(row));
	report_number(report, "exit_code", NULL, row->code, NULL);
	report_string(report, "words", NULL, row->words);
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		report_string(report, names[i], NULL, answer_string(row->answer, keys[i]));
	report_number(report, "written_bytes", NULL, answer_number(row->answer, "write.bytes"), NULL);
	report_number(report, "average_kbps", NULL, answer_number(row->answer, "write.average_kbps"), NULL);
	report_number(report, "min_fifo_percent", NULL, answer_number(row->answer, "write.min_fifo_percent"), NULL);
	report_number(report, "behind_bytes", NULL, answer_number(row->answer, "write.behind_bytes"), NULL);
	report_string(report, "receipt", NULL, answer_string(row->answer, "receipt"));
	report_close(report);
}

void burn_table_report(const struct burn_table *table, struct report *report)
{
	report_open_list(report, "discs");
	for (size_t i = 0; i < table->n; i++)
		report_row(report, &table->rows[i]);
	report_close(report);
	if (table->n == 0)
		return;
	report_text(report, "drive", "%-12s %-18s %-11s %s", "disc", "written at", "read back", "verdict");
	for (size_t i = 0; i < table->n; i++) {
		const struct burn_row *row = &table->rows[i];
		const char *slash = strrchr(row->drive, '/');
		const char *profile = answer_string(row->answer, "disc.profile");
		const char *verify = answer_string(row->answer, "verify.verdict");
		char speed[SPEED_SIZE];

		report_text(report, slash != NULL ? slash + 1 : row->drive, "%-12s %-18s %-11s %s%s%s%s%s",
			    profile[0] != '\0' ? profile : "-", speed_words(row->answer, "write.average_kbps", speed),
			    verify[0] != '\0' ? verify : "-", burn_table_verdict(row),
			    row->words[0] != '\0' ? ": " : "", row->words, row->task != NULL ? "  " : "",
			    row->task != NULL ? row->task : "");
		if (answer_number(row->answer, "write.behind_bytes") > 0)
			report_text(report, "", "fell behind the others: %s were read from the image again",
				    text_size((uint64_t)answer_number(row->answer, "write.behind_bytes"), speed));
	}
}

int burn_table_code(const struct burn_table *table)
{
	static const int worst_first[] = { CLI_EXIT_DIFFERENT, CLI_EXIT_UNREADABLE, CLI_EXIT_FAILED, CLI_EXIT_MEDIUM,
					   CLI_EXIT_USAGE };
	int code = CLI_EXIT_GOOD;

	for (size_t i = 0; i < table->n; i++)
		if (table->rows[i].code > CLI_EXIT_SIGNAL)
			return table->rows[i].code;
	for (size_t k = 0; k < sizeof(worst_first) / sizeof(worst_first[0]) && code == CLI_EXIT_GOOD; k++)
		for (size_t i = 0; i < table->n; i++)
			if (table->rows[i].code == worst_first[k])
				code = worst_first[k];
	for (size_t i = 0; i < table->n && code == CLI_EXIT_GOOD; i++)
		code = table->rows[i].code;
	return code;
}
