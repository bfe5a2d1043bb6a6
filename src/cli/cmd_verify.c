/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <getopt.h>
#include <stdio.h>

#include <discern/image.h>
#include <discern/verify.h>

#include "base/text.h"
#include "cli/command.h"
#include "cli/verify_report.h"

static void print_result(struct cli *cli, const char *image, const char *drive,
			 const struct discern_verify_result *result)
{
	struct report *report = report_new(stdout, cli->json);
	char size[TEXT_SIZE];
	char duration[TEXT_SIZE];

	text_size(result->image_bytes, size);
	report_string(report, "image", NULL, image);
	report_text(report, "image", "%s, %s", image, size);
	report_number(report, "image_bytes", NULL, (int64_t)result->image_bytes, NULL);
	report_string(report, "drive", "drive", drive);
	cli_report_verify(report, result, cli->verbosity > 0);
	if (result->seconds >= 1)
		report_text(report, "time", "%s, %.1f MB/s", text_duration((uint64_t)(result->seconds + 0.5), duration),
			    (double)result->image_bytes / 1e6 / result->seconds);
	report_finish(report);
}

static int verify(struct cli *cli, struct discern_drive *drive, const char *image)
{
	struct discern_verify_result result;
	struct discern_error err;
	char words[160];
	int ret;

	cli_catch_signals();
	if (discern_verify(drive, image, &cli->observer, &result, &err) < 0) {
		ret = cli_fail(cli, &err);
	} else {
		progress_end(cli->progress);
		print_result(cli, image, discern_drive_path(drive), &result);
		ret = cli_verify_exit(&result);
		if (ret != CLI_EXIT_GOOD)
			cli_complain(cli, "the disc in %s %s %s: %s", discern_drive_path(drive),
				     ret == CLI_EXIT_UNREADABLE ? "cannot be proven equal to" : "is not equal to", image,
				     cli_verify_words(&result, words, sizeof(words)));
	}
	discern_verify_result_clear(&result);
	return ret;
}

static int run(struct cli *cli, int argc, char **argv)
{
	static const struct option own[] = { { 0 } };
	struct discern_drive *drive = NULL;
	struct discern_image_info image;
	struct discern_error err;
	int ret = cli_getopt(cli, &cmd_verify, argc, argv, "", own);

	if (ret != -1)
		return ret == CLI_OPTION_DONE ? CLI_EXIT_GOOD : CLI_EXIT_USAGE;
	if (argc == optind)
		return cli_usage(cli, "which image should the disc be compared with?");
	if (argc - optind > 2)
		return cli_usage(cli, "one image and one drive, not %d operands", argc - optind);
	/* A wrong name is told before the drive moves. */
	if (discern_image_inspect(argv[optind], &image, &err) < 0)
		return cli_fail(cli, &err);
	ret = cli_open_drive(cli, argv[optind + 1], true, &drive, &err);
	if (ret != 0)
		return ret;
	ret = verify(cli, drive, argv[optind]);
	discern_drive_close(drive);
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
