/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/files_report.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/text.h"

/* Files that are printed. */
#define MAX_PRINTED_FILES 32

static void report_members(struct report *report, const struct files_damage *damage)
{
	report_number(report, "files", NULL, damage->n_files, NULL);
	report_number(report, "unread_folders", NULL, damage->n_unread_folders, NULL);
	report_open_list(report, "damaged_files");
	for (size_t i = 0; i < damage->n_damaged_files; i++) {
		const struct discern_damaged_file *file = &damage->damaged_files[i];

		report_open_object(report, NULL);
		report_string(report, "path", NULL, file->path);
		report_bool(report, "folder", NULL, file->is_folder, NULL);
		report_number(report, "bytes", NULL, (int64_t)file->size_bytes, NULL);
		report_number(report, "bad_sectors", NULL, file->n_bad_sectors, NULL);
		if (damage->was_compared)
			report_number(report, "different_sectors", NULL, file->n_different_sectors, NULL);
		report_close(report);
	}
	report_close(report);
}

static void report_row(struct report *report, const struct discern_damaged_file *file, bool was_compared)
{
	uint64_t bad = (uint64_t)file->n_bad_sectors * DISCERN_SECTOR_SIZE;
	uint64_t different = (uint64_t)file->n_different_sectors * DISCERN_SECTOR_SIZE;
	char bad_text[TEXT_SIZE], different_text[TEXT_SIZE], size_text[TEXT_SIZE];
	const char *bad_words = was_compared ? " unreadable" : "";

	text_size(bad, bad_text);
	text_size(different, different_text);
	text_size(file->size_bytes, size_text);
	/* The last sector of a file is rarely full. */
	if (different == 0 && bad >= file->size_bytes)
		report_text(report, "", "%s: all of it%s", file->path, bad_words);
	else if (bad == 0 && different >= file->size_bytes)
		report_text(report, "", "%s: all of it differs", file->path);
	else if (different == 0)
		report_text(report, "", "%s: %s%s of %s", file->path, bad_text, bad_words, size_text);
	else if (bad == 0)
		report_text(report, "", "%s: %s differ of %s", file->path, different_text, size_text);
	else
		report_text(report, "", "%s: %s differ, %s%s of %s", file->path, different_text, bad_text, bad_words,
			    size_text);
}

void cli_report_files(struct report *report, const struct files_damage *damage)
{
	size_t n_folders = 0, n_files;
	const char *words;

	report_members(report, damage);
	for (size_t i = 0; i < damage->n_damaged_files; i++)
		n_folders += damage->damaged_files[i].is_folder;
	n_files = damage->n_damaged_files - n_folders;
	if (damage->was_compared)
		words = n_files == 1 ? "differs or cannot be read" : "differ or cannot be read";
	else
		words = n_files == 1 ? "is damaged" : "are damaged";
	if (damage->n_files > 0)
		report_text(report, "files", "%zu of %" PRIu32 " files %s%s", n_files, damage->n_files, words,
			    n_folders > 0 ? ", and folders" : "");
	for (size_t i = 0; i < damage->n_damaged_files && i < MAX_PRINTED_FILES; i++)
		report_row(report, &damage->damaged_files[i], damage->was_compared);
	if (damage->n_damaged_files > MAX_PRINTED_FILES)
		report_text(report, "", "and %zu more: --json has them all",
			    damage->n_damaged_files - MAX_PRINTED_FILES);
	if (damage->n_unread_folders > 0)
		report_text(report, "", "%" PRIu32 " folder%s could not be read: files in %s are not counted",
			    damage->n_unread_folders, damage->n_unread_folders == 1 ? "" : "s",
			    damage->n_unread_folders == 1 ? "it" : "them");
}
