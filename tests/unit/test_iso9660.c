/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "fs/charset.h"
#include "fs/iso9660.h"
#include "support/memory_source.h"
#include "support/volume_make.h"
#include "unit/unit.h"

struct fixture {
	uint8_t *image;
	uint8_t *primary;
	struct memory_source source;
	struct probe probe;
	struct discern_volume volume;
	struct iso9660_primary parsed;
};

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	f->image = volume_blank();
	volume_add_iso9660(f->image, "A LABEL");
	f->primary = volume_sector(f->image, 16);
	memory_source_init(&f->source, f->image, VOLUME_SECTORS);
	f->probe = (struct probe){ .source = &f->source.source, .n_reads_left = PROBE_MAX_READS };
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

static bool parse(struct fixture *f)
{
	memset(&f->volume, 0, sizeof(f->volume));
	return iso9660_parse_primary(f->primary, &f->volume, &f->parsed);
}

static bool has_rock_ridge(struct fixture *f)
{
	bool found;

	assert_true(parse(f));
	f->probe.n_reads_left = PROBE_MAX_READS;
	assert_int_equal(iso9660_find_rock_ridge(&f->probe, &f->parsed, &found), 0);
	return found;
}

static void types_are_told(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(iso9660_descriptor_type(f->primary), ISO9660_PRIMARY);
	f->primary[0] = 255;
	assert_int_equal(iso9660_descriptor_type(f->primary), ISO9660_TERMINATOR);
	f->primary[3] = 'X';
	assert_int_equal(iso9660_descriptor_type(f->primary), ISO9660_NONE);
}

static void identifiers_are_read(void **state)
{
	struct fixture *f = *state;

	assert_true(parse(f));
	assert_string_equal(f->volume.label, "A LABEL");
	assert_string_equal(f->volume.system_id, "LINUX");
	assert_string_equal(f->volume.publisher, "A PUBLISHER");
	assert_string_equal(f->volume.application, "AN APPLICATION");
	assert_string_equal(f->volume.created, "2026-11-22 09:13:43");
	assert_int_equal(f->volume.iso_sectors, VOLUME_SECTORS);
	assert_int_equal(f->parsed.root_block, VOLUME_ROOT);
}

static void full_fields_fit(void **state)
{
	struct fixture *f = *state;

	memset(f->primary + 8, 'X', 64);
	memset(f->primary + 318, 'Y', 128);
	memset(f->primary + 574, 'Z', 128);
	assert_true(parse(f));
	assert_int_equal(strlen(f->volume.label), 32);
	assert_int_equal(strlen(f->volume.system_id), 32);
	assert_int_equal(strlen(f->volume.publisher), 128);
	assert_int_equal(strlen(f->volume.application), 128);
}

static void numbers_are_checked(void **state)
{
	struct fixture *f = *state;

	/* Only one of the byte orders filled in. */
	put_le32(f->primary + 80, 0);
	assert_true(parse(f));
	assert_int_equal(f->volume.iso_sectors, VOLUME_SECTORS);
	/* Blocks of 512 bytes, and a size that does not fill a sector. */
	put_le32(f->primary + 80, 401);
	put_le32(f->primary + 128, 0x00020200);
	assert_true(parse(f));
	assert_int_equal(f->volume.iso_sectors, 101);
	put_le32(f->primary + 80, UINT32_MAX);
	put_le32(f->primary + 128, 0x00080800);
	assert_true(parse(f));
	assert_int_equal(f->volume.iso_sectors, UINT32_MAX);
	put_le32(f->primary + 128, 0);
	assert_false(parse(f));
	put_le32(f->primary + 128, 0x04d204d2);
	assert_false(parse(f));
	put_le32(f->primary + 128, 0x00080800);
	f->primary[6] = 2;
	assert_false(parse(f));
}

static void dates_are_checked(void **state)
{
	struct fixture *f = *state;
	static const struct {
		const char *digits;
		int8_t quarters;
		const char *text;
	} cases[] = {
		{ "2000010100000000", 52, "1999-12-31 11:00:00" },
		{ "1999123123595999", -48, "2000-01-01 11:59:59" },
		{ "2026112210134300", 127, "2026-11-22 10:13:43" },
		{ "0000000000000000", 0, "" },
		{ "2026132210134300", 0, "" },
		{ "2026112225134300", 0, "" },
		{ "2026 12210134300", 0, "" },
		{ "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", -1, "" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		memcpy(f->primary + 813, cases[i].digits, 16);
		f->primary[829] = (uint8_t)cases[i].quarters;
		assert_true(parse(f));
		assert_string_equal(f->volume.created, cases[i].text);
	}
}

static void joliet_is_told_by_its_escape_sequence(void **state)
{
	struct fixture *f = *state;
	static const uint16_t label[] = { 'G', 'r', 0xfc, 0xdf, 'e', 0x4e2d };
	uint8_t *sector = volume_sector(f->image, 18);
	char text[64];

	volume_add_joliet(f->image, label, 6);
	assert_true(iso9660_parse_joliet(sector, text, sizeof(text)));
	assert_string_equal(text, "Grüße中");
	memcpy(sector + 88, "%/@", 3);
	assert_true(iso9660_parse_joliet(sector, text, sizeof(text)));
	memcpy(sector + 88, "%/G", 3);
	assert_false(iso9660_parse_joliet(sector, text, sizeof(text)));
	memcpy(sector + 88, "%/\0", 3);
	assert_false(iso9660_parse_joliet(sector, text, sizeof(text)));
	/* ISO 9660:1999 has version 2. */
	memcpy(sector + 88, "%/E", 3);
	sector[6] = 2;
	assert_false(iso9660_parse_joliet(sector, text, sizeof(text)));
}

static void rock_ridge_is_found(void **state)
{
	struct fixture *f = *state;
	uint8_t *record = volume_sector(f->image, VOLUME_ROOT);

	assert_false(has_rock_ridge(f));
	volume_add_rock_ridge(f->image);
	assert_true(has_rock_ridge(f));
	/* Another extension than Rock Ridge. */
	volume_sector(f->image, VOLUME_CONTINUATION)[108] = 'X';
	assert_false(has_rock_ridge(f));
	/* PX in the record itself. */
	memcpy(record + 41, "PX\x1c", 3);
	assert_true(has_rock_ridge(f));
	/* Without SP the area is not SUSP. */
	record[34] = 'X';
	assert_false(has_rock_ridge(f));
}

static void rock_ridge_behind_xa_is_found(void **state)
{
	struct fixture *f = *state;
	uint8_t *record = volume_sector(f->image, VOLUME_ROOT);

	volume_add_rock_ridge(f->image);
	memmove(record + 48, record + 34, 35);
	memset(record + 34, 0, 14);
	record[0] = 48 + 35;
	assert_true(has_rock_ridge(f));
}

static void broken_directories_end_quietly(void **state)
{
	struct fixture *f = *state;
	uint8_t *record = volume_sector(f->image, VOLUME_ROOT);

	volume_add_rock_ridge(f->image);
	/* A continuation that leads to itself. */
	memcpy(volume_sector(f->image, VOLUME_CONTINUATION) + 100, record + 41, 28);
	put_le32(record + 41 + 20, 28);
	assert_false(has_rock_ridge(f));
	assert_true(f->source.n_reads < 40);
	/* One that is far away, one with a length beyond the sector. */
	put_le32(record + 45, UINT32_MAX);
	assert_false(has_rock_ridge(f));
	put_le32(record + 45, VOLUME_CONTINUATION);
	put_le32(record + 53, UINT32_MAX);
	put_le32(record + 61, UINT32_MAX);
	assert_false(has_rock_ridge(f));
	/* Records that are too short or too long. */
	for (unsigned length = 0; length < 256; length++) {
		record[0] = (uint8_t)length;
		has_rock_ridge(f);
	}
	/* A root that is nowhere, and one that cannot be read. */
	put_le32(f->primary + 158, UINT32_MAX);
	assert_false(has_rock_ridge(f));
	put_le32(f->primary + 158, VOLUME_ROOT);
	memory_source_damage(&f->source, VOLUME_ROOT, 1, -EIO);
	assert_false(has_rock_ridge(f));
}

static void trouble_of_the_source_is_told(void **state)
{
	struct fixture *f = *state;
	bool found;

	assert_true(parse(f));
	memory_source_damage(&f->source, VOLUME_ROOT, 1, -ENOMEDIUM);
	assert_int_equal(iso9660_find_rock_ridge(&f->probe, &f->parsed, &found), -ENOMEDIUM);
}

static void names_become_clean_utf8(void **state)
{
	static const uint8_t bytes[] = "tab\there \xc3\xbc \xff \xc0\xaf \xed\xa0\x80 \xe2\x80\xae  ";
	static const uint8_t pair[] = { 0xd8, 0x3d, 0xdc, 0xbf, 0xd8, 0x00, 0, 'x', 0, 0x1b, 0, ' ', 0, 0 };
	static const uint8_t narrow[] = { 8, 0xdc, 'b', 'e', 'r', 0x9b, 0, 6 };
	static const uint8_t wide[] = { 16, 0x04, 0x16, 0, 'x', 0, 0, 7 };
	static const uint8_t too_long[] = { 8, 'a', 'b', 9 };
	char text[64];
	char small[4];

	(void)state;
	charset_from_bytes(bytes, sizeof(bytes) - 1, text, sizeof(text));
	assert_string_equal(text, "tab?here ü ? ?? ? ?");
	charset_from_utf16(pair, sizeof(pair), text, sizeof(text));
	assert_string_equal(text, "\xf0\x9f\x92\xbf?x?");
	charset_from_dstring(narrow, sizeof(narrow), text, sizeof(text));
	assert_string_equal(text, "Über?");
	charset_from_dstring(wide, sizeof(wide), text, sizeof(text));
	assert_string_equal(text, "Жx");
	charset_from_dstring(too_long, sizeof(too_long), text, sizeof(text));
	assert_string_equal(text, "");
	/* Cut between characters, never within one. */
	charset_from_bytes((const uint8_t *)"ab\xc3\xbc", 4, small, sizeof(small));
	assert_string_equal(small, "ab");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(types_are_told, set_up, tear_down),
		cmocka_unit_test_setup_teardown(identifiers_are_read, set_up, tear_down),
		cmocka_unit_test_setup_teardown(full_fields_fit, set_up, tear_down),
		cmocka_unit_test_setup_teardown(numbers_are_checked, set_up, tear_down),
		cmocka_unit_test_setup_teardown(dates_are_checked, set_up, tear_down),
		cmocka_unit_test_setup_teardown(joliet_is_told_by_its_escape_sequence, set_up, tear_down),
		cmocka_unit_test_setup_teardown(rock_ridge_is_found, set_up, tear_down),
		cmocka_unit_test_setup_teardown(rock_ridge_behind_xa_is_found, set_up, tear_down),
		cmocka_unit_test_setup_teardown(broken_directories_end_quietly, set_up, tear_down),
		cmocka_unit_test_setup_teardown(trouble_of_the_source_is_told, set_up, tear_down),
		cmocka_unit_test(names_become_clean_utf8),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
