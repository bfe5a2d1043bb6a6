/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What this drive can do, in one place: its mode pages, features and GET PERFORMANCE all tell the same. */
#ifndef VDRIVE_MMC_DEFAULTS_H
#define VDRIVE_MMC_DEFAULTS_H

#include "vdrive/drive.h"

/** Bytes of the drive's write buffer. */
#define VDRIVE_BUFFER_SIZE (4u << 20)

/** Most write speeds that one medium has. */
#define VDRIVE_MAX_SPEEDS 8

/** Sets the mode pages that a host can change to what a drive has at power on. */
void vdrive_reset_pages(struct vdrive *drive);

/** Sets both speeds to the highest for the medium; without a medium to those of a CD. */
void vdrive_reset_speeds(struct vdrive *drive);

/** kB/s, highest for the medium. */
uint32_t vdrive_max_read_kbps(const struct vdrive *drive);

/** Write speeds for the medium in kB/s, the highest first; ret_n 0 for a pressed one. Without a medium a CD-R's. */
const uint32_t *vdrive_write_speeds(const struct vdrive *drive, size_t *ret_n);

/** Sets a speed to the highest that is not above kbps, or to the lowest there is. */
void vdrive_select_read_speed(struct vdrive *drive, uint32_t kbps);
void vdrive_select_write_speed(struct vdrive *drive, uint32_t kbps);

/** True where the medium takes more data now. */
bool vdrive_is_writable(const struct vdrive *drive);

/** The medium's profile, or the entry "no medium". */
const struct profile *vdrive_profile(const struct vdrive *drive);

#endif
