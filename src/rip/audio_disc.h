/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What there is to be ripped of an audio CD, and what it is called. */
#ifndef RIP_AUDIO_DISC_H
#define RIP_AUDIO_DISC_H

#include <discern/rip_audio.h>

#include "disc/cd_id.h"
#include "disc/cd_layout.h"
#include "disc/cd_text.h"
#include "rip/audio_sums.h"

struct audio_disc {
	struct cd_layout layout;
	struct cd_text text;
	struct accuraterip_id accuraterip;
	char musicbrainz[CD_ID_MUSICBRAINZ], freedb[CD_ID_FREEDB];
	/** Samples of all numbered audio tracks. */
	uint64_t n_samples;
};

/** Looks at the disc. -EMEDIUMTYPE without audio. Release with audio_disc_clear(), also after an error. */
int audio_disc_read(struct discern_drive *drive, bool (*is_cancelled)(void *user), void *user,
		    struct audio_disc *ret_disc, struct discern_error *err);
void audio_disc_clear(struct audio_disc *disc);

/** A text of the disc (track 0) or of a track; "" without. */
const char *audio_disc_text(const struct audio_disc *disc, enum cd_text_field field, unsigned track);

/** Fills in what the disc tells: names, codes, and the tracks with their places, of which the first one may be what is
 *  hidden before track 1. */
void audio_disc_describe(const struct audio_disc *disc, struct discern_rip_audio_result *ret_result);

/** Where the sound that a track is a part of begins and ends, data tracks and other sessions being its borders. */
void audio_disc_borders(const struct audio_disc *disc, int32_t lba, int32_t *ret_first, int32_t *ret_end);

/** The first sums of a track. */
void audio_disc_begin_sums(const struct audio_disc *disc, const struct discern_audio_track *track,
			   struct audio_sums *ret_sums);

/** A name for files, in UTF-8, at most size bytes, without what file systems do not like. Returns ret. */
char *audio_safe_name(const char *text, char *ret, size_t size);

#endif
