/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "disc/audio_overlap.h"

/* Fewer samples than these prove nothing; so many differing ones among them are no silence. */
enum { LEAST = 64, LEAST_CHANGES = 16 };

/* Of 16 certain samples, so many must be the same: scratches that no C2 pointers tell of make some differ. */
enum { PARTS = 16, EQUAL_PARTS = 14 };

static bool is_bad(const struct audio_run *run, size_t i)
{
	return run->bad != NULL && run->bad[i / 8] & 0x80 >> i % 8;
}

/* How well read fits if it belongs shift samples later. */
struct fit {
	size_t n, n_equal, n_changes;
};

static struct fit try_shift(const struct audio_run *known, const struct audio_run *read, int32_t shift)
{
	int64_t begin = read->start + shift, end = begin + (int64_t)read->n;
	struct fit fit = { 0 };
	uint32_t last = 0;

	if (begin < known->start)
		begin = known->start;
	if (end > known->start + (int64_t)known->n)
		end = known->start + (int64_t)known->n;
	for (int64_t at = begin; at < end; at++) {
		size_t k = (size_t)(at - known->start), r = (size_t)(at - read->start - shift);

		if (is_bad(known, k) || is_bad(read, r))
			continue;
		fit.n++;
		fit.n_equal += known->samples[k] == read->samples[r];
		fit.n_changes += fit.n > 1 && known->samples[k] != last;
		last = known->samples[k];
		/* Hopeless: most shifts end here. */
		if (fit.n == LEAST && fit.n_equal * PARTS < fit.n * EQUAL_PARTS / 2)
			break;
	}
	return fit;
}

static bool fits(const struct fit *fit)
{
	return fit->n >= LEAST && fit->n_equal * PARTS >= fit->n * EQUAL_PARTS;
}

enum audio_overlap audio_overlap_find(const struct audio_run *known, const struct audio_run *read, int32_t *ret_shift)
{
	struct fit best = try_shift(known, read, 0);
	int32_t best_shift = 0;

	*ret_shift = 0;
	if (fits(&best) && best.n_equal == best.n)
		return best.n_changes >= LEAST_CHANGES ? OVERLAP_FOUND : OVERLAP_VAGUE;
	for (int32_t distance = 1; distance <= AUDIO_MAX_JITTER; distance++) {
		for (int32_t sign = -1; sign <= 1; sign += 2) {
			struct fit fit = try_shift(known, read, sign * distance);

			if (!fits(&fit) || fit.n_changes < LEAST_CHANGES)
				continue;
			if (fits(&best) && best.n_changes >= LEAST_CHANGES &&
			    fit.n_equal * best.n <= best.n_equal * fit.n)
				continue;
			best = fit;
			best_shift = sign * distance;
		}
		if (best_shift != 0 && best.n_equal == best.n)
			break;
	}
	if (!fits(&best))
		return OVERLAP_NONE;
	*ret_shift = best_shift;
	return best.n_changes >= LEAST_CHANGES ? OVERLAP_FOUND : OVERLAP_VAGUE;
}
