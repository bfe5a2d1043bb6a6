/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/verify_raw.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/observe.h"
#include "ui/raw_manifest.h"

enum { AT_ONCE = 1 << 20 };

struct job {
	struct cli *cli;
	struct discern_progress progress;
	double last_told;
};

/* 0, or -ECANCELED. */
static int tick(struct job *job, struct discern_error *err)
{
	const struct discern_observer *observer = &job->cli->observer;
	double now = observe_now();

	if (now - job->last_told < 0.2)
		return 0;
	job->last_told = now;
	if (observer->progress == NULL || observer->progress(&job->progress, observer->user) == 0)
		return 0;
	return discern_error_set(err, -ECANCELED, "stopped");
}

static int hash_file(struct job *job, const struct raw_manifest_file *file, int fd, char ret_hex[HASH_HEX_SIZE],
		     struct discern_error *err)
{
	AUTO_FREE uint8_t *buffer = malloc(AT_ONCE);
	struct hash *hash = NULL;
	int ret = buffer == NULL ? discern_error_set(err, -ENOMEM, "out of memory") : hash_new(HASH_SHA256, &hash, err);

	for (off_t at = 0; ret == 0;) {
		ssize_t n = file_read_at(fd, buffer, AT_ONCE, at);

		if (n < 0)
			ret = discern_error_set(err, (int)n, "%s: %s", file->path, strerror((int)-n));
		if (n <= 0)
			break;
		hash_update(hash, buffer, (size_t)n);
		at += n;
		job->progress.done_bytes += (uint64_t)n;
		ret = tick(job, err);
	}
	if (ret == 0)
		hash_finish(hash, ret_hex);
	hash_free(hash);
	return ret;
}

/* 0 if it is as the manifest tells, 1 after a message if not. */
static int check_file(struct job *job, const char *manifest, const struct raw_manifest_file *file,
		      struct discern_error *err)
{
	AUTO_CLOSE int fd = open(file->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	char hex[HASH_HEX_SIZE];
	struct stat status;
	int ret;

	if (fd < 0 || fstat(fd, &status) < 0) {
		ret = discern_error_set(err, -errno, "%s: %s", file->path, strerror(errno));
		discern_error_hint(err, "the manifest of a raw image needs its files: keep them beside it");
		return ret;
	}
	if (!S_ISREG(status.st_mode))
		return discern_error_set(err, -EINVAL, "%s: not a regular file", file->path);
	if ((uint64_t)status.st_size != file->size_bytes) {
		cli_complain(job->cli, "%s has %" PRIu64 " bytes, and not %" PRIu64 " as %s tells", file->path,
			     (uint64_t)status.st_size, file->size_bytes, manifest);
		return 1;
	}
	ret = hash_file(job, file, fd, hex, err);
	if (ret < 0 || strcmp(hex, file->sha256) == 0)
		return ret;
	cli_complain(job->cli, "%s was changed: its SHA-256 is not the one in %s", file->path, manifest);
	return 1;
}

/* An exit code. */
static int check_files(struct cli *cli, const char *path, const struct raw_manifest *manifest)
{
	struct job job = { .cli = cli, .progress = { .phase = DISCERN_PHASE_CHECK,
						     .fifo_percent = DISCERN_PERCENT_UNKNOWN,
						     .drive_buffer_percent = DISCERN_PERCENT_UNKNOWN,
						     .seconds_left = UINT32_MAX,
						     .seconds_left_bad = UINT32_MAX } };
	struct discern_error err = { 0 };
	bool is_good = true;

	for (size_t i = 0; i < manifest->n_files; i++)
		job.progress.total_bytes += manifest->files[i].size_bytes;
	for (size_t i = 0; i < manifest->n_files; i++) {
		int ret = check_file(&job, path, &manifest->files[i], &err);

		if (ret < 0)
			return cli_fail(cli, &err);
		is_good = is_good && ret == 0;
	}
	return is_good ? CLI_EXIT_GOOD : CLI_EXIT_DIFFERENT;
}

int verify_raw(struct cli *cli, const char *path, const char *drive_name,
	       const struct discern_verify_cd_options *options)
{
	struct raw_manifest *manifest = NULL;
	struct discern_error err = { 0 };
	int ret = raw_manifest_load(path, &manifest, &err);

	if (ret <= 0)
		return ret < 0 ? cli_fail(cli, &err) : -1;
	cli_catch_signals();
	ret = check_files(cli, path, manifest);
	if (ret == CLI_EXIT_GOOD && manifest->is_partial) {
		discern_error_set(&err, -ENOTSUP, "%s: its files are unchanged, but a disc of several sessions cannot be "
				  "compared with toc files, which know of one", path);
		discern_error_hint(&err, "keep such discs as ccd, or with a cue sheet");
		ret = cli_fail(cli, &err);
	}
	if (ret == CLI_EXIT_GOOD)
		ret = verify_cd(cli, &(struct verify_cd_image){ manifest->sheet, path, manifest->n_files }, drive_name,
				options);
	raw_manifest_free(manifest);
	return ret;
}
