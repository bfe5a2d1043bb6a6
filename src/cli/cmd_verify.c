/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <getopt.h>
#include <stdio.h>

#include <discern/image.h>
#include <discern/verify.h>

#include "base/error.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/verify_report.h"
#include "cli/volume_report.h"
#include "ui/manifest.h"

/* What is compared. */
struct verify_job {
	/** Image or manifest. */
	const char *image;
	bool is_manifest;
	struct discern_image_digest digest;
	struct discern_image_info info;
	struct discern_drive *drive;
};

static void print_image(struct report *report, const struct verify_job *job)
{
	char words[256];
	char size[TEXT_SIZE];

	text_size(job->info.size_bytes, size);
	report_string(report, job->is_manifest ? "manifest" : "image", NULL, job->image);
	if (job->is_manifest)
		report_text(report, "manifest", "%s, of an image of %s", job->image, size);
	else if (job->info.has_volume)
		report_text(report, "image", "%s, %s, %s", job->image, size,
			    cli_volume_words(&job->info.volume, words, sizeof(words)));
	else
		report_text(report, "image", "%s, %s", job->image, size);
	report_number(report, "image_bytes", NULL, (int64_t)job->info.size_bytes, NULL);
}

static void print_result(struct cli *cli, const struct verify_job *job, const struct discern_verify_result *result)
{
	struct report *report = cli_report(cli);
	char duration[TEXT_SIZE];

	print_image(report, job);
	report_string(report, "drive", "drive", discern_drive_path(job->drive));
	cli_report_verify(report, result, cli->verbosity > 0);
	if (result->seconds >= 1)
		report_text(report, "time", "%s, %.1f MB/s", text_duration((uint64_t)(result->seconds + 0.5), duration),
			    (double)result->image_bytes / 1e6 / result->seconds);
	report_finish(report);
}

static int verify(struct cli *cli, const struct verify_job *job)
{
	struct discern_verify_result result;
	struct discern_error err;
	char words[160];
	int ret;

	cli_catch_signals();
	if ((job->is_manifest ? discern_verify_digest(job->drive, &job->digest, &cli->observer, &result, &err)
			      : discern_verify(job->drive, job->image, &cli->observer, &result, &err)) < 0) {
		ret = cli_fail(cli, &err);
	} else {
		progress_end(cli->progress);
		print_result(cli, job, &result);
		ret = cli_verify_exit(&result);
		if (ret != CLI_EXIT_GOOD)
			cli_complain(cli, "the disc in %s %s %s: %s", discern_drive_path(job->drive),
				     ret == CLI_EXIT_UNREADABLE ? "cannot be proven equal to" : "is not equal to",
				     job->image, cli_verify_words(&result, words, sizeof(words)));
	}
	discern_verify_result_clear(&result);
	return ret;
}

static int load_manifest(struct verify_job *job, struct discern_error *err)
{
	int ret = manifest_load_digest(job->image, &job->digest, err);

	job->info.size_bytes = job->digest.size_bytes;
	return ret;
}

/* A wrong name is told before the drive moves. */
static int load(struct cli *cli, struct verify_job *job, struct discern_error *err)
{
	int ret = job->is_manifest ? load_manifest(job, err) : discern_image_inspect(job->image, &job->info, err);

	if (ret == 0 && job->info.is_truncated)
		cli_say(cli, "warning: %s is shorter than its volume says; its end is missing", job->image);
	return ret;
}

static int run(struct cli *cli, int argc, char **argv)
{
	static const struct option own[] = { { "manifest", required_argument, NULL, 'm' }, { 0 } };
	struct verify_job job = { 0 };
	struct discern_error err = { 0 };
	int ret;

	while ((ret = cli_getopt(cli, &cmd_verify, argc, argv, "", own)) != -1) {
		if (ret != 'm')
			return ret == CLI_OPTION_DONE ? CLI_EXIT_GOOD : CLI_EXIT_USAGE;
		job.image = optarg;
		job.is_manifest = true;
	}
	if (!job.is_manifest)
		job.image = argv[optind++];
	if (job.image == NULL)
		return cli_usage(cli, "which image should the disc be compared with?");
	if (argc - optind > 1)
		return cli_usage(cli, "one image and one drive, not %d operands", argc - optind + !job.is_manifest);
	if (load(cli, &job, &err) < 0)
		return cli_fail(cli, &err);
	ret = cli_open_drive(cli, argv[optind], true, &job.drive, &err);
	if (ret != 0)
		return ret;
	ret = verify(cli, &job);
	cli_close_drive(cli, job.drive);
	return ret;
}

const struct cli_command cmd_verify = {
	.name = "verify",
	.summary = "compare a disc with an image, every sector",
	.help = "Usage: discern verify IMAGE [DRIVE]\n"
		"       discern verify --manifest=FILE [DRIVE]\n"
		"\n"
		"Reads the disc in DRIVE (/dev/sr0, or just sr0) and compares every sector with IMAGE, past the\n"
		"caches of drive and kernel. Without DRIVE it is the only drive, or the only one with a disc.\n"
		"\n"
		"      --manifest=FILE  compare with the SHA-256 in FILE, the manifest that discern rip has left "
		"beside an\n"
		"                       image: whether the disc is the same, though not where it differs\n"
		"\n"
		"The verdict is one of\n"
		"  equal       all of the image is on the disc, and nothing but padding follows     exit code 0\n"
		"  unreadable  some sectors of the disc cannot be read, all others are equal        exit code 3\n"
		"  differs     some sectors hold other data                                         exit code 4\n"
		"  short       the disc ends before the image does                                  exit code 4\n"
		"  longer      the image is on the disc, but other data follow                      exit code 4\n"
		"On a rewritable disc that takes data anywhere, what follows the image is free space.\n",
	.run = run,
};
