/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sectors that did not come twice the same: what each try has said of every sample. */
#ifndef RIP_AUDIO_VOTES_H
#define RIP_AUDIO_VOTES_H

#include <stdbool.h>
#include <stdint.h>

#include "rip/audio_chunk.h"

/** One sector's tries: values of each sample, the most frequent ones, and how often each came. */
enum { AUDIO_VOTES_VALUES = 4 };

struct audio_votes {
	uint32_t values[AUDIO_SECTOR_SAMPLES][AUDIO_VOTES_VALUES];
	uint8_t counts[AUDIO_SECTOR_SAMPLES][AUDIO_VOTES_VALUES];
};

/** Another value of a sample, of which the drive does not say that it is wrong. */
void audio_votes_add(struct audio_votes *votes, unsigned sample, uint32_t value);

/** Each sample has come twice the same, or three times if others came, too, and more often than any of them. */
bool audio_votes_agree(const struct audio_votes *votes);

/** The most frequent value; false if there is none. */
bool audio_votes_best(const struct audio_votes *votes, unsigned sample, uint32_t *ret_value);

#endif
