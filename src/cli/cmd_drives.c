/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <getopt.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/command.h"

/* "ASUS DRW-24D5MT 1.00", or words where a drive has no name. */
static void name_drive(const struct discern_drive_id *id, char *ret_name, size_t size)
{
	snprintf(ret_name, size, "%s%s%s%s%s", id->vendor, id->vendor[0] != '\0' ? " " : "", id->product,
		 id->revision[0] != '\0' ? " " : "", id->revision);
	if (ret_name[0] == '\0')
		snprintf(ret_name, size, "a drive that was not asked for its name");
}

static const char *medium_words(const struct discern_drive_entry *entry)
{
	if (entry->has_medium < 0)
		return NULL;
	if (entry->has_medium == 0)
		return "no disc";
	return entry->profile == DISCERN_PROFILE_NONE ? "a disc" : discern_profile_name(entry->profile);
}

static void report_medium(struct report *report, const struct discern_drive_entry *entry)
{
	const char *words = medium_words(entry);

	if (words != NULL)
		report_text(report, "", "%s", words);
	if (entry->has_medium >= 0)
		report_bool(report, "has_medium", NULL, entry->has_medium == 1, NULL);
	else
		report_string(report, "has_medium", NULL, "");
	report_string(report, "profile", NULL, entry->has_medium == 1 ? medium_words(entry) : "");
}

/* The group whose members may use a device; NULL if there is none. */
static const char *group_of(const char *path)
{
	const struct group *group;
	struct stat status;

	if (stat(path, &status) < 0 || (status.st_mode & S_IRGRP) == 0 || (status.st_mode & S_IWGRP) == 0 ||
	    status.st_gid == 0)
		return NULL;
	group = getgrgid(status.st_gid);
	return group != NULL ? group->gr_name : NULL;
}

static void report_access(struct report *report, const struct discern_drive_entry *entry)
{
	bool may_read = access(entry->path, R_OK) == 0;
	bool may_write = access(entry->path, R_OK | W_OK) == 0;
	const char *words, *group;

	report_bool(report, "may_read", NULL, may_read, NULL);
	report_bool(report, "may_write", NULL, may_write, NULL);
	if (may_write)
		return;
	words = may_read ? "you may read, but not burn" : "you may not use it";
	group = group_of(entry->path);
	if (group != NULL)
		report_text(report, "", "%s: sudo usermod -aG %s \"$USER\", then log in again", words, group);
	else
		report_text(report, "", "%s: sudo chgrp %s %s && sudo chmod 660 %s", words, OPTICAL_GROUP, entry->path,
			    entry->path);
}

static void report_drive(struct report *report, const struct discern_drive_entry *entry)
{
	const char *slash = strrchr(entry->path, '/');
	char name[64];

	name_drive(&entry->id, name, sizeof(name));
	report_open_object(report, NULL);
	report_text(report, slash == NULL ? entry->path : slash + 1, "%s%s%s", name, entry->bus[0] != '\0' ? ", " : "",
		    entry->bus);
	report_string(report, "path", NULL, entry->path);
	report_string(report, "stable_path", entry->stable_path[0] != '\0' ? "" : NULL, entry->stable_path);
	report_string(report, "vendor", NULL, entry->id.vendor);
	report_string(report, "product", NULL, entry->id.product);
	report_string(report, "revision", NULL, entry->id.revision);
	report_string(report, "serial", NULL, entry->id.serial);
	report_string(report, "bus", NULL, entry->bus);
	report_medium(report, entry);
	report_string(report, "holder", NULL, entry->holder);
	if (entry->holder[0] != '\0')
		report_text(report, "", "in use: %s", entry->holder);
	report_access(report, entry);
	report_close(report);
}

static int list_drives(struct cli *cli)
{
	struct discern_drive_entry *entries = NULL;
	struct discern_error err;
	struct report *report;
	size_t n = 0;

	if (discern_drive_list(&entries, &n, &err) < 0)
		return cli_fail(cli, &err);
	report = cli_report(cli);
	report_open_list(report, "drives");
	for (size_t i = 0; i < n; i++)
		report_drive(report, &entries[i]);
	report_close(report);
	if (n == 0)
		report_text(report, "drives", "none found; without one, \"discern vdrive\" is a drive in software");
	report_finish(report);
	free(entries);
	return CLI_EXIT_GOOD;
}

static int run(struct cli *cli, int argc, char **argv)
{
	static const struct option own[] = { { 0 } };
	int ret = cli_getopt(cli, &cmd_drives, argc, argv, "", own);

	if (ret != -1)
		return ret == CLI_OPTION_DONE ? CLI_EXIT_GOOD : CLI_EXIT_USAGE;
	if (argc > optind)
		return cli_usage(cli, "drives takes no operand; \"discern info %s\" tells about one drive",
				 argv[optind]);
	if (cli_refuse_record(cli) != 0)
		return CLI_EXIT_USAGE;
	return list_drives(cli);
}

const struct cli_command cmd_drives = {
	.name = "drives",
	.summary = "list the optical drives of this system",
	.help = "Usage: discern drives\n"
		"\n"
		"Lists the drives, the kind of disc in each, and who is using it. A drive that is in use is not\n"
		"touched. \"discern info DRIVE\" tells all about one drive and its disc.\n",
	.run = run,
};
