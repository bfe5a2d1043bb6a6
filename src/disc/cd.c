/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "disc/cd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "disc/cd_sounds.h"
#include "disc/cd_text.h"

struct discern_cd {
	char *path;
	struct cd_image *image;
	struct discern_cd_info info;
};

static void copy_text(const struct cd_text *text, enum cd_text_field field, unsigned track, char ret[DISCERN_CD_TEXT])
{
	const char *from = text->n_blocks > 0 ? text->blocks[0].texts[field][track] : NULL;
	size_t n = from != NULL ? strlen(from) : 0;

	/* Not in the middle of a character. */
	if (n >= DISCERN_CD_TEXT)
		for (n = DISCERN_CD_TEXT - 1; n > 0 && ((unsigned char)from[n] & 0xc0) == 0x80;)
			n--;
	if (n > 0)
		memcpy(ret, from, n);
	ret[n] = '\0';
}

static enum discern_cd_mode mode_of(enum cd_track_mode mode)
{
	static const enum discern_cd_mode modes[] = {
		[CD_AUDIO] = DISCERN_CD_AUDIO,  [CD_MODE_1] = DISCERN_CD_MODE_1,  [CD_MODE_2] = DISCERN_CD_MODE_2,
		[CD_MODE_2_XA] = DISCERN_CD_XA, [CD_MODE_2_CDI] = DISCERN_CD_CDI,
	};

	return modes[mode];
}

static void describe_track(const struct cd_track *track, const struct cd_text *text, struct discern_cd_track *ret)
{
	int32_t begin = track->pregap_lba < 0 ? 0 : track->pregap_lba;

	*ret = (struct discern_cd_track){
		.number = track->number,
		.session = track->session,
		.mode = mode_of(track->mode),
		.start_lba = track->start_lba,
		.n_sectors = (uint32_t)(track->end_lba - track->start_lba),
		.n_pregap_sectors = (uint32_t)(track->start_lba - begin),
		.n_indexes = track->n_indexes,
		.has_pre_emphasis = track->mode == CD_AUDIO && track->control & CD_CONTROL_PRE_EMPHASIS,
		.may_be_copied = track->control & CD_CONTROL_COPY_PERMITTED,
	};
	memcpy(ret->isrc, track->isrc, sizeof(ret->isrc));
	copy_text(text, CD_TEXT_TITLE, track->number, ret->title);
	copy_text(text, CD_TEXT_PERFORMER, track->number, ret->performer);
}

static void describe(struct discern_cd *cd)
{
	const struct cd_layout *layout = cd_image_layout(cd->image);
	struct discern_cd_info *info = &cd->info;
	struct cd_text text = { 0 };
	size_t n_packs, n_bad;
	const uint8_t *packs = cd_image_text(cd->image, &n_packs);

	if (packs != NULL)
		cd_text_decode(packs, n_packs, &text, &n_bad, NULL);
	info->has_text = n_packs > 0;
	info->n_tracks = layout->n_tracks;
	info->n_sessions = layout->n_sessions;
	info->n_sectors = (uint32_t)layout->sessions[layout->n_sessions - 1].lead_out_lba;
	memcpy(info->mcn, layout->mcn, sizeof(info->mcn));
	copy_text(&text, CD_TEXT_TITLE, 0, info->title);
	copy_text(&text, CD_TEXT_PERFORMER, 0, info->performer);
	for (unsigned i = 0; i < layout->n_tracks; i++) {
		describe_track(&layout->tracks[i], &text, &info->tracks[i]);
		if (layout->tracks[i].mode == CD_AUDIO)
			info->n_audio_tracks++;
	}
	cd_text_clear(&text);
}

/* Takes the image over. */
static int finish(const char *path, struct cd_image *image, struct discern_cd **ret_cd, struct discern_error *err)
{
	struct discern_cd *cd = calloc(1, sizeof(*cd));

	if (cd != NULL)
		cd->path = strdup(path);
	if (cd == NULL || cd->path == NULL) {
		cd_image_close(image);
		free(cd);
		return discern_error_set(err, -ENOMEM, "out of memory");
	}
	cd->image = image;
	describe(cd);
	*ret_cd = cd;
	return 0;
}

int discern_cd_open(const char *path, struct discern_cd **ret_cd, struct discern_error *err)
{
	struct cd_image *image = NULL;
	int ret = cd_image_is_name(path) ? cd_image_open(path, &image, err) : cd_image_open_raw(path, &image, err);

	return ret < 0 ? ret : finish(path, image, ret_cd, err);
}

bool discern_cd_is_one(const char *path)
{
	AUTO_CLOSE int fd = -1;
	struct stat status;

	if (cd_image_is_name(path))
		return true;
	/* A pipe would lose its writer by being opened and closed. */
	if (stat(path, &status) < 0 || !S_ISREG(status.st_mode))
		return false;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	return fd >= 0 && cd_image_is_raw(fd);
}

int discern_cd_open_sounds(const struct discern_cd_sounds *sounds, struct discern_cd **ret_cd,
			   struct discern_error *err)
{
	struct cd_sheet *sheet = NULL;
	struct cd_image *image = NULL;
	int ret = cd_sounds_make_sheet(sounds, &sheet, err);

	if (ret == 0)
		ret = cd_image_open_sheet(sheet, "", &image, err);
	return ret < 0 ? ret : finish(sounds->paths[0], image, ret_cd, err);
}

struct discern_cd *discern_cd_close(struct discern_cd *cd)
{
	if (cd == NULL)
		return NULL;
	cd_image_close(cd->image);
	free(cd->path);
	free(cd);
	return NULL;
}

const struct discern_cd_info *discern_cd_info(const struct discern_cd *cd)
{
	return &cd->info;
}

const char *discern_cd_path(const struct discern_cd *cd)
{
	return cd->path;
}

struct cd_image *cd_image_of(struct discern_cd *cd)
{
	return cd->image;
}

const struct cd_layout *cd_layout_of(const struct discern_cd *cd)
{
	return cd_image_layout(cd->image);
}
