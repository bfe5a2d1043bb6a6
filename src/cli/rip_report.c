/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/rip_report.h"

#include <inttypes.h>

#include "base/text.h"

/** For JSON only: as text, -v has told it already. */
static void report_size(struct report *report, const struct discern_rip_result *result)
{
	report_open_object(report, "size_decision");
	report_string(report, "reason", NULL, result->size_reason);
	report_open_list(report, "candidates");
	for (size_t i = 0; i < result->n_candidates; i++) {
		const struct discern_size_candidate *candidate = &result->candidates[i];

		report_open_object(report, NULL);
		report_string(report, "source", NULL, candidate->source);
		report_number(report, "sectors", NULL, candidate->n_sectors, NULL);
		report_bool(report, "chosen", NULL, candidate->is_chosen, NULL);
		report_close(report);
	}
	report_close(report);
	report_close(report);
}

static void report_bad(struct report *report, const struct discern_rip_result *result)
{
	char size[TEXT_SIZE];

	report_number(report, "bad_sectors", NULL, result->n_bad_sectors, NULL);
	report_bool(report, "bad_by_design", NULL, result->is_bad_by_design, NULL);
	report_number(report, "run_out_sectors", NULL, result->n_run_out_sectors, NULL);
	if (result->n_bad_sectors > 0)
		report_text(report, "bad", "%" PRIu32 " sector%s could not be read, %s of zeros in the image",
			    result->n_bad_sectors, result->n_bad_sectors == 1 ? "" : "s",
			    text_size((uint64_t)result->n_bad_sectors * DISCERN_SECTOR_SIZE, size));
	report_open_list(report, "bad_ranges");
	for (size_t i = 0; i < result->n_bad_ranges; i++) {
		const struct discern_range *range = &result->bad_ranges[i];

		report_open_object(report, NULL);
		report_number(report, "lba", NULL, range->lba, NULL);
		report_number(report, "sectors", NULL, range->n_sectors, NULL);
		report_close(report);
		if (range->n_sectors == 1)
			report_text(report, "", "LBA %" PRId32, range->lba);
		else
			report_text(report, "", "LBA %" PRId32 " to %" PRId64 ", %" PRIu32 " sectors", range->lba,
				    (int64_t)range->lba + range->n_sectors - 1, range->n_sectors);
	}
	report_close(report);
	if (result->n_bad_ranges == DISCERN_RIP_MAX_RANGES)
		report_text(report, "", "and so on: the map has them all");
}

static void report_file(struct report *report, const struct discern_damaged_file *file)
{
	uint64_t lost = (uint64_t)file->n_bad_sectors * DISCERN_SECTOR_SIZE;
	char lost_text[TEXT_SIZE], size_text[TEXT_SIZE];

	/* The last sector of a file is rarely full. */
	if (lost >= file->size_bytes)
		report_text(report, "", "%s: all of it", file->path);
	else
		report_text(report, "", "%s: %s of %s", file->path, text_size(lost, lost_text),
			    text_size(file->size_bytes, size_text));
}

/** Of many damaged files, the first ones; in JSON all. */
static void report_files(struct report *report, const struct discern_rip_result *result)
{
	enum { SHOWN = 32 };
	size_t n_shown = result->n_damaged_files < SHOWN ? result->n_damaged_files : SHOWN, n_folders = 0;

	if (result->n_bad_sectors == 0)
		return;
	report_number(report, "files", NULL, result->n_files, NULL);
	report_number(report, "unread_folders", NULL, result->n_unread_folders, NULL);
	report_open_list(report, "damaged_files");
	for (size_t i = 0; i < result->n_damaged_files; i++) {
		const struct discern_damaged_file *file = &result->damaged_files[i];

		report_open_object(report, NULL);
		report_string(report, "path", NULL, file->path);
		n_folders += file->is_folder;
		report_bool(report, "folder", NULL, file->is_folder, NULL);
		report_number(report, "bytes", NULL, (int64_t)file->size_bytes, NULL);
		report_number(report, "bad_sectors", NULL, file->n_bad_sectors, NULL);
		report_close(report);
	}
	report_close(report);
	if (result->n_files > 0)
		report_text(report, "files", "%zu of %" PRIu32 " files are damaged%s",
			    result->n_damaged_files - n_folders, result->n_files, n_folders > 0 ? ", and folders" : "");
	for (size_t i = 0; i < n_shown; i++)
		report_file(report, &result->damaged_files[i]);
	if (n_shown < result->n_damaged_files)
		report_text(report, "", "and %zu more: --json has them all", result->n_damaged_files - n_shown);
	if (result->n_unread_folders > 0)
		report_text(report, "", "%" PRIu32 " folder%s could not be read: files in %s are not counted",
			    result->n_unread_folders, result->n_unread_folders == 1 ? "" : "s",
			    result->n_unread_folders == 1 ? "it" : "them");
}

static void report_time(struct report *report, const struct discern_rip_result *result)
{
	char duration[TEXT_SIZE];

	report_real(report, "seconds", NULL, result->seconds, NULL);
	report_number(report, "speed_kbps", NULL, result->speed_kbps, NULL);
	if (result->speed_kbps > 0)
		report_text(report, "time", "%s, %.1f MB/s on average",
			    text_duration((uint64_t)(result->seconds + 0.5), duration), result->speed_kbps / 1000.0);
	else
		report_text(report, "time", "%s", text_duration((uint64_t)(result->seconds + 0.5), duration));
}

void rip_report(struct cli *cli, const char *drive, const struct discern_rip_result *result)
{
	struct report *report = cli_report(cli);
	char size[TEXT_SIZE];

	report_string(report, "image", NULL, result->image_path);
	report_number(report, "image_bytes", NULL, (int64_t)result->size_bytes, NULL);
	report_text(report, "image", "%s, %s", result->image_path, text_size(result->size_bytes, size));
	report_string(report, "drive", "drive", drive);
	report_string(report, "label", "label", result->volume_label);
	report_bool(report, "resumed", NULL, result->is_resumed, NULL);
	report_number(report, "first_lba", NULL, result->first_lba, NULL);
	report_string(report, "left_out", "note", result->left_out);
	report_size(report, result);
	report_string(report, "sha256", "SHA-256", result->sha256);
	report_string(report, "md5", "MD5", result->md5);
	report_bad(report, result);
	report_files(report, result);
	report_string(report, "map", "map", result->map_path);
	report_time(report, result);
	report_finish(report);
}
