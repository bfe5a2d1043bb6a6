/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where a recorder puts audio: as many samples beside its address as its write offset says. Data sectors, which have
 * their address in themselves, are not moved. */
#ifndef VDRIVE_MMC_WRITE_OFFSET_H
#define VDRIVE_MMC_WRITE_OFFSET_H

#include "vdrive/disc_cd.h"
#include "vdrive/drive.h"

/** Sets it once, when the drive is made. 0, -EINVAL or -ENOMEM. */
int write_offset_set(struct vdrive *drive, int32_t offset_samples);
void write_offset_free(struct vdrive *drive);

/** As disc_write_raw(). */
int write_offset_put(struct vdrive *drive, int32_t lba, const struct disc_raw_sector *sector, bool is_audio);

#endif
