/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/unit.h"

#include <errno.h>
#include <string.h>

#include "base/error.h"
#include "rip/rip_plan.h"

static struct discern_track tracks[8];

static struct discern_medium make_medium(enum discern_profile profile, uint32_t capacity, size_t n_tracks)
{
	struct discern_medium medium = { .profile = profile, .state = DISCERN_MEDIUM_COMPLETE };

	memset(tracks, 0, sizeof(tracks));
	medium.n_sessions = 1;
	medium.n_tracks = n_tracks;
	medium.tracks = tracks;
	medium.read_capacity_sectors = capacity;
	for (size_t i = 0; i < n_tracks; i++) {
		tracks[i].number = (uint16_t)(i + 1);
		tracks[i].session = 1;
		tracks[i].is_data = true;
	}
	return medium;
}

static void place(size_t i, uint16_t session, int32_t start_lba, uint32_t n_sectors, bool is_data)
{
	tracks[i].session = session;
	tracks[i].start_lba = start_lba;
	tracks[i].n_sectors = n_sectors;
	tracks[i].is_data = is_data;
}

static struct discern_volume iso(uint32_t n_sectors)
{
	return (struct discern_volume){ .has_iso9660 = true, .iso_sectors = n_sectors };
}

static const char *chosen(const struct rip_plan *plan)
{
	for (size_t i = 0; i < plan->n_candidates; i++)
		if (plan->candidates[i].is_chosen)
			return plan->candidates[i].source;
	return "nothing";
}

static struct rip_plan make(const struct discern_medium *medium, const struct discern_volume *volume)
{
	struct discern_error err = { 0 };
	struct rip_plan plan;

	assert_int_equal(rip_plan_make(medium, volume, &plan, &err), 0);
	assert_true(plan.reason[0] != '\0');
	return plan;
}

static void test_cd_follows_its_track(void **state)
{
	struct discern_medium medium = make_medium(DISCERN_PROFILE_CD_ROM, 1000, 1);
	struct discern_volume volume = iso(990);
	struct rip_plan plan;

	(void)state;
	place(0, 1, 0, 1000, true);
	plan = make(&medium, &volume);
	assert_int_equal(plan.n_sectors, 1000);
	assert_string_equal(chosen(&plan), "track 1");
	assert_true(plan.has_run_out);
	assert_int_equal(plan.n_volume_sectors, 990);
	/* Nothing of a pressed disc is padding that a burner added. */
	assert_int_equal(plan.n_padding_max, 0);
}

static void test_cd_r_may_end_in_run_out(void **state)
{
	struct discern_medium medium = make_medium(DISCERN_PROFILE_CD_R, 1002, 1);
	struct discern_volume volume = iso(1000);
	struct rip_plan plan;

	(void)state;
	place(0, 1, 0, 1002, true);
	plan = make(&medium, &volume);
	assert_int_equal(plan.n_sectors, 1002);
	assert_true(plan.has_run_out);
	assert_int_equal(plan.n_padding_max, 2);
}

static void test_volume_fills_the_cd(void **state)
{
	struct discern_medium medium = make_medium(DISCERN_PROFILE_CD_R, 1000, 1);
	struct discern_volume volume = iso(1000);
	struct rip_plan plan;

	(void)state;
	place(0, 1, 0, 1000, true);
	plan = make(&medium, &volume);
	assert_false(plan.has_run_out);
}

static void test_volume_longer_than_the_drive_says(void **state)
{
	struct discern_medium medium = make_medium(DISCERN_PROFILE_BD_R, 1, 0);
	struct discern_volume volume = iso(5000);
	struct rip_plan plan = make(&medium, &volume);

	(void)state;
	assert_int_equal(plan.n_sectors, 5000);
	assert_string_equal(chosen(&plan), "ISO 9660");
}

static void test_nonsense_volume_is_ignored(void **state)
{
	struct discern_medium medium = make_medium(DISCERN_PROFILE_DVD_ROM, 5000, 0);
	struct discern_volume volume = iso(UINT32_MAX);
	struct rip_plan plan = make(&medium, &volume);

	(void)state;
	assert_int_equal(plan.n_sectors, 5000);
	assert_string_equal(chosen(&plan), "READ CAPACITY");
}

static void test_dvd_structure_wins_over_half_a_capacity(void **state)
{
	struct discern_medium medium = make_medium(DISCERN_PROFILE_DVD_ROM, 2000000, 0);
	struct rip_plan plan;

	(void)state;
	medium.structure_sectors = 4000000;
	plan = make(&medium, NULL);
	assert_int_equal(plan.n_sectors, 4000000);
	assert_string_equal(chosen(&plan), "DVD structure");
	medium.structure_sectors = 1900000;
	plan = make(&medium, NULL);
	assert_int_equal(plan.n_sectors, 2000000);
}

static void test_writable_dvd_structure_is_not_asked(void **state)
{
	struct discern_medium medium = make_medium(DISCERN_PROFILE_DVD_PLUS_R, 3200, 0);
	struct rip_plan plan;

	(void)state;
	medium.structure_sectors = 2295104;
	plan = make(&medium, NULL);
	assert_int_equal(plan.n_sectors, 3200);
}

static void test_last_unit_of_a_burned_dvd_is_padding(void **state)
{
	struct discern_medium medium = make_medium(DISCERN_PROFILE_DVD_PLUS_R, 2496, 0);
	struct discern_volume volume = iso(2481);

	(void)state;
	assert_int_equal(make(&medium, &volume).n_padding_max, 15);
	medium = make_medium(DISCERN_PROFILE_BD_R, 2496, 0);
	assert_int_equal(make(&medium, &volume).n_padding_max, 15);
	/* More than a unit, or not up to its end: that is data of its own. */
	medium = make_medium(DISCERN_PROFILE_DVD_PLUS_R, 2512, 0);
	assert_int_equal(make(&medium, &volume).n_padding_max, 0);
	medium = make_medium(DISCERN_PROFILE_DVD_PLUS_R, 2490, 0);
	assert_int_equal(make(&medium, &volume).n_padding_max, 0);
	/* Nobody filled up a pressed one. */
	medium = make_medium(DISCERN_PROFILE_DVD_ROM, 2496, 0);
	assert_int_equal(make(&medium, &volume).n_padding_max, 0);
}

static void test_a_pressed_track_wins_over_half_a_capacity(void **state)
{
	struct discern_medium medium = make_medium(DISCERN_PROFILE_BD_ROM, 4000, 1);

	(void)state;
	place(0, 1, 0, 8000, true);
	assert_int_equal(make(&medium, NULL).n_sectors, 8000);
	/* Of a rewritable disc the track counts what is not formatted. */
	medium.profile = DISCERN_PROFILE_DVD_PLUS_RW;
	assert_int_equal(make(&medium, NULL).n_sectors, 4000);
}

static void test_rewritable_disc_ends_with_its_volume(void **state)
{
	struct discern_medium medium = make_medium(DISCERN_PROFILE_DVD_PLUS_RW, 2295104, 0);
	struct discern_volume volume = iso(2481);
	struct rip_plan plan = make(&medium, &volume);

	(void)state;
	assert_int_equal(plan.n_sectors, 2481);
	assert_string_equal(chosen(&plan), "ISO 9660");
	assert_int_equal(make(&medium, NULL).n_sectors, 2295104);
}

static void test_partitions_behind_the_volume_belong_to_it(void **state)
{
	struct discern_medium medium = make_medium(DISCERN_PROFILE_DVD_PLUS_RW, 2295104, 0);
	struct discern_volume volume = iso(2481);
	struct rip_plan plan;

	(void)state;
	volume.partition_sectors = 2759;
	plan = make(&medium, &volume);
	assert_int_equal(plan.n_sectors, 2759);
	assert_string_equal(chosen(&plan), "partition table");
	/* Nothing is taken for padding or run-out that a partition holds. */
	medium = make_medium(DISCERN_PROFILE_DVD_PLUS_R, 2768, 0);
	assert_int_equal(make(&medium, &volume).n_padding_max, 9);
	/* A table that claims more than the disc has is only a table. */
	volume.partition_sectors = 100000;
	plan = make(&medium, &volume);
	assert_int_equal(plan.n_sectors, 2768);
	assert_int_equal(plan.n_volume_sectors, 2481);
}

static void test_open_track_ends_where_writing_would_go_on(void **state)
{
	struct discern_medium medium = make_medium(DISCERN_PROFILE_DVD_R, 0, 1);

	(void)state;
	place(0, 1, 0, 2298496, true);
	tracks[0].has_next_writable = true;
	tracks[0].next_writable_lba = 48000;
	assert_int_equal(make(&medium, NULL).n_sectors, 48000);
	tracks[0].has_last_recorded = true;
	tracks[0].last_recorded_lba = 47983;
	assert_int_equal(make(&medium, NULL).n_sectors, 47984);
}

static void test_data_before_audio(void **state)
{
	struct discern_medium medium = make_medium(DISCERN_PROFILE_CD_ROM, 50000, 3);
	struct rip_plan plan;

	(void)state;
	place(0, 1, 0, 10000, true);
	place(1, 1, 10000, 20000, false);
	place(2, 1, 30000, 20000, false);
	plan = make(&medium, NULL);
	assert_int_equal(plan.first_lba, 0);
	assert_int_equal(plan.n_sectors, 10000);
	assert_string_equal(chosen(&plan), "track 1");
	assert_non_null(strstr(plan.left_out, "2 audio tracks"));
}

static void test_data_behind_audio(void **state)
{
	struct discern_medium medium = make_medium(DISCERN_PROFILE_CD_ROM, 61400, 3);
	struct discern_volume volume = iso(9000);
	struct rip_plan plan;

	(void)state;
	place(0, 1, 0, 20000, false);
	place(1, 1, 20000, 20000, false);
	place(2, 2, 51400, 10000, true);
	plan = make(&medium, &volume);
	/* Its files say where they lie on the disc, so nothing moves. */
	assert_int_equal(plan.first_lba, 0);
	assert_int_equal(plan.n_sectors, 61400);
	assert_int_equal(plan.n_volume_sectors, 60400);
	assert_int_equal(rip_plan_data_start(&plan), 51400);
	assert_true(rip_plan_is_gap(&plan, 51399));
	assert_non_null(strstr(plan.left_out, "2 audio tracks, the place of those before the data is empty"));
	assert_int_equal(rip_plan_last_session(&medium), 51400);
}

static void test_sessions_have_a_gap_between_them(void **state)
{
	struct discern_medium medium = make_medium(DISCERN_PROFILE_CD_R, 16402, 2);
	struct discern_volume volume = iso(4998);
	struct rip_plan plan;

	(void)state;
	place(0, 1, 0, 302, true);
	place(1, 2, 11702, 5000, true);
	plan = make(&medium, &volume);
	assert_int_equal(plan.n_sectors, 16702);
	assert_int_equal(plan.n_volume_sectors, 16700);
	assert_int_equal(plan.n_gaps, 1);
	assert_int_equal(plan.gaps[0].start, 302);
	assert_int_equal(plan.gaps[0].n_sectors, 11400);
	assert_true(rip_plan_is_gap(&plan, 302));
	assert_true(rip_plan_is_gap(&plan, 11701));
	assert_false(rip_plan_is_gap(&plan, 301));
	assert_false(rip_plan_is_gap(&plan, 11702));
	/* A size counted from LBA 0 is understood as well. */
	volume = iso(16700);
	assert_int_equal(make(&medium, &volume).n_volume_sectors, 16700);
	/* A track that reaches up to the next session has the gap in its end. */
	place(0, 1, 0, 11702, true);
	plan = make(&medium, NULL);
	assert_int_equal(plan.gaps[0].start, 302);
}

static int fails(const struct discern_medium *medium)
{
	struct discern_error err = { 0 };
	struct rip_plan plan;
	int ret = rip_plan_make(medium, NULL, &plan, &err);

	assert_int_equal(err.code, ret);
	assert_true(err.text[0] != '\0');
	return ret;
}

static void test_unusable_media(void **state)
{
	struct discern_medium medium = make_medium(DISCERN_PROFILE_CD_R, 0, 0);

	(void)state;
	medium.state = DISCERN_MEDIUM_NONE;
	assert_int_equal(fails(&medium), -ENOMEDIUM);
	medium.state = DISCERN_MEDIUM_BLANK;
	assert_int_equal(fails(&medium), -EMEDIUMTYPE);
	medium.state = DISCERN_MEDIUM_COMPLETE;
	assert_int_equal(fails(&medium), -EMEDIUMTYPE);
	medium = make_medium(DISCERN_PROFILE_CD_ROM, 20000, 1);
	place(0, 1, 0, 20000, false);
	assert_int_equal(fails(&medium), -EMEDIUMTYPE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cd_follows_its_track),
		cmocka_unit_test(test_cd_r_may_end_in_run_out),
		cmocka_unit_test(test_volume_fills_the_cd),
		cmocka_unit_test(test_volume_longer_than_the_drive_says),
		cmocka_unit_test(test_nonsense_volume_is_ignored),
		cmocka_unit_test(test_dvd_structure_wins_over_half_a_capacity),
		cmocka_unit_test(test_writable_dvd_structure_is_not_asked),
		cmocka_unit_test(test_last_unit_of_a_burned_dvd_is_padding),
		cmocka_unit_test(test_a_pressed_track_wins_over_half_a_capacity),
		cmocka_unit_test(test_rewritable_disc_ends_with_its_volume),
		cmocka_unit_test(test_partitions_behind_the_volume_belong_to_it),
		cmocka_unit_test(test_open_track_ends_where_writing_would_go_on),
		cmocka_unit_test(test_data_before_audio),
		cmocka_unit_test(test_data_behind_audio),
		cmocka_unit_test(test_sessions_have_a_gap_between_them),
		cmocka_unit_test(test_unusable_media),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
