/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/unit.h"

#include <string.h>

#include "base/bytes.h"
#include "drive/mmc_parse.h"

/* Feeds a parser all lengths of bytes of one value, in memory that ends where the answer does. */
static void any_length(void (*parse)(const uint8_t *data, size_t length), size_t max_length)
{
	static const uint8_t values[] = { 0x00, 0x01, 0x2a, 0x7f, 0x80, 0xff };

	for (size_t i = 0; i < sizeof(values); i++) {
		for (size_t length = 0; length <= max_length; length++) {
			uint8_t *data = test_malloc(length + 1);

			memset(data, values[i], length);
			data[length] = 0xee;
			parse(data, length);
			test_free(data);
		}
	}
}

static void parse_everything(const uint8_t *data, size_t length)
{
	struct mmc_disc_information information;
	struct mmc_toc_entry entries[MMC_TOC_MAX];
	struct mmc_format_capacity capacity;
	struct mmc_capabilities capabilities;
	struct mmc_feature_view view;
	struct discern_drive_id id;
	struct discern_track track;
	uint32_t n_sectors;
	bool is_set;
	uint16_t profile;
	uint8_t byte;
	char serial[8];
	size_t n;

	mmc_parse_inquiry(data, length, &byte, &id);
	mmc_parse_inquiry_serial(data, length, serial, sizeof(serial));
	mmc_parse_current_profile(data, length, &profile);
	if (mmc_find_feature(data, length, MMC_FEATURE_AACS, &view))
		assert_true(view.data >= data && view.data + view.length <= data + length);
	mmc_parse_disc_information(data, length, &information);
	if (mmc_parse_track_information(data, length, &track))
		assert_true((int64_t)track.start_lba + track.n_sectors <= INT32_MAX);
	if (mmc_parse_toc(data, length, entries, &n))
		assert_in_range(n, 1, MMC_TOC_MAX);
	if (mmc_parse_capacity(data, length, &n_sectors))
		assert_true(n_sectors <= INT32_MAX);
	if (mmc_parse_format_capacity(data, length, &capacity))
		assert_true(capacity.n_sectors <= INT32_MAX);
	mmc_parse_dvd_physical(data, length, &n_sectors);
	if (mmc_parse_layer_boundary(data, length, &n_sectors, &is_set))
		assert_in_range(n_sectors, 1, INT32_MAX);
	mmc_parse_copyright(data, length, &byte);
	mmc_parse_capabilities(data, length, &capabilities);
}

static void hostile_answers(void **state)
{
	(void)state;
	any_length(parse_everything, 64);
	any_length(parse_everything, 300);
}

static void layer_boundary(void **state)
{
	/* As a DVD+R DL has it: set, and 2086912 sectors in the first layer. */
	uint8_t data[12] = { 0, 10, 0, 0, 0x80, 0, 0, 0, 0, 0x1f, 0xd8, 0 };
	uint32_t n_sectors = 0;
	bool is_set = false;

	(void)state;
	assert_true(mmc_parse_layer_boundary(data, sizeof(data), &n_sectors, &is_set));
	assert_int_equal(n_sectors, 2086912);
	assert_true(is_set);
	data[4] = 0;
	assert_true(mmc_parse_layer_boundary(data, sizeof(data), &n_sectors, &is_set));
	assert_false(is_set);
	assert_false(mmc_parse_layer_boundary(data, sizeof(data) - 1, &n_sectors, &is_set));
	data[8] = 0x80;
	assert_false(mmc_parse_layer_boundary(data, sizeof(data), &n_sectors, &is_set));
	memset(data + 8, 0, 4);
	assert_false(mmc_parse_layer_boundary(data, sizeof(data), &n_sectors, &is_set));
}

static void inquiry(void **state)
{
	uint8_t data[37] = { 0x05, 0x80, 0x05, 0x02, 31 };
	struct discern_drive_id id;
	uint8_t device_type;

	(void)state;
	memcpy(data + 8, "HL-DT-STDVDRAM GH24NSC0  LK00", 8 + 16 + 4 + 1);
	assert_true(mmc_parse_inquiry(data, 36, &device_type, &id));
	assert_int_equal(device_type, MMC_DEVICE_TYPE_CD_DVD);
	assert_string_equal(id.vendor, "HL-DT-ST");
	assert_string_equal(id.product, "DVDRAM GH24NSC0");
	assert_false(mmc_parse_inquiry(data, 35, &device_type, &id));
}

static void features(void **state)
{
	const uint8_t data[] = {
		0,    0,    0,    20, 0,    0, 0x00, 0x1b, /* length, profile DVD+R */
		0x00, 0x03, 0x03, 4,  0x09, 0, 0,    0,    /* removable medium */
		0x01, 0x0d, 0x04, 4,  0,    0, 0,    1,    /* AACS, not current */
	};
	struct mmc_feature_view view;
	uint16_t profile;

	(void)state;
	assert_true(mmc_parse_current_profile(data, sizeof(data), &profile));
	assert_int_equal(profile, 0x1b);
	assert_true(mmc_find_feature(data, sizeof(data), MMC_FEATURE_REMOVABLE_MEDIUM, &view));
	assert_int_equal(view.length, 4);
	assert_int_equal(view.data[0], 0x09);
	assert_true(view.is_current);
	assert_true(mmc_find_feature(data, sizeof(data), MMC_FEATURE_AACS, &view));
	assert_false(view.is_current);
	assert_false(mmc_find_feature(data, sizeof(data), MMC_FEATURE_CD_READ, &view));
	assert_false(mmc_find_feature(data, sizeof(data) - 1, MMC_FEATURE_AACS, &view));
}

static void disc_information(void **state)
{
	uint8_t data[34] = { 0, 32, 0x11, 1, 2, 1, 3, 0x20, 0, 0, 0, 0 };
	struct mmc_disc_information information;

	(void)state;
	data[9] = 1;
	data[11] = 2;
	data[21] = 79;
	data[22] = 59;
	data[23] = 74;
	assert_true(mmc_parse_disc_information(data, sizeof(data), &information));
	assert_int_equal(information.status, MMC_DISC_INCOMPLETE);
	assert_true(information.is_erasable);
	assert_int_equal(information.n_sessions, 0x102);
	assert_int_equal(information.last_track, 0x203);
	assert_int_equal(information.cd_lead_out_lba, 359849);
	/* The lead-out of a closed disc. */
	memset(data + 20, 0xff, 4);
	assert_true(mmc_parse_disc_information(data, sizeof(data), &information));
	assert_int_equal(information.cd_lead_out_lba, 0);
	/* A length field that leaves nothing. */
	data[1] = 4;
	assert_false(mmc_parse_disc_information(data, sizeof(data), &information));
}

static void track_information(void **state)
{
	uint8_t data[36] = { 0, 34, 5, 2, 0, 0x24, 0x40, 0x03 };
	struct discern_track track;

	(void)state;
	put_be32(data + 8, 1000);
	put_be32(data + 12, 1016);
	put_be32(data + 16, 2000);
	put_be32(data + 24, 2016);
	put_be32(data + 28, 1015);
	data[32] = 1;
	assert_true(mmc_parse_track_information(data, sizeof(data), &track));
	assert_int_equal(track.number, 0x105);
	assert_int_equal(track.session, 2);
	assert_true(track.is_damaged && track.is_data && track.is_blank && !track.is_packet);
	assert_int_equal(track.start_lba, 1000);
	assert_true(track.has_next_writable);
	assert_int_equal(track.next_writable_lba, 1016);
	assert_int_equal(track.free_sectors, 2000);
	assert_int_equal(track.n_sectors, 2016);
	assert_true(track.has_last_recorded);
	assert_int_equal(track.last_recorded_lba, 1015);
	/* Old drives give 28 bytes. */
	assert_true(mmc_parse_track_information(data, 28, &track));
	assert_int_equal(track.number, 5);
	assert_false(track.has_last_recorded);
	/* A track that ends beyond all addresses. */
	put_be32(data + 24, 0x7ffffff0);
	assert_false(mmc_parse_track_information(data, sizeof(data), &track));
}

static void toc(void **state)
{
	const uint8_t data[] = {
		0, 26,   1,    2,                   /* length, first, last */
		0, 0x14, 1,    0, 0, 0, 0,    0,    /* data track at 0 */
		0, 0x10, 2,    0, 0, 0, 0x27, 0x10, /* audio track at 10000 */
		0, 0x10, 0xaa, 0, 0, 0, 0x4e, 0x20  /* lead-out at 20000 */
	};
	struct mmc_toc_entry entries[MMC_TOC_MAX];
	size_t n;

	(void)state;
	assert_true(mmc_parse_toc(data, sizeof(data), entries, &n));
	assert_int_equal(n, 3);
	assert_true(entries[0].is_data);
	assert_false(entries[1].is_data);
	assert_int_equal(entries[1].start_lba, 10000);
	assert_int_equal(entries[2].number, MMC_TOC_LEAD_OUT);
	/* Half an entry is none. */
	assert_true(mmc_parse_toc(data, sizeof(data) - 1, entries, &n));
	assert_int_equal(n, 2);
}

static void capacity(void **state)
{
	const uint8_t some[8] = { 0, 0, 0x10, 0x00, 0, 0, 8, 0 };
	const uint8_t blank[8] = { 0 };
	const uint8_t all[8] = { 0xff, 0xff, 0xff, 0xff, 0, 0, 8, 0 };
	uint32_t n_sectors = 1;

	(void)state;
	assert_true(mmc_parse_capacity(some, sizeof(some), &n_sectors));
	assert_int_equal(n_sectors, 4097);
	assert_true(mmc_parse_capacity(blank, sizeof(blank), &n_sectors));
	assert_int_equal(n_sectors, 0);
	assert_true(mmc_parse_capacity(all, sizeof(all), &n_sectors));
	assert_int_equal(n_sectors, 0);
	assert_false(mmc_parse_capacity(some, 7, &n_sectors));
}

static void dvd_layers(void **state)
{
	uint8_t data[21] = { 0, 19 };
	uint8_t *physical = data + 4;
	uint32_t n_sectors = 0;

	(void)state;
	put_be24(physical + 5, 0x30000);
	put_be24(physical + 9, 0x30000 + 2295103);
	assert_true(mmc_parse_dvd_physical(data, sizeof(data), &n_sectors));
	assert_int_equal(n_sectors, 2295104);
	/* Two layers, opposite track path: layer 1 counts from the inverted end of layer 0. */
	physical[2] = 0x31;
	put_be24(physical + 13, 0x30000 + 1999);
	put_be24(physical + 9, (~(0x30000u + 1999) & 0xffffff) + 1499);
	assert_true(mmc_parse_dvd_physical(data, sizeof(data), &n_sectors));
	assert_int_equal(n_sectors, 3500);
	/* Parallel tracks: not known. An end before the start: nonsense. */
	physical[2] = 0x21;
	assert_false(mmc_parse_dvd_physical(data, sizeof(data), &n_sectors));
	physical[2] = 0x01;
	put_be24(physical + 9, 0x2ffff);
	assert_false(mmc_parse_dvd_physical(data, sizeof(data), &n_sectors));
}

/* tgtd 1.0.85 of a disc of 5312 sectors: all addresses one byte too early. */
static void dvd_addresses_astray(void **state)
{
	static const uint8_t data[64] = { 8, 1, 0, 0, 1, 2, 1, 0x10, 0, 3, 0, 0, 0x1b, 0xc1, 0x7f };
	uint32_t n_sectors = 0;

	(void)state;
	assert_false(mmc_parse_dvd_physical(data, sizeof(data), &n_sectors));
}

static void capabilities(void **state)
{
	uint8_t data[8 + 8 + 20] = { 0, 8 + 8 + 18, 0, 0, 0, 0, 0, 0, 0x2a, 18 };
	struct mmc_capabilities found;
	uint8_t *page = data + 8;

	(void)state;
	page[4] = 0x80;
	page[5] = 0x10;
	page[6] = 0x09;
	put_be16(page + 8, 8467);
	put_be16(page + 12, 2048);
	assert_true(mmc_parse_capabilities(data, sizeof(data), &found));
	assert_true(found.can_underrun_proof && found.can_c2 && found.can_lock && found.can_eject);
	assert_int_equal(found.max_read_kbps, 8467);
	assert_int_equal(found.buffer_kib, 2048);
	/* Behind a block descriptor that was not asked for. */
	memmove(data + 16, data + 8, 20);
	data[7] = 8;
	found.buffer_kib = 0;
	assert_true(mmc_parse_capabilities(data, sizeof(data), &found));
	assert_int_equal(found.buffer_kib, 2048);
	data[7] = 40;
	assert_false(mmc_parse_capabilities(data, sizeof(data), &found));
}

static void format_capacity(void **state)
{
	uint8_t data[12] = { 0, 0, 0, 8, 0, 0x23, 0x05, 0x40, 0x02, 0, 8, 0 };
	struct mmc_format_capacity found;

	(void)state;
	assert_true(mmc_parse_format_capacity(data, sizeof(data), &found));
	assert_int_equal(found.n_sectors, 2295104);
	assert_true(found.is_formatted);
	data[8] = 0x01;
	assert_true(mmc_parse_format_capacity(data, sizeof(data), &found));
	assert_false(found.is_formatted);
	data[8] = 0x03;
	assert_false(mmc_parse_format_capacity(data, sizeof(data), &found));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hostile_answers),
		cmocka_unit_test(inquiry),
		cmocka_unit_test(features),
		cmocka_unit_test(disc_information),
		cmocka_unit_test(track_information),
		cmocka_unit_test(toc),
		cmocka_unit_test(capacity),
		cmocka_unit_test(dvd_layers),
		cmocka_unit_test(dvd_addresses_astray),
		cmocka_unit_test(layer_boundary),
		cmocka_unit_test(capabilities),
		cmocka_unit_test(format_capacity),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
