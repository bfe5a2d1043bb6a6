/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <getopt.h>
#include <stdio.h>

#include <discern/image.h>
#include <discern/verify.h>

#include "base/text.h"
#include "cli/command.h"
#include "cli/verify_report.h"
#include "cli/volume_report.h"

/* What is compared. */
struct verify_job {
	const char *image;
	struct discern_image_info info;
	struct discern_drive *drive;
};

static void print_image(struct report *report, const struct verify_job *job)
{
	char words[256];
	char size[TEXT_SIZE];

	text_size(job->info.size_bytes, size);
	report_string(report, "image", NULL, job->image);
	if (job->info.has_volume)
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
	if (discern_verify(job->drive, job->image, &cli->observer, &result, &err) < 0) {
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

static int run(struct cli *cli, int argc, char **argv)
{
	static const struct option own[] = { { 0 } };
	struct verify_job job = { 0 };
	struct discern_error err;
	int ret = cli_getopt(cli, &cmd_verify, argc, argv, "", own);

	if (ret != -1)
		return ret == CLI_OPTION_DONE ? CLI_EXIT_GOOD : CLI_EXIT_USAGE;
	if (argc == optind)
		return cli_usage(cli, "which image should the disc be compared with?");
	if (argc - optind > 2)
		return cli_usage(cli, "one image and one drive, not %d operands", argc - optind);
	/* A wrong name is told before the drive moves. */
	job.image = argv[optind];
	if (discern_image_inspect(job.image, &job.info, &err) < 0)
		return cli_fail(cli, &err);
	if (job.info.is_truncated)
		cli_say(cli, "warning: %s is shorter than its volume says; its end is missing", job.image);
	ret = cli_open_drive(cli, argv[optind + 1], true, &job.drive, &err);
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
		"\n"
		"Reads the disc in DRIVE (/dev/sr0, or just sr0) and compares every sector with IMAGE, past the\n"
		"caches of drive and kernel. Without DRIVE it is the only drive, or the only one with a disc.\n"
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
