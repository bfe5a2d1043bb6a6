/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "verify/cd_verify.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "disc/cd.h"
#include "disc/medium_need.h"
#include "disc/profile.h"

enum { SUBHEADER_BYTES = 8, MAX_TRIES = 3 };

bool discern_verify_cd_is_equal(const struct discern_verify_cd_result *result)
{
	return result->n_equal_sectors == result->n_sectors && result->n_differences == 0;
}

void cd_verify_differs(struct cd_verify *verify, const char *format, ...)
{
	struct discern_verify_cd_result *result = verify->result;
	va_list arguments;

	if (result->n_differences < DISCERN_CD_MAX_DIFFERENCES) {
		va_start(arguments, format);
		vsnprintf(result->differences[result->n_differences], DISCERN_CD_DIFFERENCE, format, arguments);
		va_end(arguments);
	}
	result->n_differences++;
}

static void add_to(struct discern_range *ranges, size_t *n_ranges, int32_t lba)
{
	struct discern_range *last = *n_ranges > 0 ? &ranges[*n_ranges - 1] : NULL;

	if (last != NULL && last->lba + (int32_t)last->n_sectors == lba)
		last->n_sectors++;
	else if (*n_ranges < DISCERN_CD_MAX_RANGES)
		ranges[(*n_ranges)++] = (struct discern_range){ lba, 1 };
}

void cd_verify_count(struct cd_verify *verify, int32_t lba, enum cd_verify_outcome outcome)
{
	struct discern_verify_cd_result *result = verify->result;

	verify->n_done++;
	switch (outcome) {
	case CD_EQUAL:
		result->n_equal_sectors++;
		break;
	case CD_DIFFERENT:
		result->n_different_sectors++;
		add_to(result->different, &result->n_different_ranges, lba);
		break;
	case CD_UNREADABLE:
		result->n_unreadable_sectors++;
		add_to(result->unreadable, &result->n_unreadable_ranges, lba);
		break;
	case CD_OUT_OF_REACH:
		result->n_out_of_reach_sectors++;
		break;
	}
}

int cd_verify_tell(struct cd_verify *verify, struct discern_error *err)
{
	const struct discern_verify_cd_result *result = verify->result;
	const struct discern_progress progress = {
		.phase = DISCERN_PHASE_VERIFY,
		.done_bytes = (uint64_t)verify->n_done * SECTOR_RAW,
		.total_bytes = (uint64_t)result->n_sectors * SECTOR_RAW,
		.bad_bytes = ((uint64_t)result->n_different_sectors + result->n_unreadable_sectors) * SECTOR_RAW,
		.speed_1x_kbps = CD_VERIFY_1X_KBPS,
	};

	if (observe_bytes(verify->observer, &verify->recent, &progress) == 0)
		return 0;
	return discern_error_set(err, -ECANCELED, "stopped while comparing");
}

/* Errors that say something of sectors, not of drive or disc. */
static bool is_of_sectors(int code)
{
	return code == -EIO || code == -ENXIO || code == -EOPNOTSUPP || code == -EMEDIUMTYPE;
}

static bool is_within(const struct discern_range *range, const struct discern_range *within)
{
	return range->lba >= within->lba &&
	       range->lba + (int64_t)range->n_sectors <= within->lba + (int64_t)within->n_sectors;
}

int cd_verify_fetch(struct cd_verify *verify, const struct discern_range *range, const struct discern_range *within,
		    struct discern_error *err)
{
	struct discern_error own;
	int ret = -EIO;

	memset(verify->states, 0, sizeof(verify->states));
	if (is_within(range, within))
		ret = cd_audio_read(verify->reader, range, verify->sectors, &own);
	for (uint32_t i = 0; i < range->n_sectors && is_of_sectors(ret); i++) {
		const struct discern_range one = { range->lba + (int32_t)i, 1 };
		int of_one = cd_audio_read(verify->reader, &one, &verify->sectors[i], &own);

		verify->states[i] = CD_VERIFY_READ;
		if (is_of_sectors(of_one))
			verify->states[i] = is_within(&one, within) ? CD_VERIFY_UNREADABLE : CD_VERIFY_OUT_OF_REACH;
		else if (of_one < 0)
			ret = of_one;
	}
	if (ret == 0 || is_of_sectors(ret))
		return 0;
	if (err != NULL)
		*err = own;
	return ret;
}

/* ---- data ---- */

/* What the disc and the image must have alike: user data and subheader. Address, EDC and ECC are the drive's. */
static bool is_same_data(const uint8_t found[SECTOR_RAW], const uint8_t wanted[SECTOR_RAW])
{
	enum sector_form form = sector_find_form(wanted);
	size_t at = sector_user_at(form);

	if (sector_find_form(found) != form || memcmp(found + at, wanted + at, sector_user_bytes(form)) != 0)
		return false;
	return at != SECTOR_XA_USER_AT ||
	       memcmp(found + SECTOR_SUBHEADER_AT, wanted + SECTOR_SUBHEADER_AT, SUBHEADER_BYTES) == 0;
}

static int compare_sector(struct cd_verify *verify, int32_t lba, uint32_t place, const struct discern_range *all,
			  struct discern_error *err)
{
	const struct discern_range one = { lba, 1 };
	uint8_t wanted[SECTOR_RAW];
	enum cd_verify_outcome outcome = CD_UNREADABLE;

	if (cd_image_read(verify->image, lba, wanted, NULL) < 0)
		return discern_error_set(err, -EIO, "sector %d of the image cannot be read", lba);
	for (unsigned n = 0; n < MAX_TRIES; n++) {
		int ret = n == 0 ? 0 : cd_verify_fetch(verify, &one, all, err);

		if (ret < 0)
			return ret;
		if (verify->states[place] == CD_VERIFY_READ)
			outcome = is_same_data(verify->sectors[place].data, wanted) ? CD_EQUAL : CD_DIFFERENT;
		if (outcome == CD_EQUAL)
			break;
		/* Where the next try puts it. */
		place = 0;
	}
	cd_verify_count(verify, lba, outcome);
	return 0;
}

static bool all_same(struct cd_verify *verify, const struct discern_range *chunk)
{
	uint8_t wanted[SECTOR_RAW];

	for (uint32_t i = 0; i < chunk->n_sectors; i++)
		if (verify->states[i] != CD_VERIFY_READ ||
		    cd_image_read(verify->image, chunk->lba + (int32_t)i, wanted, NULL) < 0 ||
		    !is_same_data(verify->sectors[i].data, wanted))
			return false;
	return true;
}

static int compare_chunk(struct cd_verify *verify, const struct discern_range *chunk, const struct discern_range *all,
			 struct discern_error *err)
{
	int ret = cd_verify_fetch(verify, chunk, all, err);
	bool is_same = ret == 0 && all_same(verify, chunk);

	for (uint32_t i = 0; i < chunk->n_sectors && ret == 0; i++) {
		const int32_t lba = chunk->lba + (int32_t)i;
		const struct discern_range one = { lba, 1 };

		if (is_same) {
			cd_verify_count(verify, lba, CD_EQUAL);
			continue;
		}
		ret = cd_verify_fetch(verify, &one, all, err);
		if (ret == 0)
			ret = compare_sector(verify, lba, 0, all, err);
	}
	return ret < 0 ? ret : cd_verify_tell(verify, err);
}

int cd_verify_data(struct cd_verify *verify, const struct cd_track *track, struct discern_error *err)
{
	const struct discern_range all = { track->start_lba, (uint32_t)(track->end_lba - track->start_lba) };
	int ret = 0;

	cd_audio_take_all(verify->reader, true);
	for (uint32_t done = 0; done < all.n_sectors && ret == 0; done += CD_VERIFY_CHUNK) {
		struct discern_range chunk = { all.lba + (int32_t)done, all.n_sectors - done };

		if (chunk.n_sectors > CD_VERIFY_CHUNK)
			chunk.n_sectors = CD_VERIFY_CHUNK;
		ret = compare_chunk(verify, &chunk, &all, err);
	}
	cd_audio_take_all(verify->reader, false);
	return ret;
}

/* ---- all ---- */

static void count_sectors(struct cd_verify *verify)
{
	const struct cd_layout *layout = verify->layout;
	struct discern_range run;

	for (unsigned i = 0; i < layout->n_tracks; i++) {
		if (layout->tracks[i].mode != CD_AUDIO)
			verify->result->n_sectors +=
				(uint32_t)(layout->tracks[i].end_lba - layout->tracks[i].start_lba);
		else if (cd_verify_run_at(layout, i, &run))
			verify->result->n_sectors += run.n_sectors;
	}
}

static int compare_all(struct cd_verify *verify, struct discern_error *err)
{
	const struct cd_layout *layout = verify->layout;
	struct discern_range run;
	int ret = cd_verify_tables(verify, err);

	count_sectors(verify);
	if (ret == 0)
		ret = cd_verify_find_offset(verify, err);
	for (unsigned i = 0; i < layout->n_tracks && ret == 0; i++) {
		if (layout->tracks[i].mode != CD_AUDIO)
			ret = cd_verify_data(verify, &layout->tracks[i], err);
		else if (cd_verify_run_at(layout, i, &run))
			ret = cd_verify_sound(verify, &run, err);
	}
	return ret;
}

static int check_medium(struct discern_drive *drive, struct discern_error *err)
{
	const char *path = discern_drive_path(drive);
	struct discern_medium medium;
	int ret = discern_drive_medium(drive, DISCERN_MEDIUM_FOR_READING, &medium, err);

	if (ret < 0)
		return ret;
	if (medium.state == DISCERN_MEDIUM_NONE)
		ret = medium_need(&medium, path, "the disc that is to be compared", err);
	else if (profile_find((unsigned)medium.profile)->family != FAMILY_CD)
		ret = discern_error_set(err, -EMEDIUMTYPE, "%s: the disc is no CD, but a %s", path,
					discern_profile_name(medium.profile));
	else if (medium.state == DISCERN_MEDIUM_BLANK)
		ret = discern_error_set(err, -EMEDIUMTYPE, "%s: the disc is blank", path);
	discern_medium_clear(&medium);
	return ret;
}

static int open_disc(struct cd_verify *verify, struct discern_error *err)
{
	int ret = check_medium(verify->drive, err);

	if (ret < 0)
		return ret;
	verify->sectors = calloc(CD_AUDIO_WHOLE, sizeof(*verify->sectors));
	if (verify->sectors == NULL)
		return discern_error_set(err, -ENOMEM, "out of memory");
	ret = cd_verify_jitter_new(&verify->jitter, err);
	return ret == 0 ? cd_audio_open(verify->drive, &verify->reader, err) : ret;
}

int cd_verify_run(struct cd_verify *verify, int (*prove)(struct cd_verify *verify, struct discern_error *err),
		  struct discern_error *err)
{
	double begin = observe_now();
	int ret;

	discern_error_clear(err);
	memset(verify->result, 0, sizeof(*verify->result));
	verify->result->is_by_digest = verify->digest != NULL;
	ret = open_disc(verify, err);
	if (ret == 0)
		ret = prove(verify, err);
	cd_audio_close(verify->reader);
	free(verify->sectors);
	free(verify->jitter);
	verify->result->seconds = observe_now() - begin;
	return ret;
}

int discern_verify_cd(struct discern_drive *drive, struct discern_cd *cd,
		      const struct discern_verify_cd_options *options, const struct discern_observer *observer,
		      struct discern_verify_cd_result *ret_result, struct discern_error *err)
{
	struct cd_verify verify = {
		.drive = drive,
		.image = cd_image_of(cd),
		.layout = cd_layout_of(cd),
		.options = options,
		.observer = observer,
		.result = ret_result,
	};
	const char *changed;
	int ret;

	verify.text_packs = cd_image_text(verify.image, &verify.n_text_packs);
	ret = cd_verify_run(&verify, compare_all, err);
	changed = cd_image_changed_file(verify.image);

	/* Neither what equals it nor what differs from it is known. */
	if (changed != NULL && (ret == 0 || ret == -EIO)) {
		ret = discern_error_set(err, -EIO, "%s: was written to since it was opened", changed);
		discern_error_hint(err, "nothing is proven of the disc: compare it again, and leave the image alone meanwhile");
	}
	return ret;
}
