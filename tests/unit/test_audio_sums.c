/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rip/audio_sums.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/crc32.h"
#include "unit/unit.h"

enum { SECTOR = 588, TRACK = 40 * SECTOR };

/* Adds a track of one value over and over, in pieces of odd lengths. */
static struct audio_sums sum_of(uint32_t value, struct audio_sums_track track, uint32_t *disc_crc)
{
	struct audio_sums sums = { .track = track };
	uint8_t *data = malloc(TRACK * 4);
	size_t at = 0, n = 4;

	assert_non_null(data);
	for (size_t i = 0; i < TRACK; i++)
		put_le32(data + 4 * i, value);
	for (; at < TRACK * 4; at += n, n += 1000) {
		n = n < TRACK * 4 - at ? n : TRACK * 4 - at;
		audio_sums_add(&sums, data + at, n, disc_crc);
	}
	free(data);
	return sums;
}

static uint32_t crc_of(uint32_t value, size_t n_samples)
{
	uint8_t sample[4];
	uint32_t crc = 0;

	put_le32(sample, value);
	for (size_t i = 0; i < n_samples; i++)
		crc = crc32_add(crc, sample, sizeof(sample));
	return crc;
}

static uint32_t sum_of_numbers(uint64_t first, uint64_t last)
{
	return (uint32_t)((last * (last + 1) - (first - 1) * first) / 2);
}

/* Samples of 1 add their numbers; of all ones, -n and n - 1 for the upper half. */
static void accuraterip_weighs_by_place(void **state)
{
	const struct audio_sums_track middle = { .n_samples = TRACK };
	const struct audio_sums_track first = { .n_samples = TRACK, .is_first = true };
	const struct audio_sums_track last = { .n_samples = TRACK, .is_last = true, .n_left_out = 10 * SECTOR };
	struct audio_sums sums = sum_of(1, middle, NULL);

	(void)state;
	assert_int_equal(sums.accuraterip_v1, sum_of_numbers(1, TRACK));
	assert_int_equal(sums.accuraterip_v2, sum_of_numbers(1, TRACK));
	sums = sum_of(1, first, NULL);
	/* The 2940th is the first one that counts. */
	assert_int_equal(sums.accuraterip_v1, sum_of_numbers(5 * SECTOR, TRACK));
	sums = sum_of(1, last, NULL);
	assert_int_equal(sums.accuraterip_v1, sum_of_numbers(1, TRACK - 5 * SECTOR));
	sums = sum_of(UINT32_MAX, middle, NULL);
	assert_int_equal(sums.accuraterip_v1, (uint32_t)-sum_of_numbers(1, TRACK));
	assert_int_equal(sums.accuraterip_v2, (uint32_t)-TRACK);
}

static void ctdb_leaves_the_ends_out(void **state)
{
	const struct audio_sums_track first = { .n_samples = TRACK, .is_first = true };
	const struct audio_sums_track last = { .n_samples = TRACK, .is_last = true, .n_left_out = 12 * SECTOR };
	uint32_t disc_crc = 0;
	struct audio_sums sums = sum_of(7, first, &disc_crc);

	(void)state;
	assert_int_equal(sums.ctdb, crc_of(7, TRACK - 10 * SECTOR));
	assert_int_equal(sums.crc32, crc_of(7, TRACK));
	sums = sum_of(7, last, &disc_crc);
	assert_int_equal(sums.ctdb, crc_of(7, TRACK - 12 * SECTOR));
	assert_int_equal(disc_crc, crc_of(7, 2 * TRACK - 22 * SECTOR));
	assert_int_equal(audio_sums_ctdb_end(100 * SECTOR), 10 * SECTOR);
	assert_int_equal(audio_sums_ctdb_end(103 * SECTOR), 13 * SECTOR);
}

static void accuraterip_names_the_disc(void **state)
{
	struct cd_layout layout = { .n_sessions = 1, .n_tracks = 3 };
	struct accuraterip_id id;

	(void)state;
	layout.sessions[0].lead_out_lba = 2700;
	layout.tracks[0] = (struct cd_track){ .number = 1, .start_lba = 0 };
	layout.tracks[1] = (struct cd_track){ .number = 2, .start_lba = 975 };
	layout.tracks[2] = (struct cd_track){ .number = 3, .start_lba = 1650 };
	accuraterip_id_make(&layout, 0x1234, &id);
	assert_int_equal(id.n_tracks, 3);
	assert_int_equal(id.id1, 975 + 1650 + 2700);
	/* A track at 0 counts as at 1. */
	assert_int_equal(id.id2, 1 + 2 * 975 + 3 * 1650 + 4 * 2700);
	assert_int_equal(id.freedb, 0x1234);
	layout.tracks[2].mode = CD_MODE_1;
	accuraterip_id_make(&layout, 0x1234, &id);
	assert_int_equal(id.n_tracks, 2);
	assert_int_equal(id.id2, 1 + 2 * 975 + 3 * 2700);
}

static size_t put_entry(uint8_t *at, const struct accuraterip_id *id, const uint32_t sums[2], uint8_t confidence)
{
	memset(at, 0, 13 + 2 * 9);
	at[0] = 2;
	put_le32(at + 1, id->id1);
	put_le32(at + 5, id->id2);
	put_le32(at + 9, id->freedb);
	for (size_t i = 0; i < 2; i++) {
		at[13 + 9 * i] = confidence;
		put_le32(at + 14 + 9 * i, sums[i]);
	}
	return 13 + 2 * 9;
}

static void accuraterip_file_is_searched(void **state)
{
	const struct accuraterip_id id = { 2, 10, 20, 30 }, other = { 2, 11, 20, 30 };
	const struct audio_sums sums = { .accuraterip_v1 = 0x11, .accuraterip_v2 = 0x22 };
	struct accuraterip_match match;
	uint8_t file[200];
	size_t size = put_entry(file, &other, (uint32_t[]){ 0x11, 0x11 }, 100);
	struct accuraterip_file database = { file, size };

	(void)state;
	assert_false(accuraterip_find(&database, &id, 0, &sums, &match));
	size += put_entry(file + size, &id, (uint32_t[]){ 0x11, 0x33 }, 5);
	size += put_entry(file + size, &id, (uint32_t[]){ 0x22, 0x22 }, 7);
	database.size = size;
	assert_true(accuraterip_is_sound(&database));
	assert_true(accuraterip_find(&database, &id, 0, &sums, &match));
	assert_int_equal(match.confidence_v1, 5);
	assert_int_equal(match.confidence_v2, 7);
	assert_true(accuraterip_find(&database, &id, 1, &sums, &match));
	assert_int_equal(match.confidence_v1, 0);
	assert_int_equal(match.confidence_v2, 7);
	assert_false(accuraterip_find(&database, &id, 2, &sums, &match));
	while (--database.size > size - 31)
		assert_false(accuraterip_is_sound(&database));
	database.size = 0;
	assert_false(accuraterip_is_sound(&database));
	database = (struct accuraterip_file){ (const uint8_t *)"<html></html>, or so many a byte more", 37 };
	assert_false(accuraterip_is_sound(&database));
}

/* ---- what others have published ---- */

/* The numbers of .NET's Random, which CUETools' tests make their discs of: Knuth's subtractive generator. */
struct noise {
	int32_t numbers[56];
	unsigned next, other;
};

static int32_t less(int32_t a, int32_t b)
{
	int32_t difference = (int32_t)((uint32_t)a - (uint32_t)b);

	return difference < 0 ? (int32_t)((uint32_t)difference + INT32_MAX) : difference;
}

static struct noise noise_of(int32_t seed)
{
	struct noise noise = { .other = 21 };
	int32_t *numbers = noise.numbers, value = 161803398 - seed, before = 1;

	numbers[55] = value;
	for (unsigned i = 1; i < 55; i++) {
		unsigned at = 21 * i % 55;

		numbers[at] = before;
		before = less(value, before);
		value = numbers[at];
	}
	for (unsigned i = 0; i < 4 * 55; i++)
		numbers[i % 55 + 1] = less(numbers[i % 55 + 1], numbers[1 + (i % 55 + 31) % 55]);
	return noise;
}

/* As NextBytes() does it. */
static void make_noise(struct noise *noise, uint8_t *ret_bytes, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		int32_t value;

		noise->next = noise->next == 55 ? 1 : noise->next + 1;
		noise->other = noise->other == 55 ? 1 : noise->other + 1;
		value = less(noise->numbers[noise->next], noise->numbers[noise->other]);
		noise->numbers[noise->next] = value;
		ret_bytes[i] = (uint8_t)value;
	}
}

/* CUETools' AccurateRipVerifyTest.cs, CRC32Test, CRCTest and CRCV2Test: tracks at 13, 68 and 99 of 136 sectors. */
static void sums_are_those_of_cuetools(void **state)
{
	static const struct {
		unsigned first, end;
		uint32_t crc32, accuraterip_v1, accuraterip_v2;
	} tracks[] = {
		{ 13, 68, 321342250, 3727147246, 3988391122 },
		{ 68, 99, 37001035, 2202235240, 2284845104 },
		{ 99, 136, 516255430, 3752629998, 3841231027 },
	};
	enum { BYTES = SECTOR * 4 };
	static uint8_t disc[136 * BYTES];
	struct noise noise = noise_of(2314);

	(void)state;
	make_noise(&noise, disc, sizeof(disc));
	assert_int_equal(crc32_add(0, disc, sizeof(disc)), 3791227907);
	for (unsigned i = 0; i < 3; i++) {
		unsigned n = tracks[i].end - tracks[i].first;
		struct audio_sums sums = { .track = { .n_samples = n * SECTOR,
						      .is_first = i == 0,
						      .is_last = i == 2,
						      .n_left_out = 10 * SECTOR } };

		audio_sums_add(&sums, disc + (size_t)tracks[i].first * BYTES, (size_t)n * BYTES, NULL);
		assert_int_equal(sums.crc32, tracks[i].crc32);
		assert_int_equal(sums.accuraterip_v1, tracks[i].accuraterip_v1);
		assert_int_equal(sums.accuraterip_v2, tracks[i].accuraterip_v2);
	}
}

/* CUETools' CDRepairEncodeTest.cs: one track of ten minutes. */
static void ctdb_is_that_of_cuetools(void **state)
{
	enum { SAMPLES = 44100 * 60 * 10, PIECE = 44100 };
	static uint8_t piece[PIECE * 4];
	struct noise noise = noise_of(2423);
	struct audio_sums sums = { .track = { .n_samples = SAMPLES,
					      .is_first = true,
					      .is_last = true,
					      .n_left_out = audio_sums_ctdb_end(SAMPLES) } };
	uint32_t disc_crc = 0;

	(void)state;
	for (unsigned i = 0; i < SAMPLES / PIECE; i++) {
		make_noise(&noise, piece, sizeof(piece));
		audio_sums_add(&sums, piece, sizeof(piece), &disc_crc);
	}
	assert_int_equal(disc_crc, 2278257733);
	assert_int_equal(sums.ctdb, 2278257733);
}

/* whipper's test_image_table.py: Ladyhawke, of which the thirteenth track is data; names by EAC. */
static void disc_is_named_as_by_eac(void **state)
{
	static const int32_t starts[] = { 0,      15537,  31691,  50866,  66466,  81202, 99409,
					  115920, 133093, 149847, 161560, 177682, 207106 };
	struct cd_layout layout = { .n_sessions = 2, .n_tracks = 13 };
	struct accuraterip_id id;

	(void)state;
	layout.sessions[1].lead_out_lba = 210385;
	for (unsigned i = 0; i < 13; i++)
		layout.tracks[i] = (struct cd_track){ .number = i + 1,
						      .start_lba = starts[i],
						      .mode = i == 12 ? CD_MODE_1 : CD_AUDIO };
	accuraterip_id_make(&layout, 0xc60af50d, &id);
	assert_int_equal(id.n_tracks, 12);
	assert_int_equal(id.id1, 0x0013bd5a);
	assert_int_equal(id.id2, 0x00b8d489);
}

/* whipper's test_common_accurip.py tells what its dBAR-002-0000f21c-00027ef8-05021002.bin holds: sums of version 1 in the
 * first entry, of version 2 in the second. */
static void accuraterip_file_is_read_as_by_whipper(void **state)
{
	static const uint8_t file[] = {
		2,  0x1c, 0xf2, 0,    0,    0xf8, 0x7e, 0x02, 0, 0x02, 0x10, 0x02, 0x05,                   /* */
		12, 0x05, 0xc7, 0x4f, 0x28, 0,    0,    0,    0, 20,   0x2e, 0xf3, 0xc1, 0x9c, 0, 0, 0, 0, /* */
		2,  0x1c, 0xf2, 0,    0,    0xf8, 0x7e, 0x02, 0, 0x02, 0x10, 0x02, 0x05,                   /* */
		5,  0xab, 0xf9, 0x77, 0xdc, 0,    0,    0,    0, 5,    0xc3, 0xd2, 0x97, 0xdd, 0, 0, 0, 0,
	};
	static const struct audio_sums sums[] = {
		{ .accuraterip_v1 = 0x284fc705, .accuraterip_v2 = 0xdc77f9ab },
		{ .accuraterip_v1 = 0x9cc1f32e, .accuraterip_v2 = 0xdd97d2c3 },
	};
	const struct accuraterip_id id = { 2, 0x0000f21c, 0x00027ef8, 0x05021002 };
	const struct accuraterip_file database = { file, sizeof(file) };
	struct accuraterip_match match;

	(void)state;
	assert_true(accuraterip_is_sound(&database));
	assert_true(accuraterip_find(&database, &id, 0, &sums[0], &match));
	assert_int_equal(match.confidence_v1, 12);
	assert_int_equal(match.confidence_v2, 5);
	assert_true(accuraterip_find(&database, &id, 1, &sums[1], &match));
	assert_int_equal(match.confidence_v1, 20);
	assert_int_equal(match.confidence_v2, 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(accuraterip_weighs_by_place),
		cmocka_unit_test(ctdb_leaves_the_ends_out),
		cmocka_unit_test(accuraterip_names_the_disc),
		cmocka_unit_test(accuraterip_file_is_searched),
		cmocka_unit_test(sums_are_those_of_cuetools),
		cmocka_unit_test(ctdb_is_that_of_cuetools),
		cmocka_unit_test(disc_is_named_as_by_eac),
		cmocka_unit_test(accuraterip_file_is_read_as_by_whipper),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
