/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fs/damage.h"
#include "fs/files.h"
#include "fs/volume.h"
#include "support/memory_source.h"
#include "support/udf_make.h"
#include "support/volume_make.h"
#include "unit/unit.h"

static char *copy(const char *text)
{
	return strdup(text);
}

static void files_and_extents_are_kept(void **state)
{
	struct file_list list = { 0 };

	(void)state;
	assert_int_equal(files_add(&list, copy(""), true), 0);
	assert_int_equal(files_add(&list, files_join("", "b"), false), 1);
	assert_string_equal(list.files[1].path, "/b");
	assert_int_equal(files_add(&list, NULL, false), -ENOMEM);
	assert_int_equal(files_add_extent(&list, &(struct file_extent){ 20, 3, 1 }), 0);
	assert_int_equal(files_add_extent(&list, &(struct file_extent){ 10, 0, 1 }), 0);
	assert_int_equal(files_add_extent(&list, &(struct file_extent){ 10, 5, FILES_STRUCTURE }), 0);
	assert_int_equal(files_add_extent(&list, &(struct file_extent){ 10, 5, 0 }), 0);
	files_sort(&list);
	assert_int_equal(list.n_extents, 3);
	assert_int_equal(list.extents[0].file, 0);
	assert_int_equal(list.extents[1].file, FILES_STRUCTURE);
	assert_int_equal(list.extents[2].start, 20);
	files_clear(&list);
	assert_int_equal(list.n_files, 0);
}

static void long_paths_are_cut(void **state)
{
	char *path = copy("");

	(void)state;
	for (int i = 0; i < 2000; i++) {
		char *longer = files_join(path, "a name");

		free(path);
		path = longer;
		assert_true(strlen(path) < 8192);
	}
	free(path);
}

/* Sectors from 100 on are bad, those below 50 differ. */
static void count(void *user, uint32_t lba, uint32_t n_sectors, struct damage_count *ret)
{
	++*(unsigned *)user;
	for (uint32_t i = lba; i < lba + n_sectors; i++) {
		ret->n_bad += i >= 100;
		ret->n_different += i < 50;
	}
}

static void damage_is_told_by_path(void **state)
{
	struct file_list list = { 0 };
	struct damage damage;
	unsigned n_calls = 0;

	(void)state;
	files_add(&list, copy(""), true);
	files_add(&list, copy("/z"), false);
	files_add(&list, copy("/good"), false);
	files_add(&list, copy("/a"), false);
	files_add_extent(&list, &(struct file_extent){ 98, 4, 1 });
	files_add_extent(&list, &(struct file_extent){ 60, 4, 2 });
	files_add_extent(&list, &(struct file_extent){ 49, 2, 3 });
	files_add_extent(&list, &(struct file_extent){ 200, 1, 3 });
	files_add_extent(&list, &(struct file_extent){ 0, 300, FILES_STRUCTURE });
	files_add_extent(&list, &(struct file_extent){ 101, 1, 0 });
	assert_int_equal(damage_find(&list, count, &n_calls, &damage), 0);
	assert_int_equal(n_calls, 5);
	assert_int_equal(damage.n_files, 3);
	assert_int_equal(damage.n_damaged_files, 3);
	assert_string_equal(damage.damaged_files[0].path, "/");
	assert_true(damage.damaged_files[0].is_folder);
	assert_string_equal(damage.damaged_files[1].path, "/a");
	assert_int_equal(damage.damaged_files[1].n_bad_sectors, 1);
	assert_int_equal(damage.damaged_files[1].n_different_sectors, 1);
	assert_string_equal(damage.damaged_files[2].path, "/z");
	assert_int_equal(damage.damaged_files[2].n_bad_sectors, 2);
	damage_free_files(damage.damaged_files, damage.n_damaged_files);
	files_clear(&list);
}

/* Lists the volume of an image of UDF, to which ISO 9660 was added; the number of files. */
static size_t list_names(uint8_t *image, int32_t bad_lba, bool *ret_is_udf)
{
	struct memory_source source;
	struct discern_volume volume;
	struct file_list list;
	size_t n;
	bool found;

	memory_source_init(&source, image, VOLUME_SECTORS);
	assert_int_equal(volume_probe(&source.source, 0, &volume, &found, NULL), 0);
	assert_true(volume.has_udf && volume.has_iso9660);
	if (bad_lba > 0)
		memory_source_damage(&source, bad_lba, 1, -EIO);
	assert_int_equal(files_list(&source.source, 0, &volume, &list, NULL), 0);
	n = list.n_files;
	*ret_is_udf = false;
	for (size_t i = 0; i < n; i++)
		*ret_is_udf = *ret_is_udf || strcmp(list.files[i].path, "/file") == 0;
	files_clear(&list);
	return n;
}

static void the_best_names_are_taken(void **state)
{
	uint8_t *image = udf_make_volume(UDF_MAKE_PLAIN);
	bool is_udf;

	(void)state;
	/* Its recognition sequence makes room. */
	for (uint32_t i = 0; i < 3; i++)
		memcpy(volume_sector(image, 20 + i), volume_sector(image, 16 + i), DISCERN_SECTOR_SIZE);
	volume_add_iso9660(image, "A LABEL");
	assert_int_equal(list_names(image, 0, &is_udf), 6);
	assert_true(is_udf);
	/* Where UDF cannot be read, ISO 9660 is there. */
	assert_int_equal(list_names(image, VOLUME_PARTITION, &is_udf), 1);
	assert_false(is_udf);
	volume_add_rock_ridge(image);
	assert_int_equal(list_names(image, 0, &is_udf), 1);
	assert_false(is_udf);
	free(image);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(files_and_extents_are_kept),
		cmocka_unit_test(long_paths_are_cut),
		cmocka_unit_test(damage_is_told_by_path),
		cmocka_unit_test(the_best_names_are_taken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
