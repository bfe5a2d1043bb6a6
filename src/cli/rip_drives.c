/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/rip_drives.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

static void add_name(struct rip_drives *drives, const char *path)
{
	size_t length = strlen(drives->names);

	snprintf(drives->names + length, sizeof(drives->names) - length, "%s%s", length > 0 ? ", " : "", path);
}

static bool is_open(const struct rip_drives *drives, const struct discern_drive *drive)
{
	for (size_t i = 0; i < drives->n; i++)
		if (strcmp(discern_drive_path(drives->all[i]), discern_drive_path(drive)) == 0)
			return true;
	return false;
}

/* "sr0" and "/dev/sr0" are one drive. */
static bool is_same_name(const char *a, const char *b)
{
	a = strncmp(a, "/dev/", 5) == 0 ? a + 5 : a;
	b = strncmp(b, "/dev/", 5) == 0 ? b + 5 : b;
	return strcmp(a, b) == 0;
}

/* With others at hand that is no reason not to begin; a wrong name, a missing disc or a drive in use is for people to mend. */
static bool is_broken(int code)
{
	return code == -ENODEV || code == -ENXIO || code == -EIO || code == -ETIMEDOUT || code == -EPROTO;
}

int rip_drives_open(struct cli *cli, char **names, size_t n, struct rip_drives *ret_drives)
{
	struct discern_error err;

	memset(ret_drives, 0, sizeof(*ret_drives));
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < i; k++)
			if (is_same_name(names[i], names[k]))
				return cli_usage(cli, "%s is named twice", names[i]);
	for (size_t i = 0; i < n || i == 0; i++) {
		struct discern_drive *drive = NULL;
		bool may_go_on = ret_drives->n > 0 || i + 1 < n;
		int ret = cli_try_drive(cli, n > 0 ? names[i] : NULL, &drive, &err);

		if (ret < 0 && may_go_on && is_broken(ret)) {
			cli_complain(cli, "%s; the others go on", err.text);
			continue;
		}
		if (ret < 0)
			ret = cli_fail(cli, &err);
		else if (is_open(ret_drives, drive)) {
			ret = cli_usage(cli, "%s is named twice", discern_drive_path(drive));
			cli_close_drive(cli, drive);
		}
		if (ret != 0) {
			rip_drives_close(cli, ret_drives);
			return ret;
		}
		ret_drives->all[ret_drives->n++] = drive;
		add_name(ret_drives, discern_drive_path(drive));
	}
	return 0;
}

void rip_drives_close(struct cli *cli, struct rip_drives *drives)
{
	for (size_t i = 0; i < drives->n; i++)
		cli_close_drive(cli, drives->all[i]);
	drives->n = 0;
}

static void report_drive(struct report *report, const struct discern_drive *drive, const struct discern_rip_drive *part)
{
	const struct discern_drive_id *id = discern_drive_id(drive);
	bool has_failed = part->error.code < 0;
	char size[TEXT_SIZE];

	report_open_object(report, NULL);
	report_string(report, "path", NULL, part->path);
	report_string(report, "vendor", NULL, id->vendor);
	report_string(report, "product", NULL, id->product);
	report_string(report, "firmware", NULL, id->revision);
	report_string(report, "serial", NULL, id->serial);
	report_number(report, "sectors", NULL, part->n_sectors, NULL);
	report_number(report, "errors", NULL, part->n_errors, NULL);
	report_number(report, "speed_kbps", NULL, part->speed_kbps, NULL);
	report_string(report, "error", NULL, has_failed ? part->error.text : "");
	report_close(report);
	report_text(report, part->path + (strncmp(part->path, "/dev/", 5) == 0 ? 5 : 0),
		    "%s, %.1f MB/s, %" PRIu32 " failed read%s%s%s",
		    text_size((uint64_t)part->n_sectors * DISCERN_SECTOR_SIZE, size), part->speed_kbps / 1000.0,
		    part->n_errors, part->n_errors == 1 ? "" : "s", has_failed ? "; gave out: " : "",
		    has_failed ? part->error.text : "");
}

const struct discern_rip_drive *rip_drives_part(const struct discern_rip_result *result, const struct discern_drive *drive)
{
	for (size_t i = 0; i < result->n_drives; i++)
		if (strcmp(result->drives[i].path, discern_drive_path(drive)) == 0)
			return &result->drives[i];
	return NULL;
}

void rip_drives_report(struct report *report, const struct rip_drives *drives, const struct discern_rip_result *result)
{
	if (result->n_drives == 0)
		return;
	report_open_list(report, "drives");
	for (size_t i = 0; i < drives->n; i++) {
		const struct discern_rip_drive *part = rip_drives_part(result, drives->all[i]);

		if (part != NULL)
			report_drive(report, drives->all[i], part);
	}
	report_close(report);
}
