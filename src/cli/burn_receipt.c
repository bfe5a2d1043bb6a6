/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "cli/burn_receipt.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/error.h"
#include "ui/receipt.h"

void burn_receipt_init(struct burn_receipt *receipt, struct cli *cli, char **argv)
{
	*receipt = (struct burn_receipt){ .cli = cli, .start = time(NULL), .command = cli_command_words(argv) };
}

void burn_receipt_free(struct burn_receipt *receipt)
{
	free(receipt->command);
	receipt->command = NULL;
}

/* What does not come from a file has nothing that the receipt could lie beside. */
static bool is_file(const char *path)
{
	struct stat status;

	return stat(path, &status) == 0 && S_ISREG(status.st_mode);
}

int burn_receipt_place(struct burn_receipt *receipt, const char *wanted, const char *image_path)
{
	struct discern_error err = { 0 };
	int length;
	int ret;

	if (wanted == NULL && !is_file(image_path))
		return CLI_EXIT_GOOD;
	length = wanted != NULL ? snprintf(receipt->path, sizeof(receipt->path), "%s", wanted)
				: snprintf(receipt->path, sizeof(receipt->path), "%s.receipt.json", image_path);
	if (length >= (int)sizeof(receipt->path))
		ret = discern_error_set(&err, -ENAMETOOLONG, "the name of the receipt is too long");
	else
		ret = receipt_check(receipt->path, &err);
	if (ret == 0)
		return CLI_EXIT_GOOD;
	receipt->path[0] = '\0';
	if (wanted != NULL)
		return cli_fail(receipt->cli, &err);
	if (!receipt->cli->quiet)
		cli_say(receipt->cli, "there will be no receipt (--receipt=FILE puts it elsewhere): %s", err.text);
	return CLI_EXIT_GOOD;
}

static int add_burn(const struct burn_receipt *receipt, struct receipt_burn *burn)
{
	struct discern_error err = { 0 };
	const char *slash = strrchr(burn->image, '/');

	if (slash != NULL)
		burn->image = slash + 1;
	burn->command = receipt->command;
	burn->version = PACKAGE_VERSION;
	burn->start = receipt->start;
	burn->end = time(NULL);
	return receipt_add(receipt->path, burn, &err) < 0 ? cli_fail(receipt->cli, &err) : CLI_EXIT_GOOD;
}

static int write_receipt(const struct burn_receipt *receipt, struct receipt_burn *burn, struct report *report)
{
	int ret;

	if (receipt->path[0] == '\0')
		return CLI_EXIT_GOOD;
	burn->report = report;
	ret = add_burn(receipt, burn);
	if (ret == CLI_EXIT_GOOD)
		report_string(report, "receipt", "receipt", receipt->path);
	return ret;
}

int burn_receipt_write(const struct burn_receipt *receipt, const struct discern_burn_check *check,
		       struct report *report)
{
	struct receipt_burn burn = { .image = check->path,
				     .size_bytes = check->image.size_bytes,
				     .sha256 = check->sha256,
				     .session = receipt->session };

	return write_receipt(receipt, &burn, report);
}

int burn_receipt_write_cd(const struct burn_receipt *receipt, const char *image_path,
			  const struct discern_cd_digest *cd, struct report *report)
{
	struct receipt_burn burn = { .image = image_path, .cd = cd };

	return write_receipt(receipt, &burn, report);
}
