/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rip/audio_votes.h"

void audio_votes_add(struct audio_votes *votes, unsigned sample, uint32_t value)
{
	uint32_t *values = votes->values[sample];
	uint8_t *counts = votes->counts[sample];
	unsigned rarest = 0;

	for (unsigned i = 0; i < AUDIO_VOTES_VALUES; i++) {
		if (counts[i] > 0 && values[i] == value) {
			counts[i] += counts[i] < UINT8_MAX;
			return;
		}
		if (counts[i] < counts[rarest])
			rarest = i;
	}
	values[rarest] = value;
	counts[rarest] = 1;
}

static bool sample_agrees(const uint8_t counts[AUDIO_VOTES_VALUES])
{
	unsigned best = 0, second = 0;

	for (unsigned i = 0; i < AUDIO_VOTES_VALUES; i++) {
		if (counts[i] > best) {
			second = best;
			best = counts[i];
		} else if (counts[i] > second) {
			second = counts[i];
		}
	}
	return best >= 2 && (second == 0 || (best >= 3 && best >= 2 * second));
}

bool audio_votes_agree(const struct audio_votes *votes)
{
	for (unsigned i = 0; i < AUDIO_SECTOR_SAMPLES; i++)
		if (!sample_agrees(votes->counts[i]))
			return false;
	return true;
}

bool audio_votes_best(const struct audio_votes *votes, unsigned sample, uint32_t *ret_value)
{
	const uint8_t *counts = votes->counts[sample];
	unsigned best = 0;

	for (unsigned i = 1; i < AUDIO_VOTES_VALUES; i++)
		if (counts[i] > counts[best])
			best = i;
	if (counts[best] == 0)
		return false;
	*ret_value = votes->values[sample][best];
	return true;
}
