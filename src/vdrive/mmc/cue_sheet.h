/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SEND CUE SHEET (MMC-6 6.32), in its own file because the sheet is a small language. */
#ifndef VDRIVE_MMC_CUE_SHEET_H
#define VDRIVE_MMC_CUE_SHEET_H

#include "vdrive/drive.h"

int vdrive_send_cue_sheet(struct vdrive_call *call);

#endif
