/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A drive's clock: what it does takes as long as on a real drive, to be slept by the front-end (answer.delay_us) or
 * only to be counted. All calls accept a drive without a clock, which is as fast as the machine.
 */
#ifndef VDRIVE_TIMING_H
#define VDRIVE_TIMING_H

#include "vdrive/drive.h"

struct timing;

void timing_free(struct timing *timing);

/** Another medium, or none, or the power was away: the disc has to be spun up. */
void timing_medium_changed(struct timing *timing);

/** Before a command. Below 0 if a CHECK CONDITION says that the drive is at something else. */
int timing_begin(struct vdrive_call *call);

/** After it: how long it has taken. */
void timing_end(struct vdrive_call *call);

/** Whether a read has FUA, READ(10) or (12), and the drive heeds it. */
static inline bool timing_forces_read(const struct vdrive *drive, const uint8_t *cdb)
{
	return (cdb[0] == 0x28 || cdb[0] == 0xa8) && cdb[1] & 0x08 && !drive->ignores_fua;
}

/** The read command's sectors are in the drive's memory, and it does not ask for the medium (FUA). */
bool timing_is_cached(const struct vdrive *drive, const uint8_t *cdb, const struct vdrive_address *address);

/** Where the drive's clock is; the machine's without one. */
int64_t timing_now_us(const struct timing *timing);

/** Units that the drive read only with retries, or not at all. */
void timing_note_retries(struct vdrive *drive, const struct damage_result *result);

/** A unit lies elsewhere: the pick-up goes there and comes back. */
void timing_note_detour(struct vdrive *drive, int64_t lba, int64_t place);

/** The buffer ran empty, and the drive is protected against it. */
void timing_note_underrun(struct timing *timing);

/** Sectors in the buffer that are not on the disc; n_unflushed if there is no clock to tell. */
uint32_t timing_buffered_sectors(const struct vdrive *drive, uint32_t n_unflushed);

/** Bytes of the buffer that are free. */
uint32_t timing_free_bytes(const struct vdrive *drive);

#endif
