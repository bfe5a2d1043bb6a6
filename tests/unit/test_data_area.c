/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "unit/unit.h"
#include "disc/data_area.h"

static struct discern_track data_track(uint16_t session, int32_t start_lba, uint32_t n_sectors)
{
	return (struct discern_track){
		.session = session, .is_data = true, .start_lba = start_lba, .n_sectors = n_sectors
	};
}

static struct discern_track audio_track(uint16_t session, int32_t start_lba, uint32_t n_sectors)
{
	return (struct discern_track){ .session = session, .start_lba = start_lba, .n_sectors = n_sectors };
}

static bool find(struct discern_track *tracks, size_t n, uint32_t read_capacity_sectors, struct data_area *ret_area)
{
	struct discern_medium medium = { .tracks = tracks,
					 .n_tracks = n,
					 .read_capacity_sectors = read_capacity_sectors };

	return data_area_find(&medium, ret_area);
}

static void one_track_is_all(void **state)
{
	struct discern_track tracks[] = { data_track(1, 0, 1000) };
	struct data_area area;

	(void)state;
	assert_true(find(tracks, 1, 1002, &area));
	assert_int_equal(area.first_lba, 0);
	/* READ CAPACITY tells, if it tells anything. */
	assert_int_equal(area.n_sectors, 1002);
	assert_true(find(tracks, 1, 0, &area));
	assert_int_equal(area.n_sectors, 1000);
	assert_false(area.has_more);
	/* A disc of which no tracks are known. */
	assert_true(find(tracks, 0, 500, &area));
	assert_int_equal(area.n_sectors, 500);
}

static void open_tracks_end_where_writing_goes_on(void **state)
{
	struct discern_track tracks[] = { data_track(1, 0, 100000), data_track(2, 100000, 5000) };
	struct data_area area;

	(void)state;
	tracks[0].has_next_writable = true;
	tracks[0].next_writable_lba = 700;
	tracks[1].is_blank = true;
	assert_true(find(tracks, 2, 0, &area));
	assert_int_equal(area.n_sectors, 700);
	assert_false(area.has_more);
}

static void audio_stays_outside(void **state)
{
	struct discern_track tracks[] = { audio_track(1, 0, 9000), data_track(2, 20400, 300),
					  audio_track(2, 20700, 100) };
	struct data_area area;

	(void)state;
	assert_true(find(tracks, 3, 20800, &area));
	/* Its place is kept, as file systems count from the disc's first sector. */
	assert_int_equal(area.first_lba, 0);
	assert_int_equal(area.n_sectors, 20700);
	assert_int_equal(data_area_begin(&area), 20400);
	assert_true(data_area_is_gap(&area, 20399));
	assert_false(data_area_is_gap(&area, 20400));
	assert_true(area.has_more);
	assert_true(find(tracks, 2, 20700, &area));
	assert_int_equal(area.n_sectors, 20700);
	assert_false(area.has_more);
	assert_false(find(tracks, 1, 9000, &area));
}

static void sessions_have_gaps(void **state)
{
	struct discern_track tracks[] = { data_track(1, 0, 1000), data_track(2, 12400, 500),
					  data_track(2, 12900, 100) };
	struct data_area area;

	(void)state;
	assert_true(find(tracks, 3, 13000, &area));
	assert_int_equal(area.n_sectors, 13000);
	assert_int_equal(area.n_gaps, 1);
	assert_int_equal(data_area_begin(&area), 0);
	assert_false(data_area_is_gap(&area, 999));
	assert_true(data_area_is_gap(&area, 1000));
	assert_true(data_area_is_gap(&area, 12399));
	assert_false(data_area_is_gap(&area, 12400));
	/* Tracks that overlap leave no gap. */
	tracks[0].n_sectors = 20000;
	assert_true(find(tracks, 3, 13000, &area));
	assert_int_equal(area.n_gaps, 0);
}

static void nonsense_is_survived(void **state)
{
	struct discern_track tracks[200];
	struct data_area area;

	(void)state;
	for (size_t i = 0; i < 200; i++)
		tracks[i] = data_track((uint16_t)i, (int32_t)i * 10, 5);
	assert_true(find(tracks, 200, 0, &area));
	assert_int_equal(area.n_gaps, DATA_AREA_MAX_GAPS);
	assert_false(data_area_is_gap(&area, UINT32_MAX));
	tracks[0] = data_track(1, INT32_MAX, UINT32_MAX);
	tracks[1] = data_track(1, -150, 100);
	assert_false(find(tracks, 2, 0, &area));
	tracks[0] = data_track(1, 5, UINT32_MAX);
	assert_true(find(tracks, 1, 0, &area));
	assert_int_equal(area.n_sectors, INT32_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_track_is_all),     cmocka_unit_test(open_tracks_end_where_writing_goes_on),
		cmocka_unit_test(audio_stays_outside),  cmocka_unit_test(sessions_have_gaps),
		cmocka_unit_test(nonsense_is_survived),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
