/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/rip_report.h"

#include <inttypes.h>
#include <string.h>

#include "base/text.h"
#include "cli/files_report.h"
#include "cli/range_words.h"

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
		char words[TEXT_SIZE];

		report_open_object(report, NULL);
		report_number(report, "lba", NULL, range->lba, NULL);
		report_number(report, "sectors", NULL, range->n_sectors, NULL);
		report_close(report);
		range_words(range, words);
		if (range->n_sectors == 1)
			report_text(report, "", "%s", words);
		else
			report_text(report, "", "%s, %" PRIu32 " sectors", words, range->n_sectors);
	}
	report_close(report);
	if (result->n_bad_ranges == DISCERN_RIP_MAX_RANGES)
		report_text(report, "", "and so on: the map has them all");
}

static void report_protection(struct report *report, const struct discern_rip_result *result)
{
	const char *name = discern_protection_name(result->protection);

	report_string(report, "protection", NULL, name);
	report_number(report, "protected_sectors", NULL, result->n_protected_sectors, NULL);
	report_bool(report, "encrypted", NULL, result->is_encrypted, NULL);
	if (result->n_protected_sectors > 0)
		report_text(report, "protect", "%" PRIu32 " of the bad sectors are kept back by the drive (%s)",
			    result->n_protected_sectors, name);
	else if (result->is_encrypted)
		report_text(report, "protect", "the image is encrypted (%s)", name);
	else if (name[0] != '\0')
		report_text(report, "protect", "what is protected is encrypted in the image (%s)", name);
}

/** For JSON; as text only with words of its own, each range a line. */
static void report_ranges(struct report *report, const char *name, const struct discern_range *ranges, size_t n)
{
	report_open_list(report, name);
	for (size_t i = 0; i < n; i++) {
		report_open_object(report, NULL);
		report_number(report, "lba", NULL, ranges[i].lba, NULL);
		report_number(report, "sectors", NULL, ranges[i].n_sectors, NULL);
		report_close(report);
	}
	report_close(report);
}

static void report_proof(struct report *report, const struct discern_rip_result *result)
{
	report_number(report, "mended_sectors", NULL, result->n_mended_sectors, NULL);
	report_ranges(report, "mended_ranges", result->mended_ranges, result->n_mended_ranges);
	report_number(report, "reread_sectors", NULL, result->n_reread_sectors, NULL);
	report_ranges(report, "reread_ranges", result->reread_ranges, result->n_reread_ranges);
	report_number(report, "doubtful_sectors", NULL, result->n_doubtful_sectors, NULL);
	report_ranges(report, "doubtful_ranges", result->doubtful_ranges, result->n_doubtful_ranges);
	report_string(report, "disagree", NULL, result->disagree_path);
	if (result->n_mended_sectors > 0)
		report_text(report, "mended",
			    "%" PRIu32 " sector%s %s mended: the drive gave %s up, and the checksums are right now",
			    result->n_mended_sectors, result->n_mended_sectors == 1 ? "" : "s",
			    result->n_mended_sectors == 1 ? "was" : "were",
			    result->n_mended_sectors == 1 ? "it" : "them");
	if (result->n_doubtful_sectors == 0)
		return;
	report_text(report, "doubtful", "%" PRIu32 " sector%s did not read the same each time%s%s",
		    result->n_doubtful_sectors, result->n_doubtful_sectors == 1 ? "" : "s",
		    result->disagree_path[0] != '\0' ? ", see " : "", result->disagree_path);
	for (size_t i = 0; i < result->n_doubtful_ranges; i++) {
		const struct discern_range *range = &result->doubtful_ranges[i];

		report_text(report, "", "LBA %" PRId32 ", %" PRIu32 " sector%s", range->lba, range->n_sectors,
			    range->n_sectors == 1 ? "" : "s");
	}
}

static void report_files(struct report *report, const struct discern_rip_result *result)
{
	const struct files_damage damage = { .n_files = result->n_files,
					     .n_unread_folders = result->n_unread_folders,
					     .n_damaged_files = result->n_damaged_files,
					     .damaged_files = result->damaged_files };

	if (result->n_bad_sectors > 0)
		cli_report_files(report, &damage);
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

void rip_report(struct cli *cli, const struct rip_manifest *manifest, const struct rip_drives *drives,
		const struct discern_rip_result *result)
{
	struct report *report = cli_report(cli);
	const char *image = strcmp(result->image_path, "-") == 0 ? "to standard output" : result->image_path;
	char size[TEXT_SIZE], packed[TEXT_SIZE];

	report_string(report, "image", NULL, result->image_path);
	report_number(report, "image_bytes", NULL, (int64_t)result->size_bytes, NULL);
	if (result->compressed_bytes > 0)
		report_number(report, "compressed_bytes", NULL, (int64_t)result->compressed_bytes, NULL);
	if (result->compressed_bytes > 0)
		report_text(report, "image", "%s, %s, of %s uncompressed", image,
			    text_size(result->compressed_bytes, packed), text_size(result->size_bytes, size));
	else
		report_text(report, "image", "%s, %s", image, text_size(result->size_bytes, size));
	report_string(report, "drive", "drive", drives->names);
	report_string(report, "label", "label", result->volume_label);
	report_bool(report, "resumed", NULL, result->is_resumed, NULL);
	report_number(report, "first_lba", NULL, result->first_lba, NULL);
	report_string(report, "left_out", "note", result->left_out);
	report_size(report, result);
	report_string(report, "sha256", "SHA-256", result->sha256);
	report_string(report, "md5", "MD5", result->md5);
	report_string(report, "sha1", NULL, result->sha1);
	report_string(report, "crc32", NULL, result->crc32);
	report_bad(report, result);
	report_protection(report, result);
	report_files(report, result);
	report_proof(report, result);
	report_string(report, "map", "map", result->map_path);
	report_string(report, "manifest", "manifest", manifest->manifest_written);
	report_string(report, "report", "report", manifest->report_written);
	rip_drives_report(report, drives, result);
	report_time(report, result);
	report_finish(report);
}
