/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <discern/verify.h>

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base/error.h"
#include "disc/file_source.h"
#include "disc/profile.h"
#include "disc/medium_need.h"
#include "drive/drive_source.h"
#include "verify/compare.h"
#include "verify/names.h"
#include "verify/nothing_source.h"

/* A CD written track at once ends in two unreadable run-out sectors, which READ CAPACITY counts. */
#define RUN_OUT_SECTORS 2

static int check_medium(const char *path, const struct discern_medium *medium, struct discern_error *err)
{
	int ret = 0;

	switch (medium->state) {
	case DISCERN_MEDIUM_NONE:
		ret = medium_need(medium, path, "the disc that is to be compared", err);
		break;
	case DISCERN_MEDIUM_BLANK:
		ret = discern_error_set(err, -EMEDIUMTYPE, "%s: the disc is blank (%s)", path,
					discern_profile_name(medium->profile));
		discern_error_hint(err, "burn the image first: discern burn IMAGE %s", path);
		break;
	case DISCERN_MEDIUM_APPENDABLE:
	case DISCERN_MEDIUM_COMPLETE:
	case DISCERN_MEDIUM_OVERWRITABLE:
	case DISCERN_MEDIUM_UNUSABLE:
		break;
	}
	return ret;
}

/* What medium and image together say about the comparison. The area was found before. */
static void plan(const struct discern_medium *medium, struct compare_options *options)
{
	const struct profile *profile = profile_find((unsigned)medium->profile);
	int64_t image_end;

	image_end = (int64_t)options->area.first_lba + options->image->n_sectors;
	for (size_t i = 0; i < medium->n_tracks; i++) {
		const struct discern_track *track = &medium->tracks[i];

		if (!options->is_session && track->is_data && !track->is_blank && track->n_sectors > 0 &&
		    track->start_lba >= image_end)
			options->is_rest_data = true;
	}
	options->n_run_out_sectors = profile->family == FAMILY_CD ? RUN_OUT_SECTORS : 0;
	options->is_rest_free = medium->state == DISCERN_MEDIUM_OVERWRITABLE;
	options->speed_1x_kbps = profile->speed_1x_kbps;
}

/* The whole disc, or the one session that begins at options->session_lba. False if there is no such data. */
static bool find_area(const struct discern_medium *medium, const struct compare_options *options,
		      struct data_area *ret_area)
{
	const struct discern_track *first = NULL;
	int64_t end = 0;

	if (!options->is_session)
		return data_area_find(medium, ret_area);
	for (size_t i = 0; i < medium->n_tracks; i++) {
		const struct discern_track *track = &medium->tracks[i];

		if (track->is_blank || !track->is_data)
			continue;
		if (track->start_lba == options->session_lba) {
			first = track;
			ret_area->first_track = i;
		}
		if (first == NULL || track->session != first->session)
			continue;
		ret_area->behind_track = i + 1;
		end = data_area_written_end(track);
	}
	if (first == NULL || end <= first->start_lba)
		return false;
	ret_area->first_lba = first->start_lba;
	ret_area->n_sectors = (uint32_t)(end - first->start_lba);
	return true;
}

static int refuse_area(struct discern_drive *drive, const struct compare_options *options, struct discern_error *err)
{
	if (options->is_session)
		return discern_error_set(err, -EINVAL, "%s: no session with data begins at LBA %" PRId32,
					 discern_drive_path(drive), options->session_lba);
	discern_error_set(err, -EMEDIUMTYPE, "%s: no data on the disc, only audio", discern_drive_path(drive));
	discern_error_hint(err, "put a data disc in");
	return -EMEDIUMTYPE;
}

/* Where audio comes first, an image may be of the data alone, as other programs make it: then it has room for no more. */
static void take_off_begin(struct compare_options *options)
{
	struct data_area *area = &options->area;
	uint32_t begin = data_area_begin(area);

	if (begin == 0 || options->image->n_sectors > area->n_sectors - begin)
		return;
	area->first_lba = (int32_t)begin;
	area->n_sectors -= begin;
	area->n_gaps--;
	for (size_t i = 0; i < area->n_gaps; i++) {
		area->gaps[i] = area->gaps[i + 1];
		area->gaps[i].lba -= (int32_t)begin;
	}
}

static void tell(const struct discern_observer *observer, const char *text)
{
	if (observer != NULL && observer->message != NULL)
		observer->message(DISCERN_LEVEL_NOTE, text, observer->user);
}

/* Compares the medium with the image, of which options tell the rest. */
static int verify_medium(struct discern_drive *drive, const struct discern_medium *medium,
			 struct compare_options *options, struct discern_verify_result *ret_result,
			 struct discern_error *err)
{
	struct drive_source_options source_options = { .past_cache = true, .with_proof = true };
	struct discern_source *disc;
	bool has_audio;
	int ret;

	if (!find_area(medium, options, &options->area))
		return refuse_area(drive, options, err);
	has_audio = options->area.has_more || data_area_begin(&options->area) > 0;
	take_off_begin(options);
	plan(medium, options);
	if (!options->is_session && has_audio)
		tell(options->observer, "the disc also holds other tracks (audio), which are not compared");
	ret = drive_source_open(drive, medium, &source_options, &disc, err);
	if (ret < 0)
		return ret;
	ret = compare_sources(disc, options, ret_result, err);
	source_close(disc);
	/* By a digest alone, nobody knows which sectors differ. */
	if (ret == 0 && !options->is_by_digest && !discern_verify_is_equal(ret_result) &&
	    verify_name_files(options->image, options->area.first_lba, medium, ret_result) < 0)
		ret = discern_error_set(err, -ENOMEM, "out of memory");
	return ret;
}

static int verify(struct discern_drive *drive, struct compare_options *options,
		  struct discern_verify_result *ret_result, struct discern_error *err)
{
	struct discern_medium medium;
	int ret = discern_drive_medium(drive, DISCERN_MEDIUM_FOR_READING, &medium, err);

	if (ret < 0)
		return ret;
	ret = check_medium(discern_drive_path(drive), &medium, err);
	if (ret == 0)
		ret = verify_medium(drive, &medium, options, ret_result, err);
	discern_medium_clear(&medium);
	return ret;
}

/* With an image that was opened; closes it. */
static int verify_image(struct discern_drive *drive, struct compare_options *options, const char *path,
			struct discern_verify_result *ret_result, struct discern_error *err)
{
	int ret;

	options->image_bytes = file_source_size_bytes(options->image);
	if (options->image_bytes == 0) {
		source_close(options->image);
		discern_error_set(err, -EINVAL, "%s: is empty", path);
		discern_error_hint(err, "every disc would equal it; is this the right file?");
		return -EINVAL;
	}
	ret = verify(drive, options, ret_result, err);
	if (ret == 0)
		ret = file_source_check_unchanged(options->image, err);
	source_close(options->image);
	return ret;
}

static int verify_file(struct discern_drive *drive, const char *image_path, struct compare_options *with,
		       struct discern_verify_result *ret_result, struct discern_error *err)
{
	struct compare_options options = *with;
	int ret;

	memset(ret_result, 0, sizeof(*ret_result));
	ret = file_source_open_unpacked(image_path, 0, &options.image, err);
	return ret < 0 ? ret : verify_image(drive, &options, image_path, ret_result, err);
}

int discern_verify(struct discern_drive *drive, const char *image_path, const struct discern_observer *observer,
		   struct discern_verify_result *ret_result, struct discern_error *err)
{
	struct compare_options options = { .observer = observer };

	return verify_file(drive, image_path, &options, ret_result, err);
}

int discern_verify_session(struct discern_drive *drive, const char *image_path, int32_t start_lba,
			   const struct discern_observer *observer, struct discern_verify_result *ret_result,
			   struct discern_error *err)
{
	struct compare_options options = { .observer = observer, .is_session = true, .session_lba = start_lba };

	return verify_file(drive, image_path, &options, ret_result, err);
}

/* With an image of which size and digest are known. */
static int verify_digest(struct discern_drive *drive, const struct discern_image_digest *digest,
			 struct compare_options *options, struct discern_verify_result *ret_result,
			 struct discern_error *err)
{
	struct discern_source nothing;
	int ret;

	memset(ret_result, 0, sizeof(*ret_result));
	nothing_source_init(&nothing, digest->size_bytes);
	options->image = &nothing;
	options->is_by_digest = true;
	options->image_bytes = digest->size_bytes;
	ret = verify(drive, options, ret_result, err);
	if (ret < 0 || ret_result->disc_sha256[0] == '\0')
		return ret;
	ret_result->is_digest_different = strcmp(ret_result->disc_sha256, digest->sha256) != 0;
	if (!ret_result->is_digest_different)
		ret_result->n_equal_sectors =
			(uint32_t)((digest->size_bytes + DISCERN_SECTOR_SIZE - 1) / DISCERN_SECTOR_SIZE);
	return 0;
}

int discern_verify_digest(struct discern_drive *drive, const struct discern_image_digest *digest,
			  const struct discern_observer *observer, struct discern_verify_result *ret_result,
			  struct discern_error *err)
{
	struct compare_options options = { .observer = observer };

	return verify_digest(drive, digest, &options, ret_result, err);
}

int discern_verify_burned(struct discern_drive *drive, const struct discern_burn_check *check, int32_t start_lba,
			  const struct discern_observer *observer, struct discern_verify_result *ret_result,
			  struct discern_error *err)
{
	struct compare_options options = { .observer = observer,
					   .is_session = start_lba > 0,
					   .session_lba = start_lba };
	struct discern_image_digest digest = { .size_bytes = check->image.size_bytes };
	int ret;

	memset(ret_result, 0, sizeof(*ret_result));
	if (check->kind == DISCERN_IMAGE_PIPE || check->kind == DISCERN_IMAGE_FOLDER) {
		memcpy(digest.sha256, check->sha256, sizeof(digest.sha256));
		return verify_digest(drive, &digest, &options, ret_result, err);
	}
	if (check->kind == DISCERN_IMAGE_PACKED)
		ret = file_source_open_unpacked(check->path, check->image.size_bytes, &options.image, err);
	else
		ret = file_source_open_plain(check->path, &options.image, err);
	return ret < 0 ? ret : verify_image(drive, &options, check->path, ret_result, err);
}
