/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A virtual drive with a CD-Extra in it that has sectors of all kinds. */
#ifndef UNIT_CD_DRIVE_H
#define UNIT_CD_DRIVE_H

#include "base/bytes.h"
#include "support/virtual_drive.h"
#include "unit/cd_disc.h"
#include "vdrive/vdrive.h"

enum { GOOD = 0, READ_ERROR = 0x031105, OUT_OF_RANGE = 0x052100, INVALID_FIELD = 0x052400, WRONG_MODE = 0x056400 };

/* The second session: Mode 1, then Mode 2 of both forms. */
enum { AUDIO_END = 1600, DATA = AUDIO_END + 11400, XA = DATA + 400, FORM_2 = XA + 300, DATA_END = FORM_2 + 200 };

static struct test_drive t;

static inline void make_cd_extra(void)
{
	struct disc *disc = create_and_open("cd-r");
	struct cd_layout session = three_tracks();
	static const uint8_t packs[4 * 18] = { 0x80, 0, 0, 0, 'T', 'e', 's', 't' };

	assert_int_equal(disc_begin_cd_session(disc, &session, true), 0);
	assert_int_equal(disc_set_cd_text(disc, packs, 4), 0);
	write_audio(disc, -150, AUDIO_END);
	assert_int_equal(disc_close_session(disc, false), 0);
	session = (struct cd_layout){
		.n_tracks = 2,
		.tracks = { { .mode = CD_MODE_1,
			      .control = 4,
			      .pregap_lba = DATA - 150,
			      .start_lba = DATA,
			      .end_lba = XA },
			    { .mode = CD_MODE_2_XA,
			      .control = 4,
			      .pregap_lba = XA,
			      .start_lba = XA,
			      .end_lba = DATA_END } },
	};
	assert_int_equal(disc_begin_cd_session(disc, &session, false), 0);
	write_data(disc, DATA - 150, XA, SECTOR_MODE_1);
	write_data(disc, XA, FORM_2, SECTOR_MODE_2_FORM_1);
	write_data(disc, FORM_2, DATA_END, SECTOR_MODE_2_FORM_2);
	assert_int_equal(disc_close_session(disc, true), 0);
	disc_close(disc);
}

static inline void open_drive(const struct vdrive_options *options)
{
	memset(&t, 0, sizeof(t));
	assert_int_equal(vdrive_new(options, &t.drive, NULL), 0);
	assert_int_equal(vdrive_insert(t.drive, path, NULL, NULL), 0);
	test_run(&t, CDB(0x00));
}

static inline void close_drive(void)
{
	t.drive = vdrive_free(t.drive);
}

static inline int set_up_cd(void **state)
{
	set_up_folder(state);
	make_cd_extra();
	return 0;
}

static inline int tear_down_cd(void **state)
{
	remove_disc(state);
	return tear_down_folder(state);
}

/* READ CD of n sectors; type in its place in byte 1. */
static inline unsigned read_cd(unsigned type, int32_t lba, uint8_t n_sectors, unsigned parts, unsigned subchannel)
{
	uint8_t cdb[12] = { 0xbe, (uint8_t)type, [8] = n_sectors, [9] = (uint8_t)parts, [10] = (uint8_t)subchannel };

	put_be32(cdb + 2, (uint32_t)lba);
	return test_read(&t, cdb, sizeof(t.data));
}

static inline void assert_information(int32_t lba)
{
	assert_int_equal(t.answer.sense[0], 0xf0);
	assert_int_equal((int32_t)get_be32(t.answer.sense + 3), lba);
}

#endif
