/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the reading commands have in common. */
#ifndef VDRIVE_MMC_READ_H
#define VDRIVE_MMC_READ_H

#include "vdrive/drive.h"

/** A check condition that names the sector concerned, as the information field can hold it. */
int vdrive_fail_at(struct vdrive_call *call, struct vdrive_sense sense, int64_t lba);

/** Why a sector gives nothing: 5/21/00 beyond all that has an address, else 5/64/00, or 3/11/00 with -EIO. */
int vdrive_fail_read(struct vdrive_call *call, int64_t lba, int ret);

/** 0 when the host takes data; of a command without data it need not. */
int vdrive_check_direction(struct vdrive_call *call, uint32_t n_sectors);

/** User data of recorded sectors, all of them DVD, BD or plain Mode 1, to the host's memory. */
int vdrive_send_user_data(struct vdrive_call *call, int32_t lba, uint32_t n_sectors);

/** Copies what the host has room for behind what it has got. */
void vdrive_put_to_host(struct vdrive_call *call, const uint8_t *data, size_t size);

/** Sectors that have addresses: behind the end of a complete disc there are none, behind that of an appendable one
 *  there is blank medium. */
uint32_t vdrive_addressable_sectors(const struct disc *disc);

#endif
