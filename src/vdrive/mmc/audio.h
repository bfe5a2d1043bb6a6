/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Playing sound: nobody hears it, but where it is goes on with the time (MMC-6 feature 0103h). */
#ifndef VDRIVE_MMC_AUDIO_H
#define VDRIVE_MMC_AUDIO_H

#include "vdrive/drive.h"

/** Another medium or none. */
void vdrive_forget_player(struct vdrive *drive);

/** The pick-up is wanted for something else. */
void vdrive_stop_player(struct vdrive *drive);

/** READ SUB-CHANNEL byte 1; how a play ended it tells once. */
uint8_t vdrive_take_audio_status(struct vdrive *drive);

/** Where the pick-up is. */
int32_t vdrive_position(const struct vdrive *drive);

#endif
