/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rip/audio_disc.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "drive/cd_details.h"
#include "drive/cd_toc.h"
#include "rip/name.h"

enum { SECTOR_SAMPLES = 588 };

static const struct cd_track *find_audio(const struct cd_layout *layout)
{
	for (unsigned i = 0; i < layout->n_tracks; i++)
		if (layout->tracks[i].mode == CD_AUDIO)
			return &layout->tracks[i];
	return NULL;
}

/* The end of a track's file: where the next one begins, if sound goes on there. */
static int32_t file_end(const struct cd_layout *layout, unsigned i)
{
	const struct cd_track *track = &layout->tracks[i], *next = track + 1;

	if (i + 1 < layout->n_tracks && next->mode == CD_AUDIO && next->session == track->session)
		return next->start_lba;
	return track->end_lba;
}

int audio_disc_read(struct discern_drive *drive, bool (*is_cancelled)(void *user), void *user,
		    struct audio_disc *ret_disc, struct discern_error *err)
{
	AUTO_FREE uint8_t *packs = NULL;
	size_t n_packs = 0, n_bad = 0;
	int ret;

	memset(ret_disc, 0, sizeof(*ret_disc));
	ret = cd_toc_read(drive, &ret_disc->layout, err);
	if (ret < 0)
		return ret;
	if (find_audio(&ret_disc->layout) == NULL) {
		discern_error_set(err, -EMEDIUMTYPE, "%s: the disc has no audio track", discern_drive_path(drive));
		return discern_error_hint(err, "leave --audio out to read its data");
	}
	ret = cd_toc_read_text(drive, &packs, &n_packs, err);
	if (ret == 0 && n_packs > 0)
		cd_text_decode(packs, n_packs, &ret_disc->text, &n_bad, NULL);
	if (ret == 0)
		ret = cd_details_read(drive, &ret_disc->layout, CD_DETAILS_OF_AUDIO, is_cancelled, user);
	if (ret < 0)
		return discern_error_set(err, ret, ret == -ECANCELED ? "stopped" : "out of memory");
	ret = cd_id_musicbrainz(&ret_disc->layout, ret_disc->musicbrainz, err);
	if (ret == 0)
		ret = cd_id_freedb(&ret_disc->layout, ret_disc->freedb, err);
	if (ret < 0)
		return ret;
	accuraterip_id_make(&ret_disc->layout, (uint32_t)strtoul(ret_disc->freedb, NULL, 16), &ret_disc->accuraterip);
	for (unsigned i = 0; i < ret_disc->layout.n_tracks; i++)
		if (ret_disc->layout.tracks[i].mode == CD_AUDIO)
			ret_disc->n_samples +=
				(uint64_t)(file_end(&ret_disc->layout, i) - ret_disc->layout.tracks[i].start_lba) *
				SECTOR_SAMPLES;
	return 0;
}

void audio_disc_clear(struct audio_disc *disc)
{
	cd_text_clear(&disc->text);
}

const char *audio_disc_text(const struct audio_disc *disc, enum cd_text_field field, unsigned track)
{
	const char *text = disc->text.n_blocks > 0 ? disc->text.blocks[0].texts[field][track] : NULL;

	return text != NULL ? text : "";
}

static void copy_text(const struct audio_disc *disc, enum cd_text_field field, unsigned track,
		      char ret[DISCERN_AUDIO_TEXT])
{
	const char *text = audio_disc_text(disc, field, track);
	size_t n = strlen(text);

	/* Not in the middle of a character. */
	if (n >= DISCERN_AUDIO_TEXT)
		for (n = DISCERN_AUDIO_TEXT - 1; n > 0 && ((unsigned char)text[n] & 0xc0) == 0x80;)
			n--;
	memcpy(ret, text, n);
	ret[n] = '\0';
}

static void add_track(const struct audio_disc *disc, unsigned i, struct discern_rip_audio_result *result)
{
	const struct cd_track *track = &disc->layout.tracks[i];
	struct discern_audio_track *ret = &result->tracks[result->n_tracks++];

	ret->number = track->number;
	copy_text(disc, CD_TEXT_TITLE, track->number, ret->title);
	copy_text(disc, CD_TEXT_PERFORMER, track->number, ret->performer);
	if (ret->performer[0] == '\0')
		copy_text(disc, CD_TEXT_PERFORMER, 0, ret->performer);
	memcpy(ret->isrc, track->isrc, sizeof(ret->isrc));
	ret->has_pre_emphasis = track->control & CD_CONTROL_PRE_EMPHASIS;
	ret->may_be_copied = track->control & CD_CONTROL_COPY_PERMITTED;
	ret->start_lba = track->start_lba;
	ret->n_sectors = (uint32_t)(file_end(&disc->layout, i) - track->start_lba);
	ret->n_pregap_sectors = (uint32_t)(track->start_lba - (i == 0 ? 0 : track->pregap_lba));
}

void audio_disc_describe(const struct audio_disc *disc, struct discern_rip_audio_result *ret_result)
{
	const struct cd_layout *layout = &disc->layout;
	unsigned n_data = 0;

	copy_text(disc, CD_TEXT_TITLE, 0, ret_result->title);
	copy_text(disc, CD_TEXT_PERFORMER, 0, ret_result->performer);
	memcpy(ret_result->mcn, layout->mcn, sizeof(ret_result->mcn));
	memcpy(ret_result->musicbrainz_id, disc->musicbrainz, sizeof(ret_result->musicbrainz_id));
	memcpy(ret_result->freedb_id, disc->freedb, sizeof(ret_result->freedb_id));
	snprintf(ret_result->accuraterip_file, sizeof(ret_result->accuraterip_file), "dBAR-%03u-%08x-%08x-%08x.bin",
		 disc->accuraterip.n_tracks, disc->accuraterip.id1, disc->accuraterip.id2, disc->accuraterip.freedb);
	ret_result->accuraterip_knows = -1;
	if (layout->tracks[0].mode == CD_AUDIO && layout->tracks[0].start_lba > 0) {
		struct discern_audio_track *hidden = &ret_result->tracks[ret_result->n_tracks++];

		copy_text(disc, CD_TEXT_PERFORMER, 0, hidden->performer);
		hidden->has_pre_emphasis = layout->tracks[0].control & CD_CONTROL_PRE_EMPHASIS;
		hidden->may_be_copied = layout->tracks[0].control & CD_CONTROL_COPY_PERMITTED;
		hidden->n_sectors = (uint32_t)layout->tracks[0].start_lba;
	}
	for (unsigned i = 0; i < layout->n_tracks; i++) {
		if (layout->tracks[i].mode == CD_AUDIO)
			add_track(disc, i, ret_result);
		else
			n_data++;
	}
	if (n_data > 0)
		snprintf(ret_result->left_out, sizeof(ret_result->left_out),
			 "%u data track%s left out: without --audio, data are read", n_data,
			 n_data == 1 ? " is" : "s are");
}

void audio_disc_borders(const struct audio_disc *disc, int32_t lba, int32_t *ret_first, int32_t *ret_end)
{
	const struct cd_layout *layout = &disc->layout;
	unsigned i = 0, first;

	while (i + 1 < layout->n_tracks && layout->tracks[i + 1].start_lba <= lba)
		i++;
	first = i;
	while (first > 0 && file_end(layout, first - 1) == layout->tracks[first].start_lba &&
	       layout->tracks[first - 1].mode == CD_AUDIO)
		first--;
	/* The pause before LBA 0 is sound as well, but drives need not reach it. */
	*ret_first = first == 0 ? 0 : layout->tracks[first].start_lba;
	while (i + 1 < layout->n_tracks && layout->tracks[i + 1].mode == CD_AUDIO &&
	       file_end(layout, i) == layout->tracks[i + 1].start_lba)
		i++;
	*ret_end = layout->tracks[i].end_lba;
}

void audio_disc_begin_sums(const struct audio_disc *disc, const struct discern_audio_track *track,
			   struct audio_sums *ret_sums)
{
	const struct cd_track *first = find_audio(&disc->layout);
	bool is_last = true;

	for (unsigned i = 0; i < disc->layout.n_tracks; i++)
		if (disc->layout.tracks[i].mode == CD_AUDIO && disc->layout.tracks[i].number > track->number)
			is_last = false;
	*ret_sums = (struct audio_sums){
		.track = { .n_samples = (uint64_t)track->n_sectors * SECTOR_SAMPLES,
			   .is_first = first != NULL && track->number == first->number,
			   .is_last = is_last,
			   .n_left_out = audio_sums_ctdb_end(disc->n_samples) },
	};
}

char *audio_safe_name(const char *text, char *ret, size_t size)
{
	name_make_safe(text, ret, size);
	for (char *c = ret; *c != '\0'; c++)
		if (strchr("<>:\"|?*", *c) != NULL)
			*c = '_';
	/* Windows leaves points at the end away. */
	for (size_t n = strlen(ret); n > 0 && (ret[n - 1] == '.' || ret[n - 1] == ' ');)
		ret[--n] = '\0';
	return ret;
}
