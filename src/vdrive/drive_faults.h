/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What faults do to a drive: between the rules (faults.h), the marks on the medium (damage.h) and the commands. */
#ifndef VDRIVE_DRIVE_FAULTS_H
#define VDRIVE_DRIVE_FAULTS_H

#include "vdrive/drive.h"

/** Carries out a command with whatever rules and marks there are. */
void vdrive_run_with_faults(struct vdrive_call *call, const struct vdrive_opcode *op);

/** Reads the rules that lie beside the medium, in MEDIUM.faults; no file, no rules. -EINVAL with words. */
int vdrive_read_medium_faults(struct vdrive *drive, const char *path, struct discern_error *err);

/** The speed that it reads at, in per cent of the highest for the medium. */
unsigned vdrive_read_percent(const struct vdrive *drive);

/** The medium is another or none: its marks go with it. */
void vdrive_forget_damage(struct vdrive *drive);

/** What is in the buffer never comes to the medium, whose open track is damaged. */
void vdrive_lose_buffer(struct vdrive *drive);

/** The power goes away and comes back: pages and speeds are as at first, data in the buffer is lost. */
void vdrive_lose_power(struct vdrive *drive);

#endif
