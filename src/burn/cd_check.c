/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <discern/burn_cd.h>

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "base/bytes.h"
#include "base/error.h"
#include "base/hash.h"
#include "base/observe.h"
#include "burn/cd_stream.h"
#include "disc/cd.h"
#include "drive/cd_cue_sheet.h"

enum { TELL_EVERY = 1024, SAMPLE_BYTES = 4, SPEED_1X_KBPS = 176, R_TO_W = 0x3f };

struct checking {
	struct discern_cd *cd;
	const struct discern_burn_cd_options *options;
	const struct discern_observer *observer;
	struct discern_burn_cd_check *check;
	struct cd_stream stream;
	struct hash *hash;
	struct observe_samples recent;
	/** The first sector that would be remade. */
	int32_t remade_lba;
};

static bool belongs(enum sector_form form, enum cd_track_mode mode)
{
	switch (mode) {
	case CD_AUDIO:
		return true;
	case CD_MODE_1:
		return form == SECTOR_MODE_1;
	case CD_MODE_2:
		return form == SECTOR_MODE_2;
	case CD_MODE_2_XA:
	case CD_MODE_2_CDI:
		break;
	}
	return form == SECTOR_MODE_2_FORM_1 || form == SECTOR_MODE_2_FORM_2;
}

/* Is the sector what the drive makes of what it is sent? */
static bool is_remade(const uint8_t sector[SECTOR_RAW], int32_t lba, enum sector_form form)
{
	/* The EDC of Form 2 may be left out. */
	const size_t n = form == SECTOR_MODE_2_FORM_2 ? SECTOR_XA_USER_AT + SECTOR_FORM_2_USER : SECTOR_RAW;
	uint8_t made[SECTOR_RAW];

	memcpy(made, sector, SECTOR_RAW);
	sector_seal(made, lba, form);
	return memcmp(made, sector, n) != 0 || (form == SECTOR_MODE_2_FORM_2 && !sector_is_sound(sector));
}

/* CD-ROM XA lets a sector of Form 2 have zeros for its EDC. What a drive sends to the disc at once it gives one. */
static bool is_without_edc(const uint8_t sector[SECTOR_RAW], enum sector_form form)
{
	return form == SECTOR_MODE_2_FORM_2 && get_le32(sector + SECTOR_XA_USER_AT + SECTOR_FORM_2_USER) == 0;
}

static int check_data(struct checking *checking, const struct cd_track *track, const uint8_t sector[SECTOR_RAW],
		      struct discern_error *err)
{
	enum sector_form form = sector_find_form(sector);
	int32_t lba = checking->stream.lba - 1;

	if (!belongs(form, track->mode)) {
		discern_error_set(err, -EINVAL, "%s: sector %d of track %u is not one of the kind that the track is of",
				  discern_cd_path(checking->cd), lba, track->number);
		if (err != NULL)
			err->lba = lba;
		return discern_error_hint(err, "is it in the image as it was on the disc? Read the disc once more");
	}
	if (is_without_edc(sector, form))
		checking->check->n_sectors_without_edc++;
	if (!is_remade(sector, lba, form))
		return 0;
	if (checking->check->n_remade_sectors++ == 0)
		checking->remade_lba = lba;
	return 0;
}

static bool has_graphics(const uint8_t subchannel[SUBCHANNEL_BYTES])
{
	for (size_t i = 0; i < SUBCHANNEL_BYTES; i++)
		if (subchannel[i] & R_TO_W)
			return true;
	return false;
}

static int tell(struct checking *checking, uint32_t n_done)
{
	const struct discern_progress progress = {
		.phase = DISCERN_PHASE_CHECK,
		.done_bytes = (uint64_t)n_done * SECTOR_RAW,
		.total_bytes = (uint64_t)checking->check->n_sectors * SECTOR_RAW,
		.speed_1x_kbps = SPEED_1X_KBPS,
	};

	return observe_bytes(checking->observer, &checking->recent, &progress);
}

static int check_next(struct checking *checking, uint32_t n_done, struct discern_error *err)
{
	uint8_t sector[SECTOR_RAW], subchannel[SUBCHANNEL_BYTES];
	const struct cd_track *track;
	int ret;

	if (n_done % TELL_EVERY == 0 && tell(checking, n_done) != 0)
		return discern_error_set(err, -ECANCELED, "stopped before anything was written");
	ret = cd_stream_next(&checking->stream, sector, subchannel);
	if (ret < 0) {
		discern_error_set(err, -EIO, "%s: sector %d of the image cannot be read", discern_cd_path(checking->cd),
				  checking->stream.lba - 1);
		return discern_error_hint(err, "nothing was written: look at the files of the image, and where they lie");
	}
	hash_update(checking->hash, sector, SECTOR_RAW);
	if (has_graphics(subchannel))
		checking->check->has_subchannel = true;
	track = cd_layout_track_at(checking->stream.layout, checking->stream.lba - 1);
	return track->mode == CD_AUDIO ? 0 : check_data(checking, track, sector, err);
}

/* What an early drive loses: the last samples of the last track of a stretch of audio. */
static int count_lost(struct checking *checking, const struct cd_track *track, struct discern_error *err)
{
	int64_t n_left = -(int64_t)checking->options->write_offset_samples;
	uint8_t sector[SECTOR_RAW];

	for (int32_t lba = track->end_lba - 1; n_left > 0 && lba >= track->pregap_lba; lba--) {
		if (cd_image_read(cd_image_of(checking->cd), lba, sector, NULL) < 0)
			return discern_error_set(err, -EIO, "%s: sector %d of the image cannot be read",
						 discern_cd_path(checking->cd), lba);
		for (size_t at = SECTOR_RAW; at > 0 && n_left > 0; at -= SAMPLE_BYTES, n_left--)
			if (memcmp(sector + at - SAMPLE_BYTES, "\0\0\0", SAMPLE_BYTES) != 0)
				checking->check->n_lost_samples++;
	}
	return 0;
}

static int count_all_lost(struct checking *checking, struct discern_error *err)
{
	const struct cd_layout *layout = checking->stream.layout;
	int ret = 0;

	for (unsigned i = 0; i < layout->n_tracks && ret == 0; i++) {
		const struct cd_track *track = &layout->tracks[i], *next = track + 1;

		if (track->mode == CD_AUDIO &&
		    (i + 1 == layout->n_tracks || next->mode != CD_AUDIO || next->session != track->session))
			ret = count_lost(checking, track, err);
	}
	return ret;
}

/* Drives begin a further session where the one before ends, and nowhere else. */
static int check_sessions(const struct checking *checking, struct discern_error *err)
{
	const struct cd_layout *layout = cd_layout_of(checking->cd);
	/* Lead-out and lead-in between sessions (MMC-6 4.2.3.6). */
	enum { FIRST_LEAD_OUT = 6750, OTHER_LEAD_OUT = 2250, LEAD_IN = 4500 };

	for (unsigned session = 1; session <= layout->n_sessions; session++) {
		int32_t begin = cd_cue_begin_lba(layout, session);
		int ret = cd_cue_check(layout, session, err);

		if (ret < 0)
			return discern_error_wrap(err, "%s", discern_cd_path(checking->cd));
		if (session == 1)
			continue;
		begin -= layout->sessions[session - 2].lead_out_lba + LEAD_IN +
			 (session == 2 ? FIRST_LEAD_OUT : OTHER_LEAD_OUT);
		if (begin != 0)
			return discern_error_set(err, -EINVAL,
						 "%s: session %u begins %d sectors %s where a drive begins it",
						 discern_cd_path(checking->cd), session, begin < 0 ? -begin : begin,
						 begin < 0 ? "before" : "behind");
	}
	return 0;
}

static int run(struct checking *checking, struct discern_error *err)
{
	struct discern_burn_cd_check *check = checking->check;
	char hex[HASH_HEX_SIZE];
	int ret = 0;

	for (uint32_t n = 0; n < check->n_sectors && ret == 0; n++)
		ret = check_next(checking, n, err);
	if (ret < 0)
		return ret;
	tell(checking, check->n_sectors);
	hash_finish(checking->hash, hex);
	memcpy(check->sha256, hex, sizeof(check->sha256));
	if (checking->options->write_offset_samples < 0)
		ret = count_all_lost(checking, err);
	if (ret == 0 && check->n_remade_sectors > 0 && !checking->options->remake_sectors) {
		discern_error_set(err, -EINVAL,
				  "%s: %u data sector%s a wrong address (the first one is %d): the "
				  "drive would make that right, and the disc would not be what the image is",
				  discern_cd_path(checking->cd), check->n_remade_sectors,
				  check->n_remade_sectors == 1 ? " is not sound, or has" : "s are not sound, or have",
				  checking->remade_lba);
		return discern_error_hint(err, "to burn it nevertheless, add --any-file");
	}
	return ret;
}

int discern_burn_cd_check(struct discern_cd *cd, const struct discern_burn_cd_options *options,
			  const struct discern_observer *observer, struct discern_burn_cd_check *ret_check,
			  struct discern_error *err)
{
	struct checking checking = { .cd = cd, .options = options, .observer = observer, .check = ret_check };
	double begin = observe_now();
	int ret;

	discern_error_clear(err);
	memset(ret_check, 0, sizeof(*ret_check));
	ret = check_sessions(&checking, err);
	if (ret == 0)
		ret = hash_new(HASH_SHA256, &checking.hash, err);
	if (ret < 0)
		return ret;
	cd_stream_init(&checking.stream, cd_image_of(cd), options->write_offset_samples);
	ret_check->n_sectors = cd_stream_count(cd_layout_of(cd));
	ret = run(&checking, err);
	hash_free(checking.hash);
	ret_check->seconds = observe_now() - begin;
	return ret;
}
