/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "disc/audio_overlap.h"

#include <string.h>

#include "rip/audio_votes.h"
#include "unit/unit.h"

enum { N = 6000 };

static uint32_t stream[N];

static void make_stream(void)
{
	uint32_t value = 1;

	for (size_t i = 0; i < N; i++)
		stream[i] = value = value * 1664525 + 1013904223;
}

/* What is known up to 3000, and a piece that claims to begin at 2400 but comes from shift samples later. */
static enum audio_overlap find(int32_t shift, const uint32_t *samples, int32_t *ret_shift)
{
	const struct audio_run known = { stream, NULL, 0, 3000 };
	const struct audio_run read = { samples + 2400 + shift, NULL, 2400, 1400 };

	return audio_overlap_find(&known, &read, ret_shift);
}

static void pieces_are_found(void **state)
{
	static const int32_t shifts[] = { 0, 1, -1, 17, -300, 300, 500, -AUDIO_MAX_JITTER };
	int32_t shift;

	(void)state;
	make_stream();
	for (size_t i = 0; i < sizeof(shifts) / sizeof(shifts[0]); i++) {
		assert_int_equal(find(shifts[i], stream, &shift), OVERLAP_FOUND);
		assert_int_equal(shift, shifts[i]);
	}
}

static void wrong_samples_do_not_matter(void **state)
{
	static uint32_t scratched[N];
	int32_t shift;

	(void)state;
	make_stream();
	memcpy(scratched, stream, sizeof(stream));
	for (size_t i = 0; i < N; i += 20)
		scratched[i] ^= 0x1000;
	assert_int_equal(find(100, scratched, &shift), OVERLAP_FOUND);
	assert_int_equal(shift, 100);
	for (size_t i = 0; i < N; i += 3)
		scratched[i] ^= 0x1000;
	assert_int_equal(find(100, scratched, &shift), OVERLAP_NONE);
}

static void samples_that_the_drive_doubts_do_not_count(void **state)
{
	static uint32_t scratched[N];
	uint8_t bad[N / 8] = { 0 };
	const struct audio_run known = { stream, NULL, 0, 3000 };
	const struct audio_run read = { scratched + 2410, bad, 2400, 1400 };
	int32_t shift;

	(void)state;
	make_stream();
	memcpy(scratched, stream, sizeof(stream));
	for (size_t i = 0; i < 1400; i += 2) {
		scratched[2410 + i] = 0;
		bad[i / 8] |= (uint8_t)(0x80 >> i % 8);
	}
	assert_int_equal(audio_overlap_find(&known, &read, &shift), OVERLAP_FOUND);
	assert_int_equal(shift, 10);
}

static void silence_says_nothing(void **state)
{
	static const uint32_t silence[N];
	const struct audio_run known = { silence, NULL, 0, 3000 };
	const struct audio_run read = { silence, NULL, 2400, 1400 }, far = { silence, NULL, 5000, 10 };
	int32_t shift;

	(void)state;
	assert_int_equal(audio_overlap_find(&known, &read, &shift), OVERLAP_VAGUE);
	assert_int_equal(shift, 0);
	assert_int_equal(audio_overlap_find(&known, &far, &shift), OVERLAP_NONE);
}

static void vote(struct audio_votes *votes, uint32_t value)
{
	for (unsigned i = 0; i < AUDIO_SECTOR_SAMPLES; i++)
		audio_votes_add(votes, i, value);
}

static void votes_decide(void **state)
{
	static struct audio_votes votes;
	uint32_t value;

	(void)state;
	memset(&votes, 0, sizeof(votes));
	assert_false(audio_votes_best(&votes, 0, &value));
	vote(&votes, 5);
	assert_false(audio_votes_agree(&votes));
	vote(&votes, 5);
	assert_true(audio_votes_agree(&votes));
	/* One of them says otherwise: then it takes three. */
	audio_votes_add(&votes, 7, 6);
	assert_false(audio_votes_agree(&votes));
	audio_votes_add(&votes, 7, 5);
	assert_true(audio_votes_agree(&votes));
	assert_true(audio_votes_best(&votes, 7, &value));
	assert_int_equal(value, 5);
	/* Ever other values drop out, the frequent one stays. */
	for (uint32_t i = 0; i < 100; i++)
		audio_votes_add(&votes, 8, 1000 + i);
	assert_true(audio_votes_best(&votes, 8, &value));
	assert_int_equal(value, 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pieces_are_found),
		cmocka_unit_test(wrong_samples_do_not_matter),
		cmocka_unit_test(samples_that_the_drive_doubts_do_not_count),
		cmocka_unit_test(silence_says_nothing),
		cmocka_unit_test(votes_decide),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
