/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The manifest of a rip of audio, in its folder. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/file.h"
#include "base/hash.h"
#include "cli/rip_audio.h"

static const char member[] = "discern_audio_manifest";

/* Empty where the file cannot be read. */
static uint64_t sum_file(const char *path, char ret_sha256[HASH_HEX_SIZE])
{
	static uint8_t buffer[1 << 18];
	struct hash *hash = NULL;
	uint64_t size = 0;
	ssize_t n = -1;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	ret_sha256[0] = '\0';
	if (fd < 0 || hash_new(HASH_SHA256, &hash, NULL) < 0) {
		if (fd >= 0)
			close(fd);
		return 0;
	}
	while ((n = read(fd, buffer, sizeof(buffer))) > 0) {
		hash_update(hash, buffer, (size_t)n);
		size += (uint64_t)n;
	}
	close(fd);
	if (n == 0)
		hash_finish(hash, ret_sha256);
	hash_free(hash);
	return size;
}

static void put_file(struct report *report, const char *folder, const char *name)
{
	char path[PATH_MAX], sha256[HASH_HEX_SIZE];
	uint64_t size;

	if (name[0] == '\0' || snprintf(path, sizeof(path), "%s/%s", folder, name) >= (int)sizeof(path))
		return;
	size = sum_file(path, sha256);
	report_open_object(report, NULL);
	report_string(report, "path", NULL, name);
	report_number(report, "bytes", NULL, (int64_t)size, NULL);
	report_string(report, "sha256", NULL, sha256);
	report_close(report);
}

static void put_files(struct report *report, const struct discern_rip_audio_result *result)
{
	report_open_list(report, "files");
	for (size_t i = 0; i < result->n_tracks; i++)
		/* One file may hold all tracks. */
		if (i == 0 || strcmp(result->tracks[i].file, result->tracks[i - 1].file) != 0)
			put_file(report, result->folder, result->tracks[i].file);
	put_file(report, result->folder, result->cue_file);
	report_close(report);
}

int rip_audio_prepare_manifest(const char *folder, void *user, struct discern_error *err)
{
	struct rip_audio_run *run = user;

	if (snprintf(run->manifest, sizeof(run->manifest), "%s/rip.json", folder) >= (int)sizeof(run->manifest))
		return discern_error_set(err, -ENAMETOOLONG, "the name of the folder is too long");
	return rip_manifest_check_place(run->manifest, member, err);
}

int rip_audio_write_manifest(const struct rip_audio_run *run)
{
	AUTO_FREE char *text = NULL;
	struct discern_error err = { 0 };
	struct report *report;
	size_t size = 0;
	FILE *out;

	if (run->manifest[0] == '\0')
		return CLI_EXIT_GOOD;
	/* It was free before the disc was read. */
	if (rip_manifest_check_place(run->manifest, member, &err) < 0)
		return cli_fail(run->options->cli, &err);
	out = open_memstream(&text, &size);
	if (out == NULL)
		return CLI_EXIT_FAILED;
	report = report_new(out, true);
	rip_manifest_report_run(report, member, &run->run);
	put_files(report, run->result);
	rip_audio_report(report, run);
	report_finish(report);
	if (fclose(out) != 0)
		return CLI_EXIT_FAILED;
	return file_replace(run->manifest, text, size, &err) < 0 ? cli_fail(run->options->cli, &err) : CLI_EXIT_GOOD;
}
