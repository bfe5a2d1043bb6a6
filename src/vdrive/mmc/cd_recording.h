/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How CDs are written: track at once and in packets (write_cd.c), session at once (write_announced.c) and raw
 * (write_raw.c). */
#ifndef VDRIVE_MMC_CD_RECORDING_H
#define VDRIVE_MMC_CD_RECORDING_H

#include "disc/rw_pack.h"
#include "vdrive/disc_cd.h"
#include "vdrive/drive.h"
#include "vdrive/mmc/cue_sheet.h"
#include "vdrive/mmc/lead_in_text.h"

struct raw_session;

/** A session that is laid out as a whole, from SEND CUE SHEET or the first raw sector on until it is closed. */
struct cd_recording {
	/** One of them is there. */
	struct cue_sheet *sheet;
	struct raw_session *raw;
	/** The disc has taken the layout. */
	bool has_begun;
	/** What the host writes next. */
	int32_t next_lba;
	struct lead_in_text text;
	/** Packs of R to W: those of the sectors before this one, and of it. */
	int32_t packs_next_lba;
	uint8_t packs[RW_WINDOW_SECTORS * SUBCHANNEL_BYTES];
};

/** Forgets what was announced; the disc stays as it is. */
void cd_recording_forget(struct vdrive *drive);

/** Where the open session's lead-in begins: of the first one where the disc says, of others a minute before the pause
 *  of its first track. */
int32_t cd_lead_in_lba(const struct disc *disc);

/** Where a session at once or a raw one is written next, by what was announced or by the write parameters page. False
 *  if it is not such a session that is written. */
bool cd_recording_next_lba(const struct vdrive *drive, int32_t *ret_lba);

/** What a track is by the write parameters page. */
enum cd_track_mode cd_page_mode(const struct vdrive *drive);

/** WRITE, as the write parameters page says. 0 or the value of a CHECK CONDITION. */
int cd_write(struct vdrive_call *call, int32_t lba, uint32_t n_sectors);

/** The host has sent all of a piece: what belongs behind the data is written, if that is its end. 0 or -EIO. */
int cd_finish(struct vdrive *drive);

/** SEND CUE SHEET. */
int cd_send_cue_sheet(struct vdrive_call *call);

/** Of the different ways. */
int cd_write_announced(struct vdrive_call *call, int32_t lba, uint32_t n_sectors);
int cd_write_raw(struct vdrive_call *call, int32_t lba, uint32_t n_sectors);
int cd_finish_raw(struct vdrive *drive);
void cd_forget_raw(struct raw_session *raw);

/** Sub-channels with R to W as the host's packs: they get their parity, where they have none, and become those that lie
 *  on the disc. Sectors come in order, or interleaving begins anew. */
void cd_interleave_packs(struct cd_recording *recording, int32_t lba, uint8_t sub[SUBCHANNEL_BYTES]);

/** Sectors of one form, in the session that is open. */
struct cd_run {
	const struct cd_blocks *blocks;
	int32_t lba;
	uint32_t n_sectors;
	/** NULL: the host sends nothing for them. */
	const uint8_t *data;
};

/** As disc_write(). *ret_lba is the sector that failed. */
int cd_write_run(struct vdrive *drive, const struct cd_run *run, int32_t *ret_lba);

/** CHECK CONDITION for what disc_write() and its kind return. */
int vdrive_write_failed(struct vdrive_call *call, int error, int32_t lba);

#endif
