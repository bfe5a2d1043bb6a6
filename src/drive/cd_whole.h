/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Whole sectors of a CD as they lie on it, for raw images: data with sync, header, EDC and ECC, or whatever else is
 * there, and sub-channels. Data prove themselves by address and EDC; what the drive gives up is read without its
 * correction, and mended here (cd_copies.h).
 */
#ifndef DRIVE_CD_WHOLE_H
#define DRIVE_CD_WHOLE_H

#include <discern/drive.h>

#include "disc/sector.h"
#include "disc/source.h"

struct cd_whole;

/** As many as cd_whole_at_once() ever gives. */
enum { CD_WHOLE_AT_ONCE = 104 };

enum cd_whole_state {
	/** Data with the right address and EDC. */
	CD_WHOLE_PROVEN,
	/** The drive is sure, and nothing in the sector could tell: audio, which cd_whole_try() has read twice, Form 2 without
	 *  EDC, formless Mode 2. */
	CD_WHOLE_PLAIN,
	/** Data that the drive gave up, mended by its own redundancy. */
	CD_WHOLE_MENDED,
	/** Came as it is, but its EDC or its address is wrong, or the drive is not sure of it. */
	CD_WHOLE_WRONG,
	/** Nothing came. */
	CD_WHOLE_LOST,
};

/** speed_kbps: what the caller has set, 0 for any. 0, -ENOMEM, -ESTALE. Release with cd_whole_close(). */
int cd_whole_open(struct discern_drive *drive, const struct discern_medium *medium, uint32_t speed_kbps,
		  struct cd_whole **ret_whole, struct discern_error *err);
/** Accepts NULL. */
void cd_whole_close(struct cd_whole *whole);

/** Whether the drive gives whole sectors, and sub-channels with them if these are wanted, tried with one. 0, also if just
 *  this sector is bad; -EOPNOTSUPP with words; or trouble of the drive. */
int cd_whole_check(struct cd_whole *whole, int32_t lba, bool with_subchannels, struct discern_error *err);

/** Most sectors that cd_whole_read() and cd_whole_read_subchannels() take, which is what is read best. */
uint32_t cd_whole_at_once(const struct cd_whole *whole);

/** Seconds that the drive was busy, by its own clock. */
double cd_whole_seconds(const struct cd_whole *whole);

/** From the next read on. */
void cd_whole_set_effort(struct cd_whole *whole, const struct source_effort *effort);

/** What cd_whole_read_subchannels() gives of the next sectors from lba on comes from the disc, of so many sectors. 0, or trouble
 *  of the drive. */
int cd_whole_forget_subchannels(struct cd_whole *whole, int32_t lba, uint32_t n_sectors, struct discern_error *err);

/** Reads sectors as the drive gives them. 0, with what is to be thought of each; -EIO or -ENXIO if it does not give
 *  all of them, and then nothing counts; or what ends the job, as of source_read(). */
int cd_whole_read(struct cd_whole *whole, const struct discern_range *range, uint8_t *ret_sectors,
		  enum cd_whole_state *ret_states, struct discern_error *err);

/** Tries one sector in all ways. 0, also if it is LOST, and then it is not touched; or what ends the job. */
int cd_whole_try(struct cd_whole *whole, int32_t lba, uint8_t ret_sector[SECTOR_RAW], enum cd_whole_state *ret_state,
		 struct discern_error *err);

/** Reads the raw sub-channels P to W, 96 bytes a sector. As cd_whole_read(); -EOPNOTSUPP from a drive that does not
 *  give them. */
int cd_whole_read_subchannels(struct cd_whole *whole, const struct discern_range *range, uint8_t *ret_subchannels,
			      struct discern_error *err);

/** cd_whole_read() and cd_whole_read_subchannels() in one command. */
int cd_whole_read_both(struct cd_whole *whole, const struct discern_range *range, uint8_t *ret_sectors,
		       enum cd_whole_state *ret_states, uint8_t *ret_subchannels, struct discern_error *err);

/** The sub-channels of one sector, also where the drive gives up its data. 0, -EIO, or what ends the job. */
int cd_whole_try_subchannels(struct cd_whole *whole, int32_t lba, uint8_t ret_subchannels[96],
			     struct discern_error *err);

#endif
