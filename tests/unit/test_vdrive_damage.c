/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "vdrive/damage.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "unit/unit.h"
#include "vdrive/geometry.h"

enum { CD_SECTORS = 330000, DVD_SECTORS = 2290000 };

static char path[] = "/tmp/discern-damage.XXXXXX";
static struct disc *cd, *dvd;

static struct disc *open_image(const char *kind, uint32_t n_sectors)
{
	struct disc *disc;
	int fd = open(path, O_RDWR | O_TRUNC | O_CREAT, 0600);

	assert_true(fd >= 0);
	assert_int_equal(ftruncate(fd, (off_t)n_sectors * 2048), 0);
	close(fd);
	assert_int_equal(disc_open(path, kind, &disc, NULL), 0);
	unlink(path);
	return disc;
}

static int set_up_all(void **state)
{
	int fd = mkstemp(path);

	(void)state;
	if (fd < 0)
		return -1;
	close(fd);
	cd = open_image("cd-rom", CD_SECTORS);
	dvd = open_image("dvd-rom", DVD_SECTORS);
	return 0;
}

static int tear_down_all(void **state)
{
	(void)state;
	disc_close(cd);
	disc_close(dvd);
	return 0;
}

/* KIND KEY=VALUE … */
static int parse(const char *words, struct damage_marks *marks, struct discern_error *err)
{
	char copy[200], *rest = copy, *word;
	int ret = 0;

	snprintf(copy, sizeof(copy), "%s", words);
	word = strsep(&rest, " ");
	assert_true(damage_is_kind(word));
	damage_init(word, marks);
	while (ret == 0 && (word = strsep(&rest, " ")) != NULL) {
		char *equals = strchr(word, '=');

		if (equals != NULL)
			*equals = '\0';
		ret = damage_parse_word(word, equals != NULL ? equals + 1 : "", marks, err);
	}
	return ret == 0 ? damage_check(marks, err) : ret;
}

static struct damage *make(const struct disc *disc, const char *words)
{
	struct damage_marks marks;
	struct damage *damage;
	struct discern_error err = { 0 };

	if (parse(words, &marks, &err) != 0)
		fail_msg("%s: %s", words, err.text);
	assert_int_equal(damage_new(disc, &marks, 1, &damage), 0);
	assert_non_null(damage);
	return damage;
}

static bool is_read(struct damage *damage, int64_t lba, unsigned speed_percent)
{
	struct damage_result result;

	damage_read(damage, &(struct damage_try){ lba, 1, speed_percent, 32 }, &result);
	return !result.has_failed;
}

static void test_no_marks(void **state)
{
	struct damage *damage;
	struct damage_result result;

	(void)state;
	assert_int_equal(damage_new(cd, NULL, 0, &damage), 0);
	assert_null(damage);
	damage_read(NULL, &(struct damage_try){ 5, 100, 100, 32 }, &result);
	assert_int_equal(result.n_good, 100);
	assert_false(result.has_failed);
	assert_int_equal(damage_next(NULL, 5, 1000), 1000);
	damage_free(NULL);
}

static void test_a_ring_is_where_it_is_said_to_be(void **state)
{
	struct damage *damage = make(cd, "ring lba=1000-1099 dead=1");
	struct damage_result result;
	uint32_t n_dead;

	(void)state;
	assert_int_equal(damage_count(damage, &n_dead), 100);
	assert_int_equal(n_dead, 100);
	damage_read(damage, &(struct damage_try){ 990, 20, 1, 32 }, &result);
	assert_true(result.has_failed);
	assert_int_equal(result.n_good, 10);
	damage_read(damage, &(struct damage_try){ 1100, 32, 100, 32 }, &result);
	assert_false(result.has_failed);
	assert_int_equal(damage_next(damage, 0, 500), 500);
	assert_int_equal(damage_next(damage, 0, 2000), 1000);
	assert_int_equal(damage_next(damage, 1050, 2000), 1050);
	assert_int_equal(damage_next(damage, 1100, 2000), 2000);
	damage_free(damage);
	/* As a pressed DVD has error correction over 16 sectors, all of these are gone. */
	damage = make(dvd, "ring lba=1000-1000 dead=1");
	assert_int_equal(damage_next(damage, 0, 5000), 992);
	assert_int_equal(damage_next(damage, 1008, 5000), 5000);
	damage_free(damage);
}

static void test_the_same_in_every_run(void **state)
{
	struct damage *first = make(cd, "scratch count=20 seed=4"), *second = make(cd, "scratch count=20 seed=4");
	struct damage *other = make(cd, "scratch count=20 seed=5");
	unsigned n_different = 0;

	(void)state;
	for (int64_t lba = 0; lba < CD_SECTORS; lba++) {
		bool is_good = is_read(first, lba, 100);

		assert_int_equal(is_good, is_read(second, lba, 100));
		n_different += is_good != is_read(other, lba, 100);
	}
	assert_true(n_different > 100);
	damage_free(first);
	damage_free(second);
	damage_free(other);
}

/* What can be read at some speed can be read at each lower one, and some sectors only there. */
static void test_lower_speed_helps_some(void **state)
{
	static const unsigned speeds[] = { 100, 50, 25, 5 };
	unsigned n_read[4] = { 0 };

	(void)state;
	for (unsigned i = 0; i < 4; i++) {
		struct damage *damage = make(cd, "ring lba=0-9999 dead=0.3 seed=9");

		for (int64_t lba = 0; lba < 10000; lba++)
			n_read[i] += is_read(damage, lba, speeds[i]);
		damage_free(damage);
	}
	/* A third of what is not dead needs its speed; nothing of it is good at the highest. */
	assert_int_equal(n_read[0], 0);
	for (unsigned i = 1; i < 4; i++)
		assert_true(n_read[i] > n_read[i - 1]);
	assert_in_range(n_read[3], 3300, 4200);
}

static void test_tries_help_some(void **state)
{
	struct damage *damage = make(cd, "ring lba=0-9999 dead=0.3 seed=9");
	unsigned n_read = 0, n_before = 0, n_more = 0;

	(void)state;
	for (unsigned n = 0; n < 20; n++) {
		n_before = n_read;
		n_read = 0;
		for (int64_t lba = 0; lba < 10000; lba++)
			n_read += is_read(damage, lba, 100);
		assert_true(n_read >= n_before);
		n_more += n_read > n_before;
	}
	/* Of the rest half need tries, the other half low speed. */
	assert_in_range(n_read, 3300, 3700);
	assert_in_range(n_more, 8, 14);
	damage_free(damage);
}

static void test_dead_sectors_stay_dead(void **state)
{
	struct damage *damage = make(cd, "ring lba=0-99 dead=100%");

	(void)state;
	for (unsigned n = 0; n < 300; n++)
		assert_false(is_read(damage, 50, 1));
	damage_free(damage);
}

/* A scratch along a radius meets each turn once: hits are one turn apart, which grows with the radius. */
static void test_a_scratch_hits_each_turn(void **state)
{
	struct damage *damage = make(cd, "scratch radius=30-40 angle=0.25 width=0.1 severity=1 dead=1");
	struct geometry geometry;
	int64_t lba, before = -1;
	uint32_t n_dead;

	(void)state;
	geometry_init(&geometry, cd);
	for (lba = 0; (lba = damage_next(damage, lba, CD_SECTORS)) < CD_SECTORS; lba++) {
		double turn_sectors = 2 * 3.14159265 * geometry_radius(&geometry, lba) / geometry.sector_mm;

		assert_in_range((uint64_t)(geometry_radius(&geometry, lba) * 1000), 29990, 40010);
		if (before >= 0)
			assert_in_range(lba - before, (uint64_t)turn_sectors - 1, (uint64_t)turn_sectors + 2);
		before = lba;
	}
	/* 10 mm are 6667 turns of 1.5 um. */
	assert_in_range(damage_count(damage, &n_dead), 6660, 6670);
	damage_free(damage);
	/* A wider one takes more sectors of each turn: 20 mm and a sector is 16 mm long. */
	damage = make(cd, "scratch radius=30-40 angle=0.25 width=20 severity=1 dead=1");
	assert_in_range(damage_count(damage, &n_dead), 6660, 3 * 6670);
	damage_free(damage);
}

static void test_rot_grows_outwards(void **state)
{
	struct damage *damage = make(cd, "rot severity=0.5 dead=1");
	unsigned n_bad[3] = { 0 };

	(void)state;
	for (int64_t lba = 0; lba < CD_SECTORS; lba++)
		n_bad[lba / (CD_SECTORS / 3)] += !is_read(damage, lba, 100);
	assert_true(n_bad[0] < n_bad[1] && n_bad[1] < n_bad[2]);
	assert_in_range(n_bad[2], 33000, 55000);
	damage_free(damage);
}

static void test_a_design_is_many_short_runs(void **state)
{
	struct damage *damage = make(cd, "design lba=1000-10999 count=200 length=2 seed=3");
	uint32_t n_dead, n = damage_count(damage, &n_dead);

	(void)state;
	assert_in_range(n, 350, 400);
	assert_int_equal(n, n_dead);
	assert_true(damage_next(damage, 0, CD_SECTORS) >= 1000);
	assert_int_equal(damage_next(damage, 11000, CD_SECTORS), CD_SECTORS);
	damage_free(damage);
}

static void test_marks_add_up(void **state)
{
	struct damage_marks marks[2];
	struct damage *damage;
	uint32_t n_dead;

	(void)state;
	assert_int_equal(parse("ring lba=10-19 dead=0", &marks[0], NULL), 0);
	assert_int_equal(parse("ring lba=15-24 dead=1", &marks[1], NULL), 0);
	assert_int_equal(damage_new(cd, marks, 2, &damage), 0);
	assert_int_equal(damage_count(damage, &n_dead), 15);
	assert_int_equal(n_dead, 10);
	damage_free(damage);
}

/* Marks beyond the medium, or of the whole of it. */
static void test_bounds(void **state)
{
	struct damage *damage = make(cd, "ring lba=-150-2147483647 dead=1");
	struct damage_result result;
	uint32_t n_dead;

	(void)state;
	assert_int_equal(damage_count(damage, &n_dead), CD_SECTORS);
	damage_read(damage, &(struct damage_try){ CD_SECTORS, 10, 100, 32 }, &result);
	assert_false(result.has_failed);
	damage_read(damage, &(struct damage_try){ -150, 150, 100, 32 }, &result);
	assert_false(result.has_failed);
	damage_free(damage);
	damage = make(cd, "scratch radius=0-60 count=3 width=20");
	damage_free(damage);
	damage = make(cd, "design lba=400000-500000");
	assert_int_equal(damage_count(damage, &n_dead), 0);
	damage_free(damage);
}

static void test_geometry(void **state)
{
	struct geometry geometry;
	double before = 0;

	(void)state;
	geometry_init(&geometry, dvd);
	assert_int_equal(geometry.n_layers, 1);
	for (int64_t lba = 0; lba < DVD_SECTORS; lba += 10000) {
		double radius = geometry_radius(&geometry, lba);

		assert_true(radius > before);
		assert_in_range(geometry_lba_at(&geometry, 0, radius), lba > 0 ? lba - 1 : 0, lba + 1);
		before = radius;
	}
	/* A full one ends near its rim. */
	assert_in_range((uint64_t)geometry_radius(&geometry, DVD_SECTORS - 1), 56, 59);
	assert_true(geometry_radius(&geometry, -150) == geometry.inner_mm);
}

static void test_two_layers(void **state)
{
	struct disc *disc = open_image("dvd-rom", 4170000);
	struct geometry geometry;

	(void)state;
	geometry_init(&geometry, disc);
	assert_int_equal(geometry.n_layers, 2);
	assert_int_equal(geometry_layer(&geometry, 2084999), 0);
	assert_int_equal(geometry_layer(&geometry, 2085000), 1);
	/* Back to the hub on the second. */
	assert_true(geometry_radius(&geometry, 2085000) > geometry_radius(&geometry, 4169999));
	assert_true(geometry_radius(&geometry, 4169999) == geometry.inner_mm);
	assert_in_range(geometry_lba_at(&geometry, 1, geometry_radius(&geometry, 3000000)), 2999999, 3000001);
	disc_close(disc);
}

static void test_wrong_words(void **state)
{
	static const char *const cases[] = {
		"ring",
		"ring dead=1",
		"ring lba=5-1",
		"ring lba=x",
		"ring lba=1-2 radius=30-40",
		"ring lba=1-2 count=4",
		"ring lba=1-2 severity=1.5",
		"ring lba=1-2 dead=-1",
		"ring lba=1-2 dead=101%",
		"ring lba=1-2 colour=red",
		"scratch radius=30",
		"scratch radius=40-30",
		"scratch radius=30-400",
		"scratch radius=1e1-30",
		"scratch width=0",
		"scratch width=nan",
		"scratch angle=1",
		"scratch count=0",
		"scratch length=3",
		"scratch seed=-1",
		"design length=0",
		"design width=1",
		"rot angle=0.5",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct damage_marks marks;
		struct discern_error err = { 0 };

		if (parse(cases[i], &marks, &err) != -EINVAL || strncmp(err.text, "fault: ", 7) != 0)
			fail_msg("\"%s\" is taken, or refused with \"%s\"", cases[i], err.text);
	}
	assert_false(damage_is_kind("read"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_no_marks),
		cmocka_unit_test(test_a_ring_is_where_it_is_said_to_be),
		cmocka_unit_test(test_the_same_in_every_run),
		cmocka_unit_test(test_lower_speed_helps_some),
		cmocka_unit_test(test_tries_help_some),
		cmocka_unit_test(test_dead_sectors_stay_dead),
		cmocka_unit_test(test_a_scratch_hits_each_turn),
		cmocka_unit_test(test_rot_grows_outwards),
		cmocka_unit_test(test_a_design_is_many_short_runs),
		cmocka_unit_test(test_marks_add_up),
		cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_geometry),
		cmocka_unit_test(test_two_layers),
		cmocka_unit_test(test_wrong_words),
	};

	return cmocka_run_group_tests(tests, set_up_all, tear_down_all);
}
