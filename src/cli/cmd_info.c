/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <discern/image.h>

#include "base/text.h"
#include "cli/command.h"
#include "cli/medium_report.h"
#include "cli/volume_report.h"

/* Below /dev, or a plain word that is no file here, such as "sr0". A virtual drive's /dev/sr0 is a regular file. */
static bool is_drive(const char *operand)
{
	char resolved[PATH_MAX];

	if (strchr(operand, '/') == NULL && strchr(operand, '.') == NULL && access(operand, F_OK) < 0)
		return true;
	if (realpath(operand, resolved) == NULL)
		return strncmp(operand, "/dev/", 5) == 0;
	return strncmp(resolved, "/dev/", 5) == 0;
}

static int image_info(struct cli *cli, const char *path)
{
	struct discern_image_info info;
	struct discern_error err;
	struct report *report;
	char size[TEXT_SIZE];

	if (discern_image_inspect(path, &info, &err) < 0)
		return cli_fail(cli, &err);
	report = cli_report(cli);
	report_open_object(report, "image");
	report_text(report, "image", "%s, %s", path, text_size(info.size_bytes, size));
	report_string(report, "path", NULL, path);
	report_number(report, "bytes", NULL, (int64_t)info.size_bytes, NULL);
	report_bool(report, "truncated", NULL, info.is_truncated, NULL);
	report_close(report);
	cli_report_volume(report, info.has_volume ? &info.volume : NULL);
	if (!info.has_volume && info.volume.is_hybrid)
		report_text(report, "", "but a partition table: an image for a stick or a hard disk");
	if (info.is_truncated) {
		uint32_t n_sectors = info.volume.iso_sectors > info.volume.udf_sectors ? info.volume.iso_sectors
										       : info.volume.udf_sectors;
		uint64_t missing = (uint64_t)n_sectors * DISCERN_SECTOR_SIZE - info.size_bytes;

		report_text(report, "damaged", "the end is missing, %s: the volume is longer than the file",
			    text_size(missing, size));
	}
	report_finish(report);
	return CLI_EXIT_GOOD;
}

static void report_drive(struct report *report, struct discern_drive *drive)
{
	const struct discern_drive_id *id = discern_drive_id(drive);

	report_open_object(report, "drive");
	report_text(report, "drive", "%s, %s %s %s", discern_drive_path(drive), id->vendor, id->product, id->revision);
	report_string(report, "path", NULL, discern_drive_path(drive));
	report_string(report, "vendor", NULL, id->vendor);
	report_string(report, "product", NULL, id->product);
	report_string(report, "revision", NULL, id->revision);
	report_string(report, "serial", "serial", id->serial);
	cli_report_abilities(report, drive);
	report_close(report);
}

/* What only libburn knows may be missing on a disc that it does not like; the rest is told all the same. */
static int look_at_medium(struct cli *cli, struct discern_drive *drive, struct discern_medium *medium,
			  struct discern_error *err)
{
	int ret = discern_drive_medium(drive, DISCERN_MEDIUM_FOR_WRITING, medium, err);

	if (ret == 0)
		return 0;
	if (cli->verbosity > 0)
		cli_say(cli, "%s", err->text);
	return discern_drive_medium(drive, DISCERN_MEDIUM_FOR_READING, medium, err);
}

static int drive_info(struct cli *cli, const char *name)
{
	struct discern_drive *drive = NULL;
	struct discern_medium medium;
	struct discern_volume volume;
	struct discern_error err;
	struct report *report;
	bool has_volume = false;
	int ret = cli_open_drive(cli, name, false, &drive, &err);

	if (ret != 0)
		return ret;
	if (look_at_medium(cli, drive, &medium, &err) < 0) {
		ret = cli_fail(cli, &err);
		cli_close_drive(cli, drive);
		return ret;
	}
	report = cli_report(cli);
	report_drive(report, drive);
	cli_report_medium(report, &medium);
	ret = discern_medium_inspect(drive, &medium, &volume, &has_volume, &err);
	if (ret < 0)
		cli_say(cli, "warning: %s", err.text);
	if (has_volume || cli_medium_has_data(&medium))
		cli_report_volume(report, has_volume ? &volume : NULL);
	report_finish(report);
	discern_medium_clear(&medium);
	cli_close_drive(cli, drive);
	return ret < 0 ? CLI_EXIT_FAILED : CLI_EXIT_GOOD;
}

static int run(struct cli *cli, int argc, char **argv)
{
	static const struct option own[] = { { 0 } };
	int ret = cli_getopt(cli, &cmd_info, argc, argv, "", own);

	if (ret != -1)
		return ret == CLI_OPTION_DONE ? CLI_EXIT_GOOD : CLI_EXIT_USAGE;
	if (argc - optind > 1)
		return cli_usage(cli, "one drive or image at a time, not %d", argc - optind);
	if (argv[optind] == NULL || is_drive(argv[optind]))
		return drive_info(cli, argv[optind]);
	ret = cli_refuse_record(cli);
	return ret == 0 ? image_info(cli, argv[optind]) : ret;
}

const struct cli_command cmd_info = {
	.name = "info",
	.summary = "tell all about a drive and its disc, or about an image",
	.help = "Usage: discern info [DRIVE | IMAGE]\n"
		"\n"
		"Tells what DRIVE (/dev/sr0, or just sr0) is and can do, which medium is in it, how full it is, and\n"
		"which volume it holds. Without an operand it is the only drive, or the only one with a disc.\n"
		"Of an IMAGE it tells the size, the volume, what it boots, and whether its end is missing.\n",
	.run = run,
};
