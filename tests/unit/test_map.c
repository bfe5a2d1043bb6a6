/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "unit/unit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "rip/map.h"

#define N 200

static const char statuses[] = "?*/-+";

/** The map must say the same as a plain array, in as few ranges as possible, with right sums. */
static void check_against(const struct map *map, const char *model, uint32_t n)
{
	uint32_t counts[128] = { 0 };
	size_t n_ranges = 0;
	uint32_t at = 0;

	assert_int_equal(map_n_sectors(map), n);
	for (uint32_t i = 0; i < n; i++) {
		counts[(unsigned char)model[i]]++;
		n_ranges += i == 0 || model[i] != model[i - 1];
		assert_int_equal(map_range_of(map, i).status, model[i]);
	}
	assert_int_equal(map_n_ranges(map), n_ranges);
	for (size_t i = 0; i < map_n_ranges(map); i++) {
		struct map_range range = map_range_at(map, i);

		assert_int_equal(range.start, at);
		assert_true(range.n_sectors > 0);
		at += range.n_sectors;
	}
	assert_int_equal(at, n);
	for (size_t i = 0; i < strlen(statuses); i++)
		assert_int_equal(map_count(map, (enum map_status)statuses[i]), counts[(unsigned char)statuses[i]]);
}

static void check_search(const struct map *map, const char *model, uint32_t n)
{
	for (size_t s = 0; s < strlen(statuses); s++) {
		for (uint32_t from = 0; from <= n; from++) {
			const char *hit = from < n ? memchr(model + from, statuses[s], n - from) : NULL;
			struct map_range range;
			bool found = map_next(map, from, (enum map_status)statuses[s], &range);

			assert_int_equal(found, hit != NULL);
			if (found)
				assert_int_equal(range.start, hit - model);
			hit = from > 0 ? memrchr(model, statuses[s], from) : NULL;
			found = map_previous(map, from, (enum map_status)statuses[s], &range);
			assert_int_equal(found, hit != NULL);
			if (found)
				assert_int_equal(range.start + range.n_sectors - 1, hit - model);
		}
	}
}

static void test_set_equals_a_plain_array(void **state)
{
	unsigned seed = 7;

	(void)state;
	for (int round = 0; round < 60; round++) {
		struct map *map = map_new(N);
		char model[N];

		memset(model, '?', sizeof(model));
		for (int i = 0; i < 40; i++) {
			uint32_t start = (uint32_t)rand_r(&seed) % N;
			uint32_t n = 1 + (uint32_t)rand_r(&seed) % 40;
			char status = statuses[(unsigned)rand_r(&seed) % 5];

			assert_int_equal(map_set(map, start, n, (enum map_status)status), 0);
			memset(model + start, status, n < N - start ? n : N - start);
			check_against(map, model, N);
		}
		check_search(map, model, N);
		/* The last change was anywhere. */
		assert_int_equal(map_resize(map, N / 2), 0);
		check_against(map, model, N / 2);
		assert_int_equal(map_resize(map, N), 0);
		memset(model + N / 2, '?', N - N / 2);
		check_against(map, model, N);
		map_free(map);
	}
}

static void test_many_ranges(void **state)
{
	enum { MANY = 1000 };
	struct map *map = map_new(MANY);
	char model[MANY];

	(void)state;
	memset(model, '?', sizeof(model));
	/* From everywhere, so that memory grows after changes at the begin and at the end. */
	for (uint32_t i = 0; i < MANY; i += 2) {
		uint32_t start = i * 383 % MANY;

		assert_int_equal(map_set(map, start, 1, MAP_GOOD), 0);
		model[start] = '+';
		check_against(map, model, MANY);
	}
	assert_int_equal(map_n_ranges(map), MANY);
	map_free(map);
}

static void test_resize_cuts_and_adds(void **state)
{
	struct map *map = map_new(100);
	char model[300];

	(void)state;
	memset(model, '?', sizeof(model));
	memset(model, '+', 50);
	memset(model + 90, '-', 10);
	map_set(map, 0, 50, MAP_GOOD);
	map_set(map, 90, 10, MAP_BAD);
	assert_int_equal(map_resize(map, 300), 0);
	check_against(map, model, 300);
	assert_int_equal(map_resize(map, 95), 0);
	check_against(map, model, 95);
	assert_int_equal(map_resize(map, 20), 0);
	check_against(map, model, 20);
	assert_int_equal(map_resize(map, 21), 0);
	model[20] = '?';
	check_against(map, model, 21);
	map_free(map);
}

static void test_distrust_takes_back_only_what_is_good(void **state)
{
	struct map *map = map_new(100);

	(void)state;
	map_set(map, 0, 80, MAP_GOOD);
	map_set(map, 60, 5, MAP_BAD);
	assert_int_equal(map_distrust(map, 40), 0);
	assert_int_equal(map_count(map, MAP_GOOD), 40);
	assert_int_equal(map_count(map, MAP_BAD), 5);
	assert_int_equal(map_range_of(map, 79).status, MAP_UNTRIED);
	map_free(map);
}

static struct map *parse(const char *text, int expected, struct map_header *header)
{
	struct discern_error err = { 0 };
	struct map *map = NULL;
	int ret = map_parse(text, strlen(text), &map, header, &err);

	assert_int_equal(ret, expected);
	assert_int_equal(map != NULL, expected == 0);
	assert_int_equal(err.text[0] != '\0', expected != 0);
	return map;
}

static void test_a_map_comes_back_as_written(void **state)
{
	struct map_header header = { "CD 0123 sectors=1000 16=-", 77, MAP_BAD };
	struct map_header read_header;
	struct map *map = map_new(1000);
	struct map *again;
	size_t size = 0;
	char *text;

	(void)state;
	map_set(map, 0, 400, MAP_GOOD);
	map_set(map, 17, 1, MAP_BAD);
	map_set(map, 200, 16, MAP_UNSCRAPED);
	map_set(map, 300, 32, MAP_FAILED);
	text = map_format(map, &header, &size);
	assert_non_null(text);
	assert_int_equal(strlen(text), size);
	again = parse(text, 0, &read_header);
	assert_string_equal(read_header.identity, header.identity);
	assert_int_equal(read_header.current_sector, 77);
	assert_int_equal(read_header.current_status, MAP_BAD);
	assert_int_equal(map_n_sectors(again), 1000);
	assert_int_equal(map_n_ranges(again), map_n_ranges(map));
	for (size_t i = 0; i < map_n_ranges(map); i++) {
		assert_int_equal(map_range_at(again, i).start, map_range_at(map, i).start);
		assert_int_equal(map_range_at(again, i).status, map_range_at(map, i).status);
	}
	map_free(again);
	map_free(map);
	free(text);
}

static void test_a_map_has_any_size_of_sectors(void **state)
{
	struct map_header header = { "raw 0123", 5, MAP_UNTRIED }, read_header;
	struct map *map = map_new(10), *again = NULL;
	size_t size;
	char *text;

	(void)state;
	map_set(map, 2, 3, MAP_GOOD);
	map_set(map, 9, 1, MAP_BAD);
	text = map_format_sectors(map, &header, 2352, &size);
	assert_non_null(strstr(text, "0x00001260  0x00001B90  +"));
	assert_int_equal(map_parse_sectors(text, size, 2352, &again, &read_header, NULL), 0);
	assert_int_equal(map_n_sectors(again), 10);
	assert_int_equal(map_count(again, MAP_GOOD), 3);
	assert_int_equal(map_count(again, MAP_BAD), 1);
	assert_int_equal(read_header.current_sector, 5);
	map_free(again);
	map_free(map);
	free(text);
}

/** As GNU ddrescue 1.27 wrote it, with its default sector size of 512 bytes. */
static void test_a_map_of_ddrescue_with_small_sectors(void **state)
{
	static const char text[] = "# Mapfile. Created by GNU ddrescue version 1.27\n"
				   "# Command line: ddrescue /dev/sr0 a.iso a.map\n"
				   "# current_pos  current_status  current_pass\n"
				   "0x00002A00     +               1\n"
				   "#      pos        size  status\n"
				   "0x00000000  0x00001200  +\n"
				   "0x00001200  0x00000200  -\n"
				   "0x00001400  0x00001600  +\n";
	struct map_header header;
	struct map *map = parse(text, 0, &header);

	(void)state;
	/* Sector 2 holds a bad piece; sector 5 is not wholly there. */
	assert_int_equal(map_n_sectors(map), 6);
	assert_int_equal(map_range_of(map, 1).status, MAP_GOOD);
	assert_int_equal(map_range_of(map, 2).status, MAP_BAD);
	assert_int_equal(map_range_of(map, 3).status, MAP_GOOD);
	assert_int_equal(map_range_of(map, 4).status, MAP_GOOD);
	assert_int_equal(map_range_of(map, 5).status, MAP_UNTRIED);
	assert_string_equal(header.identity, "");
	map_free(map);
}

static void test_what_no_block_describes_is_untried(void **state)
{
	struct map_header header;
	struct map *map = parse("0 ?\n0x800 0x800 +\n010000 2048 -\n", 0, &header);

	(void)state;
	assert_int_equal(map_n_sectors(map), 3);
	assert_int_equal(map_range_of(map, 0).status, MAP_UNTRIED);
	assert_int_equal(map_range_of(map, 1).status, MAP_GOOD);
	assert_int_equal(map_range_of(map, 2).status, MAP_BAD);
	map_free(map);
}

static void test_damaged_maps_are_refused(void **state)
{
	struct map_header header;

	(void)state;
	parse("", -EINVAL, &header);
	parse("# only a comment\n", -EINVAL, &header);
	parse("0 ?\n", -EINVAL, &header);
	parse("nonsense\n", -EINVAL, &header);
	parse("0 ?\n0 2048 x\n", -EINVAL, &header);
	parse("0 ?\n0 -2048 +\n", -EINVAL, &header);
	parse("0 ?\n0 4096 +\n2048 2048 -\n", -EINVAL, &header);
	parse("0 ?\n0 0x7fffffffffffffff +\n", -EFBIG, &header);
	parse("0 ?\n0x7fffffffffffffff 0x7fffffffffffffff +\n", -EFBIG, &header);
	parse("0 ?\n0 99999999999999999999999 +\n", -EINVAL, &header);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_set_equals_a_plain_array),
		cmocka_unit_test(test_many_ranges),
		cmocka_unit_test(test_resize_cuts_and_adds),
		cmocka_unit_test(test_distrust_takes_back_only_what_is_good),
		cmocka_unit_test(test_a_map_comes_back_as_written),
		cmocka_unit_test(test_a_map_has_any_size_of_sectors),
		cmocka_unit_test(test_a_map_of_ddrescue_with_small_sectors),
		cmocka_unit_test(test_what_no_block_describes_is_untried),
		cmocka_unit_test(test_damaged_maps_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
