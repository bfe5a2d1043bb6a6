/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "fs/files.h"
#include "fs/volume.h"
#include "support/memory_source.h"
#include "support/udf_make.h"
#include "support/volume_make.h"
#include "unit/unit.h"

#define SECTOR DISCERN_SECTOR_SIZE

/* Where data of the volumes of udf_make_volume() begin on the disc. */
#define DATA(block) (VOLUME_PARTITION + (block))

struct fixture {
	uint8_t *image;
	enum udf_make_kind kind;
	struct memory_source source;
	struct discern_volume volume;
	struct file_list list;
};

static int set_up(void **state)
{
	*state = calloc(1, sizeof(struct fixture));
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	files_clear(&f->list);
	free(f->image);
	free(f);
	return 0;
}

static void make(struct fixture *f, enum udf_make_kind kind)
{
	files_clear(&f->list);
	free(f->image);
	f->kind = kind;
	f->image = udf_make_volume(kind);
	assert_non_null(f->image);
	memory_source_init(&f->source, f->image, VOLUME_SECTORS);
}

static void list(struct fixture *f)
{
	bool found;

	files_clear(&f->list);
	assert_int_equal(volume_probe(&f->source.source, 0, &f->volume, &found, NULL), 0);
	assert_true(found);
	assert_int_equal(files_list(&f->source.source, 0, &f->volume, &f->list, NULL), 0);
}

/* The file of that path; UINT32_MAX if there is none. */
static uint32_t find(const struct fixture *f, const char *path)
{
	for (size_t i = 0; i < f->list.n_files; i++)
		if (strcmp(f->list.files[i].path, path) == 0)
			return (uint32_t)i;
	return UINT32_MAX;
}

/* Sectors of a file (or FILES_STRUCTURE) in the range. */
static uint32_t count_in(const struct fixture *f, uint32_t file, uint32_t start, uint32_t n_sectors)
{
	uint32_t n = 0;

	for (size_t i = 0; i < f->list.n_extents; i++) {
		const struct file_extent *extent = &f->list.extents[i];

		for (uint32_t k = 0; extent->file == file && k < extent->n_sectors; k++)
			n += extent->start + k >= start && extent->start + k < start + n_sectors;
	}
	return n;
}

static uint32_t count_all(const struct fixture *f, uint32_t file)
{
	return count_in(f, file, 0, VOLUME_SECTORS);
}

static void expect_all(struct fixture *f)
{
	static const char *const files[] = { "/file", "/link" };
	uint32_t icb = udf_make_lba(f->kind, 4), file;

	assert_int_equal(f->list.n_files, 6);
	assert_int_equal(f->list.n_unread_folders, 0);
	for (size_t i = 0; i < 2; i++) {
		file = find(f, files[i]);
		assert_int_not_equal(file, UINT32_MAX);
		assert_int_equal(f->list.files[file].size_bytes, 9000);
		assert_int_equal(count_in(f, file, icb, 1), 1);
		assert_int_equal(count_in(f, file, DATA(60), 3), 3);
		assert_int_equal(count_in(f, file, DATA(70), 2), 2);
		assert_int_equal(count_all(f, file), 6);
	}
	file = find(f, "/folder/Größe");
	assert_int_not_equal(file, UINT32_MAX);
	assert_int_equal(count_in(f, file, DATA(80), 1), 1);
	assert_int_equal(count_all(f, file), 2);
	file = find(f, "/embedded");
	assert_int_equal(f->list.files[file].size_bytes, 5);
	assert_int_equal(count_in(f, file, udf_make_lba(f->kind, 8), 1), 1);
	assert_int_equal(count_all(f, file), 1);
	file = find(f, "/folder");
	assert_true(f->list.files[file].is_folder);
	assert_int_equal(count_in(f, file, udf_make_lba(f->kind, 5), 1), 1);
	assert_int_equal(count_in(f, file, udf_make_lba(f->kind, 6), 1), 1);
	assert_int_equal(count_all(f, file), 2);
	assert_int_equal(count_in(f, FILES_STRUCTURE, icb, 1), f->kind == UDF_MAKE_METADATA_MAP ? 3 : 2);
	assert_int_equal(count_in(f, FILES_STRUCTURE, VOLUME_SEQUENCE, 16), 16);
	assert_int_equal(count_in(f, FILES_STRUCTURE, VOLUME_RESERVE, 16), 16);
	assert_int_equal(count_in(f, FILES_STRUCTURE, VOLUME_INTEGRITY, 1), 1);
	assert_int_equal(count_in(f, FILES_STRUCTURE, 256, 1), 1);
	assert_int_equal(count_in(f, FILES_STRUCTURE, VOLUME_SECTORS - 1, 1), 1);
}

static void all_kinds_of_partitions_are_read(void **state)
{
	struct fixture *f = *state;

	for (int kind = 0; kind < UDF_MAKE_N_KINDS; kind++) {
		make(f, (enum udf_make_kind)kind);
		list(f);
		expect_all(f);
	}
}

static void the_reserve_sequence_helps(void **state)
{
	struct fixture *f = *state;

	for (int kind = 0; kind < UDF_MAKE_N_KINDS; kind++)
		for (int32_t i = 0; i < 16; i++) {
			make(f, (enum udf_make_kind)kind);
			memory_source_damage(&f->source, VOLUME_SEQUENCE + i, 1, -EIO);
			list(f);
			expect_all(f);
		}
	/* A wrong byte as well. */
	make(f, UDF_MAKE_PLAIN);
	volume_sector(f->image, VOLUME_SEQUENCE + 1)[188] ^= 1;
	list(f);
	expect_all(f);
}

static void the_last_anchor_helps(void **state)
{
	struct fixture *f = *state;

	make(f, UDF_MAKE_PLAIN);
	memory_source_damage(&f->source, 256, 1, -EIO);
	list(f);
	assert_int_equal(f->list.n_files, 6);
}

static void an_unreadable_entry_is_the_files_damage(void **state)
{
	struct fixture *f = *state;
	uint32_t file;

	make(f, UDF_MAKE_PLAIN);
	memory_source_damage(&f->source, (int32_t)udf_make_lba(f->kind, 4), 1, -EIO);
	memory_source_damage(&f->source, (int32_t)udf_make_lba(f->kind, 5), 1, -EIO);
	list(f);
	assert_int_equal(f->list.n_files, 5);
	file = find(f, "/file");
	assert_int_equal(count_all(f, file), 1);
	assert_int_equal(count_in(f, file, udf_make_lba(f->kind, 4), 1), 1);
	file = find(f, "/folder");
	assert_true(f->list.files[file].is_folder);
	assert_int_equal(count_in(f, file, udf_make_lba(f->kind, 5), 1), 1);
	assert_int_equal(f->list.n_unread_folders, 1);
}

static void an_entry_with_a_wrong_sum_is_none(void **state)
{
	struct fixture *f = *state;
	static const size_t places[] = { 0, 4, 8, 12, 16, 56, 170, 176 };

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		make(f, UDF_MAKE_PLAIN);
		volume_sector(f->image, udf_make_lba(f->kind, 4))[places[i]] ^= 4;
		list(f);
		assert_int_equal(f->list.files[find(f, "/file")].size_bytes, 0);
		assert_int_equal(count_in(f, find(f, "/file"), DATA(60), 3), 0);
		assert_int_equal(f->list.n_unread_folders, 0);
	}
}

static void metadata_comes_from_the_mirror(void **state)
{
	struct fixture *f = *state;

	make(f, UDF_MAKE_METADATA_MAP);
	/* Blocks of the main file. */
	memory_source_damage(&f->source, (int32_t)udf_make_lba(f->kind, 0), 4, -EIO);
	memory_source_damage(&f->source, (int32_t)udf_make_lba(f->kind, 4), 5, -EIO);
	list(f);
	expect_all(f);
	/* Its ICB as well: what is read is what the mirror has, and where. */
	make(f, UDF_MAKE_METADATA_MAP);
	memory_source_damage(&f->source, VOLUME_PARTITION + 10, 1, -EIO);
	list(f);
	assert_int_equal(f->list.n_files, 6);
	assert_int_equal(count_in(f, find(f, "/folder"), VOLUME_PARTITION + 32, 16), 2);
}

static void a_vat_of_udf_150_is_read(void **state)
{
	struct fixture *f = *state;
	uint32_t entries[10];

	make(f, UDF_MAKE_VIRTUAL);
	for (uint32_t i = 0; i < 10; i++)
		entries[i] = udf_make_lba(f->kind, i) - VOLUME_PARTITION;
	udf_make_vat_150(f->image, VOLUME_PARTITION + 120, 120, entries, 10);
	list(f);
	expect_all(f);
	/* A later one counts: the folder is gone from it. */
	entries[5] = UINT32_MAX;
	udf_make_vat_150(f->image, VOLUME_PARTITION + 130, 130, entries, 10);
	list(f);
	assert_int_equal(count_all(f, find(f, "/folder")), 0);
	assert_int_equal(f->list.n_unread_folders, 1);
	/* That one unreadable: the one before tells what was there then. */
	memory_source_damage(&f->source, VOLUME_PARTITION + 130, 1, -EIO);
	list(f);
	expect_all(f);
}

/* "file" of a plain volume becomes one with other descriptors. */
static void set_descriptors(struct fixture *f, unsigned kind, uint64_t size, const uint8_t *bytes, size_t n)
{
	udf_make_entry(f->image, &(struct udf_make_entry){ .lba = udf_make_lba(f->kind, 4),
							   .block = 4,
							   .is_extended = true,
							   .type = UDF_MAKE_FILE,
							   .kind = kind,
							   .size_bytes = size,
							   .bytes = bytes,
							   .n_bytes = n });
	list(f);
}

static void holes_are_nowhere(void **state)
{
	struct fixture *f = *state;
	uint8_t bytes[64];
	size_t n;

	make(f, UDF_MAKE_PLAIN);
	n = udf_make_descriptor(bytes, UDF_MAKE_SHORT, 2 * SECTOR, 60, 0);
	n += udf_make_descriptor(bytes + n, UDF_MAKE_SHORT, 1U << 30 | 5 * SECTOR, 70, 0);
	n += udf_make_descriptor(bytes + n, UDF_MAKE_SHORT, 2U << 30 | 4 * SECTOR, 0, 0);
	n += udf_make_descriptor(bytes + n, UDF_MAKE_SHORT, SECTOR, 90, 0);
	/* What is reserved behind the end is not the file's data. */
	n += udf_make_descriptor(bytes + n, UDF_MAKE_SHORT, SECTOR, 91, 0);
	set_descriptors(f, UDF_MAKE_SHORT, 12 * SECTOR, bytes, n);
	assert_int_equal(count_all(f, find(f, "/file")), 4);
	assert_int_equal(count_in(f, find(f, "/file"), DATA(90), 1), 1);
	assert_int_equal(f->list.files[find(f, "/file")].size_bytes, 12 * SECTOR);
}

static void descriptors_go_on_elsewhere(void **state)
{
	struct fixture *f = *state;
	uint8_t bytes[64], more[64];
	size_t n;

	make(f, UDF_MAKE_PLAIN);
	n = udf_make_descriptor(bytes, UDF_MAKE_LONG, SECTOR, 60, 0);
	n += udf_make_descriptor(bytes + n, UDF_MAKE_LONG, 3U << 30 | SECTOR, 100, 0);
	udf_make_descriptor(more, UDF_MAKE_LONG, SECTOR, 62, 0);
	udf_make_descriptor(more + 16, UDF_MAKE_LONG, 3U << 30 | SECTOR, 101, 0);
	udf_make_allocation_extent(f->image, DATA(100), 100, more, 32);
	udf_make_descriptor(more, UDF_MAKE_LONG, SECTOR, 64, 0);
	udf_make_allocation_extent(f->image, DATA(101), 101, more, 16);
	set_descriptors(f, UDF_MAKE_LONG, 3 * SECTOR, bytes, n);
	assert_int_equal(count_all(f, find(f, "/file")), 6);
	assert_int_equal(count_in(f, find(f, "/file"), DATA(100), 2), 2);
	assert_int_equal(count_in(f, find(f, "/file"), DATA(64), 1), 1);
	/* One that cannot be read is damage to the file. */
	memory_source_damage(&f->source, DATA(101), 1, -EIO);
	list(f);
	assert_int_equal(count_in(f, find(f, "/file"), DATA(101), 1), 1);
	assert_int_equal(count_in(f, find(f, "/file"), DATA(64), 1), 0);
}

static void endless_descriptors_end(void **state)
{
	struct fixture *f = *state;
	uint8_t bytes[32];

	make(f, UDF_MAKE_PLAIN);
	udf_make_descriptor(bytes, UDF_MAKE_SHORT, 3U << 30 | SECTOR, 100, 0);
	udf_make_allocation_extent(f->image, DATA(100), 100, bytes, 8);
	set_descriptors(f, UDF_MAKE_SHORT, UINT64_MAX, bytes, 8);
	assert_int_equal(count_in(f, find(f, "/file"), DATA(100), 1), 1);
	/* With data in each round: up to the limits. */
	udf_make_descriptor(bytes, UDF_MAKE_SHORT, 0x3ffff800, 60, 0);
	udf_make_descriptor(bytes + 8, UDF_MAKE_SHORT, 3U << 30 | SECTOR, 100, 0);
	udf_make_allocation_extent(f->image, DATA(100), 100, bytes, 16);
	set_descriptors(f, UDF_MAKE_SHORT, UINT64_MAX, bytes, 16);
	assert_true(f->source.n_reads < 70000);
}

static void strategy_4096_leads_to_the_last_entry(void **state)
{
	struct fixture *f = *state;
	uint8_t bytes[16];
	struct udf_make_entry entry = { .lba = DATA(4),
					.block = 4,
					.type = UDF_MAKE_FILE,
					.strategy = 4096,
					.kind = UDF_MAKE_SHORT,
					.size_bytes = SECTOR,
					.bytes = bytes };
	uint32_t file;

	make(f, UDF_MAKE_PLAIN);
	/* Behind its ICB there is another one: not its own, as it is no indirect entry. */
	entry.n_bytes = udf_make_descriptor(bytes, UDF_MAKE_SHORT, SECTOR, 60, 0);
	entry.lba = DATA(110);
	entry.block = 110;
	udf_make_entry(f->image, &entry);
	udf_make_indirect(f->image, DATA(111), 111, 114);
	entry.lba = DATA(114);
	entry.block = 114;
	udf_make_descriptor(bytes, UDF_MAKE_SHORT, SECTOR, 66, 0);
	udf_make_entry(f->image, &entry);
	/* "file" itself is the indirect entry that leads there. */
	udf_make_indirect(f->image, DATA(4), 4, 110);
	list(f);
	file = find(f, "/file");
	assert_int_equal(count_in(f, file, DATA(66), 1), 1);
	assert_int_equal(count_in(f, file, DATA(60), 1), 0);
	assert_int_equal(count_in(f, file, DATA(110), 5), 3);
	/* In a circle there is no end. */
	udf_make_indirect(f->image, DATA(4), 4, 4);
	list(f);
	assert_int_equal(f->list.files[find(f, "/file")].size_bytes, 0);
}

static void a_folder_in_itself_ends(void **state)
{
	struct fixture *f = *state;
	uint8_t bytes[128];
	size_t n;

	make(f, UDF_MAKE_PLAIN);
	n = udf_make_identifier(bytes, "again", UDF_MAKE_IS_FOLDER, 5, 5);
	n += udf_make_identifier(bytes + n, "root", UDF_MAKE_IS_FOLDER, 2, 5);
	/* In its ICB, this time. */
	udf_make_entry(f->image, &(struct udf_make_entry){ .lba = DATA(5),
							   .block = 5,
							   .type = UDF_MAKE_FOLDER,
							   .kind = UDF_MAKE_EMBEDDED,
							   .size_bytes = n,
							   .bytes = bytes,
							   .n_bytes = n });
	list(f);
	assert_int_not_equal(find(f, "/folder/again"), UINT32_MAX);
	assert_int_not_equal(find(f, "/folder/root"), UINT32_MAX);
	assert_int_equal(f->list.n_files, 7);
}

static void hidden_files_are_files(void **state)
{
	struct fixture *f = *state;
	uint8_t bytes[256];
	size_t n;

	make(f, UDF_MAKE_PLAIN);
	n = udf_make_identifier(bytes, "Non-Allocatable Space", UDF_MAKE_HIDDEN, 4, 2);
	n += udf_make_identifier(bytes + n, "hidden/file", UDF_MAKE_HIDDEN, 4, 2);
	n += udf_make_identifier(bytes + n, "", 0, 8, 2);
	udf_make_entry(f->image, &(struct udf_make_entry){ .lba = DATA(2),
							   .block = 2,
							   .type = UDF_MAKE_FOLDER,
							   .kind = UDF_MAKE_EMBEDDED,
							   .size_bytes = n,
							   .bytes = bytes,
							   .n_bytes = n });
	list(f);
	assert_int_equal(f->list.n_files, 3);
	assert_int_not_equal(find(f, "/hidden_file"), UINT32_MAX);
	assert_int_not_equal(find(f, "/?"), UINT32_MAX);
}

/* A folder of three blocks, full of names that go over their borders. */
static size_t make_large_folder(struct fixture *f)
{
	AUTO_FREE uint8_t *bytes = calloc(4, SECTOR);
	uint8_t descriptor[8];
	size_t n = 0, n_names = 0;

	for (; n < (size_t)2 * SECTOR + 1000; n_names++) {
		char name[40];

		snprintf(name, sizeof(name), "a name of number %zu", n_names);
		n += udf_make_identifier(bytes + n, name, 0, 8, (uint32_t)(90 + n / SECTOR));
	}
	memcpy(volume_sector(f->image, DATA(90)), bytes, (size_t)3 * SECTOR);
	udf_make_descriptor(descriptor, UDF_MAKE_SHORT, (uint32_t)n, 90, 0);
	udf_make_entry(f->image, &(struct udf_make_entry){ .lba = DATA(5),
							   .block = 5,
							   .type = UDF_MAKE_FOLDER,
							   .kind = UDF_MAKE_SHORT,
							   .size_bytes = n,
							   .bytes = descriptor,
							   .n_bytes = 8 });
	return n_names;
}

static void names_behind_damage_are_found(void **state)
{
	struct fixture *f = *state;
	size_t n_names;
	char last[60];

	make(f, UDF_MAKE_PLAIN);
	n_names = make_large_folder(f);
	list(f);
	assert_int_equal(f->list.n_files, 5 + n_names);
	assert_int_equal(f->list.n_unread_folders, 0);
	memory_source_damage(&f->source, DATA(91), 1, -EIO);
	list(f);
	assert_int_equal(f->list.n_unread_folders, 1);
	assert_int_not_equal(find(f, "/folder/a name of number 0"), UINT32_MAX);
	snprintf(last, sizeof(last), "/folder/a name of number %zu", n_names - 1);
	assert_int_not_equal(find(f, last), UINT32_MAX);
	assert_true(f->list.n_files > 5 + n_names / 2 && f->list.n_files < 5 + n_names);
	assert_int_equal(count_in(f, find(f, "/folder"), DATA(91), 1), 1);
}

static void trouble_of_the_source_is_told(void **state)
{
	struct fixture *f = *state;
	bool found;

	for (int32_t lba = VOLUME_PARTITION; lba < VOLUME_PARTITION + 9; lba++) {
		make(f, UDF_MAKE_PLAIN);
		if (lba == VOLUME_PARTITION + 1)
			continue;
		assert_int_equal(volume_probe(&f->source.source, 0, &f->volume, &found, NULL), 0);
		memory_source_damage(&f->source, lba, 1, -ENOMEDIUM);
		assert_int_equal(files_list(&f->source.source, 0, &f->volume, &f->list, NULL), -ENOMEDIUM);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(all_kinds_of_partitions_are_read, set_up, tear_down),
		cmocka_unit_test_setup_teardown(the_reserve_sequence_helps, set_up, tear_down),
		cmocka_unit_test_setup_teardown(the_last_anchor_helps, set_up, tear_down),
		cmocka_unit_test_setup_teardown(an_unreadable_entry_is_the_files_damage, set_up, tear_down),
		cmocka_unit_test_setup_teardown(an_entry_with_a_wrong_sum_is_none, set_up, tear_down),
		cmocka_unit_test_setup_teardown(metadata_comes_from_the_mirror, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_vat_of_udf_150_is_read, set_up, tear_down),
		cmocka_unit_test_setup_teardown(holes_are_nowhere, set_up, tear_down),
		cmocka_unit_test_setup_teardown(descriptors_go_on_elsewhere, set_up, tear_down),
		cmocka_unit_test_setup_teardown(endless_descriptors_end, set_up, tear_down),
		cmocka_unit_test_setup_teardown(strategy_4096_leads_to_the_last_entry, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_folder_in_itself_ends, set_up, tear_down),
		cmocka_unit_test_setup_teardown(hidden_files_are_files, set_up, tear_down),
		cmocka_unit_test_setup_teardown(names_behind_damage_are_found, set_up, tear_down),
		cmocka_unit_test_setup_teardown(trouble_of_the_source_is_told, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
