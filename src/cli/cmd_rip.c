/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <discern/rip.h>

#include "base/text.h"
#include "cli/command.h"

enum { MAX_RETRIES = 10000, MAX_SPEED_TENTHS = 10000, MAX_SPEED_KBPS = 1000000, MAX_LIMIT_SECONDS = 10000000 };

struct job {
	struct cli *cli;
	struct discern_rip_options options;
	/** A speed in tenths of the disc's 1x; 0 if it was given in kB/s or not at all. */
	uint32_t speed_tenths;
};

enum { OPTION_MAX_TIME = 1, OPTION_NO_PROGRESS };

static const struct option own[] = {
	{ "max-time", required_argument, NULL, OPTION_MAX_TIME },
	{ "stop-after-no-progress", required_argument, NULL, OPTION_NO_PROGRESS },
	{ "output", required_argument, NULL, 'o' },
	{ "retries", required_argument, NULL, 'r' },
	{ "speed", required_argument, NULL, 's' },
	{ 0 },
};

/** Reads "8", "8x" or "2.4x" as tenths. False if it is none of them. */
static bool read_factor(const char *word, uint32_t *ret_tenths)
{
	char digits[16];
	size_t length = strcspn(word, "xX");
	char *point;
	int64_t whole;
	int64_t tenth = 0;

	if (length >= sizeof(digits) || strlen(word + length) > 1)
		return false;
	memcpy(digits, word, length);
	digits[length] = '\0';
	point = strchr(digits, '.');
	if (point != NULL)
		*point++ = '\0';
	if (!text_to_number(digits, 0, MAX_SPEED_TENTHS / 10, &whole) ||
	    (point != NULL && !text_to_number(point, 0, 9, &tenth)))
		return false;
	*ret_tenths = (uint32_t)(whole * 10 + tenth);
	return *ret_tenths > 0;
}

/** "8", "8x", "2.4", "max", or "5540kB/s". */
static int set_speed(struct job *job, const char *word)
{
	char digits[16];
	size_t length = strspn(word, "0123456789");
	int64_t kbps;

	job->speed_tenths = 0;
	job->options.speed_kbps = 0;
	if (strcmp(word, "max") == 0 || read_factor(word, &job->speed_tenths))
		return 0;
	if (length > 0 && length < sizeof(digits) && strcmp(word + length, "kB/s") == 0) {
		memcpy(digits, word, length);
		digits[length] = '\0';
		if (text_to_number(digits, 1, MAX_SPEED_KBPS, &kbps)) {
			job->options.speed_kbps = (uint32_t)kbps;
			return 0;
		}
	}
	return cli_usage(job->cli, "--speed=%s: give a number such as 8 or 2.4, a number with kB/s, or max", word);
}

static int set_retries(struct job *job, const char *word)
{
	int64_t n;

	if (!text_to_number(word, 0, MAX_RETRIES, &n))
		return cli_usage(job->cli, "--retries=%s: give a number from 0 to %d", word, MAX_RETRIES);
	job->options.retries = (int)n;
	return 0;
}

/** "90", "90s", "15m" or "2h". */
static int set_limit(struct job *job, const char *option, const char *word, double *ret_seconds)
{
	static const struct {
		char letter;
		int64_t seconds;
	} units[] = { { 's', 1 }, { 'm', 60 }, { 'h', 3600 } };
	size_t length = strspn(word, "0123456789");
	char digits[16];
	int64_t n, unit = strlen(word) == length ? 1 : 0;

	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (word[length] == units[i].letter && word[length + 1] == '\0')
			unit = units[i].seconds;
	if (length < sizeof(digits)) {
		memcpy(digits, word, length);
		digits[length] = '\0';
	}
	if (length >= sizeof(digits) || unit == 0 || !text_to_number(digits, 1, MAX_LIMIT_SECONDS, &n))
		return cli_usage(job->cli, "--%s=%s: give a time such as 90s, 15m or 2h", option, word);
	*ret_seconds = (double)(n * unit);
	return 0;
}

static int set_output(struct job *job, const char *path)
{
	size_t length = strlen(path);

	if (length == 0 || path[length - 1] == '/')
		return cli_usage(job->cli, "--output=%s: give the name of a file", path);
	job->options.output = path;
	return 0;
}

/** -1 to go on, else the exit code. */
static int parse(struct job *job, int argc, char **argv)
{
	int option;
	int ret = 0;

	while ((option = cli_getopt(job->cli, &cmd_rip, argc, argv, "o:", own)) != -1) {
		if (option == CLI_OPTION_DONE)
			return CLI_EXIT_GOOD;
		if (option == CLI_OPTION_BAD)
			return CLI_EXIT_USAGE;
		if (option == OPTION_MAX_TIME)
			ret = set_limit(job, "max-time", optarg, &job->options.max_seconds);
		else if (option == OPTION_NO_PROGRESS)
			ret = set_limit(job, "stop-after-no-progress", optarg, &job->options.no_progress_seconds);
		else if (option == 'o')
			ret = set_output(job, optarg);
		else if (option == 'r')
			ret = set_retries(job, optarg);
		else
			ret = set_speed(job, optarg);
		if (ret != 0)
			return ret;
	}
	if (argc - optind > 1)
		return cli_usage(job->cli, "one drive, not %d", argc - optind);
	return -1;
}

/** Turns a speed in x into kB/s, for which the kind of disc must be known. */
static int find_speed(struct job *job, struct discern_drive *drive, struct discern_error *err)
{
	struct discern_medium medium;
	int ret;

	if (job->speed_tenths == 0)
		return 0;
	ret = discern_drive_medium(drive, DISCERN_MEDIUM_FOR_READING, &medium, err);
	if (ret < 0)
		return ret;
	job->options.speed_kbps =
		(uint32_t)((uint64_t)discern_profile_1x_kbps(medium.profile) * job->speed_tenths / 10);
	discern_medium_clear(&medium);
	return 0;
}

/* ---- result ---- */

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

/** Of many damaged files, the first ones; in JSON all. */
static void report_files(struct report *report, const struct discern_rip_result *result)
{
	enum { SHOWN = 32 };
	size_t n_shown = result->n_damaged_files < SHOWN ? result->n_damaged_files : SHOWN, n_folders = 0;
	char size[TEXT_SIZE];

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
		report_text(report, "files", "%zu of %" PRIu32 " files are damaged%s", result->n_damaged_files - n_folders,
			    result->n_files, n_folders > 0 ? ", and folders" : "");
	for (size_t i = 0; i < n_shown; i++) {
		const struct discern_damaged_file *file = &result->damaged_files[i];

		report_text(report, "", "%s: %s of %s", file->path,
			    text_size((uint64_t)file->n_bad_sectors * DISCERN_SECTOR_SIZE, size),
			    text_size(file->size_bytes, (char[TEXT_SIZE]){ 0 }));
	}
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

static void print_result(struct cli *cli, const char *drive, const struct discern_rip_result *result)
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

static int tell_bad(struct job *job, const char *drive, const struct discern_rip_result *result)
{
	if (result->n_bad_sectors == 0)
		return CLI_EXIT_GOOD;
	cli_complain(job->cli,
		     "%s: %" PRIu32 " sector%s could not be read; the same command tries again, also in "
		     "another drive",
		     drive, result->n_bad_sectors, result->n_bad_sectors == 1 ? "" : "s");
	return CLI_EXIT_UNREADABLE;
}

static int rip(struct job *job, struct discern_drive *drive)
{
	/* Too large for the stack of a small thread, and there is only one. */
	static struct discern_rip_result result;
	struct discern_error err = { 0 };
	int ret;

	cli_catch_signals();
	if (find_speed(job, drive, &err) < 0 ||
	    discern_rip(drive, &job->options, &job->cli->observer, &result, &err) < 0) {
		ret = cli_fail(job->cli, &err);
	} else {
		progress_end(job->cli->progress);
		print_result(job->cli, discern_drive_path(drive), &result);
		ret = tell_bad(job, discern_drive_path(drive), &result);
	}
	discern_rip_result_clear(&result);
	return ret;
}

static int run(struct cli *cli, int argc, char **argv)
{
	struct job job = { .cli = cli, .options.retries = -1 };
	struct discern_drive *drive = NULL;
	struct discern_error err;
	int ret = parse(&job, argc, argv);

	if (ret != -1)
		return ret;
	ret = cli_open_drive(cli, argv[optind], true, &drive, &err);
	if (ret != 0)
		return ret;
	ret = rip(&job, drive);
	cli_close_drive(cli, drive);
	return ret;
}

const struct cli_command cmd_rip = {
	.name = "rip",
	.summary = "read a disc into an image",
	.help = "Usage: discern rip [OPTION…] [DRIVE]\n"
		"\n"
		"Reads the data disc in DRIVE (/dev/sr0, or just sr0) into an image, and makes its checksums. Without\n"
		"DRIVE it is the only drive, or the only one with a disc.\n"
		"\n"
		"  -o, --output=FILE  the image; never overwritten. Without it, the disc's label with .iso behind it\n"
		"      --retries=N    rounds over what cannot be read, after all else was read, in each way of trying\n"
		"                     (as long as a round brings something)\n"
		"      --max-time=T   stop after T, such as 90s, 15m or 2h; the same command goes on\n"
		"      --stop-after-no-progress=T\n"
		"                     stop when nothing more could be read for T\n"
		"      --speed=N      read speed in x, such as 8 or 2.4, or such as 5540kB/s, or max\n"
		"\n"
		"While it runs, the image is FILE.part, and FILE.map tells what is read, in the form of GNU ddrescue.\n"
		"After Ctrl-C, a crash or with bad sectors, the same command goes on. Sectors that cannot be read are\n"
		"zeros in the image and bad in FILE.map; then the exit code is 3.\n",
	.run = run,
};
