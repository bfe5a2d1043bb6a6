/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "disc/subchannel.h"

#include <string.h>

#include "unit/unit.h"

/* Q of pressed discs as drives delivered it, from what users of DiscImageCreator reported. */
static const struct {
	uint8_t q[SUBCHANNEL_ONE];
	struct q_data data;
} pressed[] = {
	{ { 0x41, 0x01, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x00, 0x28, 0x32 },
	  { .control = 4, .adr = Q_POSITION, .track = 1, .index = 1, .relative = 0, .lba = 0 } },
	{ { 0x41, 0x01, 0x01, 0x00, 0x00, 0x01, 0x00, 0x00, 0x02, 0x01, 0x92, 0x42 },
	  { .control = 4, .adr = Q_POSITION, .track = 1, .index = 1, .relative = 1, .lba = 1 } },
	{ { 0x01, 0x54, 0x01, 0x03, 0x29, 0x41, 0x00, 0x64, 0x10, 0x01, 0x0d, 0x09 },
	  { .adr = Q_POSITION, .track = 54, .index = 1, .relative = 15716, .lba = 288601 } },
	{ { 0x01, 0x55, 0x01, 0x00, 0x00, 0x01, 0x00, 0x64, 0x10, 0x03, 0x72, 0x68 },
	  { .adr = Q_POSITION, .track = 55, .index = 1, .relative = 1, .lba = 288603 } },
	/* So it was mastered. */
	{ { 0x01, 0x55, 0x81, 0x00, 0x00, 0x00, 0x00, 0x64, 0x10, 0x02, 0x35, 0x99 },
	  { .adr = Q_POSITION, .track = 55, .index = 81, .relative = 0, .lba = 288602 } },
	{ { 0x01, 0x03, 0x01, 0x00, 0x20, 0x74, 0x00, 0x01, 0x47, 0x74, 0xc6, 0xdd },
	  { .adr = Q_POSITION, .track = 3, .index = 1, .relative = 1574, .lba = 7949 } },
	{ { 0x01, 0x04, 0x00, 0x00, 0x01, 0x74, 0x00, 0x01, 0x48, 0x01, 0x7e, 0x01 },
	  { .adr = Q_POSITION, .track = 4, .index = 0, .relative = 149, .lba = 7951 } },
	{ { 0x01, 0xaa, 0x01, 0x01, 0x29, 0x74, 0x00, 0x19, 0x48, 0x05, 0x78, 0x86 },
	  { .adr = Q_POSITION, .track = 0xaa, .index = 1, .relative = 6749, .lba = 88955 } },
	{ { 0x02, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x21, 0x75 },
	  { .adr = Q_MCN, .mcn = "0000000000000", .lba = 7950 } },
};

static void test_pressed(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(pressed) / sizeof(pressed[0]); i++) {
		const struct q_data *expected = &pressed[i].data;
		uint8_t q[SUBCHANNEL_ONE];
		struct q_data data;

		assert_true(q_is_sound(pressed[i].q));
		assert_true(q_decode(pressed[i].q, &data));
		assert_int_equal(data.control, expected->control);
		assert_int_equal(data.adr, expected->adr);
		assert_int_equal(data.track, expected->track);
		assert_int_equal(data.index, expected->index);
		assert_int_equal(data.relative, expected->relative);
		if (data.adr == Q_POSITION)
			assert_int_equal(data.lba, expected->lba);
		assert_string_equal(data.mcn, expected->mcn);
		q_encode(q, expected);
		assert_memory_equal(q, pressed[i].q, sizeof(q));
	}
}

/* The lead-in of a second session of a pressed disc: POINT 12, which begins at 20:50:06. */
static void test_lead_in(void **state)
{
	static const uint8_t expected[] = { 0x41, 0x00, 0x12, 0x19, 0x48, 0x06, 0x00, 0x20, 0x50, 0x06, 0x0e, 0x6d };
	static const uint8_t first[8] = { 0xa0, 0x00, 0x00, 0x00, 0x00, 0x01, 0x20, 0x00 };
	uint8_t q[SUBCHANNEL_ONE];
	struct q_data data;

	(void)state;
	q_encode_toc(q, 0x41, expected + 2);
	assert_memory_equal(q, expected, sizeof(q));
	assert_true(q_decode(q, &data));
	assert_int_equal(data.track, 0);
	assert_int_equal(data.index, 12);
	assert_int_equal(data.lba, (20 * 60 + 50) * 75 + 6 - 150);
	q_encode_toc(q, 0x41, first);
	assert_true(q_decode(q, &data));
	assert_int_equal(data.index, 0xa0);
}

/* IEC 60908 17.5.3 by hand: D E A 6 2 are 14h 15h 11h 06h 02h, in 30 bits 010100 010101 010001 000110 000010, then
 * two zero bits and the digits. */
static void test_isrc(void **state)
{
	static const uint8_t expected[10] = { 0x03, 0x51, 0x54, 0x46, 0x08, 0x04, 0x12, 0x34, 0x50, 0x74 };
	struct q_data data = { .adr = Q_ISRC, .lba = -1, .isrc = "DEA620412345" }, decoded;
	uint8_t q[SUBCHANNEL_ONE];

	(void)state;
	q_encode(q, &data);
	assert_memory_equal(q, expected, sizeof(expected));
	assert_true(q_decode(q, &decoded));
	assert_string_equal(decoded.isrc, data.isrc);
	strcpy(data.isrc, "ZZ9ZZ9999999");
	q_encode(q, &data);
	assert_true(q_decode(q, &decoded));
	assert_string_equal(decoded.isrc, data.isrc);
}

static void set_crc(uint8_t q[SUBCHANNEL_ONE])
{
	uint16_t crc = q_crc(q);

	q[10] = (uint8_t)(crc >> 8);
	q[11] = (uint8_t)crc;
}

/* No number, or no sound CRC. */
static void test_broken(void **state)
{
	static const struct {
		unsigned at;
		uint8_t byte;
	} broken[] = { { 1, 0x0a }, { 1, 0xab }, { 2, 0xa0 }, { 3, 0xf0 }, { 4, 0x60 },
		       { 5, 0x75 }, { 7, 0x1a }, { 8, 0x60 }, { 9, 0x75 } };
	struct q_data data = { .adr = Q_ISRC, .isrc = "DEA620412345" };
	uint8_t q[SUBCHANNEL_ONE];

	(void)state;
	for (size_t i = 0; i < sizeof(broken) / sizeof(broken[0]); i++) {
		struct q_data decoded;

		memcpy(q, pressed[2].q, sizeof(q));
		q[broken[i].at] = broken[i].byte;
		assert_false(q_decode(q, &decoded));
		set_crc(q);
		assert_true(q_is_sound(q));
		assert_false(q_decode(q, &decoded));
	}
	for (unsigned bit = 0; bit < 96; bit++) {
		memcpy(q, pressed[3].q, sizeof(q));
		q[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_false(q_is_sound(q));
	}
	q_encode(q, &data);
	q[1] = 0xff;
	set_crc(q);
	assert_false(q_decode(q, &data));
	memcpy(q, pressed[8].q, sizeof(q));
	q[4] = 0x0b;
	set_crc(q);
	assert_false(q_decode(q, &data));
}

static void test_interleave(void **state)
{
	uint8_t channels[SUBCHANNEL_BYTES], raw[SUBCHANNEL_BYTES], back[SUBCHANNEL_BYTES];

	(void)state;
	memset(channels, 0, sizeof(channels));
	memset(channels, 0xff, SUBCHANNEL_ONE);
	memcpy(channels + SUBCHANNEL_ONE, pressed[0].q, SUBCHANNEL_ONE);
	channels[7 * SUBCHANNEL_ONE] = 0x80;
	subchannel_interleave(raw, channels);
	/* P in bit 7, Q (41h 01h ...) in bit 6, W in bit 0. */
	assert_memory_equal(raw, "\x81\xc0\x80\x80\x80\x80\x80\xc0\x80\x80\x80\x80\x80\x80\x80\xc0", 16);
	for (unsigned i = 0; i < sizeof(channels); i++)
		channels[i] = (uint8_t)(i * 151 + 7);
	subchannel_interleave(raw, channels);
	subchannel_deinterleave(back, raw);
	assert_memory_equal(back, channels, sizeof(back));
}

static struct cd_layout make_layout(void)
{
	struct cd_layout layout = { .n_sessions = 2, .n_tracks = 4 };

	layout.sessions[0] = (struct cd_session){ .first_track = 1, .last_track = 3, .lead_out_lba = 5000 };
	layout.sessions[1] = (struct cd_session){ .first_track = 4, .last_track = 4, .lead_out_lba = 17000 };
	layout.tracks[0] = (struct cd_track){
		.number = 1, .session = 1, .pregap_lba = -150, .start_lba = 0, .end_lba = 1000, .isrc = "DEA620000001"
	};
	/* A pause that begins where an MCN would stand, and one that is no pause at all. */
	layout.tracks[1] = (struct cd_track){ .number = 2,
					      .session = 1,
					      .pregap_lba = 1000,
					      .start_lba = 1148,
					      .end_lba = 3000,
					      .n_indexes = 1,
					      .indexes = { 2000 },
					      .control = CD_CONTROL_COPY_PERMITTED,
					      .isrc = "DEA620000002" };
	layout.tracks[2] =
		(struct cd_track){ .number = 3, .session = 1, .pregap_lba = 3000, .start_lba = 3000, .end_lba = 5000 };
	layout.tracks[3] = (struct cd_track){ .number = 4,
					      .session = 2,
					      .mode = CD_MODE_1,
					      .control = CD_CONTROL_DATA,
					      .pregap_lba = 16250,
					      .start_lba = 16400,
					      .end_lba = 17000,
					      .isrc = "DEA620000004" };
	strcpy(layout.mcn, "4006381333931");
	return layout;
}

static struct q_data make_at(const struct cd_layout *layout, int32_t lba, uint8_t *ret_p)
{
	uint8_t raw[SUBCHANNEL_BYTES], channels[SUBCHANNEL_BYTES];
	static const uint8_t zeros[6 * SUBCHANNEL_ONE];
	struct q_data data;

	subchannel_make(raw, layout, lba);
	subchannel_deinterleave(channels, raw);
	assert_true(q_decode(channels + SUBCHANNEL_ONE, &data));
	for (unsigned i = 1; i < SUBCHANNEL_ONE; i++)
		assert_int_equal(channels[i], channels[0]);
	assert_memory_equal(channels + 2 * SUBCHANNEL_ONE, zeros, sizeof(zeros));
	*ret_p = channels[0];
	return data;
}

static void test_positions(void **state)
{
	static const struct {
		int32_t lba;
		unsigned track, index;
		int32_t relative;
		uint8_t control, p;
	} expected[] = {
		{ -150, 1, 0, 149, 0, 0xff },   { -1, 1, 0, 0, 0, 0xff },       { 0, 1, 1, 0, 0, 0xff },
		{ 1, 1, 1, 1, 0, 0 },           { 997, 1, 1, 997, 0, 0 },       { 998, 1, 1, 998, 0, 0xff },
		{ 1000, 2, 0, 147, 2, 0xff },   { 1147, 2, 0, 0, 2, 0xff },     { 1148, 2, 1, 0, 2, 0xff },
		{ 1999, 2, 1, 851, 2, 0 },      { 2000, 2, 2, 852, 2, 0 },      { 2848, 2, 2, 1700, 2, 0 },
		{ 2850, 2, 2, 1702, 2, 0xff },  { 3000, 3, 1, 0, 0, 0xff },     { 3001, 3, 1, 1, 0, 0 },
		{ 4999, 3, 1, 1999, 0, 0 },     { 5000, 0xaa, 1, 0, 0, 0xff },  { 5001, 0xaa, 1, 1, 0, 0 },
		{ 5149, 0xaa, 1, 149, 0, 0 },   { 5150, 0xaa, 1, 150, 0, 255 }, { 5168, 0xaa, 1, 168, 0, 255 },
		{ 5169, 0xaa, 1, 169, 0, 0 },   { 5187, 0xaa, 1, 187, 0, 0 },   { 5188, 0xaa, 1, 188, 0, 0xff },
		{ 16250, 4, 0, 149, 4, 0xff },  { 16400, 4, 1, 0, 4, 0xff },    { 17000, 0xaa, 1, 0, 4, 0xff },
		{ 11749, 0xaa, 1, 6749, 0, 0 },
	};
	struct cd_layout layout = make_layout();

	(void)state;
	assert_true(cd_layout_is_sound(&layout));
	for (size_t i = 0; i < sizeof(expected) / sizeof(expected[0]); i++) {
		uint8_t p;
		struct q_data data = make_at(&layout, expected[i].lba, &p);

		assert_int_equal(data.adr, Q_POSITION);
		assert_int_equal(data.lba, expected[i].lba);
		assert_int_equal(data.track, expected[i].track);
		assert_int_equal(data.index, expected[i].index);
		assert_int_equal(data.relative, expected[i].relative);
		assert_int_equal(data.control, expected[i].control);
		assert_int_equal(p, expected[i].p);
	}
}

/* ECMA-130 22.3.4.2, IEC 60908 17.5.1: position in nine of ten sectors, MCN and ISRC in one of a hundred at least, and
 * the first sector of each track and index tells its position. */
static void test_codes(void **state)
{
	struct cd_layout layout = make_layout();
	int32_t last_position = -151, last_other = -161, last_mcn = -151, last_isrc = -151;

	(void)state;
	for (int32_t lba = -150; lba < 5000; lba++) {
		const struct cd_track *track = cd_layout_track_at(&layout, lba);
		uint8_t p;
		struct q_data data = make_at(&layout, lba, &p);

		if (data.adr == Q_POSITION) {
			last_position = lba;
		} else {
			assert_true(lba - last_other >= 10);
			last_other = lba;
		}
		if (data.adr == Q_MCN) {
			assert_string_equal(data.mcn, layout.mcn);
			assert_int_equal(data.control, track->control);
			last_mcn = lba;
		}
		if (data.adr == Q_ISRC) {
			assert_string_equal(data.isrc, track->isrc);
			last_isrc = lba;
		}
		assert_true(lba - last_position <= 1 && lba - last_mcn < 100);
		assert_true(track->isrc[0] == '\0' || lba - last_isrc < 100);
		if (lba == track->pregap_lba || lba == track->start_lba || lba == 2000)
			assert_int_equal(data.adr, Q_POSITION);
	}
	/* No ISRC in a data track; neither in a lead-out. */
	for (int32_t lba = 16250; lba < 17200; lba++) {
		uint8_t p;
		struct q_data data = make_at(&layout, lba, &p);

		assert_int_not_equal(data.adr, Q_ISRC);
		assert_true(data.adr == Q_POSITION || lba < 17000);
	}
}

static void test_nothing(void **state)
{
	static const int32_t nowhere[] = { -151, 11750, 16249, 23750 };
	static const uint8_t zeros[SUBCHANNEL_BYTES];
	struct cd_layout layout = make_layout();

	(void)state;
	for (size_t i = 0; i < sizeof(nowhere) / sizeof(nowhere[0]); i++) {
		uint8_t raw[SUBCHANNEL_BYTES];

		subchannel_make(raw, &layout, nowhere[i]);
		assert_memory_equal(raw, zeros, sizeof(raw));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pressed), cmocka_unit_test(test_lead_in),    cmocka_unit_test(test_isrc),
		cmocka_unit_test(test_broken),  cmocka_unit_test(test_interleave), cmocka_unit_test(test_positions),
		cmocka_unit_test(test_codes),   cmocka_unit_test(test_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
