/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <getopt.h>
#include <string.h>

#include "base/text.h"
#include "cli/prepare.h"

enum { OPTION_FULL = 1, OPTION_QUICK, OPTION_DRY_RUN, OPTION_DEFECTS, OPTION_OVERWRITE };

static const struct option own[] = {
	{ "full", no_argument, NULL, OPTION_FULL },
	{ "quick", no_argument, NULL, OPTION_QUICK },
	{ "dry-run", no_argument, NULL, OPTION_DRY_RUN },
	{ "defect-management", required_argument, NULL, OPTION_DEFECTS },
	{ "restricted-overwrite", no_argument, NULL, OPTION_OVERWRITE },
	{ 0 },
};

/* "on", "off", or a size such as 256M or 1G, of powers of 1000 as discs are sold. */
static int set_defects(struct prepare_job *job, const char *word)
{
	enum { MAX_BYTES_DIGITS = 12 };
	static const struct {
		char letter;
		uint64_t unit;
	} units[] = { { 'M', 1000000 }, { 'G', 1000000000 } };
	size_t length = strspn(word, "0123456789");
	char digits[16];
	int64_t n = 0;

	job->options.defect_management = DISCERN_CHOICE_ON;
	job->options.spare_bytes = 0;
	if (strcmp(word, "on") == 0)
		return 0;
	if (strcmp(word, "off") == 0) {
		job->options.defect_management = DISCERN_CHOICE_OFF;
		return 0;
	}
	if (length > 0 && length < MAX_BYTES_DIGITS && strlen(word) == length + 1) {
		memcpy(digits, word, length);
		digits[length] = '\0';
		for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
			if (word[length] == units[i].letter && text_to_number(digits, 1, 200000, &n))
				job->options.spare_bytes = (uint64_t)n * units[i].unit;
	}
	if (job->options.spare_bytes > 0)
		return 0;
	return cli_usage(job->cli,
			 "--defect-management=%s: give on, off, or the size of spare areas, such as 512M or 2G", word);
}

static int set_option(struct prepare_job *job, int option)
{
	switch (option) {
	case OPTION_FULL:
		job->options.full = true;
		return 0;
	case OPTION_QUICK:
		job->options.full = false;
		return 0;
	case OPTION_DRY_RUN:
		job->is_dry_run = true;
		return 0;
	case OPTION_OVERWRITE:
		job->options.restricted_overwrite = true;
		return 0;
	default:
		return set_defects(job, optarg);
	}
}

static int run(struct cli *cli, int argc, char **argv)
{
	struct prepare_job job = { .cli = cli, .options = { .format = true } };
	int option, ret;

	while ((option = cli_getopt(cli, &cmd_format, argc, argv, "", own)) != -1) {
		if (option == CLI_OPTION_DONE || option == CLI_OPTION_BAD)
			return option == CLI_OPTION_DONE ? CLI_EXIT_GOOD : CLI_EXIT_USAGE;
		ret = set_option(&job, option);
		if (ret != 0)
			return ret;
	}
	if (argc - optind > 1)
		return cli_usage(cli, "one drive at a time, not %d", argc - optind);
	job.drive_name = argv[optind];
	return prepare_run(&job);
}

const struct cli_command cmd_format = {
	.name = "format",
	.summary = "format a rewritable disc, or a BD-R before its first use",
	.help = "Usage: discern format [OPTION…] [DRIVE]\n"
		"\n"
		"Formats the disc in DRIVE (/dev/sr0, or just sr0), after naming what it holds and asking: a DVD+RW,\n"
		"DVD-RAM or BD-RE; a DVD-RW, which then can be written anywhere; a blank BD-R, which gets spare areas\n"
		"for good. Afterwards the drive is asked what the disc is.\n"
		"\n"
		"Options:\n"
		"      --defect-management=on|off|SIZE   BD, DVD-RAM: with spare areas for bad places, without, or so\n"
		"                                        large (BD), such as 512M or 2G; on is the default\n"
		"      --restricted-overwrite            of a DVD-RW: what formatting it means in any case\n"
		"      --quick    only what is needed; the default\n"
		"      --full     try all of the disc, or write it once: as long as to write it\n"
		"      --dry-run  say what would be done and lost, and stop there\n"
		"\n"
		"Exit codes: 0 done, 1 could not do it, 2 wrong usage, 5 no disc that can be formatted so, or not\n"
		"agreed.\n",
	.run = run,
};
