/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "cli/rip_manifest.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/file.h"
#include "ui/manifest.h"
#include "ui/raw_manifest.h"

/* Manifests of earlier discs that were kept beside one image. */
enum { MAX_KEPT = 10000 };

/* Of a CD's. */
enum { MAX_BYTES = 16 << 20 };

void rip_manifest_init(struct rip_manifest *manifest, char **argv)
{
	memset(manifest, 0, sizeof(*manifest));
	manifest->start = time(NULL);
	manifest->command = cli_command_words(argv);
}

void rip_manifest_free(struct rip_manifest *manifest)
{
	free(manifest->command);
	manifest->command = NULL;
}

/* Called when the image has its name: what is in the way is told now, not after hours of reading. */
static int begin(const struct discern_rip_begin *begin, void *user, struct discern_error *err)
{
	struct rip_manifest *manifest = user;
	struct manifest *there = NULL;
	int ret;

	if (snprintf(manifest->path, sizeof(manifest->path), "%s.json", begin->image_path) >=
	    (int)sizeof(manifest->path))
		return discern_error_set(err, -ENAMETOOLONG, "the name of the image is too long");
	manifest->is_other_disc = false;
	if (faccessat(AT_FDCWD, manifest->path, F_OK, AT_SYMLINK_NOFOLLOW) < 0 && errno == ENOENT)
		return 0;
	ret = manifest_load(manifest->path, &there, err);
	if (ret < 0) {
		discern_error_wrap(err, "the manifest would be written there, which never overwrites other files");
		discern_error_hint(err, "rename it, name another image with -o FILE, or rip with --no-manifest");
		/* A new image may take another name; a job that goes on has its own. */
		ret = begin->is_resumed ? -EINVAL : -EEXIST;
		if (err != NULL)
			err->code = ret;
		return ret;
	}
	manifest->is_other_disc = !begin->is_resumed && strcmp(manifest_identity(there), begin->identity) != 0;
	manifest_free(there);
	return 0;
}

int rip_manifest_prepare(struct rip_manifest *manifest, struct rip_options *options, struct discern_error *err)
{
	manifest->options = options;
	/* What goes into a pipe has no place beside it. */
	if (!options->no_manifest && (options->rip.output == NULL || strcmp(options->rip.output, "-") != 0)) {
		options->rip.begin = begin;
		options->rip.user = manifest;
	}
	return options->report != NULL ? manifest_check_html(options->report, err) : 0;
}

/* As GNU programs name what they keep: IMAGE.json.~1~. */
static int keep_other(const struct rip_manifest *manifest, struct discern_error *err)
{
	char name[PATH_MAX + 16];

	for (int i = 1; i <= MAX_KEPT; i++) {
		snprintf(name, sizeof(name), "%s.~%d~", manifest->path, i);
		if (faccessat(AT_FDCWD, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0)
			continue;
		if (rename(manifest->path, name) < 0)
			return discern_error_set(err, -errno, "%s: cannot rename: %s", manifest->path, strerror(errno));
		cli_say(manifest->options->cli, "the manifest of an earlier disc is kept as %s", name);
		return 0;
	}
	return discern_error_set(err, -EEXIST, "%s: too many others are kept beside it", manifest->path);
}

/* The earlier runs of this job, if there are any. */
static int open_history(const struct rip_manifest *manifest, struct manifest **ret_history, struct discern_error *err)
{
	int ret = -ENOENT;

	if (manifest->path[0] != '\0' && manifest->is_other_disc)
		ret = keep_other(manifest, err) < 0 ? -EEXIST : -ENOENT;
	else if (manifest->path[0] != '\0')
		ret = manifest_load(manifest->path, ret_history, err);
	if (ret == -ENOENT) {
		*ret_history = manifest_new();
		return 0;
	}
	return ret;
}

static int write_files(struct rip_manifest *manifest, const struct manifest *facts, struct discern_error *err)
{
	const char *report = manifest->options->report;
	int ret = 0;

	if (manifest->path[0] != '\0') {
		ret = manifest_write(facts, manifest->path, err);
		if (ret == 0)
			manifest->manifest_written = manifest->path;
	}
	if (ret == 0 && report != NULL) {
		ret = manifest_write_html(facts, report, err);
		if (ret == 0)
			manifest->report_written = report;
	}
	return ret;
}

/* Who made a recordable disc is asked when all is read: it is not worth any risk before. */
static bool ask_for_maker(struct discern_drive *drive, const struct discern_rip_result *result,
			  struct discern_medium *ret_medium)
{
	enum discern_profile profile = result->record->medium.profile;
	bool is_pressed = profile == DISCERN_PROFILE_NONE || profile == DISCERN_PROFILE_CD_ROM ||
			  profile == DISCERN_PROFILE_DVD_ROM || profile == DISCERN_PROFILE_BD_ROM ||
			  profile == DISCERN_PROFILE_HD_DVD_ROM;

	return !is_pressed && discern_drive_medium(drive, DISCERN_MEDIUM_FOR_WRITING, ret_medium, NULL) == 0;
}

/* Each of several drives is a run. */
static void add_runs(struct manifest *facts, struct manifest_run *run, const struct rip_drives *drives)
{
	for (size_t i = 0; i < drives->n; i++) {
		run->drive_path = discern_drive_path(drives->all[i]);
		run->drive = discern_drive_id(drives->all[i]);
		run->part = rip_drives_part(run->result, drives->all[i]);
		if (run->part != NULL && run->part->record == NULL)
			continue;
		if (run->part != NULL || i == 0)
			manifest_add_run(facts, run);
	}
}

int rip_manifest_write(struct rip_manifest *manifest, const struct rip_drives *drives,
		       const struct discern_rip_result *result, const struct discern_error *error)
{
	struct manifest_run run = {
		.result = result,
		.command = manifest->command,
		.version = PACKAGE_VERSION,
		.start = manifest->start,
		.end = time(NULL),
		.error = error,
	};
	struct discern_error err = { 0 };
	struct discern_medium medium = { 0 };
	struct manifest *facts = NULL;
	int ret;

	if (result->record == NULL || (error->code < 0 && result->record->n_good == 0) ||
	    (manifest->path[0] == '\0' && manifest->options->report == NULL))
		return 0;
	if (error->code == 0 && ask_for_maker(drives->all[0], result, &medium))
		run.medium = &medium;
	ret = open_history(manifest, &facts, &err);
	if (ret == 0) {
		add_runs(facts, &run, drives);
		ret = write_files(manifest, facts, &err);
		manifest_free(facts);
	}
	discern_medium_clear(&medium);
	return ret < 0 ? cli_fail(manifest->options->cli, &err) : 0;
}

/* ---- of CDs ---- */

void rip_manifest_report_run(struct report *report, const char *member, const struct rip_run *run)
{
	const struct discern_drive_id *id = discern_drive_id(run->drive);
	struct tm utc;
	char when[32] = "";

	report_number(report, member, NULL, CD_MANIFEST_VERSION, NULL);
	report_string(report, "version", NULL, PACKAGE_VERSION);
	if (gmtime_r(&run->start, &utc) != NULL)
		strftime(when, sizeof(when), "%Y-%m-%dT%H:%M:%SZ", &utc);
	report_string(report, "start", NULL, when);
	report_open_list(report, "command");
	for (size_t i = 0; run->command[i] != NULL; i++)
		report_string(report, "word", NULL, run->command[i]);
	report_close(report);
	report_open_object(report, "drive_id");
	report_string(report, "vendor", NULL, id->vendor);
	report_string(report, "product", NULL, id->product);
	report_string(report, "revision", NULL, id->revision);
	report_string(report, "serial", NULL, id->serial);
	report_close(report);
}

int rip_manifest_check_place(const char *path, const char *member, struct discern_error *err)
{
	AUTO_FREE char *text = NULL;
	size_t size;

	if (faccessat(AT_FDCWD, path, F_OK, AT_SYMLINK_NOFOLLOW) < 0 && errno == ENOENT)
		return 0;
	if (member != NULL && file_read_all(path, MAX_BYTES, &text, &size, NULL) == 0 && strstr(text, member) != NULL)
		return 0;
	discern_error_set(err, -EEXIST,
			  "%s exists already; the manifest would be written there, which never overwrites other files",
			  path);
	return discern_error_hint(err, "rename it, name another place with -o, or rip with --no-manifest");
}

int rip_manifest_write_page(const struct rip_options *options, const char *path)
{
	struct discern_error err = { 0 };
	struct manifest *manifest = NULL;
	int ret;

	if (options->report == NULL || path[0] == '\0')
		return CLI_EXIT_GOOD;
	ret = manifest_load_any(path, &manifest, &err);
	if (ret == 0)
		ret = manifest_write_html(manifest, options->report, &err);
	manifest_free(manifest);
	return ret < 0 ? cli_fail(options->cli, &err) : CLI_EXIT_GOOD;
}
