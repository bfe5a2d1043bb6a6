/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "disc/cd_layout.h"

#include <string.h>

#include "disc/msf.h"

const struct cd_track *cd_layout_track(const struct cd_layout *layout, unsigned number)
{
	for (unsigned i = 0; i < layout->n_tracks; i++)
		if (layout->tracks[i].number == number)
			return &layout->tracks[i];
	return NULL;
}

const struct cd_track *cd_layout_track_at(const struct cd_layout *layout, int32_t lba)
{
	for (unsigned i = 0; i < layout->n_tracks; i++)
		if (lba >= layout->tracks[i].pregap_lba && lba < layout->tracks[i].end_lba)
			return &layout->tracks[i];
	return NULL;
}

unsigned cd_track_index_at(const struct cd_track *track, int32_t lba)
{
	unsigned index = 1;

	if (lba < track->start_lba)
		return 0;
	while (index - 1 < track->n_indexes && lba >= track->indexes[index - 1])
		index++;
	return index;
}

static bool is_letter(char c)
{
	return c >= 'A' && c <= 'Z';
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

bool cd_isrc_is_sound(const char *isrc)
{
	if (strnlen(isrc, CD_ISRC_LENGTH + 1) != CD_ISRC_LENGTH)
		return false;
	for (unsigned i = 0; i < CD_ISRC_LENGTH; i++)
		if (!(i < 5 && is_letter(isrc[i])) && !(i >= 2 && is_digit(isrc[i])))
			return false;
	return true;
}

bool cd_mcn_is_sound(const char *mcn)
{
	if (strnlen(mcn, CD_MCN_LENGTH + 1) != CD_MCN_LENGTH)
		return false;
	for (unsigned i = 0; i < CD_MCN_LENGTH; i++)
		if (!is_digit(mcn[i]))
			return false;
	return true;
}

static bool track_is_sound(const struct cd_track *track)
{
	int32_t last = track->start_lba;

	if (track->mode > CD_MODE_2_CDI || track->control > 15 || track->n_indexes > CD_MAX_INDEXES - 1)
		return false;
	if (track->pregap_lba > track->start_lba || track->start_lba >= track->end_lba)
		return false;
	for (unsigned i = 0; i < track->n_indexes; i++) {
		if (track->indexes[i] <= last)
			return false;
		last = track->indexes[i];
	}
	return last < track->end_lba && (track->isrc[0] == '\0' || cd_isrc_is_sound(track->isrc));
}

/* Each session's tracks, from the one at *next on, begin behind *end, the end of what was before. */
static bool session_is_sound(const struct cd_layout *layout, unsigned number, unsigned *next, int32_t *end)
{
	const struct cd_session *session = &layout->sessions[number - 1];

	if (*next >= layout->n_tracks || session->first_track != layout->tracks[*next].number ||
	    session->last_track < session->first_track)
		return false;
	for (unsigned i = session->first_track; i <= session->last_track; i++, (*next)++) {
		const struct cd_track *track = &layout->tracks[*next];

		if (*next >= layout->n_tracks || track->number != i || track->session != number)
			return false;
		if (track->pregap_lba < *end || !track_is_sound(track))
			return false;
		*end = track->end_lba;
	}
	if (session->lead_out_lba < *end)
		return false;
	*end = session->lead_out_lba;
	return true;
}

bool cd_layout_is_sound(const struct cd_layout *layout)
{
	int32_t end = -CD_PREGAP;
	unsigned next = 0;

	if (layout->n_tracks < 1 || layout->n_tracks > CD_MAX_TRACKS || layout->n_sessions < 1 ||
	    layout->n_sessions > layout->n_tracks)
		return false;
	if (layout->tracks[0].number < 1 || layout->tracks[0].number + layout->n_tracks - 1 > CD_MAX_TRACKS)
		return false;
	if (layout->tracks[0].pregap_lba != -CD_PREGAP)
		return false;
	for (unsigned number = 1; number <= layout->n_sessions; number++)
		if (!session_is_sound(layout, number, &next, &end))
			return false;
	return next == layout->n_tracks && end <= MSF_END - MSF_LBA_0 &&
	       (layout->mcn[0] == '\0' || cd_mcn_is_sound(layout->mcn));
}
