/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "cli/rip_done.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "ui/manifest.h"

/* Of manifests that are looked into. */
#define MAX_BYTES ((size_t)64 << 20)

/* Most of a thousand manifests are of other discs, which is seen without understanding them. */
static bool mentions(const char *path, const char *identity)
{
	AUTO_FREE char *text = NULL;
	size_t size = 0;

	return file_read_all(path, MAX_BYTES, &text, &size, NULL) == 0 &&
	       memmem(text, size, identity, strlen(identity)) != NULL;
}

/* The image of a manifest of a complete one of this disc: "a.iso" or "a.iso.zst" of "a.iso.json". */
static bool take(const char *path, const char *identity, char ret_path[4096])
{
	static const char *const suffixes[] = { ".zst", ".xz", ".gz" };
	struct discern_image_digest digest;
	struct manifest *manifest = NULL;
	bool is_taken = false;
	int length = (int)(strlen(path) - strlen(".json"));

	if (!mentions(path, identity) || manifest_load(path, &manifest, NULL) < 0)
		return false;
	if (strcmp(manifest_identity(manifest), identity) == 0 && manifest_digest(manifest, &digest, NULL) == 0) {
		snprintf(ret_path, 4096, "%.*s", length, path);
		is_taken = access(ret_path, R_OK) == 0;
		for (size_t i = 0; !is_taken && i < sizeof(suffixes) / sizeof(suffixes[0]); i++)
			is_taken = snprintf(ret_path, 4096, "%.*s%s", length, path, suffixes[i]) < 4096 &&
				   access(ret_path, R_OK) == 0;
	}
	manifest_free(manifest);
	return is_taken;
}

static bool find(const char *identity, unsigned candidate, char ret_path[4096], void *user)
{
	struct rip_done *done = user;
	const struct dirent *entry;
	char path[PATH_MAX + NAME_MAX + 2];

	if (candidate == 0) {
		rip_done_clear(done);
		done->open = opendir(done->folder);
	}
	while (done->open != NULL && (entry = readdir(done->open)) != NULL) {
		size_t length = strlen(entry->d_name);

		if (length <= 5 || strcmp(entry->d_name + length - 5, ".json") != 0)
			continue;
		if (strcmp(done->folder, ".") == 0)
			snprintf(path, sizeof(path), "%s", entry->d_name);
		else
			snprintf(path, sizeof(path), "%s/%s", done->folder, entry->d_name);
		if (strlen(path) < 4096 && take(path, identity, ret_path))
			return true;
	}
	return false;
}

void rip_done_prepare(struct rip_done *done, struct rip_options *options)
{
	const char *output = options->rip.output;
	const char *slash = output != NULL ? strrchr(output, '/') : NULL;

	done->open = NULL;
	if (!options->skip_done)
		return;
	if (slash == NULL)
		snprintf(done->folder, sizeof(done->folder), ".");
	else
		snprintf(done->folder, sizeof(done->folder), "%.*s", slash == output ? 1 : (int)(slash - output), output);
	options->rip.find_done = find;
	options->rip.done_user = done;
	options->audio.skip_done = true;
}

void rip_done_clear(struct rip_done *done)
{
	if (done->open != NULL)
		closedir(done->open);
	done->open = NULL;
}

void rip_done_report(struct cli *cli, const char *what, const char *path, const char *drive)
{
	struct report *report = cli_report(cli);

	report_string(report, what, NULL, path);
	report_text(report, what, "%s holds this disc already", path);
	report_string(report, "drive", "drive", drive);
	report_bool(report, "already", NULL, true, NULL);
	report_finish(report);
}
