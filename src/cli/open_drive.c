/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "cli/command.h"

static void append(char *list, size_t size, const char *path)
{
	size_t length = strlen(list);

	snprintf(list + length, size - length, "%s%s", length > 0 ? ", " : "", path);
}

/* The only entry for which has_medium is not 0 or, if that is no single one, the only entry. */
static const struct discern_drive_entry *choose(const struct discern_drive_entry *entries, size_t n)
{
	const struct discern_drive_entry *with_medium = NULL;
	size_t n_with_medium = 0;

	if (n == 1)
		return entries;
	for (size_t i = 0; i < n; i++) {
		if (entries[i].has_medium == 1) {
			with_medium = &entries[i];
			n_with_medium++;
		}
	}
	return n_with_medium == 1 ? with_medium : NULL;
}

static int find_drive(char *ret_path, size_t size, struct discern_error *err)
{
	AUTO_FREE struct discern_drive_entry *entries = NULL;
	const struct discern_drive_entry *entry;
	char list[512] = "";
	size_t n = 0;
	int ret = discern_drive_list(&entries, &n, err);

	if (ret < 0)
		return ret;
	if (n == 0) {
		ret = discern_error_set(err, -ENOENT, "no optical drive found");
		discern_error_hint(err, "connect a drive and look at \"discern drives\"; on a server or container: "
					"is the kernel module sr_mod loaded?");
		return ret;
	}
	entry = choose(entries, n);
	if (entry != NULL) {
		snprintf(ret_path, size, "%s", entry->path);
		return 0;
	}
	for (size_t i = 0; i < n; i++)
		append(list, sizeof(list), entries[i].path);
	ret = discern_error_set(err, -EINVAL, "several drives: which one?");
	discern_error_hint(err, "name one of %s", list);
	return ret;
}

int cli_name_drive(struct cli *cli, const char *name, char ret_path[CLI_DRIVE_NAME], struct discern_error *err)
{
	discern_error_clear(err);
	if (name != NULL && snprintf(ret_path, CLI_DRIVE_NAME, "%s", name) >= CLI_DRIVE_NAME)
		discern_error_set(err, -ENAMETOOLONG, "%.64s…: the name is too long", name);
	else if (name == NULL)
		find_drive(ret_path, CLI_DRIVE_NAME, err);
	return err->code == 0 ? 0 : cli_fail(cli, err);
}

static int try_drive(const struct cli *cli, const char *name, bool load, struct discern_drive **ret_drive,
		     struct discern_error *err)
{
	struct discern_drive_options options = { .record_path = cli->record_path, .load = load };
	char path[sizeof(((struct discern_drive_entry *)0)->path)];
	int ret = 0;

	discern_error_clear(err);
	if (name == NULL) {
		ret = find_drive(path, sizeof(path), err);
		name = path;
	}
	if (ret == 0)
		ret = discern_drive_open(name, &options, ret_drive, err);
	return ret;
}

int cli_try_drive(const struct cli *cli, const char *name, struct discern_drive **ret_drive, struct discern_error *err)
{
	return try_drive(cli, name, true, ret_drive, err);
}

int cli_open_drive(struct cli *cli, const char *name, bool load, struct discern_drive **ret_drive,
		   struct discern_error *err)
{
	return try_drive(cli, name, load, ret_drive, err) == 0 ? 0 : cli_fail(cli, err);
}

void cli_close_drive(struct cli *cli, struct discern_drive *drive)
{
	struct discern_error err;

	if (drive != NULL && discern_drive_recording(drive, &err) < 0)
		cli_complain(cli, "warning: %s", err.text);
	discern_drive_close(drive);
}

void cli_begin_writing(struct cli *cli, const struct discern_drive *drive, const char *why)
{
	char others[256];

	cli_stay_awake(cli, why);
	if (discern_drive_other_user(drive, others, sizeof(others)))
		cli_complain(cli, "warning: %s is in use by others as well, which may disturb: %s",
			     discern_drive_path(drive), others);
}
