/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How much damage sector_correct() mends, of 200 sectors of each kind, half of them Mode 1 and half Form 1; the numbers
 * are what was measured, with room for less luck.
 */
#include "disc/sector.h"

#include <errno.h>
#include <string.h>

#include "unit/unit.h"

enum { N_SECTORS = 200, FRAME = 24, N_FRAMES = SECTOR_RAW / FRAME };

struct random {
	uint64_t state;
};

static unsigned random_below(struct random *random, unsigned end)
{
	random->state ^= random->state << 13;
	random->state ^= random->state >> 7;
	random->state ^= random->state << 17;
	return (unsigned)((random->state >> 20) % end);
}

/* A sector before and after damage, and what a drive says of it. */
struct damaged {
	enum sector_form form;
	uint8_t good[SECTOR_RAW], bad[SECTOR_RAW], c2[SECTOR_C2];
};

static void make_good(struct damaged *sector, struct random *random, enum sector_form form)
{
	for (size_t i = 0; i < SECTOR_RAW; i++)
		sector->good[i] = (uint8_t)random_below(random, 256);
	if (form == SECTOR_MODE_2_FORM_1)
		memcpy(sector->good + SECTOR_SUBHEADER_AT, "\0\0\x08\0\0\0\x08", 8);
	sector_seal(sector->good, (int32_t)random_below(random, 300000), form);
	memcpy(sector->bad, sector->good, SECTOR_RAW);
	memset(sector->c2, 0, sizeof(sector->c2));
	sector->form = form;
}

static void hit(struct damaged *sector, struct random *random, unsigned at)
{
	sector->bad[at] ^= (uint8_t)(1 + random_below(random, 255));
	sector->c2[at / 8] |= (uint8_t)(0x80 >> at % 8);
}

/* n bytes anywhere in what parity covers: in Form 1 not in the header. */
static void hit_bytes(struct damaged *sector, struct random *random, unsigned n)
{
	while (n > 0) {
		unsigned at = SECTOR_SUBHEADER_AT + random_below(random, SECTOR_RAW - SECTOR_SUBHEADER_AT);

		if (sector->bad[at] != sector->good[at])
			continue;
		hit(sector, random, at);
		n--;
	}
}

static void hit_burst(struct damaged *sector, struct random *random, unsigned n)
{
	unsigned at = SECTOR_SUBHEADER_AT + random_below(random, SECTOR_RAW - SECTOR_SUBHEADER_AT - n + 1);

	for (unsigned i = 0; i < n; i++)
		hit(sector, random, at + i);
}

/* Words of 24 bytes that the drive's second decoder gave up, as the de-interleaving before the samples leaves them: every
 * other sample in one frame, those between two frames later (IEC 60908 16). */
static void hit_words(struct damaged *sector, struct random *random, unsigned n)
{
	while (n-- > 0) {
		unsigned frame = random_below(random, N_FRAMES - 2);

		for (unsigned i = 0; i < FRAME; i++) {
			unsigned at = (frame + (i / 4 % 2 ? 2 : 0)) * FRAME + i;

			if (at >= SECTOR_SUBHEADER_AT && sector->bad[at] == sector->good[at])
				hit(sector, random, at);
		}
	}
}

static bool is_mended(const struct damaged *sector)
{
	size_t size = sector->form == SECTOR_MODE_1 ? SECTOR_EDC_AT + 4 : SECTOR_XA_USER_AT + SECTOR_USER + 4;

	return memcmp(sector->bad, sector->good, size) == 0;
}

typedef void (*damage)(struct damaged *sector, struct random *random, unsigned n);

static const struct {
	damage damage;
	unsigned n;
	bool with_pointers;
	/* At least so many, and at most so many, of 200. */
	unsigned least, most;
} kinds[] = {
	{ hit_bytes, 1, false, 200, 200 },  { hit_bytes, 10, false, 200, 200 },  { hit_bytes, 20, false, 196, 200 },
	{ hit_bytes, 40, false, 170, 200 }, { hit_bytes, 60, false, 110, 200 },  { hit_bytes, 150, false, 0, 0 },
	{ hit_burst, 50, false, 200, 200 }, { hit_burst, 172, false, 200, 200 }, { hit_burst, 500, false, 0, 0 },
	{ hit_words, 2, false, 150, 200 },  { hit_bytes, 100, true, 200, 200 },  { hit_bytes, 150, true, 196, 200 },
	{ hit_bytes, 200, true, 180, 200 }, { hit_bytes, 400, true, 0, 0 },      { hit_burst, 172, true, 200, 200 },
	{ hit_burst, 200, true, 200, 200 }, { hit_burst, 240, true, 194, 200 },  { hit_burst, 260, true, 180, 200 },
	{ hit_burst, 300, true, 0, 0 },     { hit_words, 4, true, 198, 200 },    { hit_words, 8, true, 170, 200 },
	{ hit_words, 20, true, 0, 0 },
};

static void test_strength(void **state)
{
	struct random random = { .state = 88172645463325252u };

	(void)state;
	for (size_t kind = 0; kind < sizeof(kinds) / sizeof(kinds[0]); kind++) {
		unsigned n_mended = 0;

		for (unsigned i = 0; i < N_SECTORS; i++) {
			struct damaged sector;
			uint8_t before[SECTOR_RAW];
			int result;

			make_good(&sector, &random, i % 2 ? SECTOR_MODE_1 : SECTOR_MODE_2_FORM_1);
			kinds[kind].damage(&sector, &random, kinds[kind].n);
			memcpy(before, sector.bad, SECTOR_RAW);
			result = sector_correct(sector.bad, kinds[kind].with_pointers ? sector.c2 : NULL);
			if (result >= 0) {
				assert_true(is_mended(&sector));
				n_mended++;
			} else {
				assert_int_equal(sector_find_form(before) == sector.form ? -EBADMSG : -EINVAL, result);
				assert_memory_equal(sector.bad, before, SECTOR_RAW);
			}
		}
		print_message("%u bytes or words, kind %zu: %u of %u mended\n", kinds[kind].n, kind, n_mended,
			      N_SECTORS);
		assert_in_range(n_mended, kinds[kind].least, kinds[kind].most);
	}
}

/* All bytes come back, parity too, and are counted. */
static void test_count(void **state)
{
	struct random random = { .state = 1 };

	(void)state;
	for (unsigned i = 0; i < N_SECTORS; i++) {
		struct damaged sector;

		make_good(&sector, &random, i % 2 ? SECTOR_MODE_1 : SECTOR_MODE_2_FORM_1);
		assert_int_equal(sector_correct(sector.bad, NULL), 0);
		hit_bytes(&sector, &random, 9);
		/* One of them in the user data, or it may be sound. */
		sector.bad[100] = sector.good[100] ^ 1;
		sector.c2[100 / 8] |= 0x80 >> 100 % 8;
		assert_in_range(sector_correct(sector.bad, sector.c2), 9, 10);
		assert_memory_equal(sector.bad, sector.good, SECTOR_RAW);
	}
}

/* Pointers that say too much or not all. */
static void test_wrong_pointers(void **state)
{
	struct random random = { .state = 2 };

	(void)state;
	for (unsigned i = 0; i < N_SECTORS; i++) {
		struct damaged sector;

		make_good(&sector, &random, i % 2 ? SECTOR_MODE_1 : SECTOR_MODE_2_FORM_1);
		hit_bytes(&sector, &random, 10);
		if (i % 4 < 2)
			memset(sector.c2, 0xff, sizeof(sector.c2));
		else
			memset(sector.c2 + random_below(&random, 200), 0, 90);
		assert_true(sector_correct(sector.bad, sector.c2) >= 0);
		assert_true(is_mended(&sector));
	}
}

/* The header of Mode 1, the sync of both, and the mode. */
static void test_header(void **state)
{
	struct random random = { .state = 3 };

	(void)state;
	for (unsigned i = 0; i < N_SECTORS; i++) {
		struct damaged sector;

		make_good(&sector, &random, i % 2 ? SECTOR_MODE_1 : SECTOR_MODE_2_FORM_1);
		for (unsigned at = 0; at < 4; at++)
			hit(&sector, &random, at * 3);
		if (sector.form == SECTOR_MODE_1)
			hit(&sector, &random, SECTOR_HEADER_AT + i % 3);
		sector.bad[SECTOR_HEADER_AT + 3] = (uint8_t)(sector.form == SECTOR_MODE_1 ? 0x11 : 0x12);
		hit_bytes(&sector, &random, 3);
		assert_int_equal(sector_correct(sector.bad, NULL), sector.form == SECTOR_MODE_1 ? 9 : 8);
		assert_memory_equal(sector.bad, sector.good, SECTOR_RAW);
	}
}

/* With a right EDC, parity may have been mastered wrong. */
static void test_parity_only(void **state)
{
	struct random random = { .state = 4 };
	struct damaged sector;

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		make_good(&sector, &random, i % 2 ? SECTOR_MODE_1 : SECTOR_MODE_2_FORM_1);
		for (unsigned at = SECTOR_P_AT; at < SECTOR_RAW; at++)
			hit(&sector, &random, at);
		assert_int_equal(sector_correct(sector.bad, NULL), 0);
		assert_memory_not_equal(sector.bad, sector.good, SECTOR_RAW);
		assert_int_equal(sector_correct(sector.bad, sector.c2), SECTOR_RAW - SECTOR_P_AT);
		assert_memory_equal(sector.bad, sector.good, SECTOR_RAW);
	}
}

static void assert_left_alone(uint8_t sector[SECTOR_RAW])
{
	uint8_t before[SECTOR_RAW];

	memcpy(before, sector, SECTOR_RAW);
	assert_int_equal(sector_correct(sector, NULL), -EINVAL);
	assert_memory_equal(sector, before, SECTOR_RAW);
}

static void test_other_forms(void **state)
{
	static const enum sector_form forms[] = { SECTOR_AUDIO, SECTOR_MODE_0, SECTOR_MODE_2, SECTOR_MODE_2_FORM_2 };
	struct random random = { .state = 5 };
	struct damaged sector;

	(void)state;
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		make_good(&sector, &random, SECTOR_AUDIO);
		if (forms[i] == SECTOR_MODE_2_FORM_2)
			memset(sector.good + SECTOR_SUBHEADER_AT, 0x20, 8);
		sector_seal(sector.good, 5, forms[i]);
		assert_left_alone(sector.good);
		sector.good[1000] ^= 0x10;
		assert_left_alone(sector.good);
	}
	/* Nothing but a sync, and whatever pointers. */
	for (unsigned i = 0; i < 50; i++) {
		make_good(&sector, &random, SECTOR_MODE_2);
		sector.good[SECTOR_HEADER_AT + 3] = (uint8_t)i;
		for (size_t j = 0; j < SECTOR_C2; j++)
			sector.c2[j] = (uint8_t)random_below(&random, 256);
		assert_true(sector_correct(sector.good, sector.c2) < 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_strength),       cmocka_unit_test(test_count),
		cmocka_unit_test(test_wrong_pointers), cmocka_unit_test(test_header),
		cmocka_unit_test(test_parity_only),    cmocka_unit_test(test_other_forms),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
