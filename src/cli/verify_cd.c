/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/verify_cd.h"

#include <inttypes.h>

#include "base/text.h"
#include "cli/burn_cd_report.h"
#include "cli/range_words.h"

enum { MAX_PRINTED = 10 };

enum cli_exit cli_verify_cd_exit(const struct discern_verify_cd_result *result)
{
	if (result->n_different_sectors > 0 || result->n_differences > 0)
		return CLI_EXIT_DIFFERENT;
	return discern_verify_cd_is_equal(result) ? CLI_EXIT_GOOD : CLI_EXIT_UNREADABLE;
}

const char *cli_verify_cd_verdict(const struct discern_verify_cd_result *result)
{
	enum cli_exit code = cli_verify_cd_exit(result);

	return code == CLI_EXIT_GOOD ? "equal" : code == CLI_EXIT_DIFFERENT ? "differs" : "unreadable";
}

static const char *plural(uint32_t n)
{
	return n == 1 ? "" : "s";
}

static void print_verdict(struct report *report, const struct discern_verify_cd_result *result)
{
	if (result->is_by_digest && result->n_unreadable_sectors + result->n_out_of_reach_sectors > 0)
		report_text(report, "verdict",
			    "%s: of %" PRIu32 " sectors %" PRIu32 " cannot be read, %" PRIu32
			    " %s out of the drive's reach",
			    cli_verify_cd_verdict(result), result->n_sectors, result->n_unreadable_sectors,
			    result->n_out_of_reach_sectors, result->n_out_of_reach_sectors == 1 ? "is" : "are");
	else if (result->is_by_digest && result->n_differences > 0 && result->n_equal_sectors < result->n_sectors)
		report_text(report, "verdict", "differs: only the image could tell which sectors");
	else if (result->is_by_digest && result->n_differences > 0)
		report_text(report, "verdict", "differs: all %" PRIu32 " sectors are equal, but not what tells of them",
			    result->n_sectors);
	else if (result->is_by_digest)
		report_text(report, "verdict", "equal: %" PRIu32 " sectors, by the SHA-256 of each track%s",
			    result->n_sectors, result->lacks_tables ? "" : ", and all that tells of them");
	else if (discern_verify_cd_is_equal(result))
		report_text(report, "verdict", "equal: %" PRIu32 " sectors, and all that tells of them",
			    result->n_sectors);
	else
		report_text(report, "verdict",
			    "%s: of %" PRIu32 " sectors %" PRIu32 " differ%s, %" PRIu32 " cannot be read, %" PRIu32
			    " %s out of the drive's reach",
			    cli_verify_cd_verdict(result), result->n_sectors, result->n_different_sectors,
			    result->n_different_sectors == 1 ? "s" : "", result->n_unreadable_sectors,
			    result->n_out_of_reach_sectors, result->n_out_of_reach_sectors == 1 ? "is" : "are");
	if (!result->has_audio)
		return;
	if (!result->is_offset_found)
		report_text(report, "samples", "there is no sound to tell by where they lie");
	else if (result->has_jitter)
		report_text(report, "samples",
			    "the drive begins elsewhere each time: each piece was placed by what lies before it");
	else if (result->offset_samples == 0)
		report_text(report, "samples", "lie where they should");
	else
		report_text(report, "samples",
			    "lie %" PRId32 " late as this drive reads them (negative: early), all alike",
			    result->offset_samples);
}

static void print_ranges(struct report *report, const char *label, const struct discern_range *ranges, size_t n)
{
	char words[TEXT_SIZE];

	for (size_t i = 0; i < n && i < MAX_PRINTED; i++)
		report_text(report, i == 0 ? label : "", "%s", range_words(&ranges[i], words));
	if (n > MAX_PRINTED)
		report_text(report, "", "and more");
}

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

static void report_differences(struct report *report, const struct discern_verify_cd_result *result)
{
	size_t n =
		result->n_differences < DISCERN_CD_MAX_DIFFERENCES ? result->n_differences : DISCERN_CD_MAX_DIFFERENCES;

	report_open_list(report, "differences");
	for (size_t i = 0; i < n; i++)
		report_string(report, "difference", NULL, result->differences[i]);
	report_close(report);
	for (size_t i = 0; i < n; i++)
		report_text(report, i == 0 ? "differs" : "", "%s", result->differences[i]);
	if (n < result->n_differences)
		report_text(report, "", "and %" PRIu32 " difference%s more", (uint32_t)(result->n_differences - n),
			    plural((uint32_t)(result->n_differences - n)));
}

void cli_report_verify_cd(struct report *report, const struct discern_verify_cd_result *result)
{
	print_verdict(report, result);
	report_string(report, "verdict", NULL, cli_verify_cd_verdict(result));
	report_number(report, "sectors", NULL, result->n_sectors, NULL);
	report_number(report, "equal_sectors", NULL, result->n_equal_sectors, NULL);
	report_number(report, "different_sectors", NULL, result->n_different_sectors, NULL);
	report_number(report, "unreadable_sectors", NULL, result->n_unreadable_sectors, NULL);
	report_number(report, "out_of_reach_sectors", NULL, result->n_out_of_reach_sectors, NULL);
	report_bool(report, "offset_found", NULL, result->is_offset_found, NULL);
	report_number(report, "offset", NULL, result->offset_samples, NULL);
	report_bool(report, "jitter", NULL, result->has_jitter, NULL);
	report_differences(report, result);
	print_ranges(report, "sectors", result->different, result->n_different_ranges);
	print_ranges(report, "unread", result->unreadable, result->n_unreadable_ranges);
	report_ranges(report, "different", result->different, result->n_different_ranges);
	report_ranges(report, "unreadable", result->unreadable, result->n_unreadable_ranges);
	report_bool(report, "by_digest", NULL, result->is_by_digest, NULL);
	report_bool(report, "tables_compared", NULL, !result->lacks_tables, NULL);
	report_real(report, "seconds", NULL, result->seconds, NULL);
}

static int end(struct cli *cli, struct report *report, struct discern_drive *drive,
	       const struct discern_verify_cd_result *result, const char *what)
{
	char duration[TEXT_SIZE];
	int ret = cli_verify_cd_exit(result);

	report_string(report, "drive", "drive", discern_drive_path(drive));
	cli_report_verify_cd(report, result);
	report_text(report, "time", "%s", text_duration((uint64_t)(result->seconds + 0.5), duration));
	report_finish(report);
	if (ret != CLI_EXIT_GOOD)
		cli_complain(cli, "the disc in %s %s %s", discern_drive_path(drive),
			     ret == CLI_EXIT_UNREADABLE ? "cannot be proven equal to" : "is not equal to", what);
	return ret;
}

/* What is compared. */
struct comparison {
	struct discern_drive *drive;
	struct discern_cd *cd;
	const struct verify_cd_image *image;
};

static void print_manifest(struct report *report, const struct verify_cd_image *image)
{
	if (image->manifest == NULL)
		return;
	report_string(report, "manifest", NULL, image->manifest);
	report_text(report, "manifest", "%s: %zu file%s, unchanged", image->manifest, image->n_files,
		    image->n_files == 1 ? "" : "s");
}

static int compare(struct cli *cli, const struct comparison *comparison,
		   const struct discern_verify_cd_options *options)
{
	struct discern_drive *drive = comparison->drive;
	struct discern_cd *cd = comparison->cd;
	struct discern_verify_cd_result result;
	struct discern_error err;
	struct report *report;

	cli_catch_signals();
	if (discern_verify_cd(drive, cd, options, &cli->observer, &result, &err) < 0)
		return cli_fail(cli, &err);
	progress_end(cli->progress);
	report = cli_report(cli);
	print_manifest(report, comparison->image);
	burn_cd_report_image(report, cd, NULL);
	return end(cli, report, drive, &result, discern_cd_path(cd));
}

int verify_cd(struct cli *cli, const struct verify_cd_image *image, const char *drive_name,
	      const struct discern_verify_cd_options *options)
{
	struct discern_drive *drive = NULL;
	struct discern_cd *cd = NULL;
	struct discern_error err;
	int ret;

	if (discern_cd_open(image->path, &cd, &err) < 0)
		return cli_fail(cli, &err);
	ret = cli_open_drive(cli, drive_name, true, &drive, &err);
	if (ret == 0)
		ret = compare(cli, &(struct comparison){ drive, cd, image }, options);
	cli_close_drive(cli, drive);
	discern_cd_close(cd);
	return ret;
}

static int prove(struct cli *cli, struct discern_drive *drive, const struct verify_cd_receipt *receipt,
		 const struct discern_verify_cd_options *options)
{
	struct discern_verify_cd_result result;
	struct discern_error err;
	struct report *report;

	cli_catch_signals();
	if (discern_verify_cd_digest(drive, &receipt->digest, options, &cli->observer, &result, &err) < 0)
		return cli_fail(cli, &err);
	progress_end(cli->progress);
	report = cli_report(cli);
	report_string(report, "manifest", NULL, receipt->path);
	report_text(report, "receipt", "%s, of a CD with %zu track%s, each known by its SHA-256", receipt->path,
		    receipt->digest.n_tracks, receipt->digest.n_tracks == 1 ? "" : "s");
	if (result.lacks_tables)
		report_text(report, "", "pauses, indexes, codes and CD-TEXT are not in it, and not compared");
	return end(cli, report, drive, &result, "what was burned");
}

int verify_cd_receipt(struct cli *cli, const struct verify_cd_receipt *receipt, const char *drive_name,
		      const struct discern_verify_cd_options *options)
{
	struct discern_drive *drive = NULL;
	struct discern_error err;
	int ret = cli_open_drive(cli, drive_name, true, &drive, &err);

	if (ret == 0)
		ret = prove(cli, drive, receipt, options);
	cli_close_drive(cli, drive);
	return ret;
}
