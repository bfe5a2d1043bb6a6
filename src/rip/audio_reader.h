/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Audio with proof: each window of the disc, longer than a drive's cache, is read twice; what is not the same, or what
 * C2 pointers tell of, is read again until it is. Pieces are put together by what they have in common.
 */
#ifndef RIP_AUDIO_READER_H
#define RIP_AUDIO_READER_H

#include "rip/audio_chunk.h"

/** How surely a sector is what the disc holds. */
enum audio_quality {
	/** Twice the same, and no C2 pointer. */
	AUDIO_PROVEN,
	/** After more tries. */
	AUDIO_RECOVERED,
	/** The likeliest of what came. */
	AUDIO_DOUBTFUL,
	/** Nothing came: silence. */
	AUDIO_UNREADABLE,
	/** Outside of what the drive reaches with its offset: silence for a part of the sector. */
	AUDIO_OUT_OF_REACH,
};

struct audio_sink {
	/** Sectors in their order; samples of four bytes with the lowest first. 0 or what ends the job. */
	int (*put)(void *user, const uint8_t *samples, const enum audio_quality *qualities, uint32_t n_sectors,
		   struct discern_error *err);
	void *user;
};

struct audio_reader_options {
	/** Samples that the drive reads late. */
	int32_t offset;
	/** Rounds over what did not come twice the same. */
	int n_rounds;
	/** Of the drive, 0 if not known; and the read speed, 0 for any. */
	uint32_t cache_kib, speed_kbps;
};

struct audio_reader;

/** deck is borrowed. 0 or -ENOMEM. Release with audio_reader_free(). */
int audio_reader_new(struct audio_deck *deck, const struct audio_reader_options *options,
		     struct audio_reader **ret_reader, struct discern_error *err);
/** Accepts NULL. */
void audio_reader_free(struct audio_reader *reader);

/** Reads the sectors of a range into the sink. 0, -ECANCELED, or what ends the job. */
int audio_reader_run(struct audio_reader *reader, const struct discern_range *range, const struct audio_sink *sink,
		     struct discern_error *err);

/** Pieces did not begin where they should. */
bool audio_reader_has_jitter(const struct audio_reader *reader);

#endif
