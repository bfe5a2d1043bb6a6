/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Audio sectors of a CD, with C2 pointers from drives that have them. */
#ifndef DRIVE_CD_AUDIO_H
#define DRIVE_CD_AUDIO_H

#include <discern/drive.h>

#include "disc/sector.h"

struct cd_audio;

/** Of one sector that was read. */
struct cd_audio_sector {
	uint8_t data[SECTOR_RAW];
	/** Which bytes the drive could not correct; none without C2. */
	uint8_t c2[SECTOR_C2];
};

/** 0 or -ENOMEM. Release with cd_audio_close(). */
int cd_audio_open(struct discern_drive *drive, struct cd_audio **ret_audio, struct discern_error *err);
/** Accepts NULL. */
void cd_audio_close(struct cd_audio *audio);

/** The drive says that it has C2 pointers, and has refused them in no read so far. */
bool cd_audio_has_c2(const struct cd_audio *audio);

/** From the next read on, sectors of data are read as well, whole, and without C2 pointers; or only audio again. */
void cd_audio_take_all(struct cd_audio *audio, bool all);

/** Takes the raw sub-channels P to W of sectors that were read, 96 bytes each; a return below 0 ends the read with it. */
struct cd_audio_channels {
	int (*take)(const struct discern_range *range, const uint8_t *channels, void *user, struct discern_error *err);
	void *user;
};

/** From the next read on sub-channels come with the sectors, as long as the drive takes that; channels must live as long. */
void cd_audio_take_channels(struct cd_audio *audio, const struct cd_audio_channels *channels);

/** Most sectors that one command reads; cd_audio_read() takes any number of them. */
uint32_t cd_audio_at_once(const struct cd_audio *audio);

/** Seconds that the drive was busy with reading, by its own clock. */
double cd_audio_seconds(const struct cd_audio *audio);

/**
 * Reads sectors with one command, where the system transfers so many at once, and waits for a drive that was reset.
 * @return 0; -EIO (unreadable), -ENXIO (not there: outside of what the drive reaches); or what ends the job: -ESTALE
 *         (another disc), -ENOMEDIUM, -ENODEV, -ETIMEDOUT
 */
int cd_audio_read(struct cd_audio *audio, const struct discern_range *range, struct cd_audio_sector *ret_sectors,
		  struct discern_error *err);

/** Most sectors that cd_audio_read_whole() reads. */
#define CD_AUDIO_WHOLE 320

/** Reads sectors with one command however many they are, so that they adjoin; with what the drive and the system say,
 *  and that is all: -EMSGSIZE if they are too many. */
int cd_audio_read_whole(struct cd_audio *audio, const struct discern_range *range, struct cd_audio_sector *ret_sectors);

#endif
