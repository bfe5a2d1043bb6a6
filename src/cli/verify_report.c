/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/verify_report.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "cli/files_report.h"
#include "cli/range_words.h"

/* Ranges that are printed without -v. */
#define MAX_PRINTED_RANGES 10

static uint32_t image_sectors(const struct discern_verify_result *result)
{
	return (uint32_t)((result->image_bytes + DISCERN_SECTOR_SIZE - 1) / DISCERN_SECTOR_SIZE);
}

static const char *plural(uint32_t n)
{
	return n == 1 ? "" : "s";
}

const char *cli_verify_verdict(const struct discern_verify_result *result)
{
	if (result->n_different_sectors > 0 || result->is_digest_different)
		return "differs";
	if (result->tail == DISCERN_TAIL_SHORT)
		return "short";
	if (result->tail == DISCERN_TAIL_DATA)
		return "longer";
	return result->n_unreadable_sectors > 0 ? "unreadable" : "equal";
}

enum cli_exit cli_verify_exit(const struct discern_verify_result *result)
{
	if (discern_verify_is_equal(result))
		return CLI_EXIT_GOOD;
	return strcmp(cli_verify_verdict(result), "unreadable") == 0 ? CLI_EXIT_UNREADABLE : CLI_EXIT_DIFFERENT;
}

const char *cli_verify_words(const struct discern_verify_result *result, char *buffer, size_t size)
{
	uint32_t total = image_sectors(result);
	uint32_t n = result->n_different_sectors;

	if (n > 0)
		snprintf(buffer, size, "%" PRIu32 " of %" PRIu32 " sectors differ%s, the first is LBA %" PRId32, n,
			 total, n == 1 ? "s" : "", result->different[0].lba);
	else if (result->is_digest_different)
		snprintf(buffer, size, "the SHA-256 is another one; only the image could tell which sectors differ");
	else if (result->tail == DISCERN_TAIL_SHORT)
		snprintf(buffer, size, "the disc ends %" PRIu32 " sector%s too early, at LBA %" PRIu32,
			 result->n_tail_sectors, plural(result->n_tail_sectors), total - result->n_tail_sectors);
	else if (result->tail == DISCERN_TAIL_DATA)
		snprintf(buffer, size, "other data follow on the disc, %" PRIu32 " sector%s from LBA %" PRIu32 " on",
			 result->n_tail_sectors, plural(result->n_tail_sectors), total);
	else if (result->n_unreadable_sectors > 0)
		snprintf(buffer, size, "%" PRIu32 " sector%s cannot be read, the first is LBA %" PRId32 "; %s",
			 result->n_unreadable_sectors, plural(result->n_unreadable_sectors), result->unreadable[0].lba,
			 result->is_by_digest ? "of the others only the image could tell whether they are equal"
					      : "all others are equal");
	else if (total == 1)
		snprintf(buffer, size, "its one sector is the same");
	else
		snprintf(buffer, size, "every one of %" PRIu32 " sectors is the same", total);
	return buffer;
}

static void print_ranges(struct report *report, const char *label, const struct discern_range *ranges, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const char *row_label = i == 0 ? label : "";
		char words[TEXT_SIZE];

		range_words(&ranges[i], words);
		if (ranges[i].n_sectors == 1)
			report_text(report, row_label, "%s", words);
		else
			report_text(report, row_label, "%s, %" PRIu32 " sectors", words, ranges[i].n_sectors);
	}
}

/* A list of ranges: all of them in JSON, the first ones as text unless all are wanted. */
static void report_ranges(struct report *report, const char *key, const struct discern_range *ranges, size_t n)
{
	report_open_list(report, key);
	for (size_t i = 0; i < n; i++) {
		report_open_object(report, NULL);
		report_number(report, "lba", NULL, ranges[i].lba, NULL);
		report_number(report, "sectors", NULL, ranges[i].n_sectors, NULL);
		report_close(report);
	}
	report_close(report);
}

static void report_range_rows(struct report *report, const struct discern_verify_result *result, bool all_ranges)
{
	size_t n_different = result->n_different_ranges;
	size_t n_unreadable = result->n_unreadable_ranges;
	size_t max = all_ranges ? DISCERN_MAX_RANGES : MAX_PRINTED_RANGES;

	print_ranges(report, "differs", result->different, n_different < max ? n_different : max);
	if (n_different > max)
		report_text(report, "", "and %zu ranges more; -v tells all", n_different - max);
	print_ranges(report, "unread", result->unreadable, n_unreadable < max ? n_unreadable : max);
	if (n_unreadable > max)
		report_text(report, "", "and %zu ranges more; -v tells all", n_unreadable - max);
	report_ranges(report, "different", result->different, n_different);
	report_ranges(report, "unreadable", result->unreadable, n_unreadable);
}

static const char *tail_name(enum discern_tail tail)
{
	switch (tail) {
	case DISCERN_TAIL_PADDING:
		return "padding";
	case DISCERN_TAIL_DATA:
		return "data";
	case DISCERN_TAIL_SHORT:
		return "short";
	case DISCERN_TAIL_FREE:
		return "free";
	case DISCERN_TAIL_NONE:
		break;
	}
	return "none";
}

static void report_tail(struct report *report, const struct discern_verify_result *result)
{
	uint32_t n = result->n_tail_sectors;
	const char *verdict = cli_verify_verdict(result);

	if (result->tail == DISCERN_TAIL_PADDING)
		report_text(report, "after it", "%" PRIu32 " sector%s of padding", n, plural(n));
	/* What the first row does not say already. */
	if (result->tail == DISCERN_TAIL_SHORT && strcmp(verdict, "short") != 0)
		report_text(report, "missing", "the disc ends %" PRIu32 " sector%s too early", n, plural(n));
	if (result->tail == DISCERN_TAIL_DATA && strcmp(verdict, "longer") != 0)
		report_text(report, "after it", "%" PRIu32 " sector%s of other data", n, plural(n));
	report_string(report, "tail", NULL, tail_name(result->tail));
	report_number(report, "tail_sectors", NULL, n, NULL);
}

static void report_files(struct report *report, const struct discern_verify_result *result)
{
	const struct files_damage damage = { .n_files = result->n_files,
					     .n_unread_folders = result->n_unread_folders,
					     .n_damaged_files = result->n_damaged_files,
					     .damaged_files = result->damaged_files,
					     .was_compared = true };

	if (!discern_verify_is_equal(result))
		cli_report_files(report, &damage);
}

void cli_report_verify(struct report *report, const struct discern_verify_result *result, bool all_ranges)
{
	char words[160];

	report_text(report, "verdict", "%s: %s", cli_verify_verdict(result),
		    cli_verify_words(result, words, sizeof(words)));
	report_string(report, "verdict", NULL, cli_verify_verdict(result));
	report_number(report, "equal_sectors", NULL, result->n_equal_sectors, NULL);
	report_number(report, "different_sectors", NULL, result->n_different_sectors, NULL);
	report_number(report, "unreadable_sectors", NULL, result->n_unreadable_sectors, NULL);
	report_range_rows(report, result, all_ranges);
	report_tail(report, result);
	report_files(report, result);
	report_string(report, "disc_sha256", "SHA-256", result->disc_sha256);
	report_real(report, "seconds", NULL, result->seconds, NULL);
}
