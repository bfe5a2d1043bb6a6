/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where samples that were read belong: a drive may deliver audio a little early or late, each time another bit. */
#ifndef DISC_AUDIO_OVERLAP_H
#define DISC_AUDIO_OVERLAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** So far a drive may be off, in samples of both channels: two sectors. */
#define AUDIO_MAX_JITTER 1176

/** What is known of the stream, and what was read: words of 32 bits, a sample of both channels each, by their places. A
 *  sample is not certain if its bit of bad is set (NULL: all are certain). */
struct audio_run {
	const uint32_t *samples;
	const uint8_t *bad;
	int64_t start;
	size_t n;
};

enum audio_overlap {
	/** What was read belongs *ret_shift samples later than it claims. */
	OVERLAP_FOUND,
	/** There is but silence, or what is the same over and over, and it fits as it is. */
	OVERLAP_VAGUE,
	OVERLAP_NONE,
};

/** Finds out by how much samples were read early (positive) or late. known has what overlaps with them. */
enum audio_overlap audio_overlap_find(const struct audio_run *known, const struct audio_run *read, int32_t *ret_shift);

#endif
