/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What lead-in and sub-channel of a CD should say, in its digest: so that years later, without the image, a disc is held
 * against that as well. */
#include "verify/cd_verify.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "disc/cd_text.h"

_Static_assert(DISCERN_CD_MAX_TRACKS == CD_MAX_TRACKS, "tracks of a digest and of a layout");
_Static_assert(DISCERN_CD_MAX_INDEXES == CD_MAX_INDEXES - 1, "indexes of a digest and of a layout");
_Static_assert(DISCERN_CD_MAX_TEXT_PACKS == CD_TEXT_MAX_BLOCKS * CD_TEXT_MAX_PACKS, "packs of a digest and of CD-TEXT");
_Static_assert((int)DISCERN_CD_TEXT_PACK == CD_TEXT_PACK, "bytes of a pack");

static void put_track(const struct cd_track *track, struct discern_cd_sum *sum)
{
	sum->session = track->session;
	sum->control = track->control;
	sum->n_pause_sectors = (uint32_t)(track->start_lba - track->pregap_lba);
	sum->n_indexes = track->n_indexes;
	memcpy(sum->indexes, track->indexes, sizeof(sum->indexes));
	memcpy(sum->isrc, track->isrc, sizeof(sum->isrc));
}

void cd_digest_put_tables(struct cd_image *image, struct discern_cd_digest *digest)
{
	const struct cd_layout *layout = cd_image_layout(image);
	size_t n_packs;
	const uint8_t *packs = cd_image_text(image, &n_packs);

	for (unsigned i = 0; i < layout->n_tracks; i++)
		put_track(&layout->tracks[i], &digest->tracks[i]);
	digest->has_tables = true;
	digest->n_sessions = layout->n_sessions;
	for (unsigned i = 0; i < layout->n_sessions; i++)
		digest->lead_out_lbas[i] = layout->sessions[i].lead_out_lba;
	memcpy(digest->mcn, layout->mcn, sizeof(digest->mcn));
	digest->n_text_packs = n_packs < DISCERN_CD_MAX_TEXT_PACKS ? n_packs : DISCERN_CD_MAX_TEXT_PACKS;
	if (packs != NULL)
		memcpy(digest->text_packs, packs, digest->n_text_packs * CD_TEXT_PACK);
}

static void make_track(const struct discern_cd_sum *sum, struct cd_track *track)
{
	track->number = sum->number;
	track->session = sum->session;
	track->mode = sum->is_audio ? CD_AUDIO : CD_MODE_1;
	track->control = sum->control;
	track->pregap_lba = sum->start_lba - (int32_t)sum->n_pause_sectors;
	track->start_lba = sum->start_lba;
	track->end_lba = sum->lba + (int32_t)sum->n_sectors;
	track->n_indexes = sum->n_indexes;
	memcpy(track->indexes, sum->indexes, sizeof(sum->indexes));
	memcpy(track->isrc, sum->isrc, sizeof(track->isrc));
}

/* Sessions are counted up, and the caller's numbers within bounds. */
static bool make_tracks(const struct discern_cd_digest *digest, struct cd_layout *layout)
{
	for (unsigned i = 0; i < layout->n_tracks; i++) {
		const unsigned number = digest->tracks[i].session;

		if (number < 1 || number > layout->n_sessions)
			return false;
		make_track(&digest->tracks[i], &layout->tracks[i]);
		if (layout->sessions[number - 1].first_track == 0)
			layout->sessions[number - 1].first_track = digest->tracks[i].number;
		layout->sessions[number - 1].last_track = digest->tracks[i].number;
	}
	return true;
}

int cd_digest_make_layout(const struct discern_cd_digest *digest, struct cd_layout **ret_layout,
			  struct discern_error *err)
{
	struct cd_layout *layout = calloc(1, sizeof(*layout));
	bool is_sound = digest->n_tracks <= CD_MAX_TRACKS && digest->n_sessions <= CD_MAX_TRACKS;

	*ret_layout = layout;
	if (layout == NULL)
		return discern_error_set(err, -ENOMEM, "out of memory");
	if (is_sound) {
		layout->n_tracks = (unsigned)digest->n_tracks;
		layout->n_sessions = digest->n_sessions;
		for (unsigned i = 0; i < layout->n_sessions; i++)
			layout->sessions[i].lead_out_lba = digest->lead_out_lbas[i];
		memcpy(layout->mcn, digest->mcn, sizeof(layout->mcn));
		is_sound = make_tracks(digest, layout) && cd_layout_is_sound(layout);
	}
	if (!is_sound)
		return discern_error_set(
			err, -EINVAL, "the tracks, sessions and codes that are to be on the disc are those of no CD");
	return 0;
}
