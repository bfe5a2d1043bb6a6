/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/unit.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "burn/plan.h"
#include "disc/profile.h"

struct scene {
	struct discern_burn_check check;
	struct discern_medium medium;
	struct contents contents;
	struct burner_choice choice;
	struct discern_burn_options options;
	struct plan_facts facts;
	struct discern_burn_plan plan;
	struct discern_error err;
};

static void set_scene(struct scene *scene, enum discern_profile profile, enum discern_medium_state state)
{
	memset(scene, 0, sizeof(*scene));
	snprintf(scene->check.path, sizeof(scene->check.path), "d.iso");
	scene->check.n_sectors = 1000;
	scene->medium.profile = profile;
	scene->medium.state = state;
	scene->medium.is_rewritable = profile_find(profile)->is_rewritable;
	scene->contents.is_empty = true;
	scene->choice.mode = DISCERN_WRITE_SAO;
	scene->choice.free_sectors = profile_find(profile)->usual_sectors;
	scene->facts = (struct plan_facts){ .drive_path = "/dev/sr0",
					    .check = &scene->check,
					    .medium = &scene->medium,
					    .contents = &scene->contents,
					    .choice = &scene->choice };
}

static void hold(struct scene *scene, const char *words)
{
	scene->contents.is_empty = false;
	snprintf(scene->contents.words, sizeof(scene->contents.words), "%s", words);
}

static int admit(struct scene *scene)
{
	return plan_admit(&scene->facts, &scene->options, &scene->err);
}

static int make(struct scene *scene)
{
	return plan_make(&scene->facts, &scene->options, &scene->plan, &scene->err);
}

static void takes_blank_media(void **state)
{
	static const enum discern_profile profiles[] = { DISCERN_PROFILE_CD_R,  DISCERN_PROFILE_CD_RW,
							 DISCERN_PROFILE_DVD_R, DISCERN_PROFILE_DVD_PLUS_R,
							 DISCERN_PROFILE_BD_R,  DISCERN_PROFILE_BD_RE };
	struct scene scene;

	(void)state;
	for (size_t i = 0; i < sizeof(profiles) / sizeof(profiles[0]); i++) {
		set_scene(&scene, profiles[i], DISCERN_MEDIUM_BLANK);
		assert_int_equal(admit(&scene), 0);
		assert_int_equal(make(&scene), 0);
		assert_string_equal(scene.plan.overwrites, "");
		assert_int_equal(scene.plan.n_sectors, 1000);
		assert_int_equal(scene.plan.speed_1x_kbps, profile_find(profiles[i])->speed_1x_kbps);
	}
}

static void refuses_no_and_unusable_media(void **state)
{
	struct scene scene;

	(void)state;
	set_scene(&scene, DISCERN_PROFILE_NONE, DISCERN_MEDIUM_NONE);
	assert_int_equal(admit(&scene), -ENOMEDIUM);
	assert_non_null(strstr(scene.err.text, "/dev/sr0"));
	set_scene(&scene, DISCERN_PROFILE_NONE, DISCERN_MEDIUM_UNUSABLE);
	assert_int_equal(admit(&scene), -EMEDIUMTYPE);
	set_scene(&scene, DISCERN_PROFILE_DVD_ROM, DISCERN_MEDIUM_COMPLETE);
	scene.options.overwrite = true;
	hold(&scene, "the ISO 9660 volume \"FILM\"");
	assert_int_equal(admit(&scene), -EMEDIUMTYPE);
	assert_non_null(strstr(scene.err.text, "pressed"));
	assert_non_null(strstr(scene.err.text, "FILM"));
}

static void refuses_written_sequential_media(void **state)
{
	static const enum discern_medium_state states[] = { DISCERN_MEDIUM_APPENDABLE, DISCERN_MEDIUM_COMPLETE };
	struct scene scene;

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		set_scene(&scene, DISCERN_PROFILE_BD_R, states[i]);
		/* What is written once stays; no option helps. */
		scene.options.overwrite = true;
		hold(&scene, "the UDF volume \"PHOTOS\", 3.10 GB in 2 sessions");
		assert_int_equal(admit(&scene), -EMEDIUMTYPE);
		assert_non_null(strstr(scene.err.text, "PHOTOS"));
		assert_non_null(
			strstr(scene.err.hint, states[i] == DISCERN_MEDIUM_COMPLETE ? "blank one" : "--append"));
		set_scene(&scene, DISCERN_PROFILE_CD_RW, states[i]);
		assert_int_equal(admit(&scene), -EMEDIUMTYPE);
		assert_non_null(strstr(scene.err.hint, states[i] == DISCERN_MEDIUM_COMPLETE ? "blank it" : "--append"));
		/* What can be blanked is, where that is allowed; a session is added without it. */
		assert_false(plan_needs_blank(&scene.medium, &scene.options));
		scene.options.overwrite = true;
		assert_int_equal(admit(&scene), 0);
		assert_true(plan_needs_blank(&scene.medium, &scene.options));
		scene.options.simulate = true;
		assert_int_equal(admit(&scene), -EMEDIUMTYPE);
	}
}

static void protects_overwritable_media(void **state)
{
	struct scene scene;

	(void)state;
	set_scene(&scene, DISCERN_PROFILE_DVD_PLUS_RW, DISCERN_MEDIUM_OVERWRITABLE);
	scene.choice.mode = DISCERN_WRITE_TAO;
	assert_int_equal(admit(&scene), 0);
	hold(&scene, "the ISO 9660 volume \"BACKUP\", 2.20 GB");
	assert_int_equal(admit(&scene), -EMEDIUMTYPE);
	assert_non_null(strstr(scene.err.text, "BACKUP"));
	assert_non_null(strstr(scene.err.hint, "--overwrite"));
	assert_int_equal(plan_admit(&scene.facts, NULL, &scene.err), -EMEDIUMTYPE);
	scene.options.overwrite = true;
	assert_int_equal(admit(&scene), 0);
	assert_int_equal(make(&scene), 0);
	assert_string_equal(scene.plan.overwrites, "the ISO 9660 volume \"BACKUP\", 2.20 GB");
	assert_int_equal(scene.plan.mode, DISCERN_WRITE_TAO);
	assert_true(scene.plan.mode_reason[0] != '\0');
}

static void compares_sizes(void **state)
{
	struct scene scene;

	(void)state;
	set_scene(&scene, DISCERN_PROFILE_CD_R, DISCERN_MEDIUM_BLANK);
	scene.check.n_sectors = 359849;
	assert_int_equal(make(&scene), 0);
	scene.check.n_sectors = 359850;
	assert_int_equal(make(&scene), -EFBIG);
	assert_non_null(strstr(scene.err.text, "it has 359850 sectors, this CD-R has room for 359849"));
	assert_non_null(strstr(scene.err.hint, "a DVD"));
	scene.check.n_sectors = 500000;
	assert_int_equal(make(&scene), -EFBIG);
	assert_non_null(strstr(scene.err.text, "1.02 GB"));
	assert_non_null(strstr(scene.err.text, "737 MB"));
	set_scene(&scene, DISCERN_PROFILE_DVD_PLUS_R, DISCERN_MEDIUM_BLANK);
	scene.choice.free_sectors = 1000;
	scene.check.n_sectors = 2000;
	assert_int_equal(make(&scene), -EFBIG);
	assert_string_equal(scene.err.hint, "it takes a disc with more room");
	/* Whole units of 32 sectors are written to a BD-R. */
	set_scene(&scene, DISCERN_PROFILE_BD_R, DISCERN_MEDIUM_BLANK);
	scene.choice.free_sectors = 64;
	scene.check.n_sectors = 64;
	assert_int_equal(make(&scene), 0);
	scene.choice.free_sectors = 63;
	scene.check.n_sectors = 63;
	assert_int_equal(make(&scene), -EFBIG);
	/* Sectors of a DVD+RW are written one by one. */
	set_scene(&scene, DISCERN_PROFILE_DVD_PLUS_RW, DISCERN_MEDIUM_OVERWRITABLE);
	scene.choice.free_sectors = 63;
	scene.check.n_sectors = 63;
	assert_int_equal(make(&scene), 0);
	scene.check.n_sectors = UINT32_MAX;
	assert_int_equal(make(&scene), -EFBIG);
	assert_non_null(strstr(scene.err.hint, "several layers"));
}

static void chooses_a_speed(void **state)
{
	struct scene scene;

	(void)state;
	set_scene(&scene, DISCERN_PROFILE_DVD_PLUS_R, DISCERN_MEDIUM_BLANK);
	assert_int_equal(make(&scene), 0);
	assert_int_equal(scene.plan.speed_kbps, 0);
	assert_int_equal(scene.plan.seconds, 0);
	scene.medium.n_write_speeds = 3;
	scene.medium.write_speeds_kbps[0] = 22160;
	scene.medium.write_speeds_kbps[1] = 11080;
	scene.medium.write_speeds_kbps[2] = 5544;
	assert_int_equal(make(&scene), 0);
	assert_int_equal(scene.plan.speed_kbps, 22160);
	scene.options.speed_kbps = 20000;
	assert_int_equal(make(&scene), 0);
	assert_int_equal(scene.plan.speed_kbps, 11080);
	/* 4x is 5540 by the book and 5544 by this drive. */
	scene.options.speed_kbps = 5540;
	assert_int_equal(make(&scene), 0);
	assert_int_equal(scene.plan.speed_kbps, 5544);
	scene.options.speed_kbps = 1;
	assert_int_equal(make(&scene), 0);
	assert_int_equal(scene.plan.speed_kbps, 5544);
}

static void estimates_the_time(void **state)
{
	struct scene scene;

	(void)state;
	set_scene(&scene, DISCERN_PROFILE_DVD_PLUS_RW, DISCERN_MEDIUM_OVERWRITABLE);
	scene.medium.n_write_speeds = 1;
	scene.medium.write_speeds_kbps[0] = 2048;
	scene.check.n_sectors = 100000;
	assert_int_equal(make(&scene), 0);
	/* 100 s to write, as long to read, and a little to close. */
	assert_in_range(scene.plan.seconds, 201, 210);
}

static void converts_the_speeds_of_cds(void **state)
{
	struct scene scene;

	(void)state;
	/* Every x of a CD drive survives the way there and back. */
	for (uint32_t x = 1; x <= 56; x++) {
		uint32_t drive_kbps = (x * 1764 + 5) / 10;
		uint32_t data_kbps = plan_speed_of_data(DISCERN_PROFILE_CD_R, drive_kbps);
		uint32_t back = plan_speed_of_drive(DISCERN_PROFILE_CD_R, data_kbps);

		assert_in_range(data_kbps, x * 1536 / 10, x * 1536 / 10 + 2);
		assert_in_range(back, drive_kbps, drive_kbps + 2);
	}
	assert_int_equal(plan_speed_of_data(DISCERN_PROFILE_DVD_R, 11080), 11080);
	assert_int_equal(plan_speed_of_drive(DISCERN_PROFILE_BD_R, 4496), 4496);
	assert_int_equal(plan_speed_of_drive(DISCERN_PROFILE_CD_R, UINT32_MAX), UINT32_MAX);
	set_scene(&scene, DISCERN_PROFILE_CD_R, DISCERN_MEDIUM_BLANK);
	scene.medium.n_write_speeds = 1;
	scene.medium.write_speeds_kbps[0] = 7056;
	assert_int_equal(make(&scene), 0);
	assert_int_equal(scene.plan.speed_kbps, 6144);
}

static void passes_the_choice_on(void **state)
{
	struct scene scene;

	(void)state;
	set_scene(&scene, DISCERN_PROFILE_CD_R, DISCERN_MEDIUM_BLANK);
	scene.choice.mode = DISCERN_WRITE_TAO;
	snprintf(scene.choice.reason, sizeof(scene.choice.reason), "drive dislikes block type");
	assert_int_equal(make(&scene), 0);
	assert_int_equal(scene.plan.mode, DISCERN_WRITE_TAO);
	assert_string_equal(scene.plan.mode_reason, "drive dislikes block type");
	assert_int_equal(scene.plan.format, DISCERN_FORMAT_NONE);
	set_scene(&scene, DISCERN_PROFILE_DVD_RAM, DISCERN_MEDIUM_BLANK);
	scene.choice.needs_format = true;
	assert_int_equal(make(&scene), 0);
	assert_int_equal(scene.plan.format, DISCERN_FORMAT_DEFAULT);
}

static int wish(struct scene *scene, enum discern_burn_mode mode, struct burner_wish *ret_wish)
{
	scene->options.mode = mode;
	return plan_wish(&scene->facts, &scene->options, ret_wish, &scene->err);
}

static void knows_the_modes_of_media(void **state)
{
	/* Which of sao, tao, dao, incremental a medium has: s size announced, t not, - refused. */
	static const struct {
		enum discern_profile profile;
		const char *modes;
	} media[] = {
		{ DISCERN_PROFILE_CD_R, "sts-" },          { DISCERN_PROFILE_CD_RW, "sts-" },
		{ DISCERN_PROFILE_DVD_R, "stst" },         { DISCERN_PROFILE_DVD_RW, "stst" },
		{ DISCERN_PROFILE_DVD_R_DL, "s-s-" },      { DISCERN_PROFILE_DVD_PLUS_R, "st-t" },
		{ DISCERN_PROFILE_DVD_PLUS_R_DL, "st-t" }, { DISCERN_PROFILE_BD_R, "st-t" },
		{ DISCERN_PROFILE_DVD_PLUS_RW, "----" },   { DISCERN_PROFILE_DVD_RW_OVERWRITE, "----" },
		{ DISCERN_PROFILE_DVD_RAM, "----" },       { DISCERN_PROFILE_BD_RE, "----" },
	};
	struct burner_wish wanted;
	struct scene scene;

	(void)state;
	for (size_t i = 0; i < sizeof(media) / sizeof(media[0]); i++) {
		set_scene(&scene, media[i].profile, DISCERN_MEDIUM_BLANK);
		for (unsigned m = 0; m < 4; m++) {
			char want = media[i].modes[m];
			int ret = wish(&scene, (enum discern_burn_mode)(DISCERN_BURN_SAO + m), &wanted);

			assert_int_equal(ret, want == '-' ? -EMEDIUMTYPE : 0);
			if (ret == 0)
				assert_int_equal(wanted.mode, want == 's' ? DISCERN_WRITE_SAO : DISCERN_WRITE_TAO);
		}
		assert_int_equal(wish(&scene, DISCERN_BURN_AUTO, &wanted), 0);
		assert_false(wanted.has_mode);
	}
}

static void knows_what_can_stay_open_and_be_simulated(void **state)
{
	static const struct {
		enum discern_profile profile;
		bool can_stay_open, can_simulate;
	} media[] = {
		{ DISCERN_PROFILE_CD_R, true, true },
		{ DISCERN_PROFILE_CD_RW, true, true },
		{ DISCERN_PROFILE_DVD_R, true, true },
		{ DISCERN_PROFILE_DVD_RW, true, true },
		{ DISCERN_PROFILE_DVD_R_DL, false, true },
		{ DISCERN_PROFILE_DVD_PLUS_R, true, false },
		{ DISCERN_PROFILE_BD_R, true, false },
		{ DISCERN_PROFILE_DVD_PLUS_RW, false, false },
		{ DISCERN_PROFILE_DVD_RAM, false, false },
		{ DISCERN_PROFILE_BD_RE, false, false },
		{ DISCERN_PROFILE_DVD_RW_OVERWRITE, false, false },
	};
	struct scene scene;

	(void)state;
	for (size_t i = 0; i < sizeof(media) / sizeof(media[0]); i++) {
		set_scene(&scene, media[i].profile, DISCERN_MEDIUM_BLANK);
		scene.options.multi = true;
		assert_int_equal(admit(&scene), media[i].can_stay_open ? 0 : -EMEDIUMTYPE);
		scene.options = (struct discern_burn_options){ .simulate = true };
		assert_int_equal(admit(&scene), media[i].can_simulate ? 0 : -EMEDIUMTYPE);
	}
	/* A burn at once closes a DVD-R. */
	set_scene(&scene, DISCERN_PROFILE_DVD_R, DISCERN_MEDIUM_BLANK);
	scene.options.multi = true;
	assert_int_equal(wish(&scene, DISCERN_BURN_DAO, &(struct burner_wish){ 0 }), -EMEDIUMTYPE);
	assert_int_equal(wish(&scene, DISCERN_BURN_INCREMENTAL, &(struct burner_wish){ 0 }), 0);
}

static void appends_to_open_media(void **state)
{
	struct discern_track tracks[2] = { { .session = 1, .n_sectors = 1000 },
					   { .session = 2,
					     .is_blank = true,
					     .has_next_writable = true,
					     .start_lba = 12000,
					     .next_writable_lba = 12000 } };
	struct scene scene;

	(void)state;
	set_scene(&scene, DISCERN_PROFILE_CD_R, DISCERN_MEDIUM_APPENDABLE);
	hold(&scene, "the ISO 9660 volume \"ONE\"");
	scene.options.append = true;
	scene.medium.tracks = tracks;
	scene.medium.n_tracks = 2;
	scene.medium.n_sessions = 2;
	scene.choice.mode = DISCERN_WRITE_TAO;
	scene.choice.start_lba = 12000;
	assert_int_equal(admit(&scene), 0);
	assert_int_equal(make(&scene), 0);
	assert_int_equal(scene.plan.session, 2);
	assert_int_equal(scene.plan.start_lba, 12000);
	assert_string_equal(scene.plan.appends_to, "the ISO 9660 volume \"ONE\"");
	assert_string_equal(scene.plan.overwrites, "");
	assert_string_equal(scene.plan.mode_name, "TAO");
	tracks[1].is_damaged = true;
	assert_int_equal(admit(&scene), -EMEDIUMTYPE);
	scene.medium.state = DISCERN_MEDIUM_COMPLETE;
	assert_int_equal(admit(&scene), -EMEDIUMTYPE);
}

static void tells_where_the_next_session_begins(void **state)
{
	struct discern_track tracks[3] = { { .session = 1, .n_sectors = 1000 },
					   { .session = 2, .start_lba = 12000, .n_sectors = 500 },
					   { .session = 3,
					     .is_blank = true,
					     .has_next_writable = true,
					     .start_lba = 19400,
					     .next_writable_lba = 19250 } };
	struct discern_medium medium = { .state = DISCERN_MEDIUM_APPENDABLE, .n_tracks = 3, .tracks = tracks };
	int32_t first_lba, next_lba;

	(void)state;
	assert_true(discern_medium_next_session(&medium, &first_lba, &next_lba));
	assert_int_equal(first_lba, 12000);
	/* Not the pause before the track, which drives name for a session at once. */
	assert_int_equal(next_lba, 19400);
	tracks[2].is_damaged = true;
	assert_false(discern_medium_next_session(&medium, &first_lba, &next_lba));
	tracks[2].is_damaged = false;
	medium.state = DISCERN_MEDIUM_COMPLETE;
	assert_false(discern_medium_next_session(&medium, &first_lba, &next_lba));
}

static void chooses_spare_areas_by_size(void **state)
{
	static const struct burner_offer offers[] = { { 0x00, 900 * 2048 },
						      { 0x30, 900 * 2048 },
						      { 0x31, 1100 * 2048 } };
	struct scene scene;

	(void)state;
	set_scene(&scene, DISCERN_PROFILE_BD_RE, DISCERN_MEDIUM_BLANK);
	scene.facts.offers = offers;
	scene.facts.n_offers = 3;
	scene.choice.needs_format = true;
	assert_int_equal(make(&scene), 0);
	assert_int_equal(scene.plan.format, DISCERN_FORMAT_NO_SPARES);
	assert_false(scene.plan.checks_itself);
	scene.check.n_sectors = 800;
	assert_int_equal(make(&scene), 0);
	assert_int_equal(scene.plan.format, DISCERN_FORMAT_DEFAULT);
	assert_true(scene.plan.checks_itself);
	assert_int_equal(scene.plan.free_sectors, 900);
	scene.options.stream_recording = DISCERN_CHOICE_ON;
	assert_int_equal(make(&scene), 0);
	assert_true(scene.plan.stream_recording);
	scene.check.n_sectors = 1000;
	scene.options.defect_management = DISCERN_CHOICE_ON;
	assert_int_equal(make(&scene), -EFBIG);
	assert_non_null(strstr(scene.err.hint, "--defect-management=off"));
	/* A BD-R is left as it is, unless it is asked for. */
	set_scene(&scene, DISCERN_PROFILE_BD_R, DISCERN_MEDIUM_BLANK);
	scene.facts.offers = offers;
	scene.facts.n_offers = 1;
	assert_int_equal(make(&scene), 0);
	assert_int_equal(scene.plan.format, DISCERN_FORMAT_NONE);
	scene.options.defect_management = DISCERN_CHOICE_ON;
	scene.check.n_sectors = 800;
	assert_int_equal(make(&scene), 0);
	assert_int_equal(scene.plan.format, DISCERN_FORMAT_DEFAULT);
	scene.medium.spare_sectors = 100;
	scene.options.defect_management = DISCERN_CHOICE_OFF;
	assert_int_equal(admit(&scene), -EMEDIUMTYPE);
}

static void divides_an_image_between_layers(void **state)
{
	struct scene scene;

	(void)state;
	/* 1001 sectors are 63 units of 16, of which the first layer gets 32. */
	set_scene(&scene, DISCERN_PROFILE_DVD_PLUS_R_DL, DISCERN_MEDIUM_BLANK);
	scene.check.n_sectors = 1001;
	scene.medium.first_layer_sectors = 960;
	assert_int_equal(make(&scene), 0);
	assert_int_equal(scene.plan.layer_break_sectors, 512);
	scene.check.n_sectors = 960;
	assert_int_equal(make(&scene), 0);
	assert_int_equal(scene.plan.layer_break_sectors, 0);
	scene.check.n_sectors = 1001;
	scene.options.multi = true;
	assert_int_equal(make(&scene), 0);
	assert_int_equal(scene.plan.layer_break_sectors, 0);
	scene.options.multi = false;
	scene.medium.is_first_layer_set = true;
	assert_int_equal(make(&scene), 0);
	assert_int_equal(scene.plan.layer_break_sectors, 0);
	set_scene(&scene, DISCERN_PROFILE_DVD_R_DL, DISCERN_MEDIUM_BLANK);
	scene.medium.first_layer_sectors = 480;
	assert_int_equal(make(&scene), 0);
	assert_int_equal(scene.plan.layer_break_sectors, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_blank_media),
		cmocka_unit_test(refuses_no_and_unusable_media),
		cmocka_unit_test(refuses_written_sequential_media),
		cmocka_unit_test(protects_overwritable_media),
		cmocka_unit_test(compares_sizes),
		cmocka_unit_test(chooses_a_speed),
		cmocka_unit_test(estimates_the_time),
		cmocka_unit_test(converts_the_speeds_of_cds),
		cmocka_unit_test(passes_the_choice_on),
		cmocka_unit_test(knows_the_modes_of_media),
		cmocka_unit_test(knows_what_can_stay_open_and_be_simulated),
		cmocka_unit_test(appends_to_open_media),
		cmocka_unit_test(tells_where_the_next_session_begins),
		cmocka_unit_test(chooses_spare_areas_by_size),
		cmocka_unit_test(divides_an_image_between_layers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
