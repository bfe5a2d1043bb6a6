/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/command.h"
#include "ui/manifest.h"

/* disc.iso.json becomes disc.iso.html. */
static void name_page(const char *manifest, char ret_page[PATH_MAX])
{
	size_t length = strlen(manifest);

	if (length > 5 && strcmp(manifest + length - 5, ".json") == 0)
		length -= 5;
	snprintf(ret_page, PATH_MAX, "%.*s.html", (int)length, manifest);
}

static int write_page(struct cli *cli, const struct manifest *manifest, const char *page)
{
	struct discern_error err = { 0 };
	struct report *report;
	char *text;

	if (strcmp(page, "-") == 0) {
		text = manifest_html(manifest);
		fputs(text, stdout);
		free(text);
		return CLI_EXIT_GOOD;
	}
	if (manifest_write_html(manifest, page, &err) < 0)
		return cli_fail(cli, &err);
	report = cli_report(cli);
	report_string(report, "report", "report", page);
	report_finish(report);
	return CLI_EXIT_GOOD;
}

static int run(struct cli *cli, int argc, char **argv)
{
	static const struct option own[] = { { "output", required_argument, NULL, 'o' }, { 0 } };
	struct manifest *manifest = NULL;
	struct discern_error err = { 0 };
	const char *output = NULL;
	char page[PATH_MAX];
	int ret;

	while ((ret = cli_getopt(cli, &cmd_report, argc, argv, "o:", own)) != -1) {
		if (ret != 'o')
			return ret == CLI_OPTION_DONE ? CLI_EXIT_GOOD : CLI_EXIT_USAGE;
		output = optarg;
	}
	ret = cli_refuse_record(cli);
	if (ret != 0)
		return ret;
	if (argc - optind != 1)
		return cli_usage(cli, "one manifest, such as disc.iso.json, not %d", argc - optind);
	if (output != NULL && output[0] == '\0')
		return cli_usage(cli, "--output=: give the name of a file");
	if (manifest_load_any(argv[optind], &manifest, &err) < 0)
		return cli_fail(cli, &err);
	name_page(argv[optind], page);
	ret = write_page(cli, manifest, output != NULL ? output : page);
	manifest_free(manifest);
	return ret;
}

const struct cli_command cmd_report = {
	.name = "report",
	.summary = "make a page of HTML from a manifest",
	.help = "Usage: discern report [OPTION…] MANIFEST\n"
		"\n"
		"Makes a page of HTML from MANIFEST, the file IMAGE.json that discern rip leaves beside an image: a "
		"map of the\n"
		"disc, the read speed over the disc, errors over time, and all facts. It needs nothing but itself.\n"
		"\n"
		"  -o, --output=FILE  the page, or - for standard output; without it, IMAGE.html. A file that exists "
		"is\n"
		"                     only replaced if it is such a page\n",
	.run = run,
};
