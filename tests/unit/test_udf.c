/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "fs/udf.h"
#include "support/memory_source.h"
#include "support/volume_make.h"
#include "unit/unit.h"

struct fixture {
	uint8_t *image;
	struct memory_source source;
	struct udf_volume volume;
};

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	f->image = volume_blank();
	volume_add_udf(f->image, 16, "A LABEL");
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

static int probe(struct fixture *f, enum udf_recognition recognition)
{
	struct probe probe = { .source = &f->source.source, .n_reads_left = PROBE_MAX_READS };

	return udf_probe(&probe, recognition, 0, &f->volume);
}

static void erase(struct fixture *f, uint32_t lba, uint32_t n_sectors)
{
	memset(volume_sector(f->image, lba), 0, (size_t)n_sectors * DISCERN_SECTOR_SIZE);
}

static void structures_are_told(void **state)
{
	struct fixture *f = *state;

	assert_true(udf_is_recognition_structure(volume_sector(f->image, 16)));
	assert_false(udf_is_announced(volume_sector(f->image, 16)));
	assert_true(udf_is_announced(volume_sector(f->image, 17)));
	assert_true(udf_is_recognition_structure(volume_sector(f->image, 18)));
	assert_false(udf_is_recognition_structure(volume_sector(f->image, 19)));
}

static void a_volume_is_read(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(probe(f, UDF_ANNOUNCED), 0);
	assert_true(f->volume.is_found);
	assert_string_equal(f->volume.label, "A LABEL");
	assert_int_equal(f->volume.revision, 0x0260);
	assert_string_equal(f->volume.created, "2026-11-22 09:13:43");
	assert_int_equal(f->volume.n_sectors, VOLUME_SECTORS);
}

static void each_anchor_and_sequence_will_do(void **state)
{
	struct fixture *f = *state;

	erase(f, 256, 1);
	erase(f, VOLUME_SEQUENCE, 4);
	assert_int_equal(probe(f, UDF_ANNOUNCED), 0);
	assert_string_equal(f->volume.label, "A LABEL");
	/* Not erased but unreadable. */
	memory_source_damage(&f->source, VOLUME_SEQUENCE, 4, -EIO);
	memory_source_damage(&f->source, 256, 1, -EIO);
	assert_int_equal(probe(f, UDF_UNREADABLE), 0);
	assert_string_equal(f->volume.label, "A LABEL");
	assert_int_equal(f->volume.n_sectors, VOLUME_SECTORS);
}

static void the_end_counts_the_partition(void **state)
{
	struct fixture *f = *state;

	/* Without the last anchor, the partition is what reaches furthest. */
	erase(f, VOLUME_SECTORS - 1, 1);
	assert_int_equal(probe(f, UDF_ANNOUNCED), 0);
	assert_int_equal(f->volume.n_sectors, VOLUME_PARTITION + VOLUME_PARTITION_SECTORS);
	/* A file that was cut off. */
	f->source.n_recorded = 300;
	f->source.source.n_sectors = 300;
	assert_int_equal(probe(f, UDF_ANNOUNCED), 0);
	assert_true(f->volume.is_found);
	assert_int_equal(f->volume.n_sectors, VOLUME_PARTITION + VOLUME_PARTITION_SECTORS);
	f->source.n_recorded = 100;
	f->source.source.n_sectors = 100;
	assert_int_equal(probe(f, UDF_ANNOUNCED), 0);
	assert_true(f->volume.is_found);
	assert_int_equal(f->volume.n_sectors, 0);
	assert_int_equal(probe(f, UDF_UNREADABLE), 0);
	assert_false(f->volume.is_found);
}

static void nothing_is_found_where_nothing_is(void **state)
{
	struct fixture *f = *state;

	erase(f, 256, 1);
	erase(f, VOLUME_SECTORS - 1, 1);
	assert_int_equal(probe(f, UDF_ANNOUNCED), 0);
	assert_false(f->volume.is_found);
	assert_int_equal(f->volume.n_sectors, 0);
}

static void tags_are_checked(void **state)
{
	struct fixture *f = *state;
	uint8_t *anchor = volume_sector(f->image, 256);

	erase(f, VOLUME_SECTORS - 1, 1);
	for (size_t i = 0; i < 32; i++) {
		anchor[i] ^= 0x40;
		assert_int_equal(probe(f, UDF_UNREADABLE), 0);
		/* Bytes 2, 3 and 6 to 7 are version, reserved and serial; the checksum covers them all. */
		assert_false(f->volume.is_found);
		anchor[i] ^= 0x40;
	}
	assert_int_equal(probe(f, UDF_UNREADABLE), 0);
	assert_true(f->volume.is_found);
}

static void the_prevailing_descriptor_counts(void **state)
{
	struct fixture *f = *state;
	uint8_t *other = volume_sector(f->image, VOLUME_SEQUENCE + 3);

	memcpy(other, volume_sector(f->image, VOLUME_SEQUENCE + 2), DISCERN_SECTOR_SIZE);
	memcpy(other + 85, "B", 1);
	put_le32(other + 16, 5);
	volume_seal_descriptor(f->image, VOLUME_SEQUENCE + 3, 6);
	assert_int_equal(probe(f, UDF_ANNOUNCED), 0);
	assert_string_equal(f->volume.label, "B LABEL");
	put_le32(volume_sector(f->image, VOLUME_SEQUENCE + 2) + 16, 6);
	volume_seal_descriptor(f->image, VOLUME_SEQUENCE + 2, 6);
	assert_int_equal(probe(f, UDF_ANNOUNCED), 0);
	assert_string_equal(f->volume.label, "A LABEL");
}

static void revisions_are_checked(void **state)
{
	struct fixture *f = *state;

	/* Without a sound integrity descriptor the domain tells. */
	put_le32(volume_sector(f->image, VOLUME_INTEGRITY) + 72, UINT32_MAX);
	volume_seal_descriptor(f->image, VOLUME_INTEGRITY, 9);
	assert_int_equal(probe(f, UDF_ANNOUNCED), 0);
	assert_int_equal(f->volume.revision, 0x0201);
	for (uint32_t i = 0; i < 2; i++) {
		uint32_t lba = (i == 0 ? VOLUME_SEQUENCE : VOLUME_RESERVE) + 2;

		volume_sector(f->image, lba)[240] = 0x0f;
		volume_seal_descriptor(f->image, lba, 6);
	}
	assert_int_equal(probe(f, UDF_ANNOUNCED), 0);
	assert_int_equal(f->volume.revision, 0);
}

static void lies_about_sizes_are_ignored(void **state)
{
	struct fixture *f = *state;
	uint8_t *partition = volume_sector(f->image, VOLUME_SEQUENCE + 1);
	uint8_t *anchor = volume_sector(f->image, 256);

	put_le32(partition + 188, UINT32_MAX);
	put_le32(partition + 192, UINT32_MAX);
	volume_seal_descriptor(f->image, VOLUME_SEQUENCE + 1, 5);
	put_le32(anchor + 24, UINT32_MAX);
	put_le32(anchor + 28, UINT32_MAX);
	volume_seal_descriptor(f->image, 256, 2);
	erase(f, VOLUME_SECTORS - 1, 1);
	assert_int_equal(probe(f, UDF_ANNOUNCED), 0);
	assert_true(f->volume.is_found);
	assert_int_equal(f->volume.n_sectors, 257);
}

static void pointers_in_a_circle_end(void **state)
{
	struct fixture *f = *state;
	uint8_t *pointer = volume_sector(f->image, VOLUME_SEQUENCE);

	memset(pointer, 0, DISCERN_SECTOR_SIZE);
	put_le32(pointer + 20, 16 * DISCERN_SECTOR_SIZE);
	put_le32(pointer + 24, VOLUME_SEQUENCE);
	volume_seal_descriptor(f->image, VOLUME_SEQUENCE, 3);
	assert_int_equal(probe(f, UDF_ANNOUNCED), 0);
	assert_string_equal(f->volume.label, "A LABEL");
	assert_true(f->source.n_reads < 60);
	/* One that leads to where the sequence goes on is followed. */
	erase(f, VOLUME_RESERVE, 16);
	put_le32(pointer + 24, VOLUME_SEQUENCE + 1);
	volume_seal_descriptor(f->image, VOLUME_SEQUENCE, 3);
	assert_int_equal(probe(f, UDF_ANNOUNCED), 0);
	assert_string_equal(f->volume.label, "A LABEL");
}

static void trouble_of_the_source_is_told(void **state)
{
	struct fixture *f = *state;

	memory_source_damage(&f->source, VOLUME_SEQUENCE + 1, 1, -ESTALE);
	assert_int_equal(probe(f, UDF_ANNOUNCED), -ESTALE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(structures_are_told, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_volume_is_read, set_up, tear_down),
		cmocka_unit_test_setup_teardown(each_anchor_and_sequence_will_do, set_up, tear_down),
		cmocka_unit_test_setup_teardown(the_end_counts_the_partition, set_up, tear_down),
		cmocka_unit_test_setup_teardown(nothing_is_found_where_nothing_is, set_up, tear_down),
		cmocka_unit_test_setup_teardown(tags_are_checked, set_up, tear_down),
		cmocka_unit_test_setup_teardown(the_prevailing_descriptor_counts, set_up, tear_down),
		cmocka_unit_test_setup_teardown(revisions_are_checked, set_up, tear_down),
		cmocka_unit_test_setup_teardown(lies_about_sizes_are_ignored, set_up, tear_down),
		cmocka_unit_test_setup_teardown(pointers_in_a_circle_end, set_up, tear_down),
		cmocka_unit_test_setup_teardown(trouble_of_the_source_is_told, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
