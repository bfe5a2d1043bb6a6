/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "unit/unit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "rip/identity.h"
#include "rip/output.h"

#define IDENTITY "DVD 0123456789abcdef sectors=100 16=aaaa 17=-"

static char folder[] = "/tmp/discern-output.XXXXXX";
static const struct output_job job = { "a.iso", IDENTITY, 100 };
static struct output output;
static struct map *map;
static struct discern_error err;

static int enter_folder(void **state)
{
	(void)state;
	return mkdtemp(folder) == NULL || chdir(folder) < 0;
}

static int leave_folder(void **state)
{
	(void)state;
	return chdir("/") < 0 || rmdir(folder) < 0;
}

static int clean(void **state)
{
	static const char *const names[] = { "a.iso", "a.iso.part", "a.iso.map", "a.iso.map.tmp" };

	(void)state;
	map = map_free(map);
	output_close(&output, NULL);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		unlink(names[i]);
	return 0;
}

static bool exists(const char *path)
{
	return access(path, F_OK) == 0;
}

static off_t size_of(const char *path)
{
	struct stat status;

	return stat(path, &status) == 0 ? status.st_size : -1;
}

static void put(const char *path, const void *data, size_t size)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0666);

	assert_true(fd >= 0);
	assert_int_equal(file_write_at(fd, data, size, 0), 0);
	close(fd);
}

static void put_text(const char *path, const char *text)
{
	put(path, text, strlen(text));
}

static int open_job(void)
{
	int ret;

	discern_error_clear(&err);
	map = map_free(map);
	ret = output_open(&output, &job, &map, &err);
	assert_int_equal(err.code, ret);
	return ret;
}

static void save(void)
{
	struct map_header header = { IDENTITY, 0, MAP_UNTRIED };
	size_t size = 0;
	char *text = map_format(map, &header, &size);

	assert_int_equal(output_save(&output, text, size, &err), 0);
	free(text);
}

static void test_a_job_from_begin_to_end(void **state)
{
	uint8_t sector[DISCERN_SECTOR_SIZE];

	(void)state;
	assert_int_equal(open_job(), 0);
	assert_false(output.is_resumed);
	assert_true(exists("a.iso.part") && exists("a.iso.map") && !exists("a.iso"));
	memset(sector, 7, sizeof(sector));
	assert_int_equal(output_write(&output, sector, sizeof(sector), 3 * sizeof(sector)), 0);
	assert_int_equal(output_finish(&output, 100 * sizeof(sector), false, &err), 0);
	output_close(&output, map);
	assert_true(exists("a.iso") && !exists("a.iso.part") && !exists("a.iso.map"));
	assert_int_equal(size_of("a.iso"), 100 * sizeof(sector));
}

static void test_nothing_is_left_of_a_job_that_read_nothing(void **state)
{
	(void)state;
	assert_int_equal(open_job(), 0);
	output_close(&output, map);
	assert_false(exists("a.iso.part") || exists("a.iso.map") || exists("a.iso"));
}

static void test_a_stopped_job_goes_on(void **state)
{
	uint8_t data[10 * DISCERN_SECTOR_SIZE] = { 1 };

	(void)state;
	assert_int_equal(open_job(), 0);
	assert_int_equal(output_write(&output, data, sizeof(data), 0), 0);
	map_set(map, 0, 10, MAP_GOOD);
	save();
	output_close(&output, map);
	assert_int_equal(open_job(), 0);
	assert_true(output.is_resumed);
	assert_int_equal(map_count(map, MAP_GOOD), 10);
}

static void test_an_image_with_bad_sectors_goes_on_in_place(void **state)
{
	(void)state;
	assert_int_equal(open_job(), 0);
	map_set(map, 0, 90, MAP_GOOD);
	map_set(map, 90, 10, MAP_BAD);
	save();
	assert_int_equal(output_finish(&output, 100 * DISCERN_SECTOR_SIZE, true, &err), 0);
	output_close(&output, map);
	assert_true(exists("a.iso") && exists("a.iso.map"));
	assert_int_equal(open_job(), 0);
	assert_true(output.is_resumed);
	assert_string_equal(output.path, "a.iso");
	assert_int_equal(map_count(map, MAP_BAD), 10);
	assert_int_equal(output_finish(&output, 100 * DISCERN_SECTOR_SIZE, false, &err), 0);
	output_close(&output, map);
	assert_true(exists("a.iso") && !exists("a.iso.map"));
}

static void test_what_the_file_cannot_hold_was_not_read(void **state)
{
	(void)state;
	assert_int_equal(open_job(), 0);
	map_set(map, 0, 100, MAP_GOOD);
	save();
	assert_int_equal(ftruncate(output.fd, 40 * DISCERN_SECTOR_SIZE + 5), 0);
	output_close(&output, map);
	assert_int_equal(open_job(), 0);
	assert_int_equal(map_count(map, MAP_GOOD), 40);
	assert_int_equal(map_count(map, MAP_UNTRIED), 60);
}

static void test_maps_of_other_sizes_are_fitted(void **state)
{
	(void)state;
	put("a.iso.part", "", 0);
	assert_int_equal(truncate("a.iso.part", 200 * DISCERN_SECTOR_SIZE), 0);
	put_text("a.iso.map", "0 +\n0 0x64000 +\n");
	assert_int_equal(open_job(), 0);
	assert_int_equal(map_n_sectors(map), 100);
	assert_int_equal(map_count(map, MAP_GOOD), 100);
	output_close(&output, map);
	put_text("a.iso.map", "0 +\n0 0x800 +\n");
	assert_int_equal(open_job(), 0);
	assert_int_equal(map_n_sectors(map), 100);
	assert_int_equal(map_count(map, MAP_GOOD), 1);
}

static void test_a_good_image_is_never_touched(void **state)
{
	(void)state;
	put_text("a.iso", "precious");
	assert_int_equal(open_job(), -EEXIST);
	assert_int_equal(size_of("a.iso"), 8);
	/* A map that says nothing was read makes it no job of ours. */
	put_text("a.iso.map", "# discern disc " IDENTITY "\n0 ?\n0 0x32000 ?\n");
	assert_int_equal(open_job(), -EEXIST);
	put_text("a.iso.part", "x");
	assert_int_equal(open_job(), -EEXIST);
	assert_int_equal(size_of("a.iso"), 8);
	assert_true(exists("a.iso.map"));
}

static void test_files_of_others_are_never_touched(void **state)
{
	(void)state;
	put_text("a.iso.part", "a download of a browser");
	assert_int_equal(open_job(), -EEXIST);
	assert_int_equal(size_of("a.iso.part"), 23);
	unlink("a.iso.part");
	put_text("a.iso.map", "# Mapfile. Created by GNU ddrescue\n0 +\n0 0x32000 +\n");
	assert_int_equal(open_job(), -EEXIST);
	assert_true(size_of("a.iso.map") > 40);
	put_text("a.iso.map", "not a map at all");
	assert_int_equal(open_job(), -EEXIST);
}

static void test_leftovers_of_our_own_are_replaced(void **state)
{
	(void)state;
	put("a.iso.part", "", 0);
	put_text("a.iso.map", "# discern disc " IDENTITY "\n0 +\n0 0x32000 +\n");
	assert_int_equal(open_job(), 0);
	assert_int_equal(map_count(map, MAP_GOOD), 0);
	output_close(&output, map);
	unlink("a.iso.part");
	put_text("a.iso.map", "# discern disc " IDENTITY "\n0 +\n0 0x32000 +\n");
	assert_int_equal(open_job(), 0);
	assert_false(output.is_resumed);
	assert_int_equal(map_count(map, MAP_GOOD), 0);
}

static void test_another_disc_is_refused(void **state)
{
	(void)state;
	put("a.iso.part", "", 0);
	assert_int_equal(truncate("a.iso.part", 100 * DISCERN_SECTOR_SIZE), 0);
	put_text("a.iso.map", "# discern disc DVD 0123456789abcdef sectors=100 16=bbbb 17=-\n0 ?\n0 0x800 +\n");
	assert_int_equal(open_job(), -ESTALE);
	assert_int_equal(size_of("a.iso.part"), 100 * DISCERN_SECTOR_SIZE);
}

static void test_a_damaged_map_is_refused(void **state)
{
	(void)state;
	put_text("a.iso.part", "something");
	put_text("a.iso.map", "0 ?\n0x0 0x8");
	assert_int_equal(open_job(), -EINVAL);
	assert_int_equal(size_of("a.iso.part"), 9);
	assert_true(err.hint[0] != '\0');
}

static void test_two_at_once(void **state)
{
	struct output second;
	struct map *second_map = NULL;

	(void)state;
	assert_int_equal(open_job(), 0);
	assert_int_equal(output_open(&second, &job, &second_map, &err), -EBUSY);
	assert_true(exists("a.iso.part") && exists("a.iso.map"));
}

static void test_a_name_taken_meanwhile(void **state)
{
	(void)state;
	assert_int_equal(open_job(), 0);
	map_set(map, 0, 100, MAP_GOOD);
	save();
	put_text("a.iso", "precious");
	assert_int_equal(output_finish(&output, 100 * DISCERN_SECTOR_SIZE, false, &err), -EEXIST);
	output_close(&output, map);
	assert_int_equal(size_of("a.iso"), 8);
	assert_true(exists("a.iso.part") && exists("a.iso.map"));
}

static void test_folders(void **state)
{
	(void)state;
	assert_int_equal(output_check_folder("a.iso", &err), 0);
	assert_int_equal(output_check_folder("/tmp/a.iso", &err), 0);
	assert_int_equal(output_check_folder("missing/a.iso", &err), -ENOENT);
	put_text("a.iso", "x");
	assert_int_equal(output_check_folder("a.iso/b.iso", &err), -ENOTDIR);
	assert_true(err.hint[0] != '\0');
}

static void test_space(void **state)
{
	(void)state;
	assert_int_equal(open_job(), 0);
	assert_int_equal(output_check_space(&output, 100 * DISCERN_SECTOR_SIZE, &err), 0);
	assert_int_equal(output_check_space(&output, (uint64_t)1 << 60, &err), -ENOSPC);
	assert_non_null(strstr(err.text, "missing"));
}

static void test_identities(void **state)
{
	(void)state;
	assert_true(identity_matches(IDENTITY, IDENTITY));
	assert_true(identity_matches("CD 1 sectors=100 16=a 17=b", "CD 1 sectors=102 16=a 17=-"));
	assert_true(identity_matches("CD 1 sectors=100 16=- 17=b", "CD 1 sectors=100 16=a 17=b"));
	assert_false(identity_matches("CD 1 sectors=100 16=a 17=b", "CD 1 sectors=100 16=a 17=c"));
	assert_false(identity_matches("CD 1 sectors=100 16=a", "CD 1 sectors=200 16=a"));
	assert_false(identity_matches("CD 1 sectors=100 16=a", "CD 2 sectors=100 16=a"));
	assert_false(identity_matches("CD 1 sectors=100 16=a", "DVD 1 sectors=100 16=a"));
	/* Versions differ in what they note. */
	assert_true(identity_matches("CD 1 sectors=100 16=a", "CD 1 sectors=100"));
	assert_true(identity_matches("CD 1 sectors=100 16=a 64=b", "CD 1 sectors=100 16=a 128=c"));
	assert_false(identity_matches("CD 1 sectors=100 16=a 64=b", "CD 1 sectors=100 16=a 32=d 64=c"));
	/* A drive that only reads may tell other tracks of a recordable DVD. */
	assert_false(identity_matches("CD 1 sectors=9 1=a 2=b 3=c 4=d", "CD 2 sectors=9 1=a 2=b 3=c 4=d"));
	assert_true(identity_matches("DVD 1 sectors=9 1=a 2=b 3=c 4=d", "DVD 2 sectors=9 1=a 2=b 3=c 4=d"));
	assert_false(identity_matches("DVD 1 sectors=9 1=a 2=b 3=c 4=-", "DVD 2 sectors=9 1=a 2=b 3=c 4=d"));
	assert_false(identity_matches("", "CD"));
}

static void difference(const char *was, const char *disc, const char *expected)
{
	char words[128];

	identity_tell_difference(was, disc, words, sizeof(words));
	assert_string_equal(words, expected);
}

static void test_difference(void **state)
{
	char identity[IDENTITY_SIZE] = "CD 1 sectors=100 16=- 17=b";

	(void)state;
	difference("CD 1 sectors=100", "DVD 1 sectors=100", "a CD, not a DVD");
	difference("CD 1 sectors=100", "CD 1 sectors=200", "100 sectors, not 200");
	difference("CD 1 sectors=100 16=a", "CD 2 sectors=100 16=b", "other tracks (TOC)");
	difference("CD 1 sectors=100 16=a 64=b", "CD 1 sectors=100 16=a 64=c", "sector 64 differs");
	difference("", "CD 1 sectors=100", "the map tells of none");
	identity_complete(identity, "CD 1 sectors=102 16=a 17=- 18=c");
	assert_string_equal(identity, "CD 1 sectors=100 16=a 17=b");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_a_job_from_begin_to_end, clean),
		cmocka_unit_test_teardown(test_nothing_is_left_of_a_job_that_read_nothing, clean),
		cmocka_unit_test_teardown(test_a_stopped_job_goes_on, clean),
		cmocka_unit_test_teardown(test_an_image_with_bad_sectors_goes_on_in_place, clean),
		cmocka_unit_test_teardown(test_what_the_file_cannot_hold_was_not_read, clean),
		cmocka_unit_test_teardown(test_maps_of_other_sizes_are_fitted, clean),
		cmocka_unit_test_teardown(test_a_good_image_is_never_touched, clean),
		cmocka_unit_test_teardown(test_files_of_others_are_never_touched, clean),
		cmocka_unit_test_teardown(test_leftovers_of_our_own_are_replaced, clean),
		cmocka_unit_test_teardown(test_another_disc_is_refused, clean),
		cmocka_unit_test_teardown(test_a_damaged_map_is_refused, clean),
		cmocka_unit_test_teardown(test_two_at_once, clean),
		cmocka_unit_test_teardown(test_a_name_taken_meanwhile, clean),
		cmocka_unit_test_teardown(test_folders, clean),
		cmocka_unit_test_teardown(test_space, clean),
		cmocka_unit_test(test_identities),
		cmocka_unit_test(test_difference),
	};

	output.fd = -1;
	return cmocka_run_group_tests(tests, enter_folder, leave_folder);
}
