/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "fs/boot.h"
#include "support/memory_source.h"
#include "support/volume_make.h"
#include "unit/unit.h"

struct fixture {
	uint8_t *image;
	uint8_t *catalogue;
	struct memory_source source;
	struct boot_platforms platforms;
};

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	f->image = volume_blank();
	volume_add_iso9660(f->image, "A LABEL");
	volume_add_el_torito(f->image);
	f->catalogue = volume_sector(f->image, VOLUME_CATALOGUE);
	memory_source_init(&f->source, f->image, VOLUME_SECTORS);
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	free(f->image);
	free(f);
	return 0;
}

static int read_catalogue(struct fixture *f)
{
	struct probe probe = { .source = &f->source.source, .n_reads_left = PROBE_MAX_READS };

	return boot_read_catalogue(&probe, VOLUME_CATALOGUE, &f->platforms);
}

static void check(struct fixture *f, bool has_bios, bool has_uefi)
{
	assert_int_equal(read_catalogue(f), 0);
	assert_int_equal(f->platforms.has_bios, has_bios);
	assert_int_equal(f->platforms.has_uefi, has_uefi);
}

static void the_record_is_told(void **state)
{
	struct fixture *f = *state;
	uint8_t *record = volume_sector(f->image, 17);
	uint32_t lba;

	assert_true(boot_parse_record(record, &lba));
	assert_int_equal(lba, VOLUME_CATALOGUE);
	assert_false(boot_parse_record(volume_sector(f->image, 16), &lba));
	record[7] = 'e';
	assert_false(boot_parse_record(record, &lba));
}

static void platforms_are_read(void **state)
{
	struct fixture *f = *state;

	check(f, true, true);
	/* A section for another platform: PowerPC. */
	f->catalogue[65] = 1;
	check(f, true, false);
	f->catalogue[65] = 0;
	/* The initial entry does not boot; BIOS comes in the section then. */
	f->catalogue[32] = 0;
	check(f, true, false);
	/* Nor does that one. */
	f->catalogue[96] = 0;
	check(f, false, false);
}

static void the_platform_of_the_initial_entry_counts(void **state)
{
	struct fixture *f = *state;

	f->catalogue[1] = 0xef;
	/* The checksum is over all bytes, so the platform must be in it. */
	check(f, false, false);
	put_le32(f->catalogue + 28, get_le32(f->catalogue + 28) - 0xef00);
	f->catalogue[30] = 0x55;
	f->catalogue[31] = 0xaa;
	f->catalogue[64] = 0;
	check(f, false, true);
}

static void the_start_is_checked(void **state)
{
	struct fixture *f = *state;

	for (size_t i = 0; i < 32; i++) {
		f->catalogue[i] ^= 0x01;
		check(f, false, false);
		f->catalogue[i] ^= 0x01;
	}
	check(f, true, true);
}

static void images_must_be_on_the_disc(void **state)
{
	struct fixture *f = *state;

	put_le32(f->catalogue + 40, 0);
	check(f, false, true);
	put_le32(f->catalogue + 40, VOLUME_SECTORS);
	check(f, false, true);
	put_le32(f->catalogue + 40, VOLUME_SECTORS - 1);
	check(f, true, true);
}

static void extensions_are_skipped(void **state)
{
	struct fixture *f = *state;

	/* Initial entry, extension of it, header with two entries, the first of them with an extension. */
	memmove(f->catalogue + 96, f->catalogue + 64, 64);
	memset(f->catalogue + 64, 0, 32);
	f->catalogue[64] = 0x44;
	f->catalogue[98] = 2;
	memset(f->catalogue + 128, 0, 32);
	f->catalogue[160] = 0x44;
	f->catalogue[192] = 0x88;
	put_le32(f->catalogue + 200, 41);
	check(f, true, true);
	/* Behind the final section nothing counts. */
	f->catalogue[98] = 1;
	check(f, true, false);
}

static void endless_catalogues_end(void **state)
{
	struct fixture *f = *state;

	/* Headers without end, none of them final, with more entries than there is room for. */
	for (size_t at = 64; at < 8 * DISCERN_SECTOR_SIZE; at += 32) {
		memset(f->catalogue + at, 0, 32);
		f->catalogue[at] = 0x90;
	}
	check(f, true, false);
	assert_true(f->source.n_reads <= 4);
	memset(f->catalogue + 64, 0xff, DISCERN_SECTOR_SIZE);
	f->catalogue[64] = 0x90;
	check(f, true, false);
}

static void unreadable_catalogues_are_skipped(void **state)
{
	struct fixture *f = *state;

	memory_source_damage(&f->source, VOLUME_CATALOGUE, 1, -EIO);
	check(f, false, false);
	f->source.damage[0].code = -ENODEV;
	assert_int_equal(read_catalogue(f), -ENODEV);
}

static void partition_tables_are_told(void **state)
{
	struct fixture *f = *state;

	assert_false(boot_has_partition_table(f->image));
	volume_add_partition_table(f->image);
	assert_true(boot_has_partition_table(f->image));
	/* A boot sector of a FAT volume has the signature too, but text and code in this place. */
	f->image[446] = 0x42;
	assert_false(boot_has_partition_table(f->image));
	f->image[446] = 0;
	put_le32(f->image + 446 + 12, 0);
	assert_false(boot_has_partition_table(f->image));
	memcpy(f->image + 512, "EFI PART", 8);
	assert_true(boot_has_partition_table(f->image));
	f->image[511] = 0;
	assert_false(boot_has_partition_table(f->image));
}

static void the_end_of_the_partitions_is_told(void **state)
{
	struct fixture *f = *state;
	uint8_t *entry = f->image + 446;

	assert_int_equal(boot_partition_sectors(f->image), 0);
	volume_add_partition_table(f->image);
	assert_int_equal(boot_partition_sectors(f->image), VOLUME_SECTORS);
	/* A second partition behind the first one, which ends within a sector. */
	entry[16 + 4] = 0xef;
	put_le32(entry + 16 + 8, VOLUME_SECTORS * 4);
	put_le32(entry + 16 + 12, 41);
	assert_int_equal(boot_partition_sectors(f->image), VOLUME_SECTORS + 11);
	/* GPT: the backup is the last block; what the protective entry covers does not count. */
	entry[4] = 0xee;
	entry[16 + 4] = 0;
	put_le32(entry + 12, UINT32_MAX);
	memcpy(f->image + 512, "EFI PART", 8);
	put_le32(f->image + 512 + 32, 7999);
	assert_int_equal(boot_partition_sectors(f->image), 2000);
	put_le32(f->image + 512 + 36, 1);
	assert_int_equal(boot_partition_sectors(f->image), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(the_record_is_told, set_up, tear_down),
		cmocka_unit_test_setup_teardown(platforms_are_read, set_up, tear_down),
		cmocka_unit_test_setup_teardown(the_platform_of_the_initial_entry_counts, set_up, tear_down),
		cmocka_unit_test_setup_teardown(the_start_is_checked, set_up, tear_down),
		cmocka_unit_test_setup_teardown(images_must_be_on_the_disc, set_up, tear_down),
		cmocka_unit_test_setup_teardown(extensions_are_skipped, set_up, tear_down),
		cmocka_unit_test_setup_teardown(endless_catalogues_end, set_up, tear_down),
		cmocka_unit_test_setup_teardown(unreadable_catalogues_are_skipped, set_up, tear_down),
		cmocka_unit_test_setup_teardown(partition_tables_are_told, set_up, tear_down),
		cmocka_unit_test_setup_teardown(the_end_of_the_partitions_is_told, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
