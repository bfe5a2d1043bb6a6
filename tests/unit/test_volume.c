/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/file.h"
#include "fs/volume.h"
#include "support/memory_source.h"
#include "support/volume_make.h"
#include "unit/unit.h"

#define VOLUME_BYTES ((size_t)VOLUME_SECTORS * DISCERN_SECTOR_SIZE)

struct fixture {
	uint8_t *image;
	struct memory_source source;
	struct discern_volume volume;
	bool found;
	char path[64];
};

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	f->image = volume_blank();
	memory_source_init(&f->source, f->image, VOLUME_SECTORS);
	snprintf(f->path, sizeof(f->path), "/tmp/discern-test-volume.%ld", (long)getpid());
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	unlink(f->path);
	free(f->image);
	free(f);
	return 0;
}

static void probe(struct fixture *f)
{
	assert_int_equal(volume_probe(&f->source.source, 0, &f->volume, &f->found, NULL), 0);
}

static void nothing_is_no_error(void **state)
{
	struct fixture *f = *state;

	probe(f);
	assert_false(f->found);
	f->source.n_recorded = 0;
	f->source.source.n_sectors = 0;
	probe(f);
	assert_false(f->found);
}

static void everything_is_found(void **state)
{
	struct fixture *f = *state;
	static const uint16_t joliet[] = { 'T', 'h', 'e', ' ', 'l', 'a', 'b', 'e', 'l' };

	volume_add_iso9660(f->image, "THE LABEL");
	volume_add_joliet(f->image, joliet, 9);
	volume_add_rock_ridge(f->image);
	volume_add_el_torito(f->image);
	volume_add_partition_table(f->image);
	volume_add_udf(f->image, 20, "The label in UDF");
	probe(f);
	assert_true(f->found);
	assert_true(f->volume.has_iso9660);
	assert_true(f->volume.has_joliet);
	assert_true(f->volume.has_rock_ridge);
	assert_true(f->volume.has_udf);
	assert_true(f->volume.boots_bios);
	assert_true(f->volume.boots_uefi);
	assert_true(f->volume.is_hybrid);
	assert_int_equal(f->volume.udf_revision, 0x0260);
	assert_int_equal(f->volume.iso_sectors, VOLUME_SECTORS);
	assert_int_equal(f->volume.udf_sectors, VOLUME_SECTORS);
	assert_string_equal(f->volume.label, "The label in UDF");
}

static void the_best_label_is_taken(void **state)
{
	struct fixture *f = *state;
	static const uint16_t cut[] = { 'D', 'e', 'b', 'i', 'a', 'n' };
	static const uint16_t better[] = { 'D', 0xe9, 'b' };

	volume_add_iso9660(f->image, "Debian 12 amd64");
	probe(f);
	assert_string_equal(f->volume.label, "Debian 12 amd64");
	/* A Joliet label that only is cut off is no better. */
	volume_add_joliet(f->image, cut, 6);
	probe(f);
	assert_true(f->volume.has_joliet);
	assert_string_equal(f->volume.label, "Debian 12 amd64");
	volume_add_joliet(f->image, better, 3);
	memcpy(volume_sector(f->image, 17), volume_sector(f->image, 18), DISCERN_SECTOR_SIZE);
	probe(f);
	assert_string_equal(f->volume.label, "Déb");
}

static void a_boot_record_elsewhere_boots_nothing(void **state)
{
	struct fixture *f = *state;

	volume_add_iso9660(f->image, "A LABEL");
	volume_add_el_torito(f->image);
	memcpy(volume_sector(f->image, 18), volume_sector(f->image, 17), DISCERN_SECTOR_SIZE);
	volume_sector(f->image, 17)[8] = 'X';
	probe(f);
	assert_true(f->found);
	assert_false(f->volume.boots_bios);
}

static void udf_alone_is_a_volume(void **state)
{
	struct fixture *f = *state;

	volume_add_udf(f->image, 16, "UDF ONLY");
	probe(f);
	assert_true(f->found);
	assert_false(f->volume.has_iso9660);
	assert_string_equal(f->volume.label, "UDF ONLY");
	assert_string_equal(f->volume.created, "2026-11-22 09:13:43");
}

static void unreadable_descriptors_are_skipped(void **state)
{
	struct fixture *f = *state;

	volume_add_iso9660(f->image, "A LABEL");
	volume_add_udf(f->image, 20, "IN UDF");
	memory_source_damage(&f->source, 16, 2, -EIO);
	probe(f);
	assert_true(f->found);
	assert_false(f->volume.has_iso9660);
	assert_string_equal(f->volume.label, "IN UDF");
	/* The recognition sequence as well: the anchors tell. */
	memory_source_damage(&f->source, 18, 6, -EIO);
	probe(f);
	assert_true(f->volume.has_udf);
	assert_string_equal(f->volume.label, "IN UDF");
}

static void trouble_of_the_source_is_told(void **state)
{
	struct fixture *f = *state;
	static const int32_t places[] = {
		0, 16, VOLUME_ROOT, VOLUME_CATALOGUE, 256, VOLUME_SEQUENCE, VOLUME_INTEGRITY
	};
	struct discern_error err;

	volume_add_iso9660(f->image, "A LABEL");
	volume_add_el_torito(f->image);
	volume_add_udf(f->image, 20, "IN UDF");
	memory_source_damage(&f->source, 0, 1, -ENOMEDIUM);
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		f->source.damage[0].lba = places[i];
		assert_int_equal(volume_probe(&f->source.source, 0, &f->volume, &f->found, &err), -ENOMEDIUM);
		assert_int_equal(err.code, -ENOMEDIUM);
		assert_false(f->found);
	}
}

static void a_later_session_is_looked_at(void **state)
{
	struct fixture *f = *state;

	volume_add_iso9660(f->image, "FIRST");
	memcpy(volume_sector(f->image, 100 + 16), volume_sector(f->image, 16), (size_t)4 * DISCERN_SECTOR_SIZE);
	volume_put_text(volume_sector(f->image, 100 + 16) + 40, 32, "SECOND");
	assert_int_equal(volume_probe(&f->source.source, 100, &f->volume, &f->found, NULL), 0);
	assert_string_equal(f->volume.label, "SECOND");
	assert_int_equal(volume_probe(&f->source.source, INT32_MAX, &f->volume, &f->found, NULL), 0);
	assert_false(f->found);
}

static void many_descriptors_end(void **state)
{
	struct fixture *f = *state;

	volume_add_iso9660(f->image, "A LABEL");
	for (uint32_t lba = 17; lba < VOLUME_SECTORS; lba++)
		memcpy(volume_sector(f->image, lba), volume_sector(f->image, 16), DISCERN_SECTOR_SIZE);
	probe(f);
	assert_true(f->found);
	assert_true(f->source.n_reads < 100);
}

static void write_image(struct fixture *f, size_t size)
{
	int fd = open(f->path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(file_write_at(fd, f->image, size, 0), 0);
	close(fd);
}

static void an_image_file_is_inspected(void **state)
{
	struct fixture *f = *state;
	struct discern_image_info info;

	volume_add_iso9660(f->image, "A LABEL");
	write_image(f, VOLUME_BYTES);
	assert_int_equal(discern_image_inspect(f->path, &info, NULL), 0);
	assert_true(info.has_volume);
	assert_false(info.is_truncated);
	assert_int_equal(info.size_bytes, VOLUME_BYTES);
	/* Short by a single byte. */
	write_image(f, VOLUME_BYTES - 1);
	assert_int_equal(discern_image_inspect(f->path, &info, NULL), 0);
	assert_true(info.is_truncated);
	write_image(f, 100);
	assert_int_equal(discern_image_inspect(f->path, &info, NULL), 0);
	assert_false(info.has_volume);
	assert_false(info.is_truncated);
	write_image(f, 0);
	assert_int_equal(discern_image_inspect(f->path, &info, NULL), 0);
	assert_int_equal(info.size_bytes, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(nothing_is_no_error, set_up, tear_down),
		cmocka_unit_test_setup_teardown(everything_is_found, set_up, tear_down),
		cmocka_unit_test_setup_teardown(the_best_label_is_taken, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_boot_record_elsewhere_boots_nothing, set_up, tear_down),
		cmocka_unit_test_setup_teardown(udf_alone_is_a_volume, set_up, tear_down),
		cmocka_unit_test_setup_teardown(unreadable_descriptors_are_skipped, set_up, tear_down),
		cmocka_unit_test_setup_teardown(trouble_of_the_source_is_told, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_later_session_is_looked_at, set_up, tear_down),
		cmocka_unit_test_setup_teardown(many_descriptors_end, set_up, tear_down),
		cmocka_unit_test_setup_teardown(an_image_file_is_inspected, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
