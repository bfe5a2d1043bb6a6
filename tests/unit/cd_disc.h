/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the tests of virtual CDs below user data have in common. */
#ifndef UNIT_CD_DISC_H
#define UNIT_CD_DISC_H

#include "vdrive/disc_cd.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "unit/unit.h"

static char folder[] = "/tmp/discern-unit.XXXXXX";
static char path[64];
static struct discern_error err;

static inline int set_up_folder(void **state)
{
	(void)state;
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/disc", folder);
	return 0;
}

static inline int tear_down_folder(void **state)
{
	(void)state;
	return rmdir(folder);
}

static inline int remove_disc(void **state)
{
	(void)state;
	unlink(path);
	return 0;
}

static inline struct disc *open_disc(void)
{
	struct disc *disc = NULL;

	if (disc_open(path, NULL, &disc, &err) < 0)
		fail_msg("%s", err.text);
	return disc;
}

static inline struct disc *reopen(struct disc *disc)
{
	disc_close(disc);
	return open_disc();
}

static inline struct disc *create_and_open(const char *media)
{
	const struct vdrive_disc_options options = { .media = media, .n_sectors = 30000 };

	assert_int_equal(vdrive_disc_create(path, &options, &err), 0);
	return open_disc();
}

/* What a test writes at an address: no two are alike. */
static inline void fill(uint8_t *bytes, size_t size, int32_t lba, unsigned salt)
{
	for (size_t i = 0; i < size; i++)
		bytes[i] = (uint8_t)(i * 13 + (size_t)(lba + 150) * 29 + (size_t)(lba + 150) / 256 + salt);
}

static inline void make_audio(uint8_t sector[SECTOR_RAW], int32_t lba)
{
	fill(sector, SECTOR_RAW, lba, 5);
}

static inline void make_data(uint8_t sector[SECTOR_RAW], int32_t lba, enum sector_form form)
{
	memset(sector, 0, SECTOR_RAW);
	if (form == SECTOR_MODE_2_FORM_2)
		sector[SECTOR_SUBHEADER_AT + 2] = sector[SECTOR_SUBHEADER_AT + 6] = 0x20;
	fill(sector + sector_user_at(form), sector_user_bytes(form), lba, 77);
	sector_seal(sector, lba, form);
}

static inline int write_sector(struct disc *disc, int32_t lba, const uint8_t *sector)
{
	const struct disc_raw_sector raw = { .sector = sector };

	return disc_write_raw(disc, lba, &raw);
}

static inline void write_audio(struct disc *disc, int32_t begin, int32_t end)
{
	uint8_t sector[SECTOR_RAW];

	for (int32_t lba = begin; lba < end; lba++) {
		make_audio(sector, lba);
		assert_int_equal(write_sector(disc, lba, sector), 0);
	}
}

static inline void write_data(struct disc *disc, int32_t begin, int32_t end, enum sector_form form)
{
	uint8_t sector[SECTOR_RAW];

	for (int32_t lba = begin; lba < end; lba++) {
		make_data(sector, lba, form);
		assert_int_equal(write_sector(disc, lba, sector), 0);
	}
}

static inline void assert_audio(struct disc *disc, int32_t begin, int32_t end)
{
	uint8_t expected[SECTOR_RAW], sector[SECTOR_RAW];

	for (int32_t lba = begin; lba < end; lba++) {
		make_audio(expected, lba);
		assert_int_equal(disc_read_raw(disc, lba, sector, NULL), 0);
		assert_memory_equal(sector, expected, SECTOR_RAW);
		assert_int_equal(disc_read(disc, lba, 1, sector), lba < 0 ? -ENXIO : -EBADMSG);
		assert_null(disc_peek(disc, lba, 1));
	}
}

static inline void assert_data_sectors(struct disc *disc, int32_t begin, int32_t end, enum sector_form form)
{
	uint8_t expected[SECTOR_RAW], sector[SECTOR_RAW];

	for (int32_t lba = begin; lba < end; lba++) {
		make_data(expected, lba, form);
		assert_int_equal(disc_read_raw(disc, lba, sector, NULL), 0);
		assert_memory_equal(sector, expected, SECTOR_RAW);
		if (lba < 0)
			continue;
		assert_int_equal(disc_read(disc, lba, 1, sector), 0);
		assert_memory_equal(sector, expected + sector_user_at(form), DISC_SECTOR);
	}
}

/* A sector that the recorder made itself. */
static inline void assert_empty(struct disc *disc, int32_t lba, enum sector_form form)
{
	uint8_t expected[SECTOR_RAW] = { 0 }, sector[SECTOR_RAW];

	sector_seal(expected, lba, form);
	assert_int_equal(disc_read_raw(disc, lba, sector, NULL), 0);
	assert_memory_equal(sector, expected, SECTOR_RAW);
}

static inline void assert_unreadable(struct disc *disc, int32_t lba)
{
	uint8_t sector[SECTOR_RAW], subchannel[SUBCHANNEL_BYTES];

	assert_int_equal(disc_read_raw(disc, lba, sector, subchannel), -ENXIO);
}

static inline void assert_q(struct disc *disc, int32_t lba, unsigned track, unsigned index)
{
	uint8_t sector[SECTOR_RAW], raw[SUBCHANNEL_BYTES], channels[SUBCHANNEL_BYTES];
	struct q_data q;

	assert_int_equal(disc_read_raw(disc, lba, sector, raw), 0);
	subchannel_deinterleave(channels, raw);
	assert_true(q_decode(channels + SUBCHANNEL_ONE, &q));
	assert_int_equal(q.adr, Q_POSITION);
	assert_int_equal(q.lba, lba);
	assert_int_equal(q.track, track);
	assert_int_equal(q.index, index);
}

static inline void assert_track(const struct disc *disc, unsigned number, enum disc_track_state state, int32_t start,
				uint32_t n_sectors)
{
	const struct disc_track *track = disc_track(disc, number);

	assert_non_null(track);
	assert_int_equal(track->state, state);
	assert_int_equal(track->start_lba, start);
	assert_int_equal(track->n_sectors, n_sectors);
}

/* Three tracks from LBA -150 to 1600, the second with a pause of 100 sectors and more indexes. */
static inline struct cd_layout three_tracks(void)
{
	return (struct cd_layout){
		.n_tracks = 3,
		.tracks = {
			{ .mode = CD_AUDIO, .control = 2, .pregap_lba = -150, .start_lba = 0, .end_lba = 500,
			  .isrc = "DEABC2412345" },
			{ .mode = CD_AUDIO, .control = 1, .pregap_lba = 500, .start_lba = 600, .end_lba = 1000,
			  .n_indexes = 2, .indexes = { 700, 999 } },
			{ .mode = CD_AUDIO, .pregap_lba = 1000, .start_lba = 1000, .end_lba = 1600 },
		},
		.mcn = "4012345678901",
	};
}

#endif
