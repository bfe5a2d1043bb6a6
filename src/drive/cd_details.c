/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "drive/cd_details.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/cleanup.h"
#include "disc/msf.h"
#include "disc/readings.h"
#include "disc/sector.h"
#include "disc/subchannel.h"
#include "drive/drive_private.h"

/* Sectors read at once; 32 KiB, which every system transfers. Two in a row may hold a number instead of a position. */
enum { AT_ONCE = 13, PROBE = 4 };

/* MCN and ISRC are in one of 100 sectors each (IEC 60908 17.5.2). */
enum { CODE_SECTORS = 110 };

struct details {
	struct discern_drive *drive;
	struct cd_layout *layout;
	uint8_t *buffer;
	bool (*is_cancelled)(void *user);
	void *user;
};

/* What Q says where, if it says a position. */
struct position {
	int32_t lba;
	unsigned track, index;
};

static int read_q(struct details *details, int32_t lba, uint32_t n_sectors)
{
	const struct discern_range range = { lba, n_sectors };
	struct scsi_command command;

	if (details->is_cancelled != NULL && details->is_cancelled(details->user))
		return -ECANCELED;
	mmc_read_cd(&command, &range, MMC_CD_ANY | MMC_CD_WITH_SUBCHANNEL, details->buffer);
	return drive_run(details->drive, &command, NULL, NULL);
}

static bool get_q(const struct details *details, uint32_t sector, struct q_data *ret_q)
{
	const uint8_t *raw = details->buffer + sector * mmc_read_cd_bytes(MMC_CD_WITH_SUBCHANNEL) + SECTOR_RAW;
	uint8_t channels[SUBCHANNEL_BYTES];

	subchannel_deinterleave(channels, raw);
	return q_decode(channels + SUBCHANNEL_Q * SUBCHANNEL_ONE, ret_q);
}

/* The first position among sectors that were read. */
static bool take_position(const struct details *details, uint32_t n_sectors, struct position *ret_position)
{
	for (uint32_t i = 0; i < n_sectors; i++) {
		struct q_data q;

		if (!get_q(details, i, &q) || q.adr != Q_POSITION)
			continue;
		*ret_position = (struct position){ q.lba, q.track, q.index };
		return true;
	}
	return false;
}

/* The first position that Q tells from lba on and below end. Q has its own address: drives give it a little early or
 * late. 0, -ENODATA without any, -ECANCELED, or what the drive says. */
static int probe(struct details *details, int32_t lba, int32_t end, struct position *ret_position)
{
	uint32_t n_sectors = end - lba < PROBE ? (uint32_t)(end - lba) : PROBE;
	int ret = read_q(details, lba, n_sectors);

	if (ret == 0)
		return take_position(details, n_sectors, ret_position) ? 0 : -ENODATA;
	/* Drives do not read over a border between data and sound with one command. */
	for (uint32_t i = 0; i < n_sectors && ret != -ECANCELED; i++) {
		ret = read_q(details, lba + (int32_t)i, 1);
		if (ret == 0 && take_position(details, 1, ret_position))
			return 0;
	}
	return ret < 0 ? ret : -ENODATA;
}

/* The first sector of [low, high) at which Q is at this index of this track or beyond; high, or -ENODATA, without. Of
 * sectors without a position, at most three stand in a row: these count to what comes next. */
static int find_border(struct details *details, const struct position *wanted, int32_t low, int32_t high)
{
	const int32_t end = high + PROBE;

	while (low < high) {
		int32_t middle = low + (high - low) / 2;
		struct position found;
		int ret = probe(details, middle, end, &found);

		if (ret < 0)
			return ret == -ECANCELED ? ret : -ENODATA;
		if (found.track > wanted->track || (found.track == wanted->track && found.index >= wanted->index))
			high = found.lba <= middle ? middle : found.lba < high ? found.lba : high;
		else
			low = (found.lba > middle ? found.lba : middle) + 1;
		/* Between the middle and where Q was found, nothing told a position. */
		if (high > middle && low <= middle && found.lba >= high)
			high = middle;
	}
	return high;
}

/* Most pauses are short: goes back from the track's begin in growing steps until Q is of what was before. So far away
 * from the border damage does not matter. */
static int32_t find_before(struct details *details, const struct position *wanted, int32_t low, int32_t high)
{
	for (int32_t step = 2 * MSF_SECOND + PROBE; high - low > step; step *= 2) {
		struct position found;
		int ret = probe(details, high - step, high, &found);

		if (ret < 0)
			return ret == -ECANCELED ? ret : low;
		if (found.track < wanted->track)
			return found.lba < high - step ? found.lba : high - step;
	}
	return low;
}

/* LBAs below -150 are no borders, so that negative numbers are errors here. */
static int find_pause(struct details *details, unsigned i)
{
	struct cd_track *track = &details->layout->tracks[i];
	struct cd_track *before = &details->layout->tracks[i - 1];
	const struct position wanted = { 0, track->number, 0 };
	struct position last;
	int ret;

	if (track->start_lba - before->start_lba < 2 || before->session != track->session)
		return 0;
	ret = probe(details, track->start_lba - PROBE, track->start_lba, &last);
	if (ret < 0 || last.track != track->number || last.index != 0)
		return ret == -ECANCELED ? ret : 0;
	ret = find_before(details, &wanted, before->start_lba + 1, track->start_lba - 1);
	if (ret >= 0)
		ret = find_border(details, &wanted, ret, track->start_lba - 1);
	if (ret < 0)
		return ret == -ECANCELED ? ret : 0;
	track->pregap_lba = before->end_lba = ret;
	return 0;
}

static int find_indexes(struct details *details, struct cd_track *track)
{
	int32_t low = track->start_lba + 1;
	struct position last, wanted = { 0, track->number, 2 };
	int ret = 0;

	if (track->end_lba - track->start_lba <= PROBE)
		return 0;
	ret = probe(details, track->end_lba - PROBE, track->end_lba, &last);
	if (ret < 0 || last.track != track->number || last.index < 2 || last.index > CD_MAX_INDEXES)
		return ret == -ECANCELED ? ret : 0;
	for (; wanted.index <= last.index; wanted.index++) {
		ret = find_border(details, &wanted, low, track->end_lba - 1);
		if (ret < low)
			return ret == -ECANCELED ? ret : 0;
		track->indexes[track->n_indexes++] = ret;
		low = ret + 1;
	}
	return 0;
}

static void take_code(struct cd_layout *layout, struct cd_track *track, const struct q_data *q)
{
	if (q->adr == Q_MCN && cd_mcn_is_sound(q->mcn) && strspn(q->mcn, "0") < CD_MCN_LENGTH)
		memcpy(layout->mcn, q->mcn, sizeof(layout->mcn));
	if (q->adr == Q_ISRC && cd_isrc_is_sound(q->isrc))
		memcpy(track->isrc, q->isrc, sizeof(track->isrc));
}

/* Numbers in the first sectors of a track, by Q itself: drives have been seen to give READ SUB-CHANNEL those of the
 * track before. -ENODATA if Q could not be read. */
static int find_codes(struct details *details, struct cd_track *track)
{
	int32_t end =
		track->start_lba + CODE_SECTORS < track->end_lba ? track->start_lba + CODE_SECTORS : track->end_lba;
	bool has_q = false;

	for (int32_t lba = track->start_lba; lba < end; lba += AT_ONCE) {
		uint32_t n_sectors = end - lba < AT_ONCE ? (uint32_t)(end - lba) : AT_ONCE;
		int ret = read_q(details, lba, n_sectors);

		if (ret == -ECANCELED)
			return ret;
		for (uint32_t i = 0; ret == 0 && i < n_sectors; i++) {
			struct q_data q;

			if (!get_q(details, i, &q))
				continue;
			has_q = true;
			take_code(details->layout, track, &q);
		}
	}
	return has_q ? 0 : -ENODATA;
}

/* READ SUB-CHANNEL (MMC-6 6.24): a bit that it is there, and digits. */
static void ask_code(struct details *details, enum mmc_sub_channel format, struct cd_track *track)
{
	enum { VALID_AT = 8, DIGITS_AT = 9, VALID = 0x80 };
	uint8_t data[MMC_SUB_CHANNEL_SIZE];
	struct q_data q = { .adr = format == MMC_SUB_CHANNEL_MCN ? Q_MCN : Q_ISRC };
	struct scsi_command command;
	size_t length;

	mmc_read_sub_channel(&command, format, (uint8_t)track->number, data);
	if (drive_run(details->drive, &command, &length, NULL) < 0 || length < sizeof(data) ||
	    !(data[VALID_AT] & VALID))
		return;
	memcpy(q.mcn, data + DIGITS_AT, CD_MCN_LENGTH);
	memcpy(q.isrc, data + DIGITS_AT, CD_ISRC_LENGTH);
	take_code(details->layout, track, &q);
}

static int find_in_track(struct details *details, unsigned i)
{
	struct cd_track *track = &details->layout->tracks[i];
	int ret = i > 0 ? find_pause(details, i) : 0;

	if (ret < 0)
		return ret;
	ret = find_codes(details, track);
	if (ret == -ENODATA) {
		ask_code(details, MMC_SUB_CHANNEL_ISRC, track);
		if (details->layout->mcn[0] == '\0')
			ask_code(details, MMC_SUB_CHANNEL_MCN, track);
		ret = 0;
	}
	return ret;
}

int cd_details_read(struct discern_drive *drive, struct cd_layout *layout, enum cd_details_of of,
		    bool (*is_cancelled)(void *user), void *user)
{
	AUTO_FREE uint8_t *buffer = buffer_new(AT_ONCE * mmc_read_cd_bytes(MMC_CD_WITH_SUBCHANNEL));
	struct details details = { drive, layout, buffer, is_cancelled, user };
	const char *before =
		readings_because(drive->readings, "Q: where pauses and indexes begin, and the codes of tracks");
	int ret = buffer == NULL ? -ENOMEM : 0;

	for (unsigned i = 0; ret == 0 && i < layout->n_tracks; i++)
		if (of == CD_DETAILS_OF_ALL || layout->tracks[i].mode == CD_AUDIO)
			ret = find_in_track(&details, i);
	/* Where tracks end is known only now. */
	for (unsigned i = 0; ret == 0 && i < layout->n_tracks; i++)
		if (of == CD_DETAILS_OF_ALL || layout->tracks[i].mode == CD_AUDIO)
			ret = find_indexes(&details, &layout->tracks[i]);
	readings_because(drive->readings, before);
	return ret;
}
