/* SPDX-License-Identifier: GPL-3.0-or-later */
/* discern copy: from the disc into a file. */
#include "cli/copy.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <discern/rip_raw.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/text.h"

/* Bytes of a sector of a CD with its sub-channels. */
enum { CD_SECTOR_BYTES = 2352 + 96 };

/* Is there room for so much? */
static int check_room(struct copy *copy, const char *folder, uint64_t n_bytes)
{
	char needed[TEXT_SIZE], there[TEXT_SIZE];
	struct discern_error err;
	struct statvfs status;

	if (statvfs(folder, &status) < 0 || (uint64_t)status.f_bavail * status.f_frsize >= n_bytes)
		return CLI_EXIT_GOOD;
	discern_error_set(&err, -ENOSPC, "%s: the image needs %s, and there is room for %s", folder,
			  text_size(n_bytes, needed), text_size((uint64_t)status.f_bavail * status.f_frsize, there));
	discern_error_hint(&err, "name a file elsewhere with --via, or another folder with TMPDIR");
	return cli_fail(copy->cli, &err);
}

/* A folder of this copy's own, where there usually is room for a disc. */
static int make_folder(struct copy *copy)
{
	const char *parent = getenv("TMPDIR");
	struct discern_error err;

	snprintf(copy->folder, sizeof(copy->folder), "%s/discern-copy.XXXXXX",
		 parent != NULL && parent[0] != '\0' ? parent : "/var/tmp");
	if (mkdtemp(copy->folder) != NULL)
		return CLI_EXIT_GOOD;
	discern_error_set(&err, -errno, "%s: cannot make a folder: %s", copy->folder, strerror(errno));
	copy->folder[0] = '\0';
	return cli_fail(copy->cli, &err);
}

static void find_parent(const char *path, char *ret, size_t size)
{
	const char *slash = strrchr(path, '/');

	if (slash == NULL)
		snprintf(ret, size, ".");
	else
		snprintf(ret, size, "%.*s", slash == path ? 1 : (int)(slash - path), path);
}

/* Data alone are an image of 2048 bytes a sector; CDs are kept whole, whatever their tracks are. */
static int open_place(struct copy *copy, uint64_t n_bytes)
{
	char parent[COPY_PATH];
	int ret = CLI_EXIT_GOOD;

	if (copy->via != NULL) {
		find_parent(copy->via, parent, sizeof(parent));
		snprintf(copy->image, sizeof(copy->image), "%s", copy->via);
		return check_room(copy, parent, n_bytes);
	}
	ret = make_folder(copy);
	if (ret == CLI_EXIT_GOOD)
		ret = check_room(copy, copy->folder, n_bytes);
	snprintf(copy->image, sizeof(copy->image), "%s/%s", copy->folder, copy->is_cd ? "disc.ccd" : "disc.iso");
	return ret;
}

static bool is_cd(enum discern_profile profile)
{
	return profile == DISCERN_PROFILE_CD_ROM || profile == DISCERN_PROFILE_CD_R || profile == DISCERN_PROFILE_CD_RW;
}

/* Sectors up to the end of what is known of the disc. */
static uint64_t count_sectors(const struct discern_medium *medium)
{
	uint64_t n = medium->read_capacity_sectors;

	for (size_t i = 0; i < medium->n_tracks; i++) {
		const struct discern_track *track = &medium->tracks[i];

		if (!track->is_blank && track->start_lba >= 0 && (uint64_t)track->start_lba + track->n_sectors > n)
			n = (uint64_t)track->start_lba + track->n_sectors;
	}
	return n;
}

/* On the fly a disc is but sectors of 2048 bytes, in one piece. */
static int refuse_tracks(struct copy *copy, const struct discern_medium *medium)
{
	struct discern_error err;
	bool has_audio = false;

	for (size_t i = 0; i < medium->n_tracks; i++)
		has_audio = has_audio || !(medium->tracks[i].is_data || medium->tracks[i].is_blank);
	if (!copy->is_cd || (!has_audio && medium->n_sessions <= 1 && medium->n_tracks <= 1))
		return CLI_EXIT_GOOD;
	discern_error_set(&err, -EMEDIUMTYPE, "%s: a CD with %s is not copied on the fly", copy->source_path,
			  has_audio ? "audio" : "several tracks");
	discern_error_hint(&err, "%s: leave --on-the-fly out",
			   has_audio ? "sound is read twice before it counts, and where its tracks begin is known when "
				       "all was read"
				     : "where they begin and end is known when all was read");
	return cli_fail(copy->cli, &err);
}

int copy_look(struct copy *copy)
{
	struct discern_medium medium;
	struct discern_error err;
	uint64_t n_sectors;
	int ret;

	snprintf(copy->source_path, sizeof(copy->source_path), "%s", discern_drive_path(copy->source));
	if (discern_drive_medium(copy->source, DISCERN_MEDIUM_FOR_READING, &medium, &err) < 0)
		return cli_fail(copy->cli, &err);
	n_sectors = count_sectors(&medium);
	copy->is_cd = is_cd(medium.profile);
	copy->read_speed_tenths = copy->read_speed_tenths * discern_profile_1x_kbps(medium.profile) / 10;
	ret = CLI_EXIT_GOOD;
	if (medium.state == DISCERN_MEDIUM_NONE || medium.state == DISCERN_MEDIUM_BLANK) {
		discern_error_set(&err, medium.state == DISCERN_MEDIUM_NONE ? -ENOMEDIUM : -EMEDIUMTYPE, "%s: %s",
				  copy->source_path,
				  medium.state == DISCERN_MEDIUM_NONE ? "no disc in the drive" : "the disc is blank");
		ret = cli_fail(copy->cli, &err);
	}
	if (ret == CLI_EXIT_GOOD && copy->is_on_the_fly)
		ret = refuse_tracks(copy, &medium);
	report_string(copy->report, "source", "source", copy->source_path);
	report_string(copy->report, "source_profile", NULL, discern_profile_name(medium.profile));
	discern_medium_clear(&medium);
	if (ret == CLI_EXIT_GOOD && !copy->is_on_the_fly)
		ret = open_place(copy, n_sectors * (copy->is_cd ? CD_SECTOR_BYTES : DISCERN_SECTOR_SIZE));
	return ret;
}

static int tell_bad(struct copy *copy)
{
	report_number(copy->report, "unreadable_sectors", NULL, copy->n_bad_sectors, NULL);
	if (copy->n_bad_sectors == 0)
		return CLI_EXIT_GOOD;
	cli_complain(copy->cli, "%s: %" PRIu32 " sector%s could not be read", copy->source_path, copy->n_bad_sectors,
		     copy->n_bad_sectors == 1 ? "" : "s");
	return CLI_EXIT_UNREADABLE;
}

static int read_cd(struct copy *copy)
{
	/* Too large for the stack of a small thread, and there is only one. */
	static struct discern_rip_raw_result result;
	const struct discern_rip_raw_options options = {
		.output = copy->image,
		.format = DISCERN_RAW_CCD,
		.with_subchannels = true,
		.offset_samples = copy->offset_samples,
		.retries = copy->retries,
		.speed_kbps = copy->read_speed_tenths,
	};
	struct discern_error err;

	if (discern_rip_raw(copy->source, &options, &copy->cli->observer, &result, &err) < 0)
		return cli_fail(copy->cli, &err);
	progress_end(copy->cli->progress);
	snprintf(copy->image, sizeof(copy->image), "%s", result.sheet_path);
	copy->n_bad_sectors = result.n_bad_sectors;
	report_text(copy->report, "read", "%zu track%s, %" PRIu32 " sectors, into %s", result.n_tracks,
		    result.n_tracks == 1 ? "" : "s", result.n_sectors, copy->image);
	report_number(copy->report, "source_sectors", NULL, result.n_sectors, NULL);
	/* R to W has no checksum: noise of the drive's would be burned as if it were something. */
	for (size_t i = 0; i < result.n_files && !copy->with_subchannel && copy->via == NULL; i++) {
		size_t length = strlen(result.files[i].path);

		if (length > 4 && strcmp(result.files[i].path + length - 4, ".sub") == 0)
			unlink(result.files[i].path);
	}
	return tell_bad(copy);
}

static int read_data(struct copy *copy)
{
	static struct discern_rip_result result;
	const struct discern_rip_options options = {
		.output = copy->image,
		.retries = copy->retries,
		.speed_kbps = copy->read_speed_tenths,
	};
	struct discern_error err;
	char size[TEXT_SIZE];
	int ret;

	if (discern_rip(copy->source, &options, &copy->cli->observer, &result, &err) < 0) {
		ret = cli_fail(copy->cli, &err);
	} else {
		progress_end(copy->cli->progress);
		copy->n_bad_sectors = result.n_bad_sectors;
		report_text(copy->report, "read", "%s, into %s", text_size(result.size_bytes, size), result.image_path);
		report_number(copy->report, "source_bytes", NULL, (int64_t)result.size_bytes, NULL);
		report_string(copy->report, "source_sha256", NULL, result.sha256);
		ret = tell_bad(copy);
	}
	discern_rip_result_clear(&result);
	return ret;
}

void copy_remove_folder(const char *folder)
{
	char path[COPY_PATH + NAME_MAX + 2];
	AUTO_CLOSEDIR DIR *dir = opendir(folder);
	struct dirent *entry;

	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
		unlink(path);
	}
	rmdir(folder);
}

int copy_read(struct copy *copy)
{
	return copy->is_cd ? read_cd(copy) : read_data(copy);
}
