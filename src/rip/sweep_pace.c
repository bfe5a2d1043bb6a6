/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The speed of a sweep: carries out what the pace advises, and tells why. */
#include <stdio.h>

#include "rip/passes_private.h"

static int lba_of(const struct passes *passes, const struct map_range *piece)
{
	return (int)(passes->plan->first_lba + (int32_t)piece->start);
}

static const char *name_speed(uint32_t kbps, char ret_words[32])
{
	if (kbps == 0)
		snprintf(ret_words, 32, "full speed");
	else
		snprintf(ret_words, 32, "%.1f MB/s", kbps / 1000.0);
	return ret_words;
}

static bool set_speed(struct passes *passes)
{
	const struct source_effort effort = { .speed_kbps = pace_kbps(&passes->pace),
					      .gives_up_soon = !passes->keeps_trying };

	return passes_set_effort(passes, &effort);
}

void sweep_pace_begin(struct passes *passes)
{
	const struct source_effort soon = { .gives_up_soon = true };
	/* A virtual drive without limits is no reason to ask a real one for speeds that do not exist. */
	uint32_t highest = passes->speed_1x_kbps * (passes->speed_1x_kbps < 1000 ? 52 : 16);
	uint32_t peak = passes->peak_kbps > 0 && passes->peak_kbps < highest ? passes->peak_kbps : highest;
	bool knew = passes->keeps_trying;

	passes->keeps_trying = !passes_set_effort(passes, &soon);
	if (passes->keeps_trying && !knew)
		observe_message(&passes->meter->observer, DISCERN_LEVEL_DETAIL,
				"the drive cannot be told to give up soon: each failure takes as long as it likes");
	pace_set_rungs(&passes->pace, peak, passes->speed_1x_kbps, passes->speed_kbps);
}

static void tell(const struct passes *passes, const struct map_range *piece, enum pace_advice advice)
{
	const struct discern_observer *observer = &passes->meter->observer;
	const struct pace *pace = &passes->pace;
	const struct pace_rung *other;
	int lba = lba_of(passes, piece);
	char words[32], other_words[32];

	name_speed(pace_kbps(pace), words);
	switch (advice) {
	case PACE_KEEP:
		break;
	case PACE_LOWER:
		other = &pace->rungs[pace->rung - 1];
		observe_message(observer, DISCERN_LEVEL_DETAIL,
				"LBA %d: %u reads in trouble took %.1f s at %s: trying whether %s brings more", lba,
				other->n_troubles, other->trouble_seconds, name_speed(other->kbps, other_words), words);
		break;
	case PACE_STAY:
		other = &pace->rungs[pace->rung - 1];
		observe_message(observer, DISCERN_LEVEL_DETAIL,
				"LBA %d: %s brings %.1f sectors/s, %s has brought %.1f: staying with it", lba, words,
				pace_rate(&pace->rungs[pace->rung]), name_speed(other->kbps, other_words),
				pace_rate(other));
		break;
	case PACE_BACK:
		observe_message(observer, DISCERN_LEVEL_DETAIL, "LBA %d: that brings no more: back to %s", lba, words);
		break;
	case PACE_RAISE:
		observe_message(observer, DISCERN_LEVEL_DETAIL, "LBA %d: no trouble for %.0f s: back to %s", lba,
				pace->raise_seconds, words);
		break;
	}
}

bool sweep_pace_note(struct passes *passes, const struct map_range *piece, const struct reading *reading)
{
	struct pace *pace = &passes->pace;
	bool is_slow = reading->is_good && pace_is_slow(pace, piece->n_sectors, reading->seconds);
	const struct pace_read read = { piece->n_sectors, reading->is_good, is_slow, reading->seconds };
	enum pace_advice advice;
	char words[40] = "at ";

	if (reading->is_good && reading->has_started)
		return false;
	advice = pace_note(pace, &read);
	tell(passes, piece, advice);
	if (advice == PACE_KEEP || advice == PACE_STAY)
		return is_slow;
	if (!set_speed(passes) && pace->rung > 0) {
		observe_message(&passes->meter->observer, DISCERN_LEVEL_DETAIL,
				"the drive does not let its speed be set: it stays as it is");
		pace_refuse(pace);
		set_speed(passes);
	}
	name_speed(pace_kbps(pace), words + 3);
	passes_enter(passes, passes->pass_name, pace->rung > 0 ? words : NULL, NULL);
	return is_slow;
}
