/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A virtual CD below the level of user data: whole sectors of 2352 bytes and their sub-channels, from the pause of
 * the first track (LBA -150) to the last lead-out. disc.h has the same disc as user data of 2048 bytes.
 *
 * A sector that was written as 2048 bytes of Mode 1 user data is kept as such, everything else as it was written;
 * what nobody gave, a recorder makes: sync, header, EDC, ECC, P and Q, as disc/sector.h and disc/subchannel.h do.
 */
#ifndef VDRIVE_DISC_CD_H
#define VDRIVE_DISC_CD_H

#include "disc/cd_layout.h"
#include "disc/sector.h"
#include "disc/subchannel.h"
#include "vdrive/disc.h"

/** True for a CD of any kind; all other functions are for these only. */
bool disc_is_cd(const struct disc *disc);

/** Tracks and sessions as the lead-ins, or in an open session the PMA and what was announced, tell of them. Valid
 *  until the next call that changes the disc. */
const struct cd_layout *disc_cd_layout(const struct disc *disc);

/** One whole sector, and its raw sub-channels where ret_subchannel is not NULL. lba from -150 to the end of a closed
 *  session's lead-out: 6750 sectors behind the first session, 2250 behind later ones. Pauses that the drive writes are
 *  silence or empty sectors of their track's mode. -ENXIO where nothing is recorded, run-out sectors included; -EIO. */
int disc_read_raw(struct disc *disc, int32_t lba, uint8_t ret_sector[SECTOR_RAW], uint8_t *ret_subchannel);

/** True if all of these are kept as user data of Mode 1 sectors, so that disc_read() and disc_peek() give them. */
bool disc_is_plain(const struct disc *disc, int32_t lba, uint32_t n_sectors);

/** A sector as it goes to the disc. */
struct disc_raw_sector {
	/** 2352 bytes, whole (sector_seal()). */
	const uint8_t *sector;
	/** 96 raw bytes that the host gave; NULL: the recorder makes them. */
	const uint8_t *subchannel;
};

/** As disc_write(), and in the same way only where the track goes on, one sector; pauses (index 0) of tracks that a
 *  cue sheet announced, down to LBA -150, included. -ENXIO, -EROFS, -ENOSPC, -EIO. */
int disc_write_raw(struct disc *disc, int32_t lba, const struct disc_raw_sector *sector);

/** A session at once as a cue sheet or the lead-in of a raw recording lays it out: tracks are numbered on from those
 *  that are there, sessions are ignored, pauses and tracks must adjoin; the lead-out lies where the last one ends.
 *  The first pause begins 150 sectors before the invisible track; or where that begins, and then these 150 sectors
 *  are the drive's. The disc then takes sectors from the first pause on, in order, with disc_write_raw() or, of Mode 1
 *  tracks, disc_write(). The catalogue number, too, is taken from the first session. -EROFS, -ENOSPC, -EINVAL. */
int disc_begin_cd_session(struct disc *disc, const struct cd_layout *session, bool multi_session);

/** Raw recording: what the lead-in did not tell of the tracks of the session that is open, with all its sectors
 *  written: pauses (parts of what were the tracks before them), indexes, modes, ISRCs and MCN. -EROFS, -EINVAL. */
int disc_amend_cd_session(struct disc *disc, const struct cd_layout *session);

/** A part of an audio sector that was written just now, before it leaves the drive's buffer. -EROFS, -EIO. */
int disc_amend_audio(struct disc *disc, int32_t lba, size_t at, const uint8_t *data, size_t size);

/** Track at once: what the write parameters page says of the tracks that writes begin, until the next call or until
 *  the disc is taken out; at first Mode 1. isrc may be NULL. -EROFS, -EINVAL. */
int disc_set_next_track(struct disc *disc, enum cd_track_mode mode, uint8_t control, const char *isrc);
/** The catalogue number of a disc that has no closed session yet; "" for none. */
int disc_set_mcn(struct disc *disc, const char *mcn);

/** Packs of 18 bytes for the lead-in of the open session's first track: at most DISC_MAX_TEXT_PACKS. */
int disc_set_cd_text(struct disc *disc, const uint8_t *packs, size_t n_packs);
/** Those of the first closed session that has any; *ret_n_packs 0 and NULL without. */
const uint8_t *disc_cd_text(const struct disc *disc, size_t *ret_n_packs);

#endif
