/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "vdrive/mmc/write_page.h"

#include <string.h>

#include "base/bytes.h"
#include "vdrive/mmc/defaults.h"

/* MMC-6 table 646. */
enum {
	AT_WRITE_TYPE = 2,
	AT_TRACK_MODE = 3,
	AT_BLOCK_TYPE = 4,
	AT_SESSION_FORMAT = 8,
	AT_PACKET_SIZE = 10,
	AT_AUDIO_PAUSE = 14,
	AT_MCN = 16,
	AT_ISRC = 32,
	AT_SUBHEADER = 48,
};

enum { TEST_WRITE = 0x10, FIXED_PACKETS = 0x20, TEXT_IS_VALID = 0x80 };

/* Multi-session: 01b writes a pointer to a session that cannot be, 10b is reserved (MMC-6 table 649). */
enum { NO_MORE_SESSIONS = 0, MULTI_SESSION_RESERVED = 2, MORE_SESSIONS = 3 };

/* Sectors of pause before an audio track at once; the standard's default is the only one. */
enum { AUDIO_PAUSE = 150 };

/* Control of a track that is written in packets (MMC-6 table 17). */
enum { CONTROL_PACKETS = 1 };

/* Buffer underrun protection, track at once, uninterrupted data track, Mode 1, a pause of 2 seconds. */
const uint8_t write_page_default[WRITE_PAGE_SIZE] = {
	0x05, 0x32, 0x41, 0x04, 0x08, [AT_AUDIO_PAUSE + 1] = AUDIO_PAUSE,
};

const uint8_t write_page_changeable[WRITE_PAGE_SIZE] = {
	0x05, 0x32, 0x7f, 0xff, 0x0f, 0xff, 0, 0x3f, 0xff, 0, [10 ... 0x33] = 0xff,
};

static bool refuse(size_t *ret_byte, size_t byte)
{
	*ret_byte = byte;
	return false;
}

static bool may_be_cd(const struct vdrive *drive)
{
	enum profile_family family = vdrive_profile(drive)->family;

	return family == FAMILY_CD || family == FAMILY_NONE;
}

/* Only a laser at half power writes nothing: drives have this for CD, DVD-R and DVD-RW (MMC-6 7.5.4.7). */
static bool has_test_write(const struct vdrive *drive)
{
	return may_be_cd(drive) || (drive->disc != NULL && disc_is_dvd_minus(drive->disc));
}

/* Track mode and block type have to tell the same; raw blocks are sectors of audio. */
static bool check_track(const uint8_t *page, size_t *ret_byte)
{
	enum cd_block_type type = page[AT_BLOCK_TYPE] & 0x0f;
	bool is_data_track = (page[AT_TRACK_MODE] & CD_CONTROL_DATA) != 0;
	struct cd_blocks blocks;

	if (!cd_blocks_by_type(type, &blocks))
		return refuse(ret_byte, AT_BLOCK_TYPE);
	/* P and Q are the drive's in a track at once, and packs of R to W it does not interleave. */
	if (blocks.sub == CD_SUB_PQ || blocks.sub == CD_SUB_PACKED || is_data_track != (blocks.form != SECTOR_AUDIO))
		return refuse(ret_byte, AT_BLOCK_TYPE);
	if (!is_data_track && get_be16(page + AT_AUDIO_PAUSE) != AUDIO_PAUSE)
		return refuse(ret_byte, AT_AUDIO_PAUSE);
	return true;
}

/* Packets hold data; fixed ones have a size, others must have none (MMC-6 7.5.4.19). */
static bool check_packets(const uint8_t *page, size_t *ret_byte)
{
	bool is_fixed = (page[AT_TRACK_MODE] & FIXED_PACKETS) != 0;

	if (!(page[AT_TRACK_MODE] & CD_CONTROL_DATA))
		return refuse(ret_byte, AT_TRACK_MODE);
	if (is_fixed != (get_be32(page + AT_PACKET_SIZE) != 0))
		return refuse(ret_byte, AT_PACKET_SIZE);
	return check_track(page, ret_byte);
}

static bool check_cd(const uint8_t *page, size_t *ret_byte)
{
	enum cd_block_type type = page[AT_BLOCK_TYPE] & 0x0f;
	struct cd_blocks blocks;

	switch (page[AT_WRITE_TYPE] & 0x0f) {
	case WRITE_PACKETS:
		return check_packets(page, ret_byte);
	case WRITE_TRACK_AT_ONCE:
		return check_track(page, ret_byte);
	case WRITE_SESSION_AT_ONCE:
		/* The cue sheet tells what the tracks are (MMC-6 7.5.4.12). */
		return cd_blocks_by_type(type, &blocks) || refuse(ret_byte, AT_BLOCK_TYPE);
	default:
		/* Raw: the host gives P and Q, on which all else depends. */
		if (type < CD_BLOCK_RAW_PQ || type > CD_BLOCK_RAW_PW)
			return refuse(ret_byte, AT_BLOCK_TYPE);
		return true;
	}
}

static bool text_is_sound(const uint8_t *page)
{
	char mcn[CD_MCN_LENGTH + 1] = { 0 };

	memcpy(mcn, page + AT_MCN + 1, CD_MCN_LENGTH);
	return !(page[AT_MCN] & TEXT_IS_VALID) || cd_mcn_is_sound(mcn);
}

static bool isrc_is_sound(const uint8_t *page)
{
	char isrc[CD_ISRC_LENGTH + 1] = { 0 };

	memcpy(isrc, page + AT_ISRC + 1, CD_ISRC_LENGTH);
	return !(page[AT_ISRC] & TEXT_IS_VALID) || cd_isrc_is_sound(isrc);
}

bool write_page_is_possible(const struct vdrive *drive, const uint8_t *page, size_t *ret_byte)
{
	uint8_t write_type = page[AT_WRITE_TYPE] & 0x0f, multi_session = page[AT_TRACK_MODE] >> 6;
	uint8_t format = page[AT_SESSION_FORMAT];

	if (page[AT_WRITE_TYPE] & TEST_WRITE && !has_test_write(drive))
		return refuse(ret_byte, AT_WRITE_TYPE);
	/* Raw is of CDs; on other media packets are how all is written that is not at once. */
	if (write_type > (may_be_cd(drive) ? WRITE_RAW : WRITE_SESSION_AT_ONCE))
		return refuse(ret_byte, AT_WRITE_TYPE);
	if (multi_session == MULTI_SESSION_RESERVED)
		return refuse(ret_byte, AT_TRACK_MODE);
	if (format != CD_TYPE_CDDA_OR_DATA && format != CD_TYPE_CDI && format != CD_TYPE_XA)
		return refuse(ret_byte, AT_SESSION_FORMAT);
	if (!text_is_sound(page))
		return refuse(ret_byte, AT_MCN);
	if (!isrc_is_sound(page))
		return refuse(ret_byte, AT_ISRC);
	return !may_be_cd(drive) || check_cd(page, ret_byte);
}

enum write_type write_page_type(const struct vdrive *drive)
{
	return drive->write_page.bytes[AT_WRITE_TYPE] & 0x0f;
}

bool write_page_is_test(const struct vdrive *drive)
{
	return (drive->write_page.bytes[AT_WRITE_TYPE] & TEST_WRITE) != 0;
}

bool write_page_is_multi_session(const struct vdrive *drive)
{
	return drive->write_page.bytes[AT_TRACK_MODE] >> 6 == MORE_SESSIONS;
}

uint32_t write_page_packet_sectors(const struct vdrive *drive)
{
	const uint8_t *page = drive->write_page.bytes;

	return page[AT_TRACK_MODE] & FIXED_PACKETS ? get_be32(page + AT_PACKET_SIZE) : 0;
}

enum cd_disc_type write_page_disc_type(const struct vdrive *drive)
{
	return drive->write_page.bytes[AT_SESSION_FORMAT];
}

uint8_t write_page_control(const struct vdrive *drive)
{
	uint8_t control = drive->write_page.bytes[AT_TRACK_MODE] & 0x0f;

	return write_page_type(drive) == WRITE_PACKETS ? control | CONTROL_PACKETS : control;
}

void write_page_blocks(const struct vdrive *drive, struct cd_blocks *ret_blocks)
{
	/* Raw blocks of two seconds' silence: what no page can be, as it was checked. */
	if (!cd_blocks_by_type(drive->write_page.bytes[AT_BLOCK_TYPE] & 0x0f, ret_blocks))
		cd_blocks_by_type(CD_BLOCK_RAW, ret_blocks);
}

const uint8_t *write_page_subheader(const struct vdrive *drive)
{
	return drive->write_page.bytes + AT_SUBHEADER;
}

static void get_text(const uint8_t *field, size_t length, char *ret_text)
{
	memset(ret_text, 0, length + 1);
	if (field[0] & TEXT_IS_VALID)
		memcpy(ret_text, field + 1, length);
}

void write_page_mcn(const struct vdrive *drive, char ret_mcn[CD_MCN_LENGTH + 1])
{
	get_text(drive->write_page.bytes + AT_MCN, CD_MCN_LENGTH, ret_mcn);
}

void write_page_isrc(const struct vdrive *drive, char ret_isrc[CD_ISRC_LENGTH + 1])
{
	get_text(drive->write_page.bytes + AT_ISRC, CD_ISRC_LENGTH, ret_isrc);
}
