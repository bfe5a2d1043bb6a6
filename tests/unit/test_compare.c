/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/hash.h"
#include "support/memory_source.h"
#include "unit/unit.h"
#include "verify/compare.h"

/* Longer than all slots of the pipeline together, so that each is used more than once. */
#define N_SECTORS 5000
#define N_DISC 5200

struct fixture {
	uint8_t *disc_data;
	uint8_t *image_data;
	struct memory_source disc;
	struct memory_source image;
	struct compare_options options;
	struct discern_verify_result result;
	struct discern_error err;
};

/* What all images hold. */
static uint8_t *content;

static int make_content(void **state)
{
	uint32_t value = 1;

	(void)state;
	content = malloc((size_t)N_SECTORS * DISCERN_SECTOR_SIZE);
	for (size_t i = 0; i < (size_t)N_SECTORS * DISCERN_SECTOR_SIZE; i += 4) {
		value = value * 1103515245 + 12345;
		put_be32(content + i, value);
	}
	return 0;
}

static int free_content(void **state)
{
	(void)state;
	free(content);
	return 0;
}

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	f->disc_data = calloc(N_DISC, DISCERN_SECTOR_SIZE);
	f->image_data = malloc((size_t)N_SECTORS * DISCERN_SECTOR_SIZE);
	memcpy(f->image_data, content, (size_t)N_SECTORS * DISCERN_SECTOR_SIZE);
	memcpy(f->disc_data, f->image_data, (size_t)N_SECTORS * DISCERN_SECTOR_SIZE);
	memory_source_init(&f->disc, f->disc_data, N_SECTORS);
	memory_source_init(&f->image, f->image_data, N_SECTORS);
	f->options = (struct compare_options){
		.image = &f->image.source,
		.image_bytes = (uint64_t)N_SECTORS * DISCERN_SECTOR_SIZE,
		.area.n_sectors = N_SECTORS,
	};
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	discern_verify_result_clear(&f->result);
	free(f->disc_data);
	free(f->image_data);
	free(f);
	return 0;
}

static int compare(struct fixture *f)
{
	discern_verify_result_clear(&f->result);
	return compare_sources(&f->disc.source, &f->options, &f->result, &f->err);
}

static void check_range(const struct discern_range *range, int32_t lba, uint32_t n_sectors)
{
	assert_int_equal(range->lba, lba);
	assert_int_equal(range->n_sectors, n_sectors);
}

/* The disc has n sectors, by its table of contents and in truth. */
static void set_disc_length(struct fixture *f, uint32_t n_sectors)
{
	f->disc.n_recorded = n_sectors;
	f->disc.source.n_sectors = n_sectors;
	f->options.area.n_sectors = n_sectors;
}

static void sha256(const uint8_t *data, size_t size, char ret_hex[HASH_HEX_SIZE])
{
	struct hash *hash;

	assert_int_equal(hash_new(HASH_SHA256, &hash, NULL), 0);
	hash_update(hash, data, size);
	hash_finish(hash, ret_hex);
	hash_free(hash);
}

static void equal_discs_are_equal(void **state)
{
	struct fixture *f = *state;
	char expected[HASH_HEX_SIZE];

	assert_int_equal(compare(f), 0);
	assert_true(discern_verify_is_equal(&f->result));
	assert_int_equal(f->result.n_equal_sectors, N_SECTORS);
	assert_int_equal(f->result.tail, DISCERN_TAIL_NONE);
	sha256(f->image_data, (size_t)N_SECTORS * DISCERN_SECTOR_SIZE, expected);
	assert_string_equal(f->result.disc_sha256, expected);
}

static void every_flipped_byte_is_found(void **state)
{
	struct fixture *f = *state;
	static const size_t places[] = { 0, 2047, 2048, 524287, 524288, (size_t)N_SECTORS * DISCERN_SECTOR_SIZE - 1 };

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		f->disc_data[places[i]] ^= 0x10;
		assert_int_equal(compare(f), 0);
		assert_false(discern_verify_is_equal(&f->result));
		assert_int_equal(f->result.n_different_ranges, 1);
		check_range(&f->result.different[0], (int32_t)(places[i] / DISCERN_SECTOR_SIZE), 1);
		assert_int_equal(f->result.n_equal_sectors, N_SECTORS - 1);
		f->disc_data[places[i]] ^= 0x10;
	}
}

static void ranges_join_across_slots(void **state)
{
	struct fixture *f = *state;

	for (int lba = 250; lba < 260; lba++)
		f->disc_data[(size_t)lba * DISCERN_SECTOR_SIZE + 7] ^= 1;
	f->disc_data[(size_t)400 * DISCERN_SECTOR_SIZE] ^= 1;
	assert_int_equal(compare(f), 0);
	assert_int_equal(f->result.n_different_ranges, 2);
	check_range(&f->result.different[0], 250, 10);
	check_range(&f->result.different[1], 400, 1);
	assert_int_equal(f->result.n_different_sectors, 11);
	assert_int_equal(strlen(f->result.disc_sha256), 64);
}

static void unreadable_sectors_are_exact(void **state)
{
	struct fixture *f = *state;
	static const uint32_t units[] = { 1, 16, 32, 64 };

	memory_source_damage(&f->disc, 100, 1, -EIO);
	memory_source_damage(&f->disc, 1023, 3, -EIO);
	memory_source_damage(&f->disc, 3000, 1, -ENXIO);
	memory_source_damage(&f->disc, N_SECTORS - 1, 1, -EIO);
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		f->disc.source.ecc_sectors = units[i];
		assert_int_equal(compare(f), 0);
		assert_int_equal(f->result.n_unreadable_sectors, 6);
		assert_int_equal(f->result.n_unreadable_ranges, 4);
		check_range(&f->result.unreadable[0], 100, 1);
		check_range(&f->result.unreadable[1], 1023, 3);
		check_range(&f->result.unreadable[2], 3000, 1);
		check_range(&f->result.unreadable[3], N_SECTORS - 1, 1);
		assert_int_equal(f->result.n_different_sectors, 0);
		assert_int_equal(f->result.n_equal_sectors, N_SECTORS - 6);
		assert_int_equal(f->result.tail, DISCERN_TAIL_NONE);
		assert_string_equal(f->result.disc_sha256, "");
		assert_false(discern_verify_is_equal(&f->result));
	}
}

static void a_sector_that_reads_later_counts(void **state)
{
	struct fixture *f = *state;

	/* Fails as part of a large read, as a sector, and once more. */
	memory_source_damage(&f->disc, 77, 1, -EIO);
	f->disc.damage[0].n_failures = 3;
	assert_int_equal(compare(f), 0);
	assert_true(discern_verify_is_equal(&f->result));
}

static void a_bad_unit_is_not_tried_for_ever(void **state)
{
	struct fixture *f = *state;
	unsigned n_healthy;

	f->disc.source.ecc_sectors = 16;
	assert_int_equal(compare(f), 0);
	n_healthy = f->disc.n_reads;
	memory_source_damage(&f->disc, 320, 16, -EIO);
	f->disc.n_reads = 0;
	assert_int_equal(compare(f), 0);
	check_range(&f->result.unreadable[0], 320, 16);
	assert_int_equal(f->result.n_unreadable_sectors, 16);
	/* Two units, three tries for the first bad sector, one for each of the others. */
	assert_int_equal(f->disc.n_reads, n_healthy + 2 + 3 + 15);
}

static void trouble_of_the_drive_ends_it(void **state)
{
	struct fixture *f = *state;
	static const int codes[] = { -ENOMEDIUM, -ESTALE, -ENODEV, -ETIMEDOUT };

	memory_source_damage(&f->disc, 2000, 1, 0);
	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
		f->disc.damage[0].code = codes[i];
		assert_int_equal(compare(f), codes[i]);
		assert_string_equal(f->result.disc_sha256, "");
	}
}

static void trouble_of_the_image_ends_it(void **state)
{
	struct fixture *f = *state;

	memory_source_damage(&f->image, 4000, 1, -EIO);
	assert_int_equal(compare(f), -EIO);
	assert_string_equal(f->err.text, "LBA 4000: damaged");
}

static void a_short_disc_is_short(void **state)
{
	struct fixture *f = *state;
	static const uint32_t lengths[] = { 1, 255, 256, 4000, N_SECTORS - 1 };

	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		set_disc_length(f, lengths[i]);
		assert_int_equal(compare(f), 0);
		assert_int_equal(f->result.tail, DISCERN_TAIL_SHORT);
		assert_int_equal(f->result.n_tail_sectors, N_SECTORS - lengths[i]);
		assert_int_equal(f->result.n_equal_sectors, lengths[i]);
		assert_int_equal(f->result.n_unreadable_sectors, 0);
		assert_string_equal(f->result.disc_sha256, "");
		assert_false(discern_verify_is_equal(&f->result));
	}
}

static void a_capacity_that_lies_is_not_trusted(void **state)
{
	struct fixture *f = *state;

	/* Too low: what can be read is there. */
	f->options.area.n_sectors = 1;
	assert_int_equal(compare(f), 0);
	assert_true(discern_verify_is_equal(&f->result));
	/* Too high, and the disc ends within the image. */
	f->disc.n_recorded = 3500;
	f->options.area.n_sectors = N_SECTORS + 1000;
	f->disc.n_reads = 0;
	assert_int_equal(compare(f), 0);
	assert_int_equal(f->result.tail, DISCERN_TAIL_SHORT);
	assert_int_equal(f->result.n_tail_sectors, N_SECTORS - 3500);
	assert_int_equal(f->result.n_unreadable_sectors, 0);
	assert_true(f->disc.n_reads < 250);
}

static void padding_is_told_from_data(void **state)
{
	struct fixture *f = *state;

	set_disc_length(f, N_SECTORS + 150);
	assert_int_equal(compare(f), 0);
	assert_int_equal(f->result.tail, DISCERN_TAIL_PADDING);
	assert_int_equal(f->result.n_tail_sectors, 150);
	assert_true(discern_verify_is_equal(&f->result));
	assert_int_equal(strlen(f->result.disc_sha256), 64);

	f->disc_data[(size_t)(N_SECTORS + 150) * DISCERN_SECTOR_SIZE - 1] = 1;
	assert_int_equal(compare(f), 0);
	assert_int_equal(f->result.tail, DISCERN_TAIL_DATA);
	assert_int_equal(f->result.n_tail_sectors, 150);
	assert_int_equal(f->result.n_different_sectors, 0);
	assert_false(discern_verify_is_equal(&f->result));

	/* The same on a medium whose rest is free space. */
	f->options.is_rest_free = true;
	assert_int_equal(compare(f), 0);
	assert_int_equal(f->result.tail, DISCERN_TAIL_FREE);
	assert_true(discern_verify_is_equal(&f->result));
}

static void run_out_is_padding(void **state)
{
	struct fixture *f = *state;
	static const int codes[] = { -EIO, -ENXIO };

	memory_source_damage(&f->disc, N_SECTORS, 2, 0);
	set_disc_length(f, N_SECTORS + 2);
	f->options.n_run_out_sectors = 2;
	for (size_t i = 0; i < 2; i++) {
		f->disc.damage[0].code = codes[i];
		assert_int_equal(compare(f), 0);
		assert_int_equal(f->result.tail, DISCERN_TAIL_PADDING);
		assert_int_equal(f->result.n_tail_sectors, 2);
		assert_int_equal(f->result.n_unreadable_sectors, 0);
		assert_true(discern_verify_is_equal(&f->result));
	}
	/* On other media, and further from the end, unreadable sectors may hold anything. */
	f->options.n_run_out_sectors = 0;
	f->disc.damage[0].code = -EIO;
	assert_int_equal(compare(f), 0);
	assert_int_equal(f->result.n_unreadable_sectors, 2);
	check_range(&f->result.unreadable[0], N_SECTORS, 2);
	assert_false(discern_verify_is_equal(&f->result));
}

static void the_image_may_begin_anywhere(void **state)
{
	struct fixture *f = *state;
	const uint32_t offset = 100;
	size_t bytes = (size_t)(N_SECTORS - offset) * DISCERN_SECTOR_SIZE;

	/* The image is the disc from sector 100 on. */
	memcpy(f->image_data, f->disc_data + (size_t)offset * DISCERN_SECTOR_SIZE, bytes);
	f->options.image_bytes = bytes;
	f->options.area.first_lba = (int32_t)offset;
	f->options.area.n_sectors = N_SECTORS - offset;
	f->disc.source.ecc_sectors = 16;
	assert_int_equal(compare(f), 0);
	assert_true(discern_verify_is_equal(&f->result));
	/* Ranges are the disc's. */
	f->disc_data[(size_t)1000 * DISCERN_SECTOR_SIZE] ^= 1;
	memory_source_damage(&f->disc, 2000, 3, -EIO);
	assert_int_equal(compare(f), 0);
	check_range(&f->result.different[0], 1000, 1);
	check_range(&f->result.unreadable[0], 2000, 3);
	assert_int_equal(f->result.n_equal_sectors, N_SECTORS - offset - 4);
}

static void gaps_between_sessions_hold_nothing(void **state)
{
	struct fixture *f = *state;

	memory_source_damage(&f->disc, 500, 300, -EIO);
	memset(f->image_data + (size_t)500 * DISCERN_SECTOR_SIZE, 0, (size_t)300 * DISCERN_SECTOR_SIZE);
	f->options.area.gaps[0] = (struct discern_range){ 500, 300 };
	f->options.area.n_gaps = 1;
	assert_int_equal(compare(f), 0);
	assert_true(discern_verify_is_equal(&f->result));
	assert_int_equal(f->result.n_equal_sectors, N_SECTORS);
	/* If the image says that there is something, it is looked at. */
	f->image_data[(size_t)600 * DISCERN_SECTOR_SIZE] = 1;
	assert_int_equal(compare(f), 0);
	assert_int_equal(f->result.n_unreadable_sectors, 1);
	check_range(&f->result.unreadable[0], 600, 1);
	/* Damage beside it is none the less found. */
	f->options.area.gaps[0].n_sectors = 299;
	assert_int_equal(compare(f), 0);
	assert_int_equal(f->result.n_unreadable_sectors, 2);
	check_range(&f->result.unreadable[1], 799, 1);
}

static void another_session_is_data(void **state)
{
	struct fixture *f = *state;

	set_disc_length(f, N_DISC);
	f->options.is_rest_data = true;
	assert_int_equal(compare(f), 0);
	assert_int_equal(f->result.tail, DISCERN_TAIL_DATA);
	assert_int_equal(f->result.n_tail_sectors, N_DISC - N_SECTORS);
}

static void the_last_sector_may_be_partial(void **state)
{
	struct fixture *f = *state;
	size_t size = (size_t)(N_SECTORS - 1) * DISCERN_SECTOR_SIZE + 100;
	char expected[HASH_HEX_SIZE];

	f->options.image_bytes = size;
	memset(f->image_data + size, 0, DISCERN_SECTOR_SIZE - 100);
	memset(f->disc_data + size, 0, DISCERN_SECTOR_SIZE - 100);
	assert_int_equal(compare(f), 0);
	assert_true(discern_verify_is_equal(&f->result));
	sha256(f->image_data, size, expected);
	assert_string_equal(f->result.disc_sha256, expected);
	/* What fills it up must be zeros. */
	f->disc_data[size + 5] = 1;
	assert_int_equal(compare(f), 0);
	assert_int_equal(f->result.n_different_sectors, 1);
	check_range(&f->result.different[0], N_SECTORS - 1, 1);
}

static int count_and_stop(const struct discern_progress *progress, void *user)
{
	unsigned *n_left = user;

	assert_int_equal(progress->phase, DISCERN_PHASE_VERIFY);
	assert_true(progress->done_bytes <= progress->total_bytes);
	return (*n_left)-- == 0;
}

static void it_stops_when_asked(void **state)
{
	struct fixture *f = *state;
	unsigned n_left = 0;
	struct discern_observer observer = { .progress = count_and_stop, .user = &n_left };

	f->options.observer = &observer;
	assert_int_equal(compare(f), -ECANCELED);
	/* The last call, after all is compared, cannot stop anything. */
	n_left = 1000;
	assert_int_equal(compare(f), 0);
	assert_true(n_left <= 998);
}

static void an_empty_image_is_refused(void **state)
{
	struct fixture *f = *state;

	f->options.image_bytes = 0;
	assert_int_equal(compare(f), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(equal_discs_are_equal, set_up, tear_down),
		cmocka_unit_test_setup_teardown(every_flipped_byte_is_found, set_up, tear_down),
		cmocka_unit_test_setup_teardown(ranges_join_across_slots, set_up, tear_down),
		cmocka_unit_test_setup_teardown(unreadable_sectors_are_exact, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_sector_that_reads_later_counts, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_bad_unit_is_not_tried_for_ever, set_up, tear_down),
		cmocka_unit_test_setup_teardown(trouble_of_the_drive_ends_it, set_up, tear_down),
		cmocka_unit_test_setup_teardown(trouble_of_the_image_ends_it, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_short_disc_is_short, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_capacity_that_lies_is_not_trusted, set_up, tear_down),
		cmocka_unit_test_setup_teardown(padding_is_told_from_data, set_up, tear_down),
		cmocka_unit_test_setup_teardown(run_out_is_padding, set_up, tear_down),
		cmocka_unit_test_setup_teardown(the_image_may_begin_anywhere, set_up, tear_down),
		cmocka_unit_test_setup_teardown(gaps_between_sessions_hold_nothing, set_up, tear_down),
		cmocka_unit_test_setup_teardown(another_session_is_data, set_up, tear_down),
		cmocka_unit_test_setup_teardown(the_last_sector_may_be_partial, set_up, tear_down),
		cmocka_unit_test_setup_teardown(it_stops_when_asked, set_up, tear_down),
		cmocka_unit_test_setup_teardown(an_empty_image_is_refused, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, make_content, free_content);
}
